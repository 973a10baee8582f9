"""Statistics of an account, from its closed months and its journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from billing import records
from billing.domain.errors import InvalidInputError
from billing.domain.forecast import WINDOW, Charged, runs_out
from billing.domain.ledger import Account, Entry, moves_balance
from billing.domain.money import Kopecks
from billing.domain.periods import Day, Month
from billing.domain.statistics import (
    MONTHS_MAX,
    DayStatistics,
    MonthStatistics,
    Statistics,
    booked_on,
    day_statistics,
    month_statistics,
    totals_of,
)
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.ports import Outside, Store
from billing.usecases.period_entries import account_now, entries_of_periods


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyLeft:
    """The balance now, and the day when it runs out; None when that is not in sight."""

    balance: Kopecks
    runs_out: Day | None


def statistics_of(
    account: str, first: Month, last: Month, outside: Outside, *, today: Day, days: bool = True
) -> Statistics:
    """The months first..last, those before the account began and after today left out.

    Without `days` the journal is not read: no days, no services and no forecast, and a few reads whatever the account.
    The forecast is there when the month of today is.

    Raises:
        NotFoundError: there is no such account.
        InvalidInputError: more than 13 months, or the last before the first.
    """
    if not first <= last < first.plus(MONTHS_MAX):
        raise InvalidInputError(trouble(Cause.MONTHS_TOO_MANY, n=MONTHS_MAX))
    store, now = outside.store, Month.of(today)
    books = account_now(store, account)
    end = min(last, max([now, *(period for period, _ in books.turnover)]))
    entries: list[Entry] = []
    if days and first <= end:
        begin = min(first, Month.of(today - timedelta(days=WINDOW))) if last >= now else first
        entries = entries_of_periods(store, account, begin, end, open=books.open, seq=books.seq)
    months = _months(store, books, first, end, entries)
    return Statistics(
        first=first,
        last=last,
        balance=books.balance,
        months=months,
        days=_days(months, entries, today) if days else (),
        totals=totals_of(months),
        runs_out=runs_out(books.balance, today, _charges(entries)) if days and last >= now else None,
    )


def money_left(account: str, outside: Outside, *, today: Day) -> MoneyLeft:
    """The balance and the forecast alone: of the journal only the last months are read.

    Raises:
        NotFoundError: there is no such account.
    """
    books = account_now(outside.store, account)
    begin, end = Month.of(today - timedelta(days=WINDOW)), Month.of(today).next
    entries = entries_of_periods(outside.store, account, begin, end, open=books.open, seq=books.seq)
    return MoneyLeft(balance=books.balance, runs_out=runs_out(books.balance, today, _charges(entries)))


def _months(
    store: Store, books: Account, first: Month, end: Month, entries: Sequence[Entry]
) -> tuple[MonthStatistics, ...]:
    months: list[MonthStatistics] = []
    month = first
    while month <= end:
        of_month = [e for e in entries if e.period == month]
        if month < books.open:
            if period := store.get("documents", books.id, records.period_key(month)):
                p = records.period_of(period.row)
                months.append(
                    month_statistics(
                        month,
                        closed=True,
                        opening=p.opening,
                        turnover=dict(p.turnover),
                        funded=dict(p.funded),
                        acted=p.acted,
                        entries=of_month,
                    )
                )
        else:
            months.append(_open_month(books, month, months[-1].closing if months else None, of_month))
        month = month.next
    return tuple(months)


def _open_month(books: Account, month: Month, opening: Kopecks | None, entries: Iterable[Entry]) -> MonthStatistics:
    funded: dict[str, Kopecks] = {}
    for fund, s in books.funds.items():
        if fund.period == month:
            funded[fund.money.value] = funded.get(fund.money.value, 0) + s.amount
    before = sum(
        amount
        for (period, kind), amount in books.turnover.items()
        if books.open <= period < month and moves_balance(kind)
    )
    return month_statistics(
        month,
        closed=False,
        opening=books.opening + before if opening is None else opening,
        turnover={kind: amount for (period, kind), amount in books.turnover.items() if period == month},
        funded=funded,
        acted=0,
        entries=entries,
    )


def _days(months: Sequence[MonthStatistics], entries: Iterable[Entry], today: Day) -> tuple[DayStatistics, ...]:
    if not months:
        return ()
    first, last = months[0].month.first_day, months[-1].month.last_day
    told = [e for e in entries if first <= booked_on(e)]
    until = min(last, max([today, *(booked_on(e) for e in told)])) if not months[-1].closed else last
    return day_statistics(told, first, until, months[0].opening)


def _charges(entries: Iterable[Entry]) -> list[Charged]:
    return [Charged(day=e.day, service=e.service.code, amount=-e.amount) for e in entries if e.service]
