"""What is asked of Diadoc and how its answers are read; the answers are written by hand from its documentation."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.adapters.diadoc.client import diadoc, offer_for
from billing.adapters.diadoc.settings import ACT, CONTRACT, ApiSettings
from billing.domain.edo_boxes import Partnership
from billing.domain.edo_fate import Annulment, Stage
from billing.domain.edo_reasons import Reason
from billing.domain.edo_signer import Power, PowerWay
from billing.domain.errors import BillingError, InvalidInputError
from billing.ports_edo import (
    AbsentError,
    BadDocumentError,
    Cms,
    EdoKind,
    LostAnswerError,
    NeedsPersonError,
    OddAnswerError,
    Outgoing,
    PersonSigns,
    RoamingRequestNeededError,
    StillRunningError,
    StopTheRunError,
    TestSignature,
)
from tests.adapters.diadoc.operator_script import (
    OURS,
    OURS_LEGACY,
    SETTINGS,
    THEIRS,
    THEIRS_LEGACY,
    Clock,
    MemorySecrets,
    Notes,
    Operator,
    a_client,
    says,
)

TASK = "2d1b6f0a-8f0e-4b53-9a6a-9a0d7f1c2b3e"
MESSAGE, ENTITY, SIGNATURE = (f"{n}0000000-0000-0000-0000-000000000000" for n in (1, 2, 3))
TICKS = 639259447904582316   # 25 September 2026, 17:53 in Moscow
KEY = "a+b/c=="

ORGANIZATION: dict[str, Any] = {
    "OrgId": "x", "Inn": "7806667787", "Kpp": "780601001", "FullName": "ООО «Василёк»", "ShortName": "",
    "Boxes": [{"BoxId": THEIRS_LEGACY, "BoxIdGuid": THEIRS, "Title": "Василёк"}],
    "FnsParticipantId": "2BM-7806667787-780601001-202202021200000000002",
    "Address": {"RussianAddress": {"Region": "78"}}, "Departments": [], "IsActive": True, "IsRoaming": False,
    "IsBranch": False, "Sociability": "CounteragentsOnly", "OrganizationType": "Juridical"}
COUNTERAGENT = {"IndexKey": KEY, "Organization": ORGANIZATION, "CurrentStatus": "IsMyCounteragent",
                "LastEventTimestampTicks": TICKS, "InvitationDocumentId": None}
DOCUMENT: dict[str, Any] = {
    "MessageId": MESSAGE, "EntityId": ENTITY, "CounteragentBoxId": THEIRS_LEGACY, "CustomDocumentId": "2026-09.act",
    "TypeNamedId": "UniversalTransferDocument", "Function": "ДОП", "Version": "utd970_05_03_01",
    "DocumentNumber": "45", "DeliveryTimestampTicks": TICKS, "LastModificationTimestampTicks": TICKS,
    "SenderSignatureStatus": "SenderSignatureCheckedAndValid",
    "RecipientResponseStatus": "WaitingForRecipientSignature", "RevocationStatus": "RevocationStatusNone",
    "RoamingNotificationStatus": "RoamingNotificationStatusNone", "SenderReceiptMetadata": {},
    "DocflowStatus": {"PrimaryStatus": {"Severity": "Success", "StatusText": "Подписан контрагентом"}}}
ROOT = {"EntityType": "Attachment", "EntityId": ENTITY, "ParentEntityId": "",
        "AttachmentType": "UniversalTransferDocument", "DocumentInfo": DOCUMENT}
SIGNED = {"EntityType": "Signature", "EntityId": SIGNATURE, "ParentEntityId": ENTITY, "AttachmentType": "Nonformalized"}
POSTED = {"MessageId": MESSAGE, "FromBoxId": OURS_LEGACY, "ToBoxId": THEIRS_LEGACY, "Entities": [SIGNED, ROOT]}
OUR_ORGANIZATION = {**ORGANIZATION, "Boxes": [{"BoxId": OURS_LEGACY}], "IsTest": True}
CMS = Cms(der=b"\x30\x00")


def an_outgoing(**over: Any) -> Outgoing:
    return Outgoing(**{"kind": ACT, "custom_id": "2026-09.act", "signature": CMS, "content": b"<xml/>", **over})


# organizations and relations

def test_our_box_is_found_in_either_spelling_and_never_registers_the_user():
    operator = Operator(GetMyOrganizations=says({"Organizations": [ORGANIZATION, OUR_ORGANIZATION]}))

    box = a_client(operator).our_box()

    assert (box.id, box.test, box.has_address) == (OURS, True, True)
    assert operator.query() == {"autoRegister": "false"}


def test_a_user_without_our_box_stops_the_run():
    operator = Operator(GetMyOrganizations=says({"Organizations": [ORGANIZATION]}))

    with pytest.raises(StopTheRunError):
        a_client(operator).our_box()


def test_relations_are_read_page_by_page_and_the_key_is_encoded():
    operator = Operator(V3__GetCounteragents=[says({"Counteragents": [COUNTERAGENT], "TotalCount": 1}),
                                              says({"Counteragents": [], "TotalCount": 1})])
    client = a_client(operator)

    first = client.counterparties()
    last = client.counterparties(first.cursor)

    box = first.boxes[0]
    assert (box.id, box.partnership, box.since, box.name, box.operator, box.partners_only) == (
        THEIRS, Partnership.PARTNERS, date(2026, 9, 25), "ООО «Василёк»", "2BM", True)
    assert (first.cursor, last.cursor, last.boxes) == (KEY, "", ())
    assert operator.query(0) == {"myBoxId": OURS, "pageSize": "100"}
    assert operator.query(1)["afterIndexKey"] == KEY
    assert "+" not in operator.asked[1].url.query.decode()


@pytest.mark.parametrize(
    ("status", "partnership"),
    [("IsMyCounteragent", "partners"), ("InvitesMe", "they_invited"), ("IsInvitedByMe", "we_invited"),
     ("RejectsMe", "they_refused"), ("IsRejectedByMe", "we_refused"), ("NotInCounteragentList", "none"),
     ("UnknownCounteragentStatus", "unknown"), ("FriendOfAFriend", "unknown"), (None, "unknown"), (7, "unknown")],
)
def test_statuses_are_read_by_name_and_new_ones_are_unknown(status, partnership):
    operator = Operator(V3__GetCounteragent=says({**COUNTERAGENT, "CurrentStatus": status}))

    assert a_client(operator).partnership(THEIRS_LEGACY) == partnership
    assert operator.query() == {"myBoxId": OURS, "counteragentBoxId": THEIRS}


def test_no_relation_ever_is_an_answer_of_404():
    assert a_client(Operator(V3__GetCounteragent=says("", 404))).partnership(THEIRS) is Partnership.NONE


def test_an_invitation_with_a_document_wants_our_signature():
    invited = {**COUNTERAGENT, "CurrentStatus": "InvitesMe",
               "InvitationDocumentId": {"MessageId": "m", "EntityId": "e"}}
    operator = Operator(V3__GetCounteragents=says({"Counteragents": [invited]}))

    assert a_client(operator).counterparties().boxes[0].wants_signature


def test_events_of_relations():
    event = {"EventId": "e1", "IndexKey": KEY, "EventTypes": ["CounteragentRejectedInvitation", "SomethingNew"],
             "Counteragent": {"CounteragentBoxId": THEIRS, "Status": "RejectsMe", "EventTimestampTicks": TICKS,
                              "LastEventComment": "не нужно"}}
    operator = Operator(V1__GetCounteragentEvents=says({"Events": [event], "TotalCount": 1}))

    found = a_client(operator).counterparty_events(since=datetime(1970, 1, 1, tzinfo=UTC))[0]

    assert (found.id, found.key, found.box, found.partnership, found.comment) == (
        "e1", KEY, THEIRS, Partnership.THEY_REFUSED, "не нужно")
    assert operator.query()["timestampFromTicks"] == "621355968000000000"


def test_boxes_of_an_inn_may_be_several():
    twin = {**ORGANIZATION, "Boxes": [{"BoxId": OURS_LEGACY}], "IsRoaming": True, "FnsParticipantId": "2be780"}
    boxless = {**ORGANIZATION, "Boxes": []}
    operator = Operator(V2__GetOrganizationsByInnList=says({"Organizations": [
        {"Organization": one} for one in (ORGANIZATION, twin, boxless)]}))

    boxes = a_client(operator).boxes_of(["7806667787"])["7806667787"]

    assert [(box.id, box.roaming, box.operator) for box in boxes] == [(THEIRS, False, "2BM"), (OURS, True, "2BE")]


@pytest.mark.parametrize(("said", "partners_only"), [
    ("AllOrganizations", False), ("CounteragentsOnly", True), ("SomethingNew", True), ("", True), (None, True)])
def test_only_those_who_say_so_take_documents_from_everybody(said, partners_only):
    operator = Operator(V2__GetOrganizationsByInnList=says({"Organizations": [
        {"Organization": {**ORGANIZATION, "Sociability": said}}]}))

    assert a_client(operator).boxes_of(["7806667787"])["7806667787"][0].partners_only is partners_only


def test_many_inns_are_asked_in_few_calls():
    listed = {"Organization": ORGANIZATION, "CounteragentStatus": "IsInvitedByMe", "LastEventTimestampTicks": TICKS}
    operator = Operator(V2__GetOrganizationsByInnList=[says({"Organizations": [listed]}), says({"Organizations": []})])
    client = a_client(operator, replace(SETTINGS, api=ApiSettings(inn_list_chunk=2)))

    found = client.boxes_of(["7806667787", "7705552211", "7705552211", "7736207543"])

    assert [box.partnership for box in found["7806667787"]] == [Partnership.WE_INVITED]
    assert [operator.body(i)["InnList"] for i in (0, 1)] == [["7806667787", "7705552211"], ["7736207543"]]
    assert operator.query(0) == {"myBoxId": OURS}


def test_operators_are_known_by_their_three_characters():
    operator = Operator(GetRoamingOperators=says({"RoamingOperators": [
        {"FnsId": "2be", "Name": "СБИС", "IsActive": True, "Features": [
            {"Name": "SupportsAutoInvitation", "Description": "автороуминг"}, {"Name": "New"}, "SupportsRevocation"]},
        {"FnsId": "2LD", "Name": "X", "IsActive": False}, {"Name": "nobody"}]}))

    found = a_client(operator).operators()

    assert {name: (one.active, one.takes_invitations) for name, one in found.items()} == {
        "2BE": (True, True), "2LD": (False, False)}


def test_an_invitation_goes_to_a_box_with_text_only():
    operator = Operator(V3__AcquireCounteragent=says({"TaskId": TASK}))

    assert a_client(operator).invite(box=THEIRS_LEGACY, message="Приглашаем" * 1_000) == TASK
    assert operator.body() == {"BoxId": THEIRS, "MessageToCounteragent": ("Приглашаем" * 1_000)[:2_000]}
    assert operator.query() == {"myBoxId": OURS}
    assert operator.asked[0].headers["content-type"].startswith("application/json")


def test_an_invitation_goes_by_inn_where_there_is_no_box():
    operator = Operator(V3__AcquireCounteragent=says({"TaskId": TASK}))

    a_client(operator).invite(inn="7806667787")

    assert operator.body() == {"Inn": "7806667787"}
    with pytest.raises(InvalidInputError):
        a_client(operator).invite(inn="7806667787", box=THEIRS)


def test_an_invitation_that_needs_a_request_says_so():
    operator = Operator(V3__AcquireCounteragent=says(
        "Setting is required", 409, X_Diadoc_ErrorCode="Invitations.RoamingOperatorRequestIsRequired"))

    with pytest.raises(RoamingRequestNeededError) as found:
        a_client(operator).invite(box=THEIRS)

    assert found.value.reason is Reason.ROAMING_REQUEST_NEEDED


def test_the_result_of_an_invitation_is_polled_not_waited_for():
    operator = Operator(V3__AcquireCounteragentResult=[says("", 204, Retry_After="3"), says({"BoxId": THEIRS})])
    client = a_client(operator)

    with pytest.raises(StillRunningError) as running:
        client.invitation(TASK)

    assert running.value.retry_after_s == 3
    assert client.invitation(TASK) == THEIRS
    assert operator.query() == {"taskId": TASK, "myBoxId": OURS}


def test_a_task_that_nobody_knows_is_absent():
    with pytest.raises(AbsentError):
        a_client(Operator(V3__AcquireCounteragentResult=says("", 404))).invitation(TASK)


def test_an_invitation_that_failed_is_for_a_person_with_the_operators_words():
    operator = Operator(V3__AcquireCounteragentResult=says("Нельзя пригласить контрагента с ИНН = 7806667787", 409))

    with pytest.raises(NeedsPersonError) as found:
        a_client(operator).invitation(TASK)

    assert found.value.reason is Reason.INVITATION_FAILED
    assert found.value.said.text.startswith("Нельзя пригласить")


# kinds and titles

KINDS = {"DocumentTypes": [
    {"Name": "UniversalTransferDocument", "UniversalMessagesStartDate": "2026-04-01", "Functions": [{
        "Name": "ДОП", "Versions": [
            {"Version": "utd970_05_02_01", "IsActual": False, "Titles": [{"Index": 0}]},
            {"Version": "utd970_05_03_01", "IsActual": True,
             "Workflows": [{"Id": 16}, {"Id": 18, "IsDefault": True}],
             "Titles": [{"Index": 1}, {"Index": 0, "IsFormal": True, "MetadataItems": [
                 {"Id": "DocumentNumber", "IsRequired": True, "Source": 0}]}]}]}]},
    {"Name": "Contract", "Functions": [{"Name": "default", "Versions": [
        {"Version": "v1", "IsActual": True, "Titles": [{"Index": 0, "MetadataItems": [
            {"Id": "FileName", "Type": 0, "IsRequired": True, "Source": 1},
            {"Id": "ContractType", "IsRequired": False, "Source": 1}]}]}]}]}]}


def test_kinds_are_read_with_what_we_have_to_give():
    offers = a_client(Operator(V3__GetDocumentTypes=says(KINDS))).kinds()

    act, contract = offer_for(ACT, offers), offer_for(CONTRACT, offers)

    assert act is not None
    assert (act.actual, act.required) == (True, frozenset())
    assert contract is not None
    assert (contract.kind.version, contract.required, contract.allowed) == (
        "v1", {"FileName"}, {"FileName", "ContractType"})
    old = offer_for(replace(ACT, version="utd970_05_02_01"), offers)
    assert old is not None
    assert not old.actual
    assert offer_for(EdoKind(type="Nothing"), offers) is None


TITLE = '<?xml version="1.0" encoding="windows-1251"?><Файл ИдФайл="ON_NSCHFDOPPR_1" Имя="Ё"/>'.encode("cp1251")


def test_a_title_is_taken_as_bytes_and_named_by_itself():
    operator = Operator(GenerateTitleXml=says(TITLE, Content_Disposition='attachment; filename="other.xml"'))

    title = a_client(operator).make_title(ACT, b"<contract/>")

    assert (title.content, title.file_name) == (TITLE, "ON_NSCHFDOPPR_1.xml")
    assert operator.query() == {
        "boxId": OURS, "documentTypeNamedId": "UniversalTransferDocument", "documentFunction": "ДОП",
        "documentVersion": "utd970_05_03_01", "titleIndex": "0"}
    assert (operator.asked[0].content, operator.asked[0].headers["content-type"]) == (b"<contract/>", "application/xml")


def test_a_contract_that_does_not_fit_is_for_a_person():
    operator = Operator(GenerateTitleXml=says("Address is required", 400))

    with pytest.raises(BadDocumentError) as found:
        a_client(operator).make_title(ACT, b"<contract/>")

    assert found.value.said.text == "Address is required"


def test_a_proxys_page_is_no_title():
    with pytest.raises(OddAnswerError):
        a_client(Operator(GenerateTitleXml=says("<html><br></html>"))).make_title(ACT, b"<contract/>")


# sending

def test_a_signed_act_is_posted_under_its_operation():
    operator = Operator(V3__PostMessage=says(POSTED))
    power = Power(way=PowerWay.NUMBER, number=TASK, issuer_inn="7705552211")

    posted = a_client(operator).post(THEIRS_LEGACY, [an_outgoing(power=power)], operation="f" * 64)

    assert (posted.message, posted.documents) == (MESSAGE, {"2026-09.act": ENTITY})
    assert operator.query() == {"operationId": "f" * 64}
    assert operator.body() == {"FromBoxId": OURS, "ToBoxId": THEIRS, "DocumentAttachments": [{
        "TypeNamedId": "UniversalTransferDocument", "Function": "ДОП", "Version": "utd970_05_03_01",
        "CustomDocumentId": "2026-09.act",
        "SignedContent": {"Content": "PHhtbC8+", "Signature": "MAA=", "PowerOfAttorney": {
            "UseDefault": False, "FullId": {"RegistrationNumber": TASK, "IssuerInn": "7705552211"}}}}]}


def test_a_packet_has_metadata_and_references_and_no_empty_values():
    contract = an_outgoing(kind=CONTRACT, custom_id="contract", content=b"%PDF", wants_answer=True,
                           metadata=(("FileName", "Договор.pdf"), ("Grounds", "")))
    act = an_outgoing(refers_to=("contract",), kind=replace(ACT, workflow=3))
    second = {**ROOT, "EntityId": SIGNATURE, "DocumentInfo": {**DOCUMENT, "CustomDocumentId": "contract"}}
    operator = Operator(V3__PostMessage=says({**POSTED, "Entities": [ROOT, second]}))

    posted = a_client(operator).post(THEIRS, [act, contract], operation="1")

    body = operator.body()
    assert posted.documents == {"2026-09.act": ENTITY, "contract": SIGNATURE}
    first, other = body["DocumentAttachments"]
    assert first["InitialDocumentIds"] == [{"MessageId": "", "EntityId": "contract"}]
    assert first["WorkflowId"] == 3
    assert other["NeedRecipientSignature"] is True
    assert other["Metadata"] == [{"Key": "FileName", "Value": "Договор.pdf"}]
    assert {"Function", "Version", "WorkflowId"}.isdisjoint(other)


@pytest.mark.parametrize(
    ("power", "said"),
    [
        (Power(way=PowerWay.DEFAULT), {"UseDefault": True}),
        (Power(way=PowerWay.DEFAULT, as_file=True), {"UseDefault": True, "SendAsFile": True}),
        (Power(way=PowerWay.IN_DOCUMENT), {"UseDefault": False, "UseDocumentContent": True}),
        (Power(), None),
    ],
)
def test_a_power_of_attorney_is_said_in_one_way(power, said):
    operator = Operator(V3__PostMessage=says(POSTED))

    a_client(operator).post(THEIRS, [an_outgoing(power=power)], operation="1")

    assert operator.body()["DocumentAttachments"][0]["SignedContent"].get("PowerOfAttorney") == said


def test_a_document_that_a_person_signs_goes_unsigned_and_unsent():
    operator = Operator(V3__PostMessage=says(POSTED))
    client = a_client(operator)

    client.post(THEIRS, [an_outgoing(signature=PersonSigns())], operation="1")

    assert operator.body()["DelaySend"] is True
    assert operator.body()["DocumentAttachments"][0]["SignedContent"] == {"Content": "PHhtbC8+"}
    with pytest.raises(BadDocumentError):
        client.post(THEIRS, [an_outgoing(), an_outgoing(signature=PersonSigns(), custom_id="2")], operation="1")


@pytest.mark.parametrize("test", [True, False])
def test_the_test_signature_leaves_a_test_box_only(test):
    operator = Operator(V3__PostMessage=says(POSTED),
                        GetMyOrganizations=says({"Organizations": [{**OUR_ORGANIZATION, "IsTest": test}]}))
    client = a_client(operator)
    power = Power(way=PowerWay.DEFAULT)

    if test:
        for _ in range(2):
            client.post(THEIRS, [an_outgoing(signature=TestSignature(), power=power)], operation="1")
        signed = operator.body()["DocumentAttachments"][0]["SignedContent"]
        assert signed == {"Content": "PHhtbC8+", "SignWithTestSignature": True}
        assert operator.paths.count("GetMyOrganizations") == 1
    else:
        with pytest.raises(StopTheRunError):
            client.post(THEIRS, [an_outgoing(signature=TestSignature())], operation="1")
        assert "V3/PostMessage" not in operator.paths


def test_a_lost_answer_is_asked_again_with_the_same_bytes_and_operation():
    operator = Operator(V3__PostMessage=[httpx.ReadTimeout("t"), says("", 504), says(POSTED)])

    a_client(operator).post(THEIRS, [an_outgoing()], operation="1")

    assert len({(request.url.query, request.content) for request in operator.asked}) == 1
    assert len(operator.asked) == 3


def test_an_operation_that_is_another_messages_is_seen():
    other = {**ROOT, "DocumentInfo": {**DOCUMENT, "CustomDocumentId": "2026-06.act"}}
    operator = Operator(V3__PostMessage=says({**POSTED, "Entities": [other]}))

    with pytest.raises(NeedsPersonError, match="другое сообщение"):
        a_client(operator).post(THEIRS, [an_outgoing()], operation="1")


def test_a_message_holds_so_many_documents():
    client = a_client(Operator(), replace(SETTINGS, api=ApiSettings(documents_max=1)))

    for documents in ([], [an_outgoing(), an_outgoing(custom_id="2")]):
        with pytest.raises(BadDocumentError):
            client.post(THEIRS, documents, operation="1")


def test_what_is_large_goes_by_the_shelf():
    operator = Operator(V3__PostMessage=says(POSTED), V2__ShelfUpload=says("shelf-name"))
    client = a_client(operator, replace(SETTINGS, api=ApiSettings(inline_max_bytes=10)))

    client.post(THEIRS, [an_outgoing(content=b"x" * 11)], operation="1")

    assert operator.body()["DocumentAttachments"][0]["SignedContent"] == {
        "NameOnShelf": "shelf-name", "Signature": "MAA="}
    assert operator.asked[0].content == b"x" * 11


def test_the_shelf_gets_every_part_and_those_it_has_missed_again():
    operator = Operator(ShelfUploadPartInit=says("name+1"),
                        ShelfUploadPart=[says(""), says(""), says("[1, 2]"), says(""), says("[]")])
    client = a_client(operator, replace(SETTINGS, api=ApiSettings(shelf_part_bytes=2)))

    assert client.put_on_shelf(b"aabbccd", extension="pdf") == "name+1"

    asked = [(operator.query(i).get("partIndex"), operator.query(i).get("isLastPart"), operator.asked[i].content)
             for i in range(len(operator.asked))]
    assert asked == [(None, None, b"aa"), ("1", "false", b"bb"), ("2", "false", b"cc"), ("3", "true", b"d"),
                     ("1", "false", b"bb"), ("2", "true", b"cc")]
    assert operator.query(1)["fileName"] == "name+1"
    assert operator.query(0) == {"fileExtension": "pdf"}


def test_a_shelf_that_always_misses_a_part_is_given_up():
    operator = Operator(ShelfUploadPartInit=says("name"), ShelfUploadPart=says("[1]"))
    client = a_client(operator, replace(SETTINGS, api=ApiSettings(shelf_part_bytes=2)))

    with pytest.raises(OddAnswerError):
        client.put_on_shelf(b"aabb", extension="")
    assert operator.paths.count("ShelfUploadPart") == 3


# tracking

def test_events_are_read_by_key_and_the_key_is_encoded():
    failed = {"EntityId": "n", "NotDeliveredEventId": MESSAGE, "AttachmentType": "DeliveryFailureNotification"}
    operator = Operator(V8__GetNewEvents=says({"Events": [
        {"EventId": "1", "IndexKey": "k", "Message": POSTED},
        {"EventId": "2", "IndexKey": KEY, "Patch": {"MessageId": MESSAGE, "Entities": [failed]}},
        {"EventId": "3", "IndexKey": "z", "Novelty": {"MessageId": MESSAGE}}], "TotalCount": 3}))

    events = a_client(operator).events(KEY, since=datetime(2026, 1, 1, tzinfo=UTC))

    assert [(event.id, event.message) for event in events] == [("1", MESSAGE), ("2", MESSAGE), ("3", "")]
    assert operator.query() == {
        "boxId": OURS, "limit": "100", "documentDirection": "Outbound", "afterIndexKey": KEY}


def test_an_event_without_a_place_stops_none_of_the_others():
    operator = Operator(V8__GetNewEvents=says({"Events": [{"EventId": "1"}, {"EventId": "2", "IndexKey": KEY}]}))

    assert [event.id for event in a_client(operator).events()] == ["2"]


def test_a_document_that_cannot_be_read_stops_no_other_of_the_list():
    odd, good = {"IndexKey": "k1"}, {"EntityId": ENTITY, "MessageId": MESSAGE, "IndexKey": "k2"}
    operator = Operator(V3__GetDocuments=[says({"Documents": [odd, good]}), says({"Documents": [good, odd, {}]})])
    client = a_client(operator)

    assert [([d.news.entity for d in page], key) for page, key in (client.unfinished(), client.unfinished())] == [
        ([ENTITY], "k2"), ([ENTITY], "k1")]


def test_a_message_that_came_back_without_its_id_may_be_there():
    with pytest.raises(LostAnswerError):
        a_client(Operator(V3__PostMessage=says({"Entities": []}))).post(THEIRS, [an_outgoing()], operation="o")


@pytest.mark.parametrize(
    ("over", "stage"),
    [
        pytest.param({"DeliveryTimestampTicks": 0, "SenderSignatureStatus": "SenderSignatureUnchecked"}, Stage.SENT,
                     id="just sent"),
        pytest.param({}, Stage.DELIVERED, id="delivered"),
        pytest.param({"SenderSignatureStatus": "WaitingForSenderSignature", "DeliveryTimestampTicks": 0},
                     Stage.AWAITS_OUR_SIGNATURE, id="a person has to sign"),
        pytest.param({"SenderSignatureStatus": "SenderSignatureCheckedAndInvalid"}, Stage.SIGNATURE_INVALID,
                     id="our signature is bad"),
        pytest.param({"RecipientResponseStatus": "WithRecipientSignature"}, Stage.ACCEPTED, id="signed"),
        pytest.param({"RecipientResponseStatus": "WithRecipientPartiallySignature"}, Stage.DISAGREED, id="disagreed"),
        pytest.param({"RecipientResponseStatus": "RecipientSignatureRequestRejected"}, Stage.REFUSED, id="refused"),
        pytest.param({"RecipientResponseStatus": "RecipientResponseStatusNotAcceptable"}, Stage.FINISHED,
                     id="no answer is needed"),
        pytest.param({"RecipientResponseStatus": "RecipientResponseStatusNotAcceptable", "DeliveryTimestampTicks": 0},
                     Stage.SENT, id="no answer is needed, not delivered"),
        pytest.param({"RecipientResponseStatus": "SomethingNew", "SenderSignatureStatus": "Other"}, Stage.DELIVERED,
                     id="names of the future"),
    ],
)
def test_a_document_is_read_by_its_statuses_not_by_their_texts(over, stage):
    """The text says «Подписан контрагентом» in every one of them."""
    operator = Operator(GetDocumentsByCustomId=says({"Documents": [{**DOCUMENT, **over}]}))

    (found,) = a_client(operator).by_custom_id("2026-09.act")

    assert found.news.stage is stage
    assert (found.custom_id, found.counterparty, found.kind) == ("2026-09.act", THEIRS, ACT)
    assert found.news.as_of == TICKS
    assert operator.query() == {"boxId": OURS, "customDocumentId": "2026-09.act"}


def test_annulments_roaming_and_receipts_are_read_beside_the_stage():
    operator = Operator(GetDocumentsByCustomId=says({"Documents": [{
        **DOCUMENT, "RevocationStatus": "RequestsMyRevocation",
        "RoamingNotificationStatus": "RoamingNotificationStatusError",
        "RoamingNotificationStatusDescription": "узел недоступен",
        "SenderReceiptMetadata": {"ReceiptStatus": "HaveToCreateReceipt"}}]}))

    news = a_client(operator).by_custom_id("2026-09.act")[0].news

    assert (news.annulment, news.roaming_error, news.text, news.receipt_due) == (
        Annulment.ASKED_BY_THEM, True, "узел недоступен", True)


def test_a_message_tells_of_failed_delivery_and_where_the_refusal_stands():
    notice = {"EntityType": "Attachment", "EntityId": "n", "ParentEntityId": "", "FileName": "Notification.txt",
              "AttachmentType": "DeliveryFailureNotification", "NotDeliveredEventId": MESSAGE,
              "Content": {"Size": 10, "Data": b64encode("не доставлено".encode()).decode()}}
    refusal = {"EntityType": "Attachment", "EntityId": "r", "ParentEntityId": ENTITY,
               "AttachmentType": "XmlSignatureRejection"}
    undelivered = {**ROOT, "DocumentInfo": {**DOCUMENT, "DeliveryTimestampTicks": 0, "MessageId": ""}}
    operator = Operator(V6__GetMessage=[says({**POSTED, "Entities": [undelivered, SIGNED, notice]}),
                                        says({**POSTED, "Entities": [ROOT, refusal]})])
    client = a_client(operator)

    failed, refused = client.documents_of(MESSAGE)[0], client.documents_of(MESSAGE)[0]

    assert (failed.news.stage, failed.news.text, failed.news.message) == (
        Stage.DELIVERY_FAILED, "не доставлено", MESSAGE)
    assert refused.answered_by == "r"
    assert failed.our_signature == SIGNATURE


def test_words_of_a_disagreement_stand_in_the_recipients_title():
    title, signature = ({"EntityType": kind, "EntityId": id_, "ParentEntityId": ENTITY, "AttachmentType": type_}
                        for kind, id_, type_ in (("Attachment", "t", "UniversalTransferDocumentBuyerTitle"),
                                                 ("Signature", "s", "Nonformalized")))
    disagreed = {**ROOT, "DocumentInfo": {**DOCUMENT, "RecipientResponseStatus": "WithRecipientPartiallySignature"}}
    signed = {**ROOT, "DocumentInfo": {**DOCUMENT, "RecipientResponseStatus": "WithRecipientSignature"}}
    operator = Operator(V6__GetMessage=[says({**POSTED, "Entities": [document, title, signature]})
                                        for document in (disagreed, signed)])
    client = a_client(operator)

    found = [client.documents_of(MESSAGE)[0] for _ in range(2)]

    assert [(one.news.stage, one.answered_by) for one in found] == [(Stage.DISAGREED, "t"), (Stage.ACCEPTED, "")]


def test_a_document_is_found_by_our_id():
    operator = Operator(GetDocumentsByCustomId=[says({"Documents": [DOCUMENT]}), says("", 404)])
    client = a_client(operator)

    assert [found.news.message for found in client.by_custom_id("2026-09.act")] == [MESSAGE]
    assert client.by_custom_id("2026-09.act") == ()


def test_the_sweep_goes_page_by_page():
    operator = Operator(V3__GetDocuments=[says({"Documents": [{**DOCUMENT, "IndexKey": KEY}]}),
                                          says({"Documents": []})])
    client = a_client(operator)

    documents, cursor = client.unfinished()
    rest, end = client.unfinished(cursor)

    assert (len(documents), cursor, rest, end) == (1, KEY, (), "")
    assert operator.query()["afterIndexKey"] == KEY
    assert operator.query(0)["filterCategory"] == "Any.OutboundNotFinished"


def test_a_print_form_is_taken_when_it_is_ready_and_named_as_it_says():
    named = "attachment; filename*=UTF-8''%D0%90%D0%BA%D1%82.pdf"
    operator = Operator(GeneratePrintForm=[says(b"", 200, Retry_After="2"), says("", 204, Retry_After="2"),
                                           says(b"%PDF", Content_Disposition=named)])
    client = a_client(operator)

    for _ in range(2):
        with pytest.raises(StillRunningError):
            client.print_form(MESSAGE, ENTITY)
    ready = client.print_form(MESSAGE, ENTITY)

    assert (ready.name, ready.content) == ("Акт.pdf", b"%PDF")
    assert operator.query() == {"boxId": OURS, "messageId": MESSAGE, "documentId": ENTITY}


def test_a_kind_without_a_print_form_has_none():
    text = "Generating print form for this type of document is not supported"

    with pytest.raises(AbsentError):
        a_client(Operator(GeneratePrintForm=says(text, 409))).print_form(MESSAGE, ENTITY)


@pytest.mark.parametrize("not_ready", [
    pytest.param(says({"ZipFileNameOnShelf": ""}, Retry_After="7"), id="an empty field"),
    pytest.param(says({}, Retry_After="7"), id="no field"),
    pytest.param(says("", 204, Retry_After="7"), id="no content"),
])
def test_an_archive_that_is_not_ready_is_asked_for_later(not_ready: httpx.Response):
    operator = Operator(GenerateDocumentZip=not_ready)

    with pytest.raises(StillRunningError) as error:
        a_client(operator).archive(MESSAGE, ENTITY)

    assert error.value.retry_after_s == 7
    assert operator.paths == ["GenerateDocumentZip"]


def test_the_evidence_is_fetched():
    operator = Operator(
        GenerateDocumentProtocol=[says({}, 200), says({"PrintForm": "JVBERg==", "Signature": "MAA="})],
        GenerateDocumentZip=says({"ZipFileNameOnShelf": "__userId__/zip+1"}), V2__ShelfDownload=says(b"PK"),
        V4__GetEntityContent=says(b"\xcf\xf0"), GetSignatureInfo=says({"SignatureVerificationResult": {
            "IsValid": True, "CertificateStatus": {"IsValid": False, "CertificateChain": [
                {"CertificateChainStatusFlags": "CERT_TRUST_IS_NOT_TIME_VALID"}]}}}))
    client = a_client(operator)

    with pytest.raises(OddAnswerError):
        client.protocol(MESSAGE, ENTITY)
    assert [file.content for file in client.protocol(MESSAGE, ENTITY)] == [b"%PDF", b"0\x00"]
    assert client.archive(MESSAGE, ENTITY).content == b"PK"
    assert operator.query() == {"fileName": "zip+1"}
    assert client.content(MESSAGE, ENTITY) == b"\xcf\xf0"
    assert client.why_invalid(MESSAGE, SIGNATURE) == (
        "срок сертификата истёк или не наступил")


@pytest.mark.parametrize(("content", "said"), [
    pytest.param("Не та сумма".encode(), "Не та сумма", id="a plain text"),
    pytest.param('<?xml version="1.0" encoding="windows-1251"?><Файл><СвУведУточ><ТекстУведУточ> Не та\nсумма'
                 "</ТекстУведУточ></СвУведУточ></Файл>", "Не та сумма", id="XML with an element"),
    pytest.param('<?xml version="1.0" encoding="windows-1251"?><Файл><Отказ Текст="Не та сумма"/></Файл>',
                 "Не та сумма", id="XML with an attribute"),
    pytest.param('<?xml version="1.0" encoding="windows-1251"?><Файл><Документ><СодФХЖ4><СвПрин СодОпер="Услуг меньше">'
                 '<КодСодОпер КодИтога="2"><РеквДокРасх РеквНаимДок="Акт о расхождениях" РеквНомерДок="7"/>'
                 "</КодСодОпер></СвПрин></СодФХЖ4></Документ></Файл>",
                 "Услуг меньше; Акт о расхождениях 7", id="a disagreement"),
    pytest.param('<?xml version="1.0" encoding="windows-1251"?><Файл><Документ><СвПредАн><ТекстПредАн>Дубль'
                 "</ТекстПредАн></СвПредАн></Документ></Файл>", "Дубль", id="a proposal to annul"),
    pytest.param("<File/>", "", id="XML that says nothing"),
])
def test_a_refusal_is_read_whatever_form_it_has(content: str | bytes, said: str):
    body = content if isinstance(content, bytes) else content.encode("cp1251")
    client = a_client(Operator(V4__GetEntityContent=says(body)))

    assert client.words(MESSAGE, "r") == said


@pytest.mark.parametrize(("group", "said"), [
    pytest.param("Rejection", "Не та сумма; Не тот договор", id="a refusal"),
    pytest.param(3, "Не та сумма; Не тот договор", id="a refusal by its number"),
    pytest.param("Receipt", "", id="a receipt"),
])
def test_a_refusal_that_is_a_universal_message_says_why(group: str | int, said: str):
    message = {"EntityType": "Attachment", "EntityId": "u", "ParentEntityId": ENTITY,
               "AttachmentType": "UniversalMessage", "UniversalMessageInfo": {"CodeGroup": group, "Events": [
                   {"StatusCode": "3.1", "PlainText": "Не та сумма"}, {}, {"PlainText": "Не тот договор"}]}}
    refused = {**ROOT, "DocumentInfo": {**DOCUMENT, "RecipientResponseStatus": "RecipientSignatureRequestRejected"}}
    client = a_client(Operator(V6__GetMessage=says({**POSTED, "Entities": [refused, message]})))

    (found,) = client.documents_of(MESSAGE)

    assert (found.news.stage, found.news.text) == (Stage.REFUSED, said)


# anything may be added to an answer, left out of it, or be of a kind not known yet

ANSWERS: dict[str, tuple[dict[str, Any], Callable[[Any], Any]]] = {
    "GetMyOrganizations": ({"Organizations": [OUR_ORGANIZATION]}, lambda c: c.our_box()),
    "GetRoamingOperators": ({"RoamingOperators": [{"FnsId": "2BE", "Features": [{"Name": "X"}]}]},
                            lambda c: c.operators()),
    "V3/GetCounteragents": ({"Counteragents": [COUNTERAGENT]}, lambda c: c.counterparties()),
    "V1/GetCounteragentEvents": ({"Events": [{"EventId": "1", "IndexKey": "k", "Counteragent": {
        "CounteragentBoxId": THEIRS, "Status": "InvitesMe"}}]}, lambda c: c.counterparty_events()),
    "V2/GetOrganizationsByInnList": ({"Organizations": [{"Organization": ORGANIZATION}]},
                                     lambda c: c.boxes_of(["7806667787"])),
    "V3/AcquireCounteragent": ({"TaskId": TASK}, lambda c: c.invite(box=THEIRS)),
    "V3/AcquireCounteragentResult": ({"BoxId": THEIRS}, lambda c: c.invitation(TASK)),
    "V3/GetDocumentTypes": (KINDS, lambda c: c.kinds()),
    "V3/PostMessage": (POSTED, lambda c: c.post(THEIRS, [an_outgoing()], operation="1")),
    "V8/GetNewEvents": ({"Events": [{"EventId": "1", "IndexKey": "k", "Message": POSTED}]}, lambda c: c.events()),
    "V6/GetMessage": (POSTED, lambda c: c.documents_of(MESSAGE)),
    "V3/GetDocuments": ({"Documents": [DOCUMENT]}, lambda c: c.unfinished()),
    "GetSignatureInfo": ({"SignatureVerificationResult": {}}, lambda c: c.why_invalid(MESSAGE, SIGNATURE)),
}
anything = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
                        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner,
                                                                                    max_size=3), max_leaves=5)


def strewn(value: Any, draw: Any) -> Any:
    """The value with an unknown field in every object."""
    if isinstance(value, dict):
        return {name: strewn(inner, draw) for name, inner in value.items()} | {
            "Новое_" + draw(st.text(max_size=3)): draw(anything)}
    return [strewn(inner, draw) for inner in value] if isinstance(value, list) else value


def spoiled(value: Any, draw: Any) -> Any:
    """The value with some of its parts replaced by anything, or left out."""
    fate = draw(st.integers(0, 7))
    if fate == 0:
        return draw(anything)
    if isinstance(value, dict):
        return {name: spoiled(inner, draw) for name, inner in value.items() if draw(st.integers(0, 9))}
    return [spoiled(inner, draw) for inner in value] if isinstance(value, list) else value


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(sorted(ANSWERS)))
def test_unknown_fields_change_nothing(data, path):
    answer, ask = ANSWERS[path]

    plain = ask(a_client(Operator(**{path.replace("/", "__"): says(answer)})))
    fuller = ask(a_client(Operator(**{path.replace("/", "__"): says(json.dumps(strewn(answer, data.draw)))})))

    assert plain == fuller


@settings(max_examples=400, deadline=None)
@given(st.data(), st.sampled_from(sorted(ANSWERS)))
def test_odd_answers_are_errors_of_ours_or_read_as_unknown(data, path):
    """No answer whatever makes the client fail with anything but an error that says what to do next."""
    answer, ask = ANSWERS[path]
    operator = Operator(**{path.replace("/", "__"): says(json.dumps(spoiled(answer, data.draw)))})

    with suppress(BillingError):
        ask(a_client(operator))


def test_the_client_is_built_with_a_login_of_its_own():
    operator = Operator(connect__token=says({"access_token": "a", "expires_in": 86400, "refresh_token": "r2"}),
                        GetMyOrganizations=[says("Invalid auth token", 401),
                                            says({"Organizations": [OUR_ORGANIZATION]})])
    secrets = MemorySecrets(client_id="i", client_secret="s", refresh_token="r1")
    client = diadoc(SETTINGS, secrets, note=Notes(), client=operator.client(), clock=Clock())

    assert client.our_box().id == OURS
    assert operator.paths == ["connect/token", "GetMyOrganizations", "connect/token", "GetMyOrganizations"]
    assert operator.asked[1].headers["authorization"] == "Bearer a"
