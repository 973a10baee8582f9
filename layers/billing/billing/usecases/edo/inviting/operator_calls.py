"""One question to the operator about a payer: what is asked stands in the row first, then the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from billing.domain.edo import Action, Decision, RoamingRequest
from billing.domain.edo_boxes import Box, Partnership
from billing.domain.edo_reasons import Reason
from billing.domain.edo_standing import Standing
from billing.domain.periods import Month
from billing.ports import Outside
from billing.ports_edo import (
    AbsentError,
    BadDocumentError,
    EdoOutside,
    NeedsPersonError,
    RoamingRequestNeededError,
    StillRunningError,
)
from billing.records_edo import Counterparty
from billing.usecases.edo.counterparties import Kept, change, settle, stands

FAILURE_MAX = 500  # characters of the operator's words

INVITE, ACCEPT = "invite", "accept"

Refusal: TypeAlias = NeedsPersonError | BadDocumentError | AbsentError  # a repeat gives the same answer


def intent(payer: Counterparty, decision: Decision, today: date) -> Counterparty:
    """The payer with what is about to be asked, and the day that counts for "once a month"."""
    target = decision.box.id if decision.box else payer.inn
    if decision.action is Action.ACCEPT:
        return replace(payer, pending=f"{ACCEPT}:{target}", accepted=today)
    invited = {**payer.invited, target: today}
    return replace(payer, pending=f"{INVITE}:{target}", invited=invited)


def without_question(payer: Counterparty, boxes: Sequence[Box], today: date) -> Counterparty:
    """The payer as the rules are to see it when the answer to a question was lost.

    A question that has come to nothing was never asked: whatever has been decided since, decides about it too.
    """
    if not payer.pending or not has_come_to_nothing(payer, boxes, today):
        return replace(payer, pending="")
    what, _, target = payer.pending.partition(":")
    if what == ACCEPT:
        return replace(payer, pending="", accepted=None)
    return replace(payer, pending="", invited={name: day for name, day in payer.invited.items() if name != target})


def has_come_to_nothing(payer: Counterparty, boxes: Sequence[Box], today: date) -> bool:
    """Whether the boxes stand as before what is pending. A question of another month counts as asked in that."""
    what, _, target = payer.pending.partition(":")
    asked = payer.accepted if what == ACCEPT else payer.invited.get(target)
    if not asked or Month.of(asked) != Month.of(today):
        return False
    if target == payer.inn:
        return all(box.partnership is Partnership.NONE for box in boxes)
    box = next((box for box in boxes if box.id == target), None)
    if box is None:
        return False
    return box.partnership is (Partnership.THEY_INVITED if what == ACCEPT else Partnership.NONE)


def ask(one: Kept, text: str, today: date, outside: Outside, edo: EdoOutside) -> None:
    """The operator has been asked what is pending, and its answer stands in the row.

    Raises:
        BusyError: nobody knows whether it had its effect; the row says what was asked.
    """
    inn, kpp = one.payer.inn, one.payer.kpp
    what, _, target = one.payer.pending.partition(":")
    try:
        task = edo.edo.invite(inn=target, message=text) if target == inn else edo.edo.invite(box=target, message=text)
    except (NeedsPersonError, BadDocumentError, AbsentError) as error:
        refusal = error
        change(inn, kpp, outside, lambda payer: refused(payer, refusal, today, outside))
        return
    change(inn, kpp, outside, lambda payer: _asked(payer, what, task, outside))
    outside.metrics.count("EdoAccepted" if what == ACCEPT else "EdoInvited")


def _asked(payer: Counterparty, what: str, task: str, outside: Outside) -> Counterparty:
    """An invitation is news each time it is made."""
    payer = replace(payer, pending="", task=task)
    if what == ACCEPT:
        return stands(payer, Reason.THEY_INVITED_US, outside)
    return stands(replace(payer, standing=Standing.NEW), Reason.INVITED_THIS_MONTH, outside)


def refused(payer: Counterparty, error: Refusal, today: date, outside: Outside) -> Counterparty:
    """The payer after the operator said no: no invitation has gone out, and a person reads why.

    The month that it counts for is that of the question, which may be long past when its task is asked about.
    """
    target = payer.pending.partition(":")[2] or payer.box or payer.inn
    asked = max(filter(None, (payer.invited.get(target), payer.accepted)), default=today)
    invited = {name: day for name, day in payer.invited.items() if name != target}
    said = (error.said.text or str(error))[:FAILURE_MAX]
    payer = replace(payer, pending="", task="", invited=invited)
    if isinstance(error, RoamingRequestNeededError):
        needed = replace(payer, roaming_request=RoamingRequest.NEEDED)
        return stands(needed, Reason.ROAMING_REQUEST_NEEDED, outside, detail=said)
    failed = replace(payer, failed=asked, failure=said)
    return stands(failed, Reason.INVITATION_FAILED, outside, detail=said)


def polled(one: Kept, today: date, outside: Outside, edo: EdoOutside) -> Kept:
    """The payer after its task was asked about, if it has one.

    Raises:
        BusyError: the operator asks to come back later.
    """
    payer = one.payer
    if not payer.task:
        return one
    try:
        box = edo.edo.invitation(payer.task)
    except StillRunningError:
        return one
    except AbsentError:  # long over: how the box stands will say what came of it
        return settle(one, replace(payer, task=""), outside)
    except (NeedsPersonError, BadDocumentError) as error:
        if payer.box and edo.edo.partnership(payer.box) in (Partnership.WE_INVITED, Partnership.PARTNERS):
            return settle(one, replace(payer, task=""), outside)  # it complains of what is there already
        return settle(one, refused(payer, error, today, outside), outside)
    by_inn = payer.invited.get(payer.inn)
    invited = {**payer.invited, box: by_inn} if box and by_inn and box not in payer.invited else payer.invited
    return settle(one, replace(payer, task="", invited=invited), outside)
