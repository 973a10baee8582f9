"""Measure what imports add to a cold start: a new interpreter a function, less a bare one. `python -m bench.imports`.

The layer is built as it ships, but for this machine, and measured with its bytecode and as it would be without. Where
uv or Python 3.13 is not at hand, the packages of `.venv` stand in for it.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROUNDS = 5
SHIPPED = "as shipped"
_TIMED = "import resource as r; {0}; u = r.getrusage(r.RUSAGE_SELF); print(u.ru_utime + u.ru_stime, u.ru_maxrss)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Milliseconds of CPU over a bare interpreter, and megabytes of memory in all; medians."""

    function: str
    layer: str
    cpu_ms: float
    without_bytecode_ms: float
    times: float
    modules: int
    memory_mb: float


def rows(only: Collection[str] = ()) -> list[Row]:
    """Of every function, or of those named."""
    folders = sorted(p.name for p in (ROOT / "functions").iterdir() if (p / "app.py").exists())
    imports = {f: f"import functions.{f}.app" for f in folders if not only or f in only}
    with _layer() as (python, layer, name):
        counted = "; import sys; print(len(sys.modules))"
        modules = {f: _run(python, layer, said + counted) for f, said in imports.items()}
        bare, _ = _median(python, layer, "pass")
        warm = {f: _median(python, layer, said) for f, said in imports.items()}
        if name == SHIPPED:
            for folder in layer.rglob("__pycache__"):
                shutil.rmtree(folder)
        cold = {f: _median(python, layer, said) for f, said in imports.items()} if name == SHIPPED else warm
    return [
        Row(
            function=f,
            layer=name,
            cpu_ms=round((warm[f][0] - bare) * 1000),
            without_bytecode_ms=round((cold[f][0] - bare) * 1000),
            times=round((cold[f][0] - bare) / (warm[f][0] - bare), 1),
            modules=int(modules[f]),
            memory_mb=round(warm[f][1] / 1024),
        )
        for f in imports
    ]


@contextmanager
def _layer() -> Iterator[tuple[str, Path, str]]:
    """Yield the interpreter, the folder to import from, and a name for the pair."""
    python = shutil.which("python3.13")
    if not python or not shutil.which("uv") or subprocess.run([python, "-V"], capture_output=True).returncode:
        yield sys.executable, ROOT / "layers" / "billing", ".venv"
        return
    python = subprocess.run([python, "-c", "import sys; print(sys.executable)"], capture_output=True, text=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        platform = f"{os.uname().machine}-manylinux_2_28"
        told = [f"ARTIFACTS_DIR={folder}", f"PLATFORM={platform}", f"PYTHON={python.strip()}"]
        make = ["make", "-s", "-C", str(ROOT / "layers" / "billing"), "build-BillingLayer", *told]
        subprocess.run(make, check=True)
        yield python.strip(), Path(folder) / "python", SHIPPED


def _median(python: str, layer: Path, statement: str) -> tuple[float, float]:
    found = [_run(python, layer, _TIMED.format(statement)).split() for _ in range(ROUNDS + 1)][1:]
    return statistics.median(float(c) for c, _ in found), statistics.median(float(m) for _, m in found)


def _run(python: str, layer: Path, statement: str) -> str:
    """Run the statement in a new interpreter that writes no bytecode, as that of a function. Return its output."""
    more = {"PYTHONPATH": f"{ROOT}:{layer}", "AWS_REGION": "eu-central-1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [python, "-c", statement], capture_output=True, text=True, check=True, env={**os.environ, **more}
    ).stdout


if __name__ == "__main__":
    for row in rows():
        print(row)
