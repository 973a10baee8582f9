"""Texts that would do harm where they are written down: in answers, on pages, in letters, in exports, in headers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from billing import wiring
from billing.api.documents_api import api
from billing.api.guard import routes_of
from local.company import seller_card
from tests.api.asking import TOKENS, Answered, Browser, a_token
from tests.usecases.house import ACCOUNT, ROMASHKA, House, a_card, a_charge, a_payment

ACT = f"2026-01.act.{ROMASHKA['inn']}.0"

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
UNFIT = [  # for any field
    pytest.param("я" * 10_000, id="ten thousand characters"),
    pytest.param("пол\ud800знака\udfff", id="halves of characters"),
]
CRM = "https://crm.example/billing"  # the page without a session leads there, by the template's own word


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
        links = [link for link in links if link != CRM]
        assert not [link for link in links if re.match(r"\s*(javascript|data|//|http)", link, re.IGNORECASE)], links


NAMED = {"account": ACCOUNT, "id": ACT, "month": "2026-01", "archive": "0" * 32, "digest": "0" * 20, "name": "x"}
READ = [
    re.sub(r"<(\w+)>", lambda m: NAMED.get(m[1], "x"), route.path) for route in routes_of(api) if route.method == "GET"
]


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


# --- what fits no field ------------------------------------------------------------------------------------------

FACTS: list[dict[str, Any]] = [
    a_card(payers=[{**ROMASHKA, "email": "buh@client.example"}], added_addresses=["copy@client.example"]),
    a_payment(100_000, document={"number": "77", "date": "2026-01-12"}),
    a_charge(100_000, unit="мес."),
    {
        "kind": "seller",
        "key": "seller:2",
        "account": "seller",
        "at": "2026-01-02T09:00:00+03:00",
        **{name: value for name, value in seller_card().items() if name not in ("kind", "key", "account", "at")},
    },
]


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where there is a text."""
    if isinstance(value, str):
        yield place
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in parts:
        yield from _places(inner, (*place, name))


def _with(value: Any, place: tuple[Any, ...], text: str) -> Any:
    """The value with another text in that place."""
    if not place:
        return text
    inner = _with(value[place[0]], place[1:], text)
    if isinstance(value, dict):
        return {**value, place[0]: inner}
    return [inner if n == place[0] else other for n, other in enumerate(value)]


@pytest.mark.parametrize("text", UNFIT)
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["kind"])
def test_a_text_that_fits_nowhere_is_refused_with_its_message_whatever_field_it_is_in(
    house: House, operator: Browser, fact: dict[str, Any], text: str
) -> None:
    places, before = list(_places(fact)), house.store.rows("accounts")

    taken = [house.tell(json.dumps(_with({**fact, "key": f"hostile:{n}"}, p, text)))[0] for n, p in enumerate(places)]

    assert len(places) >= 7
    assert [p for p, t in zip(places, taken, strict=True) if t.outcome != "refused"] == []
    assert house.store.rows("accounts") == before
    assert len(operator.get("/parked", query={"month": "2026-02"}).body.encode()) > 2


# --- callers -----------------------------------------------------------------------------------------------------


QUERIES = [
    *("account", "after", "amount", "archive", "cursor", "done", "document", "first", "from", "id", "inline", "key"),
    *("kind", "last", "limit", "month", "number", "order", "payer", "status", "to", "token"),
]
FORMS = [
    *("address", "amount", "csrf", "do", "first", "kind", "last", "mirrored", "order", "payer", "quick"),
    *("reconciliation", "span", "to", "token", "version"),
]


@pytest.mark.parametrize("text", [HOSTILE[0], *UNFIT])
@pytest.mark.parametrize("role", ["administrator", "operator"])
def test_a_hostile_text_in_a_question_does_no_harm_anywhere(house: House, role: str, text: str) -> None:
    account = ACCOUNT if role == "administrator" else None
    browser = Browser(house, token=a_token(house, role=role, account=account))

    for path in READ:
        for asked in ({name: text} for name in QUERIES):
            answered = browser.get(path, query=asked, headers={"Accept": "text/html"})
            assert answered.status < 500, (path, *asked)
            answered.body.encode()
            if answered.headers.get("content-type", "").startswith("text/html"):
                _check_page(answered)
            elif answered.status >= 400:
                assert text[:40] not in answered.body, (path, *asked)


@pytest.mark.parametrize("text", [*HOSTILE, *UNFIT])
def test_a_hostile_text_in_a_form_does_no_harm_anywhere(house: House, text: str) -> None:
    usual = {
        "amount": "100", "payer": ROMASHKA["inn"], "first": "2026-01-01", "last": "2026-01-31", "do": "add",
        "address": "new@client.example", "kind": "act", "version": "1", "to": f"{ACCOUNT}@client.example",
    }  # fmt: skip
    browser, before = Browser(house, token=a_token(house)), len(house.letters())

    for path in (
        "/page/invoices",
        "/page/reconciliations",
        f"/page/documents/{ACT}",
        "/page/notifications",
        "/confirm",
    ):
        for name in FORMS:
            answered = browser.post(path, form={**usual, name: text}, headers={"Accept": "text/html"})
            assert answered.status < 500, (path, name)
            answered.body.encode()
            if answered.headers.get("content-type", "").startswith("text/html"):
                _check_page(answered)
    house.work()

    for letter in house.letters()[before:]:
        assert text[:12] not in letter.subject + letter.text


@pytest.mark.parametrize("text", [*HOSTILE, *UNFIT])
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
        administrator.post(f"/documents/{ACT}/letters", json_body={"addresses": [text]}, headers=key),
        administrator.ask(
            "PUT",
            "/notifications",
            json_body={"added": [{"address": text, "kinds": [text]}], "reconciliation": True, "version": 1},
        ),
    ]

    assert {answered.status for answered in answers} <= {200, 400, 401, 404, 413}
    assert not [a for a in answers if a.status >= 400 and (text in a.body or text[:40] in a.body)]
