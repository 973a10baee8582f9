"""Every route, asked by everybody, for everything: generated from the routes themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import jwt
import pytest
from aws_lambda_powertools.event_handler.api_gateway import Route

from billing import wiring
from billing.api.documents_api import api
from billing.api.guard import Api, Routes, roles_of, routes_of
from billing.domain.access import Role
from billing.ports import Page, Store, Stored, Write
from billing.records_letters import address_digest
from tests.api.asking import TOKENS, Answered, Browser, a_token
from tests.api.conftest import a_furnished_house
from tests.usecases.house import ACCOUNT, House

ROUTES = routes_of(api)
OURS = {
    "id": "2026-01.act.9999003014.0",
    "account": "c-000001",
    "month": "2026-01",
    "window": "2026-01",
    "inn": "9999003014",
    "digest": address_digest("waiting@client.example"),
}
THEIRS = {
    "id": "2026-01.act.9999003021.0",
    "account": "c-000002",
    "month": "2026-01",
    "window": "2026-01",
    "inn": "9999003021",
    "digest": address_digest("theirs@client.example"),
}
ABSENT = {
    "id": "2026-01.act.7700000000.0",
    "account": "c-999999",
    "month": "2031-01",
    "window": "2031-Q1",
    "inn": "7700000000",
    "digest": "0" * 20,
    "archive": "0" * 32,
}
MALFORMED = {
    "id": "a'or'1'='1",
    "account": "..%2f",
    "month": "2026-13",
    "window": "2026-Q5",
    "inn": "' OR 1=1",
    "digest": "\u202e",
    "archive": "x",
}
ORDER = {"Idempotency-Key": "matrix-00001"}
JANUARY = {"from": "2026-01-01", "to": "2026-01-31"}
SENT: dict[str, Any] = {  # what a route needs beside its path to do what it is for
    "POST /invoices": {"headers": ORDER, "json_body": {"amount": "100.00", "payer": "9999003014"}},
    "POST /reconciliations": {"headers": ORDER, "json_body": {**JANUARY, "payer": "9999003014"}},
    "POST /documents/{id}/letters": {"headers": ORDER, "json_body": {}},
    "GET /documents/archive": {"query": {"from": "2026-02-01", "to": "2026-02-01"}},
    "GET /accounts/{account}/documents/archive": {"query": {"from": "2026-02-01", "to": "2026-02-01"}},
    "GET /page/archive": {"query": {"kind": "act"}},
    "GET /page/accounts/{account}/archive": {"query": {"kind": "act"}},
    "GET /parked": {"query": {"month": "2026-01"}},
    "GET /payments/explanation": {"query": {"key": "bank:1"}},
    "GET /payments/explanation.xlsx": {"query": {"key": "bank:1"}},
    "GET /accounts/{account}/payments/explanation": {"query": {"key": "bank:1"}},
    "GET /accounts/{account}/payments/explanation.xlsx": {"query": {"key": "bank:1"}},
    "PUT /notifications": {
        "json_body": {"added": [{"address": "waiting@client.example"}], "reconciliation": True, "version": 1}
    },
    "POST /notifications/addresses": {"json_body": {"address": "buh@client.example"}},
    "POST /runs/{month}/preview": {"json_body": {}},
    "POST /edo/payers/{inn}": {"json_body": {"said": "leave"}},
    "POST /edo/documents/seen": {"json_body": {"account": "c-000001", "document": "2026-01.act.9999003014.0"}},
    "POST /edo/documents/again": {"json_body": {"account": "c-000001", "document": "2026-01.act.9999003014.0"}},
    "POST /page/notifications": {"form": {"do": "add", "address": "new@client.example", "kind": "act"}},
    "POST /page/documents/{id}": {"form": {"to": "c-000001@client.example"}},
}


def _name(route: Route) -> str:
    return f"{route.method} {route.openapi_path}"


def _path(route: Route, ids: dict[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda m: ids[m[1]], route.path)


def _asked(route: Route) -> dict[str, Any]:
    return dict(SENT.get(_name(route), {}))


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    house = a_furnished_house()
    for ids in (OURS, THEIRS):
        (archive,) = house.store.query("control", f"archives.{ids['account']}").rows
        ids["archive"] = archive.sk
    wiring.install(house.outside, TOKENS)
    yield house
    wiring.install(None)


@pytest.fixture(autouse=True)
def in_another_minute(house: House) -> None:
    """Move to the next minute: requests are limited by the minute, and each test starts with a full allowance."""
    house.now += timedelta(minutes=1)


def _token(house: House, to: str, **said: Any) -> str:
    account = None if to == "operator" else ACCOUNT
    return a_token(house, **{"role": to, "account": account, **said})


GUARDED = [route for route in ROUTES if "public" not in roles_of(route)]
FOR_KNOWN = [route for route in GUARDED if "visitor" not in roles_of(route)]


def test_every_route_says_who_may_call_it() -> None:
    known = {"public", "visitor", *Role}

    assert all(roles_of(route) for route in ROUTES)
    assert {role for route in ROUTES for role in roles_of(route)} <= known
    assert not [_name(r) for r in ROUTES if len(roles_of(r)) > 1 and "public" in roles_of(r)]


def test_a_route_without_roles_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="who may call it"):
        Routes().on("GET", "/documents", may=())
    with pytest.raises(ValueError, match="with its roles"):
        Api().get("/documents")


def test_what_is_public_is_little() -> None:
    public = {_name(route) for route in ROUTES if "public" in roles_of(route)}

    assert public <= {
        "GET /enter",
        "GET /health",
        "GET /openapi.json",
        "GET /static/{name}",
        "GET /confirm",
        "POST /confirm",
        "GET /stop",
        "POST /stop",
    }


def test_clients_order_and_only_administrators_change_who_gets_copies() -> None:
    free = {
        *("/leave", "/confirm", "/stop", "/page/enter"),
        "/runs/{month}/preview",  # a question, too long for a GET
    }
    ours = {  # what our own people have decided or seen in the exchange
        *("/edo/payers/{inn}", "/page/edo/payers"),
        *("/edo/documents/seen", "/edo/documents/again", "/page/edo/documents"),
    }
    orders = {
        *("/invoices", "/page/invoices", "/reconciliations", "/page/reconciliations"),
        *("/documents/{id}/letters", "/page/documents/{id}"),
        *("/notifications/addresses", "/page/notifications"),  # of the page an accountant may send but one form
    }
    by_roles = {frozenset(roles_of(r)): set[str]() for r in ROUTES}
    for route in ROUTES:
        if route.method != "GET" and route.openapi_path not in free | ours:
            by_roles[frozenset(roles_of(route))].add(route.openapi_path)

    changing = {roles: paths for roles, paths in by_roles.items() if paths}
    assert changing == {
        frozenset({"administrator", "accountant"}): orders,
        frozenset({"administrator"}): {
            *("/notifications", "/notifications/{digest}/confirmations"),
            "/sessions",
        },
    }
    assert {role for r in ROUTES if r.openapi_path in ours for role in roles_of(r)} == {"operator"}


# --- tokens ------------------------------------------------------------------------------------------------------

BAD_TOKENS = {
    "none": lambda house, role: "",
    "nonsense": lambda house, role: "nonsense",
    "expired": lambda house, role: _token(house, role, minutes=-1),
    "of another secret": lambda house, role: _token(house, role, secret="z" * 64),
    "signed by nobody": lambda house, role: jwt.encode(
        {"account": ACCOUNT, "role": role, "sub": "u", "exp": int(house.now.timestamp()) + 600}, "", algorithm="none"
    ),
    "another algorithm": lambda house, role: _token(house, role, algorithm="HS384"),
    "without a role": lambda house, role: _token(house, role, role=None),
    "an unknown role": lambda house, role: _token(house, role, role="director"),
    "without an end": lambda house, role: _token(house, role, exp=None),
    "an account that does not go with the role": lambda house, role: _token(
        house, role, account=ACCOUNT if role == "operator" else None
    ),
    "living too long": lambda house, role: _token(house, role, minutes=25 * 60),
}


@pytest.mark.parametrize("route", FOR_KNOWN, ids=_name)
@pytest.mark.parametrize("bad", BAD_TOKENS)
def test_without_a_token_that_counts_nothing_is_answered(house: House, route: Route, bad: str) -> None:
    for role, ids in product(Role, (OURS, THEIRS, ABSENT, MALFORMED)):
        token = BAD_TOKENS[bad](house, role.value)
        answered = Browser(house, token=token).ask(route.method, _path(route, ids), **_asked(route))
        assert answered.status == 401, (bad, role)
        assert answered.json["title"] == "Войдите через CRM"


@pytest.mark.parametrize(
    "route", [r for r in FOR_KNOWN if r.method == "POST" and r.path.startswith("/page")], ids=_name
)
def test_a_form_sent_after_its_session_has_ended_is_answered_by_a_page_that_says_what_to_do(
    house: House, route: Route
) -> None:
    claims = TOKENS.read(_token(house, "administrator"), now=house.now)
    session = TOKENS.new_session(claims, now=house.now - timedelta(hours=9))
    browser = Browser(house, cookies=(f"__Host-session={session}",), headers={"Accept": "text/html"})

    answered = browser.ask(route.method, _path(route, OURS), **_asked(route) or {"form": {"csrf": "x"}})

    assert (answered.status, answered.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert "Откройте раздел из\u00a0CRM" in answered.body


@pytest.mark.parametrize("route", FOR_KNOWN, ids=_name)
@pytest.mark.parametrize("role", Role)
def test_a_route_is_for_its_roles(house: House, route: Route, role: Role) -> None:
    for ids in (OURS, THEIRS, ABSENT):
        answered = Browser(house, token=_token(house, role)).ask(route.method, _path(route, ids), **_asked(route))
        assert (answered.status == 403) is (role not in roles_of(route))
        assert answered.status != 500


# --- things ------------------------------------------------------------------------------------------------------


def _pairs(routes: list[Route]) -> list[Any]:
    """Routes with each role that they are for."""
    return [pytest.param(r, role, id=f"{_name(r)} {role}") for r in routes for role in Role if role in roles_of(r)]


def _with_id(routes: list[Route]) -> list[Route]:
    return [route for route in routes if {"<id>", "<archive>", "<digest>"} & set(re.findall(r"<\w+>", route.path))]


def _told(answered: Answered) -> tuple[int, dict[str, Any], dict[str, str]]:
    return answered.status, answered.json, dict(answered.headers)


@pytest.mark.parametrize(("route", "role"), _pairs(_with_id(FOR_KNOWN)))
def test_a_foreign_thing_is_told_exactly_as_an_absent_one(house: House, route: Route, role: Role) -> None:
    browser = Browser(house, token=_token(house, role))

    mine = browser.ask(route.method, _path(route, OURS), **_asked(route))
    foreign = browser.ask(route.method, _path(route, {**THEIRS, "account": ACCOUNT}), **_asked(route))
    absent = browser.ask(route.method, _path(route, {**ABSENT, "account": ACCOUNT}), **_asked(route))

    assert _told(foreign) == _told(absent)
    assert foreign.status == 404
    assert mine.status in (200, 202, 302, 303), mine.body


@pytest.mark.parametrize("path", ["/payments/explanation", "/payments/explanation.xlsx", "/page/payment"])
def test_a_foreign_payment_is_told_exactly_as_an_absent_one(house: House, path: str) -> None:
    browser = Browser(house, token=_token(house, "accountant"))

    mine, foreign, absent = (browser.get(path, query={"key": key}) for key in ("bank:1", "bank:2", "bank:404"))

    assert (mine.status, foreign.status) == (200, 404)
    assert _told(foreign) == _told(absent)


@pytest.mark.parametrize("route", [r for r in FOR_KNOWN if "<" in r.path], ids=_name)
@pytest.mark.parametrize("role", Role)
def test_a_malformed_name_of_a_thing_is_no_thing(house: House, route: Route, role: Role) -> None:
    for bad in (*MALFORMED.values(), "x" * 2_000, "2026-01.period", "%00", "\ud800", "a/b", ".."):
        ids = dict.fromkeys(OURS, bad)
        answered = Browser(house, token=_token(house, role)).ask(route.method, _path(route, ids), **_asked(route))
        assert answered.status in ((400, 404, 405) if role in roles_of(route) else (403, 404, 405)), (
            bad,
            answered.body,
        )
        assert bad not in answered.body


# --- what is touched ---------------------------------------------------------------------------------------------

SHARED = {  # rows of no account that anybody's question may rest on
    ("control", "seller"),
    ("control", "series"),
}


class WatchedStore:
    """Notes whose rows are touched."""

    def __init__(self, store: Store) -> None:
        self._store, self.touched = store, set[tuple[str, str]]()

    def get(self, table: str, pk: str, sk: str = "") -> Stored | None:
        self.touched.add((table, f"{pk}|{sk}" if table == "work" else pk))
        return self._store.get(table, pk, sk)

    def query(self, table: str, pk: str, **how: Any) -> Page:
        self.touched.add((table, f"{pk}|{how.get('prefix', '')}" if table == "work" else pk))
        return self._store.query(table, pk, **how)

    def scan(self, table: str, **how: Any) -> Page:
        self.touched.add((table, "*"))
        return self._store.scan(table, **how)

    def tx(self, writes: list[Write]) -> None:
        self.touched |= {(w.table, f"{w.pk}|{w.sk}" if w.table == "work" else w.pk) for w in writes}
        return self._store.tx(writes)


@pytest.mark.parametrize("route", FOR_KNOWN, ids=_name)
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.ACCOUNTANT])
def test_a_client_touches_only_rows_of_the_account_in_the_token(house: House, route: Route, role: Role) -> None:
    """I20: whatever is asked for, every key that is read or written is of the token's account.

    Of the senders' names of facts, `seen` has one for all accounts: a foreign one is told as an absent one.
    """
    watched = WatchedStore(house.store)
    wiring.install(replace(house.outside, store=watched), TOKENS)
    try:
        for ids in (OURS, THEIRS, ABSENT, MALFORMED):
            Browser(house, token=_token(house, role)).ask(route.method, _path(route, ids), **_asked(route))
    finally:
        wiring.install(house.outside, TOKENS)

    foreign = {
        (table, key)
        for table, key in watched.touched - SHARED
        if table != "seen"
        and not (key == ACCOUNT or key.startswith(f"{ACCOUNT}_") or f"#{ACCOUNT}" in key or key.endswith(f".{ACCOUNT}"))
    }
    assert not foreign
