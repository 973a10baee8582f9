"""One letter goes to one address, and as far as can be known, once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from billing import records
from billing.domain.delivery import SETTLED, DeliveryState
from billing.domain.errors import UnavailableError
from billing.domain.periods import utc_text
from billing.ports import AwayError, Letter, Outside, RefusedError, Row, StaleError, UnknownOutcomeError, Write
from billing.records_letters import (
    HEAD,
    SUPPRESSED,
    Delivery,
    account_of,
    address_digest,
    delivery_of,
    delivery_row,
    key_of,
    letters_in,
)
from billing.usecases.letter_contexts import letter_of
from billing.usecases.letters import WAIT, settle
from billing.usecases.unsubscribing import stop_url_of

ATTEMPTS_MAX = 6
AHEAD_MAX = 100  # documents that are read together; the rest is asked for when it is wanted
SOON_MAX_S = 60
HOPELESS = timedelta(hours=3)  # a letter that cannot be composed for so long is given up, with the reason in its row


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of the delivery: its status now."""

    letter: str
    status: str


class Batch:
    """The letters of one call of the function: one is composed once for all its addresses."""

    def __init__(self) -> None:
        self._composed: tuple[str, Letter] | None = None
        self.ended: dict[str, None] = {}  # letters of which an address is settled, in order

    def content(self, letter: str, head: Row, outside: Outside) -> Letter:
        if not self._composed or self._composed[0] != letter:
            self._composed = letter, letter_of(account_of(letter), head, outside)
        return self._composed[1]

    def settle(self, outside: Outside) -> None:
        """The letters that have gone to all their addresses are done."""
        for letter in self.ended:
            settle(letter, outside)


def read_ahead(hints: Iterable[str], outside: Outside) -> None:
    """What the hints are about is known, if the outside world remembers what it was asked."""
    with suppress(UnavailableError, ValueError, LookupError, TypeError):  # each is asked for when it is wanted
        asked = {(hint["letter"], hint["address"]) for hint in map(json.loads, hints)}
        keys = {key_of(letter, part) for letter, address in asked for part in (HEAD, address)}
        rows = outside.store.get_many("deliveries", keys | {(SUPPRESSED, address) for _, address in asked})
        about = [
            (account_of(letter.id), letter.head)
            for letter in letters_in(s for s in rows if s.pk != SUPPRESSED)
            if letter.documents and any(d.status not in SETTLED for d in letter.deliveries.values())
        ]
        if about:
            outside.store.get_many("customers", {(account, "") for account, _ in about})
            documents = dict.fromkeys((account, id) for account, head in about for id in _documents(head))
            outside.store.get_many("documents", list(documents)[:AHEAD_MAX])


def _documents(head: Row) -> list[str]:
    return [*head["documents"], *([records.period_key(head["month"])] if "month" in head else [])]


def send_letter(letter: str, address: str, outside: Outside, batch: Batch | None = None) -> Sent:
    """The letter is accepted by the mail service for that address, or its row says why not.

    `address` is the digest that names the delivery. A sending whose outcome is unknown is left for fifteen minutes: an
    event about it may still come, and only then is it tried again. A `batch` is settled by whoever has it.

    Raises:
        AwayError: the mail service takes nothing now; the delivery is queued as before.
        UnavailableError: something else did not answer; the delivery is queued as before.
    """
    ours = batch or Batch()
    sent = _sent(letter, address, outside, ours)
    if sent.status in SETTLED:
        ours.ended[letter] = None
    if not batch:
        ours.settle(outside)
    return sent


def send_or_put_back(letter: str, address: str, outside: Outside, batch: Batch) -> Sent:
    """Send the letter of a hint. Where the mail service is away, the hint has done its part.

    If it is away for seconds, another hint comes then: one that came back by itself would wait for minutes, and after
    a few times be a dead letter. If it is away for longer, the letter waits in its row and the sweep hints at it.
    """
    try:
        return send_letter(letter, address, outside, batch)
    except AwayError as away:
        if away.seconds <= SOON_MAX_S:
            outside.queue.send("send-letter", [{"letter": letter, "address": address}], delay_s=away.seconds)
        else:
            outside.metrics.count("LettersHeldUp")
        return Sent(letter=letter, status=f"{DeliveryState.QUEUED}: {away}")


def _sent(letter: str, address: str, outside: Outside, batch: Batch) -> Sent:
    store, now = outside.store, outside.clock()
    stored = store.get("deliveries", *key_of(letter, address))
    if not stored:
        return Sent(letter=letter, status="unknown")
    delivery = delivery_of(stored.row)
    if delivery.status in SETTLED:
        return Sent(letter=letter, status=delivery.status)
    if delivery.status == DeliveryState.SENDING and now < datetime.fromisoformat(delivery.started_at) + WAIT:
        return Sent(letter=letter, status=DeliveryState.SENDING)
    if stop := _stop_reason(delivery, outside):
        return _end(letter, address, replace(delivery, status=stop), stored.version, outside)
    head = store.get("deliveries", *key_of(letter, HEAD))
    assert head, "a delivery is written with its letter"
    try:
        content = batch.content(letter, head.row, outside)  # before the claim: whatever fails here has sent nothing
        content = replace(content, stop_url=stop_url_of(account_of(letter), delivery.address, outside))
    except UnavailableError:
        raise
    except Exception as error:  # whatever it is, it is of this letter alone, and the run must end without it
        if now < datetime.fromisoformat(head.row["at"]) + HOPELESS:
            raise
        given_up = replace(delivery, status=DeliveryState.REFUSED, code=f"{type(error).__name__}: {error}"[:200])
        return _end(letter, address, given_up, stored.version, outside)
    if delivery.status == DeliveryState.SENDING:
        outside.metrics.count("LettersSentAgain")
    outside.mailer.await_turn()
    claimed = replace(delivery, status=DeliveryState.SENDING, started_at=utc_text(now), attempts=delivery.attempts + 1)
    _write(letter, address, claimed, stored.version, outside)
    version = stored.version + 1
    try:
        message = outside.mailer.send(content, to=delivery.address, delivery=f"{letter}_{address}")
    except RefusedError as refusal:
        refused = replace(claimed, status=DeliveryState.REFUSED, code=str(refusal)[:200])
        return _end(letter, address, refused, version, outside)
    except UnknownOutcomeError:
        return Sent(letter=letter, status=DeliveryState.SENDING)
    except UnavailableError:
        _write(letter, address, replace(delivery, status=DeliveryState.QUEUED), version, outside)  # it was no attempt
        raise
    try:
        return _end(letter, address, replace(claimed, status=DeliveryState.ACCEPTED, message=message), version, outside)
    except StaleError:  # an event was faster and has said it already
        return Sent(letter=letter, status=DeliveryState.ACCEPTED)


def _stop_reason(delivery: Delivery, outside: Outside) -> DeliveryState | None:
    if outside.store.get("deliveries", SUPPRESSED, address_digest(delivery.address)):
        return DeliveryState.SUPPRESSED
    return DeliveryState.UNCONFIRMED if delivery.attempts >= ATTEMPTS_MAX else None


def _end(letter: str, address: str, delivery: Delivery, version: int, outside: Outside) -> Sent:
    _write(letter, address, replace(delivery, at=utc_text(outside.clock())), version, outside)
    outside.metrics.count(f"Letters{delivery.status.capitalize()}")
    return Sent(letter=letter, status=delivery.status)


def _write(letter: str, address: str, delivery: Delivery, version: int, outside: Outside) -> None:
    outside.store.tx([Write("deliveries", *key_of(letter, address), delivery_row(delivery), version)])
