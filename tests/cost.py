"""What a client's month costs in calls and write units, counted by the store in memory.

The functions are called with the batches that their queues bring: messages and letters by tens, as `functions/` do it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from billing import records
from billing.adapters.known import Known
from billing.adapters.long_rows import LongRows
from billing.domain.ledger import Account
from billing.domain.periods import Month
from billing.ports import LetterEvent, Outside, Write
from billing.usecases import send_letter, take_from_crm
from billing.usecases.close_month import close_month
from billing.usecases.issue_documents import issue_documents
from billing.usecases.sweep import sweep
from billing.usecases.track_letters import track_letter
from tests.fakes import MemoryStore, a_world
from tests.world.life import PAYERS, card, seller

T = TypeVar("T")

BATCH = 10  # of the queues; of accounts in one message too
READS = ("get", "get_many", "query", "scan")
JANUARY = Month(2026, 1)
_NIGHT = datetime(2026, 2, 1, 21, 30, tzinfo=UTC)


class _Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class _Counted(MemoryStore):
    """Counts its calls by kind."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds = Counter[str]()

    def __getattribute__(self, name: str) -> Any:
        if name in (*READS, "tx"):
            self.kinds[name] += 1
        return super().__getattribute__(name)


def write_units_of_a_month() -> dict[str, int]:
    """The standard profile: 30 daily charges, a payment, an act and an invoice, a letter to three addresses."""
    clock = _Clock()
    world = a_world(clock)
    _begin(world, clock, 1)
    start = _units(world)
    _live(world, clock, 1)
    posted = _units(world)
    _night(world, clock)
    return {"posting": posted - start, "night": _units(world) - posted, "month": _units(world) - start}


def calls_of_a_month(clients: int = 100) -> dict[str, float]:
    """Calls of the store by kind, of one of many clients of the standard profile, its letters' events among them."""
    clock, store = _Clock(), _Counted()
    world = replace(a_world(clock), store=store)
    _begin(world, clock, clients)
    store.kinds.clear()
    _live(world, clock, clients)
    _night(world, clock)
    return {kind: store.kinds[kind] / clients for kind in (*READS, "tx")}


def calls_of_a_close(entries: int) -> int:
    """Calls of the store to close an account whose journal has that many entries."""
    clock = _Clock()
    world = a_world(clock)
    _begin(world, clock, 1)
    _take(world, [_payment(0), _charge(0, clock.now)])
    stored = world.store.get("accounts", "c-0")
    assert stored
    account: Account = replace(records.account_of("c-0", stored.row), seq=entries)  # the journal itself is not read
    world.store.tx([Write("accounts", "c-0", "", records.account_row(account), stored.version)])
    clock.now = _NIGHT
    before = world.store.calls  # type: ignore[attr-defined]
    issue_documents(JANUARY, ["c-0"], _one_call(world))
    return int(world.store.calls - before)  # type: ignore[attr-defined]


def a_clients_month(store: MemoryStore) -> Outside:
    """One client of the standard profile, closed, its letters delivered; the run is not counted yet."""
    clock = _Clock()
    world = replace(a_world(clock), store=store)
    _begin(world, clock, 1)
    _live(world, clock, 1)
    clock.now = _NIGHT
    close_month(JANUARY, world, until=_NIGHT + timedelta(minutes=10))
    _drain(world)
    return world


# --- the month ---------------------------------------------------------------------------------------------------


def _begin(world: Outside, clock: _Clock, clients: int) -> None:
    _take(world, [seller()])
    _take(world, [card(f"c-{n}", 1, clock.now, emails=("a", "b", "c")) for n in range(clients)])


def _live(world: Outside, clock: _Clock, clients: int) -> None:
    """A payment on the 3rd, and a charge on each of thirty days: those of a day come together."""
    _take(world, [_payment(n) for n in range(clients)])
    for day in range(1, 31):
        clock.now = datetime(2026, 1, day, 20, 59, tzinfo=UTC)
        _take(world, [_charge(n, clock.now) for n in range(clients)])


def _night(world: Outside, clock: _Clock) -> None:
    clock.now = _NIGHT
    close_month(JANUARY, world, until=_NIGHT + timedelta(minutes=10))
    _drain(world)
    sweep(world, until=_NIGHT + timedelta(minutes=10))
    _drain(world)


def _payment(n: int) -> dict[str, Any]:
    return {
        "kind": "payment",
        "key": f"payment:{n}",
        "account": f"c-{n}",
        "at": "2026-01-03T12:00:00+03:00",
        "class": "BANK",
        "amount": 1_000_000,
        "payer": PAYERS[0],
        "document": {"number": "77", "date": "2026-01-03"},
    }


def _charge(n: int, at: datetime) -> dict[str, Any]:
    return {
        "kind": "charge",
        "key": f"charge:c-{n}:crm:{at:%Y-%m-%d}",
        "account": f"c-{n}",
        "at": at.isoformat(),
        "service": "crm",
        "title": "Доступ к CRM, тариф «6–10 сотрудников»",
        "unit": "день",
        "amount": 18_333,
    }


# --- the functions -----------------------------------------------------------------------------------------------


def _one_call(world: Outside) -> Outside:
    return replace(world, store=Known(LongRows(world.store, world.metrics)))


def _batches(of: Sequence[T]) -> Iterator[Sequence[T]]:
    return (of[i : i + BATCH] for i in range(0, len(of), BATCH))


def _take(world: Outside, messages: Sequence[dict[str, Any]]) -> None:
    for batch in _batches(messages):
        outside = _one_call(world)
        take_from_crm.read_ahead({m["account"] for m in batch}, outside)
        for message in batch:
            body = json.dumps(message, ensure_ascii=False)
            taken = take_from_crm.take_from_crm(body, outside, id=message["key"], group=message["account"])
            assert taken.outcome in ("posted", "stored"), taken


def _drain(world: Outside) -> None:
    """Hints are followed as they come, and the mail service tells of each letter that it was taken and delivered."""
    queue, mailer = world.queue, world.mailer
    while queue.sent:  # type: ignore[attr-defined]
        sent, queue.sent = queue.sent, []  # type: ignore[attr-defined]
        told = len(mailer.letters)  # type: ignore[attr-defined]
        for body in (body for name, body in sent if name == "issue-documents"):
            assert not issue_documents(Month.parse(body["month"]), body["accounts"], _one_call(world))
        for hints in _batches([body for name, body in sent if name == "send-letter"]):
            _send(world, hints)
        events = [(d, status) for _, d, _ in mailer.letters[told:] for status in ("accepted", "delivered")]  # type: ignore[attr-defined]
        for batch in _batches(events):
            outside = _one_call(world)
            for delivery, status in batch:
                track_letter(LetterEvent(delivery=delivery, status=status, message="m"), outside)


def _send(world: Outside, hints: Sequence[dict[str, str]]) -> None:
    outside, batch = _one_call(world), send_letter.Batch()
    send_letter.read_ahead([json.dumps(hint) for hint in hints], outside)
    for hint in hints:
        send_letter.send_letter(hint["letter"], hint["address"], outside, batch)
    batch.settle(outside)


def _units(world: Outside) -> int:
    return int(world.store.write_units)  # type: ignore[attr-defined]
