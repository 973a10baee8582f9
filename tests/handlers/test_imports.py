"""What a function loads when it starts: a cold start pays for each module."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

DRAWING = {"fpdf", "fontTools", "PIL", "zxingcpp"}


@pytest.mark.parametrize("function", ["close_month", "send_letter", "sweep", "take_from_crm", "track_letters"])
def test_function_that_draws_nothing_loads_nothing_that_draws(function: str) -> None:
    code = f"import sys, functions.{function}.app; print(*{{name.partition('.')[0] for name in sys.modules}})"
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    loaded = subprocess.run([sys.executable, "-c", code], env=here, capture_output=True, text=True, check=True).stdout

    assert set(loaded.split()) & DRAWING == set()
