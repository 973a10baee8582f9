"""PostMessage: what is accepted, what is refused, and operationId."""

from __future__ import annotations

import pytest

from tests.diadoc_stand_in.talk import base64_of, contract_file, metadata


def refused(company, *attachments, **more):
    answer = company.talk.post("/V3/PostMessage", company.message(*attachments, **more))
    return answer.status_code, answer.text


def with_metadata(company, kind, **values):
    return {"TypeNamedId": kind, "Metadata": metadata(**values), "SignedContent": company.signed()}


def test_message_is_in_our_box_only(company):
    """Fact 10.1 [doc]: POST /V3/PostMessage."""
    sent = company.send(CustomDocumentId="x")

    document = company.document(sent)
    there = company.client_talk.get("/V6/GetMessage", boxId=company.other, messageId=sent.message_id)
    assert (document["SenderSignatureStatus"], document["DeliveryTimestampTicks"]) == ("SenderSignatureUnchecked", 0)
    assert there.status_code == 404


def test_repeat_gets_the_first_result_whatever_its_body(company):
    """Fact 10.2 [seen], the id in any case [doc]."""
    first = company.talk.post("/V3/PostMessage", company.message(), operationId="ABC").json()
    other = company.message(contract_file(company.signed(b"another")))
    again = company.talk.post("/V3/PostMessage", other, operationId="abc").json()
    new = company.talk.post("/V3/PostMessage", other, operationId="abd").json()

    assert again["MessageId"] == first["MessageId"]
    assert new["MessageId"] != first["MessageId"]


def test_without_an_id_the_body_is_the_id(company):
    """Fact 10.2 [doc]: MD5 of the body."""
    message = company.message()

    first = company.talk.post("/V3/PostMessage", message).json()
    again = company.talk.post("/V3/PostMessage", message).json()

    assert again["MessageId"] == first["MessageId"]


def test_scope_of_an_id_is_the_box(company):
    """Fact 10.2 [told]: per box."""
    back = {**company.message(), "FromBoxId": company.other, "ToBoxId": company.box}

    ours = company.talk.post("/V3/PostMessage", company.message(), operationId="1").json()
    theirs = company.client_talk.post("/V3/PostMessage", back, operationId="1").json()

    assert ours["MessageId"] != theirs["MessageId"]


def test_failure_is_not_remembered(company):
    """Fact 10.3 [seen]."""
    bad = company.talk.post("/V3/PostMessage", company.message({}), operationId="1")
    good = company.talk.post("/V3/PostMessage", company.message(), operationId="1")

    assert (bad.status_code, good.status_code) == (400, 200)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        pytest.param(
            {"FileName": "a.pdf", "DocumentNumber": "1", "DocumentDate": "01.10.2026"},
            "Невозможно получить данные по ключу: TotalSum",
            id="one missing",
        ),
        pytest.param(
            {"FileName": "a.pdf", "DocumentNumber": "1"},
            "Невозможно получить данные по ключу: DocumentDate;Невозможно получить данные по ключу: TotalSum",
            id="two missing",
        ),
        pytest.param(
            {"FileName": "a.pdf", "DocumentNumber": "1", "DocumentDate": "01.10.2026", "TotalSum": ""},
            "Incorrect DocumentAttachment. Empty metadata with key TotalSum",
            id="one empty",
        ),
        pytest.param(
            {"FileName": "a", "DocumentNumber": "1", "DocumentDate": "01.10.2026", "TotalSum": "1", "Grounds": ""},
            "Incorrect DocumentAttachment. Empty metadata with key Grounds",
            id="an optional one empty",
        ),
        pytest.param(
            {"FileName": "a", "DocumentNumber": "1", "DocumentDate": "1.10.26", "TotalSum": "1.00"},
            "Incorrect metadata value with key DocumentDate",
            id="a date of another form",
        ),
    ],
)
def test_metadata_is_exact(company, values, text):
    """Facts 8.4 [doc], 10.7 [told]."""
    status, body = refused(company, with_metadata(company, "ProformaInvoice", **values))

    assert status == 400
    assert body.startswith("MessageToPost.DocumentAttachments[0]: ")
    assert text in body


def test_odd_metadata(company):
    """Fact 10.7 [told]: a sum of a nonformalized document is odd."""
    odd = with_metadata(company, "Nonformalized", FileName="a.pdf", TotalSum="1.00")

    answer = company.talk.post("/V3/PostMessage", company.message(odd))

    assert answer.status_code == 400
    assert "Provided odd metadata items. Keys: TotalSum" in answer.text
    assert answer.headers["X-Diadoc-ErrorCode"] == "DocumentService.InvalidFileContent"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("Nonformalized", {"FileName": "a.pdf"}),
        ("AcceptanceCertificate", {"FileName": "a.pdf", "DocumentNumber": "1", "DocumentDate": "01.10.2026"}),
        (
            "ProformaInvoice",
            {"FileName": "a.pdf", "DocumentNumber": "1", "DocumentDate": "01.10.2026", "TotalSum": "1.00"},
        ),
    ],
)
def test_files_with_the_least_metadata_are_taken(company, kind, values):
    """Fact 8.4 [doc]."""
    assert refused(company, with_metadata(company, kind, **values))[0] == 200


def test_formal_kind_carries_no_metadata(company):
    """Fact 10.8 [told]."""
    status, body = refused(company, company.act(Metadata=metadata(DocumentNumber="17")))

    assert status == 400
    assert "Provided odd metadata items. Keys: DocumentNumber" in body


def test_title_is_read_for_the_card(company):
    """Facts 8.4 [doc], 13.1 [seen]."""
    document = company.document(company.send(company.act()))

    assert (document["DocumentNumber"], document["DocumentDate"]) == ("17", "30.09.2026")
    assert document["Title"] == "УПД №17 от 30.09.26"
    assert {"Key": "TotalSum", "Value": "30000.00"} in document["Metadata"]
    assert document["FileName"].startswith("ON_NSCHFDOPPR_")


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        pytest.param(b"windows-1251", b"utf-8", "windows-1251", id="encoding"),
        pytest.param("Услуги оказаны".encode("cp1251"), b"", "does not match the schema", id="schema"),
        pytest.param(b"</", b"", "not well-formed", id="not XML"),
        pytest.param(b"_0_0_0_0_0_00", b"", "not a file name", id="shape of the name"),
        pytest.param(b"2BM-7705552211", b"2BM-7705552219", "another sender", id="sender"),
        pytest.param(b"2BM-7806667787", b"2BM-7806667781", "another recipient", id="recipient"),
        pytest.param('Функция="ДОП"'.encode("cp1251"), 'Функция="СвРК"'.encode("cp1251"), "Function", id="function"),
    ],
)
def test_title_that_does_not_fit(company, old, new, text):
    """Facts 9.2, 9.3 [seen], 9.7, 10.9 [guess]."""
    title = company.title()
    assert old in title

    status, body = refused(company, company.act(title.replace(old, new)))

    assert status == 400
    assert text in body


def test_forty_documents_and_no_more(company):
    """Fact 10.6 [doc]."""
    file = contract_file(company.signed())

    assert refused(company, *[file] * 40)[0] == 200
    assert refused(company, *[file] * 41)[0] == 400


def test_large_content_goes_to_the_shelf(company, diadoc):
    """Fact 10.6 [doc]."""
    diadoc.settings(inline_bytes_max=100)
    content = b"x" * 101
    name = company.talk.send("/V2/ShelfUpload", content).text
    shelved = {**company.signed(content), "NameOnShelf": name}
    del shelved["Content"]

    assert refused(company, contract_file(company.signed(content)))[0] == 400
    assert refused(company, contract_file(shelved))[0] == 200
    assert "not found on the shelf" in refused(company, contract_file({**shelved, "NameOnShelf": "x"}))[1]


@pytest.mark.parametrize(
    ("power", "status"),
    [
        pytest.param({"UseDefault": True}, 200, id="default"),
        pytest.param({"UseDefault": False, "FullId": {"RegistrationNumber": "1", "IssuerInn": "2"}}, 200, id="number"),
        pytest.param({"UseDefault": False, "UseDocumentContent": True}, 200, id="inside the title"),
        pytest.param({"UseDefault": False}, 400, id="none"),
        pytest.param({"UseDefault": True, "UseDocumentContent": True}, 400, id="two"),
        pytest.param({"FullId": {"RegistrationNumber": "1", "IssuerInn": "2"}}, 400, id="UseDefault left out"),
    ],
)
def test_power_of_attorney_in_one_way(company, power, status):
    """Fact 10.10 [doc]."""
    assert refused(company, contract_file(company.signed(PowerOfAttorney=power)))[0] == status


@pytest.mark.parametrize(
    ("changes", "status", "text"),
    [
        pytest.param({"sociability": "CounteragentsOnly"}, 409, "messages only from counteragents", id="partners only"),
        pytest.param({"is_roaming": True}, 409, "messages only from counteragents", id="roaming"),
        pytest.param({"blocks": "us"}, 409, "from blocked senders", id="we are blocked"),
        pytest.param({"liquidation_date": "01.09.2026"}, 403, "liquidated", id="liquidated"),
    ],
)
def test_recipient_who_takes_nothing(company, diadoc, changes, status, text):
    """Facts 6.5 [doc], 10.11 [told], 10.13 [doc]."""
    changes = {name: [company.box] if value == "us" else value for name, value in changes.items()}
    diadoc.change_organization(box=company.other, **changes)

    answer = refused(company)

    assert answer[0] == status
    assert text in answer[1]


def test_partner_takes_what_others_may_not_send(company, diadoc):
    """Facts 6.5, 10.11 [doc]."""
    diadoc.change_organization(box=company.other, sociability="CounteragentsOnly")
    diadoc.make_partners(box=company.box, partner=company.other)

    assert refused(company)[0] == 200


def test_subscription_that_ended(company, diadoc):
    """Fact 10.13 [doc]."""
    diadoc.change_organization(box=company.box, may_use_api=False)

    assert refused(company)[0] == 402


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "Request body cannot be empty"),
        (b"[]", "Can't deserialize request body into type: MessageToPost"),
        (b"{}", "FromBoxId must be specified"),
    ],
)
def test_body_that_is_no_message(company, body, text):
    """Fact 10.12 [told]."""
    headers = {**company.talk.headers, "Content-Type": "application/json; charset=utf-8"}
    answer = company.talk.raw("POST", "/V3/PostMessage", content=body, headers=headers)

    assert answer.status_code == 400
    assert text in answer.text


@pytest.mark.parametrize(
    "changes",
    [{"DocumentAttachments": {}}, {"DocumentAttachments": "x"}, {"DocumentAttachments": [1]}],
    ids=["nothing", "a text", "a number"],
)
def test_fields_of_another_shape(company, changes):
    """Fact 10.12 [told]: they are the caller's mistake."""
    assert refused(company, **changes)[0] == 400


@pytest.mark.parametrize(("spelt", "is_draft"), [(True, True), ("true", True), ("false", False), (False, False)])
def test_booleans_may_be_words(company, spelt, is_draft):
    """Fact 4.8 [told]."""
    answer = company.talk.post("/V3/PostMessage", company.message(IsDraft=spelt))

    assert answer.json()["IsDraft"] is is_draft


def test_message_of_nothing_and_document_of_no_type(company):
    """Facts 10.7, 10.12 [told]."""
    empty = company.talk.post("/V3/PostMessage", {**company.message(), "DocumentAttachments": []})

    assert empty.text == "MessageToPost should contain at least one attachment"
    assert refused(company, {"SignedContent": {}})[1] == (
        "MessageToPost.DocumentAttachments[0]: Incorrect DocumentAttachment. TypeNamedId must be specified"
    )


def test_documents_of_a_message_refer_to_each_other(company):
    """Fact 10.15 [doc]."""
    contract = contract_file(company.signed(), CustomDocumentId="c")
    act = company.act(CustomDocumentId="a", InitialDocumentIds=[{"MessageId": "", "EntityId": "c"}])

    sent = company.send(act, contract)
    cards = [one["DocumentInfo"] for one in sent.answer["Entities"] if "DocumentInfo" in one]

    assert cards[0]["InitialDocumentIds"] == [{"MessageId": sent.message_id, "EntityId": cards[1]["EntityId"]}]
    assert cards[0]["PacketId"] == cards[1]["PacketId"] != ""
    assert "must be unique" in refused(company, contract, contract)[1]
    assert "is not found in the message" in refused(company, act)[1]


def test_same_recipient_as_sender(company):
    """Fact 10.12: a message goes to another box."""
    assert refused(company, ToBoxId=company.box)[0] == 400


def test_signature_is_needed_and_is_base64(company):
    """Fact 12.1 [doc]: unless the message is a draft or waits for its signature."""
    unsigned = contract_file({"Content": base64_of(b"x")})

    assert "Signature must be specified" in refused(company, unsigned)[1]
    assert "not a base64" in refused(company, contract_file({"Content": base64_of(b"x"), "Signature": "ы"}))[1]
    assert refused(company, unsigned, DelaySend=True)[0] == 200


def test_message_goes_to_a_department_of_the_recipient(company, diadoc):
    """Facts 6.10, 6.11 [doc]."""
    other = diadoc.add_organization(inn="7707083893", full_name="ПАО", branches=["784201001"])
    (branch,) = other.departments

    sent = company.send(ToBoxId=other.box_id, ToDepartmentId=branch.department_id)
    unknown = company.talk.post("/V3/PostMessage", company.message(ToBoxId=other.box_id, ToDepartmentId=company.box))

    assert company.document(sent)["ToDepartmentId"] == branch.department_id
    assert unknown.status_code == 400
