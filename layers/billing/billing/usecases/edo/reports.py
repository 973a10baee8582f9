"""What our accountant is told of the EDO: a row with everything, and the letter about it, written together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from billing import records
from billing.domain.periods import Month, moscow_day, utc_text
from billing.letters.contexts import EdoLine, EdoReport, EdoSection
from billing.ports import ABSENT, Outside, Stored, Write
from billing.records_edo import REPORTS
from billing.records_letters import OURS, letter_id
from billing.usecases.letters import hints_of, rows_of_letter

LINES_MAX = 50  # of a section in the row; the count is whole
WHO_MAX, DETAIL_MAX = 120, 200  # characters of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a report says. `kind`: invitations, sending or preflight; `period`: «2026-02» or «2026-Q1».

    `totals`: numbers of the whole, by name; `sections`: lists that may be cut, with their counts.
    """

    kind: str
    period: str
    sections: Sequence[EdoSection]
    totals: Mapping[str, int]


def last_report(kind: str, period: str, outside: Outside) -> Stored | None:
    """The latest report of the period: what the next one is compared with, so as not to say the same twice."""
    page = outside.store.query("control", REPORTS, prefix=f"{kind}.{period}.", limit=1, newest_first=True)
    return page.rows[0] if page.rows else None


def write_report(told: Told, outside: Outside, *also: Write) -> str:
    """The report is a row, and its letter to our accountant is due, together with `also`; the report's name.

    Raises:
        StaleError: another worker was faster; nothing was written.
    """
    last = last_report(told.kind, told.period, outside)
    n = 1 + int(last.sk.rpartition(".")[2]) if last else 1
    name, now = f"{told.kind}.{told.period}.{n:03}", outside.clock()
    at, letter = utc_text(now), letter_id(OURS, f"edo-{told.kind}-{told.period}", n)
    sections = [records.plain(_cut(section)) for section in told.sections if section.count]
    counts = ", ".join(f"{section['name']} {section['count']}" for section in sections)
    row: dict[str, Any] = {
        "kind": told.kind,
        "period": told.period,
        "day": moscow_day(now).isoformat(),
        "sections": sections,
        "totals": dict(told.totals),
        "at": at,
        "summary": f"{told.period}: {counts}",
    }
    head: dict[str, Any] = {
        "kind": "edo_report",
        "month": str(Month.at(now)),
        "report": name,
        "at": at,
        "summary": f"отчёт ЭДО {told.kind} {told.period} № {n}",
    }
    address = outside.settings.accountant_address
    letters = rows_of_letter(letter, head, [address], at)
    outside.store.tx([Write("control", REPORTS, name, row, ABSENT), *letters, *also])
    outside.queue.send("send-letter", hints_of(letter, [address]))
    return name


def _cut(section: EdoSection) -> EdoSection:
    return replace(section, lines=tuple(cut(line) for line in section.lines[:LINES_MAX]))


def cut(line: EdoLine) -> EdoLine:
    """The line as long as a row of many lines can hold."""
    return replace(line, who=line.who[:WHO_MAX], detail=line.detail[:DETAIL_MAX])


def report_letter(name: str, outside: Outside) -> EdoReport:
    """What the letter about the report is told."""
    stored = outside.store.get("control", REPORTS, name)
    assert stored, "a report is written with its letter"
    r = stored.row
    return EdoReport(
        kind=r["kind"],
        period=r["period"],
        day=date.fromisoformat(r["day"]),
        totals=tuple(sorted(r["totals"].items())),
        sections=tuple(records.from_plain(EdoSection, section) for section in r["sections"]),
    )
