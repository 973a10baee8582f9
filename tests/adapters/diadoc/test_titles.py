"""Titles: valid by the operator's schema, with the act's own sums, the same bytes every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from lxml import etree

from billing.adapters.diadoc.titles import TitleError, files, reconciliation
from billing.adapters.diadoc.titles.parts import Basis, Side, basis_of
from billing.adapters.diadoc.titles.reconciliation import ReconciliationOptions, reconciliation_act
from billing.adapters.diadoc.titles.regions import region_of
from billing.adapters.diadoc.titles.utd import SCHEMA, NegativeLines, price_text, utd, utd_problems
from billing.adapters.diadoc.xml import faults, plain
from billing.domain.act import vat_totals
from billing.domain.documents import Invoice, Operation, Party, ReconciliationRow
from billing.domain.edo_signer import Power, PowerWay
from billing.domain.vat import Vat
from billing.ports_edo import EdoKind, KindOffer
from tests.adapters.diadoc.papers import (
    BUYER,
    COMPANY,
    ENTREPRENEUR,
    PETROVA,
    a_line,
    a_reconciliation,
    a_seller,
    an_act,
    options,
)

GUID = "b1a7d9e4-2c3f-4d5e-8f60-91a2b3c4d5e6"


def xml(content: bytes) -> etree._Element:
    return etree.fromstring(content)


def attributes(root: etree._Element, path: str) -> dict[str, str]:
    found = root.find(path)
    assert found is not None, path
    return dict(found.attrib)


def test_an_act_without_vat():
    root = xml(utd(an_act(vat_ground="ст. 346.11 НК РФ"), options()))

    assert dict(root.attrib) == {
        "Function": "ДОП", "DocumentDate": "01.04.2026", "DocumentNumber": "45",
        "DocumentName": "Акт об оказании услуг", "Currency": "643",
        "DocumentCreator": "ООО «Закрывашка», ИНН 7736207543, КПП 770401001"}
    assert attributes(root, "Table") == {
        "TotalWithVatExcluded": "30000.00", "WithoutVat": "true", "Total": "30000.00"}
    assert attributes(root, "Table/Item") == {
        "Product": "Доступ к сервису за март 2026", "ItemMark": "3", "Unit": "362", "UnitName": "мес.", "Quantity": "1",
        "Price": "30000.00", "SubtotalWithVatExcluded": "30000.00", "TaxRate": "NoVat", "WithoutVat": "true",
        "Subtotal": "30000.00"}
    assert attributes(root, "TransferInfo") == {
        "OperationInfo": "Услуги оказаны в полном объёме", "TransferDate": "31.03.2026",
        "TransferStartDate": "01.03.2026", "TransferEndDate": "31.03.2026"}
    assert attributes(root, "TransferInfo/TransferBases/TransferBase") == {
        "DocumentName": "Договор", "DocumentNumber": "Д-77/2025", "DocumentDate": "15.01.2025"}
    assert attributes(root, "AdditionalInfoId/AdditionalInfo")["Value"] == "ст. 346.11 НК РФ"


@pytest.mark.parametrize(
    ("vat", "rate", "net", "inside"),
    [   # 5 500,00 with VAT inside, by hand
        (Vat.TWENTY_TWO, "TwentyTwoPercent", "4508.20", "991.80"),
        (Vat.TWENTY, "TwentyPercent", "4583.33", "916.67"),
        (Vat.EIGHTEEN, "EighteenPercent", "4661.02", "838.98"),
        (Vat.SEVEN, "SevenPercent", "5140.19", "359.81"),
        (Vat.FIVE, "FivePercent", "5238.10", "261.90"),
    ],
)
def test_an_act_with_vat_parts_the_sum(vat, rate, net, inside):
    root = xml(utd(an_act(a_line(550_000, vat)), options(function="СЧФДОП")))

    table, item = attributes(root, "Table"), attributes(root, "Table/Item")
    assert (item["TaxRate"], item["SubtotalWithVatExcluded"], item["Vat"], item["Subtotal"], item["Price"]) == (
        rate, net, inside, "5500.00", net)
    assert table == {"TotalWithVatExcluded": net, "Vat": inside, "Total": "5500.00"}
    assert "WithoutVat" not in item
    assert root.get("DocumentName").startswith("Счет-фактура и документ")


def test_mixed_rates_keep_their_own_lines():
    root = xml(utd(an_act(a_line(550_000, Vat.TWENTY_TWO), a_line(100_000), a_line(100_000, Vat.FIVE)), options()))

    assert [(item.get("TaxRate"), item.get("Vat"), item.get("WithoutVat")) for item in root.iter("Item")] == [
        ("TwentyTwoPercent", "991.80", None), ("NoVat", None, "true"), ("FivePercent", "47.62", None)]
    assert attributes(root, "Table") == {"TotalWithVatExcluded": "6460.58", "Vat": "1039.42", "Total": "7500.00"}


@pytest.mark.parametrize("seller", [COMPANY, ENTREPRENEUR])
@pytest.mark.parametrize("buyer", [BUYER, ENTREPRENEUR])
@pytest.mark.parametrize("function", ["ДОП", "СЧФДОП"])
def test_sides_may_be_companies_and_entrepreneurs(seller, buyer, function):
    root = xml(utd(an_act(seller=a_seller(seller), buyer=buyer), options(function=function)))

    for path, party in (("Sellers/Seller", seller), ("Buyers/Buyer", buyer)):
        details = attributes(root, f"{path}/OrganizationDetails")
        entrepreneur = party is ENTREPRENEUR
        assert details["OrgType"] == ("1" if entrepreneur else "2")
        assert details.get("Kpp") == (None if entrepreneur else party.kpp)
        address = attributes(root, f"{path}/OrganizationDetails/Address/RussianAddress")
        assert address["Region"] == ("50" if entrepreneur else "77")
        assert address["OtherInfo"] == ("Московская область, г. Королёв" if entrepreneur
                                        else party.address.split(", ", 1)[1])


def test_sides_may_be_left_to_the_operators_directory():
    content = utd(an_act(), options(seller=Side(box=GUID), buyer=Side(box=GUID, participant="2BM-7707083893")))

    root = xml(content)
    assert attributes(root, "Sellers/Seller/OrganizationReference") == {"BoxId": GUID}
    assert root.get("RecipientFnsParticipantId") == "2BM-7707083893"


@pytest.mark.parametrize(
    ("power", "method"),
    [(Power(), "1"), (Power(way=PowerWay.DEFAULT), "4"),
     (Power(way=PowerWay.NUMBER, number=GUID, issuer_inn="7736207543"), "4"),
     (Power(way=PowerWay.NUMBER, number=GUID, issuer_inn="7736207543", as_file=True), "2"),
     (Power(way=PowerWay.DEFAULT, as_file=True), "2")],
)
def test_the_title_says_how_the_powers_are_confirmed(power, method):
    root = xml(utd(an_act(), options(signer=replace(PETROVA, power=power))))

    assert attributes(root, "Signers/Signer") == {"SignerPowersConfirmationMethod": method}
    assert root.find("Signers/Signer/PowerOfAttorney") is None
    assert root.findtext("Signers/Signer/Position") == "Генеральный директор"


def test_a_power_of_attorney_may_stand_in_the_title():
    power = Power(way=PowerWay.IN_DOCUMENT, number=GUID, issuer_inn="7736207543")

    root = xml(utd(an_act(), options(signer=replace(PETROVA, power=power))))

    assert attributes(root, "Signers/Signer") == {"SignerPowersConfirmationMethod": "3"}
    storage = "Signers/Signer/PowerOfAttorney/Electronic/Storage"
    assert attributes(root, storage) == {"UseDefault": "false"}
    assert attributes(root, f"{storage}/FullId") == {"RegistrationNumber": GUID, "IssuerInn": "7736207543"}


def test_money_given_back_for_an_untaxed_service_is_taken_off_another_line_that_says_so():
    act = an_act(a_line(100_000, title="Обучение"), a_line(300_000), a_line(-50_000, title="Перерасчёт за май 2025"))

    items = [dict(item.attrib) for item in xml(utd(act, options())).iter("Item")]

    assert [item["Subtotal"] for item in items] == ["1000.00", "2500.00"]
    assert items[0]["Product"] == "Обучение"
    assert items[1]["Product"] == "Доступ к сервису за март 2026 (учтено: Перерасчёт за май 2025, -500.00)"


def test_money_given_back_may_use_up_a_line_and_go_on():
    act = an_act(a_line(100_000), a_line(100_000), a_line(-150_000), a_line(500_000, Vat.TWENTY_TWO))

    items = xml(utd(act, options())).iter("Item")

    assert [item.get("Subtotal") for item in items] == ["0.00", "500.00", "5000.00"]


@pytest.mark.parametrize(
    ("lines", "over", "why"),
    [
        pytest.param([a_line(500_000, Vat.TWENTY), a_line(-100, Vat.TWENTY)], {}, "корректировочный", id="taxed"),
        pytest.param([a_line(100), a_line(-200), a_line(500, Vat.TWENTY)], {}, "корректировочный", id="too much"),
        pytest.param([a_line(300), a_line(-200)], {"negative_lines": NegativeLines.REFUSE}, "корректировочный",
                     id="by setting"),
        pytest.param([a_line(0)], {}, "не больше нуля", id="nothing"),
        pytest.param([a_line()], {"function": "СЧФ"}, "функция", id="another function"),
        pytest.param([a_line()], {"signer": replace(PETROVA, first_name="А.")}, "полностью", id="initials"),
        pytest.param([a_line()], {"signer": replace(PETROVA, position="")}, "должность", id="no position"),
        pytest.param([a_line()], {"signer": replace(PETROVA, power=Power(way=PowerWay.NUMBER))}, "доверенности",
                     id="no number of the power"),
        pytest.param([a_line()], {"signer": replace(PETROVA, power=Power(way=PowerWay.IN_DOCUMENT, number="17",
                                                                         issuer_inn="7736207543"))},
                     "схеме", id="a number that is no GUID"),
    ],
)
def test_what_the_format_cannot_say_is_for_a_person(lines, over, why):
    with pytest.raises(TitleError) as refused:
        utd(an_act(*lines), options(**over))

    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("over", "why"),
    [
        ({"number": ""}, "нет номера"),
        ({"buyer": replace(BUYER, inn="7707083894")}, "заказчик: в ИНН опечатка"),
        ({"buyer": replace(BUYER, kpp="")}, "заказчик: КПП"),
        ({"seller": a_seller(replace(COMPANY, name=" "))}, "исполнитель: название"),
        ({"buyer": replace(BUYER, address="д. 1, " * 200)}, "адрес длиннее"),
    ],
)
def test_an_act_that_lacks_something_says_what(over, why):
    with pytest.raises(TitleError) as refused:
        utd(an_act(**over), options())

    assert why in str(refused.value)


def test_the_invoice_part_needs_addresses_and_the_act_alone_does_not():
    act = an_act(buyer=replace(BUYER, address=""))

    assert xml(utd(act, options())).find("Buyers/Buyer/OrganizationDetails/Address") is None
    with pytest.raises(TitleError, match="заказчик: счёту-фактуре нужен адрес"):
        utd(act, options(function="СЧФДОП"))


def test_long_and_dirty_texts_are_made_to_fit():
    long = "Доступ\u00a0к\u202fсервису\x07 за\nмесяц − и\u200b ещё " * 200
    act = an_act(a_line(title=long, unit="единица учёта " * 40), basis="Публичная оферта " * 100,
                 vat_ground="ст. " * 900)

    root = xml(utd(act, options()))

    item = attributes(root, "Table/Item")
    assert len(item["Product"]) == 2_000
    assert item["Product"].startswith("Доступ к сервису за месяц - и ещё Доступ")
    assert item["Product"].endswith("…")
    basis = attributes(root, "TransferInfo/AdditionalInfoId/AdditionalInfo")
    assert (basis["Id"], basis["Value"][:16]) == ("Основание", "Публичная оферта")


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("Договор № 17 от 01.12.2025",
         {"DocumentName": "Договор", "DocumentNumber": "17", "DocumentDate": "01.12.2025"}),
        ("Публичная оферта от 01.09.2025",
         {"DocumentName": "Публичная оферта", "DocumentNumber": "Без номера", "DocumentDate": "01.09.2025"}),
    ],
)
def test_a_basis_with_a_date_is_a_document_with_or_without_a_number(text, basis):
    transfer = xml(utd(an_act(basis=text), options())).find("TransferInfo")

    assert attributes(transfer, "TransferBases/TransferBase") == basis
    assert transfer.find("AdditionalInfoId") is None
    assert "TransferTextInfo" not in transfer.attrib


def test_a_basis_without_a_date_is_no_document_and_never_a_word_about_transport():
    """Line 9 of the printed УПД is «Данные о транспортировке и грузе»: an offer does not stand there."""
    transfer = xml(utd(an_act(basis="Публичная оферта"), options())).find("TransferInfo")

    assert attributes(transfer, "AdditionalInfoId/AdditionalInfo") == {"Id": "Основание", "Value": "Публичная оферта"}
    assert transfer.find("TransferBases") is None
    assert "TransferTextInfo" not in transfer.attrib


@pytest.mark.parametrize(
    ("rights", "name", "operation", "marks"),
    [
        ((False,), "Акт об оказании услуг", "Услуги оказаны в полном объёме", ["3"]),
        ((True,), "Акт о предоставлении прав использования", "Права использования предоставлены в полном объёме",
         ["4"]),
        ((False, True), "Акт об оказании услуг и предоставлении прав использования",
         "Услуги оказаны, права использования предоставлены в полном объёме", ["3", "4"]),
    ],
)
def test_a_right_to_use_is_no_service(rights, name, operation, marks):
    root = xml(utd(an_act(*(a_line(is_right=is_right) for is_right in rights)), options()))

    assert (root.get("DocumentName"), root.find("TransferInfo").get("OperationInfo")) == (name, operation)
    assert [item.get("ItemMark") for item in root.iterfind("Table/Item")] == marks


@pytest.mark.parametrize(
    ("unit", "code"),
    [("усл.", "876"), ("мес.", "362"), ("шт.", "796"), ("ГБ", "2553"), ("сутки", "359"), ("час", "356"), ("дн.", "359"),
     ("тыс. шт.", "798"), ("попугай", None)],
)
def test_units_have_their_codes(unit, code):
    """Source: ОК 015-94; a unit without a code goes by its name alone."""
    item = attributes(xml(utd(an_act(a_line(unit=unit)), options())), "Table/Item")

    assert (item.get("Unit"), item["UnitName"]) == (code, unit)


def test_services_of_an_earlier_month_begin_the_stretch_of_the_transfer():
    transfer = attributes(xml(utd(an_act(first_month="2026-02"), options())), "TransferInfo")

    assert (transfer["TransferStartDate"], transfer["TransferEndDate"], transfer["TransferDate"]) == (
        "01.02.2026", "31.03.2026", "31.03.2026")


@pytest.mark.parametrize(
    ("address", "region"),
    [
        ("117312, г. Москва, ул. Ленинградская, д. 19", "77"),
        ("Москва, Садовая ул., 3", "77"),
        ("140000, Московская обл., г. Люберцы", "50"),
        ("обл. Московская, г. Королёв", "50"),
        ("188300, Ленинградская область, г. Гатчина, ул. Московская", "47"),
        ("г. Санкт-Петербург, Московский пр., д. 1", "78"),
        ("620014, г. Екатеринбург, ул. Малышева", "66"),
        ("Республика Татарстан, г. Казань", "16"),
        ("420000, Татарстан Респ, Казань г", "16"),
        ("Респ. Саха (Якутия), г. Якутск", "14"),
        ("Алтайский край, г. Барнаул", "22"),
        ("Республика Алтай, г. Горно-Алтайск", "04"),
        ("Ханты-Мансийский автономный округ — Югра, г. Сургут", "86"),
        ("Ямало-Ненецкий АО, г. Ноябрьск", "89"),
        ("Ненецкий автономный округ, г. Нарьян-Мар", "83"),
        ("г. Киров, ул. Ленина", "43"),
        ("г. Кировск, ул. Ленина", ""),
        ("Чувашская Республика, г. Чебоксары", "21"),
        ("299000, г. Севастополь", "92"),
        ("ул. Ленина, д. 1", ""),
        ("Московская обл. или Тверская обл.", ""),
    ],
)
def test_the_region_is_read_from_the_address(address, region):
    assert region_of(address) == region


def test_a_large_taxpayer_in_moscow_is_in_moscow_whatever_its_kpp():
    """The largest taxpayers are registered with an inspection of their own: a KPP of 99… names no region."""
    buyer = replace(BUYER, kpp="997750001", address="117312, г. Москва, ул. Вавилова, д. 19")

    address = xml(utd(an_act(buyer=buyer), options())).find("Buyers/Buyer/OrganizationDetails/Address/RussianAddress")

    assert address.get("Region") == "77"


def test_an_address_of_an_unclear_region_is_for_a_person_where_the_format_needs_it():
    act = an_act(a_line(vat=Vat.TWENTY_TWO), buyer=replace(BUYER, address="ул. Ленина, д. 1"))

    with pytest.raises(TitleError, match="заказчик: не понять регион адреса: допишите область, край или республику"):
        utd(act, options(function="СЧФДОП"))
    assert xml(utd(act, options())).find("Buyers/Buyer/OrganizationDetails/Address") is None


@pytest.mark.parametrize("name", ["ИП Абросимов", "Индивидуальный предприниматель Ромашка", "Абросимов"])
def test_a_sole_proprietor_needs_a_surname_and_a_name(name):
    """The operator answers `Invalid sole proprietor name`."""
    with pytest.raises(TitleError, match="у предпринимателя нужны фамилия и имя"):
        utd(an_act(buyer=replace(ENTREPRENEUR, name=name)), options())


def test_what_is_plain_text_stays_as_it_is():
    assert plain("Акт № 5 — «Ёж» & <b> \"x\"") == "Акт № 5 — «Ёж» & <b> \"x\""
    assert plain("и\u0306") == "й"


@pytest.mark.parametrize(
    ("net", "quantity", "price"),
    [
        (3_000_000, "1", "30000.00"),
        (10_000, "3", "33.333"),
        (450_820, "31", "145.4258"),
        (1, "31", "0.0003"),
        (0, "31", "0.00"),
        (550_000, "0.5", "11000.00"),
    ],
)
def test_the_price_follows_the_sum(net, quantity, price):
    assert price_text(net, Decimal(quantity)) == price


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("Договор № Д-77/2025 от 15.01.2025", Basis("Договор", "Д-77/2025", "15.01.2025")),
        ("договор оказания услуг № 15 от 01.02.2025 г.", Basis("договор оказания услуг", "15", "01.02.2025")),
        ("Публичная оферта", None),
        ("Договор № 15", None),
        ("Договор № 15 от 31.02.2025", None),
    ],
)
def test_a_basis_is_read_in_its_parts(text, basis):
    assert basis_of(text) == basis


parties = st.builds(
    lambda party, name, address, phone: replace(party, name=name, address=address, phone=phone),
    st.sampled_from([COMPANY, BUYER, ENTREPRENEUR]),
    st.text(min_size=1, max_size=1_000).filter(lambda name: 0 < len(plain(name)) <= 1_000),
    st.one_of(st.just(""), st.text(max_size=900), st.from_regex("[0-9]{6}, [а-яё ]{1,80}", fullmatch=True)),
    st.text(max_size=300))
lines_ = st.builds(
    lambda amount, vat, title, unit, quantity: a_line(amount, vat, title=title, unit=unit, quantity=quantity),
    st.integers(0, 10 ** 12), st.sampled_from(list(Vat)), st.text(max_size=2_500), st.text(max_size=300),
    st.integers(1, 10 ** 9).map(lambda n: f"{(Decimal(n) / 1000).normalize():f}"))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(parties, parties, st.lists(lines_, min_size=1, max_size=8), st.text(max_size=1_500),
       st.text(min_size=1, max_size=60), st.sampled_from(["ДОП", "СЧФДОП"]), st.integers(0, 500_000))
def test_any_act_that_is_taken_is_valid_adds_up_and_is_the_same_twice(
        seller: Party, buyer: Party, lines, basis: str, number: str, function: str, back: int):
    untaxed = sum(line.amount for line in lines if line.vat is Vat.NONE)
    if 0 < back <= untaxed:
        lines = [*lines, a_line(-back, title="Перерасчёт")]
    act = an_act(*lines, seller=a_seller(seller), buyer=buyer, basis=basis, number=number)
    refused = bool(utd_problems(act, options(function=function)))
    event("refused" if refused else "valid")
    if refused:
        with pytest.raises(TitleError):
            utd(act, options(function=function))
        return
    content = utd(act, options(function=function))

    assert not faults(content, SCHEMA)
    assert content == utd(act, options(function=function))
    root = xml(content)
    table, items = root.find("Table"), list(root.iter("Item"))
    assert sum(round(Decimal(item.get("Subtotal")) * 100) for item in items) == act.total
    assert round(Decimal(table.get("Total")) * 100) == act.total
    vat = sum(total.vat_amount for total in vat_totals(act.lines))
    assert sum(round(Decimal(item.get("Vat", "0")) * 100) for item in items) == vat


def test_a_reconciliation_is_grouped_by_contract_document_and_operation():
    root = xml(reconciliation_act(a_reconciliation(opening=20_000), ReconciliationOptions(signer=PETROVA)))

    sums = {"StartBalanceDebit": "200.00", "StartBalanceCredit": "0.00", "TurnoverDebit": "5500.00",
            "TurnoverCredit": "10000.00", "EndBalanceDebit": "0.00", "EndBalanceCredit": "4300.00"}
    assert attributes(root, "Table") == sums
    contract = attributes(root, "Table/ContractInfoItems/Item")
    assert contract == {"Number": "Д-77/2025", "Date": "15.01.2025", "ContractTypeInfo": "Договор", **sums}
    documents = root.findall(".//DocumentInfoItems/Item")
    assert [(d.get("Name"), d.get("Number"), d.get("Date")) for d in documents] == [
        ("Платёжное поручение", "77", "15.01.2026"), ("Акт об оказании услуг", "45", "01.02.2026")]
    operations = [dict(o.attrib) for o in root.iter() if o.tag == "Item" and o.get("RowNumber")]
    assert operations == [
        {"RowNumber": "1", "Name": "Оплата (п/п № 77 от 15.01.2026)", "Date": "15.01.2026", "SumCredit": "10000.00"},
        {"RowNumber": "2", "Name": "Продажа (Акт № 45 от 01.02.2026)", "Date": "01.02.2026", "SumDebit": "5500.00"}]
    assert "SignerPowersConfirmationMethod" not in attributes(root, "Signers/Signer")


def test_a_payment_given_back_names_its_own_order_with_its_own_date():
    rows = (ReconciliationRow(date=date(2026, 1, 27), operation=Operation.REFUND, number="101",
                              document_date=date(2026, 1, 12), debit=300_000),
            ReconciliationRow(date=date(2026, 1, 28), operation=Operation.CHARGEBACK, by_card=True, debit=100))

    root = xml(reconciliation_act(a_reconciliation(*rows), ReconciliationOptions(signer=PETROVA)))

    documents = [dict(d.attrib) for d in root.findall(".//DocumentInfoItems/Item")]
    assert documents == [{"Name": "Платёжное поручение", "Date": "12.01.2026", "Number": "101"},
                         {"Name": "Отзыв платежа банком", "Date": "28.01.2026", "Number": "б/н"}]
    assert [o.get("Date") for o in root.iter("Item") if o.get("RowNumber")] == ["27.01.2026", "28.01.2026"]


@pytest.mark.parametrize(
    ("over", "why"),
    [
        ({"rows": ()}, "нет движений"),
        ({"number": ""}, "нет номера"),
        ({"closing": 1}, "не сходится"),
        ({"buyer": replace(BUYER, ogrn="")}, "ОГРН заказчика"),
    ],
)
def test_a_reconciliation_that_the_format_cannot_say_goes_as_a_file(over, why):
    with pytest.raises(TitleError, match=why):
        reconciliation_act(replace(a_reconciliation(), **over), ReconciliationOptions(signer=PETROVA))


rows_ = st.builds(
    lambda day, of, operation, text, debit, amount: ReconciliationRow(
        date=day, operation=operation, number=text, document_date=of, debit=amount if debit else 0,
        credit=0 if debit else abs(amount)),
    st.dates(date(2026, 1, 1), date(2026, 3, 31)), st.none() | st.dates(date(2025, 1, 1), date(2026, 3, 31)),
    st.sampled_from(Operation), st.text(max_size=700), st.booleans(), st.integers(-10 ** 10, 10 ** 12).filter(bool))


@settings(max_examples=100, deadline=None)
@given(st.lists(rows_, min_size=1, max_size=12), st.integers(-10 ** 10, 10 ** 10), st.text(max_size=600),
       st.sampled_from([BUYER, ENTREPRENEUR]))
def test_any_reconciliation_is_valid(rows, opening, basis, buyer):
    act = a_reconciliation(*rows, opening=opening, basis=basis, buyer=buyer)

    content = reconciliation_act(act, ReconciliationOptions(signer=PETROVA))

    assert not faults(content, reconciliation.SCHEMA)
    assert len(xml(content).findall(".//DocumentInfoItems/Item")) == len(rows)


def test_metadata_are_plain_and_never_empty():
    line = a_line(550_000, Vat.TWENTY_TWO)
    invoice = Invoice(date=date(2026, 4, 1), month="2026-03", seller=a_seller(), buyer=BUYER, basis="",
                      lines=(line,), total=550_000, vat_totals=vat_totals([line]), pay_by=date(2026, 4, 11),
                      purpose="", number="12")

    assert files.proforma_invoice(invoice, "Счёт 12.pdf") == (
        ("FileName", "Счёт 12.pdf"), ("DocumentNumber", "12"), ("DocumentDate", "01.04.2026"),
        ("TotalSum", "5500.00"), ("TotalVat", "991.80"))
    assert files.contract(number="Д-77/2025", on=date(2025, 1, 15), file_name="Договор.pdf") == (
        ("FileName", "Договор.pdf"), ("DocumentNumber", "Д-77/2025"), ("DocumentDate", "15.01.2025"))
    assert dict(files.act_file(an_act(), "Акт.pdf"))["Grounds"] == "Договор № Д-77/2025 от 15.01.2025"
    assert "TotalVat" not in dict(files.act_file(an_act(), "Акт.pdf"))
    assert dict(files.reconciliation_file(a_reconciliation(), "Сверка.pdf")) == {
        "FileName": "Сверка.pdf", "DocumentNumber": "3", "DocumentDate": "01.04.2026"}


def test_metadata_follow_what_the_operator_takes():
    offer = KindOffer(kind=EdoKind(type="Contract"), actual=True, required=frozenset({"FileName", "DocumentDate"}),
                      allowed=frozenset({"FileName", "DocumentDate"}))
    metadata = files.contract(number="1", on=date(2025, 1, 15), file_name="Договор.pdf")

    assert files.fitted(metadata, offer) == (("FileName", "Договор.pdf"), ("DocumentDate", "15.01.2025"))
    with pytest.raises(TitleError, match="TotalSum"):
        files.fitted(metadata, replace(offer, required=frozenset({"TotalSum"})))
