"""Rows of any length: split, put together again, cut off at every call; and sizes as the database counts them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.adapters import long_rows
from billing.adapters.long_rows import LIGHT, ROW_MAX, LongRows
from billing.adapters.row_size import row_size, value_size
from billing.ports import ABSENT, StaleError, Store, TooLargeError, Write
from tests.adapters.conftest import a_dynamo_store
from tests.fakes import MemoryMetrics, MemoryStore


@pytest.fixture(params=["memory", "dynamo"])
def database(request: pytest.FixtureRequest) -> Store:
    return MemoryStore() if request.param == "memory" else a_dynamo_store(request.getfixturevalue("aws"))


def items(n: int, first: int = 0) -> list[dict[str, Any]]:
    """Each of some two hundred bytes."""
    return [{"charge": f"charge:{i:05}:" + "k" * 150, "amount": i} for i in range(first, first + n)]


def put(row: dict[str, Any], expect: int = ABSENT) -> Write:
    return Write("control", "p", "s", row, expect)


def parts(database: Store) -> list[str]:
    return [s.sk for s in database.query("parts", "control/p/s").rows]


# --- sizes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ("", 0),
        ("abc", 3),
        ("Ромашка", 14),
        (True, 1),
        (None, 1),
        (0, 1),
        (7, 2),
        (27, 2),
        (100, 2),
        (12345, 4),
        (-27, 3),
        ([], 3),
        ({}, 3),
        (["a", "bc"], 3 + 2 + 3),
        ({"a": "bc"}, 3 + 1 + 3),
    ],
)
def test_sizes_are_those_of_the_rule(value: Any, size: int):
    """Source: Amazon DynamoDB Developer Guide, «DynamoDB item sizes and formats»."""
    assert value_size(value) == size


def test_a_row_of_nearly_the_most_is_taken(aws: Any):
    """The stand-in measures rows by its own count."""
    database = a_dynamo_store(aws)
    for row in ({"text": "я" * 153_000}, {"numbers": [10**7 + i for i in range(50_000)]}):
        assert 0.9 * ROW_MAX < row_size(put(row)) < ROW_MAX
        database.tx([Write("control", "p", str(len(row)) + next(iter(row)), row, ABSENT)])


# --- splitting ---------------------------------------------------------------------------------------------------


_values = st.recursive(
    st.integers(-(10**6), 10**6) | st.text(max_size=20) | st.booleans(),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=5), inner, max_size=8),
    max_leaves=40,
)


@given(row=st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), _values, max_size=8))
@settings(max_examples=200, deadline=None)
def test_whatever_a_row_holds_comes_back(row: dict[str, Any]):
    row.pop("expires", None)
    row.pop("parts", None)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"LIGHT": 60, "PART_MIN": 10, "CUT_EVERY": 2}.items():
            patch.setattr(long_rows, name, value)
        store = LongRows(MemoryStore(), MemoryMetrics())

        store.tx([put(row)])

        stored = store.get("control", "p", "s")
        assert stored
        assert stored.row == row


def test_a_row_of_thousands_of_items_is_as_any_other(database: Store):
    funds = {f"2026-01|BANK|{i}": [i, 0] for i in range(9_000)}
    row = {"state": "x", "content": {"title": "act", "lines": items(3_600)}, "funds": funds}
    metrics = MemoryMetrics()

    LongRows(database, metrics).tx([put(row)])

    store = LongRows(database, MemoryMetrics())
    for stored in (
        store.get("control", "p", "s"),
        *store.get_many("control", [("p", "s")]),
        *store.query("control", "p").rows,
        *store.scan("control", segment=0, segments=1).rows,
    ):
        assert stored
        assert stored.row == row
    light = database.get("control", "p", "s")
    assert light
    assert row_size(put(dict(light.row))) < LIGHT
    assert metrics.counts["LongRowBytes"] == row_size(put(row))


def test_a_light_row_costs_nothing_more(database: Store):
    LongRows(database, MemoryMetrics()).tx([put({"lines": items(200)})])

    assert parts(database) == []
    stored = database.get("control", "p", "s")
    assert stored
    assert "parts" not in stored.row


def test_a_change_at_either_end_moves_few_parts():
    """An account with thousands of debts: the oldest is paid, a new one comes."""
    store = LongRows(database := MemoryStore(), MemoryMetrics())
    store.tx([put({"debts": items(3_600)})])
    before = set(parts(database))

    store.tx([put({"debts": items(3_600, 1)}, 1)])

    after = set(parts(database))
    assert len(before) > 8
    assert len(before - after) <= 2
    stored = store.get("control", "p", "s")
    assert stored
    assert stored.row["debts"] == items(3_600, 1)


def test_parts_go_when_nothing_names_them(database: Store):
    store = LongRows(database, MemoryMetrics())
    store.tx([put({"debts": items(3_600)})])
    assert store.get("control", "p", "s")

    store.tx([put({"debts": []}, 1)])

    assert parts(database) == []


def test_a_row_written_by_another_is_not_written_over(database: Store):
    ours, theirs = LongRows(database, MemoryMetrics()), LongRows(database, MemoryMetrics())
    ours.tx([put({"debts": items(1_000)})])
    assert theirs.get("control", "p", "s")
    ours.tx([put({"debts": items(900)}, 1)])

    with pytest.raises(StaleError):
        theirs.tx([put({"debts": items(800)}, 1)])

    stored = theirs.get("control", "p", "s")
    assert stored
    assert stored.row["debts"] == items(900)


def test_a_reader_meets_a_row_that_changes_between_its_two_reads():
    database = MemoryStore()
    writer = LongRows(database, MemoryMetrics())
    writer.tx([put({"debts": items(1_000)})])

    class Changing(MemoryStore):
        tables = database.tables

        def get_many(self, table: str, keys: Any) -> Any:
            if table == "parts" and not changed:
                changed.append(True)
                writer.tx([put({"debts": items(900, 50)}, 1)])
            return super().get_many(table, keys)

        def __init__(self) -> None:
            super().__init__()
            self.tables = database.tables

    for read in (
        lambda store: store.get("control", "p", "s"),
        lambda store: store.query("control", "p").rows[0],
    ):
        changed: list[bool] = []
        database.tables["control"]["p"].pop("s")
        database.tables["parts"].clear()
        writer.tx([put({"debts": items(1_000)})])

        assert read(LongRows(Changing(), MemoryMetrics())).row == {"debts": items(900, 50)}
        assert changed


class CutOffError(BaseException):
    pass


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_cut_off_at_any_call_it_is_written_whole_or_not_at_all(after: bool):
    """And a repeat by another process finishes it."""
    old, new = {"debts": items(1_000)}, {"debts": items(900, 300)}
    n, whole = 0, False
    while not whole:
        n += 1
        database = MemoryStore()
        LongRows(database, MemoryMetrics()).tx([put(old)])
        worker = LongRows(database, MemoryMetrics())
        assert worker.get("control", "p", "s")
        tx, calls = database.tx, [0]

        def cut(writes: Any, tx: Any = tx, calls: list[int] = calls, n: int = n) -> None:
            calls[0] += 1
            if calls[0] == n and not after:
                raise CutOffError
            tx(writes)
            if calls[0] == n:
                raise CutOffError

        database.tx = cut  # type: ignore[method-assign]
        try:
            worker.tx([put(new, 1)])
            whole = True
        except CutOffError:
            pass
        database.tx = tx  # type: ignore[method-assign]
        again = LongRows(database, MemoryMetrics())
        stored = again.get("control", "p", "s")
        assert stored
        assert stored.row in (old, new)
        if stored.version == 1:
            again.tx([put(new, 1)])
        stored = again.get("control", "p", "s")
        assert stored
        assert stored.row == new
    assert n > 2


# --- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "writes",
    [
        pytest.param([put({"text": "я" * 200_000})], id="a text"),
        pytest.param([put({"list": ["я" * 200_000, "a"]})], id="a text in a list"),
        pytest.param([replace(put({"n": 1}), sk=str(n)) for n in range(101)], id="rows"),
        pytest.param([replace(put({"t": "a" * 60_000}), sk=str(n)) for n in range(80)], id="bytes"),
    ],
)
def test_what_the_database_never_takes_is_refused_before_anything_is_written(database: Store, writes: list[Write]):
    with pytest.raises(TooLargeError, match="разбейте"):
        LongRows(database, MemoryMetrics()).tx(writes)

    assert database.query("control", "p").rows == ()
    assert parts(database) == []
