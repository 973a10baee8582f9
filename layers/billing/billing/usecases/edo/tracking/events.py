"""The operator's feed of events: read from where it was left, with an overlap, each event once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from billing.domain.edo_fate import cursor_after, fresh
from billing.domain.periods import utc_text
from billing.ports import ABSENT, Outside, StaleError, Stored
from billing.ports_edo import BadDocumentError, BusyError, EdoEvent, EdoOutside
from billing.usecases.edo.cursors import place_of, put_place
from billing.usecases.edo.tracking.statuses import read_or_pass_over

EVENTS = "events"
OVERLAP = 20  # events read again before the last one
FULL = 100  # a page of so many may have a next one whatever it holds
SEEN_MAX = 200  # ids kept, more than a page and its overlap
AGAIN_MAX = 100  # messages without an answer that the next run reads once more
BEFORE = timedelta(days=1)  # before it was last at its end: from there it is read without a cursor


@dataclass(slots=True)
class Feed:
    """How a reading of the feed went. `ended`: there was nothing more."""

    events: int = 0
    moved: int = 0
    passed_over: list[str] = field(default_factory=list)
    ended: bool = False


def read_feed(outside: Outside, edo: EdoOutside, *, until: datetime) -> Feed:
    """What the feed tells of has been applied, and the cursor stands behind it, never behind what was not applied.

    The first reading of a box fixes the moment from which events count: what was before is nobody's news.

    Raises:
        StopTheRunError: the operator refuses us; the page is read again next time.
    """
    feed, row = Feed(), _cursor(outside, edo)
    try:
        row = _once_more(row, feed, outside, edo)
        while outside.clock() < until:
            page, row = _page(row, outside, edo)
            new = fresh(((event.id, event) for event in page), row.row["seen"])
            if not new and len(page) < FULL:
                feed.ended = True
                break
            done, before = _apply([event for _, event in new], feed, outside, edo, until), row.row["cursor"]
            row = _save(row, page, new[:done], feed, outside)
            if done < len(new) or (not new and row.row["cursor"] == before):
                break
    except BusyError:
        pass
    finally:
        _tell_lag(row, feed, outside)
    return feed


def _page(row: Stored, outside: Outside, edo: EdoOutside) -> tuple[Sequence[EdoEvent], Stored]:
    """What comes after the cursor; a cursor that the operator does not know any more is given up for a moment.

    Events that come once more then, change nothing: a document is never older than its row.
    """
    if place := row.row["cursor"]:
        try:
            return edo.edo.events(place), row
        except BadDocumentError:
            outside.metrics.count("EdoCursorsGivenUp")
            row = put_place(EVENTS, {**row.row, "cursor": ""}, row.version, outside)
    return edo.edo.events(since=datetime.fromisoformat(row.row["since"])), row


def _cursor(outside: Outside, edo: EdoOutside) -> Stored:
    """Where the feed was left; another box has another feed, which begins now."""
    stored = place_of(EVENTS, outside)
    if stored and stored.row["environment"] == edo.environment:
        return stored
    row = {"cursor": "", "since": utc_text(outside.clock()), "seen": [], "environment": edo.environment}
    return put_place(EVENTS, row, stored.version if stored else ABSENT, outside)


def _apply(events: list[EdoEvent], feed: Feed, outside: Outside, edo: EdoOutside, until: datetime) -> int:
    """How many of the events were applied, in their order; a message is read once for all of its events.

    A message that the operator does not show us is passed over: the nightly look at our documents will say what is
    wrong with them.
    """
    read: set[str] = set()
    for done, event in enumerate(events):
        if outside.clock() >= until:
            return done
        if event.message and event.message not in read:
            try:
                moved = read_or_pass_over(event.message, outside, edo)
            except BusyError:
                return done
            feed.moved += moved or 0
            feed.passed_over += [event.message] if moved is None else []
            read.add(event.message)
        feed.events += 1
    return len(events)


def _once_more(row: Stored, feed: Feed, outside: Outside, edo: EdoOutside) -> Stored:
    """Messages that the last run has passed over are read, or are left to the nightly look."""
    if not (messages := row.row.get("passed_over")):
        return row
    feed.moved += sum(read_or_pass_over(message, outside, edo) or 0 for message in messages)
    return put_place(EVENTS, {**row.row, "passed_over": []}, row.version, outside)


def _save(
    row: Stored, page: Sequence[EdoEvent], applied: Sequence[tuple[str, EdoEvent]], feed: Feed, outside: Outside
) -> Stored:
    """The cursor moves along the events of the page up to the first that was not applied.

    A page that was not full and is applied whole moves the moment too, never before that of the first reading.
    """
    seen = [*row.row["seen"], *(id for id, _ in applied)]
    keys = [event.key for event in takewhile(lambda event: event.id in seen, page)]
    full = len(keys) == len(page) >= FULL
    cursor = cursor_after(keys, before=row.row["cursor"], page_is_full=full, overlap=OVERLAP)
    at_end = len(keys) == len(page) < FULL
    since = max(row.row["since"], utc_text(outside.clock() - BEFORE)) if at_end else row.row["since"]
    after = {**row.row, "cursor": cursor, "since": since, "seen": seen[-SEEN_MAX:]}
    if feed.passed_over:
        after["passed_over"] = feed.passed_over[-AGAIN_MAX:]
    return put_place(EVENTS, after, row.version, outside)


def _tell_lag(row: Stored, feed: Feed, outside: Outside) -> None:
    """For how long the end of the feed has not been reached."""
    now = outside.clock()
    behind = {name: value for name, value in row.row.items() if name != "behind_since"}
    if not feed.ended:
        behind["behind_since"] = row.row.get("behind_since") or utc_text(now)
    if behind != row.row:
        with suppress(StaleError):  # another run is at the feed: it tells
            put_place(EVENTS, behind, row.version, outside)
    since = datetime.fromisoformat(behind.get("behind_since") or utc_text(now))
    outside.metrics.count("EdoEventLagHours", round((now - since) / timedelta(hours=1), 2))
