"""What the page for the company's own people is told: the runs, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass

from billing.domain.money import Kopecks
from billing.domain.periods import Day, Month
from billing.page.frame import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A month's run. `documents` and `acted` are of its last report, None before there is one."""

    month: Month
    state: str
    started: Day
    ended: Day | None = None
    documents: int | None = None
    acted: Kopecks | None = None
    parked: int = 0
    tallies: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRow:
    """An account of a month that was set aside, and why."""

    account: str
    month: Month
    reason: str
    at: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UntakenRow:
    """A message of the CRM that was not taken; `key` is its sender's own name of the fact."""

    account: str
    key: str
    reason: str
    at: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerSaid:
    """A payer in the EDO, and what a person has said of him so far."""

    inn: str
    kpp: str = ""
    box: str = ""
    said: str = ""
    roaming_request: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForPersonRow:
    """A line of the EDO's list: why, what to do, since when. `payer`: of a line that a decision may take off.

    `name` and `title`: the client and the document in words. `button`: what may be done about the document at once:
    "seen", "again" or "sign".
    """

    reason: str
    remedy: str
    detail: str = ""
    since: Day | None = None
    account: str = ""
    document: str = ""
    payer: PayerSaid | None = None
    name: str = ""
    title: str = ""
    button: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftRow:
    """A document that is not ready, or was not sent, and why."""

    account: str
    document: str
    who: str
    reason: str
    remedy: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """What is in the way on our side."""

    severity: str
    reason: str
    remedy: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightShown:
    """The latest look at what a window will send. `counts`: documents that are not ready, by reason."""

    window: str
    day: Day
    done: bool
    ready: int
    not_ready: int
    counts: tuple[tuple[str, int], ...] = ()
    lines: tuple[LeftRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowShown:
    """The latest window: documents at the operator by stage of domain/edo_fate, and what is left by reason."""

    window: str
    stages: tuple[tuple[str, int], ...] = ()
    left: int = 0
    counts: tuple[tuple[str, int], ...] = ()
    lines: tuple[LeftRow, ...] = ()
    at: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedRow:
    """A document that the client has not signed since that day."""

    account: str
    document: str
    who: str
    since: Day
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedShown:
    """The number of documents delivered and not signed, counted on that day, and the oldest of them."""

    total: int
    day: Day
    lines: tuple[UnsignedRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorPage:
    """The runs, a field for a client's id, and all that waits for a person. `more_people`: the list is longer."""

    frame: Frame
    runs: tuple[RunRow, ...]
    people: tuple[ForPersonRow, ...] = ()
    more_people: bool = False
    parked: tuple[ParkedRow, ...] = ()
    untaken: tuple[UntakenRow, ...] = ()
    preflight: PreflightShown | None = None
    window: WindowShown | None = None
    unsigned: UnsignedShown | None = None
    asked: str = ""
    wrong: tuple[str, ...] = ()
