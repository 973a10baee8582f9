"""A stand-in for each test, with a clock moved by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.diadoc import DiadocStandIn
from tests.diadoc_stand_in.company import Company
from tests.diadoc_stand_in.talk import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def diadoc(clock: Clock) -> Iterator[DiadocStandIn]:
    with DiadocStandIn(clock=clock) as stand_in:
        yield stand_in


@pytest.fixture
def company(diadoc: DiadocStandIn, clock: Clock) -> Iterator[Company]:
    made = Company(diadoc, clock)
    yield made
    made.close()
