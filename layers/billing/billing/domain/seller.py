"""The company itself: its dated requisites, VAT and settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from billing.domain.documents import BankAccount, Party, Seller, Signer
from billing.domain.edo_policy import ContractTemplate, EdoPolicy
from billing.domain.money import Kopecks
from billing.domain.periods import Month

ORDERS_A_DAY = 50  # of a client's people: each order takes a number for ever and is mailed to everybody


class ActDate(StrEnum):
    """How acts are dated. The service period and its VAT rate do not depend on it."""

    FIRST_OF_NEXT_MONTH = "first_of_next_month"
    LAST_DAY = "last_day"

    def of(self, month: Month) -> date:
        return month.next.first_day if self is ActDate.FIRST_OF_NEXT_MONTH else month.last_day


class InvoicePolicy(StrEnum):
    """What the nightly invoice is for."""

    NEXT_MONTH = "next_month"  # what last month cost, less the balance
    ACT_PAIR = "act_pair"  # the lines and the sum of the act
    DEBT = "debt"  # only what is owed
    NONE = "none"


class UnpaidServices(StrEnum):
    """The seller's choice for services that nobody has paid when their month is closed."""

    ACT = "act"  # they are in the act of the month, and paying them later makes no second act
    WAIT = "wait"  # they wait, and are in the act of the month in which they are paid


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerRequisites:
    """Requisites from a day on."""

    valid_from: date
    party: Party
    bank: BankAccount
    director: Signer
    accountant: Signer | None = None
    stamp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VatRecord:
    """The VAT of a charge that names none, from a day on; `ground` is printed beside «Без НДС»."""

    valid_from: date
    mode: str
    ground: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """When an account is set aside for a person instead of being closed."""

    times_median: int = 10
    least: Kopecks = 100_000_00  # acts below this are never suspicious
    payers_max: int = 12  # acts of one account in one month
    lines_max: int = 1_000  # lines of one act


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerCard:
    """Everything the papers and the run need to know about the company."""

    requisites: tuple[SellerRequisites, ...]
    vat: tuple[VatRecord, ...]
    act_date: ActDate = ActDate.FIRST_OF_NEXT_MONTH
    unpaid_services: UnpaidServices = UnpaidServices.ACT
    invoice_policy: InvoicePolicy = InvoicePolicy.NEXT_MONTH
    invoice_days: int = 10
    number_format: str = "{n}"
    reconciliation_mirrored: bool = True
    orders_a_day: int = ORDERS_A_DAY
    bounds: Bounds = field(default_factory=Bounds)
    edo: EdoPolicy | None = None
    contract: ContractTemplate | None = None

    def on(self, day: date) -> Seller | None:
        """The requisites that stand in a document of that day."""
        if record := valid_on(self.requisites, day):
            return Seller(
                party=record.party,
                bank=record.bank,
                director=record.director,
                accountant=record.accountant,
                stamp=record.stamp,
            )
        return None

    def vat_on(self, day: date) -> VatRecord | None:
        return valid_on(self.vat, day)


class Dated(Protocol):
    @property
    def valid_from(self) -> date: ...


_Dated = TypeVar("_Dated", bound=Dated)


def valid_on(records: tuple[_Dated, ...], day: date) -> _Dated | None:
    """The record in force on a day: the latest that began by then."""
    begun = [r for r in records if r.valid_from <= day]
    return max(begun, key=lambda r: r.valid_from) if begun else None
