"""What our own people are told: runs, accounts set aside, messages not taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from billing.api.models import Answer, Asked, Cursor, Date, Money, MonthText


class PageAsked(Asked):
    """Where a list goes on."""

    cursor: Cursor = ""
    limit: int = Field(50, ge=1, le=100)


class ParkedAsked(PageAsked):
    month: MonthText


class UnmatchedAsked(Asked):
    """Days up to this one; today if not said."""

    until: Date | None = None
    limit: int = Field(50, ge=1, le=100)


class PreviewAsked(Asked):
    """The accounts to look at; none: all of them, as far as the time of one call allows."""

    accounts: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,40}$")], ...] = Field((), max_length=100)


class Run(Answer):
    month: str
    state: str
    started_at: str
    ended_at: str
    report: int
    summary: str


class Runs(Answer):
    runs: list[Run]
    cursor: str


class DocumentsMade(BaseModel):
    """How many of a kind, and for how much."""

    count: int
    total: Money


def _made(said: Any) -> Any:
    return {kind: {"count": count, "total": total} for kind, (count, total) in dict(said).items()}


class Report(Answer):
    """The last report of a run; lists hold at most 200 lines, counts are whole. Sums are by class of money.

    `holds`: the close and the journal agree on every account and payer, and no number is missing; `wrong`: where not.
    `waiting`: documents that are decided and not issued; `carried`: minuses carried on, and since when; `unacted`: what
    is served, not paid and in no act; `by_others`: individuals who paid for what a company's act holds; `late`:
    documents whose number is younger than their date.
    """

    scanned: int
    closed: int
    parked_count: int
    still_open_count: int
    blocked_count: int
    warned_count: int
    nobody_count: int
    undelivered_count: int
    wrong_count: int
    carried_count: int
    unacted_count: int
    by_others_count: int
    late_count: int
    holds: bool
    charged: Money
    parked_charged: Money
    parked_paid: Money
    difference: Money
    paid: dict[str, Money]
    funded: dict[str, Money]
    carried_in: dict[str, Money]
    carried_out: dict[str, Money]
    acted: dict[str, Money]
    documents: Annotated[dict[str, DocumentsMade], BeforeValidator(_made)]
    waiting: Annotated[dict[str, DocumentsMade], BeforeValidator(_made)]
    vat_issued: dict[str, list[Money]]
    vat_all: dict[str, list[Money]]
    vat_past: dict[str, list[Money]]
    journal: dict[str, Money]
    letters: dict[str, int]
    wrong: list[list[str]]
    carried: list[list[str]]
    unacted: list[list[str]]
    by_others: list[list[str]]
    late: list[list[str]]
    parked: list[list[str]]
    blocked: list[list[str]]
    warned: list[list[str]]
    nobody: list[list[str]]
    undelivered: list[list[str]]

    @classmethod
    def of(cls, row: Mapping[str, Any] | None) -> Report | None:
        return cls.model_validate(dict(row)) if row else None


class RunTold(Run):
    """A run with its last report."""

    parked: int
    told: Report | None


class Parked(Answer):
    account: str
    month: str
    reason: str
    at: str


class AllParked(Answer):
    parked: list[Parked]
    cursor: str


class Unmatched(Answer):
    message: str
    account: str
    key: str
    outcome: str
    reason: str
    at: str


class AllUnmatched(Answer):
    """`until` is the day on which the next page begins; empty after the last."""

    messages: list[Unmatched]
    until: str


class Previewed(Answer):
    """What the close of the month would make. `complete`: all accounts that were asked for were looked at."""

    month: str
    complete: bool
    accounts: int
    total: str
    documents: list[dict[str, Any]]
    differences: list[str]
