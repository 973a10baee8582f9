"""The ports in memory: exact, not approximate. Safety is asserted here, on every write."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from billing.adapters.long_rows import LongRows, joined, names_of, row_name
from billing.adapters.row_size import row_size
from billing.adapters.tables import MODELS
from billing.domain.errors import NotFoundError
from billing.ports import (
    TABLES,
    FileExistsWithOtherBytesError,
    Letter,
    Outside,
    Page,
    Row,
    Settings,
    StaleError,
    Stored,
    Write,
)


class MemoryStore:
    """Implements `ports.Store`. Counts write units as DynamoDB bills them."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, dict[str, tuple[dict[str, Any], int]]]] = {t: {} for t in TABLES}
        self.write_units = 0
        self.calls = 0

    def get(self, table: str, pk: str, sk: str = "") -> Stored | None:
        self.calls += 1
        _check_key(pk, sk)
        found = self.tables[table].get(pk, {}).get(sk)
        return Stored(pk, sk, _copied(found[0]), found[1]) if found else None

    def get_many(self, table: str, keys: Collection[tuple[str, str]]) -> tuple[Stored, ...]:
        self.calls += 1
        assert 1 <= len(keys) <= 100, f"{len(keys)} rows in one call"
        for key in keys:
            _check_key(*key)
        return tuple(self._stored(table, *key) for key in sorted(set(keys)) if self.version(table, *key))

    def query(
        self,
        table: str,
        pk: str,
        *,
        prefix: str = "",
        after: str = "",
        before: str = "",
        limit: int = 100,
        newest_first: bool = False,
    ) -> Page:
        self.calls += 1
        for key in (prefix, after, before):
            _check_key(pk, key)
        keys = sorted(
            (
                k
                for k in self.tables[table].get(pk, {})
                if k.startswith(prefix) and k > after and (not before or k < before)
            ),
            reverse=newest_first,
        )
        rows = tuple(self._stored(table, pk, k) for k in keys[:limit])
        return Page(rows, keys[limit - 1] if len(keys) > limit else "")

    def scan(self, table: str, *, segment: int, segments: int, cursor: str = "", limit: int = 100) -> Page:
        self.calls += 1
        keys = sorted(
            (pk, sk)
            for pk, rows in self.tables[table].items()
            for sk in rows
            if zlib.crc32(pk.encode()) % segments == segment
        )
        if cursor:
            keys = [k for k in keys if list(k) > json.loads(cursor)]
        rows = tuple(self._stored(table, *k) for k in keys[:limit])
        return Page(rows, json.dumps(keys[limit - 1]) if len(keys) > limit else "")

    def tx(self, writes: Sequence[Write]) -> None:
        self.calls += 1
        assert 1 <= len(writes) <= 100, f"a transaction of {len(writes)} writes"
        places = [(w.table, w.pk, w.sk) for w in writes]
        assert len(set(places)) == len(places), "a row twice in one transaction"
        assert sum(map(row_size, writes)) <= 4_000_000, "a transaction over 4 MB"
        stale = [i for i, w in enumerate(writes) if self.version(w.table, w.pk, w.sk) != w.expect]
        if stale:
            raise StaleError(stale)
        for w in writes:
            _check_row(w)
            self.before_write(w)
            rows = self.tables[w.table].setdefault(w.pk, {})
            if w.row is None:
                del rows[w.sk]
            else:
                rows[w.sk] = (_copied(dict(w.row)), w.expect + 1)
            if not rows:
                del self.tables[w.table][w.pk]
            self.write_units += -(-row_size(w) // 1024) * (2 if len(writes) > 1 else 1)

    def before_write(self, w: Write) -> None:
        """For a world that watches every write."""

    def version(self, table: str, pk: str, sk: str) -> int:
        found = self.tables[table].get(pk, {}).get(sk)
        return found[1] if found else 0

    def rows(self, table: str) -> list[Stored]:
        """All rows of the table, the long ones put together."""
        found = [self._stored(table, pk, sk) for pk, rows in sorted(self.tables[table].items()) for sk in sorted(rows)]
        return [replace(s, row=self.whole(table, s.pk, s.sk, s.row)) for s in found]

    def whole(self, table: str, pk: str, sk: str, row: Row) -> Row:
        if "parts" not in row:
            return row
        parts = self.tables["parts"][row_name(table, pk, sk)]
        return joined(row, {name: parts[name][0]["content"] for name in names_of(row)})

    def _stored(self, table: str, pk: str, sk: str) -> Stored:
        row, version = self.tables[table][pk][sk]
        return Stored(pk, sk, _copied(row), version)


def _copied(value: Any) -> Any:
    """A copy of plain values, several times faster than `copy.deepcopy`."""
    kind = type(value)
    if kind is dict:
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if kind is list else value


def _check_key(pk: str, sk: str) -> None:
    """Both bounds are DynamoDB's, of every call."""
    assert len(pk.encode()) <= 2_048, f"a partition key of {len(pk.encode())} bytes"
    assert len(sk.encode()) <= 1_024, f"a sort key of {len(sk.encode())} bytes"


def _check_row(w: Write) -> None:
    """What DynamoDB or our own rules would refuse."""
    assert w.pk, "an empty partition key"
    _check_key(w.pk, w.sk)
    assert row_size(w) <= 307_200, f"a row of {row_size(w)} bytes in {w.table}"
    unknown = set(w.row or ()) - set(MODELS[w.table].get_attributes()) if w.table != "control" else ()
    assert not unknown, f"no such attributes in {w.table}: {sorted(unknown)}"
    assert type((w.row or {}).get("expires", 0)) is int, "a row expires at a whole second"
    _check_value(w.row)


def _check_value(value: Any) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            assert isinstance(key, str), f"a key that is no text: {key!r}"
            _check_value(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_value(inner)
    else:
        assert value is None or type(value) in (str, int, bool), f"a {type(value).__name__} in a row"


class MemoryFiles:
    """Implements `ports.Files`; a published file never changes."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.files: dict[str, bytes] = {}
        self._clock = clock

    def put_once(self, key: str, body: bytes, *, content_type: str, keep_until: datetime | None = None) -> None:
        assert not keep_until or keep_until > self._clock(), f"the bucket takes no term that is over: {keep_until}"
        if self.files.setdefault(key, body) != body:
            raise FileExistsWithOtherBytesError(key)

    def get(self, key: str) -> bytes:
        if key not in self.files:
            raise NotFoundError(key)
        return self.files[key]

    def put_stream(self, key: str, chunks: Iterable[bytes], *, content_type: str) -> None:
        self.files[key] = b"".join(chunks)

    def exists(self, key: str) -> bool:
        return key in self.files

    def link(self, key: str, *, file_name: str, content_type: str, seconds: int, inline: bool) -> str:
        return f"https://files.example/{key}?seconds={seconds}"


@dataclass
class MemoryQueue:
    """Implements `ports.Queue`."""

    sent: list[tuple[str, Any]] = field(default_factory=list)

    def send(self, name: str, messages: Sequence[Mapping[str, Any]], *, delay_s: int = 0) -> None:
        self.sent += [(name, json.loads(json.dumps(m))) for m in messages]

    def send_fifo(self, name: str, body: str, *, group: str, attributes: Mapping[str, str]) -> None:
        self.sent.append((name, {"body": body, "group": group, **attributes}))

    def waiting(self, name: str) -> int:
        return sum(1 for queue, _ in self.sent if queue == name)

    def take(self) -> tuple[str, Any] | None:
        return self.sent.pop(0) if self.sent else None


@dataclass
class MemoryMailer:
    """Implements `ports.Mailer`."""

    letters: list[tuple[str, str, Letter]] = field(default_factory=list)
    left: int = 1_000_000

    def await_turn(self) -> None:
        """Return at once: no rate is too fast here."""

    def room(self) -> int:
        return self.left

    def send(self, letter: Letter, *, to: str, delivery: str) -> str:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,256}", delivery), f"no tag of SES: {delivery}"
        self.letters.append((to, delivery, letter))
        return f"ses-{len(self.letters)}"


@dataclass
class MemoryMetrics:
    """Implements `ports.Metrics`."""

    counts: dict[str, float] = field(default_factory=dict)

    def count(self, name: str, value: float = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + value


SETTINGS = Settings(page_url="https://crm.example/billing", accountant_address="buh@seller.example")


def a_world(clock: Callable[[], datetime]) -> Outside:
    """Make a whole outside world in memory. Only `with_long_rows` lets rows be as long as in production."""
    return Outside(
        store=MemoryStore(),
        files=MemoryFiles(clock),
        queue=MemoryQueue(),
        mailer=MemoryMailer(),
        metrics=MemoryMetrics(),
        clock=clock,
        settings=SETTINGS,
    )


def with_long_rows(world: Outside) -> Outside:
    """Return the world as the functions get it, with long rows split."""
    return replace(world, store=LongRows(world.store, world.metrics))
