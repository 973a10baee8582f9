"""What people type for a sum and for a day."""

from __future__ import annotations

from datetime import date

import pytest

from billing.page.addresses import in_field
from billing.page.language import Language
from billing.page.typed import typed_day, typed_sum


@pytest.mark.parametrize(
    ("text", "kopecks"),
    [
        ("5500", 550_000),
        ("5 500", 550_000),
        ("5\u00a0500,5", 550_050),
        ("5500.05 ₽", 550_005),
        (" 0,01 ", 1),
        ("1 000 руб.", 100_000),
        ("5500 руб", 550_000),
        ("5500р", 550_000),
        ("5500 Р.", 550_000),
        ("999999999999", 99_999_999_999_900),
        ("0", None),
        ("0,00", None),
        ("-5", None),
        ("5,500.00", None),
        ("5,500", None),
        ("5.500", None),
        ("1e3", None),
        ("٥", None),
        ("NaN", None),
        ("", None),
        ("1" * 13, None),
        ("=1+1", None),
    ],
)
def test_a_sum_is_read_as_people_write_it(text, kopecks):
    assert typed_sum(text, Language.RU) == kopecks


@pytest.mark.parametrize(
    ("text", "kopecks"),
    [
        ("10,000.00", 1_000_000),
        ("10,000", 1_000_000),
        ("1,234,567.8 ₽", 123_456_780),
        ("5500.50", 550_050),
        ("5 500", 550_000),
        ("5500,50", None),
        ("10,00", None),
        ("1,0000", None),
        ("1,234,56", None),
        ("5.500", None),
        (",500", None),
        ("0.00", None),
    ],
)
def test_a_sum_is_read_as_people_write_it_in_english(text, kopecks):
    assert typed_sum(text, Language.EN) == kopecks


@pytest.mark.parametrize("language", list(Language))
def test_what_the_page_writes_itself_is_read(language):
    assert typed_sum(language.roubles(123_456_789), language) == 123_456_789
    assert typed_sum(in_field(123_456_789), language) == 123_456_789


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-02-01", date(2026, 2, 1)),
        ("01.02.2026", date(2026, 2, 1)),
        ("1.2.2026", date(2026, 2, 1)),
        (" 2026-02-01 ", date(2026, 2, 1)),
        ("2026-02-30", None),
        ("31.02.2026", None),
        ("02/01/2026", None),
        ("2026-2-1", None),
        ("9999-01-01", None),
        ("٢٠٢٦-٠٢-٠١", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_browsers_and_people_write_it(text, day):
    assert typed_day(text) == day
