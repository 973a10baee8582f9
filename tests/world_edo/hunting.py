"""Where a planted defect is looked for: in worlds by chance, or after every single fault of a kind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from tests.world_edo.mutants import Mutant
from tests.world_edo.tale import in_pairs, play
from tests.world_edo.world import EDO_FUNCTIONS, KINDS_OF

TRIES = 40
RATE = 0.03


def found(mutant: Mutant) -> str:
    """What the world says of the defect; empty: it survived."""
    tries = _singles(mutant) if mutant.faults else _chances(mutant)
    with mutant.plant():
        for how in tries:
            try:
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


def _singles(mutant: Mutant) -> Iterator[dict[str, Any]]:
    found = [(n, s) for n, f, s in points(mutant.what, mutant.of) if mutant.function in ("", f)]
    for n, service in found[:: mutant.every]:
        for kind in mutant.faults:
            if kind in KINDS_OF[service]:
                yield {"plan": {n: kind}, "small": True}


def singles(what: str, of: str) -> list[tuple[int, str]]:
    """Single faults of the small tale: with `WORLD_EDO=all` every kind at every call, otherwise every call with some of
    its kinds, in turn.
    """
    found, turn = [], 0
    for n, _, service in points(what, of):
        kinds = KINDS_OF[service]
        many = len(kinds) if os.environ.get("WORLD_EDO") == "all" else 5 if service in ("edo", "login", "signer") else 1
        for _ in range(min(many, len(kinds))):
            found.append((n, kinds[turn % len(kinds)]))
            turn += 1
    return found


def points(what: str, of: str) -> list[tuple[int, str, str]]:
    """Every call of the EDO's functions in the small tale, with the function and the service that it calls."""
    trace = play(what, of, small=True, checked=False).trace
    return [(n, function, service) for n, (function, service) in enumerate(trace) if function in EDO_FUNCTIONS]
