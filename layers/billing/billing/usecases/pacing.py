"""Limit how often one account may make costly requests: the gateway's limits are for all callers together."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from billing.domain.errors import BillingError, UnavailableError
from billing.domain.periods import utc_text
from billing.ports import ABSENT, Outside, StaleError, Write

A_MINUTE = 60
KEPT = timedelta(minutes=10)


class TooOftenError(BillingError):
    """The account has made too many requests in this minute. It may try again in the next one."""


def count_call(account: str, outside: Outside) -> None:
    """Count one more dear call of the account. Calls at the very same moment may count as one.

    Raises:
        TooOftenError: there were too many in this minute.
    """
    now = outside.clock()
    minute, name = utc_text(now)[:16], f"calls.{account}"
    stored = outside.store.get("control", name, "dear")
    n = stored.row["n"] + 1 if stored and stored.row["minute"] == minute else 1
    if n > A_MINUTE:
        raise TooOftenError
    row = {"minute": minute, "n": n, "expires": int((now + KEPT).timestamp()), "summary": f"{minute}: вызовов {n}"}
    with suppress(StaleError, UnavailableError):
        outside.store.tx([Write("control", name, "dear", row, stored.version if stored else ABSENT)])
