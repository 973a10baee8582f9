"""Reading the documents of an account."""

from __future__ import annotations

from collections.abc import Collection

from billing import records
from billing.domain.periods import Month
from billing.ports import Outside
from billing.records import DocumentRecord
from billing.usecases.rows import rows_of


def documents_by_id(account: str, ids: Collection[str], outside: Outside) -> list[tuple[DocumentRecord, int]]:
    """The documents with their versions, by id; it is known that they are there."""
    rows = outside.store.get_many("documents", [(account, id) for id in ids]) if ids else ()
    return [(records.document_of(account, s.sk, s.row), s.version) for s in sorted(rows, key=lambda s: s.sk)]


def documents_of(account: str, month: Month, outside: Outside) -> list[tuple[DocumentRecord, int]]:
    """The account's documents of a month with their versions, by id."""
    rows = rows_of(outside.store, "documents", account, prefix=f"{month}.")
    return [(records.document_of(account, s.sk, s.row), s.version) for s in rows if s.row["kind"] != "period"]
