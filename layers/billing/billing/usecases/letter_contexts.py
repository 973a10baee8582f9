"""A queued letter's rows become what its template is told, and the files that go with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from billing import paper, records
from billing.domain.closing import PeriodSummary
from billing.domain.documents import Act, Invoice, total_of
from billing.domain.errors import UnavailableError
from billing.domain.invoice import is_explained
from billing.domain.ledger import MoneyClass
from billing.domain.money import Kopecks
from billing.domain.periods import Month
from billing.letters import compose
from billing.letters.contexts import (
    AddressConfirmation,
    Apart,
    ClosingDocuments,
    Context,
    Contract,
    DocumentAgain,
    DocumentLine,
    OrderedDocument,
)
from billing.ports import Attachment, Letter, Outside
from billing.records import DocumentRecord
from billing.usecases.cards import customer_card
from billing.usecases.edo.exchange import exchanged_with, originals_by
from billing.usecases.edo.inviting.reminders import reminder_letter
from billing.usecases.edo.reports import report_letter
from billing.usecases.edo.tracking.unsigned import unsigned_letter
from billing.usecases.report_letter import run_report

_GRANTED = f"payment.{MoneyClass.BONUS}"  # nobody has paid it


def letter_of(account: str, head: Mapping[str, Any], outside: Outside) -> Letter:
    """The letter that a head stands for, by its kind."""
    match head["kind"]:
        case "closing_documents":
            return _closing_documents(account, head, outside)
        case "ordered_document" | "document_again" | "contract":
            return _one_document(account, head, outside)
        case "address_confirmation":
            return compose(AddressConfirmation(**head["details"]))
        case "run_report":
            return compose(run_report(head["report"], outside))
        case "edo_reminder":
            return compose(reminder_letter(head, outside))
        case "edo_unsigned":
            return compose(unsigned_letter(head, outside))
        case "edo_report":
            return compose(report_letter(head["report"], outside))
        case kind:
            raise ValueError(f"a letter of an unknown kind: {kind}")


def _closing_documents(account: str, head: Mapping[str, Any], outside: Outside) -> Letter:
    month, found = head["month"], _documents(account, head, outside)
    customer = customer_card(outside.store, account)
    stored = outside.store.get("documents", account, records.period_key(month))
    assert stored, "a month with documents is closed"
    period = records.period_of(stored.row)
    acts = [d.content for d in found if isinstance(d.content, Act)]
    attached = period.acted == sum(act.total for act in acts) and not period.carried
    rates = sorted({t.vat for act in acts for t in act.vat_totals}, key=lambda vat: -vat.percent)
    context = ClosingDocuments(
        customer=customer.title if customer else account,
        month=Month.parse(month),
        documents=tuple(_line(d) for d in found),
        paid=sum(amount for kind, amount in period.turnover if kind.startswith("payment.") and kind != _GRANTED),
        charged=period.cost,
        acted=period.acted if attached else None,
        balance=period.closing,
        apart=_apart(period),
        recalculated=sum(min(0, line.amount) for act in acts for line in act.lines),
        rates=tuple(vat.value for vat in rates) if len(rates) > 1 else (),
        edo=exchanged_with(found, outside),
        originals_by=originals_by(Month.parse(month), outside),
        page_url=outside.settings.page_url,
        seller_name=found[0].content.seller.party.name,
    )
    return compose(context, attachments=[_attachment(d, outside) for d in found])


def _apart(period: PeriodSummary) -> Apart:
    """Tell apart what the month cost and what its acts are for, each kopeck by its reason."""
    funded = dict(period.funded)
    bonus, individual = (max(0, funded.get(money, 0)) for money in (MoneyClass.BONUS, MoneyClass.CARD_IND))
    rest = period.cost - period.acted - bonus - individual
    return Apart(bonus=bonus, individual=individual, unpaid=max(0, rest), earlier=max(0, -rest))


def _one_document(account: str, head: Mapping[str, Any], outside: Outside) -> Letter:
    (document,) = _documents(account, head, outside)
    content, customer = document.content, customer_card(outside.store, account)
    told: dict[str, Any] = {
        "customer": customer.title if customer else account,
        "document": _line(document),
        "page_url": outside.settings.page_url,
        "seller_name": content.seller.party.name,
    }
    pay_by = content.pay_by if isinstance(content, Invoice) else None
    contexts: dict[str, Callable[[], Context]] = {
        "ordered_document": lambda: OrderedDocument(**told, pay_by=pay_by),
        "document_again": lambda: DocumentAgain(**told),
        "contract": lambda: Contract(**told),
    }
    return compose(contexts[head["kind"]](), attachments=[_attachment(document, outside)])


def _documents(account: str, head: Mapping[str, Any], outside: Outside) -> list[DocumentRecord]:
    """The documents of a letter.

    Raises:
        UnavailableError: they are not ready, the letter was written before them.
    """
    found: list[DocumentRecord] = []
    for id in head["documents"]:
        stored = outside.store.get("documents", account, id)
        assert stored, "a document is never deleted"
        found.append(records.document_of(account, id, stored.row))
    if not all(document.file for document in found):
        raise UnavailableError("the documents of the letter are not ready yet")
    return found


def _attachment(d: DocumentRecord, outside: Outside) -> Attachment:
    return Attachment(file_name=d.file_name, body=outside.files.get(d.file))


def _line(d: DocumentRecord) -> DocumentLine:
    invoice = d.content if isinstance(d.content, Invoice) else None
    parts: dict[str, Kopecks] = {}
    for line in invoice.lines if invoice and is_explained(invoice.lines) else ():
        parts[line.title] = parts.get(line.title, 0) + line.amount
    return DocumentLine(
        kind=d.kind,
        title=paper.title(d.printed),
        total=total_of(d.content),
        file_name=d.file_name,
        parts=tuple(parts.items()),
        pay_by=invoice.pay_by if invoice else None,
    )
