"""Reading the journal of an account."""

from __future__ import annotations

from billing import records
from billing.domain.ledger import Entry
from billing.ports import Store

PAGE = 200


def entries_from(store: Store, account: str, first: int) -> list[Entry]:
    """The entries from number `first` on, in order."""
    entries: list[Entry] = []
    after = records.seq_key(first - 1)
    while True:
        page = store.query("journal", account, after=after, limit=PAGE)
        entries += [records.entry_of(int(s.sk), s.row) for s in page.rows]
        if not (after := page.cursor):
            return entries
