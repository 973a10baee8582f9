from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from num2words import num2words

from billing.domain.errors import InvalidInputError
from billing.domain.periods import Month
from billing.domain.wording import counted, in_words, long_date, month_name, month_of, names_list, plural, short_date


@pytest.mark.parametrize(
    ("kopecks", "text"),
    [
        (0, "Ноль рублей 00 копеек"),
        (1, "Ноль рублей 01 копейка"),
        (101, "Один рубль 01 копейка"),
        (200202, "Две тысячи два рубля 02 копейки"),
        (550000, "Пять тысяч пятьсот рублей 00 копеек"),
        (1111111, "Одиннадцать тысяч сто одиннадцать рублей 11 копеек"),
        (2100000, "Двадцать одна тысяча рублей 00 копеек"),
        (100000000, "Один миллион рублей 00 копеек"),
        (100000100, "Один миллион один рубль 00 копеек"),
        (-10050, "Минус сто рублей 50 копеек"),
        (-1, "Минус ноль рублей 01 копейка"),
        (10**15, "Десять триллионов рублей 00 копеек"),
        (2_002_002_002_002_99, "Два триллиона два миллиарда два миллиона две тысячи два рубля 99 копеек"),
    ],
)
def test_sum_in_words(kopecks: int, text: str) -> None:
    assert in_words(kopecks) == text


@given(kopecks=st.integers(-(10**15), 10**15))
@example(kopecks=11_000_00)
@example(kopecks=10**15 - 1)
def test_sum_in_words_is_what_another_program_says(kopecks: int) -> None:
    theirs = num2words(Decimal(kopecks) / 100, lang="ru", to="currency", currency="RUB", cents=False, separator="")

    assert in_words(kopecks) == theirs[0].upper() + theirs[1:]


@pytest.mark.parametrize("kopecks", [10**17, -(10**17)])
def test_a_quadrillion_roubles_has_no_words(kopecks: int) -> None:
    with pytest.raises(InvalidInputError):
        in_words(kopecks)


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (0, "0\u00a0документов"),
        (1, "1\u00a0документ"),
        (2, "2\u00a0документа"),
        (4, "4\u00a0документа"),
        (5, "5\u00a0документов"),
        (11, "11\u00a0документов"),
        (14, "14\u00a0документов"),
        (21, "21\u00a0документ"),
        (22, "22\u00a0документа"),
        (111, "111\u00a0документов"),
        (1001, "1001\u00a0документ"),
    ],
)
def test_noun_goes_with_its_number(n: int, text: str) -> None:
    assert counted(n, "документ", "документа", "документов") == text


def test_sign_does_not_change_the_noun() -> None:
    assert plural(-2, "день", "дня", "дней") == "дня"


def test_dates_are_written_as_on_papers() -> None:
    assert short_date(date(2026, 2, 1)) == "01.02.2026"
    assert long_date(date(2026, 2, 1)) == "1\u00a0февраля\u00a02026\u00a0г."


@pytest.mark.parametrize(
    ("number", "name", "of"),
    [
        (1, "январь", "января"),
        (2, "февраль", "февраля"),
        (3, "март", "марта"),
        (4, "апрель", "апреля"),
        (5, "май", "мая"),
        (6, "июнь", "июня"),
        (7, "июль", "июля"),
        (8, "август", "августа"),
        (9, "сентябрь", "сентября"),
        (10, "октябрь", "октября"),
        (11, "ноябрь", "ноября"),
        (12, "декабрь", "декабря"),
    ],
)
def test_months_have_names(number: int, name: str, of: str) -> None:
    month = Month(2026, number)

    assert month_name(month) == f"{name}\u00a02026\u00a0г."
    assert month_of(month) == f"{of}\u00a02026\u00a0г."
    assert long_date(month.first_day) == f"1\u00a0{of}\u00a02026\u00a0г."


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ((), ""),
        (("счёт",), "счёт"),
        (("счёт", "акт"), "счёт и акт"),
        (("счёт", "акт", "договор"), "счёт, акт и договор"),
    ],
)
def test_names_stand_in_a_list(names: tuple[str, ...], text: str) -> None:
    assert names_list(names) == text
