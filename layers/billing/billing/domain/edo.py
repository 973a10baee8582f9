"""Counterparties in the EDO: whom to invite, and to whom we may send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from billing.domain.edo_boxes import Box, BoxChoice, Operator, Partnership, choose_box
from billing.domain.edo_reasons import Reason
from billing.domain.periods import Month

HEAD_KPP = ("01", "50")  # 5th and 6th of a KPP: by the seat of the company, and of the largest taxpayers


class Action(StrEnum):
    INVITE = "invite"
    ACCEPT = "accept"
    SEARCH = "search"  # at other operators: nobody is invited into a box that is made for the invitation alone
    WAIT = "wait"
    REMIND = "remind"  # by a letter of ours: a repeated invitation does nothing at the operator
    SKIP = "skip"
    SEND = "send"
    PERSON = "person"


class RoamingRequest(StrEnum):
    """The request for roaming that a person files with the operator, once for a client."""

    NONE = "none"
    NEEDED = "needed"  # the operator has answered that it is
    FILED = "filed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A payer, and what we remember of him in the EDO.

    `box`: written by a person or by an earlier exchange. `invited`: the days on which a box was invited, by box id, or
    by INN for invitations by INN. `said`: "accepted" or "leave" when a person has decided.
    """

    inn: str
    kpp: str = ""
    problems: tuple[str, ...] = ()
    box: str = ""
    task: str = ""
    invited: Mapping[str, date] = field(default_factory=dict)
    reminded: date | None = None
    failed: date | None = None
    failure: str = ""
    roaming_request: RoamingRequest = RoamingRequest.NONE
    said: str = ""

    @property
    def is_entrepreneur(self) -> bool:
        return len(self.inn) == 12


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationSettings:
    """Settings of the campaign. `our_test_box`: then test boxes are those we talk to, and real ones are not."""

    remind: bool = True
    roaming_days: int = 30  # how long a roaming invitation may look unanswered before we send anyway
    partners_only: bool = True  # send to partners only, even to those who take documents from everybody
    our_test_box: bool = False
    operators: Mapping[str, Operator] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The next step with one counterparty, and the one reason for it."""

    action: Action
    reason: Reason
    box: Box | None = None
    boxes: tuple[Box, ...] = ()
    detail: str = ""


def decide_invitation(
    candidate: Candidate,
    boxes: Sequence[Box],
    settings: InvitationSettings,
    *,
    today: date,
    searched: bool = False,
) -> Decision:
    """What the campaign does today about one payer, after the statuses were read.

    `searched`: boxes at other operators are among them already. Without it, SEARCH is the answer about a payer that
    is not in our operator's directory.

    At most one invitation a box and month: asked twice in a month, it waits the second time.

    Source: Diadoc API, CounteragentStatus and AcquireCounteragent.
    """
    if candidate.problems:
        return Decision(action=Action.SKIP, reason=Reason.REQUISITES, detail="; ".join(candidate.problems))
    if candidate.said == "leave":
        return Decision(action=Action.SKIP, reason=Reason.LEFT_ALONE)
    if candidate.task:
        return Decision(action=Action.WAIT, reason=Reason.TASK_RUNNING)
    choice = _choice(candidate, boxes, settings)
    if choice.reason:
        return Decision(action=Action.PERSON, reason=choice.reason, boxes=choice.among)
    if choice.box is None:
        return _by_inn(candidate, today, searched=searched)
    return _by_status(candidate, choice.box, settings, today)


def _choice(candidate: Candidate, boxes: Sequence[Box], settings: InvitationSettings) -> BoxChoice:
    return choose_box(
        boxes,
        inn=candidate.inn,
        kpp=candidate.kpp,
        kept=candidate.box,
        our_test_box=settings.our_test_box,
    )


def _by_inn(candidate: Candidate, today: date, *, searched: bool) -> Decision:
    """Decide on a company without a box at our operator: search others first, for an INN invites head offices only.

    A legal entity is not found there without its KPP.
    """
    decision = _once_a_month(candidate, None, Reason.NOT_AT_THE_OPERATOR, today)
    may_search = candidate.is_entrepreneur or bool(candidate.kpp)
    if decision.action is Action.INVITE and may_search and not searched:
        return Decision(action=Action.SEARCH, reason=Reason.NOT_AT_THE_OPERATOR)
    if candidate.is_entrepreneur:
        return Decision(action=Action.PERSON, reason=Reason.ENTREPRENEUR_NOT_FOUND)
    if candidate.kpp and candidate.kpp[4:6] not in HEAD_KPP:
        return Decision(action=Action.PERSON, reason=Reason.BRANCH_NOT_FOUND)
    return decision


def _once_a_month(candidate: Candidate, box: Box | None, reason: Reason, today: date) -> Decision:
    if _same_month(candidate.failed, today):
        return Decision(action=Action.PERSON, reason=Reason.INVITATION_FAILED, box=box, detail=candidate.failure)
    if _same_month(_invited_on(candidate, box), today):
        return Decision(action=Action.WAIT, reason=Reason.INVITED_THIS_MONTH, box=box)
    return Decision(action=Action.INVITE, reason=reason, box=box)


def _invited_on(candidate: Candidate, box: Box | None) -> date | None:
    """Our last invitation to the box, or to the INN, under which the operator may have made this very box."""
    days = [candidate.invited.get(candidate.inn), candidate.invited.get(box.id) if box else None]
    return max((day for day in days if day), default=None)


def _same_month(day: date | None, today: date) -> bool:
    return day is not None and Month.of(day) == Month.of(today)


def _by_status(candidate: Candidate, box: Box, settings: InvitationSettings, today: date) -> Decision:
    stands = box.partnership
    if stands is Partnership.PARTNERS:
        return Decision(action=Action.SKIP, reason=Reason.PARTNERS, box=box)
    if candidate.said == "accepted":
        return Decision(action=Action.SKIP, reason=Reason.SAID_BY_PERSON, box=box)
    if stands is Partnership.THEY_INVITED:
        if box.wants_signature:
            return Decision(action=Action.PERSON, reason=Reason.INVITATION_WANTS_SIGNATURE, box=box)
        return Decision(action=Action.ACCEPT, reason=Reason.THEY_INVITED_US, box=box)
    if stands is Partnership.WE_INVITED:
        return _unanswered(candidate, box, settings, today)
    if stands is Partnership.NONE:
        return _roaming(candidate, box, settings) or _once_a_month(candidate, box, Reason.NO_INVITATION_YET, today)
    reasons = {Partnership.THEY_REFUSED: Reason.REFUSED_BY_THEM, Partnership.WE_REFUSED: Reason.REFUSED_BY_US}
    return Decision(action=Action.PERSON, reason=reasons.get(stands, Reason.UNKNOWN_STATUS), box=box)


def _roaming(candidate: Candidate, box: Box, settings: InvitationSettings) -> Decision | None:
    """What stands in the way of inviting a client of another operator; None: nothing.

    An operator of whom we know nothing is tried: if a request is needed, the answer will say so.
    """
    operator = settings.operators.get(box.operator)
    if candidate.roaming_request is RoamingRequest.FILED:
        return Decision(action=Action.WAIT, reason=Reason.ROAMING_REQUEST_FILED, box=box)
    if not box.roaming or candidate.roaming_request is RoamingRequest.DONE:
        return None
    if operator and not operator.active:
        return Decision(action=Action.PERSON, reason=Reason.ROAMING_OPERATOR_INACTIVE, box=box)
    if candidate.roaming_request is RoamingRequest.NEEDED or (operator and not operator.takes_invitations):
        return Decision(action=Action.PERSON, reason=Reason.ROAMING_REQUEST_NEEDED, box=box)
    return None


def _unanswered(candidate: Candidate, box: Box, settings: InvitationSettings, today: date) -> Decision:
    if _same_month(_invited_on(candidate, box) or box.since, today):
        return Decision(action=Action.WAIT, reason=Reason.INVITED_THIS_MONTH, box=box)
    if box.roaming and _long_silent(candidate, box, settings, today):
        return Decision(action=Action.PERSON, reason=Reason.ROAMING_STUCK, box=box)
    if not settings.remind:
        return Decision(action=Action.WAIT, reason=Reason.SILENT, box=box)
    if _same_month(candidate.reminded, today):
        return Decision(action=Action.WAIT, reason=Reason.REMINDED_THIS_MONTH, box=box)
    return Decision(action=Action.REMIND, reason=Reason.SILENT, box=box)


def _long_silent(candidate: Candidate, box: Box, settings: InvitationSettings, today: date) -> bool:
    since = min((day for day in (_invited_on(candidate, box), box.since) if day), default=None)
    return since is not None and (today - since).days >= settings.roaming_days


def may_be_sent(candidate: Candidate, boxes: Sequence[Box], settings: InvitationSettings, *, today: date) -> Decision:
    """Whether documents go to the payer today: SEND with the box, or SKIP or PERSON with the reason.

    Roaming clients may stay "invited" for ever although they have accepted at home: after `roaming_days` we send
    anyway, and the operator's answer decides.

    Source: Diadoc API, instruction on counteragents: recipients that say so and roaming require a partnership.
    """
    choice = _choice(candidate, boxes, settings)
    if choice.reason:
        return Decision(action=Action.PERSON, reason=choice.reason, boxes=choice.among)
    box = choice.box
    if box is None:
        return Decision(action=Action.SKIP, reason=Reason.NOT_PARTNERS)
    stands = box.partnership
    if stands is Partnership.PARTNERS:
        return Decision(action=Action.SEND, reason=Reason.PARTNERS, box=box)
    if stands in (Partnership.THEY_REFUSED, Partnership.WE_REFUSED):
        reason = Reason.REFUSED_BY_THEM if stands is Partnership.THEY_REFUSED else Reason.REFUSED_BY_US
        return Decision(action=Action.PERSON, reason=reason, box=box)
    if candidate.said == "accepted":
        return Decision(action=Action.SEND, reason=Reason.SAID_BY_PERSON, box=box)
    if box.roaming and stands is Partnership.WE_INVITED and _long_silent(candidate, box, settings, today):
        return Decision(action=Action.SEND, reason=Reason.ROAMING_SILENT, box=box)
    if stands is Partnership.UNKNOWN:
        return Decision(action=Action.PERSON, reason=Reason.UNKNOWN_STATUS, box=box)
    if not (settings.partners_only or box.partners_only or box.roaming):
        return Decision(action=Action.SEND, reason=Reason.PARTNERSHIP_NOT_NEEDED, box=box)
    return Decision(action=Action.SKIP, reason=Reason.NOT_PARTNERS, box=box)
