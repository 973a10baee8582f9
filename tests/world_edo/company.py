"""A few clients and what each of them does at the operator: a quarter's money, a campaign, a window of sending."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from billing.domain.periods import MOSCOW
from local.company import seller_card
from local.company.client import a_company
from local.diadoc.message_records import Document, Message
from tests.world_edo.modes import MODES
from tests.world_edo.safety import LIFE, guid, state_of
from tests.world_edo.world import EdoWorld

ADDRESS = {"Region": "77", "City": "Москва", "Street": "Тверская", "Building": "1"}
A_DAY, TWO_DAYS = 86_400, 172_800


@dataclass(frozen=True)
class Way:
    """One client. `at_operator`: fields of its organization; `boxes`: how many it has, the last one is the payer's.

    `partner`: already before the campaign. `reason`: for which a person looks after the payer when all is quiet.
    `answers`: what becomes of its documents there. `due`: its documents go out.
    """

    number: int
    name: str
    at_operator: Mapping[str, Any]
    boxes: int = 1
    partner: bool = False
    reason: str = ""
    answers: str = "accepted"
    due: bool = True

    @property
    def account(self) -> str:
        return f"c-{self.number}"

    @property
    def payer(self) -> dict[str, Any]:
        return a_company(self.number, self.name)


_SIGNS = {"signs_after_s": A_DAY}
_ACCEPTS = {"accepts_invitations_after_s": TWO_DAYS}
WAYS = {
    "one box": Way(701, "ООО «Один»", {**_ACCEPTS, **_SIGNS}),
    "two boxes": Way(702, "ООО «Два»", _SIGNS, boxes=2, partner=True),
    "twins": Way(703, "ООО «Близнецы»", _SIGNS, boxes=2, reason="several_boxes", due=False),
    "roaming": Way(704, "ООО «Сосед»", {"operator": "2AE", **_ACCEPTS, **_SIGNS}),
    "far": Way(705, "ООО «Дальний»", {"operator": "2LB", **_SIGNS}, reason="roaming_request_needed", due=False),
    "the 4th": Way(706, "ООО «Четвёртое»", _SIGNS),
    "refuses": Way(707, "ООО «Нет»", {}, partner=True, answers="refused"),
    "declines": Way(708, "ООО «Против»", _SIGNS, reason="refused_by_them", due=False),
    "no box": Way(709, "ООО «Нигде»", {}, boxes=0, due=False),
    "asks us": Way(710, "ООО «Первый»", _SIGNS),
    "breaks up": Way(
        711, "ООО «Врозь»", {"sociability": "CounteragentsOnly"}, partner=True, reason="refused_by_them", due=False
    ),
    "bad signature": Way(712, "ООО «Подпись»", _SIGNS, partner=True),
    "silent": Way(713, "ООО «Молчун»", {}, partner=True, answers="delivered"),
    "unsigned": Way(715, "ООО «Позже»", {}, partner=True, answers="awaits_our_signature"),
    "the 5th": Way(716, "ООО «Пятое»", {"signs_after_s": A_DAY // 2}),
    "private person": Way(714, "Иванов", {}, boxes=0, due=False),
}

SMALL = ["2026-04-01 04:00", "2026-04-02 04:00", "2026-04-03 04:00", "2026-04-05 12:00", "2026-04-05 20:00"]


def moscow(text: str) -> datetime:
    """`2026-03-20 10:00` in Moscow."""
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


class Company(EdoWorld):
    """A world in which some of the clients are."""

    def __init__(self, seed: int, of: str, **how: Any) -> None:
        super().__init__(seed, **how)
        self.of, self.mode = of, MODES[of]
        self.ways = {way.payer["inn"]: way for way in (WAYS[name] for name in self.mode.clients)}
        self.environment = "test/box"
        self.sent_again: set[str] = set()
        self.broken_at: dict[str, datetime] = {}

    # --- what safety asks ----------------------------------------------------------------------------------------

    @property
    def state(self) -> Any:
        return self.diadoc._application.world.state

    def feed(self) -> list[Any]:
        return self.state.events.get(self.us, [])  # type: ignore[no-any-return]

    def partner_feed(self) -> list[Any]:
        return self.state.partner_events.get(self.us, [])  # type: ignore[no-any-return]

    def our_documents(self) -> list[tuple[Message, Document]]:
        return [(m, d) for m in self.state.messages.values() if m.from_box == self.us for d in m.documents]

    def box_of(self, inn: str) -> str:
        """The box of the payer; of several, the one that is or was our partner's, or the last."""
        boxes = [o.box_id for o in self.state.organizations.values() if o.inn == inn]
        return boxes[-1] if boxes else ""

    def relation(self, box: str) -> str:
        found = self.state.partnerships.get(self.us, {}).get(box)
        return str(found.status) if found else ""

    def may_be_posted_to(self, box: str) -> None:
        broken = self.broken_at.get(box)
        lately = broken is not None and self.moment() - broken < LIFE
        assert self.relation(box) == "IsMyCounteragent" or lately, f"I11: {box} is {self.relation(box) or 'a stranger'}"

    # --- what people do ------------------------------------------------------------------------------------------

    def accepts(self, way: Way) -> None:
        self.diadoc.partner_accepts(partner=self.box_of(way.payer["inn"]), box=self.us)

    def rejects(self, way: Way, comment: str = "") -> None:
        box = self.box_of(way.payer["inn"])
        self.diadoc.partner_rejects(partner=box, box=self.us, comment=comment)
        self.broken_at[box] = self.moment()

    def _break_up(self, path: str, body: bytes) -> None:
        """Between the look at the relation and the first sending."""
        box = self.box_of(WAYS["breaks up"].payer["inn"])
        if box and path == "v3/postmessage" and box not in self.broken_at and guid(json.loads(body)["ToBoxId"]) == box:
            self.rejects(WAYS["breaks up"], "больше не работаем")

    def declines(self, way: Way) -> None:
        """The invitation, once it is there."""
        if self.relation(self.box_of(way.payer["inn"])) == "IsInvitedByMe":
            self.rejects(way, "не надо")

    def refuses(self, way: Way) -> None:
        """Every document that has come and waits for a signature."""
        for message, document in self.our_documents():
            waits = document.recipient_response == "WaitingForRecipientSignature" and document.delivered
            if waits and message.to_box == self.box_of(way.payer["inn"]):
                self.diadoc.recipient_rejects(
                    message_id=message.message_id, entity_id=document.entity_id, text="Сумма не та"
                )

    def signs_in_the_web(self) -> None:
        """Our person, all but what goes to one of the clients."""
        for message, document in self.our_documents():
            waits = document.sender_signature == "WaitingForSenderSignature"
            if waits and message.to_box != self.box_of(WAYS["unsigned"].payer["inn"]):
                self.diadoc.sender_signs(message_id=message.message_id, entity_id=document.entity_id)

    def answers_in_the_cloud(self, status: str = "Completed", *, tasks_max: int = 99) -> None:
        """Our person, in the telephone: to what waits, oldest first."""
        for task in [id for id, at in self.diadoc.cloud_tasks().items() if at == "InProgress"][:tasks_max]:
            self.diadoc.answer_cloud_task(task_id=task, status=status)

    # --- schedules -----------------------------------------------------------------------------------------------

    def campaign(self, *, small: bool = False) -> Company:
        """20 to 25 March. `small`: as few runs as show everything."""
        for day in (20, 21, 23, 25) if small else range(20, 26):
            at = moscow(f"2026-03-{day} 10:00")
            self._twice(at, "invite_to_edo", {"scheduled_at": at.isoformat()})
            self._twice(moscow(f"2026-03-{day} 13:00"), "track_edo", {})
        for day in (26,) if small else (23, 26):
            self.call(moscow(f"2026-03-{day} 03:05"), "track_edo", {"sweep": True})
        for way in self.ways.values():
            for day in (20, 21, 22, 23, 24) if way is WAYS["declines"] else ():
                self.deed(moscow(f"2026-03-{day} 15:00"), lambda world, way=way: world.declines(way))  # type: ignore[misc]
        self._letters(moscow("2026-03-20 10:00"), days=1 if small else 6)
        return self

    def quarter(self, *, small: bool = False) -> Company:
        """1 to 5 April; March is closed in the night to the 2nd. `small`: as few runs as show everything."""
        night = moscow("2026-04-02 00:30")
        self.call(night, "close_month", {"scheduled_at": night.isoformat()})
        every = [f"2026-04-0{day} {hour}:00" for day in range(1, 6) for hour in ("04", "12", "20")]
        for at in map(moscow, sorted({*(SMALL if small else every), *self.mode.also_at})):
            self._twice(at, "send_to_edo", {"scheduled_at": at.isoformat()})
            for seconds in (25, 45) if at.day == 2 else ():  # while verdicts come
                self._twice(at + timedelta(seconds=seconds), "track_edo", {})
        for day in (6, 7, 9):  # what is left
            at = moscow(f"2026-04-0{day} 04:00")
            self._twice(at, "send_to_edo", {"scheduled_at": at.isoformat()})
        late = () if self.mode.signer == "service" else (9,)  # people take their time
        for day in (2, 3, 6, 8, *late) if small else range(1, 10):
            for hour in (5,) if small else (5, 13, 21):
                self._twice(moscow(f"2026-04-0{day} {hour:02}:15"), "track_edo", {})
        for day in (7,) if small else (3, 6, 7, 9):
            self.call(moscow(f"2026-04-0{day} 03:05"), "track_edo", {"sweep": True})
        for minute in (30, 45):  # the letter of the day, and the next run if that one was cut off
            self.call(moscow(f"2026-04-09 23:{minute}"), "track_edo", {})
        self.at_call = self._break_up
        self._our_people()
        for way in self.ways.values():
            if way is WAYS["bad signature"]:
                self._bad_signatures(way)
            if way is WAYS["the 4th"]:
                self.deed(moscow("2026-04-04 10:00"), lambda world, way=way: world.accepts(way))  # type: ignore[misc]
            if way is WAYS["the 5th"]:  # after the last run of the window
                self.deed(moscow("2026-04-05 21:00"), lambda world, way=way: world.accepts(way))  # type: ignore[misc]
            if way is WAYS["refuses"]:
                for day in (4, 5, 6):
                    self.deed(moscow(f"2026-04-0{day} 11:00"), lambda world, way=way: world.refuses(way))  # type: ignore[misc]
        self._letters(night, days=1 if small else 5)
        return self

    def _our_people(self) -> None:
        """What they do where they sign: the first task is cancelled, the next one forgotten, the others confirmed."""
        if self.mode.signer == "cloud":
            cancels = lambda world: world.answers_in_the_cloud("CanceledByUser", tasks_max=1)  # noqa: E731
            self.deed(moscow("2026-04-02 04:30"), cancels)
            for at in ("03 10:00", "04 15:00", "05 10:00", "05 15:00"):
                self.deed(moscow(f"2026-04-{at}"), lambda world: world.answers_in_the_cloud())  # type: ignore[attr-defined]
        for at in ("03 10:00", "06 10:00") if self.mode.signer == "person" else ():
            self.deed(moscow(f"2026-04-{at}"), Company.signs_in_the_web)  # type: ignore[arg-type]

    def _bad_signatures(self, way: Way) -> None:
        """Two acts are signed wrong; one of them a person sends again."""
        february, march = (f"2026-0{month}.act.{way.payer['inn']}.0" for month in (2, 3))
        self.bad_signatures |= {f"{way.account}/{february}.1", f"{way.account}/{march}.1"}
        self.sent_again.add(f"{way.account}/{february}")
        for at in ("2026-04-03 09:00", "2026-04-04 13:00", "2026-04-05 09:00"):
            self.deed(moscow(at), lambda world: world.asks_again(way.account, february))  # type: ignore[attr-defined]

    def asks_again(self, account: str, document: str) -> None:
        """A person reads that the signature is invalid, and has the document sent again."""
        if f"document.{account}.{document}" in self.store.tables["control"].get("edo.people", {}):
            self.call(self.moment(), "send_to_edo", {"again": {"account": account, "document": document}})

    def ends(self, way: Way, id: str, kind: str) -> str:
        """How the document ends, which goes to that client; an invoice asks for no answer."""
        invalid = f"{id}.1" in self.bad_signatures and id not in self.sent_again
        answered = "finished" if kind == "invoice" and way.answers != "awaits_our_signature" else way.answers
        return "signature_invalid" if invalid else answered

    def _twice(self, at: datetime, function: str, event: Mapping[str, Any]) -> None:
        """A schedule may fire twice, or late."""
        self.call(at, function, event)
        if self.rate and self.rng.random() < 0.15:
            self.call(at + timedelta(seconds=self.rng.choice((0, 1, 30, 700))), function, event)

    def _letters(self, at: datetime, *, days: int) -> None:
        for n in range(days):
            for minutes in (20, 180):
                moment = at + timedelta(days=n, minutes=minutes)
                self.call(moment, "sweep", {"scheduled_at": moment.isoformat()})


# --- how it was before -------------------------------------------------------------------------------------------


def seller(of: str) -> dict[str, Any]:
    card = seller_card(edo=True)
    edo, mode = {**card["edo"], "receipts": True}, MODES[of]
    return {**card, **mode.card, "edo": {**edo, **mode.edo, "sending": {**edo["sending"], **mode.sending}}}


def _client(way: Way, months: tuple[int, ...]) -> list[dict[str, Any]]:
    account, private = way.account, way is WAYS["private person"]
    payers = [] if private else [way.payer]
    card = {
        "kind": "customer",
        "key": f"card:{account}",
        "account": account,
        "at": "2026-01-02T09:00:00+03:00",
        "title": way.name,
        "contract": {"number": f"Д-{way.number}", "date": "2025-01-15"},
        "payers": payers,
        "administrators": [{"user": "u", "emails": [f"{account}@client.example"]}],
    }
    money = {"class": "CARD_IND"} if private else {"class": "BANK", "payer": _party(way)}
    said: list[dict[str, Any]] = [
        card,
        {
            "kind": "payment",
            "key": f"pay:{account}",
            "account": account,
            "at": "2026-01-12T12:00:00+03:00",
            "amount": 100_000_00,
            **money,
        },
    ]
    for month in months:
        said.append(
            {
                "kind": "charge",
                "key": f"charge:{account}:{month}",
                "account": account,
                "at": f"2026-{month:02}-27T12:00:00+03:00",
                "service": "crm",
                "title": "Доступ к CRM",
                "amount": (way.number % 100) * 1_000 + month * 100_00,
            }
        )
    return said


def _party(way: Way) -> dict[str, str]:
    return {name: way.payer[name] for name in ("inn", "kpp") if way.payer.get(name)}


def _settle(world: Company) -> None:
    """Everybody's boxes are there, and those who are our partners already."""
    ours = seller_card()["requisites"][0]
    us = world.diadoc.add_organization(
        inn=ours["inn"], kpp=ours["kpp"], full_name=ours["name"], address=ADDRESS, is_test=True
    )
    world.us = us.box_id
    world.diadoc.add_user(name="robot", boxes=[us.box_id])
    world.diadoc.add_operator(fns_id="2AE", name="Сосед", features=["SupportsAutoInvitation"])
    world.diadoc.add_operator(fns_id="2AK", name="Ещё сосед", features=["SupportsAutoInvitation"])
    world.diadoc.add_operator(fns_id="2LB", name="Дальний")
    for way in world.ways.values():
        payer = way.payer
        if not way.boxes and way is not WAYS["private person"]:
            world.diadoc.register_company(inn=payer["inn"], name=payer["name"])
        operators = ("2AE", "2AK") if way is WAYS["twins"] else ("2AE", "2BM")  # Diadoc has one box of an INN
        for operator in operators[2 - way.boxes :]:
            said = {"kpp": payer["kpp"], "full_name": payer["name"], "address": ADDRESS, "is_test": True}
            said |= {"operator": operator} | way.at_operator
            box = world.diadoc.add_organization(inn=payer["inn"], **said).box_id
        if way.partner:
            world.diadoc.make_partners(box=world.us, partner=box)
        if way is WAYS["asks us"]:
            world.diadoc.partner_invites(partner=box, box=world.us)


@cache
def before_the_campaign(of: str, months: tuple[int, ...] = (2, 3)) -> bytes:
    """19 March: February is closed, March is being charged; nobody has been invited."""
    world = Company(0, of)
    _settle(world)
    told = [seller(of), *(m for way in world.ways.values() for m in _client(way, months) if m["at"] < "2026-03-19")]
    for message in told:
        world.put(world.at(datetime.fromisoformat(message["at"])), "crm-inbox", json.dumps(message), message["account"])
    world.sent = told
    for month in {1, 2} if 1 in months else {2}:
        night = moscow(f"2026-0{month + 1}-02 00:30")
        world.call(night, "close_month", {"month": f"2026-0{month}"})
        world._letters(night, days=2)
    world.call(moscow("2026-03-19 12:00"), "track_edo", {})
    if world.mode.reconciled:
        world.deed(moscow("2026-01-31 12:00"), _want_reconciliations)
    if world.mode.is_monthly:
        for at in (moscow(f"2026-03-0{day} 12:00") for day in range(1, 6)):
            world.call(at, "send_to_edo", {"scheduled_at": at.isoformat()})
        world.call(moscow("2026-02-28 12:00"), "track_edo", {})  # from here on the feed counts
        for day in (2, 4, 6):
            world.call(moscow(f"2026-03-0{day} 13:00"), "track_edo", {})
            world.deed(moscow(f"2026-03-0{day} 12:30"), lambda world: world.refuses(WAYS["refuses"]))  # type: ignore[attr-defined]
    world.run()
    world.now = world.at(moscow("2026-03-19 20:00"))
    return world.saved()


def _want_reconciliations(world: EdoWorld) -> None:
    for rows in world.store.tables["customers"].values():
        for sk, (row, version) in rows.items():
            rows[sk] = {**row, "notifications": {**row.get("notifications", {}), "reconciliation": True}}, version


@cache
def before_the_quarter(of: str, months: tuple[int, ...] = (2, 3)) -> bytes:
    """31 March: the campaign is over, all charges of March are there."""
    world = Company(0, of).goes_on(before_the_campaign(of, months))
    world.campaign()  # type: ignore[attr-defined]
    late = [m for way in world.ways.values() for m in _client(way, months) if m["at"] >= "2026-03-19"]
    for message in late:
        world.put(world.at(datetime.fromisoformat(message["at"])), "crm-inbox", json.dumps(message), message["account"])
    world.sent += late
    world.run()
    world.now = world.at(moscow("2026-03-31 20:00"))
    return world.saved()


def document_keys(world: Company) -> dict[str, dict[str, Any]]:
    """Every document of a kind that may go to the operator, by our id there."""
    return {
        f"{s.pk}/{s.sk}": {**s.row, "state": state_of(s.row)}
        for s in world.store.rows("documents")
        if s.row["kind"] in world.mode.kinds
    }
