"""What of a report our accountant has not read yet: the same is never told twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from billing import records
from billing.letters.contexts import EdoLine, EdoSection
from billing.ports import Stored
from billing.usecases.edo.reports import LINES_MAX, Told, cut
from billing.usecases.edo.sending.unsent import Left


def section(name: str, lines: Sequence[EdoLine], count: int, last: Stored | None) -> EdoSection:
    """The list with what is new in it marked; with nothing to compare, all of it is. Longer lists count as new too."""
    before = _lines(last, name)
    marked = tuple(replace(line, fresh=_key(records.plain(cut(line))) not in before) for line in lines)
    fresh = sum(line.fresh for line in marked[:LINES_MAX])
    grown = max(0, count - _count(last, name)) if count > LINES_MAX else 0
    return EdoSection(name=name, count=count, fresh=max(fresh, grown), lines=marked)


def lines_of(left: Left, reasons: Sequence[str]) -> tuple[list[EdoLine], int]:
    """The lines of these reasons, and how many documents have them."""
    lines = [
        EdoLine(who=who, inn=inn, reason=reason, detail=detail)
        for _, _, inn, who, reason, detail in left.lines
        if reason in reasons
    ]
    return lines, sum(left.counts.get(reason, 0) for reason in reasons)


def is_news(told: Told, last: Stored | None) -> bool:
    """Whether the report says anything that the last one did not."""
    if last is None:
        return any(one.count for one in told.sections) or any(told.totals.values())
    return any(one.fresh for one in told.sections) or dict(told.totals) != last.row["totals"]


def _lines(last: Stored | None, name: str) -> set[tuple[str, ...]]:
    sections = last.row["sections"] if last else ()
    return {_key(line) for one in sections if one["name"] == name for line in one.get("lines", ())}


def _count(last: Stored | None, name: str) -> int:
    sections = last.row["sections"] if last else ()
    return next((one["count"] for one in sections if one["name"] == name), 0)


def _key(line: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(line.get(field, "")) for field in ("who", "inn", "reason", "detail"))
