"""What a client's people order and set, and what comes of it."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

import pytest

from billing.ports import FileExistsWithOtherBytesError, StaleError
from tests.api.asking import Browser, a_token
from tests.usecases.house import ACCOUNT, ROMASHKA, House, a_card

INN = ROMASHKA["inn"]
ACT = f"2026-01.act.{INN}.0"
KEY = {"Idempotency-Key": "order-0001"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAYS = {"from": "2026-02-01", "to": "2026-02-01"}


def test_an_invoice_is_made_once_under_its_key(administrator: Browser, house: House) -> None:
    asked = {"amount": "5500.00", "payer": INN}

    made = administrator.post("/invoices", headers=KEY, json_body=asked)
    again = administrator.post("/invoices", headers=KEY, json_body=asked)
    other = administrator.post("/invoices", headers=KEY, json_body={**asked, "amount": "5500.01"})

    assert (made.status, made.json["total"], made.json["status"]) == (201, "5500.00", "ready")
    assert made.headers["location"] == f"/documents/{made.json['id']}"
    assert again.json == made.json
    assert other.status == 409
    assert administrator.get(f"/documents/{made.json['id']}/pdf").status == 302
    assert len(administrator.get("/documents", query={"kind": "invoice"}).json["documents"]) == 2


def test_an_accountant_orders_documents_and_sees_masked_addresses(accountant: Browser) -> None:
    invoice = accountant.post("/invoices", headers=KEY, json_body={"amount": "5500.00", "payer": INN})
    days = {"from": "2026-01-01", "to": "2026-01-31", "payer": INN}
    act = accountant.post("/reconciliations", headers={"Idempotency-Key": "order-0002"}, json_body=days)
    again = accountant.post(f"/documents/{ACT}/letters", headers={"Idempotency-Key": "order-0003"}, json_body={})

    assert (invoice.status, act.status, again.status) == (201, 201, 202)
    assert {letter["address"] for letter in invoice.json["letters"]} == {"c***@client.example"}


def test_an_accountant_adds_an_address_and_may_not_set_the_list(accountant: Browser, administrator: Browser) -> None:
    added = accountant.post("/notifications/addresses", json_body={"address": "buh@buh.example", "kinds": ["act"]})
    twice = accountant.post("/notifications/addresses", json_body={"address": "BUH@buh.example"})
    settings = {"added": [], "reconciliation": False, "version": 2}

    assert (added.status, twice.status, twice.json["cause"]) == (200, 400, "address_twice")
    assert [row["address"] for row in added.json["added"]] == ["w***@client.example", "b***@buh.example"]
    assert accountant.ask("PUT", "/notifications", json_body=settings).status == 403
    whole = administrator.get("/notifications").json["added"]
    assert [(row["address"], row["kinds"], row["state"]) for row in whole][1] == ("buh@buh.example", ["act"], "waiting")


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"amount": "0.00", "payer": INN}, id="nothing"),
        pytest.param({"amount": "-1.00", "payer": INN}, id="less than nothing"),
        pytest.param({"amount": 5500.0, "payer": INN}, id="a float"),
        pytest.param({"amount": "5500", "payer": INN}, id="without kopecks"),
        pytest.param({"amount": "5500,00", "payer": INN}, id="a comma"),
        pytest.param({"amount": "٥٥.٠٠", "payer": INN}, id="digits of another script"),
        pytest.param({"amount": "9" * 13 + ".00", "payer": INN}, id="all the money there is"),
        pytest.param({"amount": "1.00", "payer": "7"}, id="no INN"),
        pytest.param({"amount": "1.00", "payer": INN, "account": "c-000002"}, id="for another account"),
        pytest.param({"amount": "1.00"}, id="for nobody"),
        pytest.param([], id="a list"),
        pytest.param("x", id="a word"),
        pytest.param(None, id="nothing at all"),
    ],
)
def test_an_order_that_does_not_fit_makes_nothing(administrator: Browser, house: House, asked: object) -> None:
    before = house.everything()

    assert administrator.post("/invoices", headers=KEY, json_body=asked).status == 400
    assert house.everything() == before


@pytest.mark.parametrize("key", ["", "short", "x" * 101, "пароль-пароль", "a b c d e f"])
def test_an_order_needs_a_name_of_its_own(administrator: Browser, key: str) -> None:
    asked = {"amount": "5500.00", "payer": INN}

    assert administrator.post("/invoices", headers={"Idempotency-Key": key}, json_body=asked).status == 400
    assert administrator.post("/invoices", json_body=asked).status == 400


def test_an_order_for_a_payer_of_another_client_is_for_nobody(administrator: Browser) -> None:
    theirs = administrator.post("/invoices", headers=KEY, json_body={"amount": "1.00", "payer": "9999003021"})
    nobodys = administrator.post("/invoices", headers=KEY, json_body={"amount": "1.00", "payer": "7707083893"})

    assert (theirs.status, theirs.json) == (nobodys.status, nobodys.json)
    assert theirs.status == 404


def test_what_is_not_in_an_act_of_reconciliation_yet_is_said_to_whoever_ordered_it(
    house: House, administrator: Browser
) -> None:
    """The house's day is in February, which is not closed; its act of January is there."""
    asked = {"from": "2026-01-01", "to": "2026-02-01", "payer": "9999003014"}
    made = administrator.post("/reconciliations", headers=KEY, json_body=asked)
    session = Browser(house).enters(a_token(house))
    form = {"first": "2026-01-01", "last": "2026-02-01", "payer": "9999003014"}
    csrf = re.search(r'name="csrf" value="([^"]+)"', session.get("/page/reconciliations").body)
    assert csrf
    sent = session.post("/page/reconciliations", form={**form, "csrf": csrf[1]})
    page, _, query = sent.headers["location"].partition("?")

    said = "евраль\u00a02026\u00a0г. ещё не закрыт: его акта в сверке нет"
    assert made.json["warnings"] == [{"cause": "month_open", "whose": "", "text": f"ф{said}"}]
    assert f"Ф{said}." in session.get(page, query=query).body
    assert f"Ф{said}." in session.get(f"/page/documents/{made.json['id']}").body
    assert administrator.get(f"/documents/{made.json['id']}").json["warnings"] == made.json["warnings"]
    english = session.get(f"/page/documents/{made.json['id']}", headers={"Accept-Language": "en"})
    assert "February\u00a02026 is not closed yet: its act is not included." in english.body


def test_an_act_of_reconciliation_is_made_for_its_days(administrator: Browser) -> None:
    asked = {"from": "2026-01-01", "to": "2026-01-31", "payer": INN}

    made = administrator.post("/reconciliations", headers=KEY, json_body=asked)

    assert (made.status, made.json["kind"], made.json["total"]) == (201, "reconciliation", "-3000.00")
    wrong = {**asked, "from": "2026-03-01"}
    assert (
        administrator.post("/reconciliations", headers={"Idempotency-Key": "order-0002"}, json_body=wrong).status == 400
    )


def test_a_document_is_sent_again_to_those_who_are_the_clients_own(administrator: Browser, house: House) -> None:
    sent = administrator.post(f"/documents/{ACT}/letters", headers=KEY, json_body={})
    again = administrator.post(f"/documents/{ACT}/letters", headers=KEY, json_body={})
    house.work()
    house.hear()

    told = administrator.get(f"/documents/{ACT}").json
    assert (sent.status, again.json) == (202, sent.json)
    assert len(house.letters(f"{ACCOUNT}@client.example")) == 2, "of the night, and once more"
    assert [(x["letter"], x["status"]) for x in told["letters"]][-1] == (sent.json["letter"], "delivered")
    stranger = administrator.post(
        f"/documents/{ACT}/letters",
        headers={"Idempotency-Key": "order-0002"},
        json_body={"addresses": ["thief@evil.example"]},
    )
    assert (stranger.status, "thief" in stranger.body) == (400, False)


def test_rows_that_never_rest_are_a_reason_to_come_later(
    administrator: Browser, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(writes: object) -> None:
        raise StaleError([0, 2])

    monkeypatch.setattr(house.store, "tx", busy)

    answered = administrator.post(f"/documents/{ACT}/letters", headers=KEY, json_body={})

    assert (answered.status, "detail" in answered.json) == (503, False)


def test_a_file_that_has_other_bytes_already_is_an_error_of_ours(
    administrator: Browser, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(key: str, body: bytes, **said: object) -> None:
        raise FileExistsWithOtherBytesError(key)

    monkeypatch.setattr(house.files, "put_once", taken)

    answered = administrator.post("/invoices", headers=KEY, json_body={"amount": "100.00", "payer": INN})

    assert (answered.status, "detail" in answered.json) == (500, False)
    assert house.metrics.counts["RequestsFailed"] == 1


def test_an_archive_holds_the_documents_of_its_days(accountant: Browser, house: House) -> None:
    answered = accountant.get("/documents/archive", query=DAYS)

    assert answered.status == 302
    key = answered.headers["location"].removeprefix("https://files.example/").partition("?")[0]
    with ZipFile(BytesIO(house.files.get(key))) as packed:
        assert len(packed.namelist()) == 2
    assert accountant.get("/documents/archive", query={**DAYS, "kind": "reconciliation"}).status == 404
    assert accountant.get("/documents/archive", query={"from": "2026-02-02", "to": "2026-02-01"}).status == 400


def test_who_gets_copies_is_told_whole_only_to_an_administrator(administrator: Browser, accountant: Browser) -> None:
    whole, masked = administrator.get("/notifications").json, accountant.get("/notifications").json

    assert [a["address"] for a in whole["administrators"]] == [f"{ACCOUNT}@client.example"]
    assert [a["address"] for a in masked["administrators"] + masked["added"]] == [
        "c***@client.example",
        "w***@client.example",
    ]
    assert whole["added"][0]["state"] == "waiting"
    assert whole["administrators"][0]["last"]["status"] == "delivered"


def test_settings_are_changed_as_a_whole_and_only_from_what_was_shown(administrator: Browser, house: House) -> None:
    version = administrator.get("/notifications").json["version"]
    wanted = {
        "added": [{"address": "new@client.example", "kinds": ["act"]}],
        "reconciliation": True,
        "version": version,
    }

    changed = administrator.ask("PUT", "/notifications", json_body=wanted)
    stale = administrator.ask("PUT", "/notifications", json_body=wanted)

    assert changed.status == 200, changed.body
    assert [(a["address"], a["kinds"], a["state"]) for a in changed.json["added"]] == [
        ("new@client.example", ["act"], "waiting")
    ]
    assert (changed.json["reconciliation"], stale.status) == (True, 409)
    house.work()
    (letter,) = house.letters("new@client.example")
    assert "https://docs.crm.example/confirm?token=" in letter.text
    for address in ("no address", "a@b", "x" * 300):
        bad = {**wanted, "version": version + 1, "added": [{"address": address}]}
        answered = administrator.ask("PUT", "/notifications", json_body=bad)
        assert (answered.status, address in answered.body) == (400, False)


def test_an_address_with_a_mistake_in_it_is_named_so_that_it_can_be_mended(house: House) -> None:
    administrators = [{"user": "u-1", "emails": ["anna@client.example", "belova.client.example"]}]
    house.tell(a_card(administrators=administrators, at="2026-02-01T09:00:00+03:00"))
    administrator, accountant = (Browser(house, token=a_token(house, role=r)) for r in ("administrator", "accountant"))

    page, other = (browser.get("/page/notifications").body for browser in (administrator, accountant))

    assert administrator.get("/notifications").json["malformed"] == ["belova.client.example"]
    assert accountant.get("/notifications").json["malformed"] == ["***"]
    assert "belova.client.example" in page
    assert page.count("адрес записан с\u00a0ошибкой, исправьте его в\u00a0CRM") == 1
    assert "belova" not in other


def test_an_act_and_a_payment_are_explained_to_the_kopeck(accountant: Browser) -> None:
    act = accountant.get(f"/documents/{ACT}/explanation").json
    payment = accountant.get("/payments/explanation", query={"key": "bank:1"}).json

    assert [(p["payment"], p["amount"]) for p in act["parts"]] == [("bank:1", "3000.00")]
    assert (act["paid"], act["charged"], act["from_paid"]) == ("3000.00", "3000.00", [])
    assert (payment["sums"], payment["by_act"]) == ({"act": "3000.00"}, {ACT: "3000.00"})
    assert payment["acts"][0]["letters"][0]["address"] == "c***@client.example"


@pytest.mark.parametrize(
    ("path", "begins", "content_type"),
    [
        ("/statistics.csv", b"\xef\xbb\xbf", "text/csv; charset=utf-8"),
        ("/statistics.xlsx", b"PK", XLSX),
        (f"/documents/{ACT}/explanation.xlsx", b"PK", XLSX),
        ("/payments/explanation.xlsx?key=bank:1", b"PK", XLSX),
    ],
)
def test_tables_are_taken_away_as_files(accountant: Browser, path: str, begins: bytes, content_type: str) -> None:
    path, _, query = path.partition("?")

    answered = accountant.get(path, query=query)

    assert (answered.status, answered.headers["content-type"]) == (200, content_type)
    assert answered.bytes.startswith(begins)
    assert answered.headers["content-disposition"].startswith("attachment; filename=")


def test_a_form_sent_twice_is_one_order_and_one_with_another_sum_is_another(house: House, stranger: Browser) -> None:
    """As by pressing twice, and by going back to the form and mending the sum."""
    entered = stranger.enters(a_token(house))
    hidden = dict(re.findall(r'name="(csrf|order)" value="([^"]+)"', entered.get("/page/invoices").body))
    form = {**hidden, "amount": "100", "payer": INN}

    first, twice = entered.post("/page/invoices", form=form), entered.post("/page/invoices", form=form)
    mended = entered.post("/page/invoices", form={**form, "amount": "200"})

    assert first.headers["location"] == twice.headers["location"] != mended.headers["location"]
    made = house.documents(kind="invoice")[1:]
    assert sorted(invoice.content.total for invoice in made) == [100_00, 200_00]


def test_a_form_that_sends_a_document_again_is_one_letter_however_often_it_is_pressed(house: House) -> None:
    entered, page = Browser(house).enters(a_token(house)), f"/page/documents/{ACT}"
    house.work()
    before = len(house.letters())
    hidden = dict(re.findall(r'name="(csrf|order)" value="([^"]+)"', entered.get(page).body))
    form = {**hidden, "to": f"{ACCOUNT}@client.example"}

    pressed = [entered.post(page, form=form).status for _ in range(2)]
    house.work()
    once = len(house.letters()) - before
    entered.post(page, form={**form, "order": "of another page"})
    house.work()

    assert (pressed, once, len(house.letters()) - before) == ([303, 303], 1, 2)


def test_why_something_is_refused_is_said_in_the_language_of_the_reader(administrator: Browser, house: House) -> None:
    asked, english = {"addresses": [f"{ACCOUNT}@client.example"]}, {"Accept-Language": "en", "Accept": "*/*"}
    for n in range(5):
        administrator.post(f"/documents/{ACT}/letters", json_body=asked, headers={"Idempotency-Key": f"order-000{n}"})
    often = {"Idempotency-Key": "order-0009"}

    russian = administrator.post(f"/documents/{ACT}/letters", json_body=asked, headers=often)
    said = administrator.post(f"/documents/{ACT}/letters", json_body=asked, headers={**often, **english})
    page = administrator.post(f"/page/documents/{ACT}", form={"to": f"{ACCOUNT}@client.example"}, headers=english)

    assert russian.json["detail"].endswith("5\u00a0раз: можно будет завтра")
    assert (russian.json["cause"], said.json["cause"]) == ("sent_too_often_there", "sent_too_often_there")
    assert said.json["detail"] == (
        "this document has been sent to c***@client.example 5\u00a0times today: send it again tomorrow"
    )
    assert (page.status, said.json["detail"] in page.body) == (409, True)
    days = {"from": "2026-02-01", "to": "2026-01-01", "payer": INN}
    order = administrator.post("/reconciliations", json_body=days, headers={**often, **english})
    assert order.json["detail"] == "the period ends before it begins"


def test_tables_are_in_the_language_of_the_reader_under_names_that_tell_them_apart(accountant: Browser) -> None:
    english, days = {"Accept-Language": "en"}, {"from": "2026-01", "to": "2026-01"}

    csv = accountant.get("/statistics.csv", query=days, headers=english)

    assert csv.headers["content-disposition"] == 'attachment; filename="statistics-c-000001-2026-01-2026-01.csv"'
    assert csv.bytes.decode("utf-8-sig").startswith('"Month";"Opening balance"')
    assert not re.search("[А-Яа-яЁё]", csv.bytes.decode("utf-8-sig"))
    assert accountant.get("/statistics.csv", query=days).bytes.decode("utf-8-sig").startswith('"Месяц"')
    for path, query, word in (
        (f"/documents/{ACT}/explanation.xlsx", None, "Why this total"),
        ("/payments/explanation.xlsx", {"key": "bank:1"}, "Payment"),
    ):
        book = ZipFile(BytesIO(accountant.get(path, query=query or "", headers=english).bytes))
        assert word in book.read("xl/workbook.xml").decode()
