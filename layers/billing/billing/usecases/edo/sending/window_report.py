"""Report a window to our accountant.

A letter goes in the evening of a day with news, when nothing is left, and as soon as the window's days are over with
something left.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

from billing.domain.edo_fate import Stage
from billing.domain.edo_reasons import Reason
from billing.domain.edo_sending import Window
from billing.domain.periods import MOSCOW
from billing.ports import Outside, StaleError, Stored
from billing.records_edo import DUE_SHARDS, LEFT
from billing.usecases.edo.news import is_news, lines_of, section
from billing.usecases.edo.reports import Told, last_report, write_report
from billing.usecases.edo.sending.unsent import Left
from billing.usecases.edo.waiting import is_of
from billing.usecases.edo.windows import states_of
from billing.usecases.rows import rows_of

KIND, OVERDUE = "sending", "overdue"
EVENING = 18  # o'clock in Moscow

_TOTALS = {
    "signed": (Stage.ACCEPTED, Stage.DISAGREED),
    "refused_documents": (Stage.REFUSED,),
    "awaits_our_signature": (Stage.AWAITS_OUR_SIGNATURE,),
    "failed": (Stage.SIGNATURE_INVALID, Stage.DELIVERY_FAILED),
}


def report(window: Window, today: date, outside: Outside) -> bool:
    """The accountant knows how the window stands, if there is anything new; whether a report was written.

    Once an evening, and as soon as nothing is left that was left when it was told last. After the window's last day, at
    once when something is left, and then only when something else is: not each day the same.
    """
    is_over = today > window.last_day
    last, overdue = last_report(KIND, window.key, outside), last_report(OVERDUE, window.key, outside)
    last = max(filter(None, (last, overdue)), key=lambda stored: str(stored.row["at"]), default=None)
    left = _left(window, outside)
    letter = _told(KIND, window.key, left, last, outside)
    if is_over and left.total and not overdue:
        letter = _told(OVERDUE, window.key, left, None, outside)
    elif not _is_worth_telling(letter, last, is_over=is_over, outside=outside):
        return False
    with suppress(StaleError):  # another run has told it
        write_report(letter, outside)
        return True
    return False


def _is_worth_telling(letter: Told, last: Stored | None, *, is_over: bool, outside: Outside) -> bool:
    is_done = not letter.totals["left"] and (last is None or last.row["totals"]["left"])
    is_new = any(one.fresh for one in letter.sections) if is_over else is_news(letter, last)
    return bool(is_done and is_news(letter, last)) or (is_new and _is_due_this_evening(last, outside))


def _is_due_this_evening(last: Stored | None, outside: Outside) -> bool:
    now = outside.clock().astimezone(MOSCOW)
    evening = now.replace(hour=EVENING, minute=0, second=0, microsecond=0)
    return now >= evening and (last is None or datetime.fromisoformat(last.row["at"]) < evening)


def _left(window: Window, outside: Outside) -> Left:
    """Return what the last round has left or, before any round has ended, everything that waits."""
    if stored := outside.store.get("control", LEFT, window.key):
        return Left.of(stored.row)
    waiting = sum(is_of(work, window) for shard in DUE_SHARDS for work in rows_of(outside.store, "work", shard))
    return Left({Reason.SENDING_WAITS.value: waiting} if waiting else {})


def _told(kind: str, window: str, left: Left, last: Stored | None, outside: Outside) -> Told:
    states = states_of(window, outside)
    totals = {"sent": sum(states.values()), "left": left.total}
    totals |= {name: sum(states.get(stage, 0) for stage in stages) for name, stages in _TOTALS.items()}
    person = [reason.value for reason in Reason if reason.remedy]
    waits = [reason for reason in left.counts if reason not in (*person, Reason.NOT_PARTNERS)]
    sections = tuple(
        section(name, *lines_of(left, reasons), last)
        for name, reasons in (("person", person), ("not_partners", [Reason.NOT_PARTNERS.value]), ("left", waits))
    )
    return Told(kind=kind, period=window, sections=sections, totals=totals)
