"""The terms of the second reading of the journal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from billing.domain.money import Kopecks

COMPANY = ("BANK", "CARD_LE")
UNPAID = "CREDIT"  # the class under which an act holds what nobody has paid yet
MERGED = "merge "


class Owed(NamedTuple):
    """Kopecks not paid yet. `at`: where in a merged debt they begin; `act`: the payer whose act has them already."""

    debt: str
    at: int
    amount: Kopecks
    line: str
    month: str
    act: str = ""


class Due(NamedTuple):
    """The key of a sum that some act must hold."""

    period: str
    money: str
    payer: str
    line: str
    month: str


def growth(sums: Mapping[str, Kopecks]) -> Kopecks:
    """Return by how much unpaid charges grew in the month."""
    funded = sum(amount for name, amount in sums.items() if name.startswith("funded."))
    return sums.get("charged", 0) - sums.get("reversed", 0) + sums.get("withdrawn", 0) - funded


def following(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def quarter(month: str) -> tuple[int, int]:
    """Return the tax period of VAT: the year and the quarter, from 0."""
    return int(month[:4]), (int(month[5:]) - 1) // 3


def parted(
    lines: Iterable[tuple[Due, Kopecks]], month: str, taxed: Collection[str]
) -> tuple[list[tuple[Due, Kopecks]], list[tuple[Due, Kopecks]]]:
    """Part a payer's month: what its act may hold, and what takes documents of their own.

    Those are services with VAT of another tax period, and what takes back services with VAT.

    Source: НК РФ ст. 163, ст. 168 п. 3, ст. 169 п. 5.2.
    """
    lines, sums = list(lines), dict[tuple[str, str], Kopecks]()
    for key, amount in lines:
        sums[key.line, key.month] = sums.get((key.line, key.month), 0) + amount

    def is_apart(key: Due) -> bool:
        total = sums[key.line, key.month]
        return key.line in taxed and (total < 0 or (total > 0 and quarter(key.month) != quarter(month)))

    return [item for item in lines if not is_apart(item[0])], [item for item in lines if is_apart(item[0])]
