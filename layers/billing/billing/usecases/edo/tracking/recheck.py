"""The nightly look at our documents at the operator, for whatever the feed of events did not tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from billing.domain.edo_fate import FAILED, advance
from billing.domain.edo_policy import EdoPolicy
from billing.domain.edo_sending import sending_window
from billing.domain.periods import moscow_day
from billing.ports import ABSENT, Outside, Stored
from billing.ports_edo import BadDocumentError, BusyError, EdoOutside
from billing.records_edo import DUE_SHARDS, OPEN_SHARDS
from billing.usecases.edo.cursors import next_page, place_of, put_place
from billing.usecases.edo.one_of_many import one_of_many
from billing.usecases.edo.tracking.statuses import document_row, read_or_pass_over, state_of

LOOK = "look"
LOST_DAYS = 3  # after a window, in which the answers to its sendings are looked for
PAGE = 100


@dataclass(slots=True)
class Look:
    """How a look went: documents that `moved`; `ended`: all of it was looked at. `told`: ids in the operator's list."""

    moved: int = 0
    ended: bool = False
    told: set[str] = field(default_factory=set)


class _TimeIsUpError(Exception):
    """The rest is for the next run."""


def look_is_under_way(outside: Outside) -> bool:
    """Whether a look was begun and cut off."""
    stored = place_of(LOOK, outside)
    return bool(stored and stored.row["step"])


def look(outside: Outside, edo: EdoOutside, policy: EdoPolicy, *, until: datetime) -> Look:
    """Every document of ours that is not over stands where the operator has it; goes on from where it was cut off.

    First the operator's list of unfinished documents is compared with our rows, a hundred in a call. Then our rows that
    are not over and are not in that list are read one by one. Then, in and after a window, documents that were on their
    way and of which no answer came back are looked for by our own id.
    """
    found, eyes = Look(), _Eyes(outside, edo, until)
    steps = {"unfinished": eyes.unfinished, "open": eyes.open, "lost": eyes.lost}
    if not _window_is_near(outside, policy):
        del steps["lost"]
    following = dict(zip(steps, [*list(steps)[1:], ""], strict=True))
    place = _place(outside)
    try:
        while step := place.row["step"]:
            cursor = steps[step](place.row["cursor"], found) if step in steps else ""
            row = {"step": step if cursor else following.get(step, ""), "cursor": cursor}
            place = put_place(LOOK, row, place.version, outside)
    except (BusyError, _TimeIsUpError):
        pass
    found.ended = not place.row["step"]
    return found


def _window_is_near(outside: Outside, policy: EdoPolicy) -> bool:
    today = moscow_day(outside.clock())
    return any(sending_window(today - timedelta(days=n), policy.sending) for n in range(LOST_DAYS + 1))


def _place(outside: Outside) -> Stored:
    stored = place_of(LOOK, outside)
    if stored and stored.row["step"]:
        return stored
    row = {"step": "unfinished", "cursor": ""}
    return put_place(LOOK, row, stored.version if stored else ABSENT, outside)


@dataclass(frozen=True, slots=True)
class _Eyes:
    """The steps of a look, a page at a time: each answers the cursor of its next page, empty after the last."""

    outside: Outside
    edo: EdoOutside
    until: datetime

    def unfinished(self, cursor: str, found: Look) -> str:
        try:
            page, cursor = self.edo.edo.unfinished(cursor)
        except BadDocumentError:  # a cursor of long ago
            page, cursor = self.edo.edo.unfinished()
        for tracked in page:
            if not (stored := document_row(tracked.custom_id, self.outside)):
                continue
            found.told.add(tracked.custom_id)
            fate = state_of(stored).fate
            if advance(fate, tracked.news) != fate:
                self._read([tracked.news.message], found)
        return cursor

    def open(self, cursor: str, found: Look) -> str:
        page, cursor = next_page(OPEN_SHARDS, cursor, self.outside, limit=PAGE)
        for work in page:
            custom_id = f"{work.row['account']}/{work.row['document']}"
            stored = document_row(custom_id, self.outside)
            fate = state_of(stored).fate if stored else None
            if fate and fate.message and fate.stage not in FAILED and custom_id not in found.told:
                self._read([fate.message], found)
        return cursor

    def lost(self, cursor: str, found: Look) -> str:
        page, cursor = next_page(DUE_SHARDS, cursor, self.outside, limit=PAGE)
        for work in page:
            custom_id = f"{work.row['account']}/{work.row['document']}"
            stored = document_row(custom_id, self.outside)
            state = state_of(stored) if stored else None
            if state and state.operation and not state.fate.message:
                messages: set[str] = set()
                with one_of_many(self.outside, self.edo):
                    messages = {tracked.news.message for tracked in self.edo.edo.by_custom_id(custom_id)}
                self._read(messages, found)
        return cursor

    def _read(self, messages: Iterable[str], found: Look) -> None:
        for message in sorted(messages):
            if self.outside.clock() >= self.until:
                raise _TimeIsUpError
            found.moved += read_or_pass_over(message, self.outside, self.edo) or 0
