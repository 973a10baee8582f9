"""What our own people are shown of the sending: the preflight and a window."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from billing.domain.edo_reasons import Reason
from billing.domain.periods import Day
from billing.ports import Outside, Row
from billing.records_edo import LEFT, PREFLIGHT, SENDING, UNSIGNED
from billing.usecases.edo.attention import people
from billing.usecases.edo.tracking.unsigned import COUNT
from billing.usecases.edo.windows import states_of

_WINDOW = re.compile(r"[0-9]{4}-(Q[1-4]|0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonTold:
    """A reason, its words, and what a person does about it."""

    reason: str
    said: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountTold(ReasonTold):
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTold(ReasonTold):
    """A document that stands, and why. `who`: the payer and the document in words."""

    account: str
    document: str
    inn: str
    who: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingTold(ReasonTold):
    """What is in the way on our side."""

    severity: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightTold:
    """`done`: false while it is being made; `lines`: the first documents that are not ready; `counts`: all of them."""

    window: str
    day: Day
    done: bool
    ready: int
    not_ready: int
    counts: tuple[CountTold, ...]
    lines: tuple[LineTold, ...]
    findings: tuple[FindingTold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowTold:
    """Documents at the operator by stage; what is `left` and why; `at`: when that was counted, empty before."""

    window: str
    stages: Mapping[str, int]
    left: int
    counts: tuple[CountTold, ...]
    lines: tuple[LineTold, ...]
    at: str


def preflight_of(outside: Outside) -> PreflightTold | None:
    """The latest preflight; None: there was none."""
    rows = outside.store.query("control", PREFLIGHT, limit=1_000).rows
    if not rows:
        return None
    stored = max(rows, key=lambda row: str(row.row["day"]))
    row = stored.row
    findings = (
        FindingTold(**_reason(f["reason"]), severity=f["severity"], detail=f.get("detail", "")) for f in row["findings"]
    )
    return PreflightTold(
        window=stored.sk,
        day=date.fromisoformat(row["day"]),
        done=row["done"],
        ready=row["ready"],
        not_ready=sum(row["counts"].values()),
        counts=_counts(row["counts"]),
        lines=_lines(row["lines"]),
        findings=tuple(findings),
    )


def is_window(text: str) -> bool:
    return _WINDOW.fullmatch(text) is not None


def latest_window(outside: Outside) -> str:
    """The window in which something was sent or left last; empty before the first."""
    last = (outside.store.query("control", pk, limit=1, newest_first=True).rows for pk in (SENDING, LEFT))
    return max((rows[0].sk for rows in last if rows), default="")


def window_of(window: str, outside: Outside) -> WindowTold:
    """A window («2026-Q1») as it stands."""
    left = outside.store.get("control", LEFT, window)
    return WindowTold(
        window=window,
        stages=states_of(window, outside),
        left=left.row["total"] if left else 0,
        counts=_counts(left.row["counts"]) if left else (),
        lines=_lines(left.row["lines"]) if left else (),
        at=left.row["at"] if left else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedLine:
    """A document that was delivered on that day and is not signed."""

    account: str
    document: str
    inn: str
    who: str
    since: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedTold:
    """All of them at the last count, and the oldest; `day` None: they were never counted."""

    total: int = 0
    day: Day | None = None
    lines: tuple[UnsignedLine, ...] = ()


def unsigned_of(outside: Outside) -> UnsignedTold:
    stored = outside.store.get("control", UNSIGNED, COUNT)
    last = stored.row["last"] if stored else None
    if not last:
        return UnsignedTold()
    lines = (
        UnsignedLine(account=account, document=document, inn=inn, who=who, since=date.fromisoformat(since))
        for account, document, inn, who, since in last["lines"]
    )
    return UnsignedTold(total=last["total"], day=date.fromisoformat(last["day"]), lines=tuple(lines))


def exchange_now(outside: Outside) -> dict[str, Any]:
    """The latest window by stages, and how many lines wait for a person; empty where nothing was ever exchanged."""
    last = outside.store.query("control", SENDING, limit=1, newest_first=True).rows
    waiting = len(people(outside))
    if not last and not waiting:
        return {}
    states = dict(last[0].row["states"]) if last else {}
    return {"window": last[0].sk if last else "", "states": states, "people": waiting}


def _reason(reason: str) -> dict[str, str]:
    return {"reason": reason, "said": Reason(reason).text, "remedy": Reason(reason).remedy}


def _counts(counts: Row) -> tuple[CountTold, ...]:
    return tuple(CountTold(**_reason(reason), documents=n) for reason, n in sorted(counts.items()))


def _lines(lines: Iterable[Sequence[str]]) -> tuple[LineTold, ...]:
    return tuple(
        LineTold(**_reason(reason), account=account, document=document, inn=inn, who=who, detail=detail)
        for account, document, inn, who, reason, detail in lines
    )
