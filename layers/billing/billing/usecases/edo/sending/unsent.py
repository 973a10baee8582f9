"""What has not gone out in a round of sending, and why: counts by reason, and the first lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from billing.domain.edo_reasons import Reason
from billing.domain.edo_wording import quoted
from billing.ports import Outside, Stored
from billing.usecases.edo.sending.terms import OnItsWay, to_person
from billing.usecases.edo.tracking.statuses import named

LINES_MAX = 100
WHICH_MAX = 200  # characters


@dataclass(slots=True)
class Left:
    """`counts`: documents by reason; `lines`: account, document, INN, who and which document, reason, what was said.

    Of a document the first reason in a run counts. That a signature is waited for is said at the end of a round: it may
    come before.
    """

    counts: dict[str, int] = field(default_factory=dict)
    lines: list[list[str]] = field(default_factory=list)
    resting: dict[str, list[str]] = field(default_factory=dict)  # by custom id: what is said, until tomorrow
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
        row = one.stored.row
        which = f"{row['content']['buyer']['name']}: {named(row)}"[:WHICH_MAX]
        line = [one.inn, which, reason.value, quoted(detail)[:200]]
        self._add(one.stored.pk, one.stored.sk, line)
        if reason.lasts_the_day:
            self.resting[one.custom_id] = line

    def still_stays(self, work: Stored) -> None:
        """Count a row of work that rests until tomorrow, with the reason that it names."""
        self._add(work.row["account"], work.row["document"], list(work.row["details"]["why"]))

    def _add(self, account: str, document: str, line: list[str]) -> None:
        self._said.add(f"{account}/{document}")
        reason = line[2]
        self.counts[reason] = self.counts.get(reason, 0) + 1
        if len(self.lines) < LINES_MAX:
            self.lines.append([account, document, *line])

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
