"""The API described: the committed document is that of the routes, and says of each whom it is for."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from billing.api.documents_api import api
from billing.api.guard import roles_of, routes_of
from billing.api.openapi import openapi
from tests.api.asking import Browser

PUBLISHED = Path(__file__).parent.parent.parent / "events" / "openapi.json"
SAID = openapi(api)
OPERATIONS = {f"{m} {p}": said for p, methods in SAID["paths"].items() for m, said in methods.items()}


def test_the_published_document_is_that_of_the_routes() -> None:
    """Written anew by `UPDATE=1 pytest tests/api/test_openapi.py`."""
    text = json.dumps(SAID, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("UPDATE"):
        PUBLISHED.write_text(text, encoding="utf-8")

    assert PUBLISHED.read_text(encoding="utf-8") == text


def test_it_is_openapi_as_the_standard_has_it() -> None:
    assert SAID["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(SAID).validate()


def test_it_is_served(stranger: Browser) -> None:
    answered = stranger.get("/openapi.json")

    assert (answered.status, answered.json) == (200, SAID)


def test_it_tells_of_every_route_but_those_of_the_page() -> None:
    routes = {
        f"{r.method.lower()} {r.openapi_path}"
        for r in routes_of(api)
        if r.path != "/" and not r.path.startswith(("/page", "/static", "/confirm", "/openapi"))
    }

    assert set(OPERATIONS) == routes


def test_it_says_of_each_route_whom_it_is_for() -> None:
    for route in routes_of(api):
        if said := OPERATIONS.get(f"{route.method.lower()} {route.openapi_path}"):
            assert said["x-roles"] == sorted(roles_of(route))
            assert bool(said["security"]) is ("public" not in said["x-roles"])


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_what_goes_wrong_is_a_problem_document_but_where_the_gateway_answers(operation: str) -> None:
    responses: dict[str, Any] = OPERATIONS[operation]["responses"]
    closed = bool(OPERATIONS[operation]["security"])

    wrong = {code: said["$ref"].rpartition("/")[2] for code, said in responses.items() if code[0] in "45"}
    assert wrong == {"4XX": "Problem", "5XX": "Problem", **({"403": "Forbidden"} if closed else {})}
    assert "422" not in responses


def test_the_gateway_has_one_answer_of_its_own() -> None:
    content = {name: set(said["content"]) for name, said in SAID["components"]["responses"].items()}

    assert content == {
        "Problem": {"application/problem+json"},
        "Forbidden": {"application/problem+json", "application/json"},
    }


def test_sums_are_text_and_days_are_days() -> None:
    act = SAID["components"]["schemas"]["ListedDocument"]["properties"]

    assert (act["total"]["type"], act["date"]) == ("string", {"type": "string", "format": "date", "title": "Date"})
    parameters = {p["name"]: p["schema"] for p in OPERATIONS["get /documents"]["parameters"]}
    assert (parameters["limit"]["maximum"], parameters["from"]["format"]) == (100, "date")
