"""Статистика использования: what came, what it was spent on and what is left, by month, day and service.

A month here is the period of the books: an entry that came after the close of its own month stands in the month that
was open then, on its first day. So days add up to months, and months to what the close has recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from billing.domain.ledger import Entry, moves_balance
from billing.domain.money import Kopecks
from billing.domain.periods import Day, Month

MONTHS_MAX = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSum:
    """What was charged for a service; `code` is the CRM's name of it, `quantity` in millionths of its unit."""

    code: str
    title: str
    amount: Kopecks
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthStatistics:
    """A month; all sums but `opening` and `closing` are positive.

    `closing` = `opening` + Σ `paid` − `charged` + `reversed` − `refunded` − `charged_back`. `paid` and `funded` are by
    class of money: what came, and what was spent of it. `acted`: the acts of the month; 0 while it is open.
    `services`: what was charged, largest first; empty when days were not asked for.
    """

    month: Month
    closed: bool
    opening: Kopecks
    closing: Kopecks
    paid: tuple[tuple[str, Kopecks], ...]
    charged: Kopecks
    reversed: Kopecks
    refunded: Kopecks
    charged_back: Kopecks
    funded: tuple[tuple[str, Kopecks], ...]
    acted: Kopecks
    services: tuple[ServiceSum, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayStatistics:
    """A day; `balance` is what it ended with. Every day of the stretch is there, those after today left out.

    `returned`: refunds and chargebacks.
    """

    day: Day
    paid: Kopecks
    charged: Kopecks
    returned: Kopecks
    reversed: Kopecks
    balance: Kopecks
    services: tuple[ServiceSum, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Of all the months; `paid` by class of money, the rest as in a month."""

    opening: Kopecks
    closing: Kopecks
    paid: tuple[tuple[str, Kopecks], ...]
    charged: Kopecks
    reversed: Kopecks
    refunded: Kopecks
    charged_back: Kopecks
    acted: Kopecks
    services: tuple[ServiceSum, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """`months` and `days` in order. `runs_out`: the day when the money ends, None when that is not in sight."""

    first: Month
    last: Month
    balance: Kopecks  # now
    months: tuple[MonthStatistics, ...]
    days: tuple[DayStatistics, ...]
    totals: Totals
    runs_out: Day | None = None


def month_statistics(
    month: Month,
    *,
    closed: bool,
    opening: Kopecks,
    turnover: Mapping[str, Kopecks],
    funded: Mapping[str, Kopecks],
    acted: Kopecks,
    entries: Iterable[Entry] = (),
) -> MonthStatistics:
    """A month from its sums as the books have them (charges negative); `entries`: its journal, for the services."""
    paid = {kind.partition(".")[2]: amount for kind, amount in turnover.items() if kind.startswith("payment.")}
    return MonthStatistics(
        month=month,
        closed=closed,
        opening=opening,
        closing=opening + sum(amount for kind, amount in turnover.items() if moves_balance(kind)),
        paid=tuple(sorted(paid.items())),
        charged=-turnover.get("charge", 0),
        reversed=turnover.get("reversal", 0),
        refunded=-turnover.get("refund", 0),
        charged_back=-turnover.get("chargeback", 0),
        funded=tuple(sorted((money, amount) for money, amount in funded.items() if amount)),
        acted=acted,
        services=services_of(entries),
    )


def services_of(entries: Iterable[Entry]) -> tuple[ServiceSum, ...]:
    """What was charged for each service, largest first."""
    sums: dict[tuple[str, str], tuple[Kopecks, int]] = {}
    for e in entries:
        if e.kind == "charge" and e.service:
            key = e.service.code, e.service.title
            amount, quantity = sums.get(key, (0, 0))
            sums[key] = amount - e.amount, quantity + e.quantity
    return _sorted(ServiceSum(code=c, title=t, amount=a, quantity=q) for (c, t), (a, q) in sums.items())


def _sorted(sums: Iterable[ServiceSum]) -> tuple[ServiceSum, ...]:
    return tuple(sorted(sums, key=lambda s: (-s.amount, s.code, s.title)))


def booked_on(entry: Entry) -> Day:
    """The day on which an entry stands in the statistics."""
    return max(entry.day, entry.period.first_day)


def day_statistics(entries: Iterable[Entry], first: Day, last: Day, opening: Kopecks) -> tuple[DayStatistics, ...]:
    """Each day from first to last. `entries`: all that are booked in it; `opening`: the balance before the first."""
    by_day: dict[Day, list[Entry]] = {}
    for e in entries:
        by_day.setdefault(booked_on(e), []).append(e)
    days, balance = [], opening
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        of_day = by_day.get(day, [])
        balance += sum(e.amount for e in of_day)
        days.append(
            DayStatistics(
                day=day,
                paid=_sum(of_day, "payment"),
                charged=-_sum(of_day, "charge"),
                returned=-_sum(of_day, "refund", "chargeback"),
                reversed=_sum(of_day, "reversal"),
                balance=balance,
                services=services_of(of_day),
            )
        )
    return tuple(days)


def _sum(entries: Iterable[Entry], *kinds: str) -> Kopecks:
    return sum(e.amount for e in entries if e.kind in kinds)


def totals_of(months: Sequence[MonthStatistics]) -> Totals:
    """Of neighbouring months in their order; of none nothing."""
    paid: dict[str, Kopecks] = {}
    services: dict[tuple[str, str], ServiceSum] = {}
    for m in months:
        for money, amount in m.paid:
            paid[money] = paid.get(money, 0) + amount
        for s in m.services:
            was = services.get((s.code, s.title))
            services[s.code, s.title] = ServiceSum(
                code=s.code,
                title=s.title,
                amount=s.amount + (was.amount if was else 0),
                quantity=s.quantity + (was.quantity if was else 0),
            )
    return Totals(
        opening=months[0].opening if months else 0,
        closing=months[-1].closing if months else 0,
        paid=tuple(sorted(paid.items())),
        charged=sum(m.charged for m in months),
        reversed=sum(m.reversed for m in months),
        refunded=sum(m.refunded for m in months),
        charged_back=sum(m.charged_back for m in months),
        acted=sum(m.acted for m in months),
        services=_sorted(services.values()),
    )
