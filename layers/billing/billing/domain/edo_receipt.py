"""Our receipt of what the recipient has answered: asked for on its title, made, signed and given once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.domain.periods import moscow_day

REFUSALS_MAX = 5  # days on which signer or operator may say no before only a person goes on
PATIENCE = timedelta(days=1)  # until a person reads that it has not come about


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """How far a receipt is. `of`: the entity that it answers; empty: the operator wants one and does not say on what.

    `file`, `name`: its exact bytes as they were kept; `signature`, `signature_file`: as of a document. `given_at`: it
    is at the operator. `trouble`: why a person has to look, empty as long as we are at it. `refusals`: days on which
    signer or operator has said no, `refused_at`: the last time.
    """

    of: str = ""
    file: str = ""
    name: str = ""
    signature: str = ""
    signature_file: str = ""
    given_at: datetime | None = None
    trouble: str = ""
    refusals: int = 0
    refused_at: datetime | None = None


def may_be_tried(receipt: Receipt, now: datetime) -> bool:
    """Whether the next step may be taken: what was refused is tried on another day, and not for ever."""
    if not receipt.of or receipt.given_at or receipt.refusals >= REFUSALS_MAX:
        return False
    return receipt.refused_at is None or moscow_day(receipt.refused_at) != moscow_day(now)


def is_overdue(receipt: Receipt, since: datetime, now: datetime) -> bool:
    """Whether a person has to be told although nobody has said no. `since`: from when on it is due."""
    return now - (receipt.given_at or since) >= PATIENCE
