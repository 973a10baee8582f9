"""The sample events of `events/`, and the handlers over the world in memory."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from billing import wiring
from tests.usecases.house import House

EVENTS = Path(__file__).parent.parent.parent / "events"


class LambdaContext:
    """What Lambda tells a handler of its call."""

    function_name = "function"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:function"
    aws_request_id = "00000000-0000-4000-8000-000000000000"

    def __init__(self, left_ms: int = 900_000) -> None:
        self._left_ms = left_ms

    def get_remaining_time_in_millis(self) -> int:
        return self._left_ms


def event(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The world in the place of AWS, on the night of 2 February."""
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Zakryvashka")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "zakryvashka")
    house = House(at="2026-02-02 00:30", seller=False)
    wiring.install(house.outside)
    yield house
    wiring.install(None)


@pytest.fixture
def call() -> Callable[..., Any]:
    """Call a function by its name: its answer is JSON, as Lambda would send it."""

    def called(name: str, said: Any, *, left_ms: int = 900_000) -> Any:
        handler = importlib.import_module(f"functions.{name}.app").handler
        return json.loads(json.dumps(handler(json.loads(json.dumps(said)), LambdaContext(left_ms))))

    return called
