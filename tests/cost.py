"""What a client's month costs in calls and write units, counted by the store in memory."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from billing import records
from billing.domain.ledger import Account
from billing.domain.periods import Month
from billing.ports import Outside, Write
from billing.usecases.close_month import close_month
from billing.usecases.issue_documents import issue_documents
from billing.usecases.send_letter import send_letter
from billing.usecases.sweep import sweep
from billing.usecases.take_from_crm import take_from_crm
from tests.fakes import a_world
from tests.world.life import PAYERS, card, seller

JANUARY = Month(2026, 1)
_NIGHT = datetime(2026, 2, 1, 21, 30, tzinfo=UTC)


class _Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def write_units_of_a_month() -> dict[str, int]:
    """The standard profile: 30 daily charges, a payment, an act and an invoice, a letter to three addresses."""
    clock = _Clock()
    world = a_world(clock)
    _tell(world, seller())
    _tell(world, card("c-1", 1, clock.now, emails=("a", "b", "c")))
    start = _units(world)
    _tell(
        world,
        {
            "kind": "payment",
            "key": "p",
            "account": "c-1",
            "at": "2026-01-03T12:00:00+03:00",
            "class": "BANK",
            "amount": 1_000_000,
            "payer": PAYERS[0],
            "document": {"number": "77", "date": "2026-01-03"},
        },
    )
    for day in range(1, 31):
        clock.now = datetime(2026, 1, day, 20, 59, tzinfo=UTC)
        _tell(
            world,
            {
                "kind": "charge",
                "key": f"charge:c-1:crm:2026-01-{day:02}",
                "account": "c-1",
                "at": clock.now.isoformat(),
                "service": "crm",
                "title": "Доступ к CRM, тариф «6–10 сотрудников»",
                "unit": "день",
                "amount": 18_333,
            },
        )
    posted = _units(world)
    clock.now = _NIGHT
    close_month(JANUARY, world, until=_NIGHT + timedelta(minutes=10))
    _drain(world)
    sweep(world, until=_NIGHT + timedelta(minutes=10))
    _drain(world)
    return {"posting": posted - start, "night": _units(world) - posted, "month": _units(world) - start}


def calls_of_a_close(entries: int) -> int:
    """Calls of the store to close an account whose journal has that many entries."""
    clock = _Clock()
    world = a_world(clock)
    _tell(world, seller())
    _tell(world, card("c-1", 1, clock.now))
    _tell(
        world,
        {
            "kind": "payment",
            "key": "p",
            "account": "c-1",
            "at": "2026-01-03T12:00:00+03:00",
            "class": "BANK",
            "amount": 1_000_000,
            "payer": PAYERS[0],
        },
    )
    _tell(
        world,
        {
            "kind": "charge",
            "key": "c",
            "account": "c-1",
            "at": "2026-01-03T12:00:00+03:00",
            "service": "crm",
            "title": "Доступ",
            "amount": 550_000,
        },
    )
    stored = world.store.get("accounts", "c-1")
    assert stored
    account: Account = replace(records.account_of("c-1", stored.row), seq=entries)  # the journal itself is not read
    world.store.tx([Write("accounts", "c-1", "", records.account_row(account), stored.version)])
    clock.now = _NIGHT
    before = world.store.calls  # type: ignore[attr-defined]
    issue_documents(JANUARY, ["c-1"], world)
    return int(world.store.calls - before)  # type: ignore[attr-defined]


def _tell(world: Outside, message: dict[str, Any]) -> None:
    taken = take_from_crm(json.dumps(message, ensure_ascii=False), world, id=message["key"], group=message["account"])
    assert taken.outcome in ("posted", "stored"), taken


def _units(world: Outside) -> int:
    return int(world.store.write_units)  # type: ignore[attr-defined]


def _drain(world: Outside) -> None:
    while sent := world.queue.take():  # type: ignore[attr-defined]
        name, body = sent
        if name == "issue-documents":
            issue_documents(Month.parse(body["month"]), body["accounts"], world)
        else:
            send_letter(body["letter"], body["address"], world)
