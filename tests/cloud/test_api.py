"""The API through the gateway of the local cloud: the authorizer, the routes, the link to a file, the way out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests

from billing.adapters.tokens import JwtTokens
from local.cloud import Cloud, local_cloud
from local.http_api import Request, Response, answer
from local.http_door import at_this_machine
from local.resources import aws
from local.tokens import a_token
from tests.cloud.told import a_charge, a_payment, the_client, the_seller

START = datetime(2026, 2, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with local_cloud(at=START) as cloud:
        cloud.send("CrmInboxQueue", [the_seller(), the_client(), a_payment(), a_charge()])
        cloud.advance(to=datetime(2026, 2, 3, tzinfo=UTC))
        yield cloud


def ask(
    cloud: Cloud, method: str, path: str, *, headers: Sequence[tuple[str, str]] = (), body: bytes = b""
) -> Response:
    path, _, query = path.partition("?")
    host = ("Host", "127.0.0.1:3000")
    return answer(cloud, Request(method=method, path=path, query=query, headers=[host, *headers], body=body))


def header(said: Response, name: str) -> str:
    return dict(said.headers).get(name, "")


def bearer(cloud: Cloud, role: str = "administrator", account: str = "c-000001") -> list[tuple[str, str]]:
    return [("Authorization", f"Bearer {a_token(cloud, account, role)}")]


def csrf(cloud: Cloud, session: str) -> str:
    """What the page writes into its forms."""
    secret = aws("secretsmanager").get_secret_value(SecretId=cloud.ids["ApiSecret"])["SecretString"]
    tokens = JwtTokens(lambda: secret)
    return tokens.mac("csrf", tokens.read_session(session.partition("=")[2], now=cloud.now()).id)


def test_a_client_comes_in_reads_downloads_and_goes_out(cloud: Cloud) -> None:
    entered = ask(cloud, "GET", f"/enter?token={a_token(cloud, 'c-000001', 'administrator')}")
    session = header(entered, "set-cookie").partition(";")[0]
    assert (entered.status, header(entered, "location")) == (303, "/")

    listed = json.loads(ask(cloud, "GET", "/documents?kind=act", headers=[("Cookie", session)]).body)
    (act,) = listed["documents"]
    assert (act["kind"], act["status"], act["letter"]) == ("act", "ready", "delivered")

    linked = ask(cloud, "GET", f"/documents/{act['id']}/pdf", headers=[("Cookie", session)])
    link = header(linked, "location")
    file = requests.get(link, timeout=10)
    assert (linked.status, file.status_code, file.content[:5]) == (302, 200, b"%PDF-")
    assert ".s3.eu-central-1.amazonaws.com/" in link
    said = parse_qs(urlsplit(link).query)
    assert int(said["X-Amz-Expires"][0]) <= 120
    assert unquote(said["response-content-disposition"][0]).endswith(f"filename*=UTF-8''{act['file_name']}")
    assert file.headers["Content-Type"] == "application/pdf"

    assert ask(cloud, "POST", "/leave", headers=[("Cookie", session)]).status == 403, "a form of ours carries its token"
    left = ask(cloud, "POST", "/leave", headers=[("Cookie", session), ("X-CSRF-Token", csrf(cloud, session))])
    assert (left.status, header(left, "set-cookie")[:9]) == (303, "session=;")


def test_a_link_to_a_file_leads_to_the_door_of_this_machine() -> None:
    def at(location: str) -> str:
        return header(
            at_this_machine(Response(status=302, headers=[("location", location)], body=b""), 5000), "location"
        )

    assert (
        at("https://files.s3.eu-central-1.amazonaws.com/docs/a.pdf?X=1") == "http://127.0.0.1:5000/files/docs/a.pdf?X=1"
    )
    assert at("https://s3.eu-central-1.amazonaws.com/files/docs/a.pdf") == "http://127.0.0.1:5000/files/docs/a.pdf"
    assert at("/") == "/"
    assert at("https://crm.example/") == "https://crm.example/"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/health", 200, id="open"),
        pytest.param("/documents", 403, id="closed"),
        pytest.param("/runs", 403, id="closed, of operators"),
        pytest.param("/nothing/here", 403, id="what is not there is closed too"),
    ],
)
def test_the_gateway_lets_nobody_in_without_a_token(cloud: Cloud, path: str, status: int) -> None:
    assert ask(cloud, "GET", path).status == status


def test_roles_hold_behind_the_gateway_too(cloud: Cloud) -> None:
    operator = bearer(cloud, "operator", "")

    assert ask(cloud, "GET", "/runs", headers=operator).status == 200
    assert ask(cloud, "GET", "/accounts/c-000001/documents", headers=operator).status == 200
    assert ask(cloud, "GET", "/documents", headers=operator).status == 403
    assert ask(cloud, "GET", "/runs", headers=bearer(cloud)).status == 403


def test_a_neighbour_sees_nothing_of_it(cloud: Cloud) -> None:
    listed: Any = json.loads(ask(cloud, "GET", "/documents", headers=bearer(cloud)).body)
    neighbour = bearer(cloud, account="c-000002")

    assert json.loads(ask(cloud, "GET", "/documents", headers=neighbour).body)["documents"] == []
    for document in listed["documents"]:
        assert ask(cloud, "GET", f"/documents/{document['id']}", headers=neighbour).status == 404
