"""An account waits for a person, with the reason in a row; the run goes on without it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from billing import records
from billing.domain.periods import Month, utc_text
from billing.ports import ABSENT, Outside, StaleError, Write
from billing.usecases.waiting import wait_for_person


def park(account: str, month: Month, reason: str, outside: Outside) -> None:
    """The account is parked for that reason, said once."""
    stored = outside.store.get("control", f"parked.{month}", account)
    row = {"reason": reason, "at": utc_text(outside.clock()), "summary": f"{account}: {reason}"}
    if stored and stored.row["reason"] == reason:
        return
    try:
        outside.store.tx([Write("control", f"parked.{month}", account, row, stored.version if stored else ABSENT)])
    except StaleError:
        return  # somebody parked it at the same moment
    outside.metrics.count("AccountsParked")


def set_aside(account: str, month: Month, reason: str, cards: Mapping[str, int], outside: Outside) -> None:
    """The account is parked, and what it had begun waits with it: the run ends without it."""
    park(account, month, reason, outside)
    page = outside.store.query("work", records.shard_of(account), prefix=f"issue#{account}#")
    for work in page.rows:
        if work.row["month"] <= str(month) and (writes := wait_for_person(work, reason, cards)):
            with suppress(StaleError):  # somebody is at it
                outside.store.tx(writes)
