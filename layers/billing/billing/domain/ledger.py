"""The internal account: two queues, money not yet spent and charges not yet paid, what changes them, what is recorded.

Balance = Σ lots − Σ debts, and one of the two queues is always empty. `posting.post` applies a command.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from billing.domain.errors import ConflictError
from billing.domain.money import Kopecks, share
from billing.domain.periods import Month
from billing.domain.vat import Vat

MERGED = "merge "  # begins the name of a merged lot or debt; the keys of senders hold no spaces


class MoneyClass(StrEnum):
    """Where money came from, fixed on arrival. `CREDIT` is no money: it is what an act holds before it is paid."""

    BANK = "BANK"
    CARD_LE = "CARD_LE"
    CARD_IND = "CARD_IND"
    BONUS = "BONUS"
    CREDIT = "CREDIT"


LEGAL = (MoneyClass.BANK, MoneyClass.CARD_LE)  # money of a company or an entrepreneur
ACTED = (*LEGAL, MoneyClass.CREDIT)  # what acts are made for


Stretch: TypeAlias = tuple[Kopecks, Kopecks]  # kopecks low..high, the end exclusive


class RejectedError(ConflictError):
    """The account refuses a command; the refusal is recorded and is the answer for ever."""


class Service(NamedTuple):
    """The subject of a line of an act. `unit` is as the CRM sends it; `ground` tells why there is no VAT.

    `named`: the charge itself named the rate; otherwise it is the seller's of the day of service.
    """

    code: str
    title: str
    unit: str
    vat: Vat
    ground: str = ""
    named: bool = False


FORGOTTEN = Service("forgotten", "Услуги прошлых месяцев", "усл.", Vat.NONE)  # a line dropped long ago


class Lot(NamedTuple):
    """Money not yet spent. A merged lot is a stretch of the parts in the entry `merge`, from `offset` on.

    Lots stand by (`seq`, `offset`). `money` and `payer` are what counts now, whatever they were on arrival.
    """

    seq: int
    payment: str
    money: MoneyClass
    payer: str
    rest: Kopecks
    merge: int = 0
    offset: Kopecks = 0

    @property
    def name(self) -> str:
        return self.payment

    def part(self, low: Kopecks, high: Kopecks) -> Lot:
        return self._replace(rest=high - low, offset=low if self.merge else 0)


class Debt(NamedTuple):
    """A charge not yet paid. `quantity` (millionths) goes with `rest`; `acted`: the payer whose act has it already.

    A merged debt is named by its entry and is a stretch of the parts there, from `offset` on.
    """

    seq: int
    charge: str
    line: str
    month: Month
    rest: Kopecks
    quantity: int
    acted: str = ""
    offset: Kopecks = 0

    @property
    def name(self) -> str:
        return self.charge

    def part(self, low: Kopecks, high: Kopecks) -> Debt:
        return self._replace(
            rest=high - low,
            offset=low if self.charge.startswith(MERGED) else 0,
            quantity=_between(low - self.offset, high - self.offset, self.rest, self.quantity),
        )


class Allocation(NamedTuple):
    """This much of that charge was paid from that lot; negative: given back.

    `offset` is where in a merged lot it lies, `at` where in a merged debt.
    """

    lot: int
    payment: str
    money: MoneyClass
    payer: str
    charge: str
    line: str
    month: Month
    amount: Kopecks
    quantity: int
    acted: str = ""
    merge: int = 0
    offset: Kopecks = 0
    at: Kopecks = 0

    def part(self, low: Kopecks, high: Kopecks) -> Allocation:
        """The kopecks from the `low`-th to the `high`-th; quantities of neighbouring parts add up exactly."""
        size, sign = abs(self.amount), 1 if self.amount > 0 else -1
        return self._replace(
            amount=sign * (high - low),
            quantity=_between(low, high, size, self.quantity),
            offset=self.offset + low if self.merge else 0,
            at=self.at + low if self.charge.startswith(MERGED) else 0,
        )


class Fund(NamedTuple):
    """What a sum of allocations is kept by until the close: act period, money, payer, line, month of service."""

    period: Month
    money: MoneyClass
    payer: str
    line: str
    month: Month


class Sum(NamedTuple):
    """Kopecks, and millionths of the line's unit."""

    amount: Kopecks
    quantity: int


class PaidBy(NamedTuple):
    """A payment of a company, by the number of its entry."""

    seq: int
    payer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The whole state of an account; its size does not grow with its history.

    `open` is the first month not closed, `opening` the balance at its beginning, `head` the hash of the last entry,
    `turnover` sums by period and kind (`moves_balance` says which are the balance's), `recent` the totals of the last
    twelve months with acts. `touched` is the newest lot that was ever spent from: only lots after it are merged, so
    what comes back always finds its place between them. `paid_by`: the newest payments of companies, `people` the
    number of individuals' payments. `corrected`: the newest entry that corrects an earlier one.
    """

    id: str
    open: Month
    seq: int = 0
    balance: Kopecks = 0
    opening: Kopecks = 0
    lots: tuple[Lot, ...] = ()
    debts: tuple[Debt, ...] = ()
    funds: Mapping[Fund, Sum] = field(default_factory=dict)
    turnover: Mapping[tuple[Month, str], Kopecks] = field(default_factory=dict)
    lines: Mapping[str, Service] = field(default_factory=dict)
    recent: tuple[Kopecks, ...] = ()
    touched: int = 0
    paid_by: tuple[PaidBy, ...] = ()
    people: int = 0
    corrected: int = 0
    head: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the journal, never changed. `amount` is its effect on the balance, `balance` what it left."""

    seq: int
    kind: str
    key: str
    day: date
    month: Month
    period: Month
    amount: Kopecks
    balance: Kopecks
    money: str = ""
    payer: str = ""
    ref: str = ""
    line: str = ""
    quantity: int = 0
    note: str = ""
    document: str = ""
    email: str = ""
    service: Service | None = None
    allocations: tuple[Allocation, ...] = ()
    lots: tuple[Lot, ...] = ()  # parts of a merged lot
    debts: tuple[Debt, ...] = ()  # parts of a merged debt
    withdrawn: tuple[Allocation, ...] = ()  # what a chargeback undid: its charges are owed again


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What happened, once: `key` is the sender's own name for it, `day` the Moscow day."""

    key: str
    day: date
    amount: Kopecks
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Command):
    money: MoneyClass
    payer: str = ""
    document: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge(Command):
    service: Service
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Command):
    payment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chargeback(Command):
    payment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal(Command):
    charge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassification(Command):
    """The amount is not used: the whole payment changes its class and payer."""

    payment: str
    money: MoneyClass
    payer: str = ""


Correction: TypeAlias = Refund | Chargeback | Reversal | Reclassification


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a correcting command refers to: its entry (a payment with the class and payer it has now) and its fate.

    `live`: what stands of its allocations, oldest first; what a chargeback undid does not. `returned`: refunded,
    reversed or charged back so far, `withdrawn`: that part of chargebacks which had been spent. `stretches`: where it
    lies in merged lots or debts, by their names. `services`: the lines of the charges since.
    """

    entry: Entry
    live: tuple[Allocation, ...] = ()
    returned: Kopecks = 0
    withdrawn: Kopecks = 0
    stretches: Mapping[str, tuple[Stretch, ...]] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)


def add_to(funds: dict[Fund, Sum], key: Fund, amount: Kopecks, quantity: int) -> None:
    """A sum that comes to no kopecks is no sum: its line would not be printed."""
    was = funds.get(key, Sum(0, 0))
    now = Sum(was.amount + amount, was.quantity + quantity)
    if now.amount:
        funds[key] = now
    else:
        funds.pop(key, None)


def moves_balance(kind: str) -> bool:
    """Return whether a kind of turnover changes the balance: `carried.…` and `documented.…` are about acts."""
    return not kind.startswith(("carried.", "documented."))


def stretches_in(
    name: str, offset: Kopecks, length: Kopecks, key: str, stretches: Mapping[str, Iterable[Stretch]]
) -> list[Stretch]:
    """Which kopecks of a lot or a debt belong to the payment or the charge `key`, in their order."""
    if name == key:
        return [(offset, offset + length)]
    found = ((max(low, offset), min(high, offset + length)) for low, high in stretches.get(name, ()))
    return [(low, high) for low, high in found if low < high]


def _between(low: int, high: int, whole: int, of: int) -> int:
    """The share of `of` that the stretch low..high of 0..whole has; neighbouring stretches add up exactly."""
    return share(high, whole, of) - share(low, whole, of)
