"""Statistics of an account, from its closed months and its journal."""

from __future__ import annotations

from billing.domain.periods import Day, Month
from billing.domain.statistics import Statistics
from billing.ports import Outside


def statistics_of(
    account: str, first: Month, last: Month, outside: Outside, *, today: Day, days: bool = True
) -> Statistics:
    """The months first..last, those before the account began and after today left out.

    Without `days` the journal is not read: no days, no services and no forecast, and a few reads whatever the account.

    Raises:
        NotFoundError: there is no such account.
        InvalidInputError: more than 13 months, or the last before the first.
    """
    raise NotImplementedError
