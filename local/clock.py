"""A clock for the whole process that can be moved: handlers that ask for the time get this one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import time_machine

from local.schedules import next_after


class Clock:
    """The time of day as `datetime.now()` tells it, once it was set; it goes on from there."""

    def __init__(self) -> None:
        self._traveller: Any = None

    def now(self) -> datetime:
        return datetime.now(UTC)

    def set(self, to: datetime) -> None:
        self.stop()
        self._traveller = time_machine.travel(to.astimezone(UTC), tick=True)
        self._traveller.start()

    def stop(self) -> None:
        """Back to the real time."""
        if self._traveller:
            self._traveller.stop()
            self._traveller = None


def next_due(schedules: Mapping[str, Mapping[str, Any]], after: datetime) -> tuple[datetime, list[str]] | None:
    """The first moment after the given one when schedules fire, and which; None if there are none."""
    due: dict[datetime, list[str]] = {}
    for name, said in schedules.items():
        if said.get("State", "ENABLED") == "ENABLED":
            at = _next(said["ScheduleExpression"], said.get("ScheduleExpressionTimezone", "UTC"), after)
            due.setdefault(at, []).append(name)
    return min(((at, sorted(names)) for at, names in due.items()), default=None)


_known: dict[tuple[str, str], tuple[datetime, datetime]] = {}


def _next(expression: str, zone: str, after: datetime) -> datetime:
    """Compute the next firing once: whatever moment is asked for until it comes has the same answer."""
    since, at = _known.get((expression, zone), (after, after))
    if not since <= after < at:
        at = next_after(expression, zone, after)
        _known[expression, zone] = after, at
    return at
