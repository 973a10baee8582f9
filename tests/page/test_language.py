"""The language that is chosen, and how each says sums, days and counts; periods that are one click away."""

from __future__ import annotations

from datetime import date

import pytest

from billing.domain.periods import Month
from billing.page.language import Language
from billing.page.periods import document_spans, reconciliation_spans, statistics_spans

RU, EN = Language.RU, Language.EN
TODAY = date(2026, 2, 10)


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", RU),
        ("ru-RU,ru;q=0.9,en;q=0.8", RU),
        ("en-US,en;q=0.9", EN),
        ("en-GB", EN),
        ("de,en;q=0.7,ru;q=0.3", EN),
        ("de,fr", RU),
        ("en;q=0", RU),
        ("en;q=1.5", RU),
        ("en;q=nan", RU),
        ("en;level=1", RU),
        ("ru;q=0.5,en;q=0.5", RU),
        ("," * 10_000 + "en", RU),
    ],
)
def test_the_language_is_the_one_that_is_liked_best(accept, language):
    assert Language.chosen(accept) is language


def test_sums_and_days_are_said_as_the_language_says_them():
    assert (RU.roubles(-123_456_789), EN.roubles(-123_456_789)) == (
        "−1\u00a0234\u00a0567,89\u00a0₽",
        "−1,234,567.89\u00a0₽",
    )
    assert (RU.short_roubles(1_000_000), EN.short_roubles(1_000_000)) == ("10\u00a0000", "10,000")
    assert (RU.short_date(TODAY), EN.short_date(TODAY)) == ("10.02.2026", "10\u00a0Feb\u00a02026")
    assert RU.month_name(Month(2026, 2)) == "февраль\u00a02026"
    assert EN.quarter_name(Month(2026, 12)) == "Q4\u00a02026"
    assert [RU.counted(n, "день|дня|дней") for n in (1, 3, 11)] == ["1\u00a0день", "3\u00a0дня", "11\u00a0дней"]
    assert [EN.counted(n, "day|days") for n in (1, 2)] == ["1\u00a0day", "2\u00a0days"]


@pytest.mark.parametrize(
    ("day", "russian", "english"),
    [
        (date(2026, 2, 14), "14\u00a0февраля", "14\u00a0February"),
        (date(2027, 2, 14), "14\u00a0февраля\u00a02027\u00a0г.", "14\u00a0February\u00a02027"),
    ],
)
def test_a_day_of_another_year_is_said_with_its_year(day, russian, english):
    assert (RU.day_and_month(day, today=TODAY), EN.day_and_month(day, today=TODAY)) == (russian, english)


def _days(spans):
    return [(span.name.replace("\u00a0", " "), str(span.first), str(span.last)) for span in spans]


def test_a_list_is_one_click_from_months_quarters_and_years():
    assert _days(document_spans(TODAY, RU)) == [
        ("февраль 2026", "2026-02-01", "2026-02-28"),
        ("январь 2026", "2026-01-01", "2026-01-31"),
        ("I квартал 2026", "2026-01-01", "2026-03-31"),
        ("IV квартал 2025", "2025-10-01", "2025-12-31"),
        ("2026 год", "2026-01-01", "2026-12-31"),
        ("2025 год", "2025-01-01", "2025-12-31"),
    ]


def test_a_reconciliation_never_ends_after_today():
    assert _days(reconciliation_spans(TODAY, EN)) == [
        ("Q4 2025", "2025-10-01", "2025-12-31"),
        ("Q1 2026", "2026-01-01", "2026-02-10"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("2026", "2026-01-01", "2026-02-10"),
    ]


def test_statistics_are_one_click_from_the_last_months():
    assert _days(statistics_spans(TODAY, RU)) == [
        ("3 месяца", "2025-12-01", "2026-02-28"),
        ("6 месяцев", "2025-09-01", "2026-02-28"),
        ("12 месяцев", "2025-03-01", "2026-02-28"),
        ("2025 год", "2025-01-01", "2025-12-31"),
    ]
