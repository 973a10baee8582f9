from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.errors import InvalidInputError
from billing.domain.vat import Vat, resolve, standard_rate


@pytest.mark.parametrize(
    ("gross", "rate", "vat"),
    [
        pytest.param(5_500_00, Vat.TWENTY_TWO, 991_80, id="5 500 at 22 %"),
        pytest.param(5_500_00, Vat.TWENTY, 916_67, id="5 500 at 20 %"),
        pytest.param(6_710_00, Vat.TWENTY_TWO, 1_210_00, id="6 710 at 22 %"),
        pytest.param(1_000_00, Vat.FIVE, 47_62, id="1 000 at 5 %"),
        pytest.param(1_000_00, Vat.SEVEN, 65_42, id="1 000 at 7 %"),
        pytest.param(1_180_00, Vat.EIGHTEEN, 180_00, id="1 180 at 18 %"),
        pytest.param(5_500_00, Vat.NONE, 0, id="without VAT"),
        pytest.param(0, Vat.TWENTY_TWO, 0, id="nothing"),
        pytest.param(3, Vat.TWENTY, 1, id="half a kopeck goes up"),
        pytest.param(9, Vat.TWENTY, 2, id="half goes up also from an odd kopeck"),
        pytest.param(-3, Vat.TWENTY, -1, id="half a kopeck given back mirrors half a kopeck taken"),
        pytest.param(-5_500_00, Vat.TWENTY_TWO, -991_80, id="given back"),
    ],
)
def test_vat_inside_a_sum(gross: int, rate: Vat, vat: int) -> None:
    assert rate.included_in(gross) == vat


@given(gross=st.integers(-(10**13), 10**13), rate=st.sampled_from(Vat))
def test_vat_is_the_nearest_kopeck_and_changes_sign_with_the_sum(gross: int, rate: Vat) -> None:
    vat = rate.included_in(gross)

    assert abs(vat - Fraction(gross * rate.percent, 100 + rate.percent)) <= Fraction(1, 2)
    assert rate.included_in(-gross) == -vat


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        pytest.param(date(2004, 1, 1), Vat.EIGHTEEN, id="the first known"),
        pytest.param(date(2018, 12, 31), Vat.EIGHTEEN, id="last day of 18 %"),
        pytest.param(date(2019, 1, 1), Vat.TWENTY, id="first day of 20 %"),
        pytest.param(date(2025, 12, 31), Vat.TWENTY, id="last day of 20 %"),
        pytest.param(date(2026, 1, 1), Vat.TWENTY_TWO, id="first day of 22 %"),
        pytest.param(date(2040, 7, 1), Vat.TWENTY_TWO, id="until another law"),
    ],
)
def test_standard_rate_is_that_of_the_day_of_service(day: date, rate: Vat) -> None:
    assert standard_rate(day) is rate
    assert resolve("standard", day) is rate


def test_rates_before_2004_are_not_known() -> None:
    with pytest.raises(InvalidInputError):
        standard_rate(date(2003, 12, 31))


@pytest.mark.parametrize("mode", ["5", "7"])
def test_special_rates_exist_from_2025(mode: str) -> None:
    assert resolve(mode, date(2025, 1, 1)).percent == int(mode)
    with pytest.raises(InvalidInputError, match="before 2025"):
        resolve(mode, date(2024, 12, 31))


def test_line_without_vat_has_no_rate_on_any_day() -> None:
    assert resolve("none", date(2003, 1, 1)) is Vat.NONE


@pytest.mark.parametrize("mode", ["", "18", "20", "22", "0", "NONE", "5%"])
def test_mode_that_nobody_agreed_on_is_refused(mode: str) -> None:
    """A fixed 20 or 22 would outlive its law: the standard rate is asked for as such."""
    with pytest.raises(InvalidInputError, match="unknown VAT mode"):
        resolve(mode, date(2026, 1, 1))
