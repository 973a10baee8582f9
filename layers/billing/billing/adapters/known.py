"""What was read or written in one call of a function is known for the rest of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from billing.ports import Page, Store, Stored, Write


class Known:
    """Implements `ports.Store`; a row is read once, be it there or not, and a row written is the row known.

    It serves those who write what they have read on condition of its version: should another worker be faster, their
    transaction fails, all is forgotten, and they read anew.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[tuple[str, str, str], Stored | None] = {}

    def get(self, table: str, pk: str, sk: str = "") -> Stored | None:
        if (table, pk, sk) not in self._rows:
            found = self._store.get(table, pk, sk)
            self._remember(table, pk, sk, found)
            return found
        known = self._rows[table, pk, sk]
        return known and _copied(known)

    def get_many(self, table: str, keys: Collection[tuple[str, str]]) -> tuple[Stored, ...]:
        new = {key for key in keys if (table, *key) not in self._rows}
        known = [s for key in set(keys) - new if (s := self._rows[table, *key])]
        read = self._store.get_many(table, new) if new else ()
        there = {(s.pk, s.sk): s for s in read}
        for key in new:
            self._remember(table, *key, there.get(key))
        return (*map(_copied, known), *read)

    def query(self, table: str, pk: str, **how: Any) -> Page:
        page = self._store.query(table, pk, **how)
        for s in page.rows:
            self._remember(table, s.pk, s.sk, s)
        return page

    def scan(self, table: str, **how: Any) -> Page:
        return self._store.scan(table, **how)

    def tx(self, writes: Sequence[Write]) -> None:
        try:
            self._store.tx(writes)
        except BaseException:
            self._rows.clear()
            raise
        for w in writes:
            row = w.row
            self._remember(w.table, w.pk, w.sk, None if row is None else Stored(w.pk, w.sk, row, w.expect + 1))

    def _remember(self, table: str, pk: str, sk: str, found: Stored | None) -> None:
        if not _is_asked_each_time(table, pk):
            self._rows[table, pk, sk] = found and _copied(found)


def _is_asked_each_time(table: str, pk: str) -> bool:
    """By these rows workers hear of each other; and nobody gets an entry of the journal by itself."""
    return table == "journal" or (table == "control" and (pk == "runs" or pk.startswith(("parked.", "recount."))))


def _copied(stored: Stored) -> Stored:
    return replace(stored, row=_of_plain(stored.row))


def _of_plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _of_plain(inner) for key, inner in value.items()}
    return [_of_plain(inner) for inner in value] if isinstance(value, list) else value
