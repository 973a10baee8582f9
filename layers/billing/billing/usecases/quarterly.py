"""The quarter's acts of reconciliation, made beside the acts of its last month for the clients that want them."""

from __future__ import annotations

from billing import records
from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.drafts import document_id
from billing.domain.periods import Month, utc_text
from billing.ports import ABSENT, Outside, Write
from billing.records import DocumentRecord
from billing.usecases.cards import customer_card, notification_settings
from billing.usecases.documents import documents_of
from billing.usecases.filing import apart
from billing.usecases.orders import order_reconciliation
from billing.usecases.reconciliation import reconciliation_content, rows_count
from billing.usecases.runs import reopening

ENTRIES_MAX = 20_000  # that are read in the night; of more a worker makes the act, and it has a letter of its own


def is_wanted(account: str, month: Month, outside: Outside) -> bool:
    """Whether a quarter ends with the month, and the client wants to see it reconciled."""
    return month.number % 3 == 0 and notification_settings(outside.store, account).reconciliation


def reconciled(account: str, month: Month, outside: Outside) -> list[DocumentRecord]:
    """The quarter's acts of reconciliation are decided, one for each payer of the card; answers those without a number.

    None as long as an act of the account lacks its own: it may be a row of theirs. Nothing to reconcile, no act.
    """
    if not is_wanted(account, month, outside):
        return []
    customer, found = customer_card(outside.store, account), documents_of(account, month, outside)
    if any(r.status in (DocumentStatus.BLOCKED, DocumentStatus.DECIDED) for r, _ in found if r.kind != _KIND):
        return []
    made: list[DocumentRecord] = []
    there = {record.id for record, _ in found}
    for payer in dict.fromkeys(p.inn for p in customer.payers) if customer else ():
        if document_id(month, _KIND, payer) not in there and (record := _decide(account, month, payer, outside)):
            made.append(record)
    return [record for record in made if record.status is DocumentStatus.DECIDED]


_KIND = DocumentKind.RECONCILIATION


def _decide(account: str, month: Month, payer: str, outside: Outside) -> DocumentRecord | None:
    """Dated the day after the quarter, whenever it is made."""
    first, last, today = month.plus(-2).first_day, month.last_day, month.next.first_day
    if rows_count(account, first, last, outside) > ENTRIES_MAX:
        key = f"quarter:{month}:{payer}"
        order_reconciliation(account, payer=payer, first=first, last=last, key=key, outside=outside, user="")
        return None
    draft = reconciliation_content(account, payer, first, last, outside, today=today)
    says = draft.content
    if not (says.rows or says.opening or says.closing or says.not_acted):
        return None
    record = DocumentRecord(
        account=account,
        id=document_id(month, _KIND, payer),
        kind=_KIND,
        month=str(month),
        payer=payer,
        status=DocumentStatus.BLOCKED if draft.problems else DocumentStatus.DECIDED,
        content=says,
        problems=draft.problems,
        at=utc_text(outside.clock()),
    )
    record = apart(record, outside)
    write = Write("documents", account, record.id, records.document_row(record), ABSENT)
    outside.store.tx([write, *reopening(outside, month)])
    return record
