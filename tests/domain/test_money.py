from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.money import divided, plain_roubles, roubles, share

amounts = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("kopecks", "for_people", "for_machines"),
    [
        (0, "0,00", "0.00"),
        (5, "0,05", "0.05"),
        (-5, "−0,05", "-0.05"),
        (100, "1,00", "1.00"),
        (550000, "5\u00a0500,00", "5500.00"),
        (99999, "999,99", "999.99"),
        (-123456705, "−1\u00a0234\u00a0567,05", "-1234567.05"),
    ],
)
def test_sum_is_written(kopecks: int, for_people: str, for_machines: str) -> None:
    assert roubles(kopecks) == for_people
    assert plain_roubles(kopecks) == for_machines


@given(kopecks=amounts)
def test_written_sum_is_read_back_exactly(kopecks: int) -> None:
    assert Decimal(plain_roubles(kopecks)) * 100 == kopecks
    people = roubles(kopecks).replace("\u00a0", "").replace(",", ".").replace("−", "-")
    assert people == plain_roubles(kopecks)


@pytest.mark.parametrize(
    ("amount", "by", "part"),
    [
        (100, "3", 33),
        (200, "3", 67),
        (5, "2", 3),
        (-5, "2", -3),
        (1, "2", 1),
        (1, "2.01", 0),
        (550000, "0.5", 1100000),
    ],
)
def test_division_rounds_half_away_from_zero(amount: int, by: str, part: int) -> None:
    assert divided(amount, Decimal(by)) == part


@given(amount=amounts, by=st.integers(1, 10**9))
def test_division_is_exact_to_half_a_kopeck(amount: int, by: int) -> None:
    assert abs(divided(amount, Decimal(by)) - Fraction(amount, by)) <= Fraction(1, 2)


def test_share_is_rounded_down() -> None:
    assert share(1, 3, 100) == 33
    assert share(3, 3, 100) == 100


@given(parts=st.lists(st.integers(1, 10**9), min_size=1, max_size=12), of=st.integers(0, 10**12))
def test_shares_taken_one_after_another_leave_nothing(parts: list[int], of: int) -> None:
    whole, left = sum(parts), of
    for part in parts:
        taken = share(part, whole, left)
        assert 0 <= taken <= left
        whole, left = whole - part, left - taken

    assert left == 0
