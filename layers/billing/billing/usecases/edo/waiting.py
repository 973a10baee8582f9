"""Documents that wait to go out, by account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta
from itertools import groupby

from billing import records
from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.edo_sending import Window
from billing.domain.periods import MOSCOW, Month, moscow_day, utc_text
from billing.ports import Outside, StaleError, Stored, Write
from billing.records_edo import DUE_SHARDS, edo_shard
from billing.usecases.edo.attention import line_writes, of_document
from billing.usecases.edo.cursors import next_page
from billing.usecases.edo.due import due_write
from billing.usecases.edo.sending.terms import OnItsWay, on_its_way
from billing.usecases.rows import rows_of

PAGE = 100


def waiting_of(account: str, outside: Outside) -> list[OnItsWay]:
    """The account's documents that have a row of work and are not at the operator; a withdrawn one loses its row."""
    found: list[OnItsWay] = []
    for work in rows_of(outside.store, "work", edo_shard(account), prefix=f"{account}#", limit=PAGE):
        stored = outside.store.get("documents", account, work.row["document"])
        one = on_its_way(stored) if stored else None
        if one and one.stored.row["status"] != DocumentStatus.VOID and not one.state.fate.message:
            found.append(one)
        elif one:
            is_out = bool(one.state.fate.message)  # then its line is about what became of it
            line = [] if is_out else line_writes(of_document(account, one.stored.sk), None, outside)
            with suppress(StaleError):  # another worker has seen it too
                outside.store.tx([Write("work", work.pk, work.sk, None, work.version), *line])
    return found


def accounts_waiting(cursor: str, outside: Outside) -> Iterator[tuple[str, str, list[Stored]]]:
    """Yield accounts with documents that wait, after the cursor.

    Each comes with the cursor behind it, `<partition>|<key>`, and the first of its rows of work.
    """
    while True:
        rows, following = next_page(DUE_SHARDS, cursor, outside, limit=PAGE)
        accounts = [(account, list(works)) for account, works in groupby(rows, key=lambda work: work.row["account"])]
        is_cut = following.partition("|")[2] != ""
        if is_cut and len(accounts) > 1:  # the last one may go on in the next page
            accounts.pop()
            following = place_behind(accounts[-1][0])
        for account, works in accounts:
            yield account, place_behind(account), works
        if is_cut and len(accounts) == 1:
            following = place_behind(accounts[0][0])
        if not (cursor := following):
            return


def rests(work: Stored, now: datetime) -> bool:
    """Return whether the document rests until a later moment. Its row says why."""
    return bool(work.row.get("due")) and now < datetime.fromisoformat(work.row["due"])


def lay_to_rest(works: Sequence[Stored], why: Mapping[str, list[str]], outside: Outside) -> None:
    """Put off until tomorrow those of the rows whose documents have a reason to stay."""
    tomorrow = moscow_day(outside.clock()) + timedelta(days=1)
    later = utc_text(datetime.combine(tomorrow, time(), MOSCOW))
    for work in works:
        reasons = why.get(f"{work.row['account']}/{work.row['document']}")
        if reasons:
            with suppress(StaleError):  # it has gone, or was wakened
                row = {**work.row, "due": later, "details": {"why": reasons}}
                outside.store.tx([Write("work", work.pk, work.sk, row, work.version)])


def is_of(work: Stored, window: Window) -> bool:
    """Return whether the window takes the document of that row of work, by its month of service."""
    month, document = work.row["month"], work.row["document"]
    return not document.startswith(f"{month}.") or Month.parse(month) <= window.last_month


def place_behind(account: str) -> str:
    """The cursor behind the account; `$` comes after `#`, which parts an account from its documents."""
    return f"{edo_shard(account)}|{account}$"


def plan_reconciliations(account: str, window: Window, outside: Outside) -> None:
    """Acts of reconciliation of exactly the window's months that were ordered since are due with the rest.

    Those of the night's run are due as they become ready.
    """
    first, last = window.months[0].first_day.isoformat(), window.last_month.last_day.isoformat()
    for stored in rows_of(outside.store, "documents", account, prefix=f"{Month.of(window.first_day)}-", limit=PAGE):
        row = stored.row
        if row["kind"] != DocumentKind.RECONCILIATION or row["status"] != DocumentStatus.READY or row.get("edo"):
            continue
        if (row["content"]["first"], row["content"]["last"]) != (first, last):
            continue
        due = due_write(records.document_of(account, stored.sk, row), outside)
        if not outside.store.get("work", due.pk, due.sk):
            outside.store.tx([due])
