"""Signed documents go to the operator: once for each operation, whose key is in their rows before the first try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from billing.domain.documents import DocumentKind
from billing.domain.edo_fate import News, Stage, advance, operation_id
from billing.domain.edo_reasons import Reason
from billing.domain.periods import moscow_day, utc_text
from billing.ports import Outside, StaleError
from billing.ports_edo import (
    BadDocumentError,
    EdoOutside,
    NeedsPersonError,
    NotPartnersError,
    Outgoing,
    Posted,
    RoamingRequestNeededError,
    StillRunningError,
)
from billing.records_edo import EdoState
from billing.usecases.edo.one_of_many import one_of_many
from billing.usecases.edo.sending.last_look import has_ended, is_at_the_operator, may_go, needs_request
from billing.usecases.edo.sending.packets import messages
from billing.usecases.edo.sending.signatures import PERSON, signature_of
from billing.usecases.edo.sending.terms import OnItsWay, Terms, kind_of, read, to_person, written_together
from billing.usecases.edo.tracking.statuses import moved_writes

ATTEMPTS_MAX = 8
REFUSAL_MAX = 500  # characters
# no look at the payer tells when it is otherwise
ONCE_A_DAY = (Reason.NOT_TAKEN, Reason.REFUSED_BY_THEM, Reason.ROAMING_REQUEST_NEEDED)


@dataclass(slots=True)
class PostedSoFar:
    """`sent` documents are at the operator; `refused` are not, with the reason; of some it is `still_running`.

    Of others it gives `no_answer`, with what was said: they may be there.
    """

    sent: int = 0
    no_answer: list[tuple[OnItsWay, str]] = field(default_factory=list)
    refused: list[tuple[OnItsWay, Reason, str]] = field(default_factory=list)
    still_running: list[OnItsWay] = field(default_factory=list)


def post(account: str, terms: Terms, outside: Outside, edo: EdoOutside) -> PostedSoFar:
    """Every signed document of the account is at the operator, or it is said why not.

    A message that was tried before is tried again just as it was, whatever has changed since: the operator answers with
    the first one. What the operator did not take, or not from us, waits for a person, and is tried once a day. None is
    begun when the time is up. Where the payer was no partner any more at the last look, only what is there already is
    repeated.

    Raises:
        BusyError: the operator is away; nobody knows whether the last message is there.
        StopTheRunError: no call can succeed.
    """
    so_far = PostedSoFar()
    for message in messages(account, terms, outside):
        if outside.clock() >= terms.until:
            break
        with one_of_many(outside, edo) as passed:
            _post(message, so_far, terms, outside, edo)
        if passed:
            so_far.no_answer += [(one, passed[0]) for one in message if not one.state.fate.message]
    return so_far


def _post(message: list[OnItsWay], so_far: PostedSoFar, terms: Terms, outside: Outside, edo: EdoOutside) -> None:
    if not message[0].state.operation and _was_refused_today(message, terms):
        so_far.refused += [(o, o.state.refused_as or Reason.NOT_TAKEN, o.state.refusal) for o in message]
        return
    if not may_go(message[0], terms, outside) and not is_at_the_operator(message[0], edo):
        so_far.refused += [(one, Reason.NOT_PARTNERS, "") for one in message]
        return
    if not (fixed := _fixed(message, outside, edo.environment)):
        return
    try:
        outgoing = [_outgoing(one, fixed, terms, outside) for one in fixed]
        first = fixed[0].state
        posted = edo.edo.post(first.box, outgoing, operation=first.operation, department=first.department)
    except StillRunningError:
        so_far.still_running += [one for one in fixed if not one.state.fate.message]
    except (NeedsPersonError, BadDocumentError) as error:
        so_far.refused += _refused(fixed, error, outside, edo)
    else:
        so_far.sent += sum(_is_there(one, posted, outside) for one in fixed)


def _was_refused_today(message: Sequence[OnItsWay], terms: Terms) -> bool:
    """It was so with just these bytes; with another attempt at one of them, it is another message."""
    moments = [one.state.refused_at for one in message]
    return all(at and moscow_day(datetime.fromisoformat(at)) == terms.today for at in moments)


def _fixed(message: list[OnItsWay], outside: Outside, environment: str) -> list[OnItsWay]:
    """The message with its operation and its composition in the rows; empty: another worker is at it."""
    if message[0].state.operation:
        return message
    packet = tuple(one.custom_id for one in message) if len(message) > 1 else ()
    operation = _operation(message, environment)
    states = [replace(one.state, operation=operation, packet=packet) for one in message]
    try:
        return written_together(list(zip(message, states, strict=True)), outside)
    except StaleError:
        return []


def _operation(message: Sequence[OnItsWay], environment: str) -> str:
    """Of the meaning: which revision of which documents, for which time."""
    if len(message) == 1:
        document, _, revision = message[0].custom_id.rpartition(".")
        return operation_id(
            environment=environment, document=document, revision=revision, attempt=message[0].state.fate.attempt
        )
    packet = "+".join(f"{one.custom_id}:{one.state.fate.attempt}" for one in message)
    return operation_id(environment=environment, document=packet, revision="packet", attempt=1)


def _outgoing(one: OnItsWay, message: Sequence[OnItsWay], terms: Terms, outside: Outside) -> Outgoing:
    state = one.state
    contract = next((other.custom_id for other in message if other.kind is DocumentKind.CONTRACT), "")
    return Outgoing(
        kind=kind_of(state.kind),
        custom_id=one.custom_id,
        signature=signature_of(state, outside),
        content=outside.files.get(state.title_file),
        metadata=state.metadata,
        wants_answer=state.wants_answer,
        power=terms.policy.signer.power,
        refers_to=(contract,) if contract and one.kind is not DocumentKind.CONTRACT else (),
    )


# --- what comes of it --------------------------------------------------------------------------------------------


def _is_there(one: OnItsWay, posted: Posted, outside: Outside) -> bool:
    """The document's row says that it is at the operator, and it waits to go out no more."""
    for attempt in range(ATTEMPTS_MAX):
        found = read(one.stored.pk, one.stored.sk, outside)
        assert found, "a document is never deleted"
        if found.state.fate.message:
            return True  # the operator's feed was faster
        person = found.state.signature == PERSON
        news = News(
            stage=Stage.AWAITS_OUR_SIGNATURE if person else Stage.SENT,
            message=posted.message,
            entity=posted.documents[one.custom_id],
            at=outside.clock(),
        )
        sent = replace(found.state, fate=advance(found.state.fate, news))
        try:
            outside.store.tx(moved_writes(found.stored, found.state, sent, outside))
        except StaleError:
            if attempt == ATTEMPTS_MAX - 1:
                raise
            continue
        outside.metrics.count("EdoSent")
        return True
    raise AssertionError("the loop returns or raises")


def _refused(
    message: Sequence[OnItsWay], error: NeedsPersonError | BadDocumentError, outside: Outside, edo: EdoOutside
) -> list[tuple[OnItsWay, Reason, str]]:
    """Nothing of the message is at the operator; its documents wait, and it is said whose the next step is."""
    said = error.said.text or str(error)
    reason = (error.reason if isinstance(error, NeedsPersonError) else None) or Reason.NOT_TAKEN
    left = [one for one in message if not one.state.fate.message]
    try:
        message = written_together([(one, _free(one.state, reason, said, outside)) for one in left], outside)
    except StaleError:  # another worker is at it
        return []
    first = message[0]
    if isinstance(error, NotPartnersError) and has_ended(first.state, outside, edo):
        return [(one, reason, said) for one in message]
    if isinstance(error, RoamingRequestNeededError):
        needs_request(first, said, outside)
    for one in message:
        to_person(one, reason, outside, detail=said)
    return [(one, reason, said) for one in message]


def _free(state: EdoState, reason: Reason, said: str, outside: Outside) -> EdoState:
    """It is in no message any more."""
    free = replace(state, operation="", packet=(), refused_at="", refused_as=None, refusal="")
    if reason not in ONCE_A_DAY:
        return free
    return replace(free, refused_at=utc_text(outside.clock()), refused_as=reason, refusal=said[:REFUSAL_MAX])
