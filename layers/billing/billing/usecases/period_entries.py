"""The journal of a stretch of time: where it begins is told by the closed months, so years before are never read."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from billing import records
from billing.domain.errors import NotFoundError
from billing.domain.ledger import Account, Entry
from billing.domain.periods import FUTURE, MOSCOW, Day, Month, utc_text
from billing.ports import Store
from billing.usecases.rows import rows_of

PAGE = 200
SKEW = timedelta(hours=1)  # clocks of two functions differ, and a moment is taken a little before it is written


def account_now(store: Store, account: str) -> Account:
    """The account; what is read after it is taken as it was then.

    Raises:
        NotFoundError: there is no such account.
    """
    stored = store.get("accounts", account)
    if not stored:
        raise NotFoundError("такого счёта нет")
    return records.account_of(account, stored.row)


def seq_before(store: Store, account: str, day: Day, *, open: Month) -> int:
    """An entry from which on everything lies that is of that day or later, by its own day or by its period.

    An entry may be posted before its day, but at most `FUTURE` before; one of an earlier day has a later period only
    because the months before it are closed. So nothing of the day stands before the close of an earlier month that
    happened so long before the day. `open`: the account's first month that is not closed; 0: from the beginning.
    """
    begins = utc_text(datetime.combine(day, time.min, MOSCOW) - FUTURE - SKEW)
    month = min(Month.of(day), open).previous
    while period := store.get("documents", account, records.period_key(month)):
        if period.row["at"] < begins:
            return int(period.row["last_seq"])
        month = month.previous
    return 0


def entries_between(store: Store, account: str, after: int, until: int | None = None) -> list[Entry]:
    """The entries with after < seq ≤ until, in order; with no `until`, all that there are by now."""
    end = "" if until is None else records.seq_key(until + 1)
    rows = rows_of(store, "journal", account, after=records.seq_key(after), before=end, limit=PAGE)
    return [records.entry_of(int(s.sk), s.row) for s in rows]


def entries_of_periods(store: Store, account: str, first: Month, last: Month, *, open: Month, seq: int) -> list[Entry]:
    """The entries that the books of the months first..last hold. `open` and `seq`: those of the account."""
    period = store.get("documents", account, records.period_key(last)) if last < open else None
    until = int(period.row["last_seq"]) if period else seq
    after = seq_before(store, account, first.first_day, open=open)
    return [e for e in entries_between(store, account, after, until) if first <= e.period <= last]


def entry_at(store: Store, account: str, key: str) -> Entry | None:
    """The account's entry of that key."""
    seen = store.get("seen", key)
    if not seen or seen.row["account"] != account or "seq" not in seen.row:
        return None
    return entry_number(store, account, int(seen.row["seq"]))


def entry_number(store: Store, account: str, seq: int) -> Entry | None:
    stored = store.get("journal", account, records.seq_key(seq))
    return records.entry_of(seq, stored.row) if stored else None
