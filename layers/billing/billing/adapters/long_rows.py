"""Rows of any length over a database that takes short ones, and the guard on the size of every row and transaction.

A row over `LIGHT` gives its heaviest lists and maps away to rows of the table `parts`. Parts are named by their content
and written before the row that names them: nobody sees them until its transaction commits, and writing them twice
changes nothing. Parts that a row names no longer go in the transaction that changes it. A light row costs nothing more.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from billing.adapters.row_size import row_size, value_size
from billing.domain.errors import UnavailableError
from billing.ports import ABSENT, Metrics, Page, Row, StaleError, Store, Stored, TooLargeError, Write

LIGHT = 64 * 1024  # bytes of a row that stays whole: some two hundred allocations
ROW_MAX = 300 * 1024  # of any row; the database takes 400 KB
ROWS_MAX, TRANSACTION_MAX = 100, 4_000_000  # rows and bytes of one transaction
PART_MIN, PART_MAX = 40_000, 200_000  # bytes of text in a part
CUT_EVERY = 64  # items, on average, from PART_MIN on
PARTS_MAX = 400  # of one row: more would not be read within a function's life
WRITTEN_ONCE = 1  # the version of a part
READ_AT_ONCE = 50  # parts: a call of DynamoDB answers with 16 MB at most
ATTEMPTS_MAX = 4
REMEMBERED_MAX = 1_000  # long rows


class LongRows:
    """Implements `ports.Store` over another one."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store, self._metrics = store, metrics
        self._parts: OrderedDict[tuple[str, str, str], tuple[int, frozenset[str]]] = OrderedDict()

    # --- reading -------------------------------------------------------------------------------------------------

    def get(self, table: str, pk: str, sk: str = "") -> Stored | None:
        for _ in range(ATTEMPTS_MAX):
            stored = self._store.get(table, pk, sk)
            if not stored or "parts" not in stored.row:
                return stored
            if whole := self._whole(table, [stored])[0]:
                return whole
        raise UnavailableError("the row changes faster than its parts are read")

    def get_many(self, table: str, keys: Collection[tuple[str, str]]) -> tuple[Stored, ...]:
        return self._all_whole(table, self._store.get_many(table, keys))

    def query(self, table: str, pk: str, **how: Any) -> Page:
        page = self._store.query(table, pk, **how)
        return Page(self._all_whole(table, page.rows), page.cursor)

    def scan(self, table: str, **how: Any) -> Page:
        page = self._store.scan(table, **how)
        return Page(self._all_whole(table, page.rows), page.cursor)

    def _all_whole(self, table: str, rows: tuple[Stored, ...]) -> tuple[Stored, ...]:
        long = [s for s in rows if "parts" in s.row]
        if not long:
            return rows
        whole = dict(zip(((s.pk, s.sk) for s in long), self._whole(table, long), strict=True))
        joined_rows = (whole.get((s.pk, s.sk), s) or self.get(table, s.pk, s.sk) for s in rows)
        return tuple(s for s in joined_rows if s)

    def _whole(self, table: str, rows: Sequence[Stored]) -> list[Stored | None]:
        """Put the rows together again. None: the row has changed meanwhile, and a part of it is gone."""
        wanted = [(row_name(table, s.pk, s.sk), name) for s in rows for name in names_of(s.row)]
        texts: dict[tuple[str, str], str] = {}
        for i in range(0, len(wanted), READ_AT_ONCE):
            for part in self._store.get_many("parts", wanted[i : i + READ_AT_ONCE]):
                texts[part.pk, part.sk] = part.row["content"]
        whole: list[Stored | None] = []
        for s in rows:
            of = row_name(table, s.pk, s.sk)
            if any((of, name) not in texts for name in names_of(s.row)):
                whole.append(None)
                continue
            self._remember(table, s.pk, s.sk, s.version, frozenset(names_of(s.row)))
            whole.append(Stored(s.pk, s.sk, joined(s.row, {n: texts[of, n] for n in names_of(s.row)}), s.version))
        return whole

    # --- writing -------------------------------------------------------------------------------------------------

    def tx(self, writes: Sequence[Write]) -> None:
        light, gone, parts, named = list[Write](), list[Write](), list[Write](), list[frozenset[str]]()
        size = 0
        for w in writes:
            row, texts, whole = self._split(w)
            version, there = self._parts.get((w.table, w.pk, w.sk), (ABSENT, frozenset[str]()))
            if version != w.expect:
                there = frozenset()
            of = row_name(w.table, w.pk, w.sk)
            light.append(Write(w.table, w.pk, w.sk, row, w.expect) if texts else w)
            size += whole if whole <= LIGHT else _checked(light[-1])
            parts += [Write("parts", of, n, {"content": t}, ABSENT) for n, t in texts.items() if n not in there]
            gone += [Write("parts", of, name, None, WRITTEN_ONCE) for name in sorted(there - texts.keys())]
            named.append(frozenset(texts))
        if len(light) > ROWS_MAX or size > TRANSACTION_MAX or sum(map(len, named)) > PARTS_MAX:
            raise TooLargeError(
                f"операция не помещается в одну запись базы данных (строк {len(light)}, {size // 1024} КБ, "
                f"частей {sum(map(len, named))}): разбейте её на несколько"
            )
        for part in parts:
            _checked(part)
        for part in parts:
            with suppress(StaleError):  # an attempt that was cut off has written it
                self._store.tx([part])
        self._store.tx([*light, *gone[: ROWS_MAX - len(light)]])
        for w, names in zip(writes, named, strict=True):
            self._remember(w.table, w.pk, w.sk, w.expect + 1, names)

    def _split(self, w: Write) -> tuple[Row | None, dict[str, str], int]:
        """Split a row. Return the row to write, its parts by name, and the size that it had."""
        if w.row is None:
            return None, {}, 0
        sizes = {name: value_size(value) for name, value in w.row.items()}
        size = row_size(w, sizes)
        if size <= LIGHT:
            return w.row, {}, size
        self._metrics.count("LongRowBytes", size)
        return *split(w.row, sizes), size

    def _remember(self, table: str, pk: str, sk: str, version: int, names: frozenset[str]) -> None:
        self._parts.pop((table, pk, sk), None)
        if names:
            self._parts[table, pk, sk] = version, names
            if len(self._parts) > REMEMBERED_MAX:
                self._parts.popitem(last=False)


# --- a row and its parts -----------------------------------------------------------------------------------------


def split(row: Row, sizes: Mapping[str, int]) -> tuple[Row, dict[str, str]]:
    """Take the heaviest lists and maps out of a row; return what is left of it, and its parts by name.

    `sizes`: bytes of its values by name.
    """
    light, texts, named = dict(row), dict[str, str](), dict[str, list[str]]()
    left = {
        name: size
        for name, size in sizes.items()
        if isinstance(row[name], list | Mapping) and row[name] and name.isidentifier()
    }
    heavy = sum(sizes.values())
    while heavy > LIGHT and left:
        path, weight = _heaviest(light, left)
        holder = light
        for name in path[:-1]:
            holder[name] = dict(holder[name])
            holder = holder[name]
        container = holder[path[-1]]
        heavy -= weight
        left[path[0]] -= weight
        if len(path) == 1:
            del left[path[0]]
        holder[path[-1]] = {} if isinstance(container, Mapping) else []
        names = named[".".join(path)] = []
        for text in _chunks(container):
            names.append(hashlib.sha256(text.encode()).hexdigest()[:20])
            texts[names[-1]] = text
    return ({**light, "parts": named} if named else row), texts


def names_of(row: Row) -> list[str]:
    """Return the names of the parts of a split row."""
    return [name for names in row["parts"].values() for name in names]


def joined(row: Row, texts: Mapping[str, str]) -> Row:
    """Return the row as it was before the split. `texts` holds its parts by name."""
    whole = {name: value for name, value in row.items() if name != "parts"}
    for path, names in sorted(row["parts"].items(), key=lambda item: item[0].count(".")):  # a map before what is in it
        holder, (*above, last) = whole, path.split(".")
        for name in above:
            holder[name] = dict(holder[name])
            holder = holder[name]
        items = [item for name in names for item in json.loads(texts[name])]
        holder[last] = dict(items) if isinstance(holder[last], Mapping) else items
    return whole


def _heaviest(row: Row, sizes: Mapping[str, int]) -> tuple[tuple[str, ...], int]:
    """Return the path of the heaviest list or map, and its size. Within a map, look for the list that is most of it."""
    name = max(sizes, key=lambda n: sizes[n])
    if isinstance(row[name], Mapping):
        for inner, value in row[name].items():
            is_list = isinstance(value, list) and len(value) > 1 and inner.isidentifier()
            if is_list and (size := value_size(value)) > sizes[name] / 2:
                return (name, inner), size
    return (name,), sizes[name]


def _chunks(container: Mapping[str, Any] | Sequence[Any]) -> Iterator[str]:
    """Serialize the items as chunks of JSON.

    An item's own hash decides whether a chunk ends there, so a change moves only the cuts beside it.
    """
    items: Iterable[Any] = sorted(container.items()) if isinstance(container, Mapping) else container
    chunk, size = list[str](), 0
    for item in items:
        text = json.dumps(item, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        length = len(text.encode())
        if chunk and size + length > PART_MAX:
            yield f"[{','.join(chunk)}]"
            chunk, size = [], 0
        chunk.append(text)
        size += length + 1
        if size >= PART_MIN and not zlib.crc32(text.encode()) % CUT_EVERY:
            yield f"[{','.join(chunk)}]"
            chunk, size = [], 0
    if chunk:
        yield f"[{','.join(chunk)}]"


def row_name(table: str, pk: str, sk: str) -> str:
    return f"{table}/{pk}/{sk}"


def _checked(w: Write) -> int:
    """Return the size of a row, once it is known to fit.

    Raises:
        TooLargeError: it is not to be.
    """
    size = row_size(w)
    if size > ROW_MAX:
        raise TooLargeError(
            f"строка {w.table} {w.pk} {w.sk} занимает {size // 1024} КБ, а можно {ROW_MAX // 1024}: "
            "сократите тексты или разбейте операцию на несколько"
        )
    return size
