"""Where a defect is looked for: in worlds by chance, or after every single fault of a kind."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

from tests.world_edo.mutants import Mutant
from tests.world_edo.tale import before, in_pairs, play
from tests.world_edo.world import EDO_FUNCTIONS, KINDS_OF

TRIES = 40
RATE = 0.03
CALLERS = 3  # that tell one place in the code from another


def found(mutant: Mutant) -> str:
    """What the world says of the defect; empty: it survived."""
    before(mutant.what, mutant.of, small=bool(mutant.faults))  # as it was without the defect
    with mutant.plant():
        try:
            if mutant.faults:
                return "".join(struck(mutant.what, mutant.of, _faults_of(mutant))[1])
            for how in _chances(mutant):
                play(mutant.what, mutant.of, **how)
        except AssertionError as error:  # an invariant, and no stumble of the patch itself
            return str(error)
    return ""


def _chances(mutant: Mutant) -> Iterator[dict[str, Any]]:
    for seed in range(TRIES):
        if mutant.meets:
            yield {"seed": seed, "prepare": in_pairs}
        else:
            yield {"seed": seed, "rate": RATE if seed else 0.0, **feeds(seed)}


def feeds(seed: int) -> dict[str, Any]:
    """What is wrong with the feeds in worlds by chance."""
    return {"shared_keys": 2, "jumble": 0.2, "cut": seed % 2 == 0}


Faults = Callable[[str, str], Sequence[str]]  # the kinds that a call meets one by one, by its function and service


def _faults_of(mutant: Mutant) -> Faults:
    calls = count()

    def faults(function: str, service: str) -> Sequence[str]:
        if mutant.function not in ("", function) or next(calls) % mutant.every:
            return ()
        return [kind for kind in mutant.faults if kind in KINDS_OF[service]]

    return faults


def in_turn(several: int = 1, *, of_a_place: float = float("inf")) -> Faults:
    """Each call meets one of its kinds in turn, the operator and the signer `several`; `WORLD_EDO=all`: every kind.

    `of_a_place`: so many calls from the same place in the code, the first ones.
    """
    turn, all_of_them, calls = count(), os.environ.get("WORLD_EDO") == "all", Counter[object]()

    def faults(function: str, service: str) -> Sequence[str]:
        kinds = KINDS_OF[service]
        calls[here := _place()] += 1
        if all_of_them or calls[here] > of_a_place:
            return kinds if all_of_them else ()
        many = several if service in ("edo", "login", "signer") else 1
        return [kinds[next(turn) % len(kinds)] for _ in range(min(many, len(kinds)))]

    return faults


def _place() -> tuple[tuple[str, int], ...]:
    """Where in our code a call is made, and by whom."""
    frame, way = sys._getframe(), []
    while (frame := frame.f_back) and len(way) < CALLERS:  # type: ignore[assignment]
        if "/billing/" in frame.f_code.co_filename:
            way.append((frame.f_code.co_qualname, frame.f_lineno))
    return tuple(way)


def struck(
    what: str, of: str, faults: Faults, *, part: int = 0, parts: int = 1, enough: int = 1
) -> tuple[int, list[str]]:
    """How many single faults of the small tale were tried, and what the world says of those that broke it.

    `part` of `parts`: which of the faults are tried; none after `enough` have broken it.
    """
    plans, broken = list[tuple[int, str]](), list[str]()

    def note(n: int, function: str, service: str) -> None:
        if function in EDO_FUNCTIONS:
            plans.extend((n, kind) for kind in faults(function, service))

    play(what, of, small=True, checked=False, note=note)
    for n, kind in plans[part::parts]:
        try:
            play(what, of, small=True, plan={n: kind})
        except AssertionError as error:
            broken.append(f"{error}\nagain: python -m tests.world_edo {what} '{of}' {n}={kind}")
            if len(broken) >= enough:
                break
    return len(plans[part::parts]), broken
