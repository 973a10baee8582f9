"""What a refund, reversal, chargeback or reclassification refers to, found again in the journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from billing.domain.ledger import Allocation, Entry, Lot, Target
from billing.domain.money import share


def target_of(entries: Iterable[Entry]) -> Target:
    """The first of the entries as the target of a correction, by all the entries after it.

    `entries` begin with the payment or charge itself and go on in order to the account's last one.
    """
    entries = iter(entries)
    entry = next(entries)
    trace = _PaymentTrace(entry) if entry.kind == "payment" else _ChargeTrace(entry)
    live: list[Allocation] = []
    returned, merges = 0, {}
    for later in (entry, *entries):
        if later.kind == "merge":
            trace.follow(later)
            if later.lots:
                merges[later.seq] = later.lots
        elif later.kind in _TAKES_BACK and later.ref == entry.key:
            returned += abs(later.amount)
        for allocation in later.allocations:
            for piece in trace.pieces(allocation):
                _apply(live, piece)
    return Target(entry=entry, live=tuple(live), returned=returned, merges=merges)


_TAKES_BACK = ("refund", "chargeback", "reversal")


class _ChargeTrace:
    """A charge, and the merged debts it went into: charges of one line and month pass for one another there."""

    def __init__(self, charge: Entry) -> None:
        self._names = {charge.key}

    def follow(self, merge: Entry) -> None:
        if any(part.charge in self._names for part in merge.debts):
            self._names.add(merge.key)

    def pieces(self, a: Allocation) -> Iterator[Allocation]:
        if a.charge in self._names:
            yield a


class _PaymentTrace:
    """A payment, and the stretches of merged lots that are its money."""

    def __init__(self, payment: Entry) -> None:
        self._key = payment.key
        self._stretches: dict[str, list[tuple[int, int]]] = {}

    def follow(self, merge: Entry) -> None:
        start, found = 0, []
        for part in merge.lots:
            if part.payment == self._key:
                found.append((start, start + part.rest))
            else:
                found += [(start + low - part.offset, start + high - part.offset) for low, high in self._within(part)]
            start += part.rest
        if found:
            self._stretches[merge.key] = found

    def _within(self, part: Lot) -> Iterator[tuple[int, int]]:
        yield from self._overlaps(part.payment, part.offset, part.rest)

    def _overlaps(self, merged: str, offset: int, length: int) -> Iterator[tuple[int, int]]:
        for low, high in self._stretches.get(merged, ()):
            low, high = max(low, offset), min(high, offset + length)
            if low < high:
                yield low, high

    def pieces(self, a: Allocation) -> Iterator[Allocation]:
        if a.payment == self._key:
            yield a
            return
        size, sign = abs(a.amount), 1 if a.amount > 0 else -1
        for low, high in self._overlaps(a.payment, a.offset, size):
            yield a._replace(amount=sign * (high - low), quantity=sign * share(high - low, size, abs(a.quantity)),
                             offset=low)


def _apply(live: list[Allocation], a: Allocation) -> None:
    """Add an allocation to those that stand, or take a negative one out of them, the newest first."""
    if a.amount > 0:
        live.append(a)
        return
    left = -a.amount
    for i in reversed(range(len(live))):
        was = live[i]
        if not left or (was.payment, was.money, was.payer, was.charge) != (a.payment, a.money, a.payer, a.charge):
            continue
        low = max(was.offset, a.offset) if a.merge else was.offset + max(0, was.amount - left)
        high = min(was.offset + was.amount, a.offset - a.amount) if a.merge else was.offset + was.amount
        if low < high:
            live[i:i + 1] = _without(was, low, high)
            left -= high - low


def _without(was: Allocation, low: int, high: int) -> list[Allocation]:
    """What is left of an allocation on both sides of the stretch taken out of it."""
    before, after = low - was.offset, was.offset + was.amount - high
    out, quantity = [], share(before, was.amount, was.quantity)
    if before:
        out.append(was._replace(amount=before, quantity=quantity))
    if after:
        rest = share(after, was.amount - before, was.quantity - quantity)
        out.append(was._replace(amount=after, quantity=rest, offset=high if was.merge else 0))
    return out
