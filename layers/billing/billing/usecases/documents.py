"""Reading the documents of an account."""

from __future__ import annotations

from collections.abc import Collection

from billing import records
from billing.domain.periods import Month
from billing.ports import Outside
from billing.records import DocumentRecord


def documents_by_id(account: str, ids: Collection[str], outside: Outside) -> list[tuple[DocumentRecord, int]]:
    """The documents with their versions, by id; it is known that they are there."""
    rows = outside.store.get_many("documents", [(account, id) for id in ids]) if ids else ()
    return [(records.document_of(account, s.sk, s.row), s.version) for s in sorted(rows, key=lambda s: s.sk)]


def documents_of(account: str, month: Month, outside: Outside) -> list[tuple[DocumentRecord, int]]:
    """The account's documents of a month with their versions, by id."""
    found: list[tuple[DocumentRecord, int]] = []
    after = ""
    while True:
        page = outside.store.query("documents", account, prefix=f"{month}.", after=after)
        found += [
            (records.document_of(account, s.sk, s.row), s.version) for s in page.rows if s.row["kind"] != "period"
        ]
        if not (after := page.cursor):
            return found
