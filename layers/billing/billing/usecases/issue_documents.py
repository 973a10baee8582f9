"""Accounts of a batch are closed, their documents numbered, drawn and filed, and their letters queued.

Each step is asked of the rows as they are: whatever an earlier, interrupted attempt has done is found done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from billing import records
from billing.domain import drafts
from billing.domain.documents import Act, DocumentStatus, Invoice, Reconciliation
from billing.domain.drafts import Draft
from billing.domain.errors import BillingError, UnavailableError
from billing.domain.periods import Month
from billing.domain.seller import SellerCard
from billing.domain.trouble_wording import all_said
from billing.ports import Outside, StaleError, Write
from billing.records import DocumentRecord
from billing.usecases.account_months import Due, closed, no_more, printable, run_and_marks
from billing.usecases.cards import cards_seen, customer_card, seller_card
from billing.usecases.edo.due import due_writes
from billing.usecases.filing import filed
from billing.usecases.letters import queue_letters
from billing.usecases.numbering import NUMBERED_MAX, number
from billing.usecases.parking import set_aside
from billing.usecases.quarterly import is_unread, reconciled
from billing.usecases.runs import recounted, recounting, reopened
from billing.usecases.waiting import go_on, wait_for_person

PUBLISHED_MAX = 30  # documents in the transaction that makes them ready; it holds their letters too


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A month of an account of the batch that could not be finished. `passing`: trying again may help."""

    account: str
    month: Month
    reason: str
    passing: bool


def issue_documents(
    month: Month, accounts: Sequence[str], outside: Outside, *, forced: bool = False, last_attempt: bool = False
) -> tuple[Failure, ...]:
    """Every account is closed up to the month and its documents are ready, blocked, or the account is parked.

    An account that fails does not hold up the others, nor one month of it the other; what has failed on the way is not
    published in the same call. On the last attempt one that fails for a reason of its own is parked; one that fails
    because something is down is left to the sweep.
    """
    failures: list[Failure] = []
    seller = seller_card(outside.store)
    _read_ahead(accounts, outside)
    due: list[Due] = []
    cards: dict[str, Mapping[str, int]] = {}
    for account in accounts:
        with _one_account(account, month, failures):
            cards[account] = cards_seen(account, outside)
            due += closed(account, month, seller, outside, forced=forced)
    decided: list[DocumentRecord] = []
    for one in due:
        with _one_account(one.account, one.month, failures):
            decided += _decided(one, outside)
    _number(decided, seller, outside, failures)
    decided = []
    for one in due:
        with _one_account(one.account, one.month, failures):
            decided += reconciled(one.account, one.month, outside)  # acts with their numbers are rows of it
    _number(decided, seller, outside, failures)
    failed = _failed(failures)
    for one in due:
        if (one.account, one.month) in failed:  # its documents may not all be decided: its work must stay
            continue
        with _one_account(one.account, one.month, failures):
            _publish(one, seller, cards[one.account], outside)
    if last_attempt:
        for failure in failures:
            if not failure.passing:
                set_aside(failure.account, failure.month, failure.reason, cards[failure.account], outside)
        return tuple(f for f in failures if f.passing)
    return tuple(failures)


def _failed(failures: Sequence[Failure]) -> set[tuple[str, Month]]:
    return {(failure.account, failure.month) for failure in failures}


def _read_ahead(accounts: Sequence[str], outside: Outside) -> None:
    """The accounts and cards are known, if the outside world remembers what it was asked."""
    with suppress(UnavailableError):  # each is asked for when it is wanted
        for table in ("accounts", "customers"):
            outside.store.get_many(table, {(account, "") for account in accounts})


def _number(
    decided: Sequence[DocumentRecord], seller: SellerCard | None, outside: Outside, failures: list[Failure]
) -> None:
    for i in range(0, len(decided), NUMBERED_MAX):
        batch = decided[i : i + NUMBERED_MAX]
        with _one_account(batch[0].account, Month.parse(batch[0].month), failures):
            number(batch, seller, outside)


class _one_account:
    """Keeps one account's failure from the others; only a stop of the whole function passes through."""

    def __init__(self, account: str, month: Month, failures: list[Failure]) -> None:
        self._account, self._month, self._failures = account, month, failures

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception):
            return False
        passing = isinstance(error, UnavailableError | StaleError)
        said = str(error) if isinstance(error, BillingError) else f"{type(error).__name__}: {error}"
        self._failures.append(Failure(account=self._account, month=self._month, reason=said[:500], passing=passing))
        return True


# --- number ------------------------------------------------------------------------------------------------------


def _decided(due: Due, outside: Outside) -> list[DocumentRecord]:
    """The documents that only lack a number; blocked ones are looked at again, their requisites may be mended."""
    ready: list[DocumentRecord] = []
    account, month = due.account, due.month
    for record, version in due.found(outside):
        if record.status is DocumentStatus.BLOCKED and isinstance(record.content, Act | Invoice | Reconciliation):
            customer, seller = customer_card(outside.store, account), seller_card(outside.store)
            draft = Draft(id=record.id, payer=record.payer, content=record.content, problems=record.problems)
            mended = printable(drafts.mended(draft, customer, seller))
            if mended == draft:
                continue
            status = DocumentStatus.BLOCKED if mended.problems else DocumentStatus.DECIDED
            record = replace(record, status=status, content=mended.content, problems=mended.problems)
            write = Write("documents", account, record.id, records.document_row(record), version)
            work = outside.store.get("work", records.shard_of(account), f"issue#{account}#{month}")
            outside.store.tx(
                [write, *([] if record.problems else [*go_on(work), *recounting(outside, month, account)])]
            )
        if record.status is DocumentStatus.DECIDED and not is_unread(record, outside):
            ready.append(record)
    return ready


# --- draw, file, queue the letters -------------------------------------------------------------------------------


def _publish(due: Due, seller: SellerCard | None, cards: Mapping[str, int], outside: Outside) -> None:
    """Numbered documents are drawn and filed; then, in one transaction, they are ready, and due to go out.

    More than fit one transaction go before, some at a time, and stay ready whatever happens to the rest. What is
    blocked waits for other cards than `cards`, which were there before anything was decided.
    """
    account, month, found = due.account, due.month, due.found(outside)
    numbered = [(record, version) for record, version in found if record.status is DocumentStatus.NUMBERED]
    blocked = [r for r, _ in found if r.status is DocumentStatus.BLOCKED]
    waiting = [r for r, _ in found if r.status is DocumentStatus.DECIDED]
    work = outside.store.get("work", records.shard_of(account), f"issue#{account}#{month}")
    if waiting or not work:
        return
    about = {"kind": "closing_documents", "month": str(month), "summary": f"закрывающие документы за {month}"}
    while len(numbered) > PUBLISHED_MAX:
        some = [(filed(record, outside), version) for record, version in numbered[:PUBLISHED_MAX]]
        out = due_writes([record for record, _ in some], seller, outside)
        queue_letters(account, month, some, [*recounting(outside, month, account), *out], outside, about=about)
        numbered = numbered[PUBLISHED_MAX:]
    ready = [(filed(record, outside), version) for record, version in numbered]
    writes: list[Write] = []
    run, parked, mark = run_and_marks(account, month, outside) if ready or not blocked else (None, None, None)
    if not blocked:
        writes += [Write("work", work.pk, work.sk, None, work.version), *no_more(parked)]
    else:
        writes += wait_for_person(work, all_said(blocked[0].problems), cards)
    if ready:
        writes += [*reopened(run), *recounted(run, mark, account)]
        writes += due_writes([record for record, _ in ready], seller, outside)
    if writes:
        queue_letters(account, month, ready, writes, outside, about=about)
