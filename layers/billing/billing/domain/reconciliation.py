"""Акт сверки: what one payer and we have given each other, document by document.

Ours is the left half: an act is a debit, a payment a credit; money that went back, whoever asked for it, is a debit.
A balance = opening + Σ debits − Σ credits; positive: the payer owes us.

Source: 402-ФЗ ст. 9 for what a document is; the customary form of the act for the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from billing.domain.documents import Operation, Reconciliation, ReconciliationRow
from billing.domain.drafts import Sides
from billing.domain.ledger import LEGAL, Entry, MoneyClass
from billing.domain.money import Kopecks
from billing.domain.periods import Day
from billing.domain.troubles import Trouble

_SALE, _MONEY = 0, 1  # the order inside a day


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedAct:
    """An act that was issued: it has its number and its date for ever. `spent`: its part of money that was there."""

    number: str
    date: Day
    total: Kopecks
    spent: Kopecks


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A payment as it stands: whose money of which class it is, and how much of it has not been given back."""

    document: str
    money: str
    payer: str
    left: Kopecks


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A row with its place: sales of a day stand before its payments, then numbers and the journal decide."""

    order: tuple[Day, int, int, str]
    row: ReconciliationRow

    @property
    def day(self) -> Day:
        return self.row.date

    @property
    def effect(self) -> Kopecks:
        return self.row.debit - self.row.credit


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnover:
    """What stands between two days, both inclusive. `closing` = `opening` + `debit` − `credit`."""

    opening: Kopecks
    rows: tuple[ReconciliationRow, ...]
    closing: Kopecks

    @property
    def debit(self) -> Kopecks:
        return sum(row.debit for row in self.rows)

    @property
    def credit(self) -> Kopecks:
        return sum(row.credit for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationDraft:
    """A reconciliation without a number. With `problems` it is not issued; `warnings` are for whoever asked for it."""

    payer: str
    content: Reconciliation
    problems: tuple[Trouble, ...] = ()
    warnings: tuple[Trouble, ...] = ()


def sale(act: NumberedAct) -> Event:
    row = ReconciliationRow(
        date=act.date, operation=Operation.SALE, number=act.number, document_date=act.date, debit=act.total
    )
    return Event(order=(act.date, _SALE, len(act.number), act.number), row=row)


def money_events(entries: Iterable[Entry], payer: str, before: Mapping[str, Paid]) -> list[Event]:
    """What the journal tells of a payer's money, in its order. Money of individuals and bonuses never enter.

    `entries` go on without a gap; `before`: the payments that they refer to and do not hold, as they stood before the
    first of them. A payment that changes its payer leaves the old one's books and enters the new one's on the day of
    the correction, with what had not been given back by then.
    """
    payments = dict(before)
    events: list[Event] = []

    def add(entry: Entry, operation: Operation, of: Paid, amount: Kopecks) -> None:
        """A credit, or a debit when negative; of other people's money nothing."""
        if of.payer != payer or of.money not in LEGAL or not amount:
            return
        number, document_date = _named(of.document)
        row = ReconciliationRow(
            date=entry.day,
            operation=operation,
            number=number,
            document_date=document_date,
            by_card=of.money == MoneyClass.CARD_LE,
            debit=max(0, -amount),
            credit=max(0, amount),
        )
        events.append(Event(order=(entry.day, _MONEY, entry.seq, ""), row=row))

    for entry in entries:
        match entry.kind:
            case "payment":
                paid = Paid(document=entry.document, money=entry.money, payer=entry.payer, left=entry.amount)
                payments[entry.key] = paid
                by_card = entry.money == MoneyClass.CARD_LE
                add(entry, Operation.CARD_PAYMENT if by_card else Operation.PAYMENT, paid, entry.amount)
            case "refund" | "chargeback":
                paid = payments[entry.ref]
                payments[entry.ref] = replace(paid, left=paid.left + entry.amount)
                add(entry, Operation(entry.kind), paid, entry.amount)
            case "reclassification":
                paid = payments[entry.ref]
                now = payments[entry.ref] = replace(paid, money=entry.money, payer=entry.payer)
                if (now.payer, now.money in LEGAL) != (paid.payer, paid.money in LEGAL):
                    add(entry, Operation.PAYER_CORRECTED, paid, -paid.left)
                    add(entry, Operation.PAYER_CORRECTED, now, now.left)
    return events


def _named(document: str) -> tuple[str, Day | None]:
    """Parse the number and the date of «№ 77 от 12.01.2026»; a text of another form is a number as a whole."""
    match = re.fullmatch(r"№\s*(.+?)\s+от\s+(\d{2})\.(\d{2})\.(\d{4})", document)
    if not match:
        return document, None
    number, day, month, year = match.groups()
    return number, Day(int(year), int(month), int(day))


def reconcile(events: Iterable[Event], first: Day, last: Day, *, before: Kopecks = 0) -> Turnover:
    """The rows of first..last in their order and the balances around them; events of other days move only the opening.

    `before`: the balance that the events before the given ones had left.
    """
    opening, rows = before, list[Event]()
    for event in events:
        if event.day < first:
            opening += event.effect
        elif event.day <= last:
            rows.append(event)
    rows.sort(key=lambda event: event.order)
    return Turnover(
        opening=opening,
        rows=tuple(event.row for event in rows),
        closing=opening + sum(event.effect for event in rows),
    )


def mirrored(turnover: Turnover) -> Turnover:
    """The same in the payer's books: their debits are our credits, what they owe is owed to us."""
    return Turnover(
        opening=-turnover.opening,
        rows=tuple(replace(row, debit=row.credit, credit=row.debit) for row in turnover.rows),
        closing=-turnover.closing,
    )


def undocumented_by(entry: Entry, payer: str, *, owes: bool) -> Kopecks:
    """Return by how much an entry changes what is served to the payer and not in a document yet.

    A charge adds, a reversal takes off. `owes`: the payer's act will hold what nobody has paid. Money for what is in a
    document already changes nothing; what individuals and bonuses pay for is in no document of the payer's.
    """
    change = 0
    for a in entry.allocations:
        unmet = not a.acted and a.payer == payer and a.money in LEGAL
        if unmet or (a.acted == payer and a.amount < 0 and entry.kind == "reversal"):
            change += a.amount
    if owes:
        moved = sum(a.amount for a in entry.allocations)
        documented = sum(a.amount for a in entry.allocations if a.acted and a.amount > 0)
        if entry.kind in ("charge", "reversal"):
            change -= entry.amount
        if entry.kind != "reclassification":
            change += documented - moved
        if entry.kind == "chargeback":
            change += sum(debt.rest for debt in entry.debts if not debt.acted)
    return change


def reconciliation_draft(
    payer: str,
    first: Day,
    last: Day,
    turnover: Turnover,
    *,
    day: Day,
    sides: Sides,
    mirrored: bool,
    not_acted: Kopecks,
    warnings: Sequence[Trouble] = (),
) -> ReconciliationDraft:
    content = Reconciliation(
        date=day,
        first=first,
        last=last,
        seller=sides.seller,
        buyer=sides.buyer,
        basis=sides.basis,
        opening=turnover.opening,
        rows=turnover.rows,
        closing=turnover.closing,
        mirrored=mirrored,
        not_acted=not_acted,
    )
    return ReconciliationDraft(payer=payer, content=content, problems=sides.problems, warnings=tuple(warnings))
