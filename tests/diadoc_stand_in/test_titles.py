"""GenerateTitleXml."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from local.diadoc.schemas import UTD_TITLE, complaints
from local.diadoc.xml import parse
from tests.diadoc_stand_in.talk import UTD_PARAMETERS, party, reconciliation_contract, utd_contract

RECONCILIATION = {
    "documentTypeNamedId": "ReconciliationAct",
    "documentFunction": "default",
    "documentVersion": "reconciliationact405_05_01_01",
    "titleIndex": "0",
}
WITH_VAT = {
    'Function="ДОП"': 'Function="СЧФДОП"',
    'TotalWithVatExcluded="30000.00" WithoutVat="true" Total="30000.00"': (
        'TotalWithVatExcluded="30000.00" Vat="6600.00" Total="36600.00"'
    ),
    'TaxRate="NoVat" WithoutVat="true" Subtotal="30000.00"': (
        'TaxRate="TwentyTwoPercent" Vat="6600.00" Subtotal="36600.00"'
    ),
}


def generate(company, contract, **changes):
    return company.talk.send("/GenerateTitleXml", contract, boxId=company.box, **{**UTD_PARAMETERS, **changes})


def test_title_of_an_act_is_valid_and_in_windows_1251(company):
    """Facts 9.1 [doc], 9.2 [seen], 9.6."""
    answer = generate(company, utd_contract(company.box, company.other))

    root = parse(answer.content)
    assert answer.content.startswith(b"<?xml version='1.0' encoding='windows-1251'?>")
    assert "Акт об оказании услуг".encode("cp1251") in answer.content
    assert complaints(UTD_TITLE, root) == []
    document = root.find("Документ")
    assert (document.get("Функция"), document.get("КНД"), root.get("ВерсФорм")) == ("ДОП", "1115131", "5.03")
    assert root.findtext(".//СведТов/СумНал/БезНДС") == "без НДС"
    assert root.find(".//СведТов").get("НалСт") == "без НДС"
    assert root.find(".//СвПрод/ИдСв/СвЮЛУч").get("ИННЮЛ") == "7705552211"
    assert root.find(".//СвПрод/Адрес/АдрРФ").get("НаимРегион") == "Москва г"


def test_name_of_the_file_is_the_one_inside(company):
    """Facts 9.3 [seen], 4.7 [doc]: recipient first, then sender."""
    answer = generate(company, utd_contract(company.box, company.other))

    name = unquote(answer.headers["Content-Disposition"].partition("UTF-8''")[2])
    inside = parse(answer.content).get("ИдФайл")
    assert name == inside + ".xml"
    assert inside.startswith(
        f"ON_NSCHFDOPPR_{company.client.fns_participant_id}_{company.ours.fns_participant_id}_20261001_"
    )
    assert inside.endswith("_0_0_0_0_0_00")


def test_title_is_dated_by_the_day_of_moscow(company, diadoc):
    """Fact 9.3 [seen]: 22:30 UTC is the next day there."""
    diadoc.stop_clock(at="2026-10-01T22:30:00+00:00")

    root = parse(generate(company, utd_contract(company.box, company.other)).content)

    assert (root.find("Документ").get("ДатаИнфПр"), root.find("Документ").get("ВремИнфПр")) == (
        "02.10.2026",
        "01.30.00",
    )


def test_title_with_the_rate_of_2026(company):
    """Fact 9.6: 22 % exists in 5.03 and not in 5.02."""
    contract = utd_contract(company.box, company.other, **WITH_VAT)

    root = parse(generate(company, contract, documentFunction="СЧФДОП").content)

    assert root.find(".//СведТов").get("НалСт") == "22%"
    assert root.findtext(".//СведТов/СумНал/СумНал") == "6600.00"
    assert root.findtext(".//СумНалВсего/СумНал") == "6600.00"
    assert complaints(UTD_TITLE, root) == []
    assert complaints("ON_NSCHFDOPPR_1_997_01_05_02_01.xsd", root) != []


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        pytest.param('Currency="643"', "", "Currency", id="a required attribute"),
        pytest.param('Currency="643"', 'Currency="643" Colour="1"', "Colour", id="an unknown attribute"),
        pytest.param('TaxRate="NoVat"', 'TaxRate="20%"', "20%", id="a rate spelt wrongly"),
        pytest.param('DocumentDate="30.09.2026"', 'DocumentDate="2026-09-30"', "2026-09-30", id="a date spelt wrongly"),
        pytest.param('DocumentName="Акт об оказании услуг" ', "", "НаимДокОпр", id="a rule beyond the schema"),
    ],
)
def test_contract_that_does_not_fit(company, old, new, text):
    """Facts 9.1 [doc], 9.7."""
    answer = generate(company, utd_contract(company.box, company.other, **{old: new}))

    assert answer.status_code == 400
    assert text in answer.text
    assert answer.headers["X-Diadoc-ErrorCode"] == "DocumentService.InvalidFileContent"


def test_bytes_that_are_no_xml(company):
    """Fact 9.1 [doc]."""
    assert generate(company, b"{}").status_code == 400


def test_contract_states_the_function_asked_for(company):
    """Fact 9.1 [doc]."""
    answer = generate(company, utd_contract(company.box, company.other), documentFunction="СЧФДОП")

    assert answer.status_code == 400


def test_organization_without_an_address_can_not_be_referred_to(company, diadoc):
    """Fact 9.4 [seen]."""
    diadoc.change_organization(box=company.other, address={})

    answer = generate(company, utd_contract(company.box, company.other))

    assert (answer.status_code, answer.text) == (400, "Address is required")


@pytest.mark.parametrize(
    ("kind", "inn"),
    [pytest.param("1", "7806667787", id="10 digits"), pytest.param("2", "7806667781", id="wrong digit")],
)
def test_inn_fits_the_kind_of_party(company, kind, inn):
    """Fact 9.5 [seen]: 1 is an individual entrepreneur with 12 digits, 2 a legal entity with 10."""
    reference = f'<Buyer><OrganizationReference BoxId="{company.other}"/></Buyer>'
    details = f'<Buyer><OrganizationDetails OrgType="{kind}" OrgName="ИП Иванов Иван" Inn="{inn}"/></Buyer>'

    answer = generate(company, utd_contract(company.box, company.other, **{reference: details}))

    assert (answer.status_code, answer.text) == (400, f"@OrgType={kind}: @Inn={inn} has wrong checksum")


def test_entrepreneur_is_a_party_by_details(company):
    """Facts 9.1 [doc], 9.5 [seen]."""
    reference = f'<Buyer><OrganizationReference BoxId="{company.other}"/></Buyer>'
    details = (
        '<Buyer><OrganizationDetails OrgType="1" OrgName="ИП Иванов Иван Иванович" Inn="500100732259" '
        'FnsParticipantId="2BM-500100732259-1"><Address><RussianAddress Region="50"/></Address>'
        "</OrganizationDetails></Buyer>"
    )

    root = parse(generate(company, utd_contract(company.box, company.other, **{reference: details})).content)

    person = root.find(".//СвПокуп/ИдСв/СвИП")
    assert (person.get("ИННФЛ"), person.find("ФИО").get("Фамилия")) == ("500100732259", "Иванов")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        pytest.param("ИП Абросимов", 400, id="one word"),
        pytest.param("ИП", 400, id="no name"),
        pytest.param("ООО «Василёк»", 400, id="a company's"),
        pytest.param("ИП Иванов Иван", 200, id="no patronymic"),
        pytest.param("Индивидуальный предприниматель Салтыков-Щедрин М. Е.", 200, id="initials"),
    ],
)
def test_sole_proprietors_name_is_one(company, name, status):
    """Fact 9.11 [told]."""
    reference = f'<Buyer><OrganizationReference BoxId="{company.other}"/></Buyer>'
    details = (
        f'<Buyer><OrganizationDetails OrgType="1" OrgName="{name}" Inn="500100732259" '
        'FnsParticipantId="2BM-500100732259-1"><Address><RussianAddress Region="50"/></Address>'
        "</OrganizationDetails></Buyer>"
    )

    answer = generate(company, utd_contract(company.box, company.other, **{reference: details}))

    assert answer.status_code == status
    if status == 400:
        assert answer.text == (
            "Invalid data UserContractData: /UniversalTransferDocument/Buyers/Buyer/OrganizationDetails:"
            f" Invalid sole proprietor name: {name}"
        )


def test_validation_can_be_switched_off(company):
    """Fact 9.1 [doc]: disableValidation."""
    contract = utd_contract(company.box, company.other, **{'DocumentDate="30.09.2026"': 'DocumentDate="вчера"'})

    assert generate(company, contract).status_code == 400
    assert generate(company, contract, disableValidation="true").status_code == 200


def test_reconciliation_act_by_details(company):
    """Fact 9.8 [doc]: the schema asks for ОГРН, [guess] the directory has it."""
    contract = reconciliation_contract(party("7705552211"), party("7806667787", "780601001"))

    answer = company.talk.send("/GenerateTitleXml", contract, boxId=company.box, **RECONCILIATION)

    assert answer.status_code == 200, answer.text
    root = parse(answer.content)
    assert complaints("ON_AKTSVEROTP_1_972_01_05_01_01.xsd", root) == []
    assert root.get("ИдФайл").startswith(f"ON_AKTSVEROTP_{company.client.fns_participant_id}_")
    assert root.find(".//СвПол/ИдСв/СвЮЛУч").get("ОГРН") == company.client.ogrn


def test_buyer_title_needs_the_seller_s(company):
    """Fact 9.1 [doc]: letterId and documentId are mandatory for title 1."""
    sent = company.deliver(company.act())
    contract = (
        '<UniversalTransferDocumentBuyerTitle AcceptanceDate="02.10.2026"><ContentOperCode TotalCode="1"/><Signers>'
        '<Signer SignerPowersConfirmationMethod="1"><Fio LastName="Иванов" FirstName="Иван"/></Signer></Signers>'
        "</UniversalTransferDocumentBuyerTitle>"
    ).encode()
    asked = {**UTD_PARAMETERS, "titleIndex": "1", "boxId": company.other}

    without = company.client_talk.send("/GenerateTitleXml", contract, **asked)
    made = company.client_talk.send(
        "/GenerateTitleXml", contract, **asked, letterId=sent.message_id, documentId=sent.entity_id
    )

    assert without.status_code == 400
    assert parse(made.content).get("ИдФайл").startswith(f"ON_NSCHFDOPPOK_{company.ours.fns_participant_id}_")
