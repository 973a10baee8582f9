"""The page's routes over the world in memory: what is sent is checked, done once, and answered by where to look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from billing import wiring
from billing.ports import StaleError
from billing.usecases.notifications import notifications_of
from billing.usecases.send_again import addressees
from tests.api.asking import TOKENS, Answered, Browser, a_token
from tests.usecases.house import ACCOUNT, ROMASHKA, VASILYOK, House, a_card, a_charge, a_payment

ACT, PAYER = "2026-01.act.9999003014.0", ROMASHKA["inn"]
HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """January closed: one account has an act, an invoice and its letters, another an act of another payer."""
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    house = House(a_card(payers=[ROMASHKA]), a_card("c-000002", payers=[VASILYOK]))
    theirs = {"inn": VASILYOK["inn"], "kpp": VASILYOK["kpp"]}
    house.tell(a_payment(300_000, key="bank:1"), a_charge(300_000))
    house.tell(a_payment(100_000, "c-000002", payer=theirs, key="bank:2"), a_charge(100_000, "c-000002"))
    house.night()
    wiring.install(house.outside, TOKENS)
    yield house
    wiring.install(None)


@pytest.fixture
def administrator(house: House) -> Browser:
    return Browser(house, headers=HTML).enters(a_token(house))


def _csrf(browser: Browser) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', browser.get("/").body)[1]


def _send(browser: Browser, path: str, **form: str) -> Answered:
    return browser.post(path, form={"csrf": _csrf(browser), **form})


def _documents(house: House) -> int:
    return len(house.store.query("documents", ACCOUNT).rows)


# --- who may send ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        pytest.param({}, {}, id="not signed"),
        pytest.param({"csrf": "0" * 43}, {}, id="signed by somebody else"),
        pytest.param({"csrf": "ours"}, {"Origin": "https://evil.example"}, id="from another site"),
        pytest.param({"csrf": "ours"}, {"Sec-Fetch-Site": "cross-site"}, id="from another site, as browsers say it"),
    ],
)
def test_a_form_that_is_not_ours_orders_nothing(house, administrator, form, headers):
    signed = {name: _csrf(administrator) if value == "ours" else value for name, value in form.items()}
    before = _documents(house)

    answered = administrator.post(
        "/page/invoices", form={**signed, "amount": "100", "payer": PAYER}, headers={**HTML, **headers}
    )

    assert answered.status == 403
    assert "Страница устарела" in answered.body
    assert _documents(house) == before


@pytest.fixture
def accountant(house: House) -> Browser:
    return Browser(house, headers=HTML).enters(a_token(house, role="accountant", sub="u-2"))


def test_an_accountant_orders_what_an_administrator_does(house, accountant):
    before = _documents(house)

    assert _send(accountant, "/page/invoices", amount="100", payer=PAYER).status == 303
    days = {"first": "2026-01-01", "last": "2026-01-31"}
    assert _send(accountant, "/page/reconciliations", payer=PAYER, **days).status == 303

    assert _documents(house) == before + 2


def test_an_accountant_sends_a_document_again_without_seeing_whole_addresses(house, accountant):
    page = accountant.get(f"/page/documents/{ACT}").body
    (value,) = re.findall(r'name="to" value="([^"]+)"', page)
    before = len(house.letters(f"{ACCOUNT}@client.example"))

    answered = _send(accountant, f"/page/documents/{ACT}", to=value)
    house.wait(minutes=30).sweep()

    assert answered.status == 303
    assert len(house.letters(f"{ACCOUNT}@client.example")) == before + 1
    assert f"{ACCOUNT}@client.example" not in page
    assert "c***@client.example" in page


def test_an_accountant_adds_an_address_and_changes_nothing_else(house, accountant):
    assert _send(accountant, "/page/notifications", do="add", address="buh@buh.example", kind="act").status == 303
    assert _added(house) == [("buh@buh.example", "waiting")]
    version = str(notifications_of(ACCOUNT, house.outside).version)

    for do in ("remove", "change", "reconciliation", "ask"):
        form = {"do": do, "address": "buh@buh.example", "kind": "invoice", "version": version, "reconciliation": "yes"}
        answered = _send(accountant, "/page/notifications", **form)
        assert answered.status == 403
        assert "может администратор" in answered.body
    assert _added(house) == [("buh@buh.example", "waiting")]


# --- what is shown -----------------------------------------------------------------------------------------------


def test_the_chip_of_a_month_shows_the_act_for_that_month_and_so_does_its_archive(administrator):
    """The act of January is dated 1 February, yet belongs to January for the accountant who closes that month."""
    january, february = ({"first": f"2026-{m}-01", "last": f"2026-{m}-28"} for m in ("01", "02"))

    assert ACT in administrator.get("/page/acts", query=january).body
    assert ACT not in administrator.get("/page/acts", query=february).body
    assert ACT in administrator.get("/page/acts", query={**february, "by": "date"}).body
    assert administrator.get("/page/archive", query={"kind": "act", **january}).status == 302
    assert "нет" in administrator.get("/page/archive", query={"kind": "act", **february}).body
    assert administrator.get("/page/archive", query={"kind": "act", "by": "date", **february}).status == 302


def test_a_chip_keeps_the_way_of_counting_that_was_chosen(administrator):
    links = re.findall(r'href="(/page/acts\?[^"]+)"', administrator.get("/page/acts", query={"by": "date"}).body)

    assert links
    assert all("by=date" in link for link in links)


# --- ordering ----------------------------------------------------------------------------------------------------


def test_an_ordered_invoice_is_shown_and_the_same_page_orders_it_once(house, administrator):
    before = _documents(house)

    first = _send(administrator, "/page/invoices", amount="5 500,50", payer=PAYER, order="page-1")
    again = _send(administrator, "/page/invoices", amount="5 500,50", payer=PAYER, order="page-1")

    assert (first.status, again.status) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    assert _documents(house) == before + 1
    path, _, query = first.headers["location"].partition("?")
    shown = administrator.get(path, query=query)
    assert "Счёт №\u00a03 на\u00a05\u00a0500,50\u00a0₽ готов." in shown.body


def test_the_english_page_takes_the_sum_that_it_gives_as_an_example(house, administrator):
    english = replace(administrator, headers={**HTML, "Accept-Language": "en"})
    (example,) = re.findall(r'name="amount"[^>]*placeholder="([^"]+)"', english.get("/page/invoices").body)

    assert example == "10,000.00"
    assert _send(english, "/page/invoices", amount=example, payer=PAYER).status == 303


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"amount": "", "payer": PAYER}, ["amount"]),
        ({"amount": "-5", "payer": PAYER}, ["amount"]),
        ({"quick": "много", "payer": PAYER}, ["amount"]),
        ({"amount": "100"}, ["payer"]),
        ({"amount": "100", "payer": "9999003021"}, ["payer"]),
        ({"amount": "<b>", "payer": "'"}, ["amount", "payer"]),
    ],
)
def test_a_wrong_invoice_is_given_back_to_be_mended(house, administrator, form, wrong):
    before = _documents(house)

    answered = _send(administrator, "/page/invoices", **form)

    assert answered.status == 400
    assert "<title>Ошибка: Счета — " in answered.body
    assert "<title>Счета — " in administrator.get("/page/invoices").body
    assert ("Введите сумму" in answered.body) is ("amount" in wrong)
    assert ("Выберите плательщика" in answered.body) is ("payer" in wrong)
    assert "<b>" not in answered.body.partition("<main")[2].partition("order-payer")[0]
    assert _documents(house) == before


def test_what_the_use_case_refuses_is_said_above_the_form(house, administrator):
    answered = _send(administrator, "/page/invoices", amount="999999999999", payer=PAYER)

    assert answered.status == 400, "as the route for programs answers it"
    assert "Не\u00a0получилось: сумма счёта" in answered.body


def test_what_has_no_name_is_told_as_any_route_tells_it(house, administrator, monkeypatch):
    def busy(writes):
        raise StaleError([0, 2])

    csrf = _csrf(administrator)
    monkeypatch.setattr(house.store, "tx", busy)

    answered = administrator.post(f"/page/documents/{ACT}", form={"csrf": csrf, "to": f"{ACCOUNT}@client.example"})

    assert (answered.status, "stale rows" in answered.body) == (503, False)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"span": "2026-01-01/2026-01-31"}, 303),
        ({"first": "01.01.2026", "last": "31.01.2026", "mirrored": "yes"}, 303),
        ({"first": "2026-01-31", "last": "2026-01-01"}, 400),
        ({"first": "2026-01-01", "last": "2099-01-01"}, 400),
        ({"first": "2026-02-30", "last": ""}, 400),
        ({"span": "2026-01-01"}, 400),
    ],
)
def test_a_reconciliation_is_made_for_days_that_are_days(administrator, form, status):
    assert _send(administrator, "/page/reconciliations", payer=PAYER, **form).status == status


def test_a_notice_tells_only_of_documents_of_the_account(administrator):
    theirs = administrator.get("/page/invoices", query="done=made&document=2026-01.act.9999003021.0")
    unknown = administrator.get("/page/invoices", query="done=<script>&document=x")

    assert 'class="notice' not in theirs.body
    assert 'class="notice' not in unknown.body


def test_a_document_goes_again_to_those_who_were_ticked(house, administrator):
    told = _send(administrator, f"/page/documents/{ACT}", to="c-000001@client.example")
    stranger = _send(administrator, f"/page/documents/{ACT}", to="stranger@evil.example")

    assert told.headers["location"] == f"/page/documents/{ACT}?done=sent_again"
    assert stranger.status == 400
    assert "такого адреса у клиента нет" in stranger.body


# --- reading -----------------------------------------------------------------------------------------------------


def test_days_that_are_none_are_said_to_be_wrong_and_count_for_nothing(administrator):
    answered = administrator.get("/page/acts", query="first=2026-02-30&last=2026-01-01")

    assert answered.status == 200
    assert "Такой даты нет" in answered.body
    assert ACT in answered.body


@pytest.mark.parametrize("query", ["first=2031-01&last=2026-01", "first=2020-01&last=2026-01"])
def test_months_that_do_not_fit_give_the_last_twelve(administrator, query):
    answered = administrator.get("/page/statistics", query=query)

    assert "от\u00a0одного до\u00a0тринадцати месяцев" in answered.body


def test_a_cursor_of_somebody_else_is_no_cursor(administrator):
    assert administrator.get("/page/acts", query="after=abc.def").status == 400


def test_an_archive_of_nothing_says_so(administrator):
    answered = administrator.get("/page/archive", query="kind=act&last=2020-01-01")

    assert (answered.status, "готовых документов нет" in answered.body) == (200, True)
    assert administrator.get("/page/archive", query="kind=poem").status == 400


def test_a_browser_gets_a_page_and_a_program_a_problem(house, administrator):
    program = Browser(house, token=a_token(house))

    assert administrator.get("/page/documents/none").headers["content-type"] == "text/html; charset=utf-8"
    assert program.get("/page/documents/none").headers["content-type"] == "application/problem+json"


def test_the_language_is_that_of_the_browser(administrator):
    answered = administrator.get("/page/acts", headers={"Accept-Language": "en-GB,en;q=0.9"})

    assert '<html lang="en">' in answered.body
    assert "Usage statistics" in answered.body


def test_files_are_kept_for_ever_and_pages_not_at_all(house, administrator):
    page = administrator.get("/")
    style = re.search(r'href="(/static/page\.[0-9a-f]{12}\.css)"', page.body)[1]
    file = Browser(house).get(style)

    assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert file.headers["content-type"] == "text/css; charset=utf-8"
    assert page.headers["cache-control"] == "private, no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]


# --- addresses ---------------------------------------------------------------------------------------------------


def _added(house: House) -> list[tuple[str, str]]:
    return [(row.address, row.state) for row in notifications_of(ACCOUNT, house.outside).added]


def _change(browser: Browser, house: House, do: str, **form: str) -> Answered:
    version = str(notifications_of(ACCOUNT, house.outside).version)
    return _send(browser, "/page/notifications", **{"do": do, "version": version, **form})


def _link(house: House) -> str:
    heads = [stored.row for stored in house.store.rows("deliveries") if stored.sk.endswith("_letter")]
    (asked,) = [head for head in heads if head["kind"] == "address_confirmation"]
    return str(asked["details"]["confirm_url"])


def test_an_address_waits_until_its_button_is_pressed(house, administrator):
    assert _change(administrator, house, "add", address="a@buh.example", kind="act").status == 303
    assert _added(house) == [("a@buh.example", "waiting")]
    path, _, query = _link(house).removeprefix("https://docs.crm.example").partition("?")
    stranger = Browser(house, headers=HTML)

    opened = stranger.get(path, query=query)
    assert (opened.status, "Присылать документы" in opened.body) == (200, True)
    assert _added(house) == [("a@buh.example", "waiting")]

    pressed = stranger.post("/confirm", form={"token": query.removeprefix("token=")})
    assert (pressed.status, "адрес подтверждён" in pressed.body) == (200, True)
    assert _added(house) == [("a@buh.example", "confirmed")]


def _letters_of(house: House, address: str) -> list[str]:
    """Return the unsubscribe links of the letters to the address that carry documents."""
    return [letter.stop_url for letter in house.letters(address) if letter.attachments]


def test_whoever_was_added_stops_the_letters_by_a_link_in_them(house, administrator):
    """Unsubscribe both ways of RFC 8058: a mail program's button sends nothing but the link, the page asks first."""
    stranger, one_click = Browser(house, headers=HTML), {"List-Unsubscribe": "One-Click"}
    _change(administrator, house, "add", address="a@buh.example", kind="act")
    stranger.post("/confirm", form={"token": _link(house).partition("token=")[2]})
    _send(administrator, f"/page/documents/{ACT}", to=[*addressees(ACCOUNT, house.outside)][-1])
    house.wait(minutes=30).sweep()
    (url,) = _letters_of(house, "a@buh.example")
    path, _, query = url.removeprefix("https://docs.crm.example").partition("?")

    assert "Не\u00a0присылать" in stranger.get(path, query=query).body
    assert _added(house) == [("a@buh.example", "confirmed")], "a scanner of links stops nothing"
    assert stranger.post(path, query=f"{query}x", form=one_click).status == 404
    assert Browser(house).post(path, query=query, form=one_click).status == 200
    assert _added(house) == []
    assert stranger.post(path, query=query).status == 404
    assert _letters_of(house, f"{ACCOUNT}@client.example") == [""], "an administrator's address is the CRM's"


@pytest.mark.parametrize("spoiled", ["late", "other", "cut", "none"])
def test_a_link_that_does_not_count_changes_nothing(house, administrator, spoiled):
    _change(administrator, house, "add", address="a@buh.example", kind="act")
    token = _link(house).partition("token=")[2]
    said, _, mac = token.partition(".")
    sent = {"late": token, "other": f"{said[:-2]}AA.{mac}", "cut": token[:-1], "none": ""}[spoiled]
    if spoiled == "late":
        house.now += timedelta(days=4)

    answered = Browser(house, headers=HTML).post("/confirm", form={"token": sent})

    assert (answered.status, "больше не\u00a0действует" in answered.body) == (404, True)
    assert _added(house) == [("a@buh.example", "waiting")]


def test_addresses_are_whole_for_an_administrator_alone(house, administrator):
    accountant = Browser(house, headers=HTML).enters(a_token(house, role="accountant"))

    whole, masked = (browser.get("/page/notifications").body for browser in (administrator, accountant))

    assert f"{ACCOUNT}@client.example" in whole
    assert f"{ACCOUNT}@client.example" not in masked
    assert "c***@client.example" in masked


def test_one_thing_is_changed_and_the_rest_stays(house, administrator):
    for address in ("a@buh.example", "b@buh.example"):
        _change(administrator, house, "add", address=address, kind="act")

    _change(administrator, house, "change", address="a@buh.example", kind="invoice")
    _change(administrator, house, "reconciliation", reconciliation="yes")
    _change(administrator, house, "remove", address="b@buh.example")

    now = notifications_of(ACCOUNT, house.outside)
    assert [(row.address, [kind.value for kind in row.kinds]) for row in now.added] == [("a@buh.example", ["invoice"])]
    assert now.reconciliation


@pytest.mark.parametrize(("do", "form"), [("change", {}), ("remove", {"version": "7"}), ("ask", {"version": "7"})])
def test_a_refused_form_of_one_address_is_not_put_into_the_form_for_a_new_one(house, administrator, do, form):
    _change(administrator, house, "add", address="a@buh.example", kind="act")

    answered = _change(administrator, house, do, address="a@buh.example", **form)

    cards, _, new = answered.body.partition('<input type="email"')
    assert new.startswith(' id="address" name="address" value=""')
    assert ("Выберите, что присылать" in cards) is (do == "change")
    assert "Выберите, что присылать" not in new


@pytest.mark.parametrize(
    ("do", "form", "status", "said"),
    [
        ("add", {"address": "a@b", "kind": "act"}, 400, "похоже на\u00a0адрес"),
        ("add", {"address": "a@buh.example"}, 400, "Выберите, что присылать"),
        ("add", {"address": "a@buh.example", "kind": "poem"}, 400, "Выберите, что присылать"),
        ("add", {"address": "a@buh.example", "kind": "act", "version": "7"}, 409, "изменил кто-то ещё"),
        ("ask", {"address": "nobody@buh.example"}, 409, "Не\u00a0получилось"),
        ("dance", {}, 400, "Не\u00a0понимаем"),
    ],
)
def test_a_change_that_cannot_be_made_says_why(house, administrator, do, form, status, said):
    answered = _change(administrator, house, do, **form)

    assert (answered.status, said in answered.body) == (status, True)
    assert _added(house) == []
