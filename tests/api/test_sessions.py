"""Coming in by the CRM's link, forms of ours, going out."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest

from billing import wiring
from tests.api.asking import HOST, TOKENS, Browser, a_token
from tests.usecases.house import ACCOUNT, House


def _csrf(house: House, browser: Browser) -> str:
    (cookie,) = browser.cookies
    return TOKENS.mac("csrf", TOKENS.read_session(cookie.partition("=")[2], now=house.now).id)


def test_the_link_of_the_crm_opens_a_session_of_ours(house: House, stranger: Browser) -> None:
    answered = stranger.get("/enter", query={"token": a_token(house)})

    (cookie,) = answered.cookies
    assert (answered.status, answered.headers["location"], answered.body) == (303, "/", "")
    assert cookie.startswith("__Host-session=")
    assert set(cookie.split("; ")[1:]) == {"HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=28800"}
    assert a_token(house) not in cookie


def test_a_link_lets_in_once(house: House, stranger: Browser) -> None:
    """Seen before: one link gave a new session of eight hours each time, for a day."""
    link = a_token(house)
    entered = stranger.enters(link)

    again, twice = stranger.get("/enter", query={"token": link}), entered.get("/enter", query={"token": link})

    assert (again.status, again.cookies) == (401, ())
    assert (twice.status, twice.headers["location"], twice.cookies) == (303, "/", ()), "the same browser is in already"


def test_a_link_of_another_client_asks_before_it_takes_over(house: House, stranger: Browser) -> None:
    """Any page may lead a browser to `/enter`: whoever is in must not become somebody else without a word."""
    entered, link = stranger.enters(a_token(house)), a_token(house, account="c-000002")

    asked = entered.get(
        "/enter", query={"token": link}, headers={"Accept": "text/html", "Sec-Fetch-Site": "cross-site"}
    )
    form = {"token": link, "csrf": _csrf(house, entered)}
    foreign = entered.post("/page/enter", form=form, headers={"Sec-Fetch-Site": "cross-site"})
    unsigned = entered.post("/page/enter", form={"token": link})
    answered = entered.post("/page/enter", form=form)

    assert (asked.status, asked.cookies) == (200, ())
    assert "Войти как" in asked.body
    assert (foreign.status, unsigned.status) == (403, 403)
    assert (answered.status, len(answered.cookies)) == (303, 1)
    now = replace(stranger, cookies=(answered.cookies[0].partition(";")[0],))
    assert now.get("/documents").json["documents"][0]["payer"] == "9999003021"


def test_sessions_of_an_account_end_when_the_crm_says_so(house: House, stranger: Browser) -> None:
    """Before, whoever had to be locked out was so after eight hours, or everybody was by a new secret."""
    entered = stranger.enters(a_token(house))
    neighbour = stranger.enters(a_token(house, account="c-000002"))
    house.wait(minutes=1)

    assert entered.ask("DELETE", "/sessions", headers={"X-CSRF-Token": _csrf(house, entered)}).status == 204

    assert (entered.get("/documents").status, neighbour.get("/documents").status) == (401, 200)
    house.wait(minutes=1)
    assert stranger.enters(a_token(house)).get("/documents").status == 200
    house.wait(hours=7)
    assert entered.get("/documents").status == 401


def test_without_a_session_the_page_leads_back_to_the_crm(house: House) -> None:
    page = Browser(house, headers={"Accept": "text/html"}).get("/")

    assert page.status == 401
    assert f'href="{house.outside.settings.page_url}"' in page.body


def test_the_log_tells_people_apart_and_names_nobody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    log, anna, boris = io.StringIO(), "anna@client.example", "boris@crm.example"
    monkeypatch.setattr(wiring.log.registered_handler, "stream", log)

    for user in (anna, anna, boris):
        Browser(house).enters(a_token(house, sub=user))
        operator = Browser(house, token=a_token(house, role="operator", account=None, sub=user))
        assert operator.get(f"/accounts/{ACCOUNT}/documents").status == 200

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert len(users := [line["user"] for line in lines if "user" in line]) == 6
    assert len(set(users[:4])) == 1
    assert len(set(users)) == 2
    assert not [name for name in (anna, boris, "anna", "boris") if name in log.getvalue()]


def test_a_session_shows_what_the_token_would(house: House, stranger: Browser, administrator: Browser) -> None:
    entered = stranger.enters(a_token(house))

    assert entered.get("/documents").json == administrator.get("/documents").json
    assert len(entered.get("/documents").json["documents"]) == 2


def test_over_plain_http_of_this_machine_the_cookie_has_another_name(house: House) -> None:
    answered = Browser(house, host="127.0.0.1:3000").get("/enter", query={"token": a_token(house)})

    (cookie,) = answered.cookies
    assert cookie.startswith("session=")
    assert "Secure" not in cookie
    named = cookie.partition(";")[0]
    assert Browser(house, host="127.0.0.1:3000", cookies=(named,)).get("/documents").status == 200
    assert Browser(house, cookies=(named,)).get("/documents").status == 401, "elsewhere that name means nothing"


@pytest.mark.parametrize("token", ["", "nonsense", "expired", "session"])
def test_a_link_that_does_not_count_opens_nothing(house: House, stranger: Browser, token: str) -> None:
    if token == "expired":
        token = a_token(house, minutes=-1)
    if token == "session":
        token = stranger.enters(a_token(house)).cookies[0].partition("=")[2]

    answered = stranger.get("/enter", query={"token": token})

    assert (answered.status, answered.cookies) == (401, ())


def test_a_session_ends_after_eight_hours(house: House, stranger: Browser) -> None:
    entered = stranger.enters(a_token(house))

    house.wait(hours=8, minutes=1)

    answered = entered.get("/documents")
    assert (answered.status, answered.headers["www-authenticate"]) == (401, "Bearer")


def test_leaving_takes_the_cookie_away(house: House, stranger: Browser) -> None:
    entered = stranger.enters(a_token(house))

    answered = entered.post("/leave", form={"csrf": _csrf(house, entered)})

    (cookie,) = answered.cookies
    assert (answered.status, answered.headers["location"]) == (303, "/")
    assert cookie.startswith("__Host-session=;")
    assert "Max-Age=0" in cookie
    assert answered.headers["clear-site-data"] == '"cache", "storage"'


def test_a_token_of_the_crm_in_a_cookie_is_nothing(house: House) -> None:
    assert Browser(house, cookies=(f"__Host-session={a_token(house)}",)).get("/documents").status == 401


def test_a_refused_header_is_not_made_up_for_by_a_session(house: House, stranger: Browser) -> None:
    entered = stranger.enters(a_token(house))

    assert replace(entered, token="nonsense").get("/documents").status == 401
    assert entered.get("/documents", headers={"Authorization": "Basic dTpw"}).status == 401


# --- forms -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no word of where it is from"),
        pytest.param({"Origin": f"https://{HOST}", "Sec-Fetch-Site": "same-origin"}, id="ours"),
        pytest.param({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, id="ours, and the page sends no referrer"),
    ],
)
def test_a_form_of_our_page_is_taken(house: House, stranger: Browser, headers: dict[str, str]) -> None:
    entered = stranger.enters(a_token(house))

    assert entered.post("/leave", form={"csrf": _csrf(house, entered)}, headers=headers).status == 303
    assert entered.post("/leave", headers={"X-CSRF-Token": _csrf(house, entered), **headers}).status == 303


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://evil.example"}, id="another origin"),
        pytest.param({"Origin": f"https://{HOST}.evil.example"}, id="an origin that begins like ours"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="a sister of ours"),
    ],
)
def test_a_form_from_elsewhere_is_not_taken_even_with_its_token(
    house: House, stranger: Browser, headers: dict[str, str]
) -> None:
    entered = stranger.enters(a_token(house))

    assert entered.post("/leave", form={"csrf": _csrf(house, entered)}, headers=headers).status == 403


def test_a_form_without_its_token_is_not_taken(house: House, stranger: Browser) -> None:
    entered, other = stranger.enters(a_token(house)), stranger.enters(a_token(house))

    for form in ({}, {"csrf": ""}, {"csrf": "x"}, {"csrf": _csrf(house, other)}):
        answered = entered.post("/leave", form=form)
        assert (answered.status, answered.json["title"]) == (403, "Обновите страницу и повторите")
    assert entered.post("/leave", body='{"csrf": "x"}', headers={"Content-Type": "application/json"}).status == 403


def test_a_bearer_needs_no_token_of_a_form(administrator: Browser) -> None:
    assert administrator.post("/leave").status == 303
