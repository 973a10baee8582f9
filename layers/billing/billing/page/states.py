"""What a person is told of a document's and a letter's state: a tone, which has a sign of its own, and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from billing.domain.bounces import Bounce, bounce_of
from billing.domain.documents import DocumentStatus
from billing.domain.edo_fate import Annulment, Stage
from billing.page.contexts import AddressRow, DocumentRow, EdoAt, LetterRow
from billing.page.wording import Words


class Tone(StrEnum):
    GOOD = "good"
    BAD = "bad"
    WAITING = "waiting"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class State:
    tone: Tone
    text: str


_LETTERS = {  # the word goes after `letter_`, of a document, or `mail_`, of a letter
    "nobody": (Tone.BAD, "nobody"),
    "queued": (Tone.WAITING, "queued"),
    "sending": (Tone.WAITING, "queued"),
    "accepted": (Tone.WAITING, "accepted"),
    "unconfirmed": (Tone.WAITING, "unconfirmed"),
    "delivered": (Tone.GOOD, "delivered"),
    "bounced": (Tone.BAD, "bounced"),
    "complained": (Tone.BAD, "complained"),
    "suppressed": (Tone.BAD, "suppressed"),
    "refused": (Tone.BAD, "refused"),
}

_STAGES = {
    Stage.PLANNED: (Tone.WAITING, "edo_planned"),
    Stage.TITLED: (Tone.WAITING, "edo_planned"),
    Stage.SIGNED: (Tone.WAITING, "edo_planned"),
    Stage.AWAITS_OUR_SIGNATURE: (Tone.WAITING, "edo_awaits_us"),
    Stage.SENT: (Tone.WAITING, "edo_sent"),
    Stage.SIGNATURE_INVALID: (Tone.WAITING, "edo_resigned"),
    Stage.DELIVERY_FAILED: (Tone.BAD, "edo_failed"),
    Stage.DELIVERED: (Tone.WAITING, "edo_delivered"),
    Stage.ACCEPTED: (Tone.GOOD, "edo_accepted"),
    Stage.DISAGREED: (Tone.BAD, "edo_disagreed"),
    Stage.REFUSED: (Tone.BAD, "edo_refused"),
    Stage.FINISHED: (Tone.GOOD, "edo_finished"),
}

_ANNULMENTS = {
    Annulment.ASKED_BY_US: (Tone.WAITING, "edo_annulment_ours"),
    Annulment.ASKED_BY_THEM: (Tone.WAITING, "edo_annulment_theirs"),
    Annulment.AGREED: (Tone.BAD, "edo_annulled"),
}


def document_states(row: DocumentRow, words: Words) -> tuple[State, ...]:
    """How it is with the document, its letter and its way through the EDO: the first says the most."""
    match row.status:
        case DocumentStatus.BLOCKED:
            return (State(Tone.BAD, words("document_blocked", problems="; ".join(row.problems))),)
        case DocumentStatus.DECIDED | DocumentStatus.NUMBERED:
            return (State(Tone.WAITING, words("document_made")),)
        case DocumentStatus.VOID:
            return (State(Tone.PLAIN, words("document_void")),)
        case DocumentStatus.READY:
            found = [] if not row.letter else [_letter("letter", row.letter, row.code, words)]
            found += edo_states(row.edo, words) if row.edo else []
            return tuple(found) or (State(Tone.PLAIN, words("document_ready")),)


def letter_state(row: LetterRow | AddressRow, words: Words) -> State:
    """How it is with the letter to one address; an address that nothing was sent to yet says so."""
    said = row.status if isinstance(row, LetterRow) else row.letter
    state = mail_state(said, row.code, words) if said else State(Tone.PLAIN, words("letter_none"))
    return State(state.tone, f"{state.text}, {words.language.short_date(row.at)}") if row.at and said else state


def mail_state(status: str, code: str, words: Words) -> State:
    """How it is with a letter: «не доставлено: ящик переполнен»."""
    return _letter("mail", status, code, words)


def _letter(of: str, status: str, code: str, words: Words) -> State:
    """A status without words is said as it is."""
    if status not in _LETTERS:
        return State(Tone.PLAIN, status)
    tone, word = _LETTERS[status]
    bounce = bounce_of(code)
    earlier = status == "suppressed" and bounce is Bounce.OTHER
    return State(tone, words(f"{of}_{word}", why=words("bounce_earlier" if earlier else f"bounce_{bounce}")))


def edo_states(at: EdoAt, words: Words) -> Iterator[State]:
    annulment, stage = Annulment(at.annulment), Stage(at.stage)
    if annulment is not Annulment.AGREED:
        tone, word = _STAGES[stage]
        day = at.delivered if stage is Stage.FINISHED else at.since
        said = words(word, day=f" {words.language.short_date(day)}" if day else "")
        yield State(tone, f"{said}: {at.text}" if at.text and stage in (Stage.REFUSED, Stage.DISAGREED) else said)
    if annulment in _ANNULMENTS:
        tone, word = _ANNULMENTS[annulment]
        yield State(tone, words(word))
