"""The handlers of the exchange: without an operator they say so, with one they do the thing they are named for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from billing import wiring, wiring_edo
from billing.domain.errors import NotFoundError
from billing.domain.periods import Month
from billing.ports import Write
from billing.records_edo import DUE_SHARDS
from tests.edo.house import EdoHouse
from tests.handlers.conftest import event
from tests.usecases.house import a_card, a_charge, a_payment

Call = Callable[..., Any]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[EdoHouse]:
    """A client that paid, a box of it at the operator, the operator in the place of the environment's."""
    house = EdoHouse(a_card(), a_payment(10_000_00), a_charge(5_500_00))
    house.client(accepts_invitations_after_s=3600)
    wiring.install(house.outside)
    wiring_edo.install_edo(house.edo)
    yield house
    wiring_edo.install_edo(None)
    wiring.install(None)


@pytest.mark.parametrize("function", ["invite_to_edo", "send_to_edo", "track_edo"])
def test_without_a_box_a_function_says_so_and_does_nothing(
    house: EdoHouse, call: Call, function: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("DIADOC_BOX", raising=False)
    wiring_edo.forget_edo()
    wiring_edo.install_edo(None)
    before = house.store.rows("control")

    assert call(function, event(function)) == {"configured": False}
    assert house.store.rows("control") == before


def test_the_campaign_invites(house: EdoHouse, call: Call):
    call("invite_to_edo", event("invite_to_edo"))

    house.wait(minutes=1).diadoc.advance(seconds=0)
    assert len(house.invited()) == 1


def test_sending_says_how_far_it_came(house: EdoHouse, call: Call):
    house.night(Month(2026, 3))
    house.at("2026-04-02 04:00")

    answer = call("send_to_edo", event("send_to_edo"))

    assert answer == {"window": "2026-Q1", "sent": 0, "left": 1, "ended": True, "waits": ""}


def test_another_attempt_is_begun_by_hand_of_what_has_failed_only(house: EdoHouse, call: Call):
    with pytest.raises(NotFoundError):
        call("send_to_edo", event("send_to_edo.again"))


def test_an_end_is_seen_by_hand_where_there_is_one(house: EdoHouse, call: Call):
    with pytest.raises(NotFoundError):
        call("send_to_edo", event("send_to_edo.seen"))


def test_a_month_is_planned_by_hand(house: EdoHouse, call: Call):
    house.night()
    for work in (w for w in house.store.rows("work") if w.pk in DUE_SHARDS):
        house.store.tx([Write("work", work.pk, work.sk, None, work.version)])

    assert call("send_to_edo", {"plan": "2026-01"}) == {"planned": 1, "ended": True}


def test_tracking_says_how_far_it_came(house: EdoHouse, call: Call):
    assert call("track_edo", event("track_edo")) == {"events": 0, "moved": 0, "complete": 0, "ended": True}
    house.diadoc.forget_calls()

    call("track_edo", event("track_edo.sweep"))

    assert len(house.calls("V3/GetDocuments")) == 1


def test_a_function_with_no_time_left_asks_nothing(house: EdoHouse, call: Call):
    house.diadoc.forget_calls()

    answer = call("track_edo", event("track_edo"), left_ms=100_000)

    assert answer["ended"] is False
    assert house.calls() == []
