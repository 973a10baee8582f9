"""Every page in both languages: whole, of one heading, with labels, and with nothing that a strict policy forbids."""

from __future__ import annotations

import re

import pytest

from billing.page.language import Language
from billing.page.static_files import static_file
from tests.page import samples
from tests.page.reading import read

EVERY = [
    pytest.param(context, id=f"{name} {language}")
    for language in Language
    for name, context in samples.pages(language).items()
]
FIELDS = "//input[not(@type='hidden')] | //select | //textarea"


@pytest.mark.parametrize("context", EVERY)
def test_a_page_is_whole(context):
    page = read(context)

    assert page.source.startswith("<!DOCTYPE html>")
    assert page.root.get("lang") == context.frame.language.value
    assert len(page.all("//h1")) == 1
    assert len(page.all("//main[@id='main']")) == 1
    assert page.one("//head/title").text.strip()
    ids = [e.get("id") for e in page.all("//*[@id]")]
    assert len(ids) == len(set(ids))
    assert not re.search(r"None|\{\w*\}|~|undefined", page.text)


@pytest.mark.parametrize("context", EVERY)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(context):
    page = read(context)

    assert not page.all("//style | //script[not(@src)] | //*[@style] | //base | //iframe | //object")
    assert not [a for e in page.all("//*") for a in e.attrib if a.startswith("on")]
    addresses = [e.get(a) for a in ("href", "src", "action") for e in page.all(f"//*[@{a}]")]
    assert [a for a in addresses if not re.match(r"/(?!/)|#", a)] == []
    for address in addresses:
        if address.startswith("/static/"):
            assert static_file(address.removeprefix("/static/"))


@pytest.mark.parametrize("context", EVERY)
def test_every_field_has_a_label_and_every_table_head_a_scope(context):
    page = read(context)

    labelled = {label.get("for") for label in page.all("//label")}
    assert [e.get("name") for e in page.all(FIELDS) if e.get("id") not in labelled] == []
    assert page.all("//th[not(@scope)]") == []
    assert all(e.text_content().strip() for e in page.all("//button | //a"))


@pytest.mark.parametrize("context", EVERY)
def test_whatever_describes_a_field_is_there(context):
    page = read(context)

    named = page.all("//*[@aria-describedby or @aria-labelledby]")
    ids = [i for e in named for i in (e.get("aria-describedby") or e.get("aria-labelledby")).split()]
    assert [i for i in ids if not page.all(f"//*[@id='{i}']")] == []


@pytest.mark.parametrize("context", EVERY)
def test_every_form_that_changes_something_is_signed(context):
    page = read(context)

    for form in page.all("//form[@method='post'][not(@action='/confirm')][not(starts-with(@action, '/stop'))]"):
        assert form.xpath("input[@name='csrf']/@value") == ["c" * 32]


@pytest.mark.parametrize("language", Language)
def test_the_open_tab_is_said_to_be_open(language):
    made = samples.pages(language)

    for tab in ("invoices", "acts", "reconciliations", "statistics", "notifications"):
        assert read(made[tab]).all("//nav//a[@aria-current='page']/@href") == [f"/page/{tab}"]


# --- who sees what -----------------------------------------------------------------------------------------------

ORDERING = (
    "//form[@method='post'][not(@action='/leave')] | //a[contains(@href, 'order=')] | //a[contains(@href, '#send')]"
)


def test_an_accountant_orders_documents_and_adds_an_address_and_changes_no_settings():
    pages = samples.pages(Language.RU)
    invoices, settings = (read(pages[f"{tab} of an accountant"]) for tab in ("invoices", "notifications"))

    assert invoices.all("//form[@action='/page/invoices'][@method='post']")
    assert settings.all("//form[@method='post']//button[@name='do']/@value") == ["add"]


def test_an_operator_reads_a_client_by_addresses_of_that_client():
    page = read(samples.pages(Language.RU)["acts for an operator"])

    assert page.all(ORDERING) == []
    assert page.all("//nav[@class='tabs wide']//a/@href") == [
        "/page/accounts/c-000104/invoices",
        "/page/accounts/c-000104/acts",
        "/page/accounts/c-000104/reconciliations",
        "/page/accounts/c-000104/statistics",
    ]
    assert {a for a in page.all("//td//a/@href") if a.endswith("/pdf")} == {
        f"/accounts/c-000104/documents/2026-01.act.9999001045.{n}/pdf" for n in (45, 47, 48, 49, 50, 51)
    }


def test_without_a_session_the_page_says_where_to_go_and_has_no_tabs():
    page = read(samples.pages(Language.RU)["no session"])

    assert page.one("//h1").text == "Откройте раздел из\u00a0CRM"
    assert page.all("//nav") == []


def test_the_confirmation_is_a_button_not_a_link():
    page = read(samples.pages(Language.RU)["confirm"])

    assert page.one("//main//form").get("method") == "post"
    assert page.all("//main//a") == []


# --- what it says ------------------------------------------------------------------------------------------------


def test_the_top_says_what_is_on_the_account_and_for_how_long():
    page = read(samples.documents(samples.ACT))

    assert page.texts("//header//p") == [
        "Оплата",
        "Группа «Дуэт»",
        "На\u00a0счёте 4\u00a0500,00\u00a0₽",
        "Денег хватит до\u00a014\u00a0февраля",
    ]


def test_a_debt_is_called_a_debt():
    page = read(samples.pages(Language.RU)["a debt"])

    assert page.texts("//div[@class='money']/p") == ["Долг 1\u00a0200,00\u00a0₽", "Деньги на\u00a0счёте закончились"]


def test_a_row_says_what_a_person_asks_of_a_document():
    page = read(samples.documents(samples.ACT))

    assert page.texts("//tr[@data-number='49']/*[position() < 7]") == [
        "Акт №\u00a049",
        "01.02.2026",
        "январь\u00a02026",
        "ООО «Дуэт-Север»",
        "5\u00a0500,00\u00a0₽",
        "письмо не\u00a0доставлено: ящик переполнен отправлен в\u00a0ЭДО 03.04.2026",
    ]


def test_a_single_payer_needs_no_column_and_no_choice():
    page = read(samples.documents(samples.INVOICE, payers=(samples.NORTH,)))

    assert "Плательщик" not in page.texts("//thead//th")
    assert page.all("//select") == []
    assert page.all("//form[@action='/page/invoices']//input[@name='payer']/@value") == ["9999001045"]


def test_an_invoice_is_two_clicks_away():
    """The first opens the form, the second is a button with the sum in it."""
    page = read(samples.documents(samples.INVOICE, payers=(samples.NORTH,)))

    assert page.texts("//details/summary") == ["Выставить счёт"]
    quick = page.all("//details//button[@name='quick']")
    assert [(b.get("value"), b.text) for b in quick] == [
        ("1200.00", "долг 1\u00a0200,00\u00a0₽"),
        ("5500.00", "на\u00a0месяц 5\u00a0500,00\u00a0₽"),
        ("10000.00", "10\u00a0000,00\u00a0₽"),
    ]


def test_a_wrong_field_says_what_to_do_and_the_form_stays_open():
    page = read(samples.pages(Language.RU)["invoices with a wrong sum"])

    field = page.one("//input[@name='amount']")
    assert (field.get("value"), field.get("aria-invalid")) == ("много", "true")
    wrong = page.one(f"//*[@id='{field.get('aria-describedby')}']")
    assert wrong.text_content().startswith("Введите сумму больше нуля")
    assert page.one("//details").get("open") is not None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no acts", "Первый акт появится 1\u00a0марта"),
        ("no invoices", "Счёт придёт сам"),
        ("no reconciliations", "за\u00a0любой период"),
        ("no statistics", "в\u00a0день первой оплаты"),
        ("nobody to notify", "нет ни\u00a0одного администратора"),
        ("nothing found", "Возьмите период шире"),
    ],
)
def test_an_empty_place_says_what_will_come_or_what_to_do(name, said):
    assert said in read(samples.pages(Language.RU)[name]).text


def test_an_act_is_explained_from_what_was_paid_to_what_is_in_it():
    page = read(samples.document(samples.ACT))

    assert page.texts("(//table[@class='bridge'])[1]//tr/*") == [
        "Оплачено",
        "10\u00a0000,00\u00a0₽",
        "ещё не\u00a0потрачено",
        "−4\u00a0500,00\u00a0₽",
        "В\u00a0акте",
        "5\u00a0500,00\u00a0₽",
    ]
    assert page.texts("//section[@aria-labelledby='why']//tbody//tr[.//a]/td") == [
        samples.CRM,
        "01.01.2026–31.01.2026",
        "5\u00a0500,00\u00a0₽",
    ]


def test_a_plot_has_words_and_a_table_beside_it():
    page = read(samples.statistics_tab())

    svg = page.one("//*[contains(@class, 'plot')]")
    assert svg.get("role") == "img"
    assert "с\u00a001.01.2026 по\u00a010.02.2026" in page.one("//*[@id='plot-title']").text
    assert "наибольший 7\u00a0870,96\u00a0₽" in page.one("//*[@id='plot-desc']").text
    assert page.texts("//details[@class='as-table']//tbody/tr[1]/*") == ["01.01.2026", "0,00", "177,42", "−177,42"]
    assert len(page.all("//details[@class='as-table']//tbody/tr")) == 41


def test_months_of_statistics_stand_newest_first_with_a_total():
    page = read(samples.statistics_tab())

    assert page.texts("//section[@aria-labelledby='by-month']//tr[position() = last()]/*[1]") == [
        "Месяц",
        "январь\u00a02026",
        "Итого",
    ]
    assert page.texts("//section[@aria-labelledby='by-month']//tfoot//td") == [
        "0,00",
        "10\u00a0000,00",
        "7\u00a0500,00",
        "2\u00a0500,00",
        "5\u00a0500,00",
    ]


def test_english_is_english():
    page = read(samples.documents(samples.ACT, Language.EN, documents=(samples.row(),)))

    assert page.texts("//tbody/tr/*[position() < 6]") == [
        "Act No.\u00a045",
        "01\u00a0Feb\u00a02026",
        "January\u00a02026",
        "ООО «Дуэт-Север»",
        "5,500.00\u00a0₽",
    ]
    assert page.texts("//p[@class='forecast']") == ["Lasts until 14\u00a0February"]
