"""Keep the lease and the hints of a sweep: one sweep at a time, and hints only where none can be on its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from billing.domain.errors import UnavailableError
from billing.domain.periods import utc_text
from billing.ports import ABSENT, Outside, StaleError, Stored, Write

PATIENCE = timedelta(minutes=5)  # a hint younger than this is not repeated; longer than a queue takes to count itself
NO_END = 1_000_000_000
TOGETHER = 100  # hints that are sent at a time
PLACE = ("sweep", "lease")  # in control


class ElsewhereError(Exception):
    """Another sweep is at work."""


class Lease:
    """The right to sweep until a moment, taken before the first change: looking needs none.

    It also stores what the next sweep has to know: where time was up, and when each queue was last hinted at.
    """

    def __init__(self, outside: Outside, until: datetime) -> None:
        self._outside, self._until = outside, until
        self._held: Stored | None = None
        before = outside.store.get("control", *PLACE)
        row: Mapping[str, Any] = before.row if before else {}
        if row.get("until", "") > utc_text(outside.clock()):
            raise ElsewhereError
        self._version = before.version if before else ABSENT
        self.shard, self.after = row.get("place", ["", ""])
        self.hinted: dict[str, str] = dict(row.get("hinted", {}))

    def hold(self) -> None:
        """Take the lease.

        Raises:
            ElsewhereError: another sweep was faster.
        """
        if self._held:
            return
        try:
            self._held = self._written(utc_text(self._until))
        except StaleError as error:
            raise ElsewhereError from error

    def give_back(self) -> None:
        """Release the lease. Otherwise it expires at its moment."""
        if self._held:
            with suppress(StaleError, UnavailableError):
                self._written("")

    def _written(self, until: str) -> Stored:
        row = {
            "until": until,
            "place": [self.shard, self.after],
            "hinted": self.hinted,
            "summary": f"обход: занят до {until}" if until else "обход: окончен",
        }
        self._outside.store.tx([Write("control", *PLACE, row, self._version)])
        self._version += 1
        return Stored(*PLACE, row, self._version)


class Hints:
    """The hints of one sweep. A queue that is not empty gets none: what is due lies there, or is being worked on.

    So a backlog of a whole night costs a sweep no more than a look, and a lost hint is repeated when its queue has run
    empty.
    """

    def __init__(self, outside: Outside, lease: Lease) -> None:
        self._outside, self._lease = outside, lease
        self._room: dict[str, int] = {}
        self._collected: list[Mapping[str, Any]] = []
        self.count = 0

    def room(self, queue: str) -> int:
        """Return how many more hints the queue may get now; for letters, no more than the mail service takes."""
        if queue not in self._room:
            self._room[queue] = self._first_room(queue)
        return self._room[queue]

    def _first_room(self, queue: str) -> int:
        last = self._lease.hinted.get(queue)
        if last and self._outside.clock() - datetime.fromisoformat(last) < PATIENCE:
            return 0
        if self._outside.queue.waiting(queue):
            return 0
        if queue != "send-letter":
            return NO_END
        try:
            room = self._outside.mailer.room()
        except UnavailableError:
            return 0
        if not room:
            self._outside.metrics.count("LettersHeldUp")
        return room

    def used(self, queue: str) -> None:
        """Note that the queue is being hinted at."""
        self._lease.hinted[queue] = utc_text(self._outside.clock())
        self._lease.hold()

    def add_letters(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Add hints to send letters, which go out in batches."""
        self._collected += messages
        self._room["send-letter"] = max(0, self.room("send-letter") - len(messages))
        self.count += len(messages)
        if len(self._collected) >= TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Send the hints collected so far."""
        if self._collected:
            self.used("send-letter")
            together, self._collected = self._collected, []
            self._outside.queue.send("send-letter", together)
