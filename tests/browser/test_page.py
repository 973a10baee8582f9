"""The page «Оплата» in a real browser: whoever comes by the CRM's link does everything the page is for.

Screenshots of every tab are left under the test's own folder: `pytest tests/browser --basetemp=out`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Kept, Visitor

Visits = Callable[..., Visitor]
ROMASHKA, DUET, DEBTOR, DEAF = "c-000101", "c-000104", "c-000107", "c-000118"
TABS = ("invoices", "acts", "reconciliations", "statistics", "notifications")


def _complaints_of_axe(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {n['target']} {n['failureSummary']}" for v in found for n in v["nodes"]]


def _fits(page: Page) -> bool:
    """Nothing is to be scrolled sideways, and no table stands out of the column of the page."""
    narrow = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    tables = page.evaluate(
        "Array.from(document.querySelectorAll('main table'), t => t.offsetWidth <= t.parentElement.clientWidth)"
    )
    return bool(narrow) and all(tables)


def _follow(opens: Locator) -> None:
    """Presses what opens a page and waits until it is there: a click alone returns before the old page has gone."""
    with opens.page.expect_navigation():
        opens.click()


def _row(page: Page, number: str) -> Locator:
    return page.locator(f"tr[data-number='{number}']")


# --- looks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("desktop.ru.light", {}),
        ("phone.ru.dark", {"phone": True, "dark": True}),
        ("phone.en.light", {"phone": True, "language": "en-GB"}),
        ("desktop.en.dark", {"dark": True, "language": "en-GB"}),
    ],
)
def test_every_tab_can_be_used_by_everybody(visits: Visits, tmp_path: Path, name: str, how: dict[str, object]) -> None:
    visitor = visits(**how)
    visitor.enter(DUET)

    for tab in TABS:
        page = visitor.at(f"/page/{tab}?order=yes")
        page.screenshot(path=tmp_path / f"{name}.{tab}.png", full_page=True)
        assert _complaints_of_axe(page) == [], tab
        assert _fits(page), tab
    page = visitor.at("/page/acts")
    _follow(page.locator("tr[data-number] td.actions a").last)
    page.screenshot(path=tmp_path / f"{name}.act.png", full_page=True)
    assert _complaints_of_axe(page) == []
    _follow(page.locator("a[href^='/page/payment']").first)
    assert _complaints_of_axe(page) == []
    assert _fits(page)


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(visits: Visits) -> None:
    page = visits().enter(ROMASHKA)

    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("К\u00a0содержанию")
    expect(focused).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_css("outline-style", "solid")


def test_on_paper_there_is_the_list_and_nothing_to_press(visits: Visits) -> None:
    visitor = visits()
    visitor.enter(ROMASHKA)
    page = visitor.at("/page/acts")

    page.emulate_media(media="print")
    expect(page.locator("table.documents")).to_be_visible()
    for hidden in (".tabs", ".filter", ".actions a >> nth=0", ".head .button"):
        expect(page.locator(hidden)).to_be_hidden()


# --- coming in ---------------------------------------------------------------------------------------------------


def test_the_link_of_the_crm_opens_the_page_and_leaves_no_token_behind(visits: Visits, cloud: Kept) -> None:
    visitor = visits()
    page = visitor.enter(ROMASHKA)

    assert page.url == f"{cloud.page}/"
    (cookie,) = visitor.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("session", True, "Lax")
    assert page.evaluate("document.cookie") == ""
    expect(page.locator(".client")).to_have_text("ООО «Ромашка»")
    expect(page.locator(".balance")).to_have_text("Долг 1\u00a0000,00\u00a0₽")


def test_without_a_session_the_page_says_where_to_come_from(visits: Visits) -> None:
    visitor = visits()

    page = visitor.at("/page/acts")
    expect(page.locator("h1")).to_have_text("Откройте раздел из\u00a0CRM")
    assert _complaints_of_axe(page) == []

    visitor.enter(ROMASHKA)
    _follow(page.get_by_role("button", name="Выйти"))
    expect(page.locator("h1")).to_have_text("Откройте раздел из\u00a0CRM")


def test_an_accountant_may_order_and_add_an_address_and_changes_no_settings(visits: Visits) -> None:
    visitor = visits()
    visitor.enter(ROMASHKA, "accountant")

    page = visitor.at("/page/notifications")
    assert page.locator("main form[method=post]").count() == 1
    expect(page.get_by_role("button", name="Добавить")).to_be_visible()
    page = visitor.at("/page/reconciliations")
    expect(page.get_by_text("Сделать акт сверки", exact=True)).to_be_visible()
    page = visitor.at("/page/acts")
    assert "Подробнее" in _row(page, "1").inner_text()


def test_our_own_people_see_the_runs_and_any_client(visits: Visits) -> None:
    visitor = visits()
    page = visitor.enter("", "operator")

    expect(page.get_by_role("row", name="февраль 2026")).to_contain_text("сходится")
    assert _complaints_of_axe(page) == []
    page.get_by_label("Клиент (id)").fill("c-999999")
    _follow(page.get_by_role("button", name="Открыть"))
    expect(page.locator(".wrong")).to_contain_text("Такого клиента нет")
    page.get_by_label("Клиент (id)").fill(DEAF)
    _follow(page.get_by_role("button", name="Открыть"))
    expect(page.locator(".client")).to_have_text("ООО «Глухая почта»")
    _follow(page.get_by_role("link", name="Акты", exact=True))
    _follow(page.get_by_role("link", name="Подробнее").first)
    expect(page.get_by_role("row", name="bounce@client118.example")).to_contain_text("не\u00a0доставлено")
    assert page.locator("main form[method=post]").count() == 0


# --- documents ---------------------------------------------------------------------------------------------------


def test_a_list_says_what_became_of_each_document(visits: Visits) -> None:
    visitor = visits()
    visitor.enter(DEAF)

    page = visitor.at("/page/acts")
    expect(_row(page, "8")).to_contain_text("3\u00a0300,00\u00a0₽")
    expect(_row(page, "8").locator(".state")).to_have_text(re.compile("письмо не\u00a0доставлено: "))


def test_a_file_is_downloaded_printed_and_taken_away_with_the_others(visits: Visits) -> None:
    visitor = visits()
    visitor.enter(ROMASHKA)
    page = visitor.at("/page/acts")

    opened = visitor.context.request.get(page.locator("tr[data-number='1'] th a").get_attribute("href") or "")
    assert opened.body().startswith(b"%PDF-")
    assert opened.headers["content-disposition"].startswith("inline")
    with page.expect_download() as one:
        _row(page, "1").get_by_role("link", name="Скачать").click()
    assert one.value.suggested_filename.endswith(".pdf")
    assert "Ромашка" in one.value.suggested_filename
    with page.expect_download() as every:
        page.get_by_role("link", name="Скачать всё (ZIP)").click()
    with zipfile.ZipFile(io.BytesIO(Path(every.value.path()).read_bytes())) as archive:
        assert len(archive.namelist()) == 2


def test_the_list_is_narrowed_by_days_payer_and_number(visits: Visits) -> None:
    visitor = visits(script=False)
    visitor.enter(DUET)
    page = visitor.at("/page/acts")
    assert page.locator("tbody tr").count() == 3

    page.get_by_label("Плательщик").select_option("ООО «Дуэт-Юг»")
    _follow(page.get_by_role("button", name="Показать"))
    assert sorted(page.locator("tbody th").all_inner_texts()) == ["№\u00a04", "№\u00a05"]
    _follow(page.get_by_role("link", name="Февраль 2026"))
    assert page.locator("tbody th").all_inner_texts() == ["№\u00a05"], "for February, dated the first of March"
    page.get_by_label("Номер").fill("999")
    _follow(page.get_by_role("button", name="Показать"))
    expect(page.locator(".empty")).to_contain_text("По\u00a0этому отбору ничего нет")
    _follow(page.get_by_role("link", name="Сбросить"))
    assert page.locator("tbody tr").count() == 3


def test_the_script_narrows_the_list_while_a_number_is_typed(visits: Visits) -> None:
    visitor = visits()
    visitor.enter(DUET)
    page = visitor.at("/page/acts")

    page.get_by_label("Номер").press_sequentially("4")
    expect(page.locator("tbody tr:visible")).to_have_count(1)


def test_an_act_is_explained_and_sent_again(visits: Visits, cloud: Kept) -> None:
    visitor = visits(script=False)
    visitor.enter(ROMASHKA)
    page = visitor.at("/page/acts")

    _follow(_row(page, "1").get_by_role("link", name="Подробнее"))
    bridge = page.locator("table.bridge").first
    expect(bridge).to_contain_text("10\u00a0000,00\u00a0₽")
    expect(bridge).to_contain_text("−4\u00a0500,00\u00a0₽")
    _follow(page.get_by_role("link", name="Оплата 12.01.2026").first)
    expect(page.locator("h1")).to_have_text("Оплата 10\u00a0000,00\u00a0₽ от\u00a012.01.2026")
    _follow(page.get_by_role("link", name="Акт №\u00a01").first)
    page.get_by_role("checkbox").uncheck()
    _follow(page.get_by_role("button", name="Отправить"))
    expect(page.locator(".wrong")).to_contain_text("Выберите хотя бы один адрес")
    _follow(page.get_by_role("button", name="Отправить"))
    expect(page.locator("[role=status]")).to_contain_text("Письмо отправлено ещё раз")
    assert page.locator("section[aria-labelledby=letters] tbody tr").count() == 2


# --- ordering ----------------------------------------------------------------------------------------------------


def test_an_invoice_takes_two_clicks_and_comes_once(visits: Visits) -> None:
    visitor = visits()
    page = visitor.enter(DEBTOR)
    before = page.locator("tbody tr").count()

    page.get_by_text("Выставить счёт").first.click()
    _follow(page.get_by_role("button", name="долг 2\u00a0000,00\u00a0₽"))

    notice = page.locator("[role=status]")
    expect(notice).to_contain_text("на\u00a02\u00a0000,00\u00a0₽ готов")
    assert page.locator("tbody tr").count() == before + 1
    pdf = visitor.context.request.get(notice.get_by_role("link", name="Открыть").get_attribute("href") or "")
    assert pdf.body().startswith(b"%PDF-")


def test_the_same_form_sent_twice_makes_one_invoice(visits: Visits, cloud: Kept) -> None:
    visitor = visits()
    page = visitor.enter(DEBTOR)
    sent = {name: page.locator(f"#order input[name={name}]").get_attribute("value") or "" for name in ("csrf", "order")}
    form = {**sent, "payer": page.locator("#order input[name=payer]").get_attribute("value") or "", "amount": "33"}

    made = [visitor.context.request.post("/page/invoices", form=form, max_redirects=0) for _ in range(2)]

    assert [answer.status for answer in made] == [303, 303]
    assert made[0].headers["location"] == made[1].headers["location"]


def test_without_script_a_wrong_sum_is_mended_and_the_invoice_made(visits: Visits) -> None:
    visitor = visits(script=False, phone=True)
    page = visitor.enter(DUET)

    _follow(page.get_by_role("link", name="Пополнить счёт"))
    page.get_by_label("Сумма").fill("десять")
    _follow(page.get_by_role("button", name="Выставить", exact=True))
    expect(page.get_by_label("Сумма")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Сумма")).to_have_value("десять")
    page.get_by_label("Сумма").fill("7 500,50")
    page.locator("#order-payer").select_option("ООО «Дуэт-Юг»")
    _follow(page.get_by_role("button", name="Выставить", exact=True))
    expect(page.locator("[role=status]")).to_contain_text("7\u00a0500,50\u00a0₽")
    expect(page.locator("tbody tr").first).to_contain_text("ООО «Дуэт-Юг»")


def test_a_reconciliation_act_is_made_for_a_quarter(visits: Visits) -> None:
    visitor = visits(script=False)
    visitor.enter(ROMASHKA)
    page = visitor.at("/page/reconciliations")
    expect(page.locator(".empty")).to_contain_text("Актов сверки пока нет")

    page.get_by_text("Сделать акт сверки").first.click()
    page.locator("#order-first").fill("2026-02-01")
    page.locator("#order-last").fill("2026-01-01")
    _follow(page.get_by_role("button", name="Сделать", exact=True))
    expect(page.locator(".panel .wrong")).to_be_visible()
    _follow(page.get_by_role("button", name="I квартал 2026"))
    expect(page.locator("[role=status]")).to_contain_text("Акт сверки №\u00a01 готов")
    expect(_row(page, "1")).to_contain_text("01.01.2026–02.03.2026")


# --- the other tabs ----------------------------------------------------------------------------------------------


def test_statistics_are_drawn_told_and_taken_away(visits: Visits) -> None:
    visitor = visits(script=False)
    visitor.enter(ROMASHKA)
    page = visitor.at("/page/statistics")

    expect(page.get_by_role("img")).to_be_visible()
    january = page.get_by_role("row", name=re.compile("январь 2026", re.IGNORECASE))
    assert january.locator("td").all_inner_texts() == [
        "0,00",
        "10\u00a0000,00",
        "5\u00a0500,00",
        "4\u00a0500,00",
        "5\u00a0500,00",
    ]
    page.get_by_text("Показать таблицей").click()
    expect(page.locator(".as-table tbody tr").first).to_be_visible()
    for form in ("Excel", "CSV"):
        with page.expect_download() as taken:
            page.get_by_role("link", name=form).click()
        assert Path(taken.value.path()).stat().st_size > 100


def test_an_added_address_gets_letters_after_it_has_agreed(visits: Visits, cloud: Kept) -> None:
    visitor = visits()
    visitor.enter(ROMASHKA)
    page = visitor.at("/page/notifications")

    page.get_by_label("Новый адрес").fill("outside@buh.example")
    _follow(page.get_by_role("button", name="Добавить"))
    expect(page.locator("[role=status]")).to_contain_text("Адрес добавлен")
    card = page.get_by_role("article", name="outside@buh.example")
    expect(card).to_contain_text("ждёт подтверждения")

    (link,) = set(re.findall(rf"{cloud.page}/confirm\?token=[\w.-]+", cloud.rows("DeliveriesTable")))
    owner = visits(phone=True)
    owner.page.goto(link)
    assert _complaints_of_axe(owner.page) == []
    page.reload()
    expect(card).to_contain_text("ждёт подтверждения")  # opening the link changes nothing
    _follow(owner.page.get_by_role("button", name="Присылать документы"))
    expect(owner.page.locator(".state")).to_contain_text("адрес подтверждён")

    page.reload()
    expect(card).not_to_contain_text("ждёт подтверждения")
    page.once("dialog", lambda dialog: dialog.dismiss())
    card.get_by_role("button", name="Удалить").click()
    expect(card).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    _follow(card.get_by_role("button", name="Удалить"))
    expect(page.locator("[role=status]")).to_contain_text("Адрес удалён")
    expect(card).to_have_count(0)


def test_without_script_addresses_are_checked_and_the_quarterly_act_is_switched_on(visits: Visits) -> None:
    visitor = visits(script=False)
    visitor.enter(DUET)
    page = visitor.at("/page/notifications")
    expect(page.get_by_role("row", name="buh@client104.example")).to_contain_text("доставлено")

    page.get_by_label("Новый адрес").fill("a@b")
    _follow(page.get_by_role("button", name="Добавить"))
    expect(page.locator(".wrong")).to_contain_text("не\u00a0похоже на\u00a0адрес почты")
    page.get_by_label("присылать акт сверки каждый квартал").check()
    _follow(page.get_by_role("button", name="Сохранить Акты сверки"))
    expect(page.locator("[role=status]")).to_contain_text("Сохранено")
    expect(page.get_by_label("присылать акт сверки каждый квартал")).to_be_checked()
