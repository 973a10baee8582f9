"""Play every call of our client against the stand-in, and record what went over the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from billing.adapters.diadoc.client import Diadoc
from billing.adapters.diadoc.http import Http
from billing.adapters.diadoc.login import RefreshTokenLogin
from billing.adapters.diadoc.settings import ACT, ApiSettings, DiadocSettings
from billing.domain.edo_signer import Power, PowerWay, SignerPerson
from billing.ports_edo import Cms, EdoKind, Outgoing, StillRunningError, TestSignature, ToSign
from local.diadoc import DiadocStandIn
from tests.adapters.diadoc.operator_script import Clock, MemorySecrets, Notes
from tests.diadoc_stand_in.talk import MOSCOW, utd_contract

OUR_INN, CLIENT_INN, ROAMING_INN = "7705552211", "7806667787", "7701112226"
CONTRACT = EdoKind(type="Contract")
FILE = (("FileName", "Договор.pdf"), ("DocumentNumber", "Д-77"), ("DocumentDate", "15.01.2025"))
SIGNER = SignerPerson(last_name="Петрова", first_name="Анна", position="Генеральный директор")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A call and its answer. `path` is without the leading slash; `sent` and `got` are None where they are no JSON."""

    verb: str
    path: str
    status: int
    query: dict[str, str]
    sent: Any
    got: Any


class Recorder(httpx.BaseTransport):
    """Carries calls to the stand-in without sockets and writes them down."""

    def __init__(self, stand_in: DiadocStandIn) -> None:
        self._stand_in = stand_in
        self.exchanges: list[Exchange] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        target, headers = request.url.raw_path.decode("ascii"), dict(request.headers.items())
        answer = self._stand_in.answer(request.method, target, headers, request.read())
        assert answer is not None
        sent = json.loads(request.content) if "json" in headers.get("content-type", "") else None
        got = json.loads(answer.body) if answer.body and "json" in answer.content_type else None
        path, query = request.url.path.strip("/"), dict(request.url.params)
        self.exchanges.append(
            Exchange(verb=request.method, path=path, status=answer.status, query=query, sent=sent, got=got)
        )
        return httpx.Response(
            answer.status,
            headers={"Content-Type": answer.content_type, **answer.headers},
            content=answer.body if answer.status != 204 else b"",
        )


class Play:
    """Our company, a client, a company at another operator; our real client with its login."""

    def __init__(self) -> None:
        self.now = datetime(2026, 10, 1, 9, tzinfo=UTC)
        self.diadoc = DiadocStandIn(clock=lambda: self.now, field_from_the_future=False)
        self.ours = self.diadoc.add_organization(
            inn=OUR_INN, full_name="ООО «Ромашка Софт»", address=MOSCOW, is_test=True
        )
        self.client = self.diadoc.add_organization(
            inn=CLIENT_INN, full_name="ООО «Василёк»", address=MOSCOW, is_test=True, branches=["784201001"]
        )
        self.diadoc.add_user(name="robot", boxes=[self.ours.box_id])
        self.diadoc.add_operator(fns_id="2BE", name="Сосед", features=["SupportsAutoInvitation"])
        self.diadoc.add_organization(inn=ROAMING_INN, full_name="ООО «Сосед»", operator="2BE", in_directory=False)
        self.transport = Recorder(self.diadoc)
        secrets = MemorySecrets(
            client_id="robot-client", client_secret="robot-secret", refresh_token="robot-refresh-token"
        )
        settings = DiadocSettings(
            box=self.ours.box_id, secret="diadoc", api=replace(ApiSettings(), inline_max_bytes=100_000)
        )
        client, clock, note = httpx.Client(transport=self.transport), Clock(), Notes()
        login = RefreshTokenLogin(client, secrets, settings, clock=clock, note=note)
        self.edo = Diadoc(Http(client, login, settings, clock=clock, note=note), settings)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def signed(self, content: bytes) -> Cms:
        return Cms(der=self.diadoc.sign(content=content))

    def act(self, custom_id: str) -> Outgoing:
        title = self.edo.make_title(ACT, utd_contract(self.ours.box_id, self.client.box_id))
        power = Power(way=PowerWay.NUMBER, number="d81a44b1-1c1c-4d1b-8f2a-000000000001", issuer_inn=OUR_INN)
        return Outgoing(
            kind=ACT, custom_id=custom_id, content=title.content, signature=self.signed(title.content), power=power
        )

    def contract(self, custom_id: str, content: bytes, **more: Any) -> Outgoing:
        return Outgoing(
            kind=CONTRACT,
            custom_id=custom_id,
            content=content,
            signature=more.pop("signature", None) or self.signed(content),
            metadata=FILE,
            wants_answer=True,
            **more,
        )

    def sent(self, *documents: Outgoing, operation: str) -> tuple[str, str]:
        """Message and entity of the first document, delivered."""
        (branch,) = self.client.departments
        posted = self.edo.post(self.client.box_id, documents, operation=operation, department=branch.department_id)
        self.wait(30)
        return posted.message, posted.documents[documents[0].custom_id]


def whole_play() -> list[Exchange]:
    """Every call of the client at least once, with documents in every state that changes the answers."""
    play = Play()
    edo, diadoc = play.edo, play.diadoc
    edo.our_box()
    edo.operators()
    edo.kinds()
    _relations(play)
    edo.put_on_shelf(b"a small file", extension="")
    act = play.sent(play.act("c-1/act"), operation="1")
    refused, annulled, big = (
        play.sent(play.contract(f"c-1/{name}", content), operation=name)
        for name, content in (("refused", b"%PDF 1"), ("annulled", b"%PDF 2"), ("big", b"%PDF" * 900_000))
    )
    play.sent(
        play.contract("c-1/first", b"%PDF 3", signature=TestSignature()),
        play.contract("c-1/second", b"%PDF 4", refers_to=("c-1/first",)),
        operation="pair",
    )
    invalid = play.sent(play.contract("c-1/invalid", b"%PDF 5", signature=play.signed(b"other bytes")), operation="bad")
    names = ("message_id", "entity_id")
    diadoc.recipient_signs(**dict(zip(names, act, strict=True)), with_disagreements=True, needs_receipt=True)
    diadoc.recipient_rejects(**dict(zip(names, refused, strict=True)), text="Сумма не сходится")
    diadoc.recipient_asks_revocation(**dict(zip(names, annulled, strict=True)), text="Не тот период")
    diadoc.roaming_fails(**dict(zip(names, big, strict=True)), text="Оператор не принял")
    diadoc.recipient_asks_to_clarify(**dict(zip(names, big, strict=True)), text="Укажите номер договора")
    diadoc.power_is_bad(**dict(zip(names, big, strict=True)))
    edo.events()
    found = {message: edo.documents_of(message)[0] for message, _ in (act, refused, annulled, big, invalid)}
    edo.words(refused[0], found[refused[0]].answered_by)
    edo.why_invalid(invalid[0], found[invalid[0]].our_signature)
    edo.unfinished()
    edo.by_custom_id("c-1/act")
    for _ in range(2):
        for fetch in (edo.print_form, edo.protocol, edo.archive):
            _until_ready(fetch, *act)
    receipt = edo.make_receipt(act[0], found[act[0]].receipt_of, signer=SIGNER)
    edo.give_receipt(
        act[0], found[act[0]].receipt_of, receipt.content, play.signed(receipt.content), power=Power(), operation="r"
    )
    _cloud(play)
    return play.transport.exchanges


def _until_ready(fetch: Any, message: str, entity: str) -> None:
    try:
        fetch(message, entity)
    except StillRunningError:
        fetch(message, entity)


def _relations(play: Play) -> None:
    edo, diadoc = play.edo, play.diadoc
    task = edo.invite(box=play.client.box_id, message="Примите приглашение")
    try:
        edo.invitation(task)
    except StillRunningError:
        play.wait(5)
    edo.invitation(task)
    diadoc.partner_invites(partner=play.client.box_id, box=play.ours.box_id, message="Давайте", with_document=True)
    edo.boxes_of([CLIENT_INN])
    edo.elsewhere(ROAMING_INN, "770101001")
    diadoc.make_partners(box=play.ours.box_id, partner=play.client.box_id)
    edo.counterparties()
    edo.counterparty_events()
    edo.partnership(play.client.box_id)


def _cloud(play: Play) -> None:
    signer = play.edo.cloud("AB" * 20)
    file = ToSign(key="k", file_name="Акт.xml", content=b"<xml/>")
    begun = signer.sign([file], now=play.now)
    signer.sign([file], now=play.now, task=begun.task)
    play.diadoc.answer_cloud_task(task_id=begun.task)
    signer.sign([file], now=play.now, task=begun.task)
