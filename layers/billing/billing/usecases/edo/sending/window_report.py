"""What our accountant is told of a window: in the evening of a day with news, and when nothing is left."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from billing.domain.edo_fate import Stage
from billing.domain.edo_reasons import Reason
from billing.domain.periods import MOSCOW
from billing.ports import Outside, StaleError, Stored
from billing.records_edo import LEFT
from billing.usecases.edo.news import is_news, lines_of, section
from billing.usecases.edo.reports import Told, last_report, write_report
from billing.usecases.edo.sending.terms import Terms
from billing.usecases.edo.sending.unsent import Left
from billing.usecases.edo.windows import states_of

KIND = "sending"
EVENING = 18  # o'clock in Moscow

_TOTALS = {
    "signed": (Stage.ACCEPTED, Stage.DISAGREED),
    "refused_documents": (Stage.REFUSED,),
    "awaits_our_signature": (Stage.AWAITS_OUR_SIGNATURE,),
    "failed": (Stage.SIGNATURE_INVALID, Stage.DELIVERY_FAILED),
}


def report(terms: Terms, outside: Outside) -> bool:
    """The accountant knows how the window stands, if there is anything new; whether a report was written.

    Once an evening, and as soon as nothing is left that was left when it was told last.
    """
    key = terms.window.key
    last = last_report(KIND, key, outside)
    told = _told(key, outside)
    is_done = not told.totals["left"] and (last is None or last.row["totals"]["left"])
    if not is_news(told, last) or not (is_done or _is_due_this_evening(last, outside)):
        return False
    with suppress(StaleError):  # another run has told it
        write_report(told, outside)
        return True
    return False


def _is_due_this_evening(last: Stored | None, outside: Outside) -> bool:
    now = outside.clock().astimezone(MOSCOW)
    evening = now.replace(hour=EVENING, minute=0, second=0, microsecond=0)
    return now >= evening and (last is None or datetime.fromisoformat(last.row["at"]) < evening)


def _told(window: str, outside: Outside) -> Told:
    stored = outside.store.get("control", LEFT, window)
    left = Left.of(stored.row) if stored else Left()
    last = last_report(KIND, window, outside)
    states = states_of(window, outside)
    totals = {"sent": sum(states.values()), "left": left.total}
    totals |= {name: sum(states.get(stage, 0) for stage in stages) for name, stages in _TOTALS.items()}
    person = [reason.value for reason in Reason if reason.remedy]
    waits = [reason for reason in left.counts if reason not in (*person, Reason.NOT_PARTNERS)]
    sections = tuple(
        section(name, *lines_of(left, reasons), last)
        for name, reasons in (("person", person), ("not_partners", [Reason.NOT_PARTNERS.value]), ("left", waits))
    )
    return Told(kind=KIND, period=window, sections=sections, totals=totals)
