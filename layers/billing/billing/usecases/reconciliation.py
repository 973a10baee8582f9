"""Акт сверки of one payer for any stretch of days, read from the journal and the issued acts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from billing import paper
from billing.domain.closing import payer_of_unpaid
from billing.domain.documents import DocumentStatus
from billing.domain.drafts import sides
from billing.domain.errors import InvalidInputError, NotFoundError
from billing.domain.ledger import ACTED, LEGAL, Account, Entry, MoneyClass
from billing.domain.money import Kopecks
from billing.domain.periods import Day, Month
from billing.domain.reconciliation import (
    Event,
    NumberedAct,
    Paid,
    ReconciliationDraft,
    Turnover,
    money_events,
    reconcile,
    reconciliation_draft,
    sale,
    undocumented_by,
)
from billing.domain.seller import SellerCard
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause, Trouble
from billing.ports import Outside, Row, Store
from billing.usecases.cards import customer_card, seller_card
from billing.usecases.period_entries import account_now, entries_between, entry_at, seq_before
from billing.usecases.rows import rows_of

_ISSUED = (DocumentStatus.NUMBERED, DocumentStatus.READY)


def reconciliation_content(
    account: str, payer: str, first: Day, last: Day, outside: Outside, *, today: Day, mirrored: bool | None = None
) -> ReconciliationDraft:
    """What the act says, without a number: requisites of today, both days inclusive.

    `mirrored` None: as the seller's settings have it. Problems (requisites, characters) are told, not raised.

    Raises:
        NotFoundError: there is no such account, or the payer never had to do with it.
        InvalidInputError: the stretch ends before it begins, or after today.
    """
    if last < first:
        raise InvalidInputError(trouble(Cause.PERIOD_BACKWARDS))
    if last > today:
        raise InvalidInputError(trouble(Cause.PERIOD_NOT_OVER))
    store = outside.store
    books = account_now(store, account)
    customer, seller = customer_card(store, account), seller_card(store)
    entries = entries_between(store, account, seq_before(store, account, first, open=books.open), books.seq)
    papers = _papers(store, books, payer)
    events = [*map(sale, papers.acts), *_money(store, books, payer, entries)]
    known = customer and any(p.inn == payer for p in customer.payers)
    if not (known or events or papers.spent or any(lot.payer == payer for lot in books.lots)):
        raise NotFoundError("с таким плательщиком расчётов не было")

    if papers.plain:
        now = sum(act.total for act in papers.acts) - _money_now(books, payer, papers)
        turnover = reconcile(
            (e for e in events if e.day >= first), first, last, before=now - _effect(events, since=first)
        )
    else:
        whole = entries_between(store, account, 0, books.seq)
        turnover = reconcile([*map(sale, papers.acts), *money_events(whole, payer, {})], first, last)
    draft = reconciliation_draft(
        payer,
        first,
        last,
        turnover,
        day=today,
        sides=sides(payer, today, customer, seller),
        mirrored=_mirrored(mirrored, seller),
        not_acted=_not_acted(books, payer, papers, entries, last, owes=payer_of_unpaid(books, customer) == payer),
        warnings=_warnings(books, papers, last),
    )
    return draft if draft.problems else replace(draft, problems=paper.problems(draft.content))


def unread_content(
    account: str, payer: str, first: Day, last: Day, outside: Outside, *, today: Day, mirrored: bool | None = None
) -> ReconciliationDraft:
    """The same act before the journal is read: the sides and the days are there, the rows and sums are not."""
    customer, seller = customer_card(outside.store, account), seller_card(outside.store)
    return reconciliation_draft(
        payer,
        first,
        last,
        Turnover(opening=0, rows=(), closing=0),
        day=today,
        sides=sides(payer, today, customer, seller),
        mirrored=_mirrored(mirrored, seller),
        not_acted=0,
    )


def _mirrored(asked: bool | None, seller: SellerCard | None) -> bool:
    return asked if asked is not None else not seller or seller.reconciliation_mirrored


def rows_count(account: str, first: Day, last: Day, outside: Outside) -> int:
    """At most so many rows, told by a few cheap reads.

    Each row stands by an entry of the journal, so there are no more of them than entries since the stretch began.

    Raises:
        NotFoundError: there is no such account.
    """
    books = account_now(outside.store, account)
    return books.seq - seq_before(outside.store, account, first, open=books.open)


# --- acts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Papers:
    """The payer's acts of all closed months. `waiting`: months of those without a number, `waiting_total` their sum,
    `waiting_spent` the part of it that came from money.

    `plain`: no charge was ever acted before it was paid, and no spent money ever withdrawn; then what the payer has
    paid is what is left of it and what was spent of it.
    """

    acts: tuple[NumberedAct, ...]
    waiting: tuple[Month, ...]
    waiting_total: Kopecks
    waiting_spent: Kopecks
    plain: bool

    @property
    def spent(self) -> Kopecks:
        return self.waiting_spent + sum(act.spent for act in self.acts)


def _papers(store: Store, books: Account, payer: str) -> _Papers:
    acts: list[NumberedAct] = []
    waiting: list[Month] = []
    waiting_total, waiting_spent, plain = 0, 0, not any(kind == "chargeback" for _, kind in books.turnover)
    plain &= not any(fund.money is MoneyClass.CREDIT for fund in books.funds)
    for stored in rows_of(store, "documents", books.id, before=f"{books.open}"):
        row = stored.row
        if row["kind"] == "period":
            plain &= "chargeback" not in row["turnover"] and "CREDIT" not in {**row["funded"], **row["carried"]}
        if row["kind"] != "act" or row["payer"] != payer or row["status"] == DocumentStatus.VOID:
            continue
        if row["status"] in _ISSUED:
            acts.append(_numbered(row))
        else:
            waiting.append(Month.parse(row["month"]))
            waiting_total += row["total_kop"]
            waiting_spent += _spent(row)
    return _Papers(
        acts=tuple(acts),
        waiting=tuple(waiting),
        waiting_total=waiting_total,
        waiting_spent=waiting_spent,
        plain=plain,
    )


def _numbered(row: Row) -> NumberedAct:
    return NumberedAct(
        number=row["number"], date=Day.fromisoformat(row["date"]), total=row["total_kop"], spent=_spent(row)
    )


def _spent(row: Row) -> Kopecks:
    return sum(amount for money, amount in row["content"]["by_class"] if money in LEGAL)


# --- money -------------------------------------------------------------------------------------------------------


def _money(store: Store, books: Account, payer: str, entries: Sequence[Entry]) -> list[Event]:
    return money_events(entries, payer, _paid_before(store, books.id, entries))


def _paid_before(store: Store, account: str, entries: Sequence[Entry]) -> dict[str, Paid]:
    """The payments that the entries correct and do not hold, as they stood before the first of the entries."""
    held = {e.key for e in entries if e.kind == "payment"}
    before: dict[str, Paid] = {}
    for e in entries:
        if e.kind not in ("refund", "chargeback", "reclassification") or e.ref in held or e.ref in before:
            continue
        payment = entry_at(store, account, e.ref)
        assert payment, "a correction names a payment of its account"
        paid = Paid(document=payment.document, money=payment.money, payer=payment.payer, left=payment.amount)
        if any(later.kind == "reclassification" and later.ref == e.ref for later in entries):
            meanwhile = entries_between(store, account, payment.seq, entries[0].seq - 1)
            paid = _since(paid, (m for m in meanwhile if m.ref == e.ref))
        else:  # it says itself whose money goes back
            paid = replace(paid, money=e.money, payer=e.payer)
        before[e.ref] = paid
    return before


def _since(paid: Paid, corrections: Iterable[Entry]) -> Paid:
    for c in corrections:
        if c.kind == "reclassification":
            paid = replace(paid, money=c.money, payer=c.payer)
        else:
            paid = replace(paid, left=paid.left + c.amount)
    return paid


def _money_now(books: Account, payer: str, papers: _Papers) -> Kopecks:
    """What the payer has paid and not got back: what is not spent yet, and what was spent in acts and before them."""
    rest = sum(lot.rest for lot in books.lots if lot.payer == payer and lot.money in LEGAL)
    return rest + _in_funds(books, payer) + papers.spent


def _in_funds(books: Account, payer: str) -> Kopecks:
    return sum(s.amount for fund, s in books.funds.items() if fund.payer == payer and fund.money in LEGAL)


def _effect(events: Iterable[Event], *, since: Day) -> Kopecks:
    return sum(event.effect for event in events if event.day >= since)


def _not_acted(
    books: Account, payer: str, papers: _Papers, entries: Iterable[Entry], last: Day, *, owes: bool
) -> Kopecks:
    """Return what is served to the payer by the day, paid or not, and in no document, reckoned backwards from now.

    Now that is what the next acts will hold, what waits for its number, and, if the payer `owes` it, what is not paid
    and in no act.
    """
    now = sum(s.amount for fund, s in books.funds.items() if fund.payer == payer and fund.money in ACTED)
    now += papers.waiting_total
    if owes:
        now += sum(debt.rest for debt in books.debts if not debt.acted)
    since = sum(undocumented_by(e, payer, owes=owes) for e in entries if e.day > last)
    return now - since + sum(act.total for act in papers.acts if act.date > last)


def _warnings(books: Account, papers: _Papers, last: Day) -> list[Trouble]:
    month = Month.of(last)
    said = [trouble(Cause.MONTH_OPEN, month=month)] if month >= books.open else []
    return said + [trouble(Cause.ACT_NOT_ISSUED, month=m) for m in sorted(set(papers.waiting)) if m <= month]
