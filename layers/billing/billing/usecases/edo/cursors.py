"""How far a walk has come: a row of `control` for each, and partitions of `work` that are taken one after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from billing.ports import Outside, Stored, Write
from billing.records_edo import CURSORS


def place_of(walk: str, outside: Outside) -> Stored | None:
    """Where the walk was left; None: it was never begun."""
    return outside.store.get("control", CURSORS, walk)


def put_place(walk: str, row: Mapping[str, Any], expect: int, outside: Outside) -> Stored:
    """The walk stands there, and the row is as it was written.

    Raises:
        StaleError: another run has moved it since it was read at the version `expect`.
    """
    outside.store.tx([Write("control", CURSORS, walk, dict(row), expect)])
    return Stored(CURSORS, walk, dict(row), expect + 1)


def next_page(
    partitions: Sequence[str], cursor: str, outside: Outside, *, limit: int
) -> tuple[tuple[Stored, ...], str]:
    """Rows of `work` after the cursor, of one of the partitions; and the next cursor, empty after the last one.

    A cursor is `<partition>|<last key>`. A page may be empty though there are more.
    """
    partition, _, after = cursor.partition("|")
    partition = partition or partitions[0]
    page = outside.store.query("work", partition, after=after, limit=limit)
    if page.cursor:
        return page.rows, f"{partition}|{page.cursor}"
    following = partitions.index(partition) + 1
    return page.rows, f"{partitions[following]}|" if following < len(partitions) else ""
