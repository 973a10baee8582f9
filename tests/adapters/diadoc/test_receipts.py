"""The client against what the operator documents of receipts: how one is asked for, made and given."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any

import pytest

from billing.adapters.diadoc.titles.parts import service_signer
from billing.domain.edo_signer import Power, PowerWay, SignerPerson
from billing.ports_edo import BadDocumentError, Cms, LostAnswerError, NeedsPersonError, OddAnswerError
from billing.ports_edo import TestSignature as SignedByTest
from tests.adapters.diadoc.operator_script import OURS, Operator, a_client, says

MESSAGE, DOCUMENT, TITLE, OTHER = (f"{n}0000000-0000-0000-0000-000000000000" for n in (1, 2, 3, 4))
PERSON = SignerPerson(last_name="Петрова", first_name="Анна", middle_name="Сергеевна", position="Главный бухгалтер")
NUMBER = Power(way=PowerWay.NUMBER, number="3c1d9c1e-0a5b-4d5e-9c1a-2b3c4d5e6f70", issuer_inn="7705552211")
NAMED = (
    '<Fio LastName="Петрова" FirstName="Анна" MiddleName="Сергеевна"/>'
    '<Position PositionSource="Manual">Главный бухгалтер</Position>'
)
FULL_ID = '<FullId RegistrationNumber="3c1d9c1e-0a5b-4d5e-9c1a-2b3c4d5e6f70" IssuerInn="7705552211"/>'
BY_NUMBER = f'<Storage UseDefault="false">{FULL_ID}</Storage>'


def test_a_receipt_is_made_by_the_operator_of_who_signs_it():
    """Source: GenerateReceiptXml V2."""
    name = "DP_IZVPOL_2BM-1_2BM-2_20260403_1.xml"
    xml = f"<?xml version='1.0' encoding='windows-1251'?><Файл ИдФайл='{name.removesuffix('.xml')}'/>".encode("cp1251")
    made = says(xml, Content_Disposition="attachment; filename*=UTF-8''another.xml")
    operator = Operator(V2__GenerateReceiptXml=made)

    receipt = a_client(operator).make_receipt(MESSAGE, TITLE, signer=PERSON)

    assert (receipt.content, receipt.file_name) == (xml, name)
    assert operator.query() == {"boxId": OURS}
    body = operator.body()
    assert {k: v for k, v in body.items() if k != "SignerContent"} == {"MessageId": MESSAGE, "AttachmentId": TITLE}
    assert b64decode(body["SignerContent"]).decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n" + f'<Signer SignerStatus="1" SignatureType="1">{NAMED}</Signer>'
    )


@pytest.mark.parametrize(
    ("power", "providing", "said"),
    [
        pytest.param(Power(way=PowerWay.DEFAULT), "2", '<Storage UseDefault="true"/>', id="the default one"),
        pytest.param(Power(way=PowerWay.DEFAULT, as_file=True), "1", '<Storage UseDefault="true"/>', id="sent along"),
        pytest.param(NUMBER, "2", BY_NUMBER, id="by number"),
        pytest.param(replace(NUMBER, way=PowerWay.IN_DOCUMENT), "2", BY_NUMBER, id="written in titles"),
    ],
)
def test_a_service_document_says_by_what_power_it_is_signed(power: Power, providing: str, said: str):
    """Source: the universal signer of service documents: SignerStatus 2, MethodOfProviding 1 or 2."""
    made = service_signer(replace(PERSON, power=power)).decode().partition("\n")[2]

    electronic = f'<Electronic MethodOfProviding="{providing}">{said}</Electronic>'
    assert made == (
        f'<Signer SignerStatus="2" SignatureType="1">{NAMED}<PowerOfAttorney>{electronic}</PowerOfAttorney></Signer>'
    )


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(says("Receipt is not expected", 409), NeedsPersonError, id="none can be made on it"),
        pytest.param(says("Invalid SignerContent: x", 400), BadDocumentError, id="the signer is wrong"),
    ],
)
def test_what_the_operator_refuses_to_make_is_told_with_its_words(answer: Any, error: type[Exception]):
    with pytest.raises(error) as refused:
        a_client(Operator(V2__GenerateReceiptXml=answer)).make_receipt(MESSAGE, TITLE, signer=PERSON)

    assert refused.value.said.text == answer.text  # type: ignore[attr-defined]


@pytest.mark.parametrize("body", [b"", b"<html><br></html>", b"<?xml version='1.0'?><File Id='1"])
def test_a_receipt_that_came_in_part_is_none(body: bytes):
    with pytest.raises(OddAnswerError):
        a_client(Operator(V2__GenerateReceiptXml=says(body))).make_receipt(MESSAGE, TITLE, signer=PERSON)


def test_a_signed_receipt_is_given_on_the_title_under_our_key():
    """Source: PostMessagePatch V4, ReceiptAttachment, SignedContent."""
    operator = Operator(V4__PostMessagePatch=says({"PatchId": "p"}))

    a_client(operator).give_receipt(MESSAGE, TITLE, b"<x/>", Cms(der=b"0\x80"), power=NUMBER, operation="o" * 64)

    assert operator.query() == {"operationId": "o" * 64}
    power = {"UseDefault": False, "FullId": {"RegistrationNumber": NUMBER.number, "IssuerInn": "7705552211"}}
    signed = {"Content": "PHgvPg==", "Signature": "MIA=", "PowerOfAttorney": power}
    assert operator.body() == {
        "BoxId": OURS,
        "MessageId": MESSAGE,
        "Receipts": [{"ParentEntityId": TITLE, "SignedContent": signed}],
    }


def test_a_power_that_titles_name_in_themselves_is_named_by_its_number():
    """Source: PowerOfAttorneyToPost, UseDocumentContent: formats 405, 691 and 970, and a receipt is of 133."""
    operator = Operator(V4__PostMessagePatch=says({"PatchId": "p"}))
    power = replace(NUMBER, way=PowerWay.IN_DOCUMENT)

    a_client(operator).give_receipt(MESSAGE, TITLE, b"<x/>", Cms(der=b"0\x80"), power=power, operation="o")

    full_id = {"RegistrationNumber": NUMBER.number, "IssuerInn": "7705552211"}
    assert operator.body()["Receipts"][0]["SignedContent"]["PowerOfAttorney"] == {
        "UseDefault": False,
        "FullId": full_id,
    }


def test_on_a_test_box_the_operator_signs_the_receipt():
    ours = {"Organizations": [{"IsTest": True, "Boxes": [{"BoxIdGuid": OURS}]}]}
    operator = Operator(GetMyOrganizations=says(ours), V4__PostMessagePatch=says({"PatchId": "p"}))

    a_client(operator).give_receipt(MESSAGE, TITLE, b"<x/>", SignedByTest(), power=Power(), operation="o")

    assert operator.body()["Receipts"][0]["SignedContent"] == {
        "Content": b64encode(b"<x/>").decode(),
        "SignWithTestSignature": True,
    }


def test_a_lost_answer_to_a_receipt_is_known_to_be_one():
    operator = Operator(V4__PostMessagePatch=says(b"{", 200))

    with pytest.raises(LostAnswerError):
        a_client(operator).give_receipt(MESSAGE, TITLE, b"<x/>", Cms(der=b"0"), power=Power(), operation="o")


def entity(id: str, parent: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"EntityType": "Attachment", "EntityId": id, "ParentEntityId": parent, "AttachmentType": kind, **more}


ROOT = entity(
    DOCUMENT,
    "",
    "UniversalTransferDocument",
    DocumentInfo={"CustomDocumentId": "c/d", "SenderReceiptMetadata": {"ReceiptStatus": "HaveToCreateReceipt"}},
)
BUYERS = entity(TITLE, DOCUMENT, "UniversalTransferDocumentBuyerTitle")


@pytest.mark.parametrize(
    ("entities", "answers"),
    [
        pytest.param([BUYERS], TITLE, id="the recipient's title"),
        pytest.param([entity(TITLE, DOCUMENT, "Title")], TITLE, id="a title of another kind"),
        pytest.param([], "", id="nothing"),
        pytest.param([entity(TITLE, OTHER, "Title")], "", id="of another document"),
        pytest.param([entity(OTHER, DOCUMENT, "InvoiceConfirmation")], "", id="the operator's confirmation"),
        pytest.param([BUYERS, entity(OTHER, TITLE, "Receipt")], "", id="one that has its receipt"),
        pytest.param([BUYERS, entity(OTHER, TITLE, "InvoiceReceipt")], "", id="the same, of an invoice"),
        pytest.param([entity(OTHER, DOCUMENT, "Receipt"), BUYERS], TITLE, id="theirs is on our document"),
        pytest.param(
            [BUYERS, {**entity(OTHER, DOCUMENT, "Title"), "EntityType": "Signature"}], TITLE, id="signatures are none"
        ),
    ],
)
def test_our_receipt_answers_the_recipients_title(entities: list[dict[str, Any]], answers: str):
    """Source: SenderReceiptMetadata, GenerateReceiptXml; the SDK's sample looks for receipts under the entity."""
    operator = Operator(V6__GetMessage=says({"MessageId": MESSAGE, "Entities": [ROOT, *entities]}))

    found = a_client(operator).documents_of(MESSAGE)

    assert [(one.news.receipt_due, one.receipt_of) for one in found] == [(True, answers)]
