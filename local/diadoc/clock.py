"""A clock that can be moved, so that what Diadoc does «after a while» is done when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def wall_clock() -> datetime:
    """The moment now, aware, in UTC."""
    return datetime.now(UTC)


class Clock:
    """The stand-in's time: a source, and how far it was moved from it; or stopped at one moment."""

    def __init__(self, source: Callable[[], datetime] = wall_clock) -> None:
        self._source = source
        self._moved = timedelta()
        self._stopped_at: datetime | None = None

    def now(self) -> datetime:
        """The moment, aware."""
        return self._stopped_at if self._stopped_at is not None else self._source() + self._moved

    def advance(self, seconds: float) -> datetime:
        """Move forward, and answer the new moment."""
        if self._stopped_at is not None:
            self._stopped_at += timedelta(seconds=seconds)
        else:
            self._moved += timedelta(seconds=seconds)
        return self.now()

    def stop_at(self, moment: datetime) -> None:
        """Stand still at this moment: time now passes only by `advance`."""
        self._stopped_at = moment.astimezone(UTC)

    def run(self) -> None:
        """Tick again by the source, from its own moment."""
        self._stopped_at = None
        self._moved = timedelta()

    def place(self) -> tuple[timedelta, datetime | None]:
        """How far it was moved, and where it stands when it is stopped."""
        return self._moved, self._stopped_at

    def put(self, moved: timedelta, stopped_at: datetime | None) -> None:
        """Put it back to a place it once had."""
        self._moved, self._stopped_at = moved, stopped_at
