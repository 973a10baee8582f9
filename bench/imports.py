"""What a cold start costs in imports: a new interpreter a function, less a bare one. `python -m bench.imports`."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROUNDS = 5
_TIMED = "import resource as r; {0}; u = r.getrusage(r.RUSAGE_SELF); print(u.ru_utime + u.ru_stime, u.ru_maxrss)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Milliseconds of CPU over a bare interpreter, and megabytes of memory in all; medians."""

    function: str
    cpu_ms: float
    memory_mb: float


def rows(only: Collection[str] = ()) -> list[Row]:
    """Of every function, or of those named."""
    bare, _ = _median("pass")
    measured = []
    folders = sorted(p.name for p in (ROOT / "functions").iterdir() if (p / "app.py").exists())
    for folder in (f for f in folders if not only or f in only):
        cpu, memory = _median(f"import functions.{folder}.app")
        measured.append(Row(function=folder, cpu_ms=round((cpu - bare) * 1000), memory_mb=round(memory / 1024)))
    return measured


def _median(statement: str) -> tuple[float, float]:
    found = [_once(statement) for _ in range(ROUNDS + 1)][1:]
    return statistics.median(c for c, _ in found), statistics.median(m for _, m in found)


def _once(statement: str) -> tuple[float, float]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'billing'}", "AWS_REGION": "eu-central-1"}
    said = subprocess.run(
        [sys.executable, "-c", _TIMED.format(statement)], capture_output=True, text=True, check=True, env=environment
    )
    cpu, memory = said.stdout.split()
    return float(cpu), float(memory)


if __name__ == "__main__":
    for row in rows():
        print(row)
