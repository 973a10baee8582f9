"""The chain of evidence, both ways: payment → charges → act → file → letters → EDO, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from billing import records
from billing.domain.closing import terms_in
from billing.domain.documents import Act, DocumentKind, total_of
from billing.domain.drafts import document_id
from billing.domain.errors import NotFoundError
from billing.domain.explain import ActExplained, Evidence, PaymentExplained
from billing.domain.explain_act import MonthOfAct, act_parts, why_not_charged, why_not_paid
from billing.domain.explain_payment import Acts, payment_parts
from billing.domain.ledger import Entry, Lot
from billing.domain.periods import Month
from billing.domain.pieces import names_of_merged, placed
from billing.ports import Outside, Store
from billing.records import DocumentRecord
from billing.usecases.documents_told import letters_told
from billing.usecases.kept_letters import letters_about
from billing.usecases.period_entries import account_now, entries_between, entry_at, entry_number, seq_before
from billing.usecases.rows import rows_of


def explain_payment(account: str, key: str, outside: Outside) -> PaymentExplained:
    """Where each kopeck of the payment is.

    Raises:
        NotFoundError: the account has no such payment.
    """
    store = outside.store
    books = account_now(store, account)
    payment = entry_at(store, account, key)
    if not payment or payment.kind != "payment" or payment.seq > books.seq:
        raise NotFoundError("такого платежа на счёте нет")
    entries = entries_between(store, account, payment.seq - 1, books.seq)
    first = min(e.period for e in entries if e.kind != "close")  # it may pay for a month before its own
    begun = seq_before(store, account, first.first_day, open=books.open)
    entries = [*entries_between(store, account, begun, payment.seq - 1), *entries]
    due, since = _books_since(first, entries)
    found = _acts(store, account, since, books.open.previous)
    acts, merges = _by_payer(found), _merges(store, account, entries, books.lots)
    pieces = [p for p in placed(due, acts.ids, merges, acts.holding_back, books.lines) if p.payment == key]
    corrections = [e for e in entries if e.ref == key]
    charges = _named(store, account, (p.charge for p in pieces), entries)
    if debts := [charges[p.charge].period for p in pieces if p.acted and p.charge in charges]:
        found = _acts(store, account, min(*debts, since), books.open.previous)
        acts = _by_payer(found)
    parts, owed_again = payment_parts(payment, pieces, corrections, books.lots, charges, acts, merges)
    now = next((e for e in reversed(corrections) if e.kind == "reclassification"), payment)
    named = {part.act for part in parts}
    return PaymentExplained(
        key=key,
        day=payment.day,
        amount=payment.amount,
        document=payment.document,
        money=now.money,
        payer=now.payer,
        was=None if now is payment else (payment.money, payment.payer),
        parts=parts,
        owed_again=owed_again,
        acts=tuple(evidence_of(d, outside) for d in found if d.id in named),
    )


def explain_act(account: str, document: str, outside: Outside) -> ActExplained:
    """Which payments and charges make the act, and why it is for another sum than was paid or charged.

    Raises:
        NotFoundError: the account has no such act.
    """
    store = outside.store
    stored = store.get("documents", account, document)
    if not stored or stored.row["kind"] != DocumentKind.ACT:
        raise NotFoundError("такого акта нет")
    record = records.document_of(account, document, stored.row)
    assert isinstance(record.content, Act)
    month, act = Month.parse(record.month), record.content
    books = account_now(store, account)
    first, last = _carried_from(store, account, month)
    entries = _due_since(store, account, first, last, books.open)
    while _taken_back(entries, first):  # into a month that may have made no act of it
        first, _ = _carried_from(store, account, first.previous)
        entries = _due_since(store, account, first, last, books.open)
    entries, since = _books_since(first, entries)
    acts = _by_payer(_acts(store, account, since, month))
    pieces = placed(entries, acts.ids, _merges(store, account, entries), acts.holding_back, books.lines)
    told = MonthOfAct(
        act=act,
        month=month,
        payer=record.payer,
        entries=[e for e in entries if e.period == month],
        pieces=pieces,
        held_in="" if document in acts.ids.values() else document,
    )
    held = told.held
    named = _named(store, account, (key for p in held for key in (p.payment, p.charge)), entries)
    paid, from_paid = why_not_paid(told)
    charged, from_charged = why_not_charged(told)
    return ActExplained(
        evidence=evidence_of(record, outside),
        month=month,
        parts=act_parts(document, act, held, named, acts),
        paid=paid,
        from_paid=from_paid,
        charged=charged,
        from_charged=from_charged,
    )


def evidence_of(record: DocumentRecord, outside: Outside) -> Evidence:
    """Where a document went, as far as its rows know."""
    return Evidence(
        id=record.id,
        kind=record.kind.value,
        month=record.month,
        payer=record.payer,
        number=record.number,
        date=record.content.date,
        status=record.status,
        total=total_of(record.content),
        file=record.file,
        sha256=record.sha256,
        letters=letters_told(letters_about(record, outside), full=False),
        edo=record.edo,
    )


# --- reading -----------------------------------------------------------------------------------------------------


def _books_since(first: Month, entries: Iterable[Entry]) -> tuple[list[Entry], Month]:
    """What the books of the month and of those after it hold, and the closes that may have taken something from it."""
    due = [e for e in entries if e.period >= first or e.kind == "close"]
    return due, min([first, *(e.month for e in due if e.kind == "close")])


def _acts(store: Store, account: str, first: Month, last: Month) -> list[DocumentRecord]:
    """The acts of the months first..last."""
    rows = rows_of(store, "documents", account, after=str(first), before=str(last.next))
    return [records.document_of(account, s.sk, s.row) for s in rows if s.row["kind"] == DocumentKind.ACT]


def _by_payer(found: Iterable[DocumentRecord]) -> Acts:
    ids: dict[tuple[Month, str], str] = {}
    held_back: dict[tuple[Month, str], tuple[str, ...]] = {}
    for d in found:
        key = month, payer = Month.parse(d.month), d.payer
        if d.id == document_id(month, DocumentKind.ACT, payer):
            ids[key] = d.id
        else:
            held_back[key] = (*held_back.get(key, ()), d.id)
    return Acts(ids=ids, contents={d.id: d.content for d in found if isinstance(d.content, Act)}, held_back=held_back)


def _carried_from(store: Store, account: str, month: Month) -> tuple[Month, int]:
    """The first month of which the act of this one may hold something carried, and the last entry of this one."""
    period = store.get("documents", account, records.period_key(month))
    assert period, "an act is decided in the transaction that closes its month"
    last = int(period.row["last_seq"])
    while period and any(kind.startswith("carried.") for kind in period.row["turnover"]):
        month = month.previous
        period = store.get("documents", account, records.period_key(month))
    return month, last


def _due_since(store: Store, account: str, first: Month, last: int, open: Month) -> list[Entry]:
    """Read the entries up to the `last` that may be in the books of the month `first` or of those after it."""
    return entries_between(store, account, seq_before(store, account, first.first_day, open=open), last)


def _taken_back(entries: Iterable[Entry], first: Month) -> bool:
    """Return whether the close of the month before took in what was paid for it after its end.

    Without an act there, such a payment comes back into a later act together with what that month itself held.
    """
    early = list[Entry]()
    for e in entries:
        if e.kind == "close" and e.month == first.previous:
            return terms_in(e).acts_unpaid and any(a.month < first for one in early for a in one.allocations)
        if e.period >= first:
            early.append(e)
    return False


def _merges(store: Store, account: str, entries: Sequence[Entry], lots: Iterable[Lot] = ()) -> dict[str, Entry]:
    """Every merge that is named in them, or in those: its name tells its place in the journal."""
    merges = {e.key: e for e in entries if e.kind == "merge"}
    wanted = names_of_merged(entries, lots) - merges.keys()
    while wanted:
        more = [entry_number(store, account, int(name.rpartition(" ")[2])) for name in sorted(wanted)]
        read = [e for e in more if e]
        merges |= {e.key: e for e in read}
        wanted = names_of_merged(read) - merges.keys()
    return merges


def _named(store: Store, account: str, keys: Iterable[str], entries: Iterable[Entry]) -> dict[str, Entry]:
    """The entries of those keys: from among the read ones, else one by one."""
    read = {e.key: e for e in entries}
    found: dict[str, Entry] = {}
    for key in dict.fromkeys(keys):
        if entry := read.get(key) or entry_at(store, account, key):
            found[key] = entry
    return found
