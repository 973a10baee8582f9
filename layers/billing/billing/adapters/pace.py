"""Pace one worker of several, so that all of them together keep within the sending rate of the mail service."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable

from billing.ports import AwayError

RATE = 14.0  # letters a second until the mail service has said its own: what an account has outside of the sandbox
RATE_KNOWN_S = 600.0
WAIT_MAX_S = 2.0  # ten such pauses fit the life of a function; a longer one is waited for in the queue
SOON_S = 5


class Pace:
    """One worker's share of the rate: each of `workers` sends a letter every `workers / rate` seconds.

    It lives as long as its process does, and so does what it knows of a mail service that is shut.
    """

    def __init__(
        self,
        *,
        workers: int = 1,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._workers, self._clock, self._sleep = workers, clock, sleep
        self._every = workers / RATE
        self._next = self._shut_until = -math.inf
        self._asked_at = -math.inf

    def wants_rate(self) -> bool:
        """Return whether it is time to ask the mail service for its rate. Note the attempt, whatever comes of it."""
        wants = self._clock() >= self._asked_at + RATE_KNOWN_S
        if wants:
            self._asked_at = self._clock()
        return wants

    def rate(self, letters_a_second: float) -> None:
        if letters_a_second > 0:
            self._every = self._workers / letters_a_second

    def await_turn(self) -> None:
        """Return when the next letter may go.

        Raises:
            AwayError: the mail service is shut, or the pause is long.
        """
        now = self._clock()
        if now < self._shut_until:
            raise AwayError("the mail service takes nothing", seconds=math.ceil(self._shut_until - now))
        wait = self._next - now
        if wait > WAIT_MAX_S:
            raise AwayError("the mail service is slower than its workers", seconds=math.ceil(wait))
        if wait > 0:
            self._sleep(wait)
        self._next = max(now, self._next) + self._every

    def shut(self, seconds: int) -> None:
        """Note that the mail service takes nothing for so long."""
        self._shut_until = self._clock() + seconds

    def soon(self) -> int:
        """Return in how many seconds to retry a letter that came too fast, at random, so that not all come at once."""
        return random.randint(1, SOON_S)  # noqa: S311 - nothing secret about it
