"""Reading back: documents, messages, the feed."""

from __future__ import annotations

import base64

import pytest

from tests.diadoc_stand_in.talk import contract_file, encoded, metadata


def feed(company, **more):
    return company.talk.get("/V8/GetNewEvents", boxId=company.box, **more).json()


def names(page):
    return [("Patch" if "Patch" in event else "Message", event["EventId"]) for event in page["Events"]]


def test_document_has_the_fields_of_its_states(company):
    """Facts 13.1 [seen], 13.3 [doc]: GET /V3/GetDocument."""
    document = company.document(company.deliver(contract_file(company.signed(), CustomDocumentId="our-1")))

    assert document["CustomDocumentId"] == "our-1"
    assert document["CounteragentBoxId"] == company.other.replace("-", "") + "@diadoc.ru"
    assert document["RecipientResponseStatus"] == "WaitingForRecipientSignature"
    assert document["RevocationStatus"] == "RevocationStatusNone"
    assert document["RoamingNotificationStatus"] == "RoamingNotificationStatusNone"
    assert isinstance(document["DeliveryTimestampTicks"], int)
    assert "Data" not in document["Content"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param({}, "RecipientResponseStatusNotAcceptable", id="no signature asked for"),
        pytest.param({"NeedRecipientSignature": True}, "WaitingForRecipientSignature", id="asked for"),
    ],
)
def test_signature_by_request(company, asked, status):
    """Fact 8.3 [doc]: workflow 1."""
    file = {"TypeNamedId": "Nonformalized", "Metadata": metadata(FileName="a.pdf"), "SignedContent": company.signed()}

    assert company.document(company.deliver({**file, **asked}))["RecipientResponseStatus"] == status


def test_content_is_injected_when_asked_for(company):
    """Fact 13.6 [doc]."""
    sent = company.send()
    ids = {"boxId": company.box, "messageId": sent.message_id, "entityId": sent.entity_id}

    document = company.talk.get("/V3/GetDocument", **ids, injectEntityContent="true").json()
    message = company.talk.get("/V6/GetMessage", **ids, injectEntityContent="true").json()

    assert base64.b64decode(document["Content"]["Data"]) == b"%PDF-1.4 contract"
    assert base64.b64decode(message["Entities"][0]["Content"]["Data"]) == b"%PDF-1.4 contract"


def test_message_has_a_document_and_its_signature(company):
    """Fact 13.2 [seen]: GET /V6/GetMessage."""
    sent = company.send()

    message = company.whole(sent)
    rows = [(one["EntityType"], one["AttachmentType"], one["ParentEntityId"]) for one in message["Entities"]]
    assert rows == [("Attachment", "Contract", ""), ("Signature", "Nonformalized", sent.entity_id)]
    assert (message["MessageType"], message["LockMode"]) == ("Letter", "None")


def test_content_of_an_entity(company):
    """Fact 13.6 [doc]: GET /V4/GetEntityContent."""
    title = company.title()
    sent = company.send(company.act(title))
    ids = {"boxId": company.box, "messageId": sent.message_id}

    good = company.talk.get("/V4/GetEntityContent", **ids, entityId=sent.entity_id)
    absent = company.talk.get("/V4/GetEntityContent", **ids, entityId="x")

    assert (good.content, absent.status_code) == (title, 404)


def test_feed_tells_of_the_message_and_its_delivery_to_both_sides(company, clock):
    """Fact 13.4 [doc]: GET /V8/GetNewEvents; the id of a message's event is the message's [guess]."""
    sent = company.deliver()

    ours = feed(company)
    theirs = company.client_talk.get("/V8/GetNewEvents", boxId=company.other).json()

    assert names(ours)[0] == ("Message", sent.message_id)
    assert ours["Events"][-1]["Patch"]["MessageIsDelivered"] is True
    assert names(theirs) == [("Message", sent.message_id)]
    first = ours["Events"][0]["Message"]["Entities"]
    assert [entity["EntityType"] for entity in first] == ["Attachment", "Signature"]
    assert all("Data" not in entity["Content"] for entity in first)


def test_feed_goes_on_after_a_key(company):
    """Facts 13.4 [doc], 7.9 [told]."""
    first, second = company.send(), company.send(contract_file(company.signed(b"2")))
    page = feed(company, limit=1)
    key = page["Events"][0]["IndexKey"]

    rest = feed(company, afterIndexKey=key)
    raw = company.talk.raw(
        "GET", f"/V8/GetNewEvents?boxId={company.box}&afterIndexKey={key}", headers=company.talk.headers
    )
    good = company.talk.raw(
        "GET", f"/V8/GetNewEvents?boxId={company.box}&afterIndexKey={encoded(key)}", headers=company.talk.headers
    )

    assert (names(page), page["TotalCount"]) == ([("Message", first.message_id)], 2)
    assert names(rest) == [("Message", second.message_id)] == names(good.json())
    assert (raw.status_code, raw.text) == (400, "cursor must have valid value")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"messageType": "Letter"}, 1),
        ({"messageType": "Draft"}, 1),
        ({"messageType": "Draft,Letter"}, 2),
        ({"typeNamedId": "ProformaInvoice"}, 0),
        ({"documentDirection": "Inbound"}, 0),
        ({"timestampFromTicks": "639999999999999999"}, 0),
        ({"orderBy": "Descending"}, 2),
    ],
)
def test_feed_is_filtered(company, asked, found):
    """Fact 13.4 [doc]."""
    company.send(IsDraft=True)
    company.send(contract_file(company.signed(b"2")))

    assert len(feed(company, **asked)["Events"]) == found


def test_newest_first(company):
    """Fact 13.4 [doc]."""
    first, second = company.send(), company.send(contract_file(company.signed(b"2")))

    assert [one for _, one in names(feed(company, orderBy="Descending"))] == [second.message_id, first.message_id]


@pytest.mark.parametrize("limit", ["0", "501", "x"])
def test_limit_of_a_page(company, limit):
    """Fact 13.4 [guess]: up to 500."""
    assert company.talk.get("/V8/GetNewEvents", boxId=company.box, limit=limit).status_code == 400


@pytest.mark.parametrize(
    ("category", "found"),
    [
        ("Any.Outbound", 2),
        ("Any.Inbound", 0),
        ("Contract.Outbound", 1),
        ("Any.OutboundNotFinished", 2),
        ("Any.OutboundWaitingForRecipientSignature", 1),
        ("Any.OutboundInvalidSenderSignature", 1),
        ("Any.OutboundFinished", 0),
        ("Any.OutboundDeleted", 0),
    ],
)
def test_documents_by_a_filter(company, category, found):
    """Fact 13.5 [doc]: GET /V3/GetDocuments."""
    company.deliver()
    bad = {"TypeNamedId": "Nonformalized", "Metadata": metadata(FileName="a.pdf"), "SignedContent": company.signed()}
    bad["SignedContent"]["Signature"] = "AAAA"
    company.deliver(bad)

    page = company.talk.get("/V3/GetDocuments", boxId=company.box, filterCategory=category).json()

    assert (page["TotalCount"], len(page["Documents"])) == (found, found)


def test_documents_in_pages(company):
    """Fact 13.5 [doc]."""
    for number in range(3):
        company.send(contract_file(company.signed(str(number).encode())))
    asked = {"boxId": company.box, "filterCategory": "Any.Outbound", "count": 2}

    first = company.talk.get("/V3/GetDocuments", **asked).json()["Documents"]
    rest = company.talk.get("/V3/GetDocuments", **asked, afterIndexKey=first[-1]["IndexKey"]).json()["Documents"]

    assert len({one["MessageId"] for one in first + rest}) == 3
    assert (len(first), len(rest)) == (2, 1)


@pytest.mark.parametrize(
    "asked",
    [
        {"filterCategory": "Any.Sideways"},
        {"filterCategory": "Letter.Outbound"},
        {"filterCategory": "Any.Outbound", "documentNumber": "1", "timestampFromTicks": "1"},
    ],
)
def test_filter_that_makes_no_sense(company, asked):
    """Fact 13.5 [doc]."""
    assert company.talk.get("/V3/GetDocuments", boxId=company.box, **asked).status_code == 400


def test_way_back_after_a_lost_answer(company, diadoc):
    """Facts 10.5 [told], 13.7 [doc]: GET /GetDocumentsByCustomId."""
    sent = company.send(contract_file(company.signed(), CustomDocumentId="our-1"))

    by_ours = company.talk.get("/GetDocumentsByCustomId", boxId=company.box, customDocumentId="our-1").json()
    none = company.talk.get("/GetDocumentsByCustomId", boxId=company.box, customDocumentId="our-2").json()

    assert [one["EntityId"] for one in by_ours["Documents"]] == [sent.entity_id]
    assert none["Documents"] == []
