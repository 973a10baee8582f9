"""Documents that are to go to the operator, as rows of work: written when a document becomes ready."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from billing.domain.documents import DocumentKind
from billing.domain.edo_policy import EdoPolicy
from billing.domain.periods import utc_text
from billing.domain.seller import SellerCard
from billing.ports import ABSENT, Outside, StaleError, Write
from billing.records import DocumentRecord
from billing.records_edo import edo_shard
from billing.usecases.rows import rows_of

TOGETHER_MAX = 20  # rows in the transaction that makes their documents ready; it holds the letter too


def goes(kind: DocumentKind, policy: EdoPolicy) -> bool:
    """Whether documents of the kind are sent at all; which of them, the window decides."""
    return kind is DocumentKind.ACT or kind in policy.sending.kinds


def due_write(document: DocumentRecord, outside: Outside) -> Write:
    """The row by which the document is found in a window."""
    row = {
        "account": document.account,
        "document": document.id,
        "month": document.month,
        "since": utc_text(outside.clock()),
    }
    return Write("work", edo_shard(document.account), f"{document.account}#{document.id}", row, ABSENT)


def waken(accounts: Iterable[str], outside: Outside) -> None:
    """Let the next round take up what rests until tomorrow: the payer of these accounts has changed."""
    for account in accounts:
        for work in rows_of(outside.store, "work", edo_shard(account), prefix=f"{account}#"):
            if "due" in work.row:
                row = {name: value for name, value in work.row.items() if name not in ("due", "details")}
                with suppress(StaleError):  # it has gone, or another worker wakens it
                    outside.store.tx([Write("work", work.pk, work.sk, row, work.version)])


def due_writes(filed: Iterable[DocumentRecord], seller: SellerCard | None, outside: Outside) -> list[Write]:
    """Rows of the documents that go to the operator, to be written as they become ready.

    More than fit there are written beforehand: until its document is ready, a row makes nothing due.
    """
    if not seller or not seller.edo:
        return []
    writes = [due_write(document, outside) for document in filed if goes(document.kind, seller.edo)]
    for write in writes[TOGETHER_MAX:]:
        if not outside.store.get("work", write.pk, write.sk):
            outside.store.tx([write])
    return writes[:TOGETHER_MAX]


def due_of_order(filed: DocumentRecord, seller: SellerCard | None, outside: Outside) -> list[Write]:
    """The row of an ordered invoice, where the company sends invoices at all, to be written as it becomes ready.

    Of acts of reconciliation that are ordered, those of just its days are found by the window.
    """
    return due_writes([filed], seller, outside) if filed.kind is DocumentKind.INVOICE else []
