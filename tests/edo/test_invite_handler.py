"""The function `invite_to_edo`: its sample events, and what it answers without an operator."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from billing import wiring, wiring_edo
from billing.domain.edo import RoamingRequest
from billing.domain.errors import InvalidInputError
from tests.edo.house import EdoHouse
from tests.edo.test_invitations import paying
from tests.handlers.conftest import LambdaContext
from tests.usecases.house import ROMASHKA

EVENTS = Path(__file__).parent.parent.parent / "events"


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[EdoHouse]:
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Zakryvashka")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "zakryvashka")
    monkeypatch.delenv("DIADOC_BOX", raising=False)
    house = EdoHouse(*paying(ROMASHKA))
    wiring.install(house.outside)
    wiring_edo.install_edo(house.edo)
    yield house
    wiring_edo.install_edo(None)
    wiring.install(None)


def call(event: Any, *, left_ms: int = 900_000) -> Any:
    handler = importlib.import_module("functions.invite_to_edo.app").handler
    return json.loads(json.dumps(handler(event, LambdaContext(left_ms))))


def sample(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def test_the_schedule_makes_the_days_pass(house: EdoHouse):
    house.client()

    answer = call(sample("invite_to_edo"))

    assert answer == {"state": "waiting", "step": "tasks", "report": "invitations.2026-02.001"}
    house.wait(minutes=20)
    assert call(sample("invite_to_edo")) == {"state": "done", "step": "done", "report": ""}
    assert len(house.invited()) == 1


def test_with_no_time_left_nothing_is_begun(house: EdoHouse):
    house.diadoc.forget_calls()

    answer = call({}, left_ms=100_000)

    assert (answer["state"], answer["step"], house.calls()) == ("unfinished", "", [])


def test_a_persons_decision_needs_no_operator(house: EdoHouse):
    house.client(operator="2BK")
    call({})
    house.diadoc.forget_calls()
    decision = sample("invite_to_edo.decide")
    decision["decide"] |= {"inn": ROMASHKA["inn"], "kpp": ROMASHKA["kpp"]}

    assert call(decision) == {"decided": True}

    assert (house.counterparty().roaming_request, house.calls()) == (RoamingRequest.FILED, [])


def test_a_company_without_a_box_is_told_so(house: EdoHouse):
    wiring_edo.install_edo(None)
    wiring_edo.forget_edo()

    assert call({}) == {"configured": False}


def test_a_misspelt_event_is_refused(house: EdoHouse):
    with pytest.raises(InvalidInputError, match="unknown fields: forced"):
        call({"forced": True})
