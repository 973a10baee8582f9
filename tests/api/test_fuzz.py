"""Schemathesis asks whatever the document allows, and what it does not, as two clients and as our own people."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    missing_required_header,
    positive_data_acceptance,
    unsupported_method,
)

from billing import wiring
from billing.api.documents_api import answer, api
from billing.api.openapi import openapi
from tests.api.asking import TOKENS, a_token, an_event
from tests.api.conftest import a_furnished_house
from tests.handlers.conftest import LambdaContext
from tests.usecases.house import ACCOUNT, House

SAID = openapi(api)
NEIGHBOUR, THEIRS = "c-000002", ("9999003021", "Василёк", "theirs@client")
LEFT_OUT = [
    *(ignored_auth, missing_required_header, unsupported_method),  # test_matrix.py asks for each of these
    positive_data_acceptance,  # a cursor, a day of another time, a payer of nobody: more than a schema can say
]


def application(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """The API as WSGI: a request becomes an event of the gateway, and its answer a response."""
    headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["Content-Type"] = environ["CONTENT_TYPE"]
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    event = an_event(
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=base64.b64encode(body).decode() if body else None,
    )
    answered = answer({**event, "isBase64Encoded": bool(body)}, LambdaContext())  # type: ignore[arg-type]
    text = answered["body"] or ""
    start(f"{answered['statusCode']} .", list(answered["headers"].items()))
    return [base64.b64decode(text) if answered["isBase64Encoded"] else text.encode()]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    house = a_furnished_house()
    wiring.install(house.outside, TOKENS)
    yield house
    wiring.install(None)


schema = schemathesis.openapi.from_dict(SAID)
schema.app = application


@pytest.mark.parametrize("role", ["administrator", "accountant", "operator"])
@schema.parametrize()
@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
def test_whatever_is_asked_has_an_answer_of_the_document(case: Any, house: House, role: str) -> None:
    """And whatever it is, nothing of the neighbour is in it."""
    token = a_token(house, role=role, account=None if role == "operator" else ACCOUNT)
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}

    response = case.call_and_validate(excluded_checks=LEFT_OUT)

    assert response.status_code < 500
    if role != "operator":
        assert not [word for word in (NEIGHBOUR, *THEIRS) if word.encode() in response.content]
