"""How we ask Diadoc: one call at a time that is paced, repeated where that is safe, and never waited on for long."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeAlias

import httpx

from billing.adapters.diadoc.errors import PASSING, refusal, retry_after_s, said
from billing.adapters.diadoc.settings import DiadocSettings
from billing.adapters.troubles import Trouble
from billing.ports_edo import AwayError, BusyError, LostAnswerError, OddAnswerError, Said, StillRunningError

Json: TypeAlias = Any
Note: TypeAlias = Callable[[str, Mapping[str, str]], None]   # a fact for metrics and the log: its name and keys

JSON = "application/json; charset=utf-8"
XML = "application/xml"
BYTES = "application/octet-stream"

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Login(Protocol):
    """Whose calls they are."""

    def header(self) -> str:
        """The value of the header Authorization."""
        ...

    def renew(self, refused: str) -> None:
        """A header other than the refused one will be given from now on."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One question. `repeatable`: asking twice does no more than asking once. `changes`: it has an effect over there.

    `ours`: it concerns our own box alone. `none_is_answer`: 204 says that there is nothing, not that it is not ready.
    """

    method: Literal["GET", "POST"]
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    json: Json = None
    body: bytes | None = None
    content_type: str = BYTES
    expects: Literal["json", "bytes"] = "json"
    repeatable: bool = True
    changes: bool = False
    ours: bool = False
    none_is_answer: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold a success: the body as JSON (None when there is none) and as bytes. `wait_s` is its Retry-After, if any."""

    json: Json
    body: bytes
    headers: httpx.Headers
    wait_s: int | None = None


class Clock(Protocol):
    """Time, so that tests need none: the moment, seconds that only grow, a pause, a number in [0, 1)."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...
    def random(self) -> float: ...


class SystemClock:
    """The real one."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def random(self) -> float:
        return random.random()  # noqa: S311 (jitter is no secret)


class Pace:
    """At most so many calls a second, after a burst; callers wait their turn."""

    def __init__(self, clock: Clock, *, rps: float, burst: int) -> None:
        self._clock, self._interval, self._burst = clock, 1 / rps, burst
        self._lock = threading.Lock()
        self._next = float("-inf")   # when the next call would be on time without any burst

    def wait(self) -> None:
        with self._lock:
            now = self._clock.monotonic()
            turn = max(self._next, now - (self._burst - 1) * self._interval)
            self._next = turn + self._interval
        if turn > now:
            self._clock.sleep(turn - now)


class Http:
    """Asks, with the login's header. Safe to share between threads."""

    def __init__(self, client: httpx.Client, login: Login, settings: DiadocSettings, *, clock: Clock,
                 note: Note) -> None:
        self._client, self._login, self._clock, self._note = client, login, clock, note
        self._base, self._solution, self._settings = settings.base_url.rstrip("/"), settings.solution, settings.http
        self._timeout = httpx.Timeout(self._settings.read_s, connect=self._settings.connect_s)
        self._pace = Pace(clock, rps=self._settings.rps, burst=self._settings.burst)
        self._slots = threading.BoundedSemaphore(self._settings.concurrency)
        self._sunsets: set[str] = set()

    def ask(self, call: Call) -> Answer:
        """The answer, after as many repeats as are safe and short.

        Raises:
            StillRunningError: not finished yet; the same call again later.
            LostAnswerError: nobody knows whether it had its effect.
            AwayError: Diadoc is not to be reached, or wants fewer calls.
            OddAnswerError: what was asked is answered by something that cannot be read.
            BusyError: it had no effect, come back later.
            EdoError: another answer, by its status (`errors.refusal`).
        """
        renewed, attempt = False, 0
        while True:
            attempt += 1
            header = self._login.header()
            try:
                response = self._once(call, header)
                if response.status_code == 401 and not renewed:
                    renewed, attempt = True, attempt - 1
                    self._login.renew(header)
                    continue
                return self._read(call, response)
            except _Passing as passing:
                self._pause(call, passing, attempt)

    def _once(self, call: Call, header: str) -> httpx.Response:
        body = json.dumps(call.json, ensure_ascii=False).encode() if call.json is not None else call.body
        headers = {"Authorization": header, "Accept": "application/json" if call.expects == "json" else "*/*"}
        if body is not None:
            headers["Content-Type"] = JSON if call.json is not None else call.content_type
        if self._solution:
            headers["X-Solution-Info"] = self._solution
        self._pace.wait()
        try:
            with self._slots:
                response = self._client.request(call.method, self._base + call.path, params=dict(call.query),
                                                content=body, headers=headers, timeout=self._timeout,
                                                follow_redirects=False)
        except _NOT_SENT as error:
            raise _Passing(AwayError(Trouble.UNREACHABLE, Said(path=call.path)), None) from error
        except httpx.TransportError as error:
            raise _Passing(LostAnswerError(Trouble.NO_ANSWER, Said(path=call.path)), None) from error
        self._watch(call, response)
        return response

    def _watch(self, call: Call, response: httpx.Response) -> None:
        for name in ("Sunset", "Deprecation"):
            value = response.headers.get(name, "")
            if value and f"{call.path} {name} {value}" not in self._sunsets:
                self._sunsets.add(f"{call.path} {name} {value}")
                self._note(f"diadoc_{name.lower()}", {"path": call.path, "value": value[:100],
                                                      "link": response.headers.get("Link", "")[:200]})

    def _read(self, call: Call, response: httpx.Response) -> Answer:
        wait_s = retry_after_s(response, self._clock.now())
        running_s = self._settings.poll_s if wait_s is None else wait_s
        if response.status_code in PASSING:
            kind = AwayError if response.status_code == 429 else LostAnswerError
            raise _Passing(kind(Trouble.BUSY, said(response), retry_after_s=running_s), wait_s)
        if not response.is_success:
            raise refusal(response, ours=call.ours, retry_s=running_s)
        if response.status_code == 204 and call.none_is_answer:
            return Answer(None, b"", response.headers)
        if response.status_code == 204 or (wait_s is not None and not response.content):
            raise StillRunningError(Trouble.STILL_RUNNING, said(response), retry_after_s=running_s)
        if call.expects == "bytes":
            return Answer(None, response.content, response.headers)
        try:
            value = json.loads(response.content, parse_float=Decimal)
            return Answer(value, response.content, response.headers, wait_s)
        except ValueError as error:
            unread = LostAnswerError if call.changes else OddAnswerError
            raise _Passing(unread(Trouble.UNREADABLE, said(response)), wait_s) from error

    def _pause(self, call: Call, passing: _Passing, attempt: int) -> None:
        """Sleep before the next attempt, or give up with the error."""
        error, s = passing.error, self._settings
        lost = isinstance(error, LostAnswerError)
        if lost and not call.changes:   # a question has no effect to be lost
            error = BusyError(str(error), error.said, retry_after_s=error.retry_after_s)
        backoff = min(s.backoff_max_s, s.backoff_s * 2 ** (attempt - 1)) * (1 + self._clock.random()) / 2
        pause = backoff if passing.wait_s is None else passing.wait_s + self._clock.random()
        if attempt >= s.attempts or pause > s.sleep_max_s or (lost and not call.repeatable):
            raise error from passing
        self._note("diadoc_retry", {"path": call.path, "status": str(error.said.status)})
        self._clock.sleep(pause)


class _Passing(Exception):
    """Something that may be gone at the next attempt."""

    def __init__(self, error: BusyError, wait_s: int | None) -> None:
        super().__init__(str(error))
        self.error, self.wait_s = error, wait_s
