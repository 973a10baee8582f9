"""How a payer stands with us, as the accountant is told it: a change of it is news, and is told once."""

from __future__ import annotations

from enum import StrEnum

from billing.domain.edo_boxes import Partnership
from billing.domain.edo_reasons import Reason


class Standing(StrEnum):
    NEW = "new"  # nothing has happened yet
    PARTNER = "partner"  # was one already when we first looked
    INVITES_US = "invites_us"
    INVITED = "invited"
    REMINDED = "reminded"
    ACCEPTED = "accepted"
    PERSON = "person"  # somebody has to do something; the reason says what
    ASIDE = "aside"  # left alone, or marked by hand


WAITING = (Standing.INVITED, Standing.REMINDED)

_RUNNING = (Reason.TASK_RUNNING, Reason.INVITED_THIS_MONTH, Reason.REMINDED_THIS_MONTH, Reason.SILENT)
_UNDER_WAY = (*WAITING, Standing.INVITES_US)
_SETTLED = (Reason.LEFT_ALONE, Reason.SAID_BY_PERSON, Reason.ROAMING_REQUEST_FILED)


def standing_of(before: Standing, partnership: Partnership, reason: Reason, *, asked: bool) -> Standing:
    """What the payer's standing is after a decision or a change of status.

    A partner is news when something came before it; `asked`: we have invited or accepted at some time. A reminder stays
    one until something else happens.
    """
    if partnership is Partnership.PARTNERS:
        was_one = before is Standing.PARTNER or (before is Standing.NEW and not asked)
        return Standing.PARTNER if was_one else Standing.ACCEPTED
    if reason.remedy:
        return Standing.PERSON
    if reason in _SETTLED:
        return Standing.ASIDE
    if reason is Reason.THEY_INVITED_US:
        return Standing.INVITES_US
    if reason in _RUNNING:
        kept = _UNDER_WAY if reason is Reason.TASK_RUNNING else WAITING
        return before if before in kept else Standing.INVITED
    return Standing.NEW


def reason_of(partnership: Partnership) -> Reason:
    """What a status alone says, between two decisions."""
    return {
        Partnership.PARTNERS: Reason.PARTNERS,
        Partnership.THEY_INVITED: Reason.THEY_INVITED_US,
        Partnership.WE_INVITED: Reason.INVITED_THIS_MONTH,
        Partnership.THEY_REFUSED: Reason.REFUSED_BY_THEM,
        Partnership.WE_REFUSED: Reason.REFUSED_BY_US,
        Partnership.NONE: Reason.NO_INVITATION_YET,
        Partnership.UNKNOWN: Reason.UNKNOWN_STATUS,
    }[partnership]
