"""One campaign or one window of sending, from the state before it to its end and a second run of everything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.world.safety import BrokenError
from tests.world_edo.company import Company, before_the_campaign, before_the_quarter, moscow
from tests.world_edo.invariants import check
from tests.world_edo.modes import MODES
from tests.world_edo.world import EDO_FUNCTIONS

QUIET = {"campaign": "2026-03-22 00:00", "quarter": "2026-04-04 12:00"}  # no faults by chance from here on


def play(
    what: str,
    of: str,
    *,
    seed: int = 0,
    rate: float = 0.0,
    plan: Mapping[int, str] | None = None,
    note: Callable[[int, str, str], None] = lambda n, function, service: None,
    small: bool = False,
    prepare: Callable[[Company], None] = lambda world: None,
    checked: bool = True,
    **feeds: Any,
) -> Company:
    """What a campaign or a quarter has come to. `small`: with as few runs as show everything; `plan`: faults by call,
    `note`: is told of each call's number, function and service; `prepare`: what else is to happen; `feeds`: what
    is wrong with them.

    Raises:
        AssertionError: an invariant is broken; its number stands first.
    """
    world = Company(seed, of, rate=rate, plan=plan, quiet_from=moscow(QUIET[what]), **feeds)
    world.goes_on(before(what, of, small=small))
    world.campaign(small=small) if what == "campaign" else world.quarter(small=small)
    world.note = note
    prepare(world)
    try:
        world.run()
        world.redriven()
        if checked:
            check(world, what)
    except BrokenError as broken:
        raise AssertionError(f"at {world.clock():%d %B %H:%M:%S}, call {len(world.trace)}: {broken}") from broken
    return world


def before(what: str, of: str, *, small: bool) -> bytes:
    """The world as it was; made once."""
    make = before_the_campaign if what == "campaign" else before_the_quarter
    return make(of, (3,) if small and not MODES[of].is_monthly else (2, 3))


def in_pairs(world: Company) -> None:
    """Every run of the EDO is two, at the same moment or one in the midst of the other."""
    for due in [due for due in world.heap if due.queue in EDO_FUNCTIONS]:
        world.put(due.at + world.rng.choice((0, 0.5, 2, 5)), due.queue, dict(due.body))


def digest(world: Company) -> str:
    """Names how a world ended: its rows, its files, what the operator has."""
    said = {table: [[s.pk, s.sk, s.version, s.row] for s in world.store.rows(table)] for table in world.store.tables}
    files = {
        key: "a signature in it" if key.endswith((".sig", ".zip")) else hashlib.sha256(body).hexdigest()
        for key, body in world.files.files.items()  # signatures differ each time
    }
    there = [(m.message_id, d.custom_document_id, d.recipient_response) for m, d in world.our_documents()]
    return hashlib.sha256(json.dumps([said, files, there], sort_keys=True, default=_text).encode()).hexdigest()


def _text(value: Any) -> str:
    return str(value)
