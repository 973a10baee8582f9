"""What every answer carries, what no answer tells, and texts that would do harm where they are written down."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from billing import wiring
from billing.api.documents_api import answer, api
from billing.api.guard import BODY_MAX, routes_of
from tests.api.asking import TOKENS, Answered, Browser, a_token, an_event
from tests.handlers.conftest import LambdaContext
from tests.usecases.house import ACCOUNT, ROMASHKA, House, a_card, a_charge, a_payment

ACT = f"2026-01.act.{ROMASHKA['inn']}.0"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
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


# --- hostile texts -----------------------------------------------------------------------------------------------

HOSTILE = [
    pytest.param('<script>alert(1)</script>"><img src=x onerror=alert(1)>', id="HTML"),
    pytest.param('=HYPERLINK("https://evil.example","счёт")', id="a formula"),
    pytest.param("@SUM(1+1)*cmd|' /C calc'!A0", id="another formula"),
    pytest.param("строка\r\nBcc: thief@evil.example\r\n\r\nтело", id="line breaks"),
    pytest.param("при\u202eвет\u2066!", id="from right to left"),
    pytest.param("{{ 7 * 7 }} {% raw %} ${7*7} %s %n", id="templates"),
    pytest.param("'; DROP TABLE documents; --", id="SQL"),
    pytest.param("я" * 900, id="long"),
    pytest.param("е\u0301" * 200 + "👩‍👩‍👧‍👦", id="marks and emoji"),
]


class Seen(HTMLParser):
    """What a browser would make of a page: its elements and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def _check_page(answered: Answered) -> None:
    for tag, attributes in Seen(answered.body).tags:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        assert tag != "script" or str(attributes.get("src")).startswith("/static/")
        links = [attributes.get(name) or "" for name in ("href", "src", "action")]
        assert not [link for link in links if re.match(r"\s*(javascript|data|//|http)", link, re.IGNORECASE)], links


NAMED = {"account": ACCOUNT, "id": ACT, "month": "2026-01", "archive": "0" * 32, "digest": "0" * 20, "name": "x"}
READ = [re.sub(r"<(\w+)>", lambda m: NAMED[m[1]], route.path) for route in routes_of(api) if route.method == "GET"]


def _a_hostile_house(text: str) -> House:
    payer = {**ROMASHKA, "name": text[:500], "address": text[:500]}
    card = a_card(
        title=text, payers=[payer], administrators=[{"user": "u-1", "name": text[:200], "emails": ["a@b.example"]}]
    )
    house = House(card)
    house.tell(
        a_payment(300_000, key="bank:1", document={"number": text[:30], "date": "2026-01-12"}),
        a_charge(300_000, title=text, unit=text[:20]),
    )
    house.night()
    return house


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_of_the_crm_does_no_harm_anywhere(text: str) -> None:
    """It is refused, or shown as text: in answers, on pages, in letters, in exports, in headers."""
    house = _a_hostile_house(text)
    wiring.install(house.outside, TOKENS)
    shown = ""
    try:
        for role in ("administrator", "operator"):
            account = ACCOUNT if role == "administrator" else None
            browser = Browser(house, token=a_token(house, role=role, account=account, name="Анна"))
            for path in READ:
                query = {"key": "bank:1", "month": "2026-01", "from": "2026-01-01", "to": "2026-03-01"}
                is_page = path == "/" or path.startswith("/page")
                answered = browser.get(path, query=query, headers={"Accept": "text/html"} if is_page else {})
                assert answered.status < 500, (path, answered.body)
                assert not [v for v in answered.headers.values() if "\r" in v or "\n" in v or "Bcc" in v]
                if answered.headers.get("content-type", "").startswith("text/html"):
                    _check_page(answered)
                    shown += answered.body
                if path.endswith(".csv"):
                    assert not re.search(r'(^|;|\n)"?[=+@\t]', answered.bytes.decode("utf-8-sig"))
    finally:
        wiring.install(None)

    assert re.split(r"[\r\u202e]", text[:12])[0] in unescape(shown), "it is there to be read"
    for letter in house.letters():
        assert "\n" not in letter.subject
        assert not [tag for tag, attributes in Seen(letter.html).tags if tag == "script" or "onerror" in attributes]
        assert not [a for a in letter.attachments if re.search(r"[\x00-\x1f/\\\u202e]", a.file_name)]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_of_a_caller_does_no_harm_anywhere(administrator: Browser, text: str) -> None:
    key = {"Idempotency-Key": "order-0001"}
    answers = [
        *(
            administrator.get("/documents", query={name: text})
            for name in ("number", "cursor", "payer", "kind", "from")
        ),
        administrator.get("/payments/explanation", query={"key": text}),
        administrator.get("/enter", query={"token": text}),
        administrator.post("/invoices", json_body={"amount": text, "payer": text}, headers=key),
        administrator.post("/invoices", json_body={text: text}, headers=key),
        administrator.post(f"/documents/{ACT}/letters", json_body={"addresses": [text]}),
        administrator.ask(
            "PUT",
            "/notifications",
            json_body={"added": [{"address": text, "kinds": [text]}], "reconciliation": True, "version": 1},
        ),
    ]

    assert {answered.status for answered in answers} <= {200, 400, 401, 404}
    assert not [a for a in answers if a.status >= 400 and (text in a.body or text[:40] in a.body)]
