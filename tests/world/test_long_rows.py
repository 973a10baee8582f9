"""Worlds in which hardly anything fits a row or a transaction, so that every step goes the way of what is too long."""

from __future__ import annotations

import os
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from billing.adapters import long_rows
from billing.usecases import account_months, issue_documents
from tests.fakes import MemoryStore
from tests.world.tale import light_papers, play

SEEDS = int(os.environ.get("WORLD_SEEDS", "250")) // 10
SMALL = {"clients": 1, "months": 1, "events": 5}


@pytest.fixture(autouse=True)
def _tiny_rows() -> Iterator[None]:
    with (
        light_papers(),
        patch.multiple(long_rows, LIGHT=300, PART_MIN=60, CUT_EVERY=2),
        patch.object(account_months, "TOGETHER_MAX", 1),
        patch.object(issue_documents, "PUBLISHED_MAX", 1),
    ):
        yield


def test_worlds_of_tiny_rows_come_to_rest_with_all_invariants_true():
    for seed in range(max(SEEDS, 2)):
        try:
            world = play(seed, clients=2, months=1)
        except AssertionError as error:
            raise AssertionError(f"{error}\nseed {seed}") from error
        assert world.metrics.counts["LongRowBytes"] > 5_000
        there = {(pk, sk) for pk, of in world.store.tables["parts"].items() for sk in of}
        assert _named(world.store) <= there


@pytest.mark.parametrize("kind", ["crash_before", "crash_after", "lost_after"])
def test_a_fault_at_any_call_is_survived(kind: str):
    """Posts and closes write their parts before themselves; whatever is cut off between two calls goes on."""
    calls = play(4, rate=0.0, **SMALL).calls

    for n in range(calls):
        try:
            play(4, rate=0.0, plan={n: kind}, **SMALL)
        except AssertionError as error:
            raise AssertionError(f"{kind} at call {n}: {error}") from error

    assert calls > 150


def _named(store: MemoryStore) -> set[tuple[str, str]]:
    """Parts that a row names; an attempt that was overtaken leaves others behind, and nobody sees them."""
    return {
        (long_rows.row_name(table, pk, sk), name)
        for table, rows in store.tables.items()
        for pk, of in rows.items()
        for sk, (row, _) in of.items()
        for name in (long_rows.names_of(row) if "parts" in row else ())
    }
