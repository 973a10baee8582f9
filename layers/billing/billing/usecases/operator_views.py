"""What our own people look at: the runs, the accounts set aside, the messages that nobody could take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from billing.domain.errors import NotFoundError
from billing.domain.money import Kopecks
from billing.domain.periods import Day, Month, moscow_day
from billing.ports import Outside, Row, Stored
from billing.usecases.report import REPORTS, report_name
from billing.usecases.rows import rows_of
from billing.usecases.runs import RUNS, run_of
from billing.usecases.take_from_crm import KEPT

PAGE = 100
DAYS = 60  # that are looked through for refused messages in one call


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A month's run; `report` is the number of its last report, 0 before the first; moments are UTC texts."""

    month: str
    state: str
    started_at: str
    ended_at: str
    report: int
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    account: str
    month: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTold(Run):
    """A run with its last report as it stands in its row, and the accounts set aside (100 at most)."""

    told: Row | None
    parked: tuple[Parked, ...]

    @property
    def documents(self) -> int | None:
        """How many were made; None before the first report."""
        kinds = [*self.told["documents"].values(), *self.told["waiting"].values()] if self.told else ()
        return sum(count for count, _ in kinds) if self.told else None

    @property
    def acted(self) -> Kopecks | None:
        """What its acts are for; None before the first report."""
        return sum(self.told["acted"].values()) if self.told else None

    @property
    def tallies(self) -> bool:
        return not self.told or bool(self.told["holds"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A message of the CRM that was not taken, and why. `key` is its sender's own name of the fact."""

    message: str
    account: str
    key: str
    outcome: str
    reason: str
    at: str


def runs(outside: Outside, *, after: str = "", limit: int = PAGE) -> tuple[tuple[Run, ...], str]:
    """The months' runs, the latest first, and where the next page begins."""
    page = outside.store.query("control", RUNS, before=after, limit=limit, newest_first=True)
    return tuple(Run(**_run(stored.sk, stored.row)) for stored in page.rows), page.cursor


def run_told(month: Month, outside: Outside) -> RunTold:
    """Raises:
    NotFoundError: that month has had no run.
    """
    stored = run_of(outside, month)
    if not stored:
        raise NotFoundError("этот месяц ещё не закрывали")
    return _told([stored], outside)[0]


def latest_runs_told(outside: Outside, *, limit: int) -> tuple[RunTold, ...]:
    """The latest runs with their reports, which are read at once."""
    return _told(outside.store.query("control", RUNS, limit=limit, newest_first=True).rows, outside)


def _told(found: Sequence[Stored], outside: Outside) -> tuple[RunTold, ...]:
    names = {run.sk: report_name(Month.parse(run.sk), run.row["report"]) for run in found if run.row["report"]}
    keys = [(REPORTS, name) for name in names.values()]
    reports = {stored.sk: stored.row for stored in outside.store.get_many("control", keys)} if keys else {}
    return tuple(
        RunTold(
            **_run(run.sk, run.row),
            told=reports.get(names.get(run.sk, "")),
            parked=parked(Month.parse(run.sk), outside)[0],
        )
        for run in found
    )


def parked(month: Month, outside: Outside, *, after: str = "", limit: int = PAGE) -> tuple[tuple[Parked, ...], str]:
    """The accounts of a month that wait for a person."""
    page = outside.store.query("control", f"parked.{month}", after=after, limit=limit)
    found = (Parked(account=s.sk, month=str(month), reason=s.row["reason"], at=s.row["at"]) for s in page.rows)
    return tuple(found), page.cursor


def unmatched(
    outside: Outside, *, until: Day | None = None, limit: int = PAGE, days: int = DAYS
) -> tuple[tuple[Unmatched, ...], str]:
    """The messages not taken, by day, the latest day first; and the day on which the next page begins.

    A page holds whole days, so it may be longer than `limit`; one that came to the end of what it looks through may be
    empty and still have a next.
    """
    day = until or moscow_day(outside.clock())
    found: list[Unmatched] = []
    for _ in range(days):
        found += _refused_on(day, outside)
        day -= timedelta(days=1)
        if len(found) >= limit:
            break
    return tuple(found), day.isoformat() if day >= _beginning(outside) else ""


def _refused_on(day: Day, outside: Outside) -> list[Unmatched]:
    return [
        Unmatched(
            message=s.sk,
            account=s.row["account"],
            key=s.row["key"],
            outcome=s.row["outcome"],
            reason=s.row["reason"],
            at=s.row["at"],
        )
        for s in rows_of(outside.store, "control", f"refused.{day}")
    ]


def _beginning(outside: Outside) -> Day:
    return moscow_day(outside.clock()) - KEPT


def _run(month: str, row: Row) -> dict[str, Any]:
    return {
        "month": month,
        "state": row["state"],
        "started_at": row["started_at"],
        "ended_at": row.get("ended_at", ""),
        "report": row["report"],
        "summary": row["summary"],
    }
