"""What is shown of the EDO: a document's state and the list for a person, in plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from billing import records
from billing.domain.edo_fate import for_person
from billing.domain.edo_reasons import Reason
from billing.domain.edo_wording import said_of
from billing.domain.periods import utc_text
from billing.ports import Outside, Row
from billing.records_edo import LEFT, PREFLIGHT, SENDING, EdoState, ForPerson


def told(edo: Row | None) -> dict[str, Any] | None:
    """A document's state by the `edo` of its row, in texts; None: nothing of it has begun.

    `said` is for people («подписан 03.04.2026»); `reason` and `remedy` are empty when no person has to act. The reason
    is ours: what a client sees is `stage`, `said`, `at`, `delivered_at` and `text`.
    """
    if not edo:
        return None
    state = records.from_plain(EdoState, edo)
    fate, reason = state.fate, for_person(state.fate)
    return {
        "stage": fate.stage.value,
        "annulment": fate.annulment.value,
        "said": said_of(fate),
        "at": utc_text(fate.since) if fate.since else "",
        "delivered_at": utc_text(fate.delivered_at) if fate.delivered_at else "",
        "text": fate.text,
        "reason": reason.text if reason else "",
        "remedy": reason.remedy if reason else "",
        "box": state.box,
        "message": fate.message,
        "entity": fate.entity,
        "attempt": fate.attempt,
        "files": {"print_form": state.print_form, "protocol": state.protocol, "archive": state.archive},
    }


def told_people(lines: Iterable[ForPerson]) -> list[dict[str, str]]:
    """The list for a person, those who wait longest first."""
    return [
        {
            "subject": line.subject,
            "reason": line.reason.value,
            "said": line.reason.text,
            "remedy": line.reason.remedy,
            "detail": line.detail,
            "account": line.account,
            "document": line.document,
            "inn": line.inn,
            "since": line.since,
        }
        for line in sorted(lines, key=lambda line: (line.since, line.subject))
    ]


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
        "lines": _left_lines(row["lines"]),
        "findings": [
            {"severity": f["severity"], **_reason(f["reason"]), "detail": f.get("detail", "")} for f in row["findings"]
        ],
    }


def window_of(window: str, outside: Outside) -> dict[str, Any]:
    """A window («2026-Q1») as it stands: its documents at the operator by stage, and what is left and why."""
    sending = outside.store.get("control", SENDING, window)
    left = outside.store.get("control", LEFT, window)
    return {
        "window": window,
        "stages": dict(sending.row["states"]) if sending else {},
        "left": left.row["total"] if left else 0,
        "counts": _counts(left.row["counts"]) if left else [],
        "lines": _left_lines(left.row["lines"]) if left else [],
        "at": left.row["at"] if left else "",
    }


def _reason(reason: str) -> dict[str, str]:
    return {"reason": reason, "said": Reason(reason).text, "remedy": Reason(reason).remedy}


def _counts(counts: Row) -> list[dict[str, Any]]:
    return [{**_reason(reason), "documents": n} for reason, n in sorted(counts.items())]


def _left_lines(lines: Iterable[Sequence[str]]) -> list[dict[str, str]]:
    return [
        {"account": account, "document": document, "inn": inn, "who": who, **_reason(reason), "detail": detail}
        for account, document, inn, who, reason, detail in lines
    ]
