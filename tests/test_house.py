"""How the house is built: which way imports point, who may know what, how large a room may be."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYER = ROOT / "layers" / "billing"
FUNCTIONS = ROOT / "functions"
LINES_MAX = 250
HANDLER_LINES_MAX = 30

# longer than a module should be, and why it is not two
LONG = {
    "billing/adapters/diadoc/wire.py": "every shape of one foreign API, each beside the page it was read from",
    "billing/domain/books.py": "the state that one command changes, and each change it may make to it",
    "billing/domain/documents.py": "what each kind of paper holds, side by side: one type is made of all of them",
    "billing/domain/ledger.py": "what an account is made of: one term after another",
    "billing/messages.py": "one model a message; the schema is made of all of them",
    "billing/records.py": "the shape of each row, side by side",
    "billing/ports_edo.py": "the ports of Diadoc: mostly what they promise",
    "billing/ports.py": "the ports of everything else: mostly what they promise",
    "local/company/clients.py": "the sample company: one client after another, nothing to reason about",
    "local/resources.py": "one short maker a type of resource",
}

LAYERS_OF_BILLING = {  # who may know whom; everyone knows the domain
    "domain": {"domain"},
    "paper": {"domain", "paper"},
    "letters": {"domain", "letters", "ports"},
    "ports": {"domain", "ports", "ports_edo"},
    "ports_edo": {"domain", "ports", "ports_edo"},
    "ports_tokens": {"domain", "ports_tokens"},
    "records": {"domain", "ports", "records"},
    "records_edo": {"domain", "ports", "records", "records_edo"},
    "records_letters": {"domain", "ports", "records_letters"},
    "message_fields": {"domain", "message_fields"},
    "messages": {"domain", "message_fields", "messages", "messages_edo"},
    "messages_edo": {"domain", "message_fields", "messages_edo"},
    "exports": {"domain", "exports"},
    "page": {"domain", "page"},
    "usecases": {
        *("domain", "paper", "letters", "exports", "messages", "usecases"),
        *("ports", "ports_edo", "ports_tokens", "records", "records_edo", "records_letters"),
    },
    "api": {"domain", "ports", "ports_tokens", "usecases", "exports", "page", "api", "wiring"},
    "adapters": {"domain", "ports", "ports_edo", "ports_tokens", "adapters"},
    "wiring": {"domain", "ports", "ports_edo", "ports_tokens", "adapters", "wiring"},
    "wiring_edo": {"domain", "ports_edo", "adapters", "wiring", "wiring_edo"},
}
FUNCTIONS_KNOW = {"domain", "usecases", "wiring", "wiring_edo"}
DOORS = {
    "track_letters": {"adapters"},
    "authorize": {"api"},
    "documents_api": {"api"},
}  # an event in a foreign shape is turned into ours at the door

AWS = {"boto3", "botocore", "pynamodb", "s3transfer"}
POWERTOOLS = {"aws_lambda_powertools", "aws_xray_sdk"}


def _modules(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


SHIPPED = _modules(LAYER / "billing", FUNCTIONS)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def _imports(path: Path) -> Iterator[str]:
    """Full names of what a module imports: of `from a import b` both `a` and `a.b`."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _roots(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in _imports(path)}


def _of_billing(path: Path) -> set[str]:
    """The parts of `billing` that a module knows: `domain`, `ports` …"""
    return {name.split(".")[1] for name in _imports(path) if name.startswith("billing.")}


def _part(path: Path) -> str:
    return path.relative_to(LAYER / "billing").parts[0].removesuffix(".py")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT)).removeprefix("layers/billing/")


def _named(paths: list[Path]) -> list[object]:
    return [pytest.param(path, id=_name(path)) for path in paths if path.stat().st_size]


# --- imports -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", _named([p for p in _modules(LAYER / "billing") if p.parent != LAYER / "billing" or p.name != "__init__.py"])
)
def test_imports_point_inwards(path: Path) -> None:
    assert _part(path) in LAYERS_OF_BILLING, "a new part of the house: say above whom it may know"
    assert _of_billing(path) <= LAYERS_OF_BILLING[_part(path)]


@pytest.mark.parametrize("path", _named(_modules(FUNCTIONS)))
def test_a_handler_knows_wiring_and_use_cases(path: Path) -> None:
    assert _of_billing(path) <= FUNCTIONS_KNOW | DOORS.get(path.parent.name, set())


@pytest.mark.parametrize("path", _named(_modules(LAYER / "billing" / "domain")))
def test_the_domain_knows_nobody_but_the_standard_library(path: Path) -> None:
    assert _roots(path) <= set(sys.stdlib_module_names) | {"billing"}


def test_only_adapters_and_wiring_know_aws() -> None:
    assert {_name(p) for p in SHIPPED if _roots(p) & AWS and _part_of(p) not in ("adapters", "wiring")} == set()


def test_only_handlers_and_wiring_and_metrics_know_powertools() -> None:
    allowed = {"billing/wiring.py", "billing/adapters/metrics.py"}
    inner = [p for p in SHIPPED if _part_of(p) not in ("functions", "api")]  # the routes are one handler, cut up

    assert {_name(p) for p in inner if _roots(p) & POWERTOOLS} <= allowed


def test_nothing_that_ships_knows_the_local_cloud_or_the_tests() -> None:
    assert {_name(p) for p in SHIPPED if _roots(p) & {"local", "tests", "bench", "moto", "pytest"}} == set()


def test_only_wiring_reads_the_environment() -> None:
    readers = {
        _name(p)
        for p in SHIPPED
        for node in ast.walk(_tree(p))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }

    assert readers == {"billing/wiring.py", "billing/wiring_edo.py"}


def _part_of(path: Path) -> str:
    return _part(path) if LAYER in path.parents else "functions"


# --- time --------------------------------------------------------------------------------------------------------

CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime"}


def _asks_the_clock(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id in ("datetime", "date", "time"):
                yield f"{_name(path)}:{node.lineno}"


def test_nobody_asks_the_clock_but_wiring_and_adapters() -> None:
    """A month is closed the same way whenever it is closed. Adapters may measure how long they wait."""
    inner = [p for p in SHIPPED if _part_of(p) not in ("adapters", "wiring")]

    assert [found for p in inner for found in _asks_the_clock(p)] == []


# --- size and names ----------------------------------------------------------------------------------------------


def test_a_function_folder_holds_one_file() -> None:
    for folder in (f for f in FUNCTIONS.iterdir() if f.is_dir() and f.name != "__pycache__"):
        assert sorted(p.name for p in folder.iterdir() if p.name != "__pycache__") == ["app.py"]


@pytest.mark.parametrize("path", _named(_modules(FUNCTIONS)))
def test_a_handler_is_short_and_holds_no_rules(path: Path) -> None:
    functions = [n for n in _tree(path).body if isinstance(n, ast.FunctionDef)]
    (handler,) = [f for f in functions if f.name == "handler"]
    assert handler.end_lineno is not None

    assert handler.end_lineno - handler.lineno < HANDLER_LINES_MAX
    assert sum(1 for line in path.read_text("utf-8").splitlines() if line.strip()) <= 2 * HANDLER_LINES_MAX
    assert [a.arg for a in handler.args.args] == ["event", "context"]


def test_modules_are_of_a_size_to_be_read_at_once() -> None:
    house = [p for p in [*SHIPPED, *_modules(ROOT / "local")] if ROOT / "local" / "diadoc" not in p.parents]
    long = {_name(p) for p in house if len(p.read_text("utf-8").splitlines()) > LINES_MAX}

    assert long - set(LONG) == set(), "make two of it, or say above why not"


def test_every_excuse_for_a_long_module_is_still_needed() -> None:
    paths = {name: (ROOT if name.startswith("local/") else LAYER) / name for name in LONG}

    assert {name for name, p in paths.items() if len(p.read_text("utf-8").splitlines()) <= LINES_MAX} == set()


def test_nothing_is_called_by_a_word_that_says_nothing() -> None:
    vague = re.compile(r"(?:^|_)(?:manager|helpers?|utils?|misc|common|info)(?:_|$)")
    house = [*SHIPPED, *_modules(ROOT / "local", ROOT / "tests")]

    assert {_name(p) for p in house if vague.search(p.stem)} == set()


@pytest.mark.parametrize("path", _named([p for p in SHIPPED if p.name != "__init__.py"]))
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(_tree(path))


def test_every_use_case_that_a_function_calls_has_its_name() -> None:
    usecases = {p.stem for p in (LAYER / "billing" / "usecases").glob("*.py")}

    assert {f.parent.name for f in FUNCTIONS.glob("*/app.py")} <= usecases
