"""The three lists of documents, with what is chosen in them and what may be ordered from them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from billing import wiring
from billing.api import cursors
from billing.api.page_frames import payers_of, today
from billing.api.page_told import document_row
from billing.api.sent import Sent
from billing.domain.documents import DocumentKind
from billing.domain.errors import NotFoundError
from billing.domain.money import Kopecks
from billing.domain.periods import Day, Month
from billing.page.contexts import DocumentsTab, Filter, InvoiceForm, ReconciliationForm
from billing.page.frame import Frame
from billing.page.language import Language
from billing.page.periods import document_spans, reconciliation_spans
from billing.page.typed import typed_day
from billing.usecases.document_filters import Filters
from billing.usecases.documents_api import list_documents
from billing.usecases.statistics import statistics_of

ROWS = 50
NUMBER_MAX = 40
ROUND = (500_000, 1_000_000)  # suggested to whoever owes nothing and has used nothing yet


def documents_tab(
    kind: DocumentKind,
    account: str,
    frame: Frame,
    query: Sent,
    *,
    invoice: InvoiceForm | None = None,
    reconciliation: ReconciliationForm | None = None,
) -> DocumentsTab:
    """The list as the query asks for it; `invoice` or `reconciliation`: a form that was sent and has to be mended.

    Raises:
        InvalidInputError: the cursor is of another question.
    """
    chosen = filter_of(query, frame.language)
    filters = shown(kind, chosen)
    tokens = wiring.tokens()
    after = cursors.position(chosen.after, account=account, question=repr(filters), tokens=tokens)
    found, more = list_documents(account, filters, after=after, limit=ROWS, outside=wiring.outside())
    asked = bool(query.text("order"))
    return DocumentsTab(
        frame=frame,
        kind=kind,
        documents=tuple(document_row(listed, frame.language) for listed in found),
        filter=chosen,
        payers=payers_of(account),
        next=cursors.cursor(more, account=account, question=repr(filters), tokens=tokens),
        acts_on=Month.of(frame.today).next.first_day + timedelta(days=1),
        invoice=_invoice(account, frame, invoice or InvoiceForm(open=asked))
        if frame.may_order and kind is DocumentKind.INVOICE
        else None,
        reconciliation=_reconciliation(frame, reconciliation or ReconciliationForm(open=asked))
        if frame.may_order and kind is DocumentKind.RECONCILIATION
        else None,
    )


def shown(kind: DocumentKind, chosen: Filter) -> Filters:
    """Return what stands in the list of the kind, and in its archive; days that are wrong count for nothing.

    The days mean the months that acts are for, which are dated after them, unless somebody wants the dates.
    """
    first = None if chosen.wrong else chosen.first
    last = None if chosen.wrong else chosen.last
    filters = Filters(
        kind=kind,
        also=DocumentKind.CONTRACT if kind is DocumentKind.ACT else None,
        payer=chosen.payer,
        number=chosen.number,
    )
    if chosen.by_date or kind is DocumentKind.INVOICE:
        return replace(filters, first=first, last=last)
    return replace(filters, month_first=Month.of(first) if first else None, month_last=Month.of(last) if last else None)


def filter_of(query: Sent, language: Language) -> Filter:
    """What was chosen; a day that is none is named as wrong, and the days count for nothing then."""
    first, last = typed_day(query.text("first")), typed_day(query.text("last"))
    wrong = [name for name, day in (("first", first), ("last", last)) if query.text(name) and not day]
    if first and last and last < first:
        wrong.append("last")
    payer = query.text("payer")
    return Filter(
        first=first,
        last=last,
        payer=payer if payer.isascii() and payer.isdigit() and len(payer) in (10, 12) else "",
        number=query.text("number")[:NUMBER_MAX],
        after=query.text("after"),
        by_date=query.text("by") == "date",
        spans=document_spans(today(), language),
        wrong=tuple(wrong),
    )


def _invoice(account: str, frame: Frame, form: InvoiceForm) -> InvoiceForm:
    """With what is worth suggesting: the debt, and as much as the last month cost."""
    debt, cost = max(0, -(frame.balance or 0)), _cost(account, frame.today)
    return replace(form, debt=debt, next_month=cost, round=() if debt or cost else ROUND)


def _cost(account: str, day: Day) -> Kopecks:
    last = Month.of(day).previous
    with suppress(NotFoundError):
        totals = statistics_of(account, last, last, wiring.outside(), today=day, days=False).totals
        return max(0, totals.charged - totals.reversed)
    return 0


def _reconciliation(frame: Frame, form: ReconciliationForm) -> ReconciliationForm:
    return replace(form, spans=reconciliation_spans(frame.today, frame.language))
