"""Write the letter about new lines of the to-do list, once, on the day on which they appear."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from billing.domain.edo_reasons import Reason
from billing.domain.periods import MOSCOW, moscow_day
from billing.letters.contexts import EdoLine, EdoSection
from billing.ports import Outside, StaleError, Stored, Write
from billing.records_edo import PEOPLE, ForPerson
from billing.usecases.edo.attention import line_of, row_of
from billing.usecases.edo.reports import Told, cut, last_report, write_report
from billing.usecases.rows import rows_of

KIND = "news"
EVENING, NIGHT = 18, 23  # o'clock in Moscow: one letter a day, and what came after it before the day is over
MARKS_MAX = 60  # lines marked in one transaction with the report and its letter
PATIENCE = timedelta(hours=4)  # an operator that does not answer for less is no news

ENDS = (
    Reason.REFUSED,
    Reason.SIGNED_WITH_DISAGREEMENTS,
    Reason.ANNULMENT_ASKED_BY_THEM,
    Reason.ANNULLED,
    Reason.CLARIFICATION_ASKED,
)
FAILURES = (Reason.SIGNATURE_INVALID, Reason.DELIVERY_FAILED, Reason.ROAMING_ERROR)
BY_THE_WINDOW = (Reason.NOT_SAYABLE, Reason.NOT_TAKEN, Reason.NO_ANSWER, Reason.NOT_SIGNED)  # told by its own report


def tell_stops(outside: Outside) -> None:
    """Write to our accountant at once about what stops everything, unless that letter is written already."""
    with suppress(StaleError):  # another run is telling
        _tell(_new(outside, prefix="edo."), outside)


def tell_news(outside: Outside) -> None:
    """Write to our accountant in the evening about all that is new; about what comes later, before midnight.

    The campaign reports on payers, and the window on what it leaves; here they are only counted.
    """
    now = outside.clock().astimezone(MOSCOW)
    if now.hour < EVENING:
        return
    if now.hour < NIGHT and _is_told_today(now, outside):
        return
    with suppress(StaleError):  # another run is telling
        new = _new(outside)
        outside.metrics.count("EdoNews", len(new))
        _tell(new, outside)


def _is_told_today(now: datetime, outside: Outside) -> bool:
    """Return whether the evening's letter is written. One about a stop may have gone at any hour."""
    last = last_report(KIND, now.date().isoformat(), outside)
    evening = now.replace(hour=EVENING, minute=0, second=0, microsecond=0)
    return last is not None and datetime.fromisoformat(last.row["at"]) >= evening


def _new(outside: Outside, *, prefix: str = "") -> list[tuple[Stored, ForPerson]]:
    lines = ((stored, line_of(stored)) for stored in rows_of(outside.store, "control", PEOPLE, prefix=prefix))
    return [(stored, line) for stored, line in lines if not line.told and not _is_young(line, outside)]


def _is_young(line: ForPerson, outside: Outside) -> bool:
    since = datetime.fromisoformat(line.since)
    return line.reason is Reason.SENDING_WAITS and outside.clock() - since < PATIENCE


def _tell(new: Sequence[tuple[Stored, ForPerson]], outside: Outside) -> None:
    """Write one letter about all of it. Mark each line, the first of them in the transaction that queues the letter."""
    if not new:
        return
    marks = [_mark(stored, line) for stored, line in new]
    lines = [line for _, line in new if not line.subject.startswith("payer.") and line.reason not in BY_THE_WINDOW]
    if lines:
        report = Told(kind=KIND, period=moscow_day(outside.clock()).isoformat(), sections=_sections(lines), totals={})
        write_report(report, outside, *marks[:MARKS_MAX])
        marks = marks[MARKS_MAX:]
    for i in range(0, len(marks), MARKS_MAX):
        outside.store.tx(marks[i : i + MARKS_MAX])


def _mark(stored: Stored, line: ForPerson) -> Write:
    return Write("control", PEOPLE, stored.sk, row_of(replace(line, told=True)), stored.version)


def _sections(lines: Sequence[ForPerson]) -> tuple[EdoSection, ...]:
    named: dict[str, list[EdoLine]] = {"stops": [], "answers": [], "failures": [], "person": []}
    for line in lines:
        named[_section(line)].append(cut(_said(line)))
    return tuple(
        EdoSection(name=name, count=len(each), fresh=len(each), lines=tuple(each)) for name, each in named.items()
    )


def _section(line: ForPerson) -> str:
    if line.reason in ENDS:
        return "answers"
    if line.reason in FAILURES:
        return "failures"
    return "stops" if line.subject.startswith("edo.") else "person"


def _said(line: ForPerson) -> EdoLine:
    who = ": ".join(filter(None, (line.name, line.title))) or line.account or "Обмен с Диадоком"
    since = moscow_day(datetime.fromisoformat(line.since))
    return EdoLine(who=who, inn=line.inn, since=since, reason=line.reason.value, detail=line.detail, fresh=True)
