"""One letter goes to one address, and as far as can be known, once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from billing import records
from billing.domain.errors import UnavailableError
from billing.domain.periods import utc_text
from billing.ports import Outside, RefusedError, StaleError, UnknownOutcomeError, Write
from billing.records import Delivery
from billing.usecases.letter_contexts import letter_of
from billing.usecases.letters import HEAD, SETTLED, SUPPRESSED, WAIT, settle

ATTEMPTS_MAX = 6
HOPELESS = timedelta(hours=3)  # a letter that cannot be composed for so long is given up, with the reason in its row


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of the delivery: its status now."""

    letter: str
    status: str


def send_letter(letter: str, address: str, outside: Outside) -> Sent:
    """The letter is accepted by the mail service for that address, or its row says why not.

    `address` is the digest that names the delivery. A sending whose outcome is unknown is left for fifteen minutes: an
    event about it may still come, and only then is it tried again.

    Raises:
        UnavailableError: throttled; the delivery is queued again.
    """
    store, now = outside.store, outside.clock()
    stored = store.get("deliveries", letter, address)
    if not stored:
        return Sent(letter=letter, status="unknown")
    delivery = records.delivery_of(stored.row)
    if delivery.status in SETTLED:
        settle(letter, outside)
        return Sent(letter=letter, status=delivery.status)
    if delivery.status == "sending" and now < datetime.fromisoformat(delivery.started_at) + WAIT:
        return Sent(letter=letter, status="sending")
    if stop := _stop_reason(delivery, outside):
        return _end(letter, address, replace(delivery, status=stop), stored.version, outside)
    head = store.get("deliveries", letter, HEAD)
    assert head, "a delivery is written with its letter"
    try:
        content = letter_of(head.row, outside)  # before the claim: whatever fails here has sent nothing
    except UnavailableError:
        raise
    except Exception as error:  # whatever it is, it is of this letter alone, and the run must end without it
        if now < datetime.fromisoformat(head.row["at"]) + HOPELESS:
            raise
        given_up = replace(delivery, status="refused", code=f"{type(error).__name__}: {error}"[:200])
        return _end(letter, address, given_up, stored.version, outside)
    if delivery.status == "sending":
        outside.metrics.count("LettersSentAgain")
    claimed = replace(delivery, status="sending", started_at=utc_text(now), attempts=delivery.attempts + 1)
    _write(letter, address, claimed, stored.version, outside)
    version = stored.version + 1
    try:
        message = outside.mailer.send(content, to=delivery.address, delivery=f"{letter}_{address}")
    except RefusedError as refusal:
        return _end(letter, address, replace(claimed, status="refused", code=str(refusal)[:200]), version, outside)
    except UnknownOutcomeError:
        return Sent(letter=letter, status="sending")
    except UnavailableError:
        _write(letter, address, replace(delivery, status="queued"), version, outside)  # it was no attempt
        raise
    try:
        return _end(letter, address, replace(claimed, status="accepted", message=message), version, outside)
    except StaleError:  # an event was faster and has said it already
        settle(letter, outside)
        return Sent(letter=letter, status="accepted")


def _stop_reason(delivery: Delivery, outside: Outside) -> str:
    if outside.store.get("deliveries", SUPPRESSED, records.address_digest(delivery.address)):
        return "suppressed"
    return "unconfirmed" if delivery.attempts >= ATTEMPTS_MAX else ""


def _end(letter: str, address: str, delivery: Delivery, version: int, outside: Outside) -> Sent:
    _write(letter, address, replace(delivery, at=utc_text(outside.clock())), version, outside)
    outside.metrics.count(f"Letters{delivery.status.capitalize()}")
    settle(letter, outside)
    return Sent(letter=letter, status=delivery.status)


def _write(letter: str, address: str, delivery: Delivery, version: int, outside: Outside) -> None:
    outside.store.tx([Write("deliveries", letter, address, records.delivery_row(delivery), version)])
