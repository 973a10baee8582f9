"""When the money runs out, by what was charged lately. Whole days, whole kopecks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from billing.domain.money import Kopecks
from billing.domain.periods import Day

WINDOW = 30  # days that are looked at, today not among them: its charges may still come
DAILY = 7  # a service charged on each of so many last days is a daily one
FAR = 3_650  # days; beyond it nothing is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    day: Day
    service: str
    amount: Kopecks


def runs_out(balance: Kopecks, today: Day, charges: Iterable[Charged]) -> Day | None:
    """The first day whose charges the balance no longer covers; None when nothing is charged, or it is years away.

    A daily service goes on at its price of the last day; everything else at its mean since the first charge of the
    last thirty days. A balance that is gone already runs out today.
    """
    recent = [c for c in charges if today - timedelta(days=WINDOW) <= c.day < today]
    if not recent:
        return None
    if balance <= 0:
        return today
    span = (today - min(c.day for c in recent)).days
    days: dict[str, set[Day]] = {}
    for c in recent:
        days.setdefault(c.service, set()).add(c.day)
    last = [today - timedelta(days=n) for n in range(1, DAILY + 1)]
    daily = {service for service, of in days.items() if of.issuperset(last)}
    a_day = sum(c.amount for c in recent if c.service in daily and c.day == last[0])
    others = sum(c.amount for c in recent if c.service not in daily)
    left = balance * span // (others + a_day * span)
    return today + timedelta(days=left) if left <= FAR else None
