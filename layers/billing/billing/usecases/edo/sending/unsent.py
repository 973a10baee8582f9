"""What has not gone out in a round of sending, and why: counts by reason, and the first lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from billing.domain.edo_reasons import Reason
from billing.ports import Outside
from billing.usecases.edo.sending.terms import OnItsWay, to_person

LINES_MAX = 100


@dataclass(slots=True)
class Left:
    """`counts`: documents by reason; `lines`: account, document, INN, who and which document, reason, what was said.

    Of a document the first reason in a run counts. That a signature is waited for is said at the end of a round: it may
    come before.
    """

    counts: dict[str, int] = field(default_factory=dict)
    lines: list[list[str]] = field(default_factory=list)
    _said: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Left:
        return cls(dict(row.get("counts", {})), [list(line) for line in row.get("lines", ())])

    @property
    def row(self) -> dict[str, Any]:
        return {"counts": dict(sorted(self.counts.items())), "lines": self.lines}

    def stays(self, one: OnItsWay, reason: Reason, detail: str = "") -> None:
        if one.custom_id in self._said:
            return
        self._said.add(one.custom_id)
        self.counts[reason.value] = self.counts.get(reason.value, 0) + 1
        if len(self.lines) < LINES_MAX:
            row = one.stored.row
            which = f"{row['content']['buyer']['name']}: {named(row)}"
            self.lines.append([one.stored.pk, one.stored.sk, one.inn, which, reason.value, detail[:200]])

    @property
    def unanswered(self) -> int:
        return self.counts.get(Reason.NO_ANSWER, 0)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def no_answer(one: OnItsWay, said: str, left: Left, outside: Outside) -> None:
    """The document stays, and a person reads what was said, until it is at the operator."""
    left.stays(one, Reason.NO_ANSWER, said)
    to_person(one, Reason.NO_ANSWER, outside, detail=said)


def named(row: Mapping[str, Any]) -> str:
    """«акт № 45», as the row's summary begins."""
    return str(row["summary"]).partition(" на ")[0]
