"""The functions of the HTTP API, called with their sample events as the gateway would."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from billing import wiring
from billing.adapters.tokens import JwtTokens
from billing.domain.errors import UnavailableError
from tests.api.asking import TOKENS, a_token
from tests.handlers.conftest import event
from tests.usecases.house import ACCOUNT, House

Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def tokens(house: House) -> None:
    wiring.install(house.outside, TOKENS)


def test_the_api_answers_its_sample_event(call: Call) -> None:
    answered = call("documents_api", event("documents_api"))

    assert (answered["statusCode"], answered["body"]) == (200, '{"status":"ok"}')


def test_the_authorizer_refuses_its_sample_event(call: Call) -> None:
    assert call("authorize", event("authorize")) == {"isAuthorized": False, "context": {}}


def asked(**headers: str) -> Any:
    said = event("authorize")
    return {**said, "headers": {**said["headers"], "authorization": "", **headers}}


def test_the_authorizer_tells_the_api_who_is_asking(house: House, call: Call) -> None:
    said = call("authorize", asked(authorization=f"Bearer {a_token(house)}"))

    assert said == {"isAuthorized": True, "context": {"account": ACCOUNT, "role": "administrator"}}


def test_a_session_in_a_cookie_comes_in_as_well(house: House, call: Call) -> None:
    claims = TOKENS.read(a_token(house), now=house.now)
    session = TOKENS.new_session(claims, now=house.now)

    said = call("authorize", {**asked(), "cookies": ["theme=dark", f"__Host-session={session}"]})

    assert said == {"isAuthorized": True, "context": {"account": ACCOUNT, "role": "administrator"}}


@pytest.mark.parametrize("token", ["nothing", "expired"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_opens_a_page_or_sends_its_form_without_a_token_that_counts_is_told_what_to_do_by_the_page(
    house: House, call: Call, method: str, token: str
) -> None:
    session = TOKENS.new_session(TOKENS.read(a_token(house), now=house.now), now=house.now)
    house.wait(hours=9)
    cookies = [f"__Host-session={session}"] if token == "expired" else []

    opened = asked(accept="text/html,*/*")
    opened["requestContext"]["http"]["method"] = method

    said = call("authorize", {**opened, "cookies": cookies})

    assert (said["isAuthorized"], said["context"]["role"], said["context"]["account"]) == (True, "", "")


def test_who_opens_a_page_while_the_keys_cannot_be_read_is_told_to_come_later_by_the_page(
    house: House, call: Call
) -> None:
    session = TOKENS.new_session(TOKENS.read(a_token(house), now=house.now), now=house.now)
    opened = {**asked(accept="text/html,*/*"), "cookies": [f"__Host-session={session}"]}
    page = {**event("documents_api"), "rawPath": "/page/acts", "cookies": opened["cookies"]}
    page["headers"] = {**page["headers"], "accept": "text/html"}

    def away() -> str:
        raise UnavailableError("the store of secrets is away")

    wiring.install(house.outside, JwtTokens(away))
    said, shown = call("authorize", opened), call("documents_api", page)

    assert (said["isAuthorized"], said["context"]["role"]) == (True, "")
    assert (shown["statusCode"], shown["headers"]["content-type"]) == (503, "text/html; charset=utf-8")
    assert "Сейчас не\u00a0получается" in shown["body"]
    with pytest.raises(UnavailableError):
        call("authorize", {**opened, "headers": {**opened["headers"], "accept": "application/json"}})


def test_nobody_else_comes_in_without_a_token(house: House, call: Call) -> None:
    put, posted = asked(accept="text/html"), asked(accept="application/json")
    put["requestContext"]["http"]["method"], posted["requestContext"]["http"]["method"] = "PUT", "POST"

    assert call("authorize", asked(accept="application/json"))["isAuthorized"] is False
    assert call("authorize", put)["isAuthorized"] is False
    assert call("authorize", posted)["isAuthorized"] is False
    assert call("authorize", asked(accept="text/html", authorization="Bearer x"))["isAuthorized"] is False


def test_what_is_logged_of_a_caller_is_no_token(house: House, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    log, token = io.StringIO(), a_token(house, name="Анна Белова")
    monkeypatch.setattr(wiring.log.registered_handler, "stream", log)
    entering = {**event("documents_api"), "rawPath": "/enter", "queryStringParameters": {"token": token}}

    call("authorize", asked(authorization=f"Bearer {token}"))
    session = call("documents_api", entering)

    logged = log.getvalue()
    assert (session["statusCode"], logged.count(ACCOUNT)) == (303, 2)
    assert not [said for said in (token, token.split(".")[1], session["cookies"][0][20:60], "Анна") if said in logged]
