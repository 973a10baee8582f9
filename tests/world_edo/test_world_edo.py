"""Campaigns and windows of sending with faults by chance, with every call struck once, and with defects planted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.world.tale import light_papers
from tests.world_edo.hunting import RATE, feeds, found, in_turn, struck
from tests.world_edo.mutants import MUTANTS
from tests.world_edo.tale import digest, in_pairs, play

ROOT = Path(__file__).parent.parent.parent
SEEDS = int(os.environ.get("WORLD_EDO_SEEDS", "24"))
COMPANIES = {
    "campaign": ("campaign", "troubles", "quarter", "hard quarter"),
    "quarter": ("quarter", "hard quarter", "break-up", "packets", "late"),
}
MODES = ("cloud", "by hand", "monthly")
SMALL = [("campaign", "campaign"), ("quarter", "tiny")]
PARTS = 4


@pytest.fixture(autouse=True)
def _light_papers():
    with light_papers():
        yield


def again(what: str, of: str, which: object) -> str:
    return f"again: python -m tests.world_edo {what} '{of}' {which}"


@pytest.mark.parametrize(("what", "of"), [(what, of) for what, names in COMPANIES.items() for of in names])
def test_every_world_comes_to_rest_with_all_invariants_true(what, of):
    for seed in range(SEEDS // len(COMPANIES[what])):
        try:
            play(what, of, seed=seed, rate=RATE if seed else 0.0, **feeds(seed))
        except AssertionError as error:
            raise AssertionError(f"{error}\n{again(what, of, seed)}") from error


@pytest.mark.parametrize("of", MODES)
def test_every_mode_comes_to_rest_with_all_invariants_true(of):
    """By chance as above, and with two runs at once."""
    for seed in range(SEEDS // 6):
        for how in ({"rate": RATE if seed else 0.0, **feeds(seed)}, {"prepare": in_pairs}):
            try:
                play("quarter", of, seed=seed, **how)
            except AssertionError as error:
                raise AssertionError(f"{error}\n{sorted(how)}, {again('quarter', of, seed)}") from error


@pytest.mark.parametrize(("what", "of"), [(what, of) for what, names in COMPANIES.items() for of in names])
def test_two_runs_at_once_do_no_harm(what, of):
    for seed in range(SEEDS // 6):
        try:
            play(what, of, seed=seed, prepare=in_pairs)
        except AssertionError as error:
            raise AssertionError(f"{error}\nin pairs, seed {seed}") from error


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("what", "of"), SMALL)
def test_every_call_may_fail_once(what, of, part):
    """Of the kinds of faults each call meets one in turn; `WORLD_EDO=all`: every kind at every call."""
    tried, broken = struck(what, of, in_turn(), part=part, parts=PARTS)

    assert not broken, broken[0]
    assert tried > 80


@pytest.mark.parametrize("of", MODES[:2])  # by months nothing else is called
def test_every_call_may_fail_once_in_each_mode(of):
    """As above, but from each place in the code the first."""
    tried, broken = struck("quarter", of, in_turn(of_a_place=1))

    assert not broken, broken[0]
    assert tried > 90


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_planted_defect_is_found(name):
    said = found(MUTANTS[name])

    assert said, f"{name}: survived"


def test_there_are_defects_enough_to_trust_the_world():
    assert len(MUTANTS) >= 35


def test_a_world_ends_the_same_whatever_the_order_of_hashing():
    said = [
        subprocess.run(
            [sys.executable, "-m", "tests.world_edo", "quarter", "quarter", "4"],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/billing'}"},
        ).stdout
        for seed in ("0", "1")
    ]

    assert said[0] == said[1]
    assert digest(play("quarter", "quarter", seed=4, rate=RATE, **feeds(4)))[:16] in said[0]
