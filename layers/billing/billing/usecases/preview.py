"""What the close of a month would make, without writing anything; and how that differs from what was issued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from billing import records
from billing.domain import closing
from billing.domain.closing import SuspiciousError
from billing.domain.documents import DocumentKind, total_of
from billing.domain.ledger import Account
from billing.domain.money import plain_roubles
from billing.domain.parties import Customer
from billing.domain.periods import Month
from billing.domain.replay import replay
from billing.domain.seller import SellerCard
from billing.ports import Outside, Stored
from billing.usecases.cards import customer_card, seller_card
from billing.usecases.documents import documents_of
from billing.usecases.period_entries import entries_between

PAGE = 100


def preview(month: Month, outside: Outside, *, until: datetime, accounts: Sequence[str] = ()) -> dict[str, Any]:
    """The papers of the month for the given accounts, or for all that time allows (`complete` says whether it did).

    Answers `{"month", "complete", "accounts", "total", "documents": [...], "differences": [...]}`, sums in roubles.
    An account already closed is told again from its journal, by the policy of that close, and its acts compared with
    those issued: their payers and sums. Invoices, requisites and texts follow the cards: that today's card is another
    is no fault of a paper.
    """
    seller, said, total, read, complete = seller_card(outside.store), _Said(), 0, 0, True
    for stored in _accounts(outside, accounts):
        if outside.clock() >= until:
            complete = False
            break
        read += 1
        total += _preview_one(stored, month, seller, said, outside)
    return {
        "month": str(month),
        "complete": complete,
        "accounts": read,
        "total": plain_roubles(total),
        "documents": said.documents,
        "differences": said.differences,
    }


class _Said:
    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []
        self.differences: list[str] = []


def _accounts(outside: Outside, named: Sequence[str]) -> Iterator[Stored]:
    if named:
        yield from (s for a in named if (s := outside.store.get("accounts", a)))
        return
    cursor = ""
    while True:
        page = outside.store.scan("accounts", segment=0, segments=1, cursor=cursor, limit=PAGE)
        yield from page.rows
        if not (cursor := page.cursor):
            return


def _preview_one(stored: Stored, month: Month, seller: SellerCard | None, said: _Said, outside: Outside) -> int:
    account, customer = stored.pk, customer_card(outside.store, stored.pk)
    books = records.account_of(account, stored.row)
    issued, terms = {}, None
    if books.open > month:
        entries = entries_between(outside.store, account, 0)
        if not (end := next((e for e in entries if e.kind == "close" and e.month == month), None)):
            return 0  # opened after the month
        books, terms = replay(account, entries, until=month), closing.terms_in(end)
        issued = {d.id: d for d, _ in documents_of(account, month, outside) if d.kind is DocumentKind.ACT}
    try:
        books = _at(books, month, customer, seller)
        drafts = {d.id: d for d in closing.close(books, customer, seller, terms=terms).drafts}
    except SuspiciousError as suspicion:
        said.differences.append(f"{account}: будет отложен: {suspicion}")
        return 0
    closed = stored.row["open"] > str(month)
    if closed:
        drafts = {id: draft for id, draft in drafts.items() if draft.content.kind is DocumentKind.ACT}
    total = 0
    for id, draft in sorted(drafts.items()):
        total += total_of(draft.content)
        said.documents.append(
            {
                "account": account,
                "id": id,
                "total": plain_roubles(total_of(draft.content)),
                "problems": [str(problem) for problem in draft.problems],
            }
        )
        if not closed:
            continue
        was = issued.get(id)
        if not was:
            said.differences.append(f"{account}: {id} не выпущен, а по журналу должен быть")
        elif total_of(was.content) != total_of(draft.content):
            said.differences.append(f"{account}: {id} выпущен на другую сумму")
    if closed:
        said.differences += [
            f"{account}: {id} выпущен, а по журналу не нужен" for id in sorted(set(issued) - set(drafts))
        ]
    return total


def _at(books: Account, month: Month, customer: Customer | None, seller: SellerCard | None) -> Account:
    """The account with the months before closed too, as the night would do it."""
    while books.open < month:
        books = closing.close(books, customer, seller, forced=True).account
    return books
