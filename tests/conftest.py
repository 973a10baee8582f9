"""Settings of the property tests (in CI they are the same each time), and the second emulator."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.second_emulator import ministack

settings.register_profile("by_hand", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("by_hand"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "by_hand")


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    """The endpoint of a running MiniStack, for tests marked `proof`."""
    with ministack.server() as endpoint:
        yield endpoint
