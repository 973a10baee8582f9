"""What a function knows of the rows in one call, and when it forgets."""

from __future__ import annotations

import pytest

from billing.adapters.known import Known
from billing.ports import ABSENT, StaleError, Write
from tests.fakes import MemoryStore


@pytest.fixture
def below() -> MemoryStore:
    """What another worker sees. A row is there."""
    store = MemoryStore()
    store.tx([_put(1)])
    store.calls = 0
    return store


def _put(n: int, expect: int = ABSENT, pk: str = "p") -> Write:
    return Write("control", pk, "s", {"n": n}, expect)


def test_a_row_is_read_once(below: MemoryStore):
    known = Known(below)

    found = [known.get("control", "p", "s"), *known.get_many("control", [("p", "s")]), known.get("control", "p", "s")]

    assert [s.row["n"] for s in found if s] == [1, 1, 1]
    assert below.calls == 1


def test_rows_that_were_read_together_are_known_one_by_one(below: MemoryStore):
    known = Known(below)
    known.get_many("control", [("p", "s"), ("q", "s")])
    known.query("control", "p")
    below.calls = 0

    assert known.get("control", "p", "s")
    assert below.calls == 0


def test_a_row_that_was_written_is_the_row_known(below: MemoryStore):
    known = Known(below)
    known.tx([_put(2, 1), _put(5, pk="q")])
    known.tx([Write("control", "q", "s", None, 1)])
    below.calls = 0

    stored = known.get("control", "p", "s")

    assert stored
    assert (stored.row["n"], stored.version, below.calls) == (2, 2, 0)
    assert known.get("control", "q", "s") is None


def test_a_row_that_was_not_there_is_known_not_to_be_there_until_a_write_of_it_fails(below: MemoryStore):
    known = Known(below)
    assert known.get("control", "q", "s") is None
    assert known.get_many("control", [("r", "s")]) == ()
    below.tx([_put(7, pk="q"), _put(8, pk="r")])
    below.calls = 0

    assert known.get("control", "q", "s") is None
    assert known.get("control", "r", "s") is None
    assert below.calls == 0
    with pytest.raises(StaleError):
        known.tx([_put(9, pk="q")])

    assert known.get("control", "q", "s")
    assert known.get("control", "r", "s")


def test_all_is_forgotten_when_another_worker_was_faster(below: MemoryStore):
    known = Known(below)
    known.get("control", "p", "s")
    below.tx([_put(2, 1)])

    with pytest.raises(StaleError):
        known.tx([_put(3, 1)])

    stored = known.get("control", "p", "s")
    assert stored
    assert (stored.row["n"], stored.version) == (2, 2)


@pytest.mark.parametrize("of", ["runs", "parked.2026-01"])
def test_rows_by_which_workers_hear_of_each_other_are_asked_for_each_time(below: MemoryStore, of: str):
    known = Known(below)
    assert known.get("control", of, "s") is None
    below.tx([_put(1, pk=of)])
    assert len(known.get_many("control", [(of, "s")])) == 1
    known.query("control", of)

    below.tx([_put(2, 1, pk=of)])

    stored = known.get("control", of, "s")
    assert stored
    assert stored.row["n"] == 2
