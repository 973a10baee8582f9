"""After delivery: what the recipient does, and what either side asks of the other."""

from __future__ import annotations

import pytest

from local.diadoc.http_shapes import Refusal
from local.diadoc.schemas import complaints
from local.diadoc.xml import parse
from tests.diadoc_stand_in.talk import base64_of, contract_file, party, reconciliation_contract, utd_contract
from tests.diadoc_stand_in.test_titles import RECONCILIATION, WITH_VAT


def ids(sent):
    return {"message_id": sent.message_id, "entity_id": sent.entity_id}


def reconciliation(company):
    contract = reconciliation_contract(party("7705552211"), party("7806667787", "780601001"))
    title = company.talk.send("/GenerateTitleXml", contract, boxId=company.box, **RECONCILIATION).content
    kind = {"TypeNamedId": "ReconciliationAct", "Function": "default", "Version": "reconciliationact405_05_01_01"}
    return company.deliver({**kind, "SignedContent": company.signed(title)})


def patch(company, sent, talk=None, box="", **actions):
    body = {"BoxId": box or company.box, "MessageId": sent.message_id, **actions}
    return (talk or company.talk).post("/V4/PostMessagePatch", body)


def test_recipient_signs_a_file(company, diadoc):
    """Facts 13.3 [doc], 7.1 [doc]: and both are partners now."""
    sent = company.deliver()

    diadoc.recipient_signs(**ids(sent))

    document = company.document(sent)
    assert document["RecipientResponseStatus"] == "WithRecipientSignature"
    signatures = [one for one in company.whole(sent)["Entities"] if one["EntityType"] == "Signature"]
    assert len(signatures) == 2
    last = company.talk.get("/V8/GetNewEvents", boxId=company.box).json()["Events"][-1]
    assert last["Patch"]["Entities"][0]["EntityId"] == signatures[1]["EntityId"]
    partner = company.talk.get("/V3/GetCounteragent", myBoxId=company.box, counteragentBoxId=company.other).json()
    assert partner["CurrentStatus"] == "IsMyCounteragent"


@pytest.mark.parametrize(
    ("with_disagreements", "status"),
    [(False, "WithRecipientSignature"), (True, "WithRecipientPartiallySignature")],
)
def test_recipient_signs_an_act_by_its_title(company, diadoc, with_disagreements, status):
    """Facts 13.2 [seen], 14.4 [doc]."""
    sent = company.deliver(company.act())

    diadoc.recipient_signs(**ids(sent), with_disagreements=with_disagreements)

    assert company.document(sent)["RecipientResponseStatus"] == status
    kinds = [one["AttachmentType"] for one in company.whole(sent)["Entities"]]
    assert "UniversalTransferDocumentBuyerTitle" in kinds


@pytest.mark.parametrize("with_disagreements", [False, True])
def test_recipient_answers_a_reconciliation_act(company, diadoc, with_disagreements):
    """Facts 9.8, 14.4 [doc]: its title is valid by its schema."""
    sent = reconciliation(company)

    diadoc.recipient_signs(**ids(sent), with_disagreements=with_disagreements)

    expected = "WithRecipientPartiallySignature" if with_disagreements else "WithRecipientSignature"
    title = next(one for one in company.whole(sent)["Entities"] if one["AttachmentType"] == "Title")
    content = company.talk.get(
        "/V4/GetEntityContent", boxId=company.box, messageId=sent.message_id, entityId=title["EntityId"]
    ).content
    assert company.document(sent)["RecipientResponseStatus"] == expected
    assert complaints("ON_AKTSVERPOL_1_972_02_05_01_01.xsd", parse(content)) == []


def test_refusal_of_a_file_is_a_text(company, diadoc):
    """Fact 14.2 [doc]."""
    sent = company.deliver()

    diadoc.recipient_rejects(**ids(sent), text="Неверная сумма")

    entity = next(
        one for one in company.whole(sent)["Entities"] if one["AttachmentType"] == "SignatureRequestRejection"
    )
    content = company.talk.get(
        "/V4/GetEntityContent", boxId=company.box, messageId=sent.message_id, entityId=entity["EntityId"]
    )
    assert company.document(sent)["RecipientResponseStatus"] == "RecipientSignatureRequestRejected"
    assert content.content.decode() == "Неверная сумма"


def test_refusal_of_an_act_is_xml(company, diadoc):
    """Fact 14.2 [doc]."""
    sent = company.deliver(company.act())

    diadoc.recipient_rejects(**ids(sent), text="Неверная сумма")

    assert "XmlSignatureRejection" in [one["AttachmentType"] for one in company.whole(sent)["Entities"]]


def test_answer_comes_once(company, diadoc):
    """Fact 13.3 [doc]: who signed can't refuse any more."""
    sent = company.deliver()
    diadoc.recipient_signs(**ids(sent))

    with pytest.raises(Refusal, match="Recipient signature is not expected"):
        diadoc.recipient_rejects(**ids(sent), text="x")


def test_recipient_owes_a_receipt_where_the_workflow_has_one(company, diadoc):
    """Facts 8.3, 14.3 [doc]: an УПД with an invoice."""
    title = company.talk.send(
        "/GenerateTitleXml",
        utd_contract(company.box, company.other, **WITH_VAT),
        boxId=company.box,
        documentTypeNamedId="UniversalTransferDocument",
        documentFunction="СЧФДОП",
        documentVersion="utd970_05_03_01",
        titleIndex=0,
    ).content
    sent = company.deliver({**company.act(title), "Function": "СЧФДОП"})
    before = company.document(sent)["RecipientReceiptMetadata"]["ReceiptStatus"]

    diadoc.recipient_gives_receipt(**ids(sent))

    assert (before, company.document(sent)["RecipientReceiptMetadata"]["ReceiptStatus"]) == (
        "WaitingForReceipt",
        "Finished",
    )


@pytest.mark.parametrize(("refusal", "status"), [(None, "RevocationAccepted"), ("Не согласны", "RevocationRejected")])
def test_we_ask_to_annul(company, diadoc, refusal, status):
    """Fact 14.1 [doc]: the status depends on who looks."""
    sent = company.deliver()
    row = {"ParentEntityId": sent.entity_id, "SignedContent": company.signed(b"<annulment/>")}

    assert patch(company, sent, RevocationRequests=[row]).status_code == 200
    asked = (
        company.document(sent)["RevocationStatus"],
        company.document(sent, talk=company.client_talk, box=company.other)["RevocationStatus"],
    )
    diadoc.recipient_answers_revocation(**ids(sent), refusal=refusal)

    assert asked == ("RevocationIsRequestedByMe", "RequestsMyRevocation")
    assert company.document(sent)["RevocationStatus"] == status


def test_recipient_asks_to_annul_and_we_sign(company, diadoc):
    """Fact 14.1 [doc]."""
    sent = company.deliver()
    diadoc.recipient_asks_revocation(**ids(sent))
    before = company.document(sent)["RevocationStatus"]
    request = next(one for one in company.whole(sent)["Entities"] if one["AttachmentType"] == "RevocationRequest")
    row = {"ParentEntityId": request["EntityId"], "Signature": base64_of(company.diadoc.sign(content=b"x"))}

    answer = patch(company, sent, Signatures=[row])

    assert (before, answer.status_code) == ("RequestsMyRevocation", 200)
    assert company.document(sent)["RevocationStatus"] == "RevocationAccepted"


def test_recipient_acts_over_the_api_too(company):
    """Facts 14.1, 14.2 [doc]."""
    sent = company.deliver(company.act())
    row = {"ParentEntityId": sent.entity_id, "SignedContent": company.signed(b"<refusal/>")}
    body = {"BoxId": company.other, "MessageId": sent.message_id, "XmlSignatureRejections": [row]}

    answer = company.client_talk.post("/V4/PostMessagePatch", body)

    assert answer.status_code == 200
    assert company.document(sent)["RecipientResponseStatus"] == "RecipientSignatureRequestRejected"


def test_fourth_bad_signature_in_a_day_is_refused(company, clock):
    """Fact 12.8 [doc]."""
    sent = company.deliver()

    def sign(content):
        row = {"ParentEntityId": sent.entity_id, "Signature": base64_of(company.diadoc.sign(content=content))}
        return patch(company, sent, company.client_talk, company.other, Signatures=[row]).status_code

    codes = [sign(str(number).encode()) for number in range(4)]
    waiting = company.document(sent)["RecipientResponseStatus"]

    assert codes == [200, 200, 200, 409]
    assert waiting == "WaitingForRecipientSignature"


def test_closed_packet_is_signed_as_a_whole(company, diadoc):
    """Fact 10.16 [doc]."""
    files = [contract_file(company.signed(name.encode()), CustomDocumentId=name) for name in ("a", "b")]
    sent = company.deliver(*files, LockMode="Full")
    row = {"ParentEntityId": sent.entity_id, "Signature": base64_of(company.diadoc.sign(content=b"a"))}

    alone = patch(company, sent, company.client_talk, company.other, Signatures=[row])
    diadoc.recipient_signs(**ids(sent))

    cards = [one["DocumentInfo"] for one in company.whole(sent)["Entities"] if "DocumentInfo" in one]
    assert alone.status_code == 409
    assert {card["RecipientResponseStatus"] for card in cards} == {"WithRecipientSignature"}
    assert cards[0]["PacketIsLocked"] is True


def test_empty_patch(company):
    """Fact 16.1 [doc]."""
    assert patch(company, company.deliver()).status_code == 400


def test_other_operator_did_not_take_it(company, diadoc):
    """Fact 13.3 [doc]: RoamingNotificationStatusError with its text."""
    sent = company.deliver()

    diadoc.roaming_fails(**ids(sent), text="Абонент не найден")

    document = company.document(sent)
    assert document["RoamingNotificationStatus"] == "RoamingNotificationStatusError"
    assert document["RoamingNotificationStatusDescription"] == "Абонент не найден"


def test_recipient_with_a_habit_signs_by_itself(company, clock, diadoc):
    """A control of the stand-in."""
    diadoc.change_organization(box=company.other, signs_after_s=3600)
    sent = company.deliver()
    before = company.document(sent)["RecipientResponseStatus"]
    clock.pass_by(3600)

    assert before == "WaitingForRecipientSignature"
    assert company.document(sent)["RecipientResponseStatus"] == "WithRecipientSignature"


def test_nothing_is_done_to_what_is_not_delivered(company, diadoc):
    """Fact 10.1 [doc]."""
    sent = company.send()

    with pytest.raises(Refusal, match="not delivered yet"):
        diadoc.recipient_signs(**ids(sent))
