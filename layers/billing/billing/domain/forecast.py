"""When the money runs out, by what was charged lately. Whole days, whole kopecks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from billing.domain.money import Kopecks
from billing.domain.periods import Day

WINDOW = 30  # days that are looked at, today not among them: its charges may still come
DAILY = 7  # a service charged on each of so many last days is a daily one; a younger one, on each since its first
FAR = 3_650  # days; beyond it nothing is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    day: Day
    service: str
    amount: Kopecks


def runs_out(balance: Kopecks, today: Day, charges: Iterable[Charged]) -> Day | None:
    """The first day whose charges the balance no longer covers; None when nothing is charged, or it is years away.

    A daily service goes on at its price of yesterday, everything else at its mean of the last thirty days. A balance
    that is gone already runs out today.
    """
    recent = [c for c in charges if today - timedelta(days=WINDOW) <= c.day < today]
    if not recent:
        return None
    if balance <= 0:
        return today
    days: dict[str, set[Day]] = {}
    for c in recent:
        days.setdefault(c.service, set()).add(c.day)
    yesterday = today - timedelta(days=1)
    daily = {service for service, charged in days.items() if _is_daily(charged, today)}
    a_day = sum(c.amount for c in recent if c.service in daily and c.day == yesterday)
    others = sum(c.amount for c in recent if c.service not in daily)
    left = balance * WINDOW // (others + a_day * WINDOW)
    return today + timedelta(days=left) if left <= FAR else None


def _is_daily(charged: set[Day], today: Day) -> bool:
    """Once is no habit."""
    lately = min(DAILY, (today - min(charged)).days)
    return lately > 1 and all(today - timedelta(days=n) in charged for n in range(1, lately + 1))
