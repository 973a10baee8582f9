"""What our own people are shown of the sending: the preflight and a window, in plain values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from billing.domain.edo_reasons import Reason
from billing.ports import Outside, Row
from billing.records_edo import LEFT, PREFLIGHT, SENDING
from billing.usecases.edo.people import people
from billing.usecases.edo.windows import states_of

_WINDOW = re.compile(r"[0-9]{4}-(Q[1-4]|0[1-9]|1[0-2])")


def preflight_of(outside: Outside) -> dict[str, Any] | None:
    """The latest preflight; None: there was none. `done`: false while it is being made.

    `findings`: what is in the way on our side; `lines`: the first documents that are not ready; `counts`: all.
    """
    rows = outside.store.query("control", PREFLIGHT, limit=1_000).rows
    if not rows:
        return None
    stored = max(rows, key=lambda row: str(row.row["day"]))
    row = stored.row
    return {
        "window": stored.sk,
        "day": row["day"],
        "done": row["done"],
        "ready": row["ready"],
        "not_ready": sum(row["counts"].values()),
        "counts": _counts(row["counts"]),
        "lines": _lines(row["lines"]),
        "findings": [
            {"severity": f["severity"], **_reason(f["reason"]), "detail": f.get("detail", "")} for f in row["findings"]
        ],
    }


def is_window(text: str) -> bool:
    return _WINDOW.fullmatch(text) is not None


def latest_window(outside: Outside) -> str:
    """The window in which something was sent or left last; empty before the first."""
    last = (outside.store.query("control", pk, limit=1, newest_first=True).rows for pk in (SENDING, LEFT))
    return max((rows[0].sk for rows in last if rows), default="")


def window_of(window: str, outside: Outside) -> dict[str, Any]:
    """A window («2026-Q1») as it stands: its documents at the operator by stage, and what is left and why."""
    left = outside.store.get("control", LEFT, window)
    return {
        "window": window,
        "stages": states_of(window, outside),
        "left": left.row["total"] if left else 0,
        "counts": _counts(left.row["counts"]) if left else [],
        "lines": _lines(left.row["lines"]) if left else [],
        "at": left.row["at"] if left else "",
    }


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


def _counts(counts: Row) -> list[dict[str, Any]]:
    return [{**_reason(reason), "documents": n} for reason, n in sorted(counts.items())]


def _lines(lines: Iterable[Sequence[str]]) -> list[dict[str, str]]:
    return [
        {"account": account, "document": document, "inn": inn, "who": who, **_reason(reason), "detail": detail}
        for account, document, inn, who, reason, detail in lines
    ]
