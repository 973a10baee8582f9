"""Exports: numbers are numbers, texts are only texts, and the same tables make the same bytes."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.domain.explain import Place, Why
from billing.domain.ledger import MoneyClass
from billing.domain.periods import Month
from billing.exports import (
    Roubles,
    Table,
    act_tables,
    csv_of,
    in_english,
    payment_table,
    statistics_tables,
    xlsx_of,
)
from billing.exports.words import MONEY, PLACES, REASONS
from billing.usecases.explain import explain_act, explain_payment
from billing.usecases.statistics import statistics_of
from tests.exports.reading import Read, sheets
from tests.usecases.house import ACCOUNT, JANUARY, ROMASHKA, House, a_card, a_charge, a_payment

DAY = date(2026, 4, 3)
A_TABLE = Table(
    name="По месяцам",
    heads=("Месяц", "Сумма", "Дней", "День"),
    rows=(("2026-01", Roubles(-1_234_567_05), 31, date(2026, 1, 31)), ('ООО «Р; "К"»', Roubles(7), None, None)),
)


def read_csv(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_csv_is_as_a_russian_spreadsheet_expects_it():
    assert csv_of(A_TABLE).decode() == (
        '\ufeff"Месяц";"Сумма";"Дней";"День"\r\n"2026-01";-1234567,05;31;31.01.2026\r\n"ООО «Р; ""К""»";0,07;;\r\n'
    )


def test_an_xlsx_holds_numbers_and_dates_as_such():
    ((name, rows),) = sheets(xlsx_of([A_TABLE], made_on=DAY)).items()

    assert name == "По месяцам"
    assert [cell.value for cell in rows[0]] == list(A_TABLE.heads)
    month, amount, days, day = rows[1]
    assert month == Read("s", "2026-01", False, "0")
    assert (amount.kind, amount.value, amount.format) == ("n", "-1234567.05", "#,##0.00")
    assert (days.kind, days.value) == ("n", "31")
    assert (day.kind, day.value, day.format) == ("n", "46053", "dd.mm.yyyy")  # days since 30 December 1899
    assert [cell.value for cell in rows[2]] == ['ООО «Р; "К"»', "0.07"]


@settings(max_examples=200, derandomize=True, deadline=None)
@given(kopecks=st.integers(-(10**15), 10**15))
def test_any_sum_is_exact(kopecks):
    table = Table(name="t", heads=("a",), rows=((Roubles(kopecks),),))

    number = sheets(xlsx_of([table], made_on=DAY))["t"][1][0].value
    text = read_csv(csv_of(table))[1][0]

    for said in (number, text.replace(",", ".")):
        whole, _, part = said.partition(".")
        assert int(whole.lstrip("-")) * 100 + int(part.ljust(2, "0")) == abs(kopecks)
        assert said.startswith("-") == (kopecks < 0)


HOSTILE = [
    "=1+1",
    "+7 495 000-00-00",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff@x",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "\u202e=1",
    '=HYPERLINK("http://x")',
    "\t",
    "\rtext",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_could_be_run_stays_text(text):
    table = Table(name="t", heads=(text,), rows=((text,),))

    head, (cell,) = sheets(xlsx_of([table], made_on=DAY))["t"]
    in_csv = read_csv(csv_of(table))

    assert (cell.kind, cell.quoted, head[0].kind) == ("s", True, "s")
    assert in_csv[0][0][0] == in_csv[1][0][0] == "'"


@pytest.mark.parametrize("text", ["2026-01", "ООО «Минус-Плюс»", "a=b", "", "'x", "1+1", "№ 77 от 12.01.2026"])
def test_other_texts_stay_as_they_are(text):
    table = Table(name="t", heads=("a", "b"), rows=((text, "x"),))

    assert sheets(xlsx_of([table], made_on=DAY))["t"][1][0] == Read("s", text, False, "0")
    assert read_csv(csv_of(table))[1][0] == text


_any_text = st.text(st.characters(codec=None), max_size=30) | st.builds(
    "{}{}{}".format, st.sampled_from(["", " ", "\t", "\r\n", "\u200f", "\u00a0", "'"]), st.sampled_from("=+-@;\"'"),
    st.text(max_size=10))  # fmt: skip


@settings(max_examples=300, derandomize=True, deadline=None)
@given(text=_any_text)
def test_any_text_is_one_cell_of_text_and_breaks_no_file(text):
    table = Table(name="t", heads=("a", "b"), rows=((text, "end"),))

    cell, end = sheets(xlsx_of([table], made_on=DAY))["t"][1]
    (_, (in_csv, last)) = read_csv(csv_of(table))

    assert (end.value, last) == ("end", "end")
    assert cell.kind == "s"
    runs = in_csv.lstrip()[:1]
    assert runs not in ("=", "+", "-", "@")
    assert cell.quoted == in_csv.startswith("'") or text.startswith("'")


def test_an_endless_text_is_cut_to_what_a_cell_takes():
    table = Table(name="t", heads=("a",), rows=(("щ" * 100_000,),))

    (cell,) = sheets(xlsx_of([table], made_on=DAY))["t"][1]

    assert (len(cell.value), cell.value[-1]) == (32_000, "…")


def test_a_sheet_is_named_as_sheets_may_be():
    table = Table(name="Акт [1/2]: 'всё' о том, что вошло в него", heads=("a",), rows=())

    (name,) = sheets(xlsx_of([table], made_on=DAY))

    assert len(name) <= 31
    assert not set(name) & set("[]:*?/\\'")


def test_the_same_tables_make_the_same_bytes_whenever_they_are_made():
    with time_machine.travel(datetime.fromisoformat("2026-04-03T10:00:00+03:00"), tick=False):
        first = xlsx_of([A_TABLE], made_on=DAY)
    with time_machine.travel(datetime.fromisoformat("2031-09-09T23:00:00+03:00"), tick=False):
        later = xlsx_of([A_TABLE], made_on=DAY)

    assert first == later
    assert csv_of(A_TABLE) == csv_of(A_TABLE)


def test_everything_that_is_told_can_be_taken_away():
    house = House(
        a_card(), a_payment(1_000_000, key="p", document={"number": "77", "date": "2026-01-12"}),
        a_charge(550_000, title="=HYPERLINK(1)"),
    )  # fmt: skip
    house.night(JANUARY)
    inn, today = ROMASHKA["inn"], date(2026, 2, 3)
    statistics = statistics_of(ACCOUNT, JANUARY, Month(2026, 2), house.outside, today=today)
    payment = explain_payment(ACCOUNT, "p", house.outside)
    act = explain_act(ACCOUNT, f"2026-01.act.{inn}.0", house.outside)

    tables = (*statistics_tables(statistics), payment_table(payment), *act_tables(act))

    assert [(t.name, len(t.rows)) for t in tables] == [
        ("По месяцам", 2), ("По дням", 34), ("Услуги по дням", 1), ("Платёж", 2), ("Из чего акт", 1),
        ("Почему столько", 5)]  # fmt: skip
    assert all(len(row) == len(t.heads) for t in tables for row in t.rows)
    assert read_csv(csv_of(tables[0]))[1] == [
        "2026-01", "0,00", "10000,00", "5500,00", "0,00", "0,00", "0,00", "5500,00", "4500,00", "да"]  # fmt: skip
    assert read_csv(csv_of(tables[2]))[1] == ["31.01.2026", "crm", "'=HYPERLINK(1)", "5500,00"]
    assert read_csv(csv_of(tables[3]))[1] == [
        "в акте", "5500,00", "31.01.2026", "'=HYPERLINK(1)", "2026-01", "31.01.2026", "1", "1"]  # fmt: skip
    assert [row[:2] for row in read_csv(csv_of(tables[5]))[1:]] == [
        ["Поступило за месяц", "10000,00"], ["оплачено, но в этом месяце не потрачено", "-4500,00"],
        ["Сумма акта", "5500,00"], ["Списано за месяц", "5500,00"], ["Сумма акта", "5500,00"]]  # fmt: skip
    assert sheets(xlsx_of(tables, made_on=DAY)).keys() == {t.name for t in tables}


def test_every_label_of_the_tables_has_its_english():
    """Translate a table with one row for each label, and find nothing Russian in it."""
    labels = [*MONEY.values(), *PLACES.values(), *REASONS.values(), *(f"Поступило: {m}" for m in MONEY.values())]
    rows = tuple((label,) for label in labels)
    (told,) = in_english([Table(name="По месяцам", heads=("Месяц", "Остаток на начало"), rows=rows)])

    assert (told.name, told.heads) == ("By month", ("Month", "Opening balance"))
    assert [cell for row in told.rows for cell in row if re.search("[А-Яа-яЁё]", str(cell))] == []
    assert (set(MONEY), set(PLACES), set(REASONS)) == (set(MoneyClass), set(Place), set(Why))
