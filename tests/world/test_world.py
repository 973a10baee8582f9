"""Hundreds of worlds with faults, every single fault of small ones, and defects that must be found."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.world.invariants import reconciled
from tests.world.mutants import MUTANTS, QUARTER_MUTANTS
from tests.world.tale import digest, light_papers, play, reconciled_quarters
from tests.world.world import KINDS

ROOT = Path(__file__).parent.parent.parent
SEEDS = int(os.environ.get("WORLD_SEEDS", "250"))
QUARTERS = int(os.environ.get("WORLD_QUARTERS", "25"))
CHUNK = 25
TRIES = 120  # seeds within which a planted defect must be found
RATES = (0.06, 0.15)  # of faults; at the second, a hint is often lost, and lost again when it is repeated


@pytest.fixture(autouse=True)
def _light_papers():
    with light_papers():
        yield


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_world_comes_to_rest_with_all_invariants_true(first):
    for seed in range(first, min(first + CHUNK, SEEDS)):
        try:
            play(seed)
        except AssertionError as error:
            raise AssertionError(f"{error}\nagain: python -m tests.world {seed}") from error


@pytest.mark.parametrize("seed", [1, 4, 8])
@pytest.mark.parametrize("kind", KINDS)
def test_every_single_fault_of_a_small_world_is_survived(seed, kind):
    small = {"clients": 1, "months": 1, "events": 5}
    world = play(seed, rate=0.0, **small)
    calls = world.calls

    for n in world.single_writes if kind == "echo" else range(calls):
        try:
            play(seed, rate=0.0, plan={n: kind}, **small)
        except AssertionError as error:
            raise AssertionError(f"{kind} at call {n}: {error}") from error

    assert calls > 100


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_planted_defect_is_found(name):
    with MUTANTS[name]():
        for seed, rate in product(range(TRIES), RATES):
            try:
                play(seed, rate=rate)
            except AssertionError:  # an invariant, and no stumble of the patch itself
                return
    pytest.fail(f"{name}: survived {TRIES} worlds")


QUARTER = {"clients": 1, "months": 3, "events": 8}


def a_quarter(seed: int, **how: Any) -> int:
    """How many acts of the quarter have been reconciled."""
    with reconciled_quarters():
        world = play(seed, **QUARTER, **how)
    return reconciled(world, "2026-03")


@pytest.mark.parametrize("first", range(0, QUARTERS, CHUNK))
def test_every_quarter_is_reconciled(first):
    assert sum(a_quarter(seed) for seed in range(first, first + CHUNK)) > CHUNK / 2


@pytest.mark.parametrize("name", sorted(QUARTER_MUTANTS))
def test_a_defect_planted_in_the_quarter_is_found(name):
    with QUARTER_MUTANTS[name]():
        for seed in range(TRIES):
            try:
                a_quarter(seed, rate=0.06)
            except AssertionError:
                return
    pytest.fail(f"{name}: survived {TRIES} quarters")


def test_there_are_defects_enough_to_trust_the_world():
    assert len(MUTANTS) >= 40


def test_a_world_ends_the_same_whatever_the_order_of_hashing():
    said = [
        subprocess.run(
            [sys.executable, "-m", "tests.world", "7"],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/billing'}"},
        ).stdout
        for seed in ("0", "1")
    ]

    assert said[0] == said[1]
    assert digest(play(7))[:16] in said[0]
