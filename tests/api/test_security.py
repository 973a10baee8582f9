"""What every answer carries, and what no answer tells."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest

from billing import wiring
from billing.api.documents_api import answer
from billing.api.guard import BODY_MAX
from tests.api.asking import TOKENS, Browser, a_token, an_event
from tests.handlers.conftest import LambdaContext
from tests.usecases.house import ROMASHKA, House

ACT = f"2026-01.act.{ROMASHKA['inn']}.0"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "private, no-store",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


# --- headers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/documents", 200),
        ("GET", f"/documents/{ACT}/pdf", 302),
        ("GET", "/statistics.xlsx", 200),
        ("GET", "/", 200),
        ("GET", "/nothing", 404),
        ("DELETE", "/documents", 405),
        ("GET", "/runs", 403),
        ("GET", "/documents?limit=x", 400),
        ("GET", "/health", 200),
        ("POST", "/leave", 303),
    ],
)
def test_every_answer_keeps_private_things_private(administrator: Browser, method: str, path: str, status: int) -> None:
    path, _, query = path.partition("?")

    answered = administrator.ask(method, path, query=query)

    assert answered.status == status
    assert {name: answered.headers.get(name) for name in ALWAYS} == ALWAYS
    assert not [name for name in answered.headers if name.startswith("access-control-")]


def test_an_answer_without_a_token_is_no_less_private(stranger: Browser) -> None:
    for headers in ({}, {"Accept": "text/html"}):
        answered = stranger.get("/documents", headers=headers)
        assert answered.status == 401
        assert {name: answered.headers.get(name) for name in ALWAYS} == ALWAYS


def test_only_files_of_the_page_may_be_kept(stranger: Browser) -> None:
    names = re.findall(r'/static/([\w.-]+)"', stranger.get("/", headers={"Accept": "text/html"}).body)
    assert names

    for name in names:
        answered = stranger.get(f"/static/{name}")
        assert (answered.status, answered.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
        assert answered.headers["vary"] == "Accept-Encoding", "or every session would fetch it anew"


def test_whoever_may_frame_the_page_is_named_by_the_template(house: House, stranger: Browser) -> None:
    settings = replace(house.outside.settings, frame_ancestors="https://crm.example")
    wiring.install(replace(house.outside, settings=settings), TOKENS)

    assert stranger.get("/health").headers["content-security-policy"].endswith("frame-ancestors https://crm.example")


# --- limits ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        pytest.param("x" * (BODY_MAX + 1), "application/json", 413, id="too long"),
        pytest.param("{", "application/json", 400, id="no JSON"),
        pytest.param("[" * 30_000, "application/json", 400, id="a bottomless list"),
        pytest.param("9" * 30_000, "application/json", 400, id="an endless number"),
        pytest.param('{"amount": "\\ud800", "payer": "9999003014"}', "application/json", 400, id="half a character"),
        pytest.param('{"amount": NaN, "payer": "9999003014"}', "application/json", 400, id="not a number"),
        pytest.param(
            '{"amount": "100.00", "amount": "2000.00", "payer": "9999003014"}', "application/json", 400, id="two sums"
        ),
        pytest.param("<a/>", "application/xml", 415, id="XML"),
        pytest.param("--x--", "multipart/form-data; boundary=x", 415, id="many parts"),
        pytest.param("a=1", "application/x-www-form-urlencoded", 400, id="a form that lacks everything"),
    ],
)
def test_a_body_that_is_not_for_us_is_refused(
    administrator: Browser, body: str, content_type: str, status: int
) -> None:
    headers = {"Content-Type": content_type, "Idempotency-Key": "order-0001"}

    assert administrator.post("/invoices", body=body, headers=headers).status == status


def test_a_question_of_endless_length_is_refused(administrator: Browser) -> None:
    assert administrator.get("/documents", query="number=" + "1" * 9_000).status == 400


@pytest.mark.parametrize("sent", ["Dw/+/w==", "%%%"], ids=["no text", "no base64"])
def test_bytes_that_are_no_form_confirm_nothing(house: House, sent: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    event = {**an_event("POST", "/confirm", headers=form, body=sent), "isBase64Encoded": True}

    assert answer(event, LambdaContext())["statusCode"] == 404  # type: ignore[arg-type]


# --- errors ------------------------------------------------------------------------------------------------------


class BrokenStore:
    def __getattr__(self, name: str) -> Any:
        def fail(*_: Any, **__: Any) -> Any:
            raise RuntimeError("row of anna@romashka.example, c-000002")

        return fail


@pytest.mark.parametrize("language", ["ru", "en"])
def test_an_error_of_ours_tells_nothing_but_where_to_look(
    house: House, administrator: Browser, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    log = io.StringIO()
    monkeypatch.setattr(wiring.log.registered_handler, "stream", log)
    wiring.install(replace(house.outside, store=BrokenStore()), TOKENS)  # type: ignore[arg-type]

    answered = administrator.get("/documents", headers={"Accept-Language": language})

    title = "Ошибка на нашей стороне" if language == "ru" else "An error on our side"
    assert answered.json == {
        "type": "about:blank", "title": title, "status": 500, "instance": "urn:request:request-1",
    }  # fmt: skip
    assert '"error":"RuntimeError"' in log.getvalue()
    assert not [word for word in ("anna", "c-000002", "row of") if word in log.getvalue() + answered.body]
    assert house.metrics.counts["RequestsFailed"] == 1


@pytest.mark.parametrize(
    ("accepted", "title"),
    [
        ("", "Такого здесь нет"),
        ("en", "There is no such thing here"),
        ("en-GB,en;q=0.9,ru;q=0.8", "There is no such thing here"),
        ("ru;q=0.1,en;q=0.2", "There is no such thing here"),
        ("de,fr", "Такого здесь нет"),
        ("en;q=0,ru;q=0.1", "Такого здесь нет"),
        ("en;q=x", "Такого здесь нет"),
    ],
)
def test_errors_are_told_in_the_language_of_the_reader(administrator: Browser, accepted: str, title: str) -> None:
    assert administrator.get("/documents/none", headers={"Accept-Language": accepted}).json["title"] == title


def test_a_wrong_method_is_told_which_are_right(administrator: Browser) -> None:
    answered = administrator.ask("DELETE", "/notifications")

    assert (answered.status, answered.headers["allow"]) == (405, "GET, PUT")


def test_an_account_that_asks_too_often_for_what_is_dear_waits_and_the_others_do_not(
    house: House, administrator: Browser
) -> None:
    """The gateway's limit is for all callers together, so one of them could keep the others from ordering."""
    neighbour = Browser(house, token=a_token(house, account="c-000002"))
    answers = [administrator.get("/statistics.csv") for _ in range(61)]

    assert [answered.status for answered in answers] == [200] * 60 + [429]
    assert answers[-1].headers["retry-after"] == "60"
    assert administrator.get("/documents").status == 200, "reading rows is not dear"
    assert neighbour.get("/statistics.csv").status == 200
    house.wait(minutes=1)
    assert administrator.get("/statistics.csv").status == 200
