"""A state of a delivery is known wherever states are told apart."""

from __future__ import annotations

import pytest

from billing.domain.delivery import FAILED, RANKS, SETTLED, WORST_FIRST, DeliveryState
from billing.letters import filters
from billing.page import states


def test_what_is_queued_or_under_way_is_all_that_is_not_settled() -> None:
    assert {str(state) for state in set(DeliveryState) - SETTLED} == {"queued", "sending"}
    assert {str(state) for state in SETTLED - FAILED} == {"accepted", "delivered"}


@pytest.mark.parametrize("state", DeliveryState)
def test_each_state_has_its_rank_its_place_and_its_words(state: DeliveryState) -> None:
    assert state in RANKS
    assert WORST_FIRST.count(state) == 1
    assert state in filters._STATES
    assert state in states._LETTERS
