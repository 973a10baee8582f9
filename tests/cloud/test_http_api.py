"""An HTTP API with a Lambda authorizer, as a template may have one, is deployed and played."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from local.cloud import Cloud, local_cloud
from local.http_api import Request, Response, answer
from local.http_door import http_door
from tests.cloud.an_api import ECHO, GUARD, TEMPLATE

KEY = ("Authorization", "key")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    root: Path = tmp_path_factory.mktemp("api")
    for name, code in (("http_guard", GUARD), ("http_echo", ECHO)):
        (root / "functions" / name).mkdir(parents=True)
        (root / "functions" / name / "app.py").write_text(code, "utf-8")
    (root / "template.yaml").write_text(TEMPLATE, "utf-8")
    with local_cloud(template=root / "template.yaml") as cloud:
        yield cloud


def _ask(
    cloud: Cloud, path: str, *headers: tuple[str, str], method: str = "GET", query: str = "", body: bytes = b""
) -> Response:
    return answer(cloud, Request(method=method, path=path, query=query, headers=headers or (KEY,), body=body))


@pytest.mark.parametrize(
    ("path", "authorization", "status"),
    [
        pytest.param("/documents", "key", 200, id="the guard lets in"),
        pytest.param("/documents", "other", 403, id="the guard turns away"),
        pytest.param("/documents", "", 401, id="nothing to ask the guard about"),
        pytest.param("/documents", "broken", 500, id="the guard fails"),
        pytest.param("/health", "", 200, id="a route without a guard"),
        pytest.param("/none", "key", 404, id="no such route"),
        pytest.param("/documents/", "key", 404, id="a slash at the end is another route"),
    ],
)
def test_who_is_let_in(api: Cloud, path: str, authorization: str, status: int) -> None:
    assert _ask(api, path, ("Authorization", authorization)).status == status


def test_another_method_is_no_route(api: Cloud) -> None:
    assert _ask(api, "/documents", method="DELETE").status == 404
    assert _ask(api, "/files/a", method="DELETE").status == 200


@pytest.mark.parametrize(
    ("path", "route", "parameters"),
    [
        pytest.param("/documents/2026-01.act.1.0", "GET /documents/{id}", {"id": "2026-01.act.1.0"}, id="variable"),
        pytest.param("/documents/archive", "GET /documents/archive", None, id="plain before variable"),
        pytest.param("/files/a/b.pdf", "ANY /files/{path+}", {"path": "a/b.pdf"}, id="greedy variable"),
        pytest.param("/documents/%D0%B0%D0%BA%D1%82", "GET /documents/{id}", {"id": "акт"}, id="decoded"),
    ],
)  # fmt: skip
def test_the_most_specific_route_is_taken(api: Cloud, path: str, route: str, parameters: dict[str, str] | None) -> None:
    event = json.loads(_ask(api, path).body)

    assert (event["routeKey"], event.get("pathParameters")) == (route, parameters)


def test_the_function_gets_the_event_of_payload_2(api: Cloud) -> None:
    headers = [KEY, ("Cookie", "a=1; b=2"), ("X-Two", "1"), ("x-two", "2"), ("Content-Type", "application/json")]
    query = "kind=act&kind=invoice&q=%D0%B0%2C"

    said = _ask(api, "/files/x", *headers, method="POST", query=query, body='{"до": 1}'.encode())
    event = json.loads(said.body)

    assert event["version"] == "2.0"
    assert event["rawQueryString"] == "kind=act&kind=invoice&q=%D0%B0%2C"
    assert event["queryStringParameters"] == {"kind": "act,invoice", "q": "а,"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert (event["headers"]["x-two"], "cookie" in event["headers"]) == ("1,2", False)
    assert (event["body"], event["isBase64Encoded"]) == ('{"до": 1}', False)
    assert event["requestContext"]["http"]["method"] == "POST"
    assert event["requestContext"]["authorizer"] == {"lambda": {"account": "c-000001"}}


def test_bytes_come_in_base64(api: Cloud) -> None:
    said = _ask(api, "/files/x", KEY, ("Content-Type", "application/pdf"), method="POST", body=b"\xff\x00")

    event = json.loads(said.body)
    assert (event["body"], event["isBase64Encoded"]) == ("/wA=", True)


def test_answers_keep_their_shape(api: Cloud) -> None:
    assert json.loads(_ask(api, "/documents", query="answer=plain").body) == {"hello": "Анна"}
    assert _ask(api, "/documents", query="answer=file").body == b"\xff\x00"
    link = _ask(api, "/documents", query="answer=link")
    assert (link.status, dict(link.headers)["location"]) == (302, "https://example.com/")
    assert [value for name, value in link.headers if name == "set-cookie"] == ["a=1", "b=2"]


def test_the_caller_learns_nothing_of_an_error(api: Cloud) -> None:
    said = _ask(api, "/documents", query="answer=raise")

    assert (said.status, json.loads(said.body)) == (500, {"message": "Internal Server Error"})
    assert str(api.function("http_echo").errors[-1]) == "of no concern to the caller"


def test_functions_are_told_of_their_secret(api: Cloud) -> None:
    assert api.function("http_echo").environment["SECRET"].startswith("arn:aws:secretsmanager:")


def test_the_door_is_open_to_a_browser(api: Cloud) -> None:
    with http_door(lambda request: answer(api, request), 0) as port:
        caller = HTTPConnection("127.0.0.1", port, timeout=10)
        caller.request("GET", "/documents?answer=file", headers=dict([KEY]))
        response = caller.getresponse()
        assert (response.status, response.headers["content-type"], response.read()) == (
            200,
            "application/pdf",
            b"\xff\x00",
        )
        caller.request("GET", "/documents")
        assert caller.getresponse().status == 401
        caller.close()


def test_a_body_that_is_no_text_comes_in_base64_whatever_it_is_called(api: Cloud) -> None:
    said = _ask(api, "/files/x", KEY, ("Content-Type", "application/json"), method="POST", body=b"\x80")

    event = json.loads(said.body)
    assert (event["body"], event["isBase64Encoded"]) == ("gA==", True)


def test_a_line_break_in_a_path_is_a_part_of_it(api: Cloud) -> None:
    assert json.loads(_ask(api, "/files/a%0Ab").body)["pathParameters"] == {"path": "a\nb"}


def test_what_is_no_http_is_answered_and_the_door_stays_open(api: Cloud) -> None:
    """`Content-Length` of another kind once ended the connection with a traceback in the terminal."""
    with http_door(lambda request: answer(api, request), 0) as port:
        for length in (b"abc", b"-5", b"\xb2"):
            assert _raw(port, b"POST /files/x HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\n") == 400
        assert _raw(port, b"TRACE /files/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") == 404
        assert _raw(port, b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") == 200


def _raw(port: int, request: bytes) -> int:
    """Send these very bytes. Return the status of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        wire.sendall(request)
        answered = b""
        while more := wire.recv(65_536):
            answered += more
    return int(answered.split()[1])


def test_requests_on_one_connection_wait_for_no_acknowledgement(api: Cloud) -> None:
    """The head and the body of an answer used to wait 40 ms for each other: twenty requests took a second."""
    with http_door(lambda _: Response(status=200, headers=[("x", "y")], body=b"{}"), 0) as port:
        caller = HTTPConnection("127.0.0.1", port, timeout=10)
        times = []
        for _ in range(20):
            began = time.perf_counter()
            caller.request("GET", "/health")
            caller.getresponse().read()
            times.append(time.perf_counter() - began)
        caller.close()

    assert sorted(times)[len(times) // 2] < 0.02
