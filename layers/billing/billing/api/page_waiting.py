"""What waits for a person, as the page for our own people has it: from the list of the EDO to messages not taken."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from billing.api.page_told import day_of
from billing.domain.money import NBSP
from billing.domain.periods import Month
from billing.page.contexts_operator import (
    FindingRow,
    ForPersonRow,
    LeftRow,
    ParkedRow,
    PayerSaid,
    PreflightShown,
    UnsignedRow,
    UnsignedShown,
    UntakenRow,
    WindowShown,
)
from billing.ports import Outside
from billing.usecases.edo.attention import people_page
from billing.usecases.edo.counterparties import Kept, kept_many
from billing.usecases.edo.views import CountTold, LineTold, latest_window, preflight_of, unsigned_of, window_of
from billing.usecases.operator_views import RunTold, unmatched

PEOPLE = 50  # lines of the list; the rest is told by /edo/people
LINES = 50  # documents of a window
PARKED = 50
UNTAKEN, UNTAKEN_DAYS = 50, 14


def for_people(outside: Outside) -> tuple[tuple[ForPersonRow, ...], bool]:
    """The beginning of the list, and whether it goes on."""
    lines, more = people_page(outside, limit=PEOPLE)
    named = [(line.inn, line.kpp) if line.kpp is not None else None for line in lines]
    payers = kept_many({payer for payer in named if payer}, outside)
    found = (
        ForPersonRow(
            reason=line.reason.text,
            remedy=line.reason.remedy,
            detail=line.detail,
            since=day_of(line.since),
            account=line.account,
            document=line.document,
            payer=_said(payers[payer]) if payer in payers else None,
            name=line.name,
            title=line.title.replace("№ ", f"№{NBSP}"),
            button=line.reason.button if line.document else "",
        )
        for line, payer in zip(lines, named, strict=True)
    )
    return tuple(found), bool(more)


def _said(found: Kept) -> PayerSaid:
    payer = found.payer
    return PayerSaid(
        inn=payer.inn,
        kpp=payer.kpp,
        box=payer.box_said,
        said=payer.said,
        roaming_request=payer.roaming_request.value,
    )


def set_aside(runs: Iterable[RunTold]) -> tuple[ParkedRow, ...]:
    """Accounts of the runs that wait, the latest month first."""
    found = (row for run in runs for row in run.parked)
    return tuple(
        ParkedRow(account=row.account, month=Month.parse(row.month), reason=row.reason, at=day_of(row.at))
        for row in islice(found, PARKED)
    )


def untaken(outside: Outside) -> tuple[UntakenRow, ...]:
    """Messages of the CRM that were not taken in the last days, the latest day first."""
    found, _ = unmatched(outside, limit=UNTAKEN, days=UNTAKEN_DAYS)
    return tuple(UntakenRow(account=m.account, key=m.key, reason=m.reason, at=day_of(m.at)) for m in found[:UNTAKEN])


def preflight_shown(outside: Outside) -> PreflightShown | None:
    told = preflight_of(outside)
    if not told:
        return None
    findings = (FindingRow(severity=f.severity, reason=f.said, remedy=f.remedy, detail=f.detail) for f in told.findings)
    return PreflightShown(
        window=told.window,
        day=told.day,
        done=told.done,
        ready=told.ready,
        not_ready=told.not_ready,
        counts=_counts(told.counts),
        lines=_lines(told.lines),
        findings=tuple(findings),
    )


def window_shown(outside: Outside) -> WindowShown | None:
    window = latest_window(outside)
    if not window:
        return None
    told = window_of(window, outside)
    return WindowShown(
        window=window,
        stages=tuple(told.stages.items()),
        left=told.left,
        counts=_counts(told.counts),
        lines=_lines(told.lines),
        at=day_of(told.at),
    )


def unsigned_shown(outside: Outside) -> UnsignedShown | None:
    unsigned = unsigned_of(outside)
    if not unsigned.day:
        return None
    rows = (
        UnsignedRow(
            account=line.account,
            document=line.document,
            who=line.who.replace("№ ", f"№{NBSP}"),
            since=line.since,
            days=(unsigned.day - line.since).days,
        )
        for line in islice(unsigned.lines, LINES)
    )
    return UnsignedShown(total=unsigned.total, day=unsigned.day, lines=tuple(rows))


def _counts(counts: Iterable[CountTold]) -> tuple[tuple[str, int], ...]:
    return tuple((count.said, count.documents) for count in counts)


def _lines(lines: Iterable[LineTold]) -> tuple[LeftRow, ...]:
    return tuple(
        LeftRow(
            account=line.account,
            document=line.document,
            who=line.who.replace("№ ", f"№{NBSP}"),
            reason=line.said,
            remedy=line.remedy,
            detail=line.detail,
        )
        for line in islice(lines, LINES)
    )
