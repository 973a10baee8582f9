"""The two queues of an account, lots and debts: what is taken out of them, and what in them may be made one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from billing.domain.ledger import Debt, Lot, Target, stretches_in
from billing.domain.money import Kopecks

_Head = TypeVar("_Head", Lot, Debt)


def longest_run(queue: list[_Head], kind: Callable[[_Head], object]) -> tuple[int, int]:
    """Where the longest stretch of neighbours of one kind begins and ends (exclusive)."""
    first = begin = end = 0
    for i in range(1, len(queue) + 1):
        if i == len(queue) or kind(queue[i]) != kind(queue[first]):
            if i - first > end - begin:
                begin, end = first, i
            first = i
    return begin, end


def kind_of_debt(debt: Debt) -> object:
    return debt.line, debt.month, debt.acted


def scattered(debts: list[Debt]) -> list[int]:
    """Where the most debts of one kind stand."""
    places: dict[object, list[int]] = {}
    for i, debt in enumerate(debts):
        places.setdefault(kind_of_debt(debt), []).append(i)
    return max(places.values(), key=len)


def total(queue: Iterable[Lot | Debt]) -> Kopecks:
    return sum(head.rest for head in queue)


def take(queue: list[_Head], target: Target, amount: Kopecks) -> list[_Head]:
    """Take at most `amount` of the target out of a queue, the last of it first, and answer what was taken."""
    taken: list[_Head] = []
    for i in reversed(range(len(queue))):
        whole = queue[i]
        kept: list[_Head] = []
        ends = end = whole.offset + whole.rest
        for low, high in reversed(
            stretches_in(whole.name, whole.offset, whole.rest, target.entry.key, target.stretches)
        ):
            low = max(low, high - amount)
            if low == high:
                break
            amount -= high - low
            taken.append(whole.part(low, high))
            if high < end:
                kept.insert(0, whole.part(high, end))
            end = low
        if whole.offset < end < ends:
            kept.insert(0, whole.part(whole.offset, end))
        if end < ends:
            queue[i : i + 1] = kept
        if not amount:
            break
    return taken


def joins(lot: Lot, back: Lot) -> bool:
    """Whether two lots are one: the same payment, or stretches of the same merged lot with nothing between them."""
    if (lot.payment, lot.money, lot.payer) != (back.payment, back.money, back.payer):
        return False
    return not lot.merge or lot.offset + lot.rest == back.offset or back.offset + back.rest == lot.offset
