"""What closing documents hold: snapshots with everything that is printed, so that a document always draws the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias, assert_never

from billing.domain.money import Kopecks
from billing.domain.periods import Day, Month
from billing.domain.vat import Vat


class DocumentKind(StrEnum):
    ACT = "act"
    INVOICE = "invoice"
    RECONCILIATION = "reconciliation"
    CONTRACT = "contract"


class DocumentStatus(StrEnum):
    """A status moves only down this list; `blocked` is left when the requisites are mended."""

    BLOCKED = "blocked"  # decided, but something printed on it is missing: see the reason
    DECIDED = "decided"  # content frozen, no number yet
    NUMBERED = "numbered"  # number taken, the file is being made
    READY = "ready"  # the file is in the bucket
    VOID = "void"  # withdrawn; its number stays used


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side as printed. An entrepreneur (ИП) has a 12-digit INN and no KPP."""

    name: str
    inn: str
    kpp: str = ""
    ogrn: str = ""
    address: str = ""
    phone: str = ""

    @property
    def is_entrepreneur(self) -> bool:
        return len(self.inn) == 12


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """Where the money goes. `correspondent` may be empty for a bank without one."""

    bank: str
    bic: str
    account: str
    correspondent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs. `facsimile` is the sha256 of a PNG kept in the bucket, or empty."""

    position: str
    name: str
    facsimile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """The company itself on the day of the document. `stamp` is the sha256 of a PNG, or empty."""

    party: Party
    bank: BankAccount
    director: Signer
    accountant: Signer | None = None
    stamp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One service, or one right to use something (`is_right`). Quantity × price is the amount.

    `quantity` is a plain decimal text without trailing zeros, at most three places: "31", "0.5".
    """

    title: str
    quantity: str
    unit: str
    price: Kopecks
    amount: Kopecks
    vat: Vat
    vat_amount: Kopecks
    is_right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VatTotal:
    """VAT of all lines of one rate: the sum of the lines' rounded amounts."""

    vat: Vat
    amount: Kopecks
    vat_amount: Kopecks


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Акт об оказании услуг: what was debited in a month from a payer's money.

    `by_class` keeps the split of the total by the class of money, e.g. (("BANK", 300000), ("CARD_LE", 150000)).
    `vat_ground` is printed where a line is «Без НДС». `first_month`: of the earliest service in it; empty: `month`.
    """

    date: Day
    month: str
    seller: Seller
    buyer: Party
    basis: str
    lines: tuple[Line, ...]
    total: Kopecks
    vat_totals: tuple[VatTotal, ...]
    by_class: tuple[tuple[str, Kopecks], ...]
    vat_ground: str = ""
    first_month: str = ""
    number: str = ""
    form: int = 1

    kind = DocumentKind.ACT

    @property
    def served(self) -> tuple[Day, Day]:
        """Return the first and the last day of the services in it."""
        return Month.parse(self.first_month or self.month).first_day, Month.parse(self.month).last_day

    def numbered(self, number: str) -> Act:
        return replace(self, number=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """Счёт на оплату. `pay_by` is the last day of its validity; `purpose` may hold `{number}`."""

    date: Day
    month: str
    seller: Seller
    buyer: Party
    basis: str
    lines: tuple[Line, ...]
    total: Kopecks
    vat_totals: tuple[VatTotal, ...]
    pay_by: Day
    purpose: str
    vat_ground: str = ""
    number: str = ""
    form: int = 1

    kind = DocumentKind.INVOICE

    def numbered(self, number: str) -> Invoice:
        return replace(self, number=number, purpose=self.purpose.replace("{number}", number))


class Operation(StrEnum):
    """The subject of a row of a reconciliation."""

    SALE = "sale"
    PAYMENT = "payment"
    CARD_PAYMENT = "card_payment"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    PAYER_CORRECTED = "payer_corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationRow:
    """One operation on our side: an act is a debit, a payment a credit; exactly one of the two is not zero.

    `number` and `document_date` are those of the document it rests on: an act, else the order of the payment, which a
    refund names too. Both may be unknown. `by_card`: that payment came by card and has no order.
    """

    date: Day
    operation: Operation
    number: str = ""
    document_date: Day | None = None
    by_card: bool = False
    debit: Kopecks = 0
    credit: Kopecks = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Акт сверки for first..last, both inclusive. A positive balance: the buyer owes the seller.

    `mirrored`: the right half is filled from ours, else left to the buyer. `not_acted`: served by the last day
    and in no document of it; negative: given back and not corrected by a document yet.
    """

    date: Day
    first: Day
    last: Day
    seller: Seller
    buyer: Party
    basis: str
    opening: Kopecks
    rows: tuple[ReconciliationRow, ...]
    closing: Kopecks
    mirrored: bool = True
    not_acted: Kopecks = 0
    number: str = ""
    form: int = 1

    kind = DocumentKind.RECONCILIATION

    def numbered(self, number: str) -> Reconciliation:
        return replace(self, number=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A section of a contract; in the company's template its paragraphs hold `{…}` for what `Agreement` knows."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Договор with one payer, by the company's template of that `version`; only `{number}` is left to be filled in."""

    date: Day
    seller: Seller
    buyer: Party
    title: str
    clauses: tuple[Clause, ...]
    version: str
    number: str = ""
    form: int = 1

    kind = DocumentKind.CONTRACT

    def numbered(self, number: str) -> Agreement:
        clauses = tuple(
            Clause(
                heading=clause.heading.replace("{number}", number),
                paragraphs=tuple(paragraph.replace("{number}", number) for paragraph in clause.paragraphs),
            )
            for clause in self.clauses
        )
        return replace(self, number=number, title=self.title.replace("{number}", number), clauses=clauses)


Document: TypeAlias = Act | Invoice | Reconciliation | Agreement


def total_of(document: Document) -> Kopecks:
    """What stands beside the document in a list: its sum; of a reconciliation its closing balance, of a contract 0."""
    match document:
        case Act() | Invoice():
            return document.total
        case Reconciliation():
            return document.closing
        case Agreement():
            return 0
        case _:
            assert_never(document)
