"""The state with its clock: the one thing every endpoint is given."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from local.diadoc.clock import Clock
from local.diadoc.http_shapes import Refusal, Request
from local.diadoc.identifiers import box_guid, guid_from, moment_of, ticks_of
from local.diadoc.message_records import Message
from local.diadoc.records import Job, Organization, State, User
from local.diadoc.signatures import SigningAuthority

_DENIED = "Access to Box is denied. Request to admins of Box was created. Please try again later"
_MOSCOW = ZoneInfo("Europe/Moscow")
_TICKS_A_SECOND = 10_000_000


class World:
    """State, clock, and the questions that many endpoints ask. Used under one lock."""

    def __init__(self, state: State, clock: Clock) -> None:
        self.state = state
        self.clock = clock
        self.authority = SigningAuthority(state.seed)
        self._moment: int | None = None

    @property
    def ticks(self) -> int:
        """Now, in ticks; while a job is done, the moment it was due."""
        return self._moment if self._moment is not None else ticks_of(self.clock.now())

    @property
    def moscow_now(self) -> datetime:
        """Now, by the clock that documents are dated by."""
        return moment_of(self.ticks).astimezone(_MOSCOW)

    @contextmanager
    def at(self, ticks: int) -> Iterator[None]:
        """Within, it is this moment."""
        self._moment = ticks
        try:
            yield
        finally:
            self._moment = None

    def number(self, kind: str) -> int:
        """The next number of its kind, from 1."""
        number = self.state.numbers.get(kind, 0) + 1
        self.state.numbers[kind] = number
        return number

    def new_id(self, kind: str) -> str:
        """The next GUID of its kind."""
        return guid_from(self.state.seed, kind, self.number(kind))

    def later(self, seconds: float, kind: str, *arguments: str) -> None:
        """Put a job off; jobs of the same moment are done in the order they were put."""
        due = self.ticks + int(seconds * _TICKS_A_SECOND)
        job = Job(due=due, number=self.number("job"), kind=kind, arguments=list(arguments))
        heapq.heappush(self.state.jobs, job)

    def due_job(self) -> Job | None:
        """Take the next job whose moment has come, None when there is none."""
        if not self.state.jobs or self.state.jobs[0].due > self.ticks:
            return None
        return heapq.heappop(self.state.jobs)

    def user(self, request: Request) -> User:
        """The user the token was given to."""
        return self.state.users[request.user]

    def organization(self, spelling: str) -> Organization:
        """The organisation of a box in either spelling.

        Raises:
            Refusal: 400, it is no box id; 404, there is no such box. Source: facts 3.5, 5.1.
        """
        guid = box_guid(spelling)
        if guid is None:
            raise Refusal(400, f"Incorrect box id: {spelling}")
        found = self.state.organizations.get(guid)
        if found is None:
            raise Refusal(404, f"Box {guid} is not found")
        return found

    def my_box(self, request: Request, spelling: str) -> str:
        """The GUID of a box the caller may act for.

        Raises:
            Refusal: 404, there is none; 403, it is another's; 402, its subscription ended. Source: facts 3.5, 10.13.
        """
        mine = self.organization(spelling)
        if mine.box_id not in self.user(request).boxes:
            raise Refusal(403, _DENIED)
        if not mine.may_use_api:
            raise Refusal(402, "Subscription to the API has expired")
        return mine.box_id

    def message(self, box: str, message_id: str) -> Message:
        """A message this box can see: its own, or one that was delivered to it.

        Raises:
            Refusal: 404, it can't be seen.
        """
        found = self.state.messages.get(message_id.lower())
        if found is not None and (found.from_box == box or (found.to_box == box and found.delivered)):
            return found
        raise Refusal(404, f"Message {message_id} is not found in box {box}")
