"""Send a month's letters again to the addresses that they did not reach, by the same rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from billing.domain.delivery import DeliveryState
from billing.domain.periods import Month, utc_text
from billing.ports import Outside, StaleError, Stored, Write
from billing.records_letters import HEAD, OURS, delivery_of, delivery_row
from billing.usecases.letters import work_write
from billing.usecases.rows import rows_of

AGAIN = (DeliveryState.REFUSED, DeliveryState.UNCONFIRMED)  # the others reached somebody, or are not to be written to
PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The number of addresses written to again. `cursor`: where to go on, if time was up."""

    addresses: int
    cursor: str


def letters_again(
    month: Month,
    status: DeliveryState,
    outside: Outside,
    *,
    until: datetime,
    accounts: Sequence[str] = (),
    cursor: str = "",
) -> Again:
    """Queue the month's deliveries with that status again, of the given accounts, or of all and of our report.

    A repeat does nothing: what is queued no longer has that status. The month gets no further report: its sums are
    the same, and each address shows its own state.
    """
    if accounts:
        return Again(addresses=sum(_again(a, str(month), month, status, outside) for a in accounts), cursor="")
    n = 0 if cursor else _again(OURS, f"report-{month}", month, status, outside)
    while outside.clock() < until:
        page = outside.store.scan("accounts", segment=0, segments=1, cursor=cursor, limit=PAGE)
        n += sum(_again(s.pk, str(month), month, status, outside) for s in page.rows)
        if not (cursor := page.cursor):
            return Again(addresses=n, cursor="")
    return Again(addresses=n, cursor=cursor)


def _again(account: str, scope: str, month: Month, status: DeliveryState, outside: Outside) -> int:
    """Queue the letters of one account, each in a transaction with its work."""
    found: dict[str, list[Stored]] = {}
    for stored in rows_of(outside.store, "deliveries", account, prefix=f"{scope}_"):
        name, _, address = stored.sk.rpartition("_")
        if address == HEAD or stored.row["status"] == status:
            found.setdefault(f"{account}_{name}", []).append(stored)
    return sum(_one_again(letter, rows, month, outside) for letter, rows in found.items())


def _one_again(letter: str, rows: Iterable[Stored], month: Month, outside: Outside) -> int:
    at = utc_text(outside.clock())
    due = [s for s in rows if not s.sk.endswith(f"_{HEAD}")]
    if not due:
        return 0
    writes = [Write("deliveries", s.pk, s.sk, _queued(s, at), s.version) for s in due]
    work = work_write(letter, str(month), at)
    there = outside.store.get("work", work.pk, work.sk)
    again = [] if there else [work]
    try:
        outside.store.tx([*writes, *again])
    except StaleError:  # an event or another call was faster: whoever asks again sees what is left
        return 0
    hints = [{"letter": letter, "address": s.sk.rpartition("_")[2]} for s in due]
    outside.queue.send("send-letter", hints)
    return len(due)


def _queued(stored: Stored, at: str) -> dict[str, str | int]:
    was = delivery_of(stored.row)
    return delivery_row(
        replace(was, status=DeliveryState.QUEUED, attempts=0, started_at="", message="", code="", at=at)
    )

