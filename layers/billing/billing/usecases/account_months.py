"""Months of an account are closed, each with all its documents decided; those that are not finished are named."""

from __future__ import annotations

from dataclasses import dataclass, replace

from billing import paper, records
from billing.domain import closing
from billing.domain.closing import SuspiciousError
from billing.domain.documents import DocumentStatus
from billing.domain.drafts import Draft
from billing.domain.parties import Customer
from billing.domain.periods import Month, utc_text
from billing.domain.seller import SellerCard
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.records import DocumentRecord
from billing.usecases.cards import customer_card
from billing.usecases.documents import documents_by_id, documents_of
from billing.usecases.parking import park
from billing.usecases.quarterly import is_wanted
from billing.usecases.runs import RUNS, marks_of, recounted, reopened

ATTEMPTS_MAX = 8  # at one account


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A month of an account that is not finished. `documents`: all of its ids, where this call has decided them."""

    account: str
    month: Month
    documents: tuple[str, ...] | None = None

    def found(self, outside: Outside) -> list[tuple[DocumentRecord, int]]:
        if self.documents is None:
            return documents_of(self.account, self.month, outside)
        return documents_by_id(self.account, self.documents, outside)


def closed(account: str, month: Month, seller: SellerCard | None, outside: Outside, *, forced: bool) -> list[Due]:
    """Close the account's open months up to `month`; answer the months whose documents are not finished.

    Raises:
        StaleError: charges come faster than a month is closed; what is closed stays closed.
    """
    customer = customer_card(outside.store, account)
    decided: dict[str, tuple[str, ...] | None] = {}
    stale = 0
    while (stored := outside.store.get("accounts", account)) and Month.parse(stored.row["open"]) <= month:
        try:
            decided[stored.row["open"]] = _close(stored, customer, seller, outside, forced=forced)
        except SuspiciousError as suspicion:
            park(account, Month.parse(stored.row["open"]), str(suspicion), outside)
            break  # the months before it may still have work
        except StaleError:  # a charge came in between: read again
            stale += 1
            if stale == ATTEMPTS_MAX:
                raise
    page = outside.store.query("work", records.shard_of(account), prefix=f"issue#{account}#")
    return [
        Due(account=account, month=Month.parse(m), documents=decided.get(m))
        for m in (s.row["month"] for s in page.rows)
        if m <= str(month)
    ]


def _close(
    stored: Stored, customer: Customer | None, seller: SellerCard | None, outside: Outside, *, forced: bool
) -> tuple[str, ...] | None:
    """The month is closed with all its documents decided, in one transaction; their ids, if there will be no others.

    Raises:
        SuspiciousError: a person must look at it first.
    """
    store, at = outside.store, utc_text(outside.clock())
    before = records.account_of(stored.pk, stored.row)
    done = closing.close(before, customer, seller, forced=forced)
    entry = records.entry_row(done.entry, account=stored.pk, at=at, posted_at=at, previous=before.head)
    after = records.with_head(done.account, entry["sha"])
    month = str(before.open)
    writes = [
        Write("accounts", stored.pk, "", records.account_row(after), stored.version),
        Write("journal", stored.pk, records.seq_key(done.entry.seq), entry, ABSENT),
        Write("documents", stored.pk, records.period_key(month), records.period_row(done.period, at), ABSENT),
    ]
    for draft in done.drafts:
        record = _record(stored.pk, month, printable(draft), at)
        writes.append(Write("documents", stored.pk, record.id, records.document_row(record), ABSENT))
    more = is_wanted(stored.pk, before.open, outside)
    if done.drafts or more:
        work = {"month": month, "account": stored.pk, "since": at}
        writes.append(Write("work", records.shard_of(stored.pk), f"issue#{stored.pk}#{month}", work, ABSENT))
    run, parked, mark = run_and_marks(stored.pk, before.open, outside)
    store.tx([*writes, *reopened(run), *recounted(run, mark, stored.pk), *no_more(parked)])
    return None if more else tuple(draft.id for draft in done.drafts)


def run_and_marks(account: str, month: Month, outside: Outside) -> tuple[Stored | None, Stored | None, Stored | None]:
    """The month's run, the row by which the account waits for a person, and the one by which it is counted again."""
    names = (RUNS, f"parked.{month}", marks_of(month))
    keys = [(RUNS, str(month)), *((name, account) for name in names[1:])]
    found = {s.pk: s for s in outside.store.get_many("control", keys)}
    run, parked, mark = map(found.get, names)
    return run, parked, mark


def no_more(stored: Stored | None) -> list[Write]:
    return [Write("control", stored.pk, stored.sk, None, stored.version)] if stored else []


def _record(account: str, month: str, draft: Draft, at: str) -> DocumentRecord:
    status = DocumentStatus.BLOCKED if draft.problems else DocumentStatus.DECIDED
    return DocumentRecord(
        account=account,
        id=draft.id,
        kind=draft.content.kind,
        month=month,
        payer=draft.payer,
        status=status,
        content=draft.content,
        problems=draft.problems,
        at=at,
    )


def printable(draft: Draft) -> Draft:
    """A text that the fonts cannot print blocks the document before it takes a number."""
    if draft.problems:
        return draft
    return replace(draft, problems=paper.problems(draft.content))
