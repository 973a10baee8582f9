"""Receipts in the world: clients who ask for one on each of their titles get one, whatever is struck."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from billing.domain.errors import NotFoundError
from billing.ports_edo import Cms, Title
from billing.usecases.edo.sending import making
from billing.usecases.edo.tracking import receipts as edo_receipts
from billing.usecases.edo.tracking import statuses as edo_statuses
from tests.world.tale import light_papers
from tests.world_edo.company import Company, document_keys, moscow
from tests.world_edo.tale import play

KINDS = ("crash_before", "crash_after", "lost_after", "throttled")


@pytest.fixture(autouse=True)
def _light_papers():
    with light_papers():
        yield


def they_ask(world: Company) -> None:
    for organization in world.state.organizations.values():
        organization.wants_receipts = True
    for day in (9, 10, 11):  # the way is longer by a receipt
        world.call(moscow(f"2026-04-{day:02} 05:15"), "track_edo", {})


def confirmed(*, prepare: Callable[[Company], None] = lambda world: None, **how: Any) -> Company:
    """A quarter that has been played, with every invariant of a quarter and one receipt for each title."""

    def prepared(world: Company) -> None:
        they_ask(world)
        prepare(world)

    world = play("quarter", "tiny", small=True, prepare=prepared, **how)
    states = {id: row["state"] for id, row in document_keys(world).items()}
    titles = 0
    for message, document in world.our_documents():
        title = [e for e in message.entities if e.attachment_type.endswith("BuyerTitle")]
        given = [e for e in message.entities if e.attachment_type == "Receipt"]
        assert [e.parent_id for e in given] == [e.entity_id for e in title], f"{len(given)} receipts"
        if not title:
            continue
        titles += 1
        receipt = states[document.custom_document_id]["receipt"]
        signature = [e for e in message.entities if e.parent_id == given[0].entity_id]
        assert document.sender_receipt == "Finished"
        assert given[0].content == world.files.files[receipt["file"]], "other bytes than the bucket has"
        assert [e.content for e in signature] == [world.files.files[receipt["signature_file"]]], "another signature"
    assert titles >= 1, "no title, nothing is proved"
    left = [(s.pk, s.sk) for s in world.store.rows("control") if s.pk in ("edo.signing.receipts", "edo.signing.files")]
    assert left == [], "a batch was left"
    return world


def calls_of_receipts() -> list[int]:
    """The numbers of the calls of runs in which a receipt is given, from the first for its sake to the last."""
    worlds: list[Company] = []
    numbers: list[int] = []
    give = edo_receipts.give_receipts

    def noted(*told: Any, **how: Any) -> int:
        begins = len(worlds[0].trace) if worlds else 0  # before there is one, what was before it is being made
        given = give(*told, **how)
        if given:
            numbers.extend(range(begins, len(worlds[0].trace)))
        return given

    with patch("billing.usecases.track_edo.give_receipts", noted):
        confirmed(prepare=worlds.append)
    return [n for n in numbers if worlds[0].trace[n][0] == "track_edo"]


def test_one_receipt_for_each_title_and_none_else():
    world = confirmed()

    assert world.watch.writes["v4/postmessagepatch"] == 1
    assert all(n == 1 for n in world.asked_to_sign.values()), "signed twice"


def test_any_call_of_the_giving_may_be_struck():
    numbers = calls_of_receipts()
    assert len(numbers) > 20

    for n, number in enumerate(numbers):
        confirmed(plan={number: KINDS[n % len(KINDS)]})


@pytest.mark.parametrize("seed", range(6))
def test_a_quarter_with_receipts_under_faults_by_chance(seed: int):
    confirmed(seed=seed, rate=0.02)


# --- planted -------------------------------------------------------------------------------------------------------


def not_kept(key: str, title: Title, *told: Any) -> str:
    return title.file_name


def another_signature(receipt: Any, outside: Any) -> Cms:
    return Cms(der=outside.files.get(receipt.signature_file) + b"0")


DEFECTS = [
    pytest.param(making, "_kept", not_kept, id="it is signed before its bytes are kept"),
    pytest.param(edo_receipts, "signature_of", another_signature, id="another signature goes than was kept"),
    pytest.param(edo_statuses, "receipt_is_due", lambda fate: False, id="nobody takes up what is due"),
]


@pytest.mark.parametrize(("module", "name", "planted"), DEFECTS)
def test_a_planted_defect_is_found(module: Any, name: str, planted: Any):
    with patch.object(module, name, planted), pytest.raises((AssertionError, NotFoundError)):
        confirmed()
