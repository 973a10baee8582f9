"""What each letter is told. Sums are kopecks, months and days are dates: the letter itself words them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from billing.domain.documents import DocumentKind
from billing.domain.money import Kopecks
from billing.domain.periods import Month
from billing.letters.contexts_report import RunReport


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """A document of the letter. `title` as people say it: «Акт № 45 от 1 февраля 2026 г.»

    Of an invoice, `parts` say what its sum is made of, if they do («Задолженность за январь 2026 г.»), and `pay_by` is
    the last day of its validity.
    """

    kind: DocumentKind
    title: str
    total: Kopecks
    file_name: str
    parts: tuple[tuple[str, Kopecks], ...] = ()
    pay_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Why the acts are not for what the month cost: what is in none of them, by its reason, and `earlier` services.

    No sum is negative. charged = acted + bonus + individual + unpaid - earlier.
    """

    bonus: Kopecks = 0
    individual: Kopecks = 0
    unpaid: Kopecks = 0
    earlier: Kopecks = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingDocuments:
    """To the client's administrators and added addresses: copies of the month's papers.

    `paid` came to the account in the month, bonuses apart, `charged` is what the month cost, `acted` the total of its
    acts (None: not all of them are attached), `balance` what the account had at its end. `recalculated`: minus lines of
    the acts; `rates`: of the acts' VAT, if there are several. `edo`: the client has accepted the exchange, signed
    originals go there, at the latest on `originals_by` (None: within days); None: we do not exchange electronically.
    """

    customer: str
    month: Month
    documents: tuple[DocumentLine, ...]
    paid: Kopecks
    charged: Kopecks
    acted: Kopecks | None
    balance: Kopecks
    apart: Apart = Apart()
    recalculated: Kopecks = 0
    rates: tuple[str, ...] = ()
    edo: bool | None
    originals_by: date | None = None
    page_url: str
    seller_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedDocument:
    """To the client's administrators and added addresses: the one paper that somebody of theirs has ordered.

    `pay_by`: of an invoice, the last day of its validity.
    """

    customer: str
    document: DocumentLine
    pay_by: date | None
    page_url: str
    seller_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAgain:
    """To those whom somebody has told us to send a paper once more."""

    customer: str
    document: DocumentLine
    page_url: str
    seller_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressConfirmation:
    """To an address that a client has added: nothing goes there until the link is opened."""

    customer: str
    confirm_url: str
    days: int
    seller_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoReminder:
    """To a client that keeps silent about our invitation: a repeated invitation changes nothing at the operator.

    `again`: it was reminded before, and is offered a way out.

    Source: Diadoc, AcquireCounteragent on a pending invitation.
    """

    customer: str
    invited_on: date
    again: bool = False
    seller_name: str
    seller_inn: str
    page_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedDocument:
    """«акт № 45», and the day on which it was delivered."""

    title: str
    delivered_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoUnsigned:
    """To a client that has not signed what was delivered to it. `again`: it was reminded before."""

    customer: str
    again: bool
    documents: tuple[UnsignedDocument, ...]
    seller_name: str
    page_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """To the client's people: a copy of the contract that goes to the operator to be signed."""

    customer: str
    document: DocumentLine
    page_url: str
    seller_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoLine:
    """A payer or a document, and what is to be said of it.

    `since`: the day it stands so. `reason`: a value of `Reason`, worded here with what is to be done; `detail`: what
    somebody said. `fresh`: new since the last report.
    """

    who: str
    inn: str = ""
    since: date | None = None
    reason: str = ""
    detail: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoSection:
    """A list that may be cut; `count` is whole, `fresh` of them are new."""

    name: str
    count: int = 0
    fresh: int = 0
    lines: tuple[EdoLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoReport:
    """To our accountant: what is new in the EDO. `kind`: invitations, sending or preflight; `period`: its own name."""

    kind: str
    period: str
    day: date
    totals: tuple[tuple[str, int], ...]
    sections: tuple[EdoSection, ...]


Context: TypeAlias = (
    ClosingDocuments
    | OrderedDocument
    | DocumentAgain
    | Contract
    | RunReport
    | AddressConfirmation
    | EdoReminder
    | EdoUnsigned
    | EdoReport
)
