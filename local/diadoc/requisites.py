"""Numbers a Russian company is known by: checking and making them."""

from __future__ import annotations

_WEIGHTS_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_WEIGHTS_11 = (7, *_WEIGHTS_10)
_WEIGHTS_12 = (3, 7, *_WEIGHTS_10)


def inn_is_right(inn: str) -> bool:
    """Whether the INN has 10 or 12 digits and its check digits fit."""
    if not inn.isdigit() or len(inn) not in (10, 12):
        return False
    if len(inn) == 10:
        return inn[9] == _check_digit(inn, _WEIGHTS_10)
    return inn[10] == _check_digit(inn, _WEIGHTS_11) and inn[11] == _check_digit(inn, _WEIGHTS_12)


def ogrn_like(inn: str) -> str:
    """An OGRN (13 digits) or OGRNIP (15) with the right check digit, made from the INN."""
    if len(inn) == 12:
        head = "3" + "15" + inn[:2] + inn[2:11]
        return head + str(int(head) % 13 % 10)
    head = "1" + "15" + inn[:2] + inn[2:9]
    return head + str(int(head) % 11 % 10)


def _check_digit(inn: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(digit) * weight for digit, weight in zip(inn, weights, strict=False)) % 11 % 10)
