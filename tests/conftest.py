"""Settings of the property tests (in CI they are the same each time), and the second emulator."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.second_emulator import ministack

WIDE = (  # what `make proof` runs beside the tests marked `proof` where they stand: a module, or a test of it
    "tests/api/test_fuzz.py",
    "tests/browser/test_page.py",
    "tests/cloud/test_state.py",
    "tests/cloud/test_up.py",
    "tests/edo/test_invitations_cut.py",
    "tests/edo/test_receipts.py::test_a_process_may_end_at_any_call",
    "tests/edo/test_sending_cut.py",
    "tests/test_demo.py",
    "tests/world/test_long_rows.py::test_a_fault_at_any_call_is_survived",
    "tests/world/test_over_moto.py",
    "tests/world/test_world.py::test_every_single_fault_of_a_small_world_is_survived",
    "tests/world/test_world.py::test_every_world_comes_to_rest_with_all_invariants_true",
    "tests/world_edo/test_fuzz.py",
    "tests/world_edo/test_receipts.py",
    "tests/world_edo/test_world_edo.py",
)

settings.register_profile("by_hand", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("by_hand"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "by_hand")


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    """Start MiniStack for tests marked `proof`, and yield its endpoint."""
    with ministack.server() as endpoint:
        yield endpoint


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the wide tests, so that `-m proof` and `-m "not proof"` part the suite in two."""
    for item in items:
        name = item.nodeid.partition("[")[0]
        if name in WIDE or name.partition("::")[0] in WIDE:
            item.add_marker(pytest.mark.proof)
