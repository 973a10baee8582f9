"""Each call of the client against the published shapes: what we send, what we read, what the stand-in answers.

A sample has the published names, types and nesting with values of ours; its `source` is a page or a file of the SDK.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import billing.adapters.diadoc as client_package
import billing.adapters.signing.dss as cloud_module
from billing.adapters.diadoc.client import Diadoc
from billing.adapters.diadoc.settings import ACT
from billing.domain.edo_boxes import Department, Partnership
from billing.domain.edo_fate import Annulment, Stage
from billing.domain.edo_signer import Power
from billing.ports_edo import Cms, Outgoing, ToSign
from tests.adapters.diadoc.operator_script import Operator, a_client, says
from tests.adapters.diadoc.play import Exchange, whole_play
from tests.adapters.diadoc.shapes import PUBLISHED, differences, sample

CLIENT_BOX, NEIGHBOUR_BOX = "b1a7d9e4-2c3f-4d5e-8f60-91a2b3c4d5e6", "5d2c7f10-8e4b-4c3a-a1d7-0b9c8e7f6a55"
MESSAGE, DOCUMENT, SIGNATURE, TITLE, REFUSAL, REVOCATION, _ = (
    f"{n}0000000-0000-4000-8000-00000000000{n}" for n in range(1, 8)
)
BOUGHT = datetime(2026, 9, 25, 14, 53, 10, 458231, tzinfo=UTC)
CUSTOM_ID = "c-000001/2026-09.act"
OUTGOING = Outgoing(kind=ACT, custom_id=CUSTOM_ID, signature=Cms(der=b"0\x00"), content=b"<xml/>")
FILE = ToSign(key="k", file_name="Акт.xml", content=b"<xml/>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`answer` and `body` are published shapes, empty where there is no JSON; `reads`: what we make of the sample."""

    answer: str = ""
    body: str = ""
    reads: Callable[[Diadoc], Any] | None = None
    expected: Any = None


def _box(client: Diadoc) -> Any:
    box = client.our_box()
    return box.inn, box.kpp, box.name, box.test, box.has_address, box.fns_participant


def _listed(client: Diadoc) -> Any:
    (box,) = client.boxes_of(["7806667787"])["7806667787"]
    flags = box.partners_only, box.roaming, box.active, box.branch, box.liquidated
    return box.id, box.partnership, box.since, *flags, box.departments


def _related(client: Diadoc) -> Any:
    page = client.counterparties()
    return [(box.id, box.partnership, box.since) for box in page.boxes], page.cursor


def _relation_events(client: Diadoc) -> Any:
    return [(e.id, e.key, e.box, e.partnership, e.comment) for e in client.counterparty_events()]


def _elsewhere(client: Diadoc) -> Any:
    found = client.elsewhere("7701112226", "770101001")
    return [(box.id, box.inn, box.kpp, box.operator, box.roaming, box.partnership) for box in found]


def _operators(client: Diadoc) -> Any:
    return {id: (o.name, o.active, o.takes_invitations) for id, o in client.operators().items()}


def _kinds(client: Diadoc) -> Any:
    return [(k.kind.type, k.kind.function, k.kind.version, k.actual, k.required, k.allowed) for k in client.kinds()]


def _message(client: Diadoc) -> Any:
    (found,) = client.documents_of(MESSAGE)
    news = found.news
    answers = found.answered_by, found.annulled_by, found.our_signature
    return found.custom_id, news.stage, news.annulment, answers, news.clarification_text, news.power_trouble


def _by_custom_id(client: Diadoc) -> Any:
    (found,) = client.by_custom_id(CUSTOM_ID)
    return found.custom_id, found.counterparty, found.kind, found.news.stage, found.news.delivered_at


def _unfinished(client: Diadoc) -> Any:
    documents, cursor = client.unfinished()
    return [found.custom_id for found in documents], cursor


CALLS: dict[str, Call] = {
    "connect/token": Call(answer="TokenResponse"),  # read by the login: see test_the_token_is_read
    "GetMyOrganizations": Call(
        answer="OrganizationList",
        reads=_box,
        expected=(
            *("7705552211", "770501001", "ООО «Ромашка Софт»", True, True),
            "2BM-7705552211-770501001-202402020101010000001",
        ),
    ),
    "V2/GetOrganizationsByInnList": Call(
        answer="GetOrganizationsByInnListResponse",
        body="GetOrganizationsByInnListRequest",
        reads=_listed,
        expected=(
            *(CLIENT_BOX, Partnership.THEY_INVITED, date(2026, 9, 25), True, False, True, False, False),
            (Department(id="6a1e6d0c-3b0f-4a55-9a44-1f2e3d4c5b6a", kpp="784201001"),),  # the other one is closed
        ),
    ),
    "GetRoamingOperators": Call(
        answer="RoamingOperatorList",
        reads=_operators,
        expected={"1FR": ("Соседний оператор", True, True), "2HX": ("Дальний оператор", False, False)},
    ),
    "V3/GetCounteragents": Call(
        answer="CounteragentList",
        reads=_related,
        expected=([(CLIENT_BOX, Partnership.PARTNERS, date(2026, 9, 25))], "40623A7CD898B2EA038D201F602A644F"),
    ),
    "V3/GetCounteragent": Call(
        answer="Counteragent", reads=lambda c: c.partnership(CLIENT_BOX), expected=Partnership.THEY_REFUSED
    ),
    "V1/GetCounteragentEvents": Call(
        answer="BoxCounteragentEventList",
        reads=_relation_events,
        expected=[
            (
                *("765de718-442e-11ef-8007-828b06413688", "CNymUlqSJxhMJa4J0FyCQITefMtG2G+C"),
                *(CLIENT_BOX, Partnership.THEY_REFUSED, "Работаем на бумаге"),
            )
        ],
    ),
    "SearchFnsParticipants": Call(
        answer="SearchFnsParticipantsResponse",
        body="SearchFnsParticipantsRequest",
        reads=_elsewhere,
        expected=[(NEIGHBOUR_BOX, "7701112226", "770101001", "1FR", True, Partnership.NONE)],
    ),
    "GetOrCreateRoamingOrganizationByFnsParticipantId": Call(
        answer="Organization",
        body="GetOrCreateRoamingOrganizationByFnsParticipantIdRequest",
        reads=_elsewhere,
        expected=[(NEIGHBOUR_BOX, "7701112226", "770101001", "1FR", True, Partnership.NONE)],
    ),
    "V3/AcquireCounteragent": Call(
        answer="AsyncMethodResult",
        body="AcquireCounteragentRequest",
        reads=lambda c: c.invite(box=CLIENT_BOX),
        expected="2d1b6f0a-8f0e-4b53-9a6a-9a0d7f1c2b3e",
    ),
    "V3/AcquireCounteragentResult": Call(
        answer="AcquireCounteragentResultV2", reads=lambda c: c.invitation("task"), expected=CLIENT_BOX
    ),
    "V3/GetDocumentTypes": Call(
        answer="GetDocumentTypesResponseV3",
        reads=_kinds,
        expected=[
            ("UniversalTransferDocument", "ДОП", "utd970_05_03_01", True, frozenset(), frozenset()),
            (
                *("Contract", "default", "v1", True),
                *(frozenset({"FileName"}), frozenset({"FileName", "ContractType"})),
            ),
        ],
    ),
    "GenerateTitleXml": Call(),
    "V2/ShelfUpload": Call(),
    "ShelfUploadPartInit": Call(),
    "ShelfUploadPart": Call(),
    "V2/ShelfDownload": Call(),
    "V3/PostMessage": Call(
        answer="Message",
        body="MessageToPost",
        reads=lambda c: c.post(CLIENT_BOX, [OUTGOING], operation="1").documents,
        expected={CUSTOM_ID: DOCUMENT},
    ),
    "V8/GetNewEvents": Call(
        answer="BoxEventList",
        reads=lambda c: [(e.id, e.key, e.message) for e in c.events()],
        expected=[(MESSAGE, "key/1+=", MESSAGE), (SIGNATURE, "key/2+=", MESSAGE)],
    ),
    "V6/GetMessage": Call(
        answer="Message",
        reads=_message,
        expected=(
            *(CUSTOM_ID, Stage.REFUSED, Annulment.ASKED_BY_THEM, (REFUSAL, REVOCATION, SIGNATURE)),
            *("Укажите номер договора", "Доверенность отозвана"),
        ),
    ),
    "V4/GetEntityContent": Call(),
    "GetSignatureInfo": Call(
        answer="SignatureInfo",
        reads=lambda c: c.why_invalid(MESSAGE, SIGNATURE),
        expected="подпись не соответствует файлу; удостоверяющему центру не доверяют",
    ),
    "V3/GetDocuments": Call(answer="DocumentList", reads=_unfinished, expected=([CUSTOM_ID], "page/1+=")),
    "GetDocumentsByCustomId": Call(
        answer="DocumentList",
        reads=_by_custom_id,
        expected=(CUSTOM_ID, CLIENT_BOX, ACT, Stage.REFUSED, datetime(2026, 9, 25, 14, 53, 11, 458231, tzinfo=UTC)),
    ),
    "GeneratePrintForm": Call(),
    "GenerateDocumentProtocol": Call(
        answer="DocumentProtocol",
        reads=lambda c: [file.content for file in c.protocol(MESSAGE, DOCUMENT)],
        expected=[b"%PDF-1.4 protocol", b"0 of the operator"],
    ),
    "GenerateDocumentZip": Call(
        answer="DocumentZipGenerationResult",
        reads=lambda c: c.archive(MESSAGE, DOCUMENT).content,
        expected=b"what lies on the shelf as c5f3.zip",
    ),
    "V2/GenerateReceiptXml": Call(body="ReceiptGenerationRequestV2"),
    "V4/PostMessagePatch": Call(
        answer="MessagePatch",
        body="MessagePatchToPostV2",
        reads=lambda c: c.give_receipt(MESSAGE, TITLE, b"<xml/>", Cms(der=b"0\x00"), power=Power(), operation="1"),
    ),
    "DssSign": Call(
        answer="AsyncMethodResult",
        body="DssSignRequest",
        reads=lambda c: c.cloud("AB" * 20).sign([FILE], now=BOUGHT).task,
        expected="9d1b6f0a-8f0e-4b53-9a6a-9a0d7f1c2b3e",
    ),
    "DssSignResult": Call(
        answer="DssSignResult",
        reads=lambda c: c.cloud("AB" * 20).sign([FILE], now=BOUGHT, task="task").confirm,
        expected="MyDss",
    ),
}
ANSWERED = sorted(path for path, call in CALLS.items() if call.answer)


def the_sample(path: str) -> Any:
    return sample(path.replace("/", "."))["answer"]


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    return whole_play()


def test_every_call_of_the_client_is_here():
    sources = [*Path(client_package.__file__).parent.glob("*.py"), Path(cloud_module.__file__)]
    texts = {
        node.value
        for source in sources
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    called = {text.strip("/") for text in texts if re.fullmatch(r"/(V\d/)?[A-Z]\w+|/connect/token", text)}

    assert called == set(CALLS)


def test_every_answer_has_a_sample_and_every_sample_an_answer():
    samples = {path.stem.replace(".", "/") for path in PUBLISHED.glob("*.json")} - {"shapes"}

    assert samples == set(ANSWERED)
    assert all(sample(path.replace("/", "."))["source"] for path in ANSWERED)


@pytest.mark.parametrize("path", ANSWERED)
def test_a_sample_has_the_published_shape(path: str):
    assert differences(the_sample(path), CALLS[path].answer) == []


@pytest.mark.parametrize("path", [path for path in ANSWERED if CALLS[path].reads])
def test_the_client_reads_the_published_sample(path: str):
    call = CALLS[path]
    operator = Operator(
        **{one.replace("/", "__"): says(the_sample(one)) for one in ANSWERED},
        V2__ShelfDownload=lambda request: says(f"what lies on the shelf as {request.url.params['fileName']}"),
    )

    assert call.reads
    assert call.reads(a_client(operator)) == call.expected
    assert path in operator.paths


def test_the_stand_in_is_asked_everything(exchanges: list[Exchange]):
    assert {one.path for one in exchanges} == set(CALLS)


@pytest.mark.parametrize("path", ANSWERED)
def test_the_stand_in_answers_in_the_published_shape(path: str, exchanges: list[Exchange]):
    """Nothing that nobody publishes, nothing of another type, nothing required left out."""
    answers = [one.got for one in exchanges if one.path == path and one.got is not None]

    assert answers
    assert [line for answer in answers for line in differences(answer, CALLS[path].answer)] == []


@pytest.mark.parametrize("path", [path for path, call in CALLS.items() if call.body])
def test_what_we_send_has_the_published_shape(path: str, exchanges: list[Exchange]):
    bodies = [one.sent for one in exchanges if one.path == path]

    assert bodies
    assert [line for body in bodies for line in differences(body, CALLS[path].body)] == []


def test_a_field_that_only_we_know_is_found():
    """Check the comparison itself: unknown fields, other types, other names of an enum, missing fields."""
    operators = {"RoamingOperators": [{"FnsId": "1fr", "Name": 7, "Features": ["SupportsAutoInvitation"], "Ours": 1}]}

    assert differences(operators, "RoamingOperatorList") == [
        "RoamingOperators[0].Name: a number, published as text",
        "RoamingOperators[0].Features[0]: a text, published as OperatorFeature",
        "RoamingOperators[0].Ours: nobody publishes such a field of RoamingOperator",
        "RoamingOperators[0]: IsActive is required and absent",
    ]
    assert differences({"Sociability": "Nobody"}, "Organization", whole=False) == [
        "Sociability: 'Nobody' is none of Sociability: AllOrganizations, CounteragentsOnly"
    ]
