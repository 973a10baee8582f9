"""VAT: which rate holds for a day of service, and how much of a sum it is."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from billing.domain.errors import InvalidInputError
from billing.domain.money import Kopecks


class Vat(StrEnum):
    """A rate in per cent as it stands on a line, or none («Без НДС»)."""

    NONE = "none"
    FIVE = "5"
    SEVEN = "7"
    EIGHTEEN = "18"
    TWENTY = "20"
    TWENTY_TWO = "22"

    @property
    def percent(self) -> int:
        return 0 if self is Vat.NONE else int(self.value)

    def included_in(self, gross: Kopecks) -> Kopecks:
        """The VAT inside a sum that includes it, rounded half up to a kopeck: 5 500,00 at 22 % holds 991,80.

        Source: letter of the Ministry of Finance 01.04.2014 № 03-07-РЗ/14417 (VAT in documents is in kopecks).
        """
        part = Decimal(gross) * self.percent / (100 + self.percent)
        return int(part.quantize(Decimal(1), ROUND_HALF_UP))


STANDARD = (  # valid from, rate; Source: НК РФ ст. 164 as changed by 303-ФЗ (2018) and 425-ФЗ (2025)
    (date(2026, 1, 1), Vat.TWENTY_TWO),
    (date(2019, 1, 1), Vat.TWENTY),
    (date(2004, 1, 1), Vat.EIGHTEEN),
)


def standard_rate(day: date) -> Vat:
    """The standard rate for a service of that day: the day of service decides, not that of payment or of the paper.

    Source: letter of the Federal Tax Service 29.12.2025 СД-4-3/11802@.
    """
    for valid_from, rate in STANDARD:
        if day >= valid_from:
            return rate
    raise InvalidInputError(f"no standard VAT rate is known for {day.isoformat()}")


def resolve(mode: str, day: date) -> Vat:
    """The rate of a line by the mode that the CRM or the seller's settings say: none, standard, 5 or 7.

    Raises:
        InvalidInputError: another mode, or 5 or 7 before 2025, when they did not exist.
    """
    if mode == "none":
        return Vat.NONE
    if mode == "standard":
        return standard_rate(day)
    if mode in ("5", "7"):
        if day < date(2025, 1, 1):
            raise InvalidInputError(f"VAT of {mode} % does not exist before 2025")
        return Vat(mode)
    raise InvalidInputError(f"unknown VAT mode {mode[:20]!r}")


_RIGHTS = re.compile(r"\s*(предоставление\s+)?((неисключительн\w+|простая)\s+)?(прав[оа]?\b|лиценз)", re.IGNORECASE)
_RIGHTS_GROUND = re.compile(r"\b26\s+п(\.|ункта)\s*2\s+ст(\.|атьи)\s*149\b")


def is_right(title: str, ground: str) -> bool:
    """Return whether a right to use something is sold, not a service: by its name, or by the exemption for rights.

    Source: НК РФ ст. 149 п. 2 подп. 26 (rights to use programs of the register, under a licence).
    """
    return bool(_RIGHTS.match(title) or _RIGHTS_GROUND.search(ground))
