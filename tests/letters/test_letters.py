from __future__ import annotations

import html
import os
from dataclasses import fields, replace
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.errors import InvalidInputError
from billing.domain.periods import Month
from billing.letters import compose
from billing.letters.contexts import (
    Apart,
    Context,
    EdoLine,
    EdoSection,
)
from billing.letters.contexts_report import (
    AccountLine,
    Accounts,
    Charges,
    RunReport,
    Series,
    SinceEver,
)
from billing.ports import Attachment
from tests.letters.adding_up import SECTIONS, columns
from tests.letters.samples import (
    ACT,
    ADDRESS_CONFIRMATION,
    CLOSING_DOCUMENTS,
    CONTRACT,
    DOCUMENT_AGAIN,
    EDO_REMINDER,
    EDO_REPORT,
    INVOICE,
    LETTERS,
    ORDERED_DOCUMENT,
    RECONCILIATION,
    RUN_REPORT,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "letters"
NBSP = "\u00a0"
JANUARY, FEBRUARY = f"январь{NBSP}2026{NBSP}г.", f"февраль{NBSP}2026{NBSP}г."

HOSTILE = [
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param('" onmouseover="alert(1)', id="a way out of an attribute"),
    pytest.param("ООО\r\nBcc: all@example.ru", id="one header more"),
    pytest.param("ООО\r\n\r\nНовое тело", id="another body"),
    pytest.param("ООО\u2028Bcc: x\x85y\x0bz\x1c", id="line ends of Unicode"),
    pytest.param("ООО \u202eакшамоР\u2066", id="text turned around"),
    pytest.param("Ро\u200bма\u00adшка\ufeff", id="unseen marks"),
    pytest.param("{{ 7 * 7 }}{% raw %}", id="a template"),
    pytest.param("ф" * 10_000, id="ten thousand letters"),
    pytest.param("\ud800", id="half a character"),
]


class _Shape(HTMLParser):
    """The tags of a page with the names of their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))


def _everywhere(context: Context, text: str) -> Context:
    """The same letter with the text in every place that comes from outside and is not a link."""
    over: dict[str, object] = {
        field.name: text
        for field in fields(context)
        if isinstance(getattr(context, field.name), str) and not field.name.endswith("_url")
    }
    if context is CLOSING_DOCUMENTS:
        over["documents"] = (replace(ACT, title=text, file_name=text),)
    if context in (ORDERED_DOCUMENT, DOCUMENT_AGAIN, CONTRACT):
        over["document"] = replace(ACT, title=text, file_name=text)
    if context is RUN_REPORT:
        line = AccountLine(account=text, reason=text, detail=text)
        names = ("parked", "still_open", "blocked", "warned", "nobody", "undelivered")
        over |= dict.fromkeys(names, Accounts(lines=(line,), count=1))
    if context is EDO_REPORT:
        said = EdoLine(who=text, inn=text, reason=text, detail=text, fresh=True)
        over |= {"sections": (EdoSection(name=text, count=1, fresh=1, lines=(said,)),), "totals": ((text, 1),)}
    return replace(context, **over)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", LETTERS)
def test_letter_reads_as_its_golden_file(name: str) -> None:
    letter = compose(LETTERS[name])

    for form, said in (("txt", f"{letter.subject}\n\n{letter.text}"), ("html", letter.html)):
        golden = GOLDEN / f"{name}.{form}"
        if os.environ.get("UPDATE_GOLDEN"):
            golden.write_text(said, encoding="utf-8")
        assert said == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "context",
    [
        *(CLOSING_DOCUMENTS, ORDERED_DOCUMENT, DOCUMENT_AGAIN, CONTRACT),
        *(RUN_REPORT, ADDRESS_CONFIRMATION, EDO_REMINDER, EDO_REPORT),
    ],
)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_neither_headers_nor_tags(context: Context, text: str) -> None:
    letter = compose(_everywhere(context, text))

    assert len(letter.subject) <= 150
    assert letter.subject.isprintable()
    assert not any(mark in letter.subject + letter.text + letter.html for mark in "\r\u2028\x85\u202e\u2066\u200b\x1c")
    tame = compose(_everywhere(context, "ООО"))
    assert _Shape(letter.html).tags == _Shape(tame.html).tags
    assert letter.text.count("\n") == tame.text.count("\n")


@given(text=st.text(max_size=300))
def test_no_text_breaks_a_header_or_the_page(text: str) -> None:
    letter = compose(
        replace(CLOSING_DOCUMENTS, customer=text, seller_name=text),
        attachments=[Attachment(file_name=text, body=b"%PDF")],
    )

    message = EmailMessage(policy=SMTP)
    message["Subject"] = letter.subject
    message.set_content(letter.text)
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=letter.attachments[0].file_name)
    assert message.as_bytes()
    assert len(letter.subject.splitlines()) == 1
    assert len(letter.subject) <= 150
    assert len(letter.attachments[0].file_name.splitlines()) <= 1
    assert _Shape(letter.html).tags == _Shape(compose(CLOSING_DOCUMENTS).html).tags


def test_what_a_client_is_called_is_read_in_html_as_it_is_written() -> None:
    letter = compose(replace(CLOSING_DOCUMENTS, customer="Рога & <Копыта>"))

    assert "Рога &amp; &lt;Копыта&gt;" in letter.html
    assert "Рога & <Копыта>" in letter.text
    assert letter.subject.endswith("— Рога & <Копыта>")


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "", " https://crm.example"],
)
def test_letter_with_a_link_to_no_page_is_not_composed(url: str) -> None:
    with pytest.raises(InvalidInputError):
        compose(replace(CLOSING_DOCUMENTS, page_url=url))


def test_link_with_quotes_stays_within_its_attribute() -> None:
    letter = compose(replace(ADDRESS_CONFIRMATION, confirm_url='https://crm.example/?a="><b>&c=1'))

    assert "<b>" not in letter.html
    assert html.unescape(letter.html).count('https://crm.example/?a="><b>&c=1') == 1


@pytest.mark.parametrize(
    ("sums", "said"),
    [
        pytest.param(
            {"paid": 10_000_00, "charged": 5_500_00, "acted": 5_500_00, "balance": 4_500_00},
            "оплачено 10 000,00 ₽, списано 5 500,00 ₽ — акт на 5 500,00 ₽: он выписывается на то, что списано, а не "
            "на то, что оплачено. Остаток 4 500,00 ₽ пойдёт на услуги следующих месяцев, поэтому аванс в счёте меньше "
            "стоимости месяца.\n",
            id="paid more than charged",
        ),
        pytest.param(
            {"acted": 3_000_00, "apart": Apart(unpaid=2_500_00), "balance": -2_500_00},
            "списано 5 500,00 ₽, акт на 3 000,00 ₽. В акт не вошли 2 500,00 ₽, которые ещё не оплачены.\n",
            id="a part waits for its payment",
        ),
        pytest.param(
            {"acted": 2_000_00, "apart": Apart(bonus=2_500_00, individual=1_000_00), "balance": 0},
            "акт на 2 000,00 ₽. В акт не вошли 2 500,00 ₽, оплаченные бонусами, и 1 000,00 ₽, оплаченные картой "
            "физического лица.\n",
            id="a part earns no act",
        ),
        pytest.param(
            {"acted": 8_000_00, "apart": Apart(earlier=2_500_00), "balance": 0},
            "акт на 8 000,00 ₽. Вошли услуги прошлых месяцев на 2 500,00 ₽.\n",
            id="services of earlier months",
        ),
        pytest.param(
            {"paid": 5_500_00, "recalculated": -1_000_00, "balance": 0},
            "В акте есть строка с минусом: перерасчёт на −1 000,00 ₽.\n",
            id="a minus line",
        ),
        pytest.param(
            {"paid": 5_500_00, "rates": ("22", "none"), "balance": 0},
            "НДС в акте разный: 22 %, без НДС.\n",
            id="two rates",
        ),
    ],
)
def test_letter_says_why_the_act_is_not_for_what_was_paid(sums: dict[str, Any], said: str) -> None:
    letter = compose(replace(CLOSING_DOCUMENTS, **sums))

    text = letter.text.replace(NBSP, " ")
    assert said in text
    assert said.strip() in html.unescape(letter.html).replace(NBSP, " ")


def test_what_nobody_has_paid_is_not_called_paid() -> None:
    letter = compose(replace(CLOSING_DOCUMENTS, paid=0, balance=-5_500_00))

    assert "оплачено" not in letter.text


def test_letter_says_what_an_invoice_is_made_of_and_until_when_it_is_valid() -> None:
    parts = ((f"Задолженность за {JANUARY}", 2_000_00), (f"Аванс за {FEBRUARY}", 6_000_00))
    invoice = replace(INVOICE, total=8_000_00, parts=parts)

    letter = compose(replace(CLOSING_DOCUMENTS, documents=(ACT, invoice)))

    said = (
        "Задолженность за январь 2026 г. 2 000,00 ₽, аванс за февраль 2026 г. 6 000,00 ₽. "
        "Действует до 11 февраля 2026 г."
    )
    assert f"  {said}\n" in letter.text.replace(NBSP, " ")
    assert f">{said}</span>" in letter.html.replace(NBSP, " ")


def test_originals_come_by_the_end_of_the_window_or_within_days() -> None:
    by_the_5th, within_days = (
        compose(replace(CLOSING_DOCUMENTS, originals_by=day)).text.replace(NBSP, " ")
        for day in (date(2026, 4, 5), None)
    )

    assert "Подписанные оригиналы до 5 апреля 2026 г. придут через Диадок." in by_the_5th
    assert "Подписанные оригиналы в ближайшие дни придут через Диадок." in within_days


@pytest.mark.parametrize("name", LETTERS)
def test_a_subject_has_plain_spaces_and_no_line_of_a_page_begins_with_a_dash(name: str) -> None:
    letter = compose(LETTERS[name])

    assert NBSP not in letter.subject
    assert " —" not in letter.html


def test_nothing_is_explained_where_the_act_is_for_what_was_paid() -> None:
    letter = compose(replace(CLOSING_DOCUMENTS, paid=5_500_00, charged=5_500_00, acted=5_500_00))

    assert "оплачено" not in letter.text + letter.html


def test_nothing_is_explained_where_an_act_of_the_month_is_not_attached() -> None:
    letter = compose(replace(CLOSING_DOCUMENTS, paid=25_000_00, charged=15_000_00, acted=None))

    assert "оплачено" not in letter.text + letter.html


def test_nothing_is_explained_where_there_is_no_act() -> None:
    letter = compose(replace(CLOSING_DOCUMENTS, documents=(INVOICE,), acted=0))

    assert "списано" not in letter.text + letter.html


@pytest.mark.parametrize(
    ("balance", "said"),
    [
        pytest.param(5_500_00, "ваш долг 5 500,00 ₽", id="they owe us"),
        pytest.param(-4_500_00, "наш долг 4 500,00 ₽", id="we owe them"),
        pytest.param(0, "долгов нет", id="nobody owes"),
    ],
)
def test_an_act_of_reconciliation_says_who_owes_whom(balance: int, said: str) -> None:
    letter = compose(replace(ORDERED_DOCUMENT, document=replace(RECONCILIATION, total=balance), pay_by=None))

    assert f", {said}\n" in letter.text.replace(NBSP, " ")
    assert f">{said}</td>" in letter.html.replace(NBSP, " ")


def test_several_acts_are_spoken_of_as_several() -> None:
    letter = compose(replace(CLOSING_DOCUMENTS, documents=(ACT, ACT)))

    assert "акты на 5 500,00 ₽: они выписываются" in letter.text.replace(NBSP, " ")


def test_report_never_shows_an_address_whole() -> None:
    line = AccountLine(account="c-000081", reason="bounced", detail="ivanov@mail.ru")

    letter = compose(replace(RUN_REPORT, undelivered=Accounts(lines=(line,), count=1)))

    assert "ivanov" not in letter.text + letter.html
    assert "i***@mail.ru" in letter.text
    assert "i***@mail.ru" in letter.html


def test_report_of_a_bad_night_is_short_enough_to_be_shown_whole() -> None:
    lines = tuple(
        AccountLine(account=f"c-{n:06}", reason="плательщик: КПП не указан", detail="Акт") for n in range(200)
    )
    many = Accounts(lines=lines, count=90_000)

    lists = ("wrong", "parked", "still_open", "blocked", "warned", "carried", "unacted", "by_others", "late", "nobody")

    letter = compose(replace(RUN_REPORT, undelivered=many, **dict.fromkeys(lists, many)))

    assert len(letter.html.encode()) < 102_000
    assert letter.text.count("и ещё 89985") == 11
    assert letter.html.count("и ещё 89985") == 11


@pytest.mark.parametrize(
    ("over", "verdict"),
    [
        pytest.param({}, "сходится", id="all well"),
        pytest.param({"holds": False}, "НЕ СХОДИТСЯ", id="the journal and the papers differ"),
        pytest.param({"complete": False}, "не завершено", id="accounts left"),
        pytest.param({"complete": False, "holds": False}, "НЕ СХОДИТСЯ", id="the worse of two"),
    ],
)
def test_subject_of_the_report_is_its_verdict(over: dict[str, object], verdict: str) -> None:
    letter = compose(replace(RUN_REPORT, **over))  # type: ignore[arg-type]

    assert letter.subject.replace(NBSP, " ") == f"Январь 2026 г.: закрыто 1201 из 1203, {verdict}"


def test_report_of_a_month_with_nothing_in_it_reads_well() -> None:
    nothing = RunReport(
        month=Month(2026, 1), complete=True, holds=True, scanned=0, closed=0, parked=Accounts(), still_open=Accounts(),
        charges=Charges(), came=(), paid=(), acts=(), vat=(), past=(), ever=SinceEver(), documents=(), series=(),
        letters=(),
    )  # fmt: skip

    letter = compose(nothing)

    text = letter.text.replace(NBSP, " ")
    assert text.startswith(
        "Закрытие месяца: январь 2026 г.\n"
        "\n"
        "Счетов 0: закрыто 0, отложено 0, осталось открытыми 0.\n"
        "Сходится: списания и оплаты журнала и документы говорят одно и то же по каждому счёту и плательщику, номера"
        " все на месте.\n"
        "\n"
        "СПИСАНО И ОПЛАЧЕНО\n"
    )
    assert text.endswith("ПОСТУПИЛО\n— итого: 0,00 ₽\n\nПИСЬМА\nнет\n")
    assert "\n\n\n" not in text


@pytest.mark.parametrize("section", SECTIONS)
def test_every_column_of_the_report_adds_up_to_its_printed_total(section: str) -> None:
    rows, total = columns(compose(RUN_REPORT).text, section)

    assert [sum(column) for column in zip(*rows, strict=True)] == total


def test_rows_of_acts_add_up_across_to_what_the_acts_hold() -> None:
    rows, total = columns(compose(RUN_REPORT).text, "АКТЫ")

    assert [sum(row[:-1]) for row in (*rows, total)] == [row[-1] for row in (*rows, total)]


def test_report_says_of_a_series_what_is_missing() -> None:
    gaps = (Series(name="act.2026", last=734, missing=((17, 17), (20, 23))),)

    letter = compose(replace(RUN_REPORT, series=gaps, holds=False))

    assert "— ряд act.2026: 1–734, НЕ ХВАТАЕТ: 17, 20–23\n" in letter.text


def test_attachments_go_along_unchanged() -> None:
    letter = compose(CLOSING_DOCUMENTS, attachments=[Attachment(file_name="Акт № 45.pdf", body=b"%PDF-1.7")])

    assert letter.attachments == (Attachment(file_name="Акт № 45.pdf", body=b"%PDF-1.7"),)
