"""Measure the count of a month: calls and CPU time an account, and calls for one document that is mended later."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import timedelta

from billing.domain.periods import Month
from billing.ports import Outside, Page, Write
from billing.usecases.report import end_run
from billing.usecases.runs import marks_of
from tests.cost import a_clients_month
from tests.fakes import MemoryStore

JANUARY = Month(2026, 1)
ACCOUNTS = (1_000, 100_000)
CALL_S = 0.004  # of DynamoDB, within a region


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`hours` and `sweeps` (a quarter of an hour each): at 4 ms a call, CPU in memory included."""

    accounts: int
    calls_an_account: float
    cpu_ms_an_account: float
    hours: float
    sweeps: float
    calls_for_one_mended: int


class _Scanned(MemoryStore):
    """Scans a table without sorting it anew for each page."""

    def __init__(self) -> None:
        super().__init__()
        self._order: list[tuple[str, str]] = []

    def scan(self, table: str, *, segment: int, segments: int, cursor: str = "", limit: int = 100) -> Page:
        self.calls += 1
        if not cursor:
            self._order = sorted((pk, sk) for pk, rows in self.tables[table].items() for sk in rows)
        begin = int(json.loads(cursor)) if cursor else 0
        rows = tuple(self._stored(table, *key) for key in self._order[begin : begin + limit])
        return Page(rows, json.dumps(begin + limit) if begin + limit < len(self._order) else "")


def rows() -> list[Row]:
    return [_measured(n) for n in ACCOUNTS]


def _measured(accounts: int) -> Row:
    world, store = _many(accounts)
    until = world.clock() + timedelta(days=1)
    begun, calls = time.process_time(), store.calls
    assert end_run(JANUARY, world, until=until)
    cpu, counted = time.process_time() - begun, store.calls - calls
    store.tables["work"].clear()  # the report's letter has arrived
    run = store.get("control", "runs", str(JANUARY))
    assert run
    mark = Write("control", marks_of(JANUARY), "c-0", {"account": "c-0"}, 0)
    store.tx([Write("control", "runs", run.sk, {**run.row, "state": "running"}, run.version), mark])
    calls = store.calls
    assert end_run(JANUARY, world, until=until)
    hours = (counted * CALL_S + cpu) / 3600
    return Row(
        accounts=accounts,
        calls_an_account=round(counted / accounts, 2),
        cpu_ms_an_account=round(cpu * 1000 / accounts, 2),
        hours=round(hours, 2),
        sweeps=round(hours * 4, 1),
        calls_for_one_mended=store.calls - calls,
    )


def _many(accounts: int) -> tuple[Outside, _Scanned]:
    """Make a world of so many accounts that share the rows of one client's month after the night."""
    store = _Scanned()
    world = a_clients_month(store)
    for table in ("accounts", "journal", "documents", "deliveries"):
        of_one = store.tables[table]["c-0"]
        store.tables[table] = {"c-0": of_one, **{f"c-{n:06}": of_one for n in range(1, accounts)}}
    return world, store
