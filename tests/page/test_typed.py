"""What people type for a sum and for a day."""

from __future__ import annotations

from datetime import date

import pytest

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
        ("999999999999", 99_999_999_999_900),
        ("0", None),
        ("0,00", None),
        ("-5", None),
        ("5,500.00", None),
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
    assert typed_sum(text) == kopecks


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
