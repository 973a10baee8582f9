"""What each letter is told. Sums are kopecks, months and days are dates: the letter itself words them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from billing.domain.documents import DocumentKind
from billing.domain.money import Kopecks
from billing.domain.periods import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """A document of the letter. `title` as people say it: «Акт № 45 от 1 февраля 2026 г.»"""

    kind: DocumentKind
    title: str
    total: Kopecks
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingDocuments:
    """To the client's administrators and added addresses: copies of the month's papers.

    `paid` came to the account in the month, bonuses apart, `charged` is what the month cost, `acted` the total of its
    acts (None: not all of them are attached), `balance` what the account had at its end. `edo`: the client has accepted
    the exchange, signed originals go there; None: we do not exchange electronically.
    """

    customer: str
    month: Month
    documents: tuple[DocumentLine, ...]
    paid: Kopecks
    charged: Kopecks
    acted: Kopecks | None
    balance: Kopecks
    edo: bool | None
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

    Source: Diadoc, AcquireCounteragent on a pending invitation.
    """

    customer: str
    invited_on: date
    seller_name: str
    seller_inn: str
    page_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """To the client's people: a copy of the contract that goes to the operator to be signed."""

    customer: str
    document: DocumentLine
    page_url: str
    seller_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """An account and what is to be said of it. `detail`: the client's title, the document, or the masked address."""

    account: str
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """A list that may be cut; `count` is whole."""

    lines: tuple[AccountLine, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSums:
    """Money of one class spent in the month: `funded` = `acted` + `carried` for the money of companies.

    Money of individuals and bonuses are spent too, but no act is made of them.
    """

    money: str
    paid: Kopecks
    funded: Kopecks
    acted: Kopecks
    carried: Kopecks


@dataclass(frozen=True, slots=True, kw_only=True)
class KindTotal:
    kind: str
    count: int
    total: Kopecks


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersUsed:
    """Numbers of one series that the run has taken."""

    kind: str
    year: int
    first: int
    last: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """To our accountant: the proof that the month is closed whole.

    `charged`: charges less reversals. `difference`: money of companies spent, less what is in acts and what is carried
    on; 0: it tallies. `letters`: state and count. `blocked`: documents that wait for requisites. `warned`: documents
    that do not say all. `nobody`: accounts whose documents had no address to go to. `undelivered`: the reason is the
    state of the letter, the detail its address, which the letter masks. `edo`: documents of the latest window at the
    operator, by stage, and how many lines of the exchange wait for a person; no window: nothing was sent yet.
    """

    month: Month
    complete: bool
    scanned: int
    closed: int
    parked: Accounts
    still_open: Accounts
    charged: Kopecks
    sums: tuple[ClassSums, ...]
    difference: Kopecks
    documents: tuple[KindTotal, ...]
    numbers: tuple[NumbersUsed, ...]
    letters: tuple[tuple[str, int], ...]
    blocked: Accounts = Accounts()
    warned: Accounts = Accounts()
    nobody: Accounts = Accounts()
    undelivered: Accounts = Accounts()
    edo_window: str = ""
    edo: tuple[tuple[str, int], ...] = ()
    edo_people: int = 0


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
    | EdoReport
)
