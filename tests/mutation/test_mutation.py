"""Sample mutations by a tool that is not ours: the tests of the same rooms must notice nine of ten.

`MUTATIONS=1000 MUTATION_SEED=7` draws another sample. Survivors are listed in `out/mutations.txt`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[2]
PACKAGE = Path("layers/billing/billing")
ROOMS = ("domain", "usecases")
TESTS = ("tests/domain", "tests/usecases", "tests/edo", "tests/handlers", "tests/test_messages.py")
COUNT = int(os.environ.get("MUTATIONS", "200"))
SEED = int(os.environ.get("MUTATION_SEED", "1"))
WORKERS = 2
TESTS_MAX = 25  # test functions that a mutation meets, those that reach the fewest lines first
TIMEOUT_S = 120  # a mutation that makes a loop endless is noticed by it
KILLED_LEAST = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A mutation and whether a test failed on it."""

    place: str
    operator: str
    killed: bool


def a_copy(to: Path) -> Path:
    """Copy what the tests read, so that a mutation never touches the working tree."""
    for name in ("layers", "functions", "local", "events", "docs", "tests"):
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "template.yaml", "samconfig.toml", "README.md"):
        shutil.copy(ROOT / name, to / name)
    return to


def run(folder: Path, *arguments: str, timeout_s: int = 3_600) -> subprocess.CompletedProcess[str]:
    path = f"{folder}{os.pathsep}{folder / 'layers' / 'billing'}"
    environment = {**os.environ, "CI": "1", "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=timeout_s
    )


def who_runs_what(folder: Path) -> dict[tuple[str, int], list[str]]:
    """Run the tests once, and return for each line of the rooms the test functions that reach it."""
    settings = folder / "coverage.ini"
    settings.write_text(
        "[run]\ndynamic_context = test_function\nsource =\n" + "".join(f"    {PACKAGE / room}\n" for room in ROOMS)
    )
    ran = run(
        folder, "-m", "coverage", "run", f"--rcfile={settings}", "-m", "pytest", "-q", "-x", "-m", "not proof", *TESTS
    )
    assert ran.returncode == 0, ran.stdout[-2_000:]
    from coverage import CoverageData

    data = CoverageData(str(folder / ".coverage"))
    data.read()
    reached, reach = dict[tuple[str, int], list[str]](), Counter[str]()
    for file in data.measured_files():
        name = str(Path(file).relative_to(folder))
        for line, contexts in data.contexts_by_lineno(file).items():
            reached[name, line] = [context for context in contexts if context]
            reach.update(reached[name, line])
    return {
        place: sorted(contexts, key=lambda context: (reach[context], context)) for place, contexts in reached.items()
    }


def as_node(context: str) -> str:
    """`tests.domain.test_act.test_a_line` as pytest names it."""
    module, _, function = context.rpartition(".")
    parts = module.split(".")
    return f"{'/'.join(parts)}.py::{function}"


def outcome_of(mutation: dict[str, Any], reached: dict[tuple[str, int], list[str]], folder: Path) -> Outcome:
    """Put the mutation into the copy, run the tests that reach its line, and take it out again."""
    place = f"{mutation['file']}:{mutation['line']}"
    tests = list(dict.fromkeys(as_node(context) for context in reached.get((mutation["file"], mutation["line"]), [])))
    path = folder / mutation["file"]
    before = path.read_text("utf-8")
    path.write_text(mutation["code"], "utf-8")
    try:
        killed = bool(tests) and run(
            folder, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests[:TESTS_MAX], timeout_s=TIMEOUT_S
        ).returncode not in (0, 5)
    except subprocess.TimeoutExpired:
        killed = True
    finally:
        path.write_text(before, "utf-8")
    return Outcome(place=place, operator=mutation["operator"].removeprefix("core/"), killed=killed)


def drawn(folder: Path) -> list[dict[str, Any]]:
    """Let cosmic-ray draw the sample, by its own interpreter.

    Raises:
        FileNotFoundError: it is not installed; `make proof` installs it.
    """
    python = Path(sys.prefix) / "proof" / "bin" / "python"
    if not python.exists():
        raise FileNotFoundError(f"{python} is missing: run `make proof`, which installs it")
    modules = sorted(
        str(path.relative_to(folder))
        for room in ROOMS
        for path in (folder / PACKAGE / room).rglob("*.py")
        if path.name != "__init__.py"
    )
    command = [python, "tests/mutation/draw.py", str(COUNT), str(SEED), *modules]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in said.splitlines()]


def test_nine_of_ten_mutations_are_noticed(tmp_path: Path) -> None:
    copies = [a_copy(tmp_path / str(n)) for n in range(WORKERS)]
    mutations = drawn(copies[0])
    reached = who_runs_what(copies[0])

    def outcomes(n: int) -> list[Outcome]:
        return [outcome_of(mutation, reached, copies[n]) for mutation in mutations[n::WORKERS]]

    with ThreadPoolExecutor(WORKERS) as pool:
        results = [outcome for part in pool.map(outcomes, range(WORKERS)) for outcome in part]

    survivors = sorted(f"{o.place} {o.operator}" for o in results if not o.killed)
    (ROOT / "out").mkdir(exist_ok=True)
    (ROOT / "out" / "mutations.txt").write_text("\n".join(survivors) + "\n", "utf-8")
    print(f"{len(results) - len(survivors)} of {len(results)} mutations noticed; not noticed:", *survivors, sep="\n  ")
    assert len(results) == COUNT
    assert len(survivors) <= COUNT * (1 - KILLED_LEAST), survivors
