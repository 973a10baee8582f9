"""Events of the mail service move each address's state forward; a dead address is not written to again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from billing.domain.delivery import RANKS, SETTLED, DeliveryState
from billing.domain.periods import utc_text
from billing.ports import ABSENT, LetterEvent, Outside, StaleError, Write
from billing.records_letters import SUPPRESSED, delivery_of, delivery_row, key_of
from billing.usecases.letters import settle

ATTEMPTS_MAX = 8


def track_letter(event: LetterEvent, outside: Outside) -> str:
    """The delivery's status is at least what the event says; an older event changes nothing. Answers the status.

    An event about something that is not ours is passed over: "unknown".
    """
    (letter, _, address), said = event.delivery.rpartition("_"), DeliveryState(event.status)
    for attempt in range(ATTEMPTS_MAX):
        stored = outside.store.get("deliveries", *key_of(letter, address)) if letter and address else None
        if not stored:
            return "unknown"
        was = delivery_of(stored.row)
        if event.permanent or said is DeliveryState.COMPLAINED:
            _suppress(address, event, outside)
        if RANKS[said] <= RANKS[was.status]:
            return was.status
        now = replace(
            was,
            status=said,
            message=event.message or was.message,
            code=event.code,
            at=utc_text(outside.clock()),
        )
        try:
            outside.store.tx([Write("deliveries", *key_of(letter, address), delivery_row(now), stored.version)])
        except StaleError:
            if attempt == ATTEMPTS_MAX - 1:
                raise
            continue
        outside.metrics.count(f"Letters{said.capitalize()}")
        if was.status not in SETTLED:  # else whoever has settled it has looked at the letter, or the sweep will
            settle(letter, outside)
        return now.status
    raise AssertionError("the loop returns or raises")


def _suppress(address: str, event: LetterEvent, outside: Outside) -> None:
    if outside.store.get("deliveries", SUPPRESSED, address):
        return
    row = {"status": event.status, "code": event.code, "at": utc_text(outside.clock())}
    with suppress(StaleError):  # it was suppressed at the same moment
        outside.store.tx([Write("deliveries", SUPPRESSED, address, row, ABSENT)])
