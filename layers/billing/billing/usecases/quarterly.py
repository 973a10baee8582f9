"""The quarter's acts of reconciliation, made beside the acts of its last month for the clients that want them."""

from __future__ import annotations

from contextlib import suppress

from billing import records
from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.drafts import document_id
from billing.domain.errors import UnavailableError
from billing.domain.periods import Month, utc_text
from billing.domain.troubles import is_held_back
from billing.ports import ABSENT, Outside, Write
from billing.records import DocumentRecord
from billing.usecases.cards import customer_card, notification_settings
from billing.usecases.documents import documents_of
from billing.usecases.filing import apart
from billing.usecases.fill_orders import CONTENT, hint, item_of
from billing.usecases.reconciliation import reconciliation_content, rows_count, unread_content
from billing.usecases.runs import recounting

ENTRIES_MAX = 20_000  # that are read in the night; where there are more, a worker reads them


def is_wanted(account: str, month: Month, outside: Outside) -> bool:
    """Whether a quarter ends with the month, and the client wants to see it reconciled."""
    return month.number % 3 == 0 and notification_settings(outside.store, account).reconciliation


def reconciled(account: str, month: Month, outside: Outside) -> list[DocumentRecord]:
    """The quarter's acts of reconciliation are decided, one for each payer of the card; answers those without a number.

    Answers none as long as an act of the month lacks its number: it may be a row of theirs; what is held back for a
    document of its own is not waited for, the act of reconciliation names its sum. Nothing to reconcile, no act. One
    that a worker is to fill is decided and not answered; the month's documents wait for it.
    """
    if not is_wanted(account, month, outside):
        return []
    customer, found = customer_card(outside.store, account), documents_of(account, month, outside)
    waiting = (DocumentStatus.BLOCKED, DocumentStatus.DECIDED)
    if any(r.status in waiting and not is_held_back(r.problems) for r, _ in found if r.kind != _KIND):
        return []
    made: list[DocumentRecord] = []
    there = {record.id for record, _ in found}
    for payer in dict.fromkeys(p.inn for p in customer.payers) if customer else ():
        if document_id(month, _KIND, payer) not in there and (record := _decide(account, month, payer, outside)):
            made.append(record)
    return [record for record in made if record.status is DocumentStatus.DECIDED]


def is_unread(record: DocumentRecord, outside: Outside) -> bool:
    """Whether a worker has still to read the journal for what the act says."""
    return record.kind is _KIND and bool(outside.store.get("work", records.shard_of(record.account), item_of(record)))


_KIND = DocumentKind.RECONCILIATION


def _decide(account: str, month: Month, payer: str, outside: Outside) -> DocumentRecord | None:
    """Dated the day after the quarter, whenever it is made. A long one is there too, and answered when it is read."""
    first, last, today = month.plus(-2).first_day, month.last_day, month.next.first_day
    is_long = rows_count(account, first, last, outside) > ENTRIES_MAX
    read = unread_content if is_long else reconciliation_content
    draft = read(account, payer, first, last, outside, today=today)
    says, problems, at = draft.content, () if is_long else draft.problems, utc_text(outside.clock())
    if not (is_long or says.rows or says.opening or says.closing or says.not_acted):
        return None
    record = DocumentRecord(
        account=account,
        id=document_id(month, _KIND, payer),
        kind=_KIND,
        month=str(month),
        payer=payer,
        status=DocumentStatus.BLOCKED if problems else DocumentStatus.DECIDED,
        content=says,
        problems=problems,
        warnings=draft.warnings,
        at=at,
    )
    record = apart(record, outside)
    writes = [
        Write("documents", account, record.id, records.document_row(record), ABSENT),
        *recounting(outside, month, account),
    ]
    if not is_long:
        outside.store.tx(writes)
        return record
    work = {"account": account, "document": record.id, "since": at, "stage": CONTENT}
    outside.store.tx([*writes, Write("work", records.shard_of(account), item_of(record), work, ABSENT)])
    with suppress(UnavailableError):  # the sweep finds it
        hint(account, item_of(record), outside)
    return None
