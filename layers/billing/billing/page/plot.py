"""The plot of a balance and its charges, as numbers for an SVG: whole units, no float on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from billing.domain.money import Kopecks
from billing.domain.periods import Day, Month
from billing.domain.statistics import DayStatistics

WIDTH = 1_000  # across: a tenth of a percent each, so that it is as wide as there is room
HEIGHT = 340  # down: pixels
BALANCE = (36, 190)  # top and bottom of the upper part
CHARGES = (246, 318)  # and of the lower one
TICKS_MAX = 4
NAMED_MONTHS_MAX = 7  # more names would not fit on a phone


@dataclass(frozen=True, slots=True)
class Tick:
    y: int
    amount: Kopecks


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    y: int
    width: int
    height: int
    day: Day
    amount: Kopecks


@dataclass(frozen=True, slots=True)
class Dot:
    x: int
    y: int
    day: Day
    amount: Kopecks


@dataclass(frozen=True, slots=True)
class MonthMark:
    x: int
    month: Month
    named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """`line` and `area` are paths: the balance at the end of each day, and what lies between it and zero."""

    width: int
    height: int
    charges_top: int
    line: str
    area: str
    balance_ticks: tuple[Tick, ...]
    charge_ticks: tuple[Tick, ...]
    charges: tuple[Bar, ...]
    payments: tuple[Dot, ...]
    months: tuple[MonthMark, ...]
    lowest: Kopecks
    highest: Kopecks


def plot(days: Sequence[DayStatistics]) -> Plot:
    """The days from left to right, at least one of them."""
    lowest, highest = min(d.balance for d in days), max(d.balance for d in days)
    balance = _Scale(min(0, lowest), max(0, highest), *BALANCE)
    charges = _Scale(0, max(d.charged for d in days), *CHARGES, ticks_max=2)
    edges = [WIDTH * n // len(days) for n in range(len(days) + 1)]
    heights = [balance.y(d.balance) for d in days]
    steps = "".join(f"V{y}H{right}" for y, right in zip(heights, edges[1:], strict=True))
    return Plot(
        width=WIDTH,
        height=HEIGHT,
        charges_top=CHARGES[0],
        line=f"M0 {heights[0]}{steps}",
        area=f"M0 {balance.y(0)}{steps}V{balance.y(0)}Z",
        balance_ticks=balance.ticks(),
        charge_ticks=charges.ticks(),
        charges=tuple(
            Bar(left, charges.y(d.charged), right - left, charges.y(0) - charges.y(d.charged), d.day, d.charged)
            for d, left, right in zip(days, edges, edges[1:], strict=False)
            if d.charged > 0
        ),
        payments=tuple(
            Dot(left, y, d.day, d.paid) for d, left, y in zip(days, edges, heights, strict=False) if d.paid > 0
        ),
        months=_months(days, edges),
        lowest=lowest,
        highest=highest,
    )


def _months(days: Sequence[DayStatistics], edges: Sequence[int]) -> tuple[MonthMark, ...]:
    begun = [(x, Month.of(d.day)) for n, (d, x) in enumerate(zip(days, edges, strict=False)) if d.day.day == 1 or not n]
    every = -(-len(begun) // NAMED_MONTHS_MAX)
    return tuple(MonthMark(x, month, n % every == 0) for n, (x, month) in enumerate(begun))


class _Scale:
    """Sums on an axis that goes up, widened to round sums at both ends."""

    def __init__(self, low: Kopecks, high: Kopecks, top: int, bottom: int, *, ticks_max: int = TICKS_MAX) -> None:
        self._step = _round_step(max(high - low, 1), ticks_max)
        self._low = low // self._step * self._step
        self._high = max(-(-high // self._step) * self._step, self._low + self._step)
        self._top, self._bottom = top, bottom

    def y(self, amount: Kopecks) -> int:
        return self._bottom - (self._bottom - self._top) * (amount - self._low) // (self._high - self._low)

    def ticks(self) -> tuple[Tick, ...]:
        return tuple(Tick(self.y(n), n) for n in range(self._low, self._high + 1, self._step))


def _round_step(span: Kopecks, ticks_max: int) -> Kopecks:
    """1, 2 or 5 with zeros, in whole roubles: such that few lines cross the span."""
    step = 100
    while True:
        for nice in (1, 2, 5):
            if span <= step * nice * ticks_max:
                return step * nice
        step *= 10
