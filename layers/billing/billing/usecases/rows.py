"""Reading all rows of a partition."""

from __future__ import annotations

from collections.abc import Iterator

from billing.ports import Store, Stored


def rows_of(
    store: Store, table: str, pk: str, *, prefix: str = "", after: str = "", before: str = "", limit: int = 100
) -> Iterator[Stored]:
    """What the `query` finds, a page at a time as it is asked for."""
    while True:
        page = store.query(table, pk, prefix=prefix, after=after, before=before, limit=limit)
        yield from page.rows
        if not (after := page.cursor):
            return
