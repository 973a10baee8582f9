"""When the EDO's jobs run, which documents are due in a window, and what would keep them from going out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.errors import InvalidInputError
from billing.domain.periods import Month


class Schedule(StrEnum):
    """VAT payers must send monthly: a счёт-фактура is due within five days. Source: НК РФ ст. 168 п. 3."""

    QUARTERLY = "quarterly"
    MONTHLY = "monthly"


class Scope(StrEnum):
    ALL = "all"
    BANK = "bank"  # acts with money that came by bank transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingSettings:
    """Days are of a month, both inclusive. `kinds`: what goes besides acts.

    `schedule` None: monthly while the company charges VAT, quarterly otherwise. `vat`: from which days it does or does
    not, as its card says.
    """

    schedule: Schedule | None = None
    vat: tuple[tuple[date, bool], ...] = ()
    scope: Scope = Scope.ALL
    kinds: frozenset[DocumentKind] = frozenset({DocumentKind.CONTRACT})
    send_first: int = 1
    send_last: int = 5
    invite_first: int = 20
    invite_last: int = 25
    preflight_day: int = 25
    warn_days: int = 30  # before a certificate or a power of attorney lapses
    remind_unsigned: tuple[int, ...] = (10, 20)  # days after its delivery on which the client is reminded to sign


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter; its text is `2026-Q1`."""

    year: int
    number: int

    @classmethod
    def of(cls, month: Month) -> Quarter:
        return cls(month.year, (month.number + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Raises:
        InvalidInputError: it is no such quarter.
        """
        year, _, number = text.partition("-Q")
        if not (len(year) == 4 and year.isascii() and year.isdigit() and number in ("1", "2", "3", "4")):
            raise InvalidInputError(f"not a quarter (YYYY-Qn): {text[:20]!r}")
        return cls(int(year), int(number))

    def __str__(self) -> str:
        return f"{self.year:04}-Q{self.number}"

    @property
    def months(self) -> tuple[Month, Month, Month]:
        first = Month(self.year, self.number * 3 - 2)
        return first, first.plus(1), first.plus(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of days on which documents of some months of service are sent; both days inclusive."""

    first_day: date
    last_day: date
    months: tuple[Month, ...]

    @property
    def last_month(self) -> Month:
        return self.months[-1]

    @property
    def closed_by(self) -> date:
        """Return the day on whose morning the last month is closed: the night from the 1st to the 2nd."""
        return self.last_month.next.first_day.replace(day=2)

    def holds(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    @property
    def key(self) -> str:
        """«2026-Q1» or «2026-02»: what the runs of the window are filed under."""
        return str(Quarter.of(self.last_month)) if len(self.months) == 3 else str(self.last_month)


def may_invite(day: date, settings: SendingSettings) -> bool:
    """Whether the campaign of invitations runs on that Moscow day. Source: help page: the 20th to the 25th."""
    return settings.invite_first <= day.day <= settings.invite_last


def sending_window(day: date, settings: SendingSettings) -> Window | None:
    """The window that is open on that Moscow day. Source: help page: the 1st to the 5th after a quarter."""
    window = _window_of(Month.of(day), settings)
    return window if window and window.holds(day) else None


def next_window(day: date, settings: SendingSettings) -> Window:
    """The window that is open on that day, or the next one."""
    month = Month.of(day)
    while True:
        window = _window_of(month, settings)
        if window and day <= window.last_day:
            return window
        month = month.next


def last_window(day: date, settings: SendingSettings) -> Window | None:
    """Return the window open on that day, or the latest one before it: what is left of that still goes."""
    windows = (_window_of(Month.of(day).plus(-n), settings) for n in range(12))
    return next((window for window in windows if window and window.first_day <= day), None)


def _window_of(month: Month, settings: SendingSettings) -> Window | None:
    """The window in that month, for the month or the quarter before it."""
    before = month.previous
    if schedule_for(before, settings) is Schedule.MONTHLY:
        months: tuple[Month, ...] = (before,)
    elif before.number % 3 == 0:
        months = Quarter.of(before).months
    else:
        return None
    first = month.first_day
    return Window(
        first_day=first.replace(day=settings.send_first), last_day=first.replace(day=settings.send_last), months=months
    )


def schedule_for(month: Month, settings: SendingSettings) -> Schedule:
    """Return the schedule for documents of that month of service."""
    if settings.schedule:
        return settings.schedule
    return Schedule.MONTHLY if charges_vat(month, settings) else Schedule.QUARTERLY


def charges_vat(month: Month, settings: SendingSettings) -> bool:
    """Return whether the company charges VAT at the end of that month."""
    begun = [record for record in settings.vat if record[0] <= month.last_day]
    return bool(begun) and max(begun)[1]


def breaks_five_days(window: Window, settings: SendingSettings) -> bool:
    """Return whether the company's own setting makes the window's счета-фактуры late. Source: НК РФ ст. 168 п. 3."""
    quarterly = schedule_for(window.last_month, settings) is Schedule.QUARTERLY
    return quarterly and any(charges_vat(month, settings) for month in window.months)


def is_preflight_day(day: date, settings: SendingSettings) -> bool:
    """On a day of the last month of service before the window, and on every day of the window."""
    window = next_window(day, settings)
    ahead = Month.of(day) == window.last_month and day.day == settings.preflight_day
    return ahead or window.holds(day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sendable:
    """A document as far as sending is concerned.

    `month` is that of service, never the month of the document's date; of a contract, that of the window that finds it.
    """

    id: str
    account: str
    kind: DocumentKind
    month: Month
    status: DocumentStatus = DocumentStatus.READY
    classes: frozenset[str] = frozenset()


def due_documents(
    window: Window, documents: Iterable[Sendable], *, closed: Collection[tuple[str, Month]], settings: SendingSettings
) -> tuple[Sendable, ...]:
    """What goes out in the window: ready, of its months of service or of earlier ones that were missed.

    `closed`: accounts and months whose close is complete. An account whose last month of the window is open sends
    nothing yet, so that the quarter goes out whole. Contracts come first for each account, then by month.
    """
    closed = frozenset(closed)
    due = [
        document
        for document in documents
        if document.status is DocumentStatus.READY
        and document.month <= window.last_month
        and (document.account, window.last_month) in closed
        and _goes_out(document, settings)
    ]
    return tuple(sorted(due, key=lambda d: (d.account, d.kind is not DocumentKind.CONTRACT, d.month, d.id)))


def _goes_out(document: Sendable, settings: SendingSettings) -> bool:
    if document.kind is DocumentKind.ACT:
        return settings.scope is Scope.ALL or "BANK" in document.classes
    return document.kind in settings.kinds
