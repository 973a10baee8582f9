"""The API described: the committed document is that of the routes, and says of each whom it is for."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from billing.api.documents_api import api
from billing.api.guard import roles_of, routes_of
from billing.api.openapi import openapi
from billing.records_letters import NOBODY
from tests.api.asking import Browser

PUBLISHED = Path(__file__).parent.parent.parent / "events" / "openapi.json"
SAID = openapi(api)
SCHEMAS = SAID["components"]["schemas"]
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
        if r.path != "/" and not r.path.startswith(("/page", "/static", "/confirm", "/stop", "/openapi"))
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
    assert wrong == {"4XX": "Problem", "5XX": "Problem", "429": "TooMany", **({"403": "Forbidden"} if closed else {})}
    assert "422" not in responses


def test_the_gateway_has_two_answers_of_its_own() -> None:
    content = {name: set(said["content"]) for name, said in SAID["components"]["responses"].items()}

    assert content == {
        "Problem": {"application/problem+json"},
        "Forbidden": {"application/problem+json", "application/json"},
        "TooMany": {"application/problem+json", "application/json"},
    }


def test_sums_are_text_and_days_are_days() -> None:
    act = SAID["components"]["schemas"]["ListedDocument"]["properties"]

    assert (act["total"]["type"], act["date"]["type"], act["date"]["format"]) == ("string", "string", "date")
    parameters = {p["name"]: p["schema"] for p in OPERATIONS["get /documents"]["parameters"]}
    assert (parameters["limit"]["maximum"], parameters["from"]["format"]) == (100, "date")


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_an_operation_has_a_name_a_tag_and_words(operation: str) -> None:
    said = OPERATIONS[operation]

    assert re.fullmatch("[a-z]+([A-Z][a-z]+)*", said["operationId"])
    assert set(said["tags"]) <= {tag["name"] for tag in SAID["tags"]}
    assert said["description"].endswith(".")
    assert [
        p["name"] for p in said.get("parameters", ()) if "Operator" not in said["tags"] and not p.get("description")
    ] == []


def test_names_of_operations_are_unlike_and_a_package_can_be_called_by_the_title() -> None:
    names = [said["operationId"] for said in OPERATIONS.values()]

    assert len(set(names)) == len(names)
    assert SAID["info"]["title"].isascii()
    assert {"listDocuments", "getDocument", "createInvoice", "listDocumentsOfAccount"} <= set(names)


def test_every_field_that_a_client_meets_is_described() -> None:
    clients = [said for said in OPERATIONS.values() if "Operator" not in said["tags"]]
    told = _reached([json.dumps(clients)])

    missing = {
        f"{m}.{f}" for m in told for f, said in SCHEMAS[m].get("properties", {}).items() if "description" not in said
    }
    assert missing == set()


def _reached(texts: list[str]) -> set[str]:
    found = set[str]()
    while texts:
        new = set(re.findall(r"#/components/schemas/(\w+)", texts.pop())) - found
        found |= new
        texts += [json.dumps(SCHEMAS[name]) for name in new]
    return found


def test_states_are_lists_of_values() -> None:
    letter = SCHEMAS["ListedDocument"]["properties"]["letter"]["enum"]

    assert {NOBODY, "", "delivered", "bounced"} <= set(letter)
    for model, field in (
        ("Letter", "status"),
        ("Archive", "state"),
        ("Edo", "stage"),
        ("Added", "state"),
        ("Run", "state"),
    ):
        assert SCHEMAS[model]["properties"][field]["enum"]


def test_paths_of_programs_have_a_version_and_public_ones_stay_where_the_gateway_lets_anybody_in() -> None:
    assert SAID["servers"] == [{"url": "/v1"}]
    assert {name for name, said in OPERATIONS.items() if said.get("servers") == [{"url": "/"}]} == {
        *("get /enter", "get /health"),
    }
