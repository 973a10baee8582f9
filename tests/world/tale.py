"""One world from beginning to end, with papers that cost nothing to draw."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from billing.domain.notifications import NotificationSettings
from billing.usecases import account_months, filing, letter_contexts, quarterly, reconciliation
from tests.world.invariants import check
from tests.world.life import POISON, UNTOLD, live
from tests.world.safety import BrokenError
from tests.world.world import World

RATE = 0.03


@contextmanager
def light_papers() -> Iterator[None]:
    """A paper is its own content as text: as deterministic as the drawn one, and a hundred times cheaper."""

    def draw(document: Any, images: Any = None) -> bytes:
        if document.buyer.name == POISON:
            raise ValueError("this cannot be drawn")
        return repr(document).encode()

    def title(document: Any) -> str:
        if document.buyer.name == UNTOLD:
            raise ValueError("this cannot be told")
        return f"{document.kind} № {document.number}"

    light = SimpleNamespace(
        draw=draw,
        problems=lambda document: (),
        file_name=lambda document: f"{document.kind} {document.number}.pdf",
        title=title,
    )
    with (
        patch.object(account_months, "paper", light),
        patch.object(filing, "paper", light),
        patch.object(reconciliation, "paper", light),
        patch.object(letter_contexts, "paper", light),
    ):
        yield


@contextmanager
def reconciled_quarters() -> Iterator[None]:
    """Every client wants an act of reconciliation of the quarter."""
    wanting = NotificationSettings(reconciliation=True)
    with patch.object(quarterly, "notification_settings", lambda store, account: wanting):
        yield


def play(
    seed: int,
    *,
    rate: float = RATE,
    plan: Mapping[int, str] | None = None,
    clients: int = 3,
    months: int = 2,
    events: int = 14,
) -> World:
    """A life with faults, healed and checked.

    Raises:
        AssertionError: an invariant is broken; its number stands first.
    """
    world = World(seed, rate=rate, plan=plan)
    try:
        world.sent = live(world, clients=clients, months=months, events=events)
        world.run()
        world.heal()
    except BrokenError as broken:
        raise AssertionError(f"at {world.clock():%d %B %H:%M:%S}, call {world.calls}: {broken}") from broken
    check(world, world.sent)
    return world


def digest(world: World) -> str:
    """Names how a world ended: its rows and its files."""
    said = {table: [[s.pk, s.sk, s.version, s.row] for s in world.store.rows(table)] for table in world.store.tables}
    files = {key: hashlib.sha256(body).hexdigest() for key, body in world.files.files.items()}
    return hashlib.sha256(json.dumps([said, files], sort_keys=True).encode()).hexdigest()
