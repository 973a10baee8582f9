"""Акт сверки of one payer for any stretch of days, read from the journal and the issued acts."""

from __future__ import annotations

from billing.domain.periods import Day
from billing.domain.reconciliation import AT_ONCE_MAX, ReconciliationDraft
from billing.ports import Outside

__all__ = ["AT_ONCE_MAX", "reconciliation_content", "rows_count"]


def reconciliation_content(
    account: str, payer: str, first: Day, last: Day, outside: Outside, *, today: Day, mirrored: bool | None = None
) -> ReconciliationDraft:
    """What the act says, without a number: requisites of today, both days inclusive.

    `mirrored` None: as the seller's settings have it. Problems (requisites, characters) are told, not raised.

    Raises:
        NotFoundError: there is no such account, or the payer never had to do with it.
        InvalidInputError: the stretch ends before it begins, or after today.
    """
    raise NotImplementedError


def rows_count(account: str, first: Day, last: Day, outside: Outside) -> int:
    """At most so many rows, told by a few cheap reads: above `AT_ONCE_MAX` let a worker make the act."""
    raise NotImplementedError
