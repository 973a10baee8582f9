"""Receipts: asked for by the recipient on its title, made by the operator, given by whoever has got something."""

from __future__ import annotations

import pytest

from local.diadoc.xml import parse
from tests.diadoc_stand_in.talk import base64_of
from tests.diadoc_stand_in.test_workflow import ids, patch

NAMED = '<Fio LastName="Примеров" FirstName="Пётр"/><Position PositionSource="Manual">Директор</Position>'
PLAIN = f'<Signer SignerStatus="1" SignatureType="1">{NAMED}</Signer>'
BY_POWER = (
    f'<Signer SignerStatus="2" SignatureType="1">{NAMED}<PowerOfAttorney><Electronic MethodOfProviding="2">'
    "{}</Electronic></PowerOfAttorney></Signer>"
)
NUMBER = '<FullId RegistrationNumber="3c1d9c1e-0a5b-4d5e-9c1a-2b3c4d5e6f70" IssuerInn="7705552211"/>'


@pytest.fixture
def signed(company, diadoc):
    """An act that the client has signed, with a receipt asked for on its title."""
    sent = company.deliver(company.act())
    diadoc.recipient_signs(**ids(sent), needs_receipt=True)
    return sent


def title_of(company, sent):
    titles = [e for e in company.whole(sent)["Entities"] if e["AttachmentType"].endswith("BuyerTitle")]
    return titles[0]


def status(company, sent):
    return company.document(sent)["SenderReceiptMetadata"]["ReceiptStatus"]


def generate(company, sent, entity="", signer=PLAIN, **changes):
    body = {
        "MessageId": sent.message_id,
        "AttachmentId": entity or title_of(company, sent)["EntityId"],
        "SignerContent": base64_of(signer.encode()),
        **changes,
    }
    return company.talk.post("/V2/GenerateReceiptXml", body, boxId=company.box)


def give(company, sent, content, entity="", **signed):
    row = {
        "ParentEntityId": entity or title_of(company, sent)["EntityId"],
        "SignedContent": {**company.signed(content), **signed},
    }
    return patch(company, sent, Receipts=[row])


def test_a_receipt_is_asked_for_on_the_recipients_title(company, signed):
    """Fact 14.3 [doc]: NeedReceipt; the document is not finished until then."""
    assert status(company, signed) == "HaveToCreateReceipt"
    assert title_of(company, signed)["NeedReceipt"] is True
    rows = company.talk.get("/V3/GetDocuments", boxId=company.box, filterCategory="Any.OutboundHaveToCreateReceipt")
    assert [row["EntityId"] for row in rows.json()["Documents"]] == [signed.entity_id]


def test_a_title_that_asks_for_none_needs_none(company, diadoc):
    """Fact 14.3 [doc]."""
    sent = company.deliver(company.act())

    diadoc.recipient_signs(**ids(sent))

    assert status(company, sent) == "GeneralReceiptStatusNotAcceptable"
    assert title_of(company, sent)["NeedReceipt"] is False


def test_a_receipt_is_made_signed_and_given(company, signed):
    """Facts 14.5, 14.7, 14.8 [doc]: V2/GenerateReceiptXml, V4/PostMessagePatch."""
    made = generate(company, signed)
    assert (made.status_code, made.headers["Content-Type"]) == (200, "application/xml")
    root, title = parse(made.content), title_of(company, signed)
    assert made.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{root.get('ИдФайл')}.xml"
    assert root.find("Документ").get("КНД") == "1115110"
    assert root.find("Документ/СвИзвПолуч/СведПолФайл").get("ИмяПолФайла") == title["FileName"].removesuffix(".xml")
    assert root.find("Документ/Подписант/ФИО").get("Фамилия") == "Примеров"

    answer = give(company, signed, made.content)

    receipt = answer.json()["Entities"][0]
    assert (receipt["AttachmentType"], receipt["ParentEntityId"]) == ("Receipt", title["EntityId"])
    assert status(company, signed) == "Finished"


def test_each_receipt_that_is_made_has_a_name_of_its_own(company, signed):
    """Fact 14.7 [guess]."""
    assert generate(company, signed).content != generate(company, signed).content


@pytest.mark.parametrize(
    ("signer", "answered"),
    [
        pytest.param(PLAIN, 200, id="without a power"),
        pytest.param(PLAIN.replace(' SignerStatus="1" SignatureType="1"', ""), 200, id="as the sample of the SDK"),
        pytest.param(BY_POWER.format('<Storage UseDefault="true"/>'), 200, id="the default power"),
        pytest.param(BY_POWER.format(f'<Storage UseDefault="false">{NUMBER}</Storage>'), 200, id="a power by number"),
        pytest.param(BY_POWER.format('<Storage UseDefault="false"/>'), 400, id="no power named"),
        pytest.param(BY_POWER.format(f'<Storage UseDefault="true">{NUMBER}</Storage>'), 400, id="two powers"),
        pytest.param(BY_POWER.format(""), 400, id="an empty power"),
        pytest.param(BY_POWER.format("").replace(' MethodOfProviding="2"', ""), 400, id="no way of providing"),
        pytest.param(PLAIN.replace('SignerStatus="1"', 'SignerStatus="2"'), 400, id="a power is missing"),
        pytest.param(PLAIN.replace('SignerStatus="1"', 'SignerStatus="5"'), 400, id="an unknown status"),
        pytest.param(PLAIN.replace(' FirstName="Пётр"', ""), 400, id="half a name"),
        pytest.param(PLAIN.replace(' PositionSource="Manual"', ""), 400, id="a position of no source"),
        pytest.param("<Signers/>", 400, id="another root"),
        pytest.param("no xml", 400, id="no XML"),
    ],
)
def test_the_signer_is_told_as_the_instruction_has_it(company, signed, signer, answered):
    """Fact 14.6 [doc], [sdk], [told]."""
    answer = generate(company, signed, signer=signer)

    assert answer.status_code == answered
    assert answered == 200 or answer.text.startswith("Invalid SignerContent: ")


@pytest.mark.parametrize("name", ["MessageId", "AttachmentId", "SignerContent"])
def test_all_three_fields_are_required(company, signed, name):
    """Fact 14.5 [doc]: ReceiptGenerationRequestV2."""
    assert generate(company, signed, **{name: ""}).status_code == 400


def test_a_receipt_is_given_on_what_was_got_and_on_nothing_else(company, signed):
    """Facts 14.5, 14.8 [doc]: neither on one's own document nor on an entity that is not there."""
    content = generate(company, signed).content

    assert generate(company, signed, signed.entity_id).status_code == 409
    assert give(company, signed, content, signed.entity_id).status_code == 409
    assert generate(company, signed, "00000000-0000-0000-0000-000000000009").status_code == 404
    assert status(company, signed) == "HaveToCreateReceipt"


def test_a_receipt_is_given_once(company, signed):
    """Facts 14.7, 14.8 [guess]."""
    content = generate(company, signed).content
    assert give(company, signed, content).status_code == 200

    again = give(company, signed, content)

    assert (again.status_code, again.text) == (409, "Receipt is not expected")
    assert generate(company, signed).status_code == 409


def test_other_bytes_are_no_receipt(company, diadoc, signed):
    """Fact 14.8 [guess]."""
    other = company.deliver(company.act())
    diadoc.recipient_signs(**ids(other), needs_receipt=True)

    about_another = give(company, signed, generate(company, other).content)
    no_receipt = give(company, signed, company.title())

    assert (about_another.status_code, no_receipt.status_code) == (400, 400)


def test_a_receipt_with_a_bad_signature_is_still_asked_for(company, signed):
    """Fact 14.9 [told]."""
    content = generate(company, signed).content

    answer = give(company, signed, content, Signature=base64_of(company.diadoc.sign(content=b"other bytes")))

    assert answer.status_code == 200
    assert status(company, signed) == "HaveToCreateReceipt"


def test_a_person_gives_it_in_the_web(company, diadoc, signed):
    """Fact 14.3 [doc]."""
    diadoc.sender_gives_receipt(**ids(signed))

    assert status(company, signed) == "Finished"
    assert [e["AttachmentType"] for e in company.whole(signed)["Entities"]].count("Receipt") == 1
