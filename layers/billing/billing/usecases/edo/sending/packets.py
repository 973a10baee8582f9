"""What goes to the operator together: messages that were begun before as they were, the rest by the company's rule."""

from __future__ import annotations

from billing.domain.documents import DocumentKind
from billing.domain.edo_fate import Stage
from billing.domain.edo_policy import Packing
from billing.ports import Outside
from billing.usecases.edo.sending.signatures import PERSON
from billing.usecases.edo.sending.terms import OnItsWay, Terms, read
from billing.usecases.edo.waiting import waiting_of

PACKET_MAX = 40  # Source: Diadoc API, PostMessage: documents of one message


def messages(account: str, terms: Terms, outside: Outside) -> list[list[OnItsWay]]:
    """The account's signed documents, message by message."""
    waiting = waiting_of(account, outside)
    signed = [one for one in waiting if one.state.fate.stage is Stage.SIGNED]
    begun: dict[str, list[OnItsWay]] = {}
    for one in signed:
        if one.state.operation:
            begun.setdefault(one.state.operation, []).append(one)
    again = [whole for message in begun.values() if (whole := _whole(message, outside))]
    fresh = [one for one in signed if not one.state.operation]
    if terms.policy.packing is Packing.SINGLE:
        return [*again, *([one] for one in sorted(fresh, key=_order))]
    unsigned = {one.inn for one in waiting if one.state.fate.stage is Stage.TITLED and not one.state.asked_at}
    packets: dict[tuple[str, str, str, bool], list[OnItsWay]] = {}
    for one in sorted(fresh, key=_order):
        if one.inn not in unsigned:  # the rest of the packet is being signed
            state = one.state
            packets.setdefault((one.inn, state.box, state.department, state.signature == PERSON), []).append(one)
    return [
        *again,
        *(packet[i : i + PACKET_MAX] for packet in packets.values() for i in range(0, len(packet), PACKET_MAX)),
    ]


def _order(one: OnItsWay) -> tuple[bool, str, str]:
    """The contract first, then by month."""
    return one.kind is not DocumentKind.CONTRACT, str(one.stored.row["month"]), one.stored.sk


def _whole(message: list[OnItsWay], outside: Outside) -> list[OnItsWay]:
    """As it was when it was fixed: in its order, with those that the operator's feed has told of since.

    Empty where one of it was begun anew: it has failed at the operator, so the others are there, as the feed will tell.
    """
    names = [custom_id.rpartition("/") for custom_id in message[0].state.packet]
    found = [read(account, document, outside) for account, _, document in names]
    whole = [one for one in found if one] or message
    return whole if {one.state.operation for one in whole} == {message[0].state.operation} else []
