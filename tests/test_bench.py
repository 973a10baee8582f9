"""The measurements start: nothing else of the suite runs them, so a name that moves would break `make bench` alone."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).parent.parent / "bench"


@pytest.mark.parametrize("name", sorted(path.stem for path in BENCH.glob("*.py") if path.stem != "__init__"))
def test_measurement_can_be_imported(name: str) -> None:
    importlib.import_module(f"bench.{name}")


@pytest.mark.parametrize("make", ["an_act", "an_invoice", "a_reconciliation"])
def test_a_paper_is_drawn_in_each_of_the_compared_ways(make: str) -> None:
    """Of each kind one with few lines; what it takes is measured by `make bench`."""
    from bench import papers, papers_content

    maker: Callable[[int, int], Any] = getattr(papers_content, make)
    row = papers._measured(make, maker, 3, 1, rounds=1)

    assert min(row.ours_kb, row.floor_kb, row.reportlab_kb, row.cells_kb) > 1
