"""Relations between pairs of boxes: the state machine and the feed it writes. Source: facts 7.1-7.12."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local.diadoc.records import PartnerEvent, Partnership
from local.diadoc.world import World

PARTNER = "IsMyCounteragent"
INVITES_ME = "InvitesMe"
INVITED = "IsInvitedByMe"
REJECTS_ME = "RejectsMe"
REJECTED = "IsRejectedByMe"
NONE = ""


def status(world: World, box: str, partner: str) -> str:
    """What this box sees of the other, "" when there is no relation."""
    known = world.state.partnerships.get(box, {}).get(partner)
    return known.status if known else NONE


def must_sign(world: World, box: str, partner: str) -> bool:
    """Whether the partner's invitation carries a document whose signature is the answer. Source: fact 7.15."""
    known = world.state.partnerships.get(box, {}).get(partner)
    return known is not None and known.status == INVITES_ME and bool(known.invitation)


def invite(world: World, box: str, partner: str, message: str = "", invitation: dict[str, str] | None = None) -> None:
    """Invite, or accept the invitation that waits; a repeat does nothing. Source: facts 7.2, 7.3, 7.4."""
    now = status(world, box, partner)
    if now == INVITES_ME:
        accept(world, box, partner)
    elif now not in {PARTNER, INVITED}:
        with_it: dict[str, Any] = {"comment": message, "invitation": dict(invitation or {})}
        _set(world, box, partner, INVITED, "IInvitedCounteragent", message_to=message, **with_it)
        _set(world, partner, box, INVITES_ME, "CounteragentInvitedMe", message_from=message, **with_it)
        habit = world.state.organizations[partner].accepts_invitations_after_s
        if habit is not None:
            world.later(habit, "accept_invitation", partner, box)


def accept(world: World, box: str, partner: str) -> None:
    """Accept the invitation of `partner`; nothing when there is none.

    A roaming company may accept at its own operator and the inviter never learns it. Source: fact 7.12.
    """
    if status(world, box, partner) != INVITES_ME:
        return
    _set(world, box, partner, PARTNER, "IAcceptedInvitation")
    if not world.state.organizations[box].hides_acceptance:
        _set(world, partner, box, PARTNER, "CounteragentAcceptedInvitation")


def make_partners(world: World, box: str, partner: str) -> None:
    """Both are partners, as a completed exchange of documents makes them. Source: fact 7.1."""
    if status(world, box, partner) != PARTNER:
        _set(world, box, partner, PARTNER, "IMadeCounteragent")
    if status(world, partner, box) != PARTNER:
        _set(world, partner, box, PARTNER, "CounteragentMadeMe")


def break_up(world: World, box: str, partner: str, comment: str = "") -> None:
    """Withdraw our invitation, decline theirs, or end the partnership; else nothing. Source: fact 7.11."""
    now = status(world, box, partner)
    if now == INVITED:
        _withdraw(world, box, partner, "IWithdrewInvitation", comment)
        _withdraw(world, partner, box, "CounteragentWithdrewInvitation", comment)
    elif now in {PARTNER, INVITES_ME}:
        mine, theirs = (
            ("IBrokeUpWithCounteragent", "CounteragentBrokeUpWithMe")
            if now == PARTNER
            else ("IRejectedInvitation", "CounteragentRejectedInvitation")
        )
        _set(world, box, partner, REJECTED, mine, comment=comment)
        _set(world, partner, box, REJECTS_ME, theirs, comment=comment, message_from=comment)


def _set(world: World, box: str, partner: str, status_now: str, event: str, *, comment: str = "", **more: Any) -> None:
    """The relation is in that state, with these fields of the record, and the feed tells of it."""
    relations = world.state.partnerships.setdefault(box, {})
    known = relations.get(partner)
    if known is None:
        known = Partnership(partner=partner, status=NONE, position=world.number("partnership"))
        relations[partner] = known
    if status_now in {INVITED, INVITES_ME}:
        known.before = known.status
    known.status, known.comment, known.ticks = status_now, comment, world.ticks
    for name, value in more.items():
        setattr(known, name, value)
    _tell(world, box, known, event)


def _withdraw(world: World, box: str, partner: str, event: str, comment: str) -> None:
    known = world.state.partnerships[box][partner]
    known.status, known.before, known.comment, known.ticks = known.before, NONE, comment, world.ticks
    known.invitation = {}
    _tell(world, box, known, event)
    if known.status == NONE:
        del world.state.partnerships[box][partner]


def _tell(world: World, box: str, known: Partnership, event: str) -> None:
    feed = world.state.partner_events.setdefault(box, [])
    feed.append(
        PartnerEvent(
            event_id=world.new_id("partner-event"),
            position=world.number("partner-event-position"),
            partnership=replace(known),
            types=[event],
        )
    )
