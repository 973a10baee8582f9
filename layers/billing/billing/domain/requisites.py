"""Requisites of companies, entrepreneurs and banks: what is wrong with them, in words an accountant understands.

A check answers None, or the reason. Reasons hold no values: they go to reports and logs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause, Trouble

NAME_MAX = 1_000  # characters of a name; the formal titles of the tax service take no more
ROUBLES = "810"  # currency of accounts; 643 stands in statements, never in an account
CENTRAL_BANK_UNITS = ("000", "001", "002")

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11TH = (7, *_INN_10)
_INN_12TH = (3, *_INN_11TH)
_CLEARING_LETTERS = "ABCEHKMPTX"  # digits 0…9 in the sixth place of an account in a clearing currency


def inn_problem(inn: str) -> Trouble | None:
    """Of an INN of a company (10 digits) or a person (12).

    Source: order of the Federal Tax Service 29.06.2012 ММВ-7-6/435@; weights as in documents of the service.
    """
    if not inn:
        return trouble(Cause.INN_MISSING)
    if not re.fullmatch("[0-9]+", inn):
        return trouble(Cause.INN_NOT_DIGITS)
    if len(inn) not in (10, 12):
        return trouble(Cause.INN_LENGTH)
    if inn.startswith("00"):  # no such region; the checksum alone would let all zeros through
        return trouble(Cause.INN_REGION)
    digits = [int(digit) for digit in inn]
    checks = (_INN_10,) if len(inn) == 10 else (_INN_11TH, _INN_12TH)
    if any(_check_digit(digits, weights) != digits[len(weights)] for weights in checks):
        return trouble(Cause.INN_TYPO)
    return None


def _check_digit(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(d * w for d, w in zip(digits, weights, strict=False)) % 11 % 10


def kpp_problem(kpp: str) -> Trouble | None:
    """Of a KPP: the tax office, the reason (digits or Latin capitals), the number; there is no check digit.

    Source: order of the Federal Tax Service 29.06.2012 ММВ-7-6/435@.
    """
    if not kpp:
        return trouble(Cause.KPP_MISSING)
    if len(kpp) != 9:
        return trouble(Cause.KPP_LENGTH)
    if not re.fullmatch("[0-9]{4}[0-9A-Z]{2}[0-9]{3}", kpp) or kpp.startswith("00"):
        return trouble(Cause.KPP_FORM)
    return None


def ogrn_problem(ogrn: str) -> Trouble | None:
    """Of the ОГРН of a company (13 digits) or the ОГРНИП of an entrepreneur (15).

    Source: order of the Ministry of Finance 30.10.2017 № 165н (the first digit tells what is numbered).
    """
    if not ogrn:
        return trouble(Cause.OGRN_MISSING)
    if not re.fullmatch("[0-9]+", ogrn):
        return trouble(Cause.OGRN_NOT_DIGITS)
    if len(ogrn) not in (13, 15):
        return trouble(Cause.OGRN_LENGTH)
    if ogrn[0] not in ("15" if len(ogrn) == 13 else "34"):
        return trouble(Cause.OGRN_FIRST_DIGIT)
    if int(ogrn[:-1]) % (len(ogrn) - 2) % 10 != int(ogrn[-1]):
        return trouble(Cause.OGRN_TYPO)
    return None


def bic_problem(bic: str) -> Trouble | None:
    """Of a BIC by its form alone: whether there is such a bank only the directory of the Bank of Russia knows."""
    if not bic:
        return trouble(Cause.BIC_MISSING)
    if not re.fullmatch("[0-9]{9}", bic):
        return trouble(Cause.BIC_LENGTH)
    if not bic.startswith("04"):
        return trouble(Cause.BIC_FOREIGN)
    if bic[6:] < "050" and bic[6:] not in CENTRAL_BANK_UNITS:
        return trouble(Cause.BIC_FORM)
    return None


def account_problem(account: str, bic: str) -> Trouble | None:
    """Of a client's account at the bank with this BIC, which is right itself.

    Source: order of the Bank of Russia 08.09.1997 № 515.
    """
    if not account:
        return trouble(Cause.BANK_ACCOUNT_MISSING)
    if not _is_account(account):
        return trouble(Cause.BANK_ACCOUNT_LENGTH)
    at_central_bank = bic[6:] in CENTRAL_BANK_UNITS
    if not _key_holds(account, _unit(bic) if at_central_bank else bic[6:]):
        return trouble(Cause.BANK_ACCOUNT_NOT_OF_BIC)
    return None


def correspondent_problem(correspondent: str, bic: str) -> Trouble | None:
    """Of the bank's own account at the Bank of Russia; the BIC is right itself.

    Its key is counted with the unit of the Bank of Russia where it is kept, not with the bank's own number.

    Source: order of the Bank of Russia 08.09.1997 № 515.
    """
    if not correspondent:
        return trouble(Cause.CORRESPONDENT_MISSING)
    if not _is_account(correspondent):
        return trouble(Cause.CORRESPONDENT_LENGTH)
    if not correspondent.startswith("30101"):
        return trouble(Cause.CORRESPONDENT_FORM)
    if correspondent[-3:] != bic[6:] or not _key_holds(correspondent, _unit(bic)):
        return trouble(Cause.CORRESPONDENT_NOT_OF_BIC)
    return None


def _unit(bic: str) -> str:
    return f"0{bic[4:6]}"


def _is_account(account: str) -> bool:
    return bool(re.fullmatch(f"[0-9]{{5}}[0-9{_CLEARING_LETTERS}][0-9]{{14}}", account))


def _key_holds(account: str, bank: str) -> bool:
    """The ninth digit is right: last digits of the products with weights 7, 1, 3 add up to a whole ten."""
    letter = _CLEARING_LETTERS.find(account[5])
    digits = f"{bank}{account[:5]}{account[5] if letter < 0 else letter}{account[6:]}"
    return sum(int(digit) * (7, 1, 3)[place % 3] for place, digit in enumerate(digits)) % 10 == 0


def problems_of_party(*, name: str, inn: str, kpp: str = "", ogrn: str = "", address: str = "") -> tuple[Trouble, ...]:
    """Everything that keeps a party from being printed on a document; empty when it is in order.

    A company has a KPP, an entrepreneur (12-digit INN) has none. The ОГРН may be absent. The address may not:
    an act could do without it, the УПД made of the act could not.

    Source: 402-ФЗ ст. 9; НК РФ ст. 169 п. 5.
    """
    problems = [_name_problem(name), *problems_of_numbers(inn=inn, kpp=kpp)]
    entrepreneur = len(inn) == 12
    if ogrn:
        problem = ogrn_problem(ogrn)
        if not problem and len(inn) in (10, 12) and entrepreneur != (len(ogrn) == 15):
            problem = trouble(Cause.OGRN_OF_OTHER_KIND)
        problems.append(problem)
    problems.append(None if address.strip() else trouble(Cause.ADDRESS_MISSING))
    return tuple(problem for problem in problems if problem)


def problems_of_numbers(*, inn: str, kpp: str = "") -> tuple[Trouble, ...]:
    """What is wrong with the numbers by which others know a party. An entrepreneur has no KPP."""
    none = trouble(Cause.KPP_OF_ENTREPRENEUR) if kpp else None
    of_kpp = none if len(inn) == 12 else kpp_problem(kpp)
    return tuple(problem for problem in (inn_problem(inn), of_kpp) if problem)


def _name_problem(name: str) -> Trouble | None:
    if not name.strip():
        return trouble(Cause.NAME_MISSING)
    return trouble(Cause.NAME_TOO_LONG, n=NAME_MAX) if len(name) > NAME_MAX else None


def problems_of_bank(*, bic: str, account: str, correspondent: str = "", inn: str = "") -> tuple[Trouble, ...]:
    """Everything that keeps a rouble account from being printed on an invoice; empty when it is in order.

    Banks without a correspondent account leave it empty. With the owner's INN, the kind of account is compared to it.
    """
    if problem := bic_problem(bic):
        return (problem,)  # the keys are counted with the BIC: with a wrong one they would all be called wrong
    problems = [account_problem(account, bic)]
    if not problems[0] and account[5:8] != ROUBLES:
        problems.append(trouble(Cause.BANK_ACCOUNT_NOT_ROUBLES))
    if not problems[0] and inn and account.startswith("40802") and len(inn) != 12:
        problems.append(trouble(Cause.BANK_ACCOUNT_OF_ENTREPRENEUR))
    if correspondent:
        problems.append(correspondent_problem(correspondent, bic))
    return tuple(problem for problem in problems if problem)
