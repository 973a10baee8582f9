"""The two tiers of the suite: every wide test is in the second."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import WIDE

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", WIDE)
def test_a_wide_test_is_there(name: str) -> None:
    file, _, function = name.partition("::")

    assert (ROOT / file).exists()
    assert not function or f"def {function}(" in (ROOT / file).read_text("utf-8")
