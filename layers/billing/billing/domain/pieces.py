"""Each match of money and a charge by the names their senders gave them, and the act that holds it.

Merged queues are taken apart. Which act holds a match is told by the closes as they pass in the journal.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from billing.domain.closing import terms_in
from billing.domain.ledger import LEGAL, MERGED, Allocation, Debt, Entry, Lot, Service
from billing.domain.money import Kopecks
from billing.domain.periods import Day, Month


class Piece(NamedTuple):
    """So many kopecks of one payment for one charge, met in the entry `seq`; negative: given back, or renamed, there.

    `of`: the period of that entry; `period`: the act it is due to, later than `of` once it was carried, earlier once
    the month of service took it in. `act`: the month of the act that holds it; None: none yet, or none ever. `acted`:
    the payer whose act had the charge before it was paid. `again`: a correction made it.
    """

    seq: int
    on: Day
    of: Month
    period: Month
    payment: str
    charge: str
    money: str
    payer: str
    line: str
    month: Month
    amount: Kopecks
    acted: str
    again: bool
    act: Month | None = None
    held_in: str = ""  # the id of the document that was held back from that act, where it is not in the act itself

    @property
    def is_due(self) -> bool:
        """An act holds it, or will."""
        return self.money in LEGAL and not self.acted


def names_of_merged(entries: Iterable[Entry], lots: Iterable[Lot] = ()) -> set[str]:
    """The merged lots and debts that must be known for these to be taken apart."""
    names = {lot.name for lot in lots}
    for e in entries:
        names.update(lot.name for lot in e.lots)
        names.update(debt.name for debt in e.debts)
        for a in e.allocations:
            names.update((a.payment, a.charge))
    return {name for name in names if name.startswith(MERGED)}


def parts_of(name: str, offset: int, length: int, merges: Mapping[str, Entry]) -> list[tuple[str, int]]:
    """Whose the kopecks from `offset` on are, in their order: names of senders, never of merged queues."""
    if not name.startswith(MERGED):
        return [(name, length)]
    merge = merges[name]
    parts: tuple[Lot, ...] | tuple[Debt, ...] = merge.lots or merge.debts
    start, found = parts[0].offset, list[tuple[str, int]]()
    for part in parts:
        low, high = max(offset, start), min(offset + length, start + part.rest)
        if low < high:
            found += parts_of(part.name, part.offset + low - start, high - low, merges)
        start += part.rest
    return found


def apart(a: Allocation, merges: Mapping[str, Entry]) -> Iterator[tuple[str, str, Kopecks]]:
    """Payment, charge and amount of each stretch: the n-th kopeck of the money met the n-th of the charge."""
    size, sign = abs(a.amount), 1 if a.amount > 0 else -1
    payments = parts_of(a.payment, a.offset, size, merges)
    charges = parts_of(a.charge, a.at, size, merges)
    while payments:
        (payment, money), (charge, due) = payments.pop(), charges.pop()
        met = min(money, due)
        yield payment, charge, sign * met
        if money > met:
            payments.append((payment, money - met))
        if due > met:
            charges.append((charge, due - met))


class HeldBack(Protocol):
    """Tell which document that was held back from the payer's act of the month is about a service; empty: none."""

    def __call__(self, month: Month, payer: str, service: Service | None, of: Month) -> str: ...


def none_held_back(month: Month, payer: str, service: Service | None, of: Month) -> str:
    return ""


def placed(
    entries: Iterable[Entry],
    acts: Container[tuple[Month, str]],
    merges: Mapping[str, Entry],
    held_back: HeldBack = none_held_back,
    lines: Mapping[str, Service] | None = None,
) -> list[Piece]:
    """All pieces of the entries, in their order, each with its act.

    `entries`: everything that the books of a month and of those after it hold, so far as it is to be told, the closes
    among them; what was carried into that month is not told. `acts`: month and payer of each act that was made;
    `held_back` and the account's `lines`: to find what was held back from them.
    """
    found, due = list[Piece](), list[Piece]()
    services = dict(lines or {})
    for e in entries:
        if e.service:
            services[e.line] = e.service
        for a in e.allocations:
            for payment, charge, amount in apart(a, merges):
                piece = Piece(
                    seq=e.seq,
                    on=e.day,
                    of=e.period,
                    period=e.period,
                    payment=payment,
                    charge=charge,
                    money=a.money.value,
                    payer=a.payer,
                    line=a.line,
                    month=a.month,
                    amount=amount,
                    acted=a.acted,
                    again=e.kind in ("reversal", "reclassification"),
                )
                (due if piece.is_due else found).append(piece)
        if e.kind == "close":
            if terms_in(e).acts_unpaid:
                due = _taken_in(due, e.month)
            later = list[Piece]()
            for piece in due:
                if piece.period != e.month:
                    later.append(piece)
                elif document := held_back(e.month, piece.payer, services.get(piece.line), piece.month):
                    found.append(piece._replace(act=e.month, held_in=document))
                elif (e.month, piece.payer) in acts:
                    found.append(piece._replace(act=e.month))
                else:  # the payer's month was not positive
                    later.append(piece._replace(period=e.month.next))
            due = later
    return sorted(found + due, key=lambda piece: piece.seq)


def _taken_in(due: list[Piece], month: Month) -> list[Piece]:
    """Move into the month whatever happened before its close about services up to it."""
    return [p._replace(period=month) if p.period > month >= p.month else p for p in due]
