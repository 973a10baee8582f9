"""Where a letter to one address is, from the row that queues it to what the mail service says last."""

from __future__ import annotations

from enum import StrEnum


class DeliveryState(StrEnum):
    """Names stand in rows, reports and answers: they stay as they are."""

    QUEUED = "queued"
    SENDING = "sending"  # claimed by a worker; perhaps sent
    ACCEPTED = "accepted"  # by the mail service
    UNCONFIRMED = "unconfirmed"  # tried often, and nothing was ever heard of it
    DELIVERED = "delivered"
    REFUSED = "refused"  # by the mail service, or no letter could be made
    SUPPRESSED = "suppressed"  # the address is not written to again
    BOUNCED = "bounced"
    COMPLAINED = "complained"


RANKS = {  # an event moves a delivery to a higher rank, never back
    DeliveryState.QUEUED: 0,
    DeliveryState.SENDING: 1,
    DeliveryState.ACCEPTED: 2,
    DeliveryState.UNCONFIRMED: 2,
    DeliveryState.DELIVERED: 3,
    DeliveryState.REFUSED: 4,
    DeliveryState.SUPPRESSED: 4,
    DeliveryState.BOUNCED: 5,
    DeliveryState.COMPLAINED: 6,
}
SETTLED = frozenset(DeliveryState) - {DeliveryState.QUEUED, DeliveryState.SENDING}  # there is nothing left to do
FAILED = SETTLED - {DeliveryState.ACCEPTED, DeliveryState.DELIVERED}
WORST_FIRST = (  # a letter to several addresses is told by the first of these
    DeliveryState.BOUNCED,
    DeliveryState.REFUSED,
    DeliveryState.SUPPRESSED,
    DeliveryState.COMPLAINED,
    DeliveryState.UNCONFIRMED,
    DeliveryState.QUEUED,
    DeliveryState.SENDING,
    DeliveryState.ACCEPTED,
    DeliveryState.DELIVERED,
)
