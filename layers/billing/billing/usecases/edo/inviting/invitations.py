"""What the campaign does about one payer: decide, write down what is about to be asked, ask, write down the answer.

A question stands in the payer's row before the operator is asked. Where the answer is lost, the next run looks how the
box stands. If nothing has come of the question, the payer is decided about as if it had not been asked: there is one
invitation a box and month.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from billing.domain.edo import Action, Decision, InvitationSettings, decide_invitation
from billing.domain.edo_boxes import Box, Partnership
from billing.domain.edo_policy import EdoPolicy
from billing.domain.edo_reasons import Reason
from billing.domain.periods import Month
from billing.ports import Outside, StaleError
from billing.ports_edo import AbsentError, BadDocumentError, EdoOutside, NeedsPersonError
from billing.records_edo import Counterparty
from billing.usecases.edo.counterparties import Kept, all_of_inn, kept, settle, stands
from billing.usecases.edo.inviting.operator_calls import FAILURE_MAX, ask, intent, polled, refused, without_question
from billing.usecases.edo.inviting.reminders import accounts_of, remind
from billing.usecases.edo.one_of_many import one_of_many
from billing.usecases.edo.relations import box_writes, boxes_of

ATTEMPTS_MAX = 3

_NO_BOX = (
    *(Reason.SEVERAL_BOXES, Reason.BOX_GONE, Reason.OTHER_KPP, Reason.LIQUIDATED),
    *(Reason.BRANCH_NOT_FOUND, Reason.ENTREPRENEUR_NOT_FOUND, Reason.HIDDEN_ELSEWHERE, Reason.NOT_AT_THE_OPERATOR),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for the whole run."""

    settings: InvitationSettings
    text: str
    today: date


def terms_of(policy: EdoPolicy, today: date, edo: EdoOutside) -> Terms:
    """The company's settings, with what only the operator knows: other operators, and whether our box is a test one."""
    us = edo.edo.our_box()
    settings = replace(policy.invitations, operators=edo.edo.operators(), our_test_box=us.test)
    return Terms(settings=settings, text=policy.invitation_text, today=today)


def work_through(page: Sequence[Kept], terms: Terms, outside: Outside, edo: EdoOutside, *, until: datetime) -> bool:
    """Each payer of the page is decided about today; False when time was too short for all of them.

    Raises:
        BusyError: the operator is away; what was done is done.
    """
    open_ones = []
    for one in page:
        if one.payer.accounts and not _is_settled(one.payer):
            with one_of_many(outside, edo):
                open_ones.append(_asked_about(one, terms, outside, edo))
    found, bad = boxes_of([k.payer.inn for k in open_ones if not k.payer.problems], outside, edo)
    for one in open_ones:
        if outside.clock() >= until:
            return False
        error = bad.get(one.payer.inn)
        if isinstance(error, BadDocumentError):
            settle(one, refused(one.payer, error, terms.today, outside), outside)
        elif not error:
            with one_of_many(outside, edo):
                _decide(one, found.get(one.payer.inn, ()), terms, outside, edo)
    return True


def _asked_about(one: Kept, terms: Terms, outside: Outside, edo: EdoOutside) -> Kept:
    """With the outcome of its task, before the statuses are read: they are to be the newer of the two."""
    try:
        return polled(one, terms.today, outside, edo)
    except StaleError:  # another worker has asked
        return _again(one, outside)


def _is_settled(payer: Counterparty) -> bool:
    """A partner needs no look: the feed tells when it ends."""
    return payer.partnership is Partnership.PARTNERS and bool(payer.box) and not (payer.task or payer.pending)


def _decide(one: Kept, boxes: Sequence[Box], terms: Terms, outside: Outside, edo: EdoOutside) -> None:
    """The payer is decided about, anew if another worker has changed its row meanwhile."""
    for _ in range(ATTEMPTS_MAX):
        with suppress(StaleError):
            _act(one, boxes, terms, outside, edo)
            return
        one = _again(one, outside)


def _again(one: Kept, outside: Outside) -> Kept:
    again = kept(one.payer.inn, one.payer.kpp, outside)
    assert again, "a counterparty is never deleted"
    return again


def _act(one: Kept, boxes: Sequence[Box], terms: Terms, outside: Outside, edo: EdoOutside) -> None:
    today = terms.today
    payer = without_question(one.payer, boxes, today)
    decision = decide_invitation(payer.candidate, boxes, terms.settings, today=today)
    if decision.action is Action.SEARCH:
        decision = _searched(payer, boxes, terms, edo)
    if decision.action is Action.ACCEPT and _in_month(payer.accepted, today):  # and yet it waits
        failed = _in_month(payer.failed, today)
        reason = Reason.INVITATION_FAILED if failed else Reason.INVITATION_WANTS_SIGNATURE
        decision = replace(decision, action=Action.PERSON, reason=reason, detail=payer.failure if failed else "")
    if decision.action is Action.INVITE and _is_invited_as_another(payer, decision.box, today, outside):
        decision = replace(decision, action=Action.WAIT, reason=Reason.INVITED_THIS_MONTH)
    seen = _seen(payer, decision, today)
    match decision.action:
        case Action.INVITE | Action.ACCEPT | Action.REMIND if not accounts_of(payer, today, outside):
            settle(one, replace(payer, accounts=()), outside)  # nobody pays by these requisites any more
        case Action.INVITE | Action.ACCEPT:
            writes = box_writes(decision.box, outside) if decision.box else []
            ask(settle(one, intent(seen, decision, today), outside, *writes), terms.text, today, outside, edo)
        case Action.REMIND:
            remind(one, stands(seen, decision.reason, outside), today, outside)
        case _:
            writes = box_writes(decision.box, outside) if decision.box and seen != one.payer else []
            settle(one, stands(seen, decision.reason, outside, detail=_detail(payer, decision)), outside, *writes)


def _searched(payer: Counterparty, boxes: Sequence[Box], terms: Terms, edo: EdoOutside) -> Decision:
    """Decide with the payer's boxes at other operators. Where those cannot be read, leave it to a person.

    Raises:
        BusyError: the operator is away.
    """
    try:
        boxes = [*boxes, *edo.edo.elsewhere(payer.inn, payer.kpp)]
    except (NeedsPersonError, BadDocumentError, AbsentError) as error:
        reason = (error.reason if isinstance(error, NeedsPersonError) else None) or Reason.INVITATION_FAILED
        return Decision(action=Action.PERSON, reason=reason, detail=error.said.text[:FAILURE_MAX])
    return decide_invitation(payer.candidate, boxes, terms.settings, today=terms.today, searched=True)


def _is_invited_as_another(payer: Counterparty, box: Box | None, today: date, outside: Outside) -> bool:
    """Whether this month's invitation has gone there for a payer of the same INN and another KPP."""
    target = box.id if box else payer.inn
    others = (one.payer for one in all_of_inn(payer.inn, outside) if one.payer.kpp != payer.kpp)
    return any(_in_month(other.invited.get(target), today) for other in others)


def _in_month(day: date | None, today: date) -> bool:
    return day is not None and Month.of(day) == Month.of(today)


def _seen(payer: Counterparty, decision: Decision, today: date) -> Counterparty:
    """The payer with the box of the decision, as it stands."""
    box = decision.box
    if box is None:
        gone = decision.reason in _NO_BOX
        return replace(payer, box="", partnership=Partnership.NONE, since=None, roaming=False) if gone else payer
    same = payer.box == box.id and payer.partnership is box.partnership
    since = box.since or (payer.since if same else None) or (today if box.partnership is not Partnership.NONE else None)
    return replace(payer, box=box.id, partnership=box.partnership, since=since, roaming=box.roaming)


def _detail(payer: Counterparty, decision: Decision) -> str:
    """What stands beside the reason: of the decision, the boxes to choose from, or what was said when it came up."""
    boxes = "; ".join(" · ".join(filter(None, (b.id, b.name, b.kpp, b.operator))) for b in decision.boxes)
    return decision.detail or boxes or (payer.detail if payer.reason is decision.reason else "")
