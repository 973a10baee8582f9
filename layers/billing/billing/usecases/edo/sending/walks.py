"""Keep the row of a window's round: its beginning, its progress, and whether another one is due."""

from __future__ import annotations

from datetime import date

from billing.domain.periods import moscow_day
from billing.ports import ABSENT, Outside, Stored
from billing.records_edo import LEFT, PREFLIGHT
from billing.usecases.edo.cursors import place_of, put_place
from billing.usecases.edo.sending.signing import batches
from billing.usecases.edo.sending.unsent import Left

WALK = "sending"  # sort key of the cursor


def begin_round(window: str, outside: Outside) -> Stored:
    """Return the open round of the window as it was left, or begin a new one.

    Raises:
    StaleError: another run has begun it.
    """
    stored = place_of(WALK, outside)
    if stored and is_open(stored, window):
        return stored
    day = moscow_day(outside.clock()).isoformat()
    row = {"window": window, "cursor": "", "open": True, "day": day, **Left().row}
    return put_place(WALK, row, stored.version if stored else ABSENT, outside)


def is_left(window: str, outside: Outside) -> bool:
    """Return whether a window whose days are over may still have something to send.

    So may one that no run has come to, unless the company has neither sent nor looked ahead before: it
    begins with its next window.
    """
    walk = place_of(WALK, outside)
    if walk and walk.row["window"] == window:
        stored = outside.store.get("control", LEFT, window)
        return bool(walk.row["open"]) or stored is None or stored.row["total"] > 0
    return walk is not None or outside.store.get("control", PREFLIGHT, window) is not None


def had_its_round(window: str, day: date, outside: Outside) -> bool:
    """Return whether a round of the window began on that day and has ended."""
    walk = place_of(WALK, outside)
    begun = walk is not None and (walk.row["window"], walk.row.get("day")) == (window, day.isoformat())
    return begun and not is_open(walk, window)


def is_unfinished(window: str, outside: Outside) -> bool:
    """Return whether a run between two rounds has work: a round cut off, or signatures that may have come."""
    return is_open(place_of(WALK, outside), window) or bool(batches(outside))


def is_open(walk: Stored | None, window: str) -> bool:
    return walk is not None and walk.row["window"] == window and bool(walk.row["open"])
