"""Requisites that pass every check and belong to nobody: the tax office 9999 and the bank region 99 do not exist."""

from __future__ import annotations

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11TH = (7, *_INN_10)
_INN_12TH = (3, *_INN_11TH)

BIC = "049999950"
KPP = "999901001"


def company_inn(n: int) -> str:
    digits = f"9999{n:05}"
    return digits + _digit(digits, _INN_10)


def person_inn(n: int) -> str:
    digits = f"9999{n:06}"
    digits += _digit(digits, _INN_11TH)
    return digits + _digit(digits, _INN_12TH)


def company_ogrn(n: int) -> str:
    digits = f"12699{n:07}"
    return digits + str(int(digits) % 11 % 10)


def person_ogrn(n: int) -> str:
    digits = f"32699{n:09}"
    return digits + str(int(digits) % 13 % 10)


def bank_account(n: int) -> str:
    """A rouble account of a company at the bank `BIC`."""
    return _keyed("40702810", f"{n:011}", BIC[6:])


def correspondent_account() -> str:
    """The account of the bank `BIC` itself, whose key is counted with the unit that keeps it."""
    return _keyed("30101810", f"00000000{BIC[6:]}", f"0{BIC[4:6]}")


def _digit(digits: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11 % 10)


def _keyed(head: str, tail: str, bank: str) -> str:
    """The key between head and tail for which the sum with the weights 7, 1, 3 ends in a nought."""
    for key in "0123456789":
        if sum(int(d) * (7, 1, 3)[i % 3] for i, d in enumerate(f"{bank}{head}{key}{tail}")) % 10 == 0:
            return f"{head}{key}{tail}"
    raise AssertionError("one of ten digits always fits")
