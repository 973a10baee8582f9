"""What each page is told. Sums are kopecks, days are dates, states are as they are stored: the page words them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.explain import ActExplained, PaymentExplained
from billing.domain.money import Kopecks
from billing.domain.periods import Day, Month
from billing.domain.statistics import Statistics
from billing.page.contexts_operator import OperatorPage
from billing.page.contexts_public import ConfirmPage, EnterPage, MessagePage, StopPage
from billing.page.frame import Frame, Payer
from billing.page.periods import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoAt:
    """Where a document is in the EDO: `stage` and `annulment` are those of domain/edo_fate."""

    stage: str
    since: Day | None = None
    delivered: Day | None = None
    text: str = ""
    annulment: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A document in a list. `letter` is the state of its last letter with the mail service's `code`, or empty.

    `first` and `last`: the days that a reconciliation is for.
    """

    id: str
    kind: DocumentKind
    number: str
    date: Day
    month: Month
    buyer: str
    total: Kopecks
    status: DocumentStatus
    problems: tuple[str, ...] = ()
    letter: str = ""
    code: str = ""
    first: Day | None = None
    last: Day | None = None
    edo: EdoAt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """The filter of the list, as the query gave it. `wrong` names the fields that could not be read.

    `by_date`: days are the dates on the documents, else the months that the documents are for.
    """

    first: Day | None = None
    last: Day | None = None
    payer: str = ""
    number: str = ""
    after: str = ""
    by_date: bool = False
    spans: tuple[Span, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def narrow(self) -> bool:
        return bool(self.first or self.last or self.payer or self.number)

    @property
    def by(self) -> str:
        """As an address says it; empty for the usual."""
        return "date" if self.by_date else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceForm:
    """Ordering an invoice: what is worth suggesting, and what was typed when it was not accepted (`wrong`)."""

    debt: Kopecks = 0
    next_month: Kopecks = 0
    round: tuple[Kopecks, ...] = ()
    amount: str = ""
    payer: str = ""
    wrong: tuple[str, ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationForm:
    spans: tuple[Span, ...] = ()
    first: str = ""
    last: str = ""
    payer: str = ""
    mirrored: bool = True
    wrong: tuple[str, ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsTab:
    """Счета, Акты with the contracts among them, or Акты сверки. `next`: the cursor of the next page, or empty.

    `acts_on`: when new ones will come. `invoice` and `reconciliation`: what the tab's order form holds, for whoever
    may order.
    """

    frame: Frame
    kind: DocumentKind
    documents: tuple[DocumentRow, ...]
    filter: Filter
    payers: tuple[Payer, ...]
    next: str = ""
    acts_on: Day | None = None
    invoice: InvoiceForm | None = None
    reconciliation: ReconciliationForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """A letter to one address; the address is whole for those who may see it, else masked."""

    address: str
    status: str
    at: Day | None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPage:
    """One document with its letters and, of an act, why it is for this sum.

    `addresses`: where it may be sent again, each as the form names it and as it is shown.
    """

    frame: Frame
    document: DocumentRow
    letters: tuple[LetterRow, ...]
    addresses: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    sha256: str = ""
    explained: ActExplained | None = None
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage:
    """A payment, and the acts that hold it, as they stand in the list."""

    frame: Frame
    explained: PaymentExplained
    acts: tuple[DocumentRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePage:
    """A ZIP that is not there yet: being made, failed, or of no documents. `again`: where to look once more."""

    frame: Frame
    kind: DocumentKind
    documents: int
    failed: bool = False
    again: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsTab:
    """`statistics` None: nothing is known of the account yet. `months`: those that may be chosen, newest first."""

    frame: Frame
    statistics: Statistics | None
    first: Month
    last: Month
    months: tuple[Month, ...]
    spans: tuple[Span, ...]
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRow:
    """An address and the state of the last letter to it. `kinds`: what an added one gets."""

    address: str
    confirmed: bool = True
    kinds: tuple[DocumentKind, ...] = ()
    letter: str = ""
    code: str = ""
    at: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsTab:
    """`typed_text` and `wrong`: of a new address that has to be mended; `wrong_card`: whose kinds have to be."""

    frame: Frame
    administrators: tuple[AddressRow, ...]
    added: tuple[AddressRow, ...]
    reconciliation: bool
    version: int
    malformed: tuple[str, ...] = ()
    typed_text: str = ""
    wrong: tuple[str, ...] = ()
    wrong_card: str = ""


Context: TypeAlias = (
    DocumentsTab
    | DocumentPage
    | PaymentPage
    | ArchivePage
    | StatisticsTab
    | NotificationsTab
    | ConfirmPage
    | EnterPage
    | StopPage
    | MessagePage
    | OperatorPage
)
