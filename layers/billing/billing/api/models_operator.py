"""What our own people are told: runs, accounts set aside, messages not taken, whom the EDO waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from billing.api.models import Answer, Asked, Cursor, Date, Money
from billing.api.models_statistics import MonthText
from billing.domain.edo import RoamingRequest


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
    """The last report of a run; lists hold at most 200 lines, counts are whole. Sums are by class of money."""

    scanned: int
    closed: int
    parked_count: int
    still_open_count: int
    blocked_count: int
    warned_count: int
    nobody_count: int
    undelivered_count: int
    charged: Money
    difference: Money
    paid: dict[str, Money]
    funded: dict[str, Money]
    carried_in: dict[str, Money]
    carried_out: dict[str, Money]
    acted: dict[str, Money]
    documents: Annotated[dict[str, DocumentsMade], BeforeValidator(_made)]
    letters: dict[str, int]
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


class ForPerson(Answer):
    """What waits for a person in the EDO, why, and what to do.

    `kpp`, empty for an entrepreneur, is told when a person may decide about the payer whose `inn` it goes with.
    """

    subject: str
    reason: str
    text: str
    remedy: str
    detail: str
    account: str
    document: str
    inn: str
    kpp: str | None
    since: str


class People(Answer):
    people: list[ForPerson]
    cursor: str


class PayerDecided(Asked):
    """What a person has decided about a payer; an empty `box` or `said` takes back what was said before.

    `said`: the exchange is there without our knowing (accepted), or the payer is not to be invited (leave).
    """

    kpp: Annotated[str, StringConstraints(pattern=r"^([0-9A-Z]{9})?$")] = ""
    box: Annotated[str, StringConstraints(max_length=36)] | None = None
    said: Literal["accepted", "leave", ""] | None = None
    roaming_request: Literal["none", "filed", "done"] | None = None


class Payer(Answer):
    """A payer as a person has left him: the next pass of the invitations acts on it. `box`: the one that was named."""

    inn: str
    kpp: str
    name: str
    box: str = Field(validation_alias="box_said")
    said: str
    roaming_request: RoamingRequest


class DocumentSeen(Asked):
    """The document of a line of the list whose reason is an end: refused, disagreed or annulled."""

    account: Annotated[str, StringConstraints(max_length=120)]
    document: Annotated[str, StringConstraints(max_length=120)]


class EndSeen(Answer):
    """The end that was seen: the line comes back only with another reason."""

    reason: str
    text: str


class EdoReason(Answer):
    """A reason with its words and what a person does about it, in Russian."""

    reason: str
    said: str
    remedy: str


class EdoCount(EdoReason):
    """How many documents stand for that reason."""

    documents: int


class EdoLine(EdoReason):
    """A document that stands, and why. `detail`: what the operator said."""

    account: str
    document: str
    inn: str
    who: str
    detail: str


class EdoFinding(EdoReason):
    """What is in the way on our side."""

    severity: str
    detail: str


class Preflight(Answer):
    """The latest look ahead. `done`: false while it is being made; `lines`: the first of those that are not ready."""

    window: str
    day: date
    done: bool
    ready: int
    not_ready: int
    counts: list[EdoCount]
    lines: list[EdoLine]
    findings: list[EdoFinding]


class Window(Answer):
    """A window as it stands: documents at the operator by stage; what is `left`, why, and when that was counted."""

    window: str
    stages: dict[str, int]
    left: int
    counts: list[EdoCount]
    lines: list[EdoLine]
    at: str
