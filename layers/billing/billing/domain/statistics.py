"""Статистика использования: what came, what it was spent on and what is left, by month, day and service.

A month here is the period of the books: an entry that came after the close of its own month stands in the month that
was open then, on its first day. So days add up to months, and months to what the close has recorded.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    """A day; `balance` is what it ended with. Every day of the stretch is there, up to today in the open month."""

    day: Day
    paid: Kopecks
    charged: Kopecks
    returned: Kopecks  # refunds and chargebacks
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
