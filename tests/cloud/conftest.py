from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from local.cloud import Cloud, local_cloud
from tests.service_model import held_to_the_model

FIRST_OF_FEBRUARY = datetime(2026, 2, 1, 9, tzinfo=UTC)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """template.yaml deployed, at noon of 1 February 2026 in Moscow."""
    with local_cloud(at=FIRST_OF_FEBRUARY) as deployed:
        yield deployed


@pytest.fixture(autouse=True)
def _calls_as_the_services_want_them() -> Iterator[None]:
    """No call may be what only AWS would refuse."""
    with held_to_the_model() as breaches:
        yield
    assert not breaches
