"""Accounts of a batch are closed, their documents numbered, drawn and filed, and their letters queued.

Each step is asked of the rows as they are: whatever an earlier, interrupted attempt has done is found done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from billing import paper, records
from billing.domain import closing, drafts
from billing.domain.closing import SuspiciousError
from billing.domain.documents import Act, DocumentStatus, Invoice, Reconciliation
from billing.domain.drafts import Draft
from billing.domain.errors import BillingError, UnavailableError
from billing.domain.parties import Customer
from billing.domain.periods import Month, utc_text
from billing.domain.seller import SellerCard
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.records import DocumentRecord
from billing.usecases.cards import customer_card, seller_card
from billing.usecases.documents import documents_of
from billing.usecases.edo_due import due_writes
from billing.usecases.filing import filed
from billing.usecases.letters import queue_letters
from billing.usecases.numbering import NUMBERED_MAX, number
from billing.usecases.parking import park, set_aside
from billing.usecases.quarterly import is_wanted, reconciled
from billing.usecases.runs import reopening
from billing.usecases.waiting import go_on, wait_for_person

ATTEMPTS_MAX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One account of the batch that could not be finished. `passing`: trying again may help."""

    account: str
    reason: str
    passing: bool


def issue_documents(
    month: Month, accounts: Sequence[str], outside: Outside, *, forced: bool = False, last_attempt: bool = False
) -> tuple[Failure, ...]:
    """Every account is closed up to the month and its documents are ready, blocked, or the account is parked.

    An account that fails does not hold up the others. On the last attempt one that fails for a reason of its own is
    parked; one that fails because something is down is left to the sweep.
    """
    failures: list[Failure] = []
    seller = seller_card(outside.store)
    due: list[tuple[str, Month]] = []
    for account in accounts:
        with _one_account(account, failures):
            due += _closed(account, month, seller, outside, forced=forced)
    decided: list[DocumentRecord] = []
    for account, m in due:
        with _one_account(account, failures):
            decided += _decided(account, m, seller, outside)
    _number(decided, seller, outside, failures)
    decided = []
    for account, m in due:
        with _one_account(account, failures):
            decided += reconciled(account, m, outside)  # acts with their numbers are rows of it
    _number(decided, seller, outside, failures)
    for account, m in due:
        with _one_account(account, failures):
            _publish(account, m, seller, outside)
    if last_attempt:
        for failure in failures:
            if not failure.passing:
                set_aside(failure.account, month, failure.reason, outside)
        return tuple(f for f in failures if f.passing)
    return tuple(failures)


def _number(
    decided: Sequence[DocumentRecord], seller: SellerCard | None, outside: Outside, failures: list[Failure]
) -> None:
    for i in range(0, len(decided), NUMBERED_MAX):
        batch = decided[i : i + NUMBERED_MAX]
        with _one_account(batch[0].account, failures):
            number(batch, seller, outside)


class _one_account:
    """Keeps one account's failure from the others; only a stop of the whole function passes through."""

    def __init__(self, account: str, failures: list[Failure]) -> None:
        self._account, self._failures = account, failures

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception):
            return False
        passing = isinstance(error, UnavailableError | StaleError)
        said = str(error) if isinstance(error, BillingError) else f"{type(error).__name__}: {error}"
        self._failures.append(Failure(account=self._account, reason=said[:500], passing=passing))
        return True


# --- close -------------------------------------------------------------------------------------------------------


def _closed(
    account: str, month: Month, seller: SellerCard | None, outside: Outside, *, forced: bool
) -> list[tuple[str, Month]]:
    """Close the account's open months up to `month`; answer the months whose documents are not finished."""
    customer = customer_card(outside.store, account)
    for _ in range(ATTEMPTS_MAX):
        stored = outside.store.get("accounts", account)
        if not stored or Month.parse(stored.row["open"]) > month:
            break
        try:
            if not _close(stored, customer, seller, outside, forced=forced):
                break  # parked: the months before it may still have work
        except StaleError:
            continue  # a charge came in between: read again
    page = outside.store.query("work", records.shard_of(account), prefix=f"issue#{account}#")
    return [(account, Month.parse(s.row["month"])) for s in page.rows if s.row["month"] <= str(month)]


def _close(
    stored: Stored, customer: Customer | None, seller: SellerCard | None, outside: Outside, *, forced: bool
) -> bool:
    """The month is closed with all its documents decided, in one transaction; or the account is parked."""
    store, at = outside.store, utc_text(outside.clock())
    before = records.account_of(stored.pk, stored.row)
    try:
        done = closing.close(before, customer, seller, forced=forced)
    except SuspiciousError as suspicion:
        park(stored.pk, before.open, str(suspicion), outside)
        return False
    entry = records.entry_row(done.entry, account=stored.pk, at=at, posted_at=at, previous=before.head)
    after = records.with_head(done.account, entry["sha"])
    month = str(before.open)
    writes = [
        Write("accounts", stored.pk, "", records.account_row(after), stored.version),
        Write("journal", stored.pk, records.seq_key(done.entry.seq), entry, ABSENT),
        Write("documents", stored.pk, records.period_key(month), records.period_row(done.period, at), ABSENT),
    ]
    for draft in done.drafts:
        record = _record(stored.pk, month, _printable(draft, outside), at)
        writes.append(Write("documents", stored.pk, record.id, records.document_row(record), ABSENT))
    if done.drafts or is_wanted(stored.pk, before.open, outside):
        work = {"month": month, "account": stored.pk, "since": at}
        writes.append(Write("work", records.shard_of(stored.pk), f"issue#{stored.pk}#{month}", work, ABSENT))
    if parked := store.get("control", f"parked.{month}", stored.pk):
        writes.append(Write("control", f"parked.{month}", stored.pk, None, parked.version))
    store.tx([*writes, *reopening(outside, before.open)])
    return True


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


def _printable(draft: Draft, outside: Outside) -> Draft:
    """A text that the fonts cannot print blocks the document before it takes a number."""
    if draft.problems:
        return draft
    return replace(draft, problems=paper.problems(draft.content))


# --- number ------------------------------------------------------------------------------------------------------


def _decided(account: str, month: Month, seller: SellerCard | None, outside: Outside) -> list[DocumentRecord]:
    """The documents that only lack a number; blocked ones are looked at again, their requisites may be mended."""
    ready: list[DocumentRecord] = []
    customer: Customer | None = None
    for record, version in documents_of(account, month, outside):
        if record.status is DocumentStatus.BLOCKED and isinstance(record.content, Act | Invoice | Reconciliation):
            customer = customer or customer_card(outside.store, account)
            draft = Draft(id=record.id, payer=record.payer, content=record.content, problems=record.problems)
            mended = _printable(drafts.mended(draft, customer, seller), outside)
            if mended == draft:
                continue
            status = DocumentStatus.BLOCKED if mended.problems else DocumentStatus.DECIDED
            record = replace(record, status=status, content=mended.content, problems=mended.problems)
            write = Write("documents", account, record.id, records.document_row(record), version)
            work = outside.store.get("work", records.shard_of(account), f"issue#{account}#{month}")
            outside.store.tx([write, *([] if record.problems else [*go_on(work), *reopening(outside, month)])])
        if record.status is DocumentStatus.DECIDED:
            ready.append(record)
    return ready


# --- draw, file, queue the letters -------------------------------------------------------------------------------


def _publish(account: str, month: Month, seller: SellerCard | None, outside: Outside) -> None:
    """Numbered documents are drawn and filed; then, in one transaction, they are ready, and due to go out."""
    found = documents_of(account, month, outside)
    ready: list[tuple[DocumentRecord, int]] = []
    for record, version in found:
        if record.status is DocumentStatus.NUMBERED:
            ready.append((filed(record, outside), version))
    blocked = [r for r, _ in found if r.status is DocumentStatus.BLOCKED]
    waiting = [r for r, _ in found if r.status is DocumentStatus.DECIDED]
    work = outside.store.get("work", records.shard_of(account), f"issue#{account}#{month}")
    if waiting or not work:
        return
    writes: list[Write] = []
    if not blocked:
        writes.append(Write("work", work.pk, work.sk, None, work.version))
        if parked := outside.store.get("control", f"parked.{month}", account):
            writes.append(Write("control", f"parked.{month}", account, None, parked.version))
    else:
        writes += wait_for_person(work, "; ".join(blocked[0].problems), outside)
        if writes and _decided(account, month, seller_card(outside.store), outside):
            raise UnavailableError("the cards have changed meanwhile")
    if ready:
        writes += reopening(outside, month)
        writes += due_writes([record for record, _ in ready], seller, outside)
    if writes:
        about = {"kind": "closing_documents", "month": str(month), "summary": f"закрывающие документы за {month}"}
        queue_letters(account, month, ready, writes, outside, about=about)
