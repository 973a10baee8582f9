"""What becomes of a signature: the verdict comes later."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from local.diadoc import SigningAuthority
from tests.diadoc_stand_in.talk import base64_of, contract_file

CONTENT = b"%PDF-1.4 contract"


def test_good_signature_is_followed_by_delivery(company, clock):
    """Facts 10.1 [doc], 12.1 [doc]."""
    sent = company.send()
    clock.pass_by(19)
    before = company.document(sent)["SenderSignatureStatus"]
    clock.pass_by(1)
    after = company.document(sent)

    assert before == "SenderSignatureUnchecked"
    assert after["SenderSignatureStatus"] == "SenderSignatureCheckedAndValid"
    assert after["DeliveryTimestampTicks"] - after["SendTimestampTicks"] == 20 * 10_000_000
    seen = company.document(sent, talk=company.client_talk, box=company.other)
    assert (seen["DocumentDirection"], after["DocumentDirection"]) == ("Inbound", "Outbound")


def other_authority(company):
    return SigningAuthority("elsewhere", "Test authority").issue(owner="Анна").sign(CONTENT)


def expired(company):
    authority = SigningAuthority("diadoc")
    return authority.issue(owner="Анна", not_after=datetime(2026, 9, 1, tzinfo=UTC)).sign(CONTENT)


def indefinite(company):
    """The outer length as BER writes it."""
    signature = company.diadoc.sign(content=CONTENT)
    return signature[:1] + b"\x80" + signature[4:] + b"\x00\x00"


@pytest.mark.parametrize(
    ("make", "maths"),
    [
        pytest.param(lambda company: company.diadoc.sign(content=b"another"), False, id="of another content"),
        pytest.param(other_authority, True, id="of an authority that is not trusted"),
        pytest.param(expired, True, id="by a certificate that ended"),
        pytest.param(lambda company: b"hello", False, id="no CMS at all"),
        pytest.param(indefinite, False, id="BER instead of DER"),
    ],
)
def test_bad_signature(company, clock, make, maths):
    """Fact 12.2 [seen]: 200 at first, then all signs of failure; fact 12.6 [seen]: GET /GetSignatureInfo."""
    signed = {"Content": base64_of(CONTENT), "Signature": base64_of(make(company))}
    sent = company.deliver(contract_file(signed))

    document, message = company.document(sent), company.whole(sent)
    kinds = [one["AttachmentType"] for one in message["Entities"]]
    notice = next(one for one in message["Entities"] if one["AttachmentType"] == "DeliveryFailureNotification")
    assert document["SenderSignatureStatus"] == "SenderSignatureCheckedAndInvalid"
    assert document["DeliveryTimestampTicks"] == 0
    assert document["DocflowStatus"]["PrimaryStatus"] == {"Severity": "Error", "StatusText": "Ошибка в подписи"}
    assert "SignatureVerificationReport" in kinds
    assert (notice["FileName"], notice["NotDeliveredEventId"]) == ("Notification.txt", sent.message_id)
    assert "недействительными" in base64.b64decode(notice["Content"]["Data"]).decode()

    ids = {"boxId": company.box, "messageId": sent.message_id}
    signature = next(one for one in message["Entities"] if one["EntityType"] == "Signature")
    info = company.talk.get("/GetSignatureInfo", **ids, entityId=signature["EntityId"]).json()
    result = info["SignatureVerificationResult"]
    assert company.talk.get("/V4/GetEntityContent", **ids, entityId=notice["EntityId"]).status_code == 404
    assert (result["IsValid"], result["CertificateStatus"]["IsValid"]) == (maths, False)
    there = company.client_talk.get("/V6/GetMessage", boxId=company.other, messageId=sent.message_id)
    assert there.status_code == 404


def test_bad_signature_of_a_utd_has_its_own_status(company):
    """Fact 12.2 [seen]."""
    act = company.act()
    act["SignedContent"]["Signature"] = base64_of(company.diadoc.sign(content=b"another"))

    document = company.document(company.deliver(act))

    assert document["UniversalTransferDocumentMetadata"]["DocumentStatus"] == "OutboundInvalidSenderSignature"


def test_repeat_after_a_bad_signature_gets_the_broken_message(company, clock):
    """Fact 10.2 [seen]: a new signature needs a new operationId."""
    bad = contract_file({"Content": base64_of(CONTENT), "Signature": base64_of(b"bad")})
    first = company.talk.post("/V3/PostMessage", company.message(bad), operationId="1").json()
    clock.pass_by(21)

    again = company.talk.post("/V3/PostMessage", company.message(), operationId="1").json()

    assert again["MessageId"] == first["MessageId"]
    assert any(one["AttachmentType"] == "DeliveryFailureNotification" for one in again["Entities"])


def test_one_bad_document_does_not_stop_the_others(company):
    """Fact 12.2 [seen]: «or a part of it was not delivered»."""
    bad = contract_file({"Content": base64_of(CONTENT), "Signature": base64_of(b"bad")}, CustomDocumentId="bad")
    sent = company.deliver(contract_file(company.signed(), CustomDocumentId="good"), bad)

    there = company.client_talk.get("/V6/GetMessage", boxId=company.other, messageId=sent.message_id).json()

    assert [one["DocumentInfo"]["CustomDocumentId"] for one in there["Entities"] if "DocumentInfo" in one] == ["good"]
    cards = [one["DocumentInfo"] for one in company.whole(sent)["Entities"] if "DocumentInfo" in one]
    codes = [
        company.client_talk.get(
            "/V3/GetDocument", boxId=company.other, messageId=sent.message_id, entityId=card["EntityId"]
        ).status_code
        for card in cards
    ]
    assert codes == [200, 404]


def test_test_signature_on_a_test_box(company, diadoc):
    """Fact 12.3 [seen], [guess] for other boxes."""
    signed = {"Content": base64_of(CONTENT), "SignWithTestSignature": True}

    refused = company.talk.post("/V3/PostMessage", company.message(contract_file(signed)))
    diadoc.change_organization(box=company.box, is_test=True)
    document = company.document(company.deliver(contract_file(signed)))

    assert (refused.status_code, "only for test organizations" in refused.text) == (400, True)
    assert document["SenderSignatureStatus"] == "SenderSignatureCheckedAndValid"
    assert document["IsTest"] is True


def test_missing_power_of_attorney_is_only_a_warning(company):
    """Fact 12.7 [seen]."""
    signed = company.signed()
    del signed["PowerOfAttorney"]

    document = company.document(company.deliver(contract_file(signed)))

    assert document["SenderSignatureStatus"] == "SenderSignatureCheckedAndValid"
    general = document["DocflowStatus"]["PowerOfAttorneyGeneralStatus"]
    assert (general["Severity"], general["StatusNamedId"]) == ("Warning", "IsNotAttached")


def test_whose_signature_it_is(company):
    """Fact 12.6 [seen]."""
    signature = base64_of(company.diadoc.sign(content=CONTENT, owner="Петрова Анна", inn="7705552211"))
    sent = company.deliver(contract_file({"Content": base64_of(CONTENT), "Signature": signature}))
    entity = next(one for one in company.whole(sent)["Entities"] if one["EntityType"] == "Signature")

    info = company.talk.get(
        "/GetSignatureInfo", boxId=company.box, messageId=sent.message_id, entityId=entity["EntityId"]
    ).json()

    assert info["SignatureVerificationResult"]["IsValid"] is True
    assert (info["OrgName"], info["OrgInn"], info["EndDate"]) == ("Петрова Анна", "7705552211", "01.01.60")


def test_delayed_document_is_sent_by_its_signature(company, clock):
    """Fact 12.4 [doc]: POST /V4/PostMessagePatch."""
    unsigned = contract_file({"Content": base64_of(CONTENT)})
    sent = company.deliver(unsigned, DelaySend=True)
    waiting = company.document(sent)
    row = {"ParentEntityId": sent.entity_id, "Signature": base64_of(company.diadoc.sign(content=CONTENT))}
    patch = {"BoxId": company.box, "MessageId": sent.message_id, "Signatures": [row]}

    answer = company.talk.post("/V4/PostMessagePatch", patch, operationId="s1")
    again = company.talk.post("/V4/PostMessagePatch", patch, operationId="s1")
    clock.pass_by(21)

    assert waiting["SenderSignatureStatus"] == "WaitingForSenderSignature"
    assert waiting["SendTimestampTicks"] == 0
    assert (answer.status_code, again.json()["PatchId"]) == (200, answer.json()["PatchId"])
    document = company.document(sent)
    assert document["EntityId"] == sent.entity_id
    assert document["DeliveryTimestampTicks"] > 0


def test_authority_is_the_same_after_a_restart():
    """The stand-in's own: keys follow from the seed."""
    first, second = SigningAuthority("a"), SigningAuthority("a")
    at = datetime(2026, 10, 1, tzinfo=UTC)

    assert second.check(first.issue(owner="Анна").sign(CONTENT), CONTENT, at=at).holds
    assert not SigningAuthority("b").check(first.issue(owner="Анна").sign(CONTENT), CONTENT, at=at).holds
