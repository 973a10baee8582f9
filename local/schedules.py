"""When a schedule of EventBridge fires: `cron(…)` and `rate(…)` in its time zone.

Source: docs.aws.amazon.com, EventBridge Scheduler «Schedule types»: minutes hours day-of-month month day-of-week year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

YEARS = (1970, 2199)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True, slots=True)
class Cron:
    """The sets of an expression; a day fits if both the day of the month and of the week do (one of them is `?`)."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]

    def fits(self, day: date) -> bool:
        return (
            day.day in self.days
            and day.month in self.months
            and day.isoweekday() % 7 + 1 in self.weekdays
            and day.year in self.years
        )


@cache
def parse_cron(text: str) -> Cron:
    """`30 0 2 * ? *`.

    Raises:
        ValueError: not six fields, or a field outside of its range.
    """
    fields = text.split()
    if len(fields) != 6 or fields.count("?") != 1 or "?" not in (fields[2], fields[4]):
        raise ValueError(f"not a cron expression of EventBridge: {text!r}")
    minutes, hours, days, months, weekdays, years = fields
    return Cron(
        _field(minutes, 0, 59),
        _field(hours, 0, 23),
        _field(days, 1, 31),
        _field(months, 1, 12, _MONTHS),
        _field(weekdays, 1, 7, _DAYS),
        _field(years, *YEARS),
    )


def _field(text: str, low: int, high: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    found: set[int] = set()
    for part in text.upper().split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, last = low, high
        else:
            first_text, _, last_text = span.partition("-")
            first = _number(first_text, names)
            last = _number(last_text, names) if last_text else (high if step else first)
        if not low <= first <= last <= high:
            raise ValueError(f"{text!r} is not within {low}–{high}")
        found.update(range(first, last + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, names: tuple[str, ...]) -> int:
    return names.index(text) + 1 if text in names else int(text)


def next_after(expression: str, zone: str, moment: datetime) -> datetime:
    """The first time after the moment that the schedule fires, in UTC.

    Raises:
        ValueError: the expression is not understood, or never fires again.
    """
    tz = ZoneInfo(zone)
    if said := re.fullmatch(r"rate\(([1-9]\d*) (minute|hour|day)s?\)", expression):
        step = timedelta(**{f"{said[2]}s": int(said[1])})
        return datetime.fromtimestamp((moment.timestamp() // step.total_seconds() + 1) * step.total_seconds(), UTC)
    if not (said := re.fullmatch(r"cron\((.+)\)", expression)):
        raise ValueError(f"not a schedule expression: {expression!r}")
    cron, local = parse_cron(said[1]), moment.astimezone(tz)
    day = local.date()
    for _ in range(366 * 9):  # a leap day comes again within eight years
        if cron.fits(day):
            for hour in sorted(cron.hours):
                for minute in sorted(cron.minutes):
                    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=tz)
                    if at > moment:
                        return at.astimezone(UTC)
        day += timedelta(days=1)
    raise ValueError(f"{expression} does not fire again")
