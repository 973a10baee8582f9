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
TOGETHER_MAX = 40  # documents in one transaction, each of which may be a long one


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
    due = [work for work in page.rows if work.row["month"] <= str(month)]
    for work in due:
        _lay_out(work, outside)
    months = [work.row["month"] for work in due]
    return [Due(account=account, month=Month.parse(m), documents=decided.get(m)) for m in months]


def _lay_out(work: Stored, outside: Outside) -> None:
    """Lay out the documents of a month that had no room in the transaction of its close: its work holds them."""
    while later := work.row.get("later"):
        left = {name: value for name, value in work.row.items() if name != "later"}
        row = {**left, "later": later[TOGETHER_MAX:]} if later[TOGETHER_MAX:] else left
        documents = [
            Write("documents", row["account"], one["document"], one["row"], ABSENT) for one in later[:TOGETHER_MAX]
        ]
        outside.store.tx([Write("work", work.pk, work.sk, row, work.version), *documents])
        work = Stored(work.pk, work.sk, row, work.version + 1)


def _close(
    stored: Stored, customer: Customer | None, seller: SellerCard | None, outside: Outside, *, forced: bool
) -> tuple[str, ...] | None:
    """The month is closed with all its documents decided, in one transaction; their ids, if there will be no others.

    Documents that do not fit it are written within the month's work, which is laid out before anything is numbered.

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
    decided = [_record(stored.pk, month, printable(draft), at) for draft in done.drafts]
    rows = [(record.id, records.document_row(record)) for record in decided]
    writes += [Write("documents", stored.pk, id, row, ABSENT) for id, row in rows[:TOGETHER_MAX]]
    later = [{"document": id, "row": row} for id, row in rows[TOGETHER_MAX:]]
    more = is_wanted(stored.pk, before.open, outside)
    if done.drafts or more:
        work = {"month": month, "account": stored.pk, "since": at, **({"later": later} if later else {})}
        writes.append(Write("work", records.shard_of(stored.pk), f"issue#{stored.pk}#{month}", work, ABSENT))
    run, parked, mark = run_and_marks(stored.pk, before.open, outside)
    store.tx([*writes, *reopened(run), *recounted(run, mark, stored.pk), *no_more(parked)])
    return None if more or later else tuple(draft.id for draft in done.drafts)


def run_and_marks(account: str, month: Month, outside: Outside) -> tuple[Stored | None, Stored | None, Stored | None]:
    """Read the month's run, the row that parks the account, and the mark that has it counted again."""
    names = (RUNS, f"parked.{month}", marks_of(month))
    keys = [(RUNS, str(month)), *((name, account) for name in names[1:])]
    rows = {s.pk: s for s in outside.store.get_many("control", keys)}
    run, parked, mark = map(rows.get, names)
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
