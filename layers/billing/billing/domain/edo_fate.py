"""What became of a document in the EDO. It moves only forward, whatever the order in which the news comes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar

from billing.domain.edo_reasons import Reason
from billing.domain.edo_receipt import Receipt
from billing.domain.errors import ConflictError


class Stage(StrEnum):
    """Where a document is. Stages of one rank are ends of the way: the first of them that is reached stays."""

    PLANNED = "planned"
    TITLED = "titled"  # the exact bytes are kept
    SIGNED = "signed"  # our signature is kept
    AWAITS_OUR_SIGNATURE = "awaits_our_signature"  # at the operator, a person signs there
    SENT = "sent"  # at the operator, the signature not judged yet
    SIGNATURE_INVALID = "signature_invalid"
    DELIVERY_FAILED = "delivery_failed"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"  # signed by the recipient
    DISAGREED = "disagreed"  # signed with disagreements
    REFUSED = "refused"
    FINISHED = "finished"  # delivered, and no answer is expected


_RANKS = {
    Stage.PLANNED: 0,
    Stage.TITLED: 1,
    Stage.SIGNED: 2,
    Stage.AWAITS_OUR_SIGNATURE: 3,
    Stage.SENT: 4,
    Stage.SIGNATURE_INVALID: 5,
    Stage.DELIVERY_FAILED: 5,
    Stage.DELIVERED: 6,
    Stage.ACCEPTED: 7,
    Stage.DISAGREED: 7,
    Stage.REFUSED: 7,
    Stage.FINISHED: 7,
}

FAILED = (Stage.SIGNATURE_INVALID, Stage.DELIVERY_FAILED)


class Annulment(StrEnum):
    NONE = "none"
    ASKED_BY_US = "asked_by_us"
    ASKED_BY_THEM = "asked_by_them"
    REJECTED = "rejected"
    AGREED = "agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """One document's way through the operator. `text`: the refusal, the disagreements, or what the operator says of a
    failure; `annulment_text`: why an annulment is proposed; `clarification`: the client asks for a correction.

    `as_of`: the operator's moment of the newest news taken in. `attempt` grows when a failed one is sent again. An
    error in roaming is no stage: it may come after the delivery, and may pass.
    """

    stage: Stage = Stage.PLANNED
    annulment: Annulment = Annulment.NONE
    attempt: int = 1
    message: str = ""
    entity: str = ""
    since: datetime | None = None
    delivered_at: datetime | None = None
    text: str = ""
    as_of: int = 0
    roaming_error: bool = False
    receipt_due: bool = False
    annulment_text: str = ""
    clarification: bool = False
    clarification_text: str = ""
    power_trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """The state of a document at the operator at one moment. `as_of` grows with its changes (0: not known).

    `text`: the client's words of a refusal or a disagreement, or the operator's of a failure. `clarification`: the
    client asks for a corrected document (уведомление об уточнении).
    """

    stage: Stage
    annulment: Annulment = Annulment.NONE
    message: str = ""
    entity: str = ""
    at: datetime | None = None
    delivered_at: datetime | None = None
    text: str = ""
    as_of: int = 0
    roaming_error: bool = False
    receipt_due: bool = False
    annulment_text: str = ""
    clarification: bool = False
    clarification_text: str = ""
    power_trouble: str = ""


def advance(fate: Fate, news: News) -> Fate:
    """The fate after the news; the same fate when the news is old, repeated, or of another attempt's message.

    An annulment that was agreed stays. One that was asked and rejected may be asked again, and this is told from old
    news by `as_of`.
    """
    if fate.message and news.message and fate.message != news.message:
        return fate
    newer = news.as_of > fate.as_of or (not news.as_of and not fate.as_of)
    moved = replace(
        fate,
        message=fate.message or news.message,
        entity=fate.entity or news.entity,
        delivered_at=fate.delivered_at or news.delivered_at,
        as_of=max(fate.as_of, news.as_of),
        annulment_text=news.annulment_text or fate.annulment_text,
        clarification=fate.clarification or news.clarification,
        clarification_text=news.clarification_text or fate.clarification_text,
    )
    if newer:
        moved = replace(moved, receipt_due=news.receipt_due, roaming_error=news.roaming_error)
        moved = replace(moved, power_trouble=news.power_trouble)
    if _RANKS[news.stage] > _RANKS[fate.stage]:
        moved = replace(moved, stage=news.stage, since=news.at, text=news.text)
    elif news.stage is fate.stage and news.text and (newer or not fate.text):
        moved = replace(moved, text=news.text)
    return replace(moved, annulment=_annulment(fate.annulment, news.annulment, newer))


def _annulment(was: Annulment, now: Annulment, newer: bool) -> Annulment:
    if Annulment.AGREED in (was, now):
        return Annulment.AGREED
    if now is Annulment.NONE or not newer:
        return now if was is Annulment.NONE else was
    return now


def again(fate: Fate) -> Fate:
    """The fate of the next attempt: nothing signed, nothing sent.

    Raises:
        ConflictError: the document did not fail, so another one would be a second original.
    """
    if fate.stage not in FAILED:
        raise ConflictError(f"a document that is {fate.stage} is not sent again")
    return Fate(attempt=fate.attempt + 1)


def operation_id(*, environment: str, document: str, revision: str, attempt: int) -> str:
    """The key under which the operator remembers a sending: 64 hex digits, the same for every repeat of it.

    It is made of the meaning, never of the bytes: the operator answers a repeated key with the first message whatever
    the body is, so a new attempt after an invalid signature needs another key.

    Source: Diadoc API, PostMessage, operationId.
    """
    return sha256("|".join((environment, document, revision, str(attempt))).encode()).hexdigest()


def is_over(fate: Fate) -> bool:
    """Nothing more is expected of anybody."""
    return fate.annulment is Annulment.AGREED or (
        _RANKS[fate.stage] == _RANKS[Stage.FINISHED]
        and not fate.receipt_due
        and fate.annulment in (Annulment.NONE, Annulment.REJECTED)
    )


_FOR_PERSON = {
    Stage.SIGNATURE_INVALID: Reason.SIGNATURE_INVALID,
    Stage.DELIVERY_FAILED: Reason.DELIVERY_FAILED,
    Stage.REFUSED: Reason.REFUSED,
    Stage.DISAGREED: Reason.SIGNED_WITH_DISAGREEMENTS,
    Stage.AWAITS_OUR_SIGNATURE: Reason.WAITS_FOR_OUR_SIGNATURE,
}


def receipt_is_due(fate: Fate) -> bool:
    """A receipt of ours is asked for, and the document stands."""
    return fate.receipt_due and fate.annulment is not Annulment.AGREED


def for_person(fate: Fate, receipt: Receipt | None = None) -> Reason | None:
    """The one reason why a person has to look at the document, or None. A receipt is a person's if it is in trouble."""
    if fate.annulment is Annulment.AGREED:
        return Reason.ANNULLED
    if fate.annulment is Annulment.ASKED_BY_THEM:
        return Reason.ANNULMENT_ASKED_BY_THEM
    if reason := _FOR_PERSON.get(fate.stage):
        return reason
    if fate.clarification:
        return Reason.CLARIFICATION_ASKED
    if fate.power_trouble:
        return Reason.POWER_NOT_VALID
    if fate.roaming_error and _RANKS[fate.stage] < _RANKS[Stage.ACCEPTED]:
        return Reason.ROAMING_ERROR
    return Reason.OUR_RECEIPT_IS_DUE if fate.receipt_due and receipt and receipt.trouble else None


def words_of(fate: Fate, reason: Reason) -> str:
    """Return the text that came with the state, for that reason; empty when there is none."""
    if reason in (Reason.ANNULMENT_ASKED_BY_THEM, Reason.ANNULLED):
        return fate.annulment_text
    if reason is Reason.POWER_NOT_VALID:
        return fate.power_trouble
    return fate.clarification_text if reason is Reason.CLARIFICATION_ASKED else fate.text


_Event = TypeVar("_Event")


def fresh(events: Iterable[tuple[str, _Event]], seen: Collection[str]) -> tuple[tuple[str, _Event], ...]:
    """Events by id that were not seen before, each once, in their order.

    The feed is read again from a little before its end, since two events may share a key at the edge of a page.
    """
    known, new = set(seen), []
    for id_, event in events:
        if id_ not in known:
            known.add(id_)
            new.append((id_, event))
    return tuple(new)


def cursor_after(keys: Sequence[str], *, before: str, page_is_full: bool, overlap: int) -> str:
    """The key to read on from: `overlap` events before the last, so that its neighbours under the same key come again.

    Never moves backward: a page too short to step back in leaves the cursor where it was, unless the page was full.
    """
    if len(keys) > overlap:
        return keys[-1 - overlap]
    return keys[-1] if page_is_full and keys else before
