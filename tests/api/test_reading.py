"""What clients and our own people are told, route by route."""

from __future__ import annotations

import pytest

from billing.usecases import archive
from tests.api.asking import Browser, a_token
from tests.usecases.house import ACCOUNT, ROMASHKA, House

ACT, INVOICE = f"2026-01.act.{ROMASHKA['inn']}.0", f"2026-01.invoice.{ROMASHKA['inn']}.0"


def test_the_list_says_sums_as_text_and_days_as_iso(accountant: Browser) -> None:
    invoice, act = accountant.get("/documents").json["documents"]

    assert (invoice["id"], act["id"]) == (INVOICE, ACT)
    assert (act["total"], act["date"], act["month"], act["number"]) == ("3000.00", "2026-02-01", "2026-01", "1")
    assert (act["kind"], act["status"], act["letter"], act["edo"]) == ("act", "ready", "delivered", None)
    assert act["buyer"] == "ООО «Ромашка»"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({"kind": "act"}, [ACT], id="kind"),
        pytest.param({"from": "2026-02-01", "to": "2026-02-01"}, [INVOICE, ACT], id="days"),
        pytest.param({"to": "2026-01-31"}, [], id="until the day before"),
        pytest.param({"month_from": "2026-01", "month_to": "2026-01"}, [ACT], id="the month that it closes"),
        pytest.param({"month_from": "2026-02", "kind": "act"}, [], id="the month of its date"),
        pytest.param({"payer": ROMASHKA["inn"], "kind": "invoice"}, [INVOICE], id="payer"),
        pytest.param({"number": "1", "status": "ready"}, [INVOICE, ACT], id="number"),
        pytest.param({"number": "11"}, [], id="not a part of the number"),
    ],
)
def test_the_list_is_filtered(accountant: Browser, query: dict[str, str], found: list[str]) -> None:
    assert [d["id"] for d in accountant.get("/documents", query=query).json["documents"]] == found


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"kind": "period"}, id="a kind that is none"),
        pytest.param({"from": "2026-02-30"}, id="no day"),
        pytest.param({"from": "20260201"}, id="another writing of a day"),
        pytest.param({"from": "1770000000"}, id="a moment"),
        pytest.param({"from": "1767225600"}, id="a number of seconds as long as a day"),
        pytest.param({"month_from": "2026-01-01"}, id="a day in the place of a month"),
        pytest.param({"to": "0001-01-01"}, id="a day of long ago"),
        pytest.param({"payer": "'; --"}, id="no payer"),
        pytest.param({"limit": "0"}, id="none a page"),
        pytest.param({"limit": "101"}, id="too many a page"),
        pytest.param({"limit": "1e9"}, id="a number that is none"),
        pytest.param({"number": "1" * 41}, id="a long number"),
        pytest.param({"cursor": "x.y"}, id="a cursor of nobody"),
    ],
)
def test_a_question_that_does_not_fit_is_refused_without_repeating_it(
    accountant: Browser, query: dict[str, str]
) -> None:
    answered = accountant.get("/documents", query=query)

    (value,) = query.values()
    assert (answered.status, answered.headers["content-type"]) == (400, "application/problem+json")
    assert len(value) < 2 or value not in answered.body


@pytest.mark.parametrize("path", ["/documents", "/documents/archive"])
@pytest.mark.parametrize(
    "query", [{"from": "2026-02-02", "to": "2026-02-01"}, {"month_from": "2026-02", "month_to": "2026-01"}]
)
def test_a_period_that_ends_before_it_begins_is_refused_alike(
    accountant: Browser, path: str, query: dict[str, str]
) -> None:
    answered = accountant.get(path, query=query)

    assert (answered.status, answered.json["cause"]) == (400, "period_backwards")


def test_an_archive_is_of_months_or_of_days(accountant: Browser) -> None:
    assert accountant.get("/documents/archive", query={"month_from": "2026-01", "month_to": "2026-01"}).status == 302
    assert accountant.get("/documents/archive", query={"month_from": "2026-02", "month_to": "2026-02"}).status == 302
    assert accountant.get("/documents/archive", query={"month_from": "2026-03", "month_to": "2026-03"}).status == 404
    assert accountant.get("/documents/archive", query={"month_from": "2026-01"}).status == 400


def test_pages_follow_each_other_by_their_cursors(accountant: Browser) -> None:
    first = accountant.get("/documents", query={"limit": "1"}).json
    second = accountant.get("/documents", query={"limit": "1", "cursor": first["cursor"]}).json

    assert [d["id"] for page in (first, second) for d in page["documents"]] == [INVOICE, ACT]


def test_a_cursor_is_of_one_account_and_one_question(house: House, accountant: Browser) -> None:
    cursor = accountant.get("/documents", query={"limit": "1"}).json["cursor"]
    neighbour = Browser(house, token=a_token(house, account="c-000002"))
    said, _, mac = cursor.partition(".")

    for browser, query in (
        (neighbour, {"cursor": cursor}),
        (accountant, {"cursor": cursor, "kind": "act"}),
        (accountant, {"cursor": f"{said}A.{mac}"}),
        (accountant, {"cursor": f"{said}.{mac[:-1]}"}),
        (accountant, {"cursor": said}),
    ):
        assert browser.get("/documents", query=query).status == 400


def test_one_document_tells_its_letters_and_whole_addresses_only_to_an_administrator(
    accountant: Browser, administrator: Browser
) -> None:
    seen, whole = accountant.get(f"/documents/{ACT}").json, administrator.get(f"/documents/{ACT}").json

    assert [letter["address"] for letter in seen["letters"]] == ["c***@client.example"]
    assert [letter["address"] for letter in whole["letters"]] == [f"{ACCOUNT}@client.example"]
    assert len(seen["sha256"]) == 64


def test_a_file_is_where_its_link_says(accountant: Browser) -> None:
    answered = accountant.get(f"/documents/{ACT}/pdf")

    assert (answered.status, answered.body) == (302, "")
    assert answered.headers["location"] == f"https://files.example/docs/{ACCOUNT}/{ACT}.pdf?seconds=120"


def test_statistics_are_told_by_month_and_day(accountant: Browser) -> None:
    said = accountant.get("/statistics", query={"from": "2026-01", "to": "2026-01"}).json

    (january,) = said["months"]
    assert (january["charged"], january["paid"], january["acted"]) == ("3000.00", {"BANK": "3000.00"}, "3000.00")
    assert (said["balance"], said["totals"]["closing"], len(said["days"])) == ("0.00", "0.00", 31)
    assert accountant.get("/statistics", query={"days": "false"}).json["days"] == []
    assert accountant.get("/statistics", query={"from": "2024-01", "to": "2026-01"}).status == 400


# --- our own people ----------------------------------------------------------------------------------------------


def test_an_operator_sees_any_account_as_its_client_does(operator: Browser, administrator: Browser) -> None:
    for path in ("/documents", f"/documents/{ACT}", "/statistics"):
        assert operator.get(f"/accounts/{ACCOUNT}{path}").json == administrator.get(path).json
    assert operator.get(f"/accounts/{ACCOUNT}/documents/{ACT}/pdf").status == 302
    assert operator.get("/accounts/c-999999/documents").status == 404


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (f"/documents/{ACT}/explanation", ""),
        (f"/documents/{ACT}/explanation.xlsx", ""),
        ("/payments/explanation", "key=bank%3A1"),
        ("/payments/explanation.xlsx", "key=bank%3A1"),
        ("/statistics.csv", "from=2026-01&to=2026-01"),
        ("/statistics.xlsx", "from=2026-01&to=2026-01"),
        ("/documents/archive", "from=2026-02-01&to=2026-02-01"),
    ],
)
def test_an_operator_takes_away_what_the_client_does(
    operator: Browser, administrator: Browser, path: str, query: str
) -> None:
    theirs, ours = administrator.get(path, query=query), operator.get(f"/accounts/{ACCOUNT}{path}", query=query)

    assert (ours.status, ours.headers, ours.body) == (theirs.status, theirs.headers, theirs.body)
    assert ours.status in (200, 302)
    assert operator.get(f"/accounts/c-999999{path}", query=query).status == 404


def test_an_operator_is_told_where_to_ask_again_for_an_archive_of_an_account(
    house: House, operator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "AT_ONCE_MAX", 0)
    days = {"kind": "act", "from": "2026-02-01", "to": "2026-02-01"}

    ordered = operator.get(f"/accounts/{ACCOUNT}/documents/archive", query=days)
    again = f"/accounts/{ACCOUNT}/archives/{ordered.json['id']}"
    assert (ordered.status, ordered.headers["location"]) == (202, again)
    house.work()

    assert operator.get(again).status == 302


def test_our_own_people_read_their_page_in_russian_and_a_client_in_its_language(house: House) -> None:
    english = {"Accept": "text/html", "Accept-Language": "en"}
    operator = Browser(house, headers=english).enters(a_token(house, role="operator", account=None))

    assert '<html lang="ru">' in operator.get("/").body
    assert '<html lang="en">' in operator.get(f"/page/accounts/{ACCOUNT}/acts").body


def test_an_operator_is_shown_where_to_take_away(house: House) -> None:
    operator = Browser(house, headers={"Accept": "text/html"}).enters(a_token(house, role="operator", account=None))
    pages = {
        "acts": f"/page/accounts/{ACCOUNT}/archive?kind=act",
        "statistics": f"/accounts/{ACCOUNT}/statistics.xlsx?from=",
        f"documents/{ACT}": f"/accounts/{ACCOUNT}/documents/{ACT}/explanation.xlsx",
        "payment?key=bank:1": f"/accounts/{ACCOUNT}/payments/explanation.xlsx?key=bank%3A1",
    }
    for page, link in pages.items():
        path, _, query = page.partition("?")
        assert f'href="{link}' in operator.get(f"/page/accounts/{ACCOUNT}/{path}", query=query).body, page


def test_an_operator_sees_of_an_account_what_is_that_accounts(house: House, operator: Browser) -> None:
    theirs = Browser(house, token=a_token(house, account="c-000002"))
    (id, *_) = [d["id"] for d in theirs.get("/documents", query={"kind": "act"}).json["documents"]]

    for path in ("/documents", f"/documents/{id}", f"/documents/{id}/explanation", "/statistics", "/notifications"):
        assert operator.get(f"/accounts/c-000002{path}").json == theirs.get(path).json
    assert f"/c-000002/{id}.pdf" in operator.get(f"/accounts/c-000002/documents/{id}/pdf").headers["location"]
    assert operator.get(f"/accounts/{ACCOUNT}/documents/{id}").status == 404


def test_an_operator_sees_the_run_and_its_report(operator: Browser) -> None:
    runs, run = operator.get("/runs").json, operator.get("/runs/2026-01").json

    assert [(r["month"], r["state"], r["report"]) for r in runs["runs"]] == [("2026-01", "done", 1)]
    assert (run["told"]["closed"], run["told"]["difference"], run["parked"]) == (2, "0.00", 0)
    assert run["told"]["documents"]["act"] == {"count": 2, "total": "4000.00"}
    assert operator.get("/runs/2025-12").status == 404


def test_an_operator_looks_ahead_without_a_trace(house: House, operator: Browser) -> None:
    before = house.everything()

    said = operator.post("/runs/2026-01/preview", json_body={"accounts": [ACCOUNT]}).json

    assert {d["id"]: d["total"] for d in said["documents"]} == {ACT: "3000.00"}  # invoices follow today's card
    assert (said["complete"], said["differences"]) == (True, [])
    assert house.everything() == before


def test_an_operator_sees_what_waits_for_a_person(house: House, operator: Browser) -> None:
    house.tell('{"kind": "nonsense", "account": "c-000001"}')
    house.store.tables["control"]["parked.2026-02"] = {"c-000001": ({"reason": "слишком много", "at": "t"}, 1)}

    assert operator.get("/parked", query={"month": "2026-02"}).json == {
        "parked": [{"account": "c-000001", "month": "2026-02", "reason": "слишком много", "at": "t"}],
        "cursor": "",
    }
    (message,) = operator.get("/unmatched").json["messages"]
    assert (message["account"], message["outcome"]) == ("c-000001", "refused")
    assert operator.get("/edo/people").json == {"people": [], "cursor": ""}


def test_unmatched_messages_go_on_where_the_page_ended(house: House) -> None:
    house.tell("{}")
    house.wait(days=100)
    operator = Browser(house, token=a_token(house, role="operator", account=None))

    first = operator.get("/unmatched").json
    second = operator.get("/unmatched", query={"until": first["until"]}).json

    assert (first["messages"], len(second["messages"])) == ([], 1)


def test_the_last_letter_to_an_address_is_said_in_the_language_of_whoever_asks(
    house: House, administrator: Browser
) -> None:
    house.hear("bounced", only="c-000001@client.example", permanent=False)

    def said(language: str) -> str:
        told = administrator.get("/notifications", headers={"Accept-Language": language}).json
        return str(told["administrators"][0]["last"]["said"]).replace("\u00a0", " ")

    assert (said("ru"), said("en")) == (
        "не доставлено: вернулось без указания причины",
        "not delivered: returned without a reason",
    )


# --- versions and what has not changed ---------------------------------------------------------------------------


def test_paths_with_a_version_answer_as_those_without(accountant: Browser, administrator: Browser) -> None:
    assert accountant.get("/v1/documents").json == accountant.get("/documents").json
    order = {"headers": {"Idempotency-Key": "order-0001"}, "json_body": {"amount": "1.00", "payer": ROMASHKA["inn"]}}
    made = administrator.post("/v1/invoices", **order)
    assert made.headers["location"] == f"/v1/documents/{made.json['id']}"
    assert [accountant.get(path).status for path in ("/v1/page/acts", "/v1/enter", "/v2/documents", "/v1")] == [404] * 4


def test_what_has_not_changed_is_not_sent_again(accountant: Browser, administrator: Browser) -> None:
    first = accountant.get("/documents")
    again = accountant.get("/documents", headers={"If-None-Match": first.headers["etag"]})
    other = administrator.get(f"/documents/{ACT}", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status, again.body, again.headers["etag"]) == (304, "", first.headers["etag"])
    assert other.status == 200


def test_a_file_is_named_by_its_digest(accountant: Browser) -> None:
    tag = f'"{accountant.get(f"/documents/{ACT}").json["sha256"]}"'

    assert accountant.get(f"/documents/{ACT}/pdf").headers["etag"] == tag
    known = accountant.get(f"/documents/{ACT}/pdf", headers={"If-None-Match": f'W/"x", {tag}'})
    assert (known.status, known.headers.get("location")) == (304, None)


def test_russian_is_sent_as_it_is(accountant: Browser) -> None:
    assert "ООО «Ромашка»" in accountant.get("/documents").body


# --- HTTP --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/documents?form=2026-03-01", "/documents?limit=1&limt=1", "/statistics?month=2026-01", "/notifications?x"]
)
def test_a_parameter_that_nobody_knows_is_refused(accountant: Browser, path: str) -> None:
    """A misspelled filter used to return all documents."""
    path, _, query = path.partition("?")
    answered = accountant.get(path, query=query)

    assert (answered.status, answered.json["fields"][0]["rule"]) == (400, "extra_forbidden")


def test_head_is_get_without_a_body(accountant: Browser) -> None:
    head, get = accountant.ask("HEAD", "/documents"), accountant.get("/documents")

    assert (head.status, head.body, head.headers) == (200, "", get.headers)


@pytest.mark.parametrize("kind", ["application/JSON", "Application/json; charset=UTF-8", None])
def test_a_media_type_has_no_case_and_a_body_is_json_by_itself(administrator: Browser, kind: str | None) -> None:
    headers = {"Idempotency-Key": "order-0001", **({"Content-Type": kind} if kind else {})}
    body = f'{{"amount": "1.00", "payer": "{ROMASHKA["inn"]}"}}'

    assert administrator.post("/invoices", headers=headers, body=body).status == 201


@pytest.mark.parametrize("said", [{"version": False}, {"version": "1"}, {"reconciliation": "yes"}])
def test_what_is_sent_is_taken_for_what_it_is(administrator: Browser, said: dict[str, object]) -> None:
    settings = {"added": [], "reconciliation": False, "version": 1, **said}

    assert administrator.ask("PUT", "/notifications", json_body=settings).status == 400
