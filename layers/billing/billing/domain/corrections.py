"""What a refund, reversal, chargeback or reclassification refers to, found again in the journal."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace

from billing.domain.ledger import MERGED, Allocation, Debt, Entry, Lot, Service, Stretch, Target, stretches_in
from billing.domain.money import share


def target_of(entries: Iterable[Entry]) -> Target:
    """The first of the entries as the target of a correction, by all the entries after it.

    `entries` begin with the payment or charge itself and go on in order to the account's last one.
    """
    entries = iter(entries)
    following = Following(next(entries))
    for later in entries:
        following.add(later)
    return following.target


class Following:
    """Follow a payment or a charge through the journal.

    While it `is_open` (some of its money is unspent, or a part of it unpaid), any entry may concern it; later only
    corrections may.
    """

    def __init__(self, entry: Entry) -> None:
        self._entry, self._trace, self._live = entry, _Trace(entry), _Live()
        self._returned = self._withdrawn = 0
        self._services: dict[str, Service] = {}
        self._rest = abs(entry.amount)
        self.add(entry)

    @property
    def is_open(self) -> bool:
        return self._rest > 0

    def add(self, later: Entry) -> None:
        if later.service:
            self._services[later.line] = later.service
        if later.kind == "merge":
            self._trace.follow(later)
        elif later.kind == "reclassification":
            _change_class(self._live, later, self._trace)
            return
        paid = back = undone = 0
        for withdrawn in later.withdrawn:
            for piece in self._trace.pieces(withdrawn):
                self._live.apply(piece._replace(amount=-piece.amount, quantity=-piece.quantity))
                undone += piece.amount
        for allocation in later.allocations:
            for piece in self._trace.pieces(allocation):
                self._live.apply(piece)
                paid, back = paid + max(0, piece.amount), back + max(0, -piece.amount)
        is_ours = later.ref == self._entry.key
        if is_ours:
            self._returned += abs(later.amount)
            self._withdrawn += sum(one.amount for one in later.withdrawn)
        if self._entry.kind == "payment":  # what was spent when it was withdrawn was no rest any more
            self._rest += back - paid - (abs(later.amount) - undone if is_ours else 0)
        else:  # what is given back is owed no more; the rest of a reversal forgives what was not paid
            self._rest += undone - paid - (abs(later.amount) - back if is_ours else 0)

    @property
    def target(self) -> Target:
        return Target(
            entry=self._trace.now(self._entry),
            live=self._live.allocations,
            returned=self._returned,
            withdrawn=self._withdrawn,
            stretches={name: tuple(found) for name, found in self._trace.stretches.items()},
            services=self._services,
        )


class _Trace:
    """A payment or a charge, and the stretches of merged lots or debts that are its own."""

    def __init__(self, entry: Entry) -> None:
        self._key, self._of_payment = entry.key, entry.kind == "payment"
        self._class = entry.money, entry.payer
        self.stretches: dict[str, list[Stretch]] = {}

    def follow(self, merge: Entry) -> None:
        parts: tuple[Lot, ...] | tuple[Debt, ...] = merge.lots if self._of_payment else merge.debts
        start, found = parts[0].offset if parts else 0, []
        for part in parts:
            found += [
                (start + low - part.offset, start + high - part.offset)
                for low, high in self._within(part.name, part.offset, part.rest)
            ]
            start += part.rest
        if found:
            self.stretches[merge.key] = found

    def pieces(self, a: Allocation) -> Iterator[Allocation]:
        name, offset = (a.payment, a.offset) if self._of_payment else (a.charge, a.at)
        for low, high in self._within(name, offset, abs(a.amount)):
            yield a.part(low - offset, high - offset)

    def _within(self, name: str, offset: int, length: int) -> list[Stretch]:
        return stretches_in(name, offset, length, self._key, self.stretches)

    def reclassified(self, later: Entry) -> None:
        if later.ref == self._key:
            self._class = later.money, later.payer

    def now(self, entry: Entry) -> Entry:
        return replace(entry, money=self._class[0], payer=self._class[1])


def _change_class(live: _Live, later: Entry, trace: _Trace) -> None:
    """A reclassification takes each allocation out and puts it back in the same place under another class."""
    trace.reclassified(later)
    for was, now in zip(later.allocations[::2], later.allocations[1::2], strict=True):
        for old, new in zip(trace.pieces(was), trace.pieces(now), strict=True):
            live.apply(old, new)


class _Live:
    """The allocations in force, oldest first, indexed by what they match: there may be thousands."""

    def __init__(self) -> None:
        self._cells: list[list[Allocation]] = []  # an allocation, or what has become of it in its place
        self._places: dict[object, list[int]] = {}  # cells by what their allocations match, in order

    @property
    def allocations(self) -> tuple[Allocation, ...]:
        return tuple(a for cell in self._cells for a in cell)

    def apply(self, a: Allocation, instead: Allocation | None = None) -> None:
        """Add an allocation to those that stand, or take a negative one out of them, the newest first."""
        if a.amount > 0:
            self._places.setdefault(_match(a), []).append(len(self._cells))
            self._cells.append([a])
            return
        left, places, gone = -a.amount, self._places.get(_match(a), []), list[int]()
        for place in reversed(places):
            if not left:
                break
            before = left
            left = self._take(self._cells[place], a, left, instead)
            if instead and left < before:
                self._put(place, instead)
            if all(_match(was) != _match(a) for was in self._cells[place]):
                gone.append(place)
        for place in gone:
            places.remove(place)

    def _put(self, place: int, instead: Allocation) -> None:
        places = self._places.setdefault(_match(instead), [])
        at = bisect_left(places, place)
        if places[at : at + 1] != [place]:
            places.insert(at, place)

    @staticmethod
    def _take(cell: list[Allocation], a: Allocation, left: int, instead: Allocation | None) -> int:
        """Take what is left of a negative allocation out of a cell; return what is still left."""
        size = -a.amount
        for i in reversed(range(len(cell))):
            was = cell[i]
            if not left or _match(was) != _match(a):
                continue
            if a.merge:
                start = a.offset - was.offset
            elif a.charge.startswith(MERGED):
                start = a.at - was.at
            else:  # any kopeck of a payment for any of a charge: the last ones
                start = was.amount - left
            low, high = max(0, start), min(was.amount, start + size)
            if low < high:
                taken = share(high - low, size, -a.quantity)
                middle = [instead.part(low - start, high - start)] if instead else []
                cell[i : i + 1] = _around(was, low, high, was.quantity - taken, middle)
                left -= high - low
        return left


def _match(a: Allocation) -> object:
    return a.payment, a.money, a.payer, a.charge


def _around(was: Allocation, low: int, high: int, quantity: int, middle: list[Allocation]) -> list[Allocation]:
    """What is left of an allocation on both sides of low..high, with the quantity that is left."""
    before, after = was.part(0, low), was.part(high, was.amount)
    of_before = share(low, low + after.amount, quantity) if low else 0
    return [
        *([before._replace(quantity=of_before)] if before.amount else []),
        *middle,
        *([after._replace(quantity=quantity - of_before)] if after.amount else []),
    ]
