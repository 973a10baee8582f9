from __future__ import annotations

import pytest
import stdnum.ru.inn
import stdnum.ru.ogrn
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.requisites import (
    account_problem,
    bic_problem,
    correspondent_problem,
    inn_problem,
    kpp_problem,
    ogrn_problem,
    problems_of_bank,
    problems_of_party,
)
from billing.domain.troubles import Trouble

TYPO_IN_INN = "в ИНН опечатка: не сходится контрольная цифра"
TYPO_IN_OGRN = "в ОГРН опечатка: не сходится контрольная цифра"


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


def _said(problem: Trouble | None) -> str | None:
    return problem and str(problem)


@pytest.mark.parametrize(
    ("inn", "problem"),
    [
        pytest.param("7707083893", None, id="Сбербанк"),
        pytest.param("7736207543", None, id="Яндекс"),
        pytest.param("7736050003", None, id="Газпром"),
        pytest.param("7708004767", None, id="Лукойл"),
        pytest.param("7708503727", None, id="РЖД"),
        pytest.param("6663003127", None, id="СКБ Контур"),
        pytest.param("500100732259", None, id="entrepreneur"),
        pytest.param("7707083894", TYPO_IN_INN, id="check digit"),
        pytest.param("500100732258", TYPO_IN_INN, id="last check digit of twelve"),
        pytest.param("500100732249", TYPO_IN_INN, id="first check digit of twelve"),
        pytest.param(
            "770708389", "в ИНН должно быть 10 цифр (у компании) или 12 (у предпринимателя)", id="nine digits"
        ),
        pytest.param("0000000000", "ИНН не может начинаться с 00", id="zeros pass the checksum"),
        pytest.param("٧٧٠٧٠٨٣٨٩٣", "в ИНН должны быть только цифры", id="Arabic digits"),
        pytest.param("7707083893\n", "в ИНН должны быть только цифры", id="line break"),
        pytest.param("77070 83893", "в ИНН должны быть только цифры", id="space"),
        pytest.param("", "ИНН не указан", id="empty"),
    ],
)
def test_inn(inn: str, problem: str | None) -> None:
    assert _said(inn_problem(inn)) == problem


@pytest.mark.parametrize(
    ("kpp", "problem"),
    [
        pytest.param("773601001", None, id="usual"),
        pytest.param("9972AB001", None, id="letters in the reason"),
        pytest.param("997250001", None, id="largest taxpayer"),
        pytest.param("77360100", "в КПП должно быть 9 знаков", id="eight"),
        pytest.param("7736ab001", "КПП записан неверно", id="small letters"),
        pytest.param("7736АВ001", "КПП записан неверно", id="Cyrillic letters that look Latin"),
        pytest.param("A73601001", "КПП записан неверно", id="letter in the tax office"),
        pytest.param("000000000", "КПП записан неверно", id="zeros"),
        pytest.param("", "КПП не указан", id="empty"),
    ],
)
def test_kpp(kpp: str, problem: str | None) -> None:
    assert _said(kpp_problem(kpp)) == problem


@pytest.mark.parametrize(
    ("ogrn", "problem"),
    [
        pytest.param("1027700132195", None, id="Сбербанк"),
        pytest.param("1027700229193", None, id="Яндекс"),
        pytest.param("304500116000157", None, id="entrepreneur"),
        pytest.param("310253706100011", None, id="entrepreneur with the digit right"),
        pytest.param("1027700132196", TYPO_IN_OGRN, id="check digit"),
        pytest.param("310253706100012", TYPO_IN_OGRN, id="check digit of an entrepreneur"),
        pytest.param("2027700132195", "ОГРН начинается не с той цифры", id="number of a later record"),
        pytest.param("104500116000157", "ОГРН начинается не с той цифры", id="company's first digit of fifteen"),
        pytest.param("102770013219", "в ОГРН должно быть 13 цифр (в ОГРНИП 15)", id="twelve digits"),
        pytest.param("１027700132195", "в ОГРН должны быть только цифры", id="full-width digit"),
        pytest.param("", "ОГРН не указан", id="empty"),
    ],
)
def test_ogrn(ogrn: str, problem: str | None) -> None:
    assert _said(ogrn_problem(ogrn)) == problem


@given(inn=st.one_of(digits(10), digits(12)))
def test_inn_is_right_when_another_program_says_so(inn: str) -> None:
    ours = inn_problem(inn) is None

    assert ours == (stdnum.ru.inn.is_valid(inn) and not inn.startswith("00"))


@given(start=digits(9), check=st.integers(0, 9))
def test_one_last_digit_of_ten_makes_an_inn_right(start: str, check: int) -> None:
    inn = "7" + start[1:] + stdnum.ru.inn.calc_company_check_digit("7" + start[1:])

    assert inn_problem(inn) is None
    assert (inn_problem(inn[:-1] + str(check)) is None) == (inn[-1] == str(check))


@given(ogrn=digits(13).map(lambda text: "1" + text[1:]))
def test_ogrn_is_right_when_another_program_says_so(ogrn: str) -> None:
    assert (ogrn_problem(ogrn) is None) == stdnum.ru.ogrn.is_valid(ogrn)


@given(start=digits(13))
def test_ogrn_of_an_entrepreneur_is_right_when_another_program_says_so(start: str) -> None:
    """The other program forgets that of a remainder of 10, 11 or 12 only the last digit is printed."""
    remainder = int("3" + start) % 13

    assert ogrn_problem(f"3{start}{remainder % 10}") is None
    assert stdnum.ru.ogrn.is_valid(f"3{start}{remainder % 10}") == (remainder < 10)
    assert _said(ogrn_problem(f"3{start}{(remainder + 1) % 10}")) == TYPO_IN_OGRN


@pytest.mark.parametrize(
    ("bic", "problem"),
    [
        pytest.param("044525225", None, id="bank"),
        pytest.param("044525000", None, id="unit of the Bank of Russia"),
        pytest.param("04452522", "в БИК должно быть 9 цифр", id="eight digits"),
        pytest.param("144525225", "БИК российского банка начинается с 04", id="another country"),
        pytest.param("044525049", "БИК записан неверно", id="no bank has a number below 050"),
        pytest.param("", "БИК не указан", id="empty"),
    ],
)
def test_bic(bic: str, problem: str | None) -> None:
    assert _said(bic_problem(bic)) == problem


@pytest.mark.parametrize(
    ("bic", "correspondent", "problem"),
    [
        pytest.param("044525225", "30101810400000000225", None, id="Сбербанк"),
        pytest.param("044525974", "30101810145250000974", None, id="Т-Банк, 4525 inside"),
        pytest.param("044525593", "30101810200000000593", None, id="Альфа-Банк"),
        pytest.param("044525225", "30101810500000000225", "корреспондентский счёт не соответствует БИК", id="key"),
        pytest.param(
            "044525225", "30101810200000000593", "корреспондентский счёт не соответствует БИК", id="another bank's"
        ),
        pytest.param("044525225", "40702810400000000225", "корреспондентский счёт начинается с 30101", id="a client's"),
        pytest.param(
            "044525225", "3010181040000000022", "в корреспондентском счёте должно быть 20 цифр", id="nineteen digits"
        ),
        pytest.param("044525225", "", "корреспондентский счёт не указан", id="empty"),
    ],
)
def test_correspondent_account(bic: str, correspondent: str, problem: str | None) -> None:
    assert _said(correspondent_problem(correspondent, bic)) == problem


@pytest.mark.parametrize(
    ("bic", "account", "problem"),
    [
        pytest.param("044030653", "40702810455000024248", None, id="from an invoice template"),
        pytest.param("044525823", "40702810000000011692", None, id="from a payment sample"),
        pytest.param("044525201", "40702810738260104967", None, id="the same with the key right"),
        pytest.param("044525000", "40702810000000000001", None, id="at the Bank of Russia: 025, not 000"),
        pytest.param("044525201", "40702810938260104967", "расчётный счёт не соответствует БИК", id="needs 7"),
        pytest.param("044525201", "4070281093826010496", "в расчётном счёте должно быть 20 цифр", id="nineteen digits"),
        pytest.param(
            "044525201", "4070281093826010496A", "в расчётном счёте должно быть 20 цифр", id="letter at the end"
        ),
        pytest.param("044525201", "", "расчётный счёт не указан", id="empty"),
    ],
)
def test_account(bic: str, account: str, problem: str | None) -> None:
    assert _said(account_problem(account, bic)) == problem


@given(account=digits(20), place=st.integers(0, 19), other=st.integers(1, 9))
def test_one_wrong_digit_in_an_account_is_seen(account: str, place: int, other: int) -> None:
    right = next(a for key in range(10) if not account_problem(a := f"{account[:8]}{key}{account[9:]}", "044525225"))
    wrong = f"{right[:place]}{(int(right[place]) + other) % 10}{right[place + 1 :]}"

    assert _said(account_problem(wrong, "044525225")) == "расчётный счёт не соответствует БИК"


def test_letter_in_the_sixth_place_counts_as_its_digit() -> None:
    """Order № 515: A B C E H K M P T X stand for 0…9, so T is 8."""
    assert account_problem("40702810455000024248", "044030653") is None
    assert account_problem("40702T10455000024248", "044030653") is None
    assert _said(account_problem("40702A10455000024248", "044030653")) == "расчётный счёт не соответствует БИК"


@pytest.mark.parametrize(
    ("over", "problems"),
    [
        pytest.param({}, (), id="company in order"),
        pytest.param({"ogrn": ""}, (), id="without ОГРН"),
        pytest.param({"inn": "500100732259", "kpp": "", "ogrn": "304500116000157"}, (), id="entrepreneur in order"),
        pytest.param({"kpp": ""}, ("КПП не указан",), id="company without КПП"),
        pytest.param(
            {"inn": "500100732259", "ogrn": ""}, ("у предпринимателя не бывает КПП",), id="entrepreneur with КПП"
        ),
        pytest.param(
            {"ogrn": "304500116000157"},
            ("ОГРН и ИНН разного рода: один компании, другой предпринимателя",),
            id="company with an entrepreneur's ОГРН",
        ),
        pytest.param({"ogrn": "1027700132196"}, (TYPO_IN_OGRN,), id="wrong ОГРН"),
        pytest.param({"name": " "}, ("название не указано",), id="blank name"),
        pytest.param({"name": "О" * 1001}, ("название длиннее 1000 знаков",), id="endless name"),
        pytest.param({"address": ""}, ("адрес не указан",), id="no address"),
        pytest.param(
            {"name": "", "inn": "", "kpp": "", "ogrn": "", "address": ""},
            ("название не указано", "ИНН не указан", "КПП не указан", "адрес не указан"),
            id="nothing",
        ),
    ],
)
def test_problems_of_a_party_are_all_told(over: dict[str, str], problems: tuple[str, ...]) -> None:
    party = {
        "name": "ПАО Сбербанк",
        "inn": "7707083893",
        "kpp": "773601001",
        "ogrn": "1027700132195",
        "address": "117312, г. Москва, ул. Вавилова, д. 19",
    }

    assert tuple(map(str, problems_of_party(**{**party, **over}))) == problems


@pytest.mark.parametrize(
    ("over", "problems"),
    [
        pytest.param({}, (), id="in order"),
        pytest.param({"correspondent": ""}, (), id="bank without a correspondent account"),
        pytest.param({"bic": "44525225"}, ("в БИК должно быть 9 цифр",), id="keys are not judged by a wrong БИК"),
        pytest.param(
            {"account": "40702810300000000001", "correspondent": "30101810500000000225"},
            ("расчётный счёт не соответствует БИК", "корреспондентский счёт не соответствует БИК"),
            id="both keys",
        ),
        pytest.param({"account": "40702840500000000001"}, ("расчётный счёт не в рублях",), id="dollars"),
        pytest.param({"account": ""}, ("расчётный счёт не указан",), id="no account"),
    ],
)
def test_problems_of_a_bank_are_all_told(over: dict[str, str], problems: tuple[str, ...]) -> None:
    bank = {"bic": "044525225", "account": "40702810200000000001", "correspondent": "30101810400000000225"}

    assert tuple(map(str, problems_of_bank(**{**bank, **over}))) == problems


def test_account_of_an_entrepreneur_does_not_go_with_the_inn_of_a_company() -> None:
    bank = {"bic": "044525225", "account": "40802810100000000001"}

    assert problems_of_bank(**bank, inn="500100732259") == ()
    (told,) = problems_of_bank(**bank, inn="7707083893")
    assert str(told) == "расчётный счёт предпринимателя, а ИНН компании"
