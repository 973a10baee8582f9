"""Who signs our electronic documents, and by what power."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from billing.domain.periods import Day


class PowerWay(StrEnum):
    """How a document says by what power it is signed (МЧД)."""

    NONE = "none"  # the certificate itself says it: the head of the company
    DEFAULT = "default"  # the employee's default one, as set at the operator
    NUMBER = "number"  # by its number in the register
    IN_DOCUMENT = "in_document"  # written in the title


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """A machine-readable power of attorney (МЧД)."""

    way: PowerWay = PowerWay.NONE
    number: str = ""
    issuer_inn: str = ""
    representative_inn: str = ""
    until: Day | None = None
    as_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerPerson:
    """Who signs, as the title names them. The name is in full: formats take no initials in its place."""

    last_name: str
    first_name: str
    middle_name: str = ""
    position: str = ""
    power: Power = field(default_factory=Power)
