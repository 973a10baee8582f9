"""Parts of a payment or an act put together, so that thirty-one daily charges are one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from billing.domain.explain import ActPart, Part
from billing.domain.money import Kopecks
from billing.domain.periods import Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Parts of one payment and service; of a payment, also of one place. Days are those of the charges."""

    title: str
    amount: Kopecks
    first: Day | None = None
    last: Day | None = None
    payment: str = ""
    paid_on: Day | None = None
    document: str = ""
    place: str = ""


def grouped(parts: Iterable[Part | ActPart]) -> tuple[Group, ...]:
    """In the order in which each is met first; the groups add up to the parts."""
    groups: dict[tuple[str, ...], Group] = {}
    for part in parts:
        group = _group(part)
        key = (group.payment, group.place, group.title, part.act if isinstance(part, Part) else "")
        was = groups.get(key)
        groups[key] = _joined(was, group) if was else group
    return tuple(group for group in groups.values() if group.amount)


def _group(part: Part | ActPart) -> Group:
    if isinstance(part, Part):
        return Group(title=part.title, amount=part.amount, first=part.day, last=part.day, place=part.place)
    return Group(
        title=part.title,
        amount=part.amount,
        first=part.day,
        last=part.day,
        payment=part.payment,
        paid_on=part.paid_on,
        document=part.document,
    )


def _joined(was: Group, more: Group) -> Group:
    days = [day for day in (was.first, was.last, more.first, more.last) if day]
    return replace(
        was,
        amount=was.amount + more.amount,
        first=min(days, default=None),
        last=max(days, default=None),
    )
