"""The internal account: two queues, money not yet spent and charges not yet paid, and one rule that matches their heads.

Everything here is pure: an account and a command in, an account and journal entries out. A refused command raises
`RejectedError` and changes nothing. Balance = Σ lots − Σ debts, and one of the two queues is always empty.

Source: the FIFO offset of advances by payment document, as accountants do it (62.02 → 62.01, oldest first).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from billing.domain.errors import ConflictError
from billing.domain.money import Kopecks, share
from billing.domain.periods import Month
from billing.domain.vat import Vat

QUEUE_MAX = 40   # lots or debts in an account's row; beyond it neighbours of one kind are merged


class MoneyClass(StrEnum):
    """Where money came from, fixed on arrival. `CREDIT` is no money: a postpaid client's month, not paid yet."""

    BANK = "BANK"
    CARD_LE = "CARD_LE"
    CARD_IND = "CARD_IND"
    BONUS = "BONUS"
    CREDIT = "CREDIT"


LEGAL = (MoneyClass.BANK, MoneyClass.CARD_LE)             # money of a company or an entrepreneur
ACTED = (*LEGAL, MoneyClass.CREDIT)                       # what acts are made for


class RejectedError(ConflictError):
    """The account refuses a command; the refusal is recorded and is the answer for ever."""


class Service(NamedTuple):
    """What a line of an act is about. `unit` is as the CRM says it; `ground` tells why there is no VAT."""

    code: str
    title: str
    unit: str
    vat: Vat
    ground: str = ""


class Lot(NamedTuple):
    """Money not yet spent. A merged lot names the entry that holds its parts, and where in them it begins."""

    seq: int
    payment: str
    money: MoneyClass
    payer: str
    rest: Kopecks
    merge: int = 0
    offset: Kopecks = 0


class Debt(NamedTuple):
    """A charge not yet paid. `quantity` (millionths) goes with `rest`; `acted`: the payer whose act has it already."""

    seq: int
    charge: str
    line: str
    month: Month
    rest: Kopecks
    quantity: int
    acted: str = ""


class Allocation(NamedTuple):
    """This much of that charge was paid from that lot; negative: given back."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The whole state of an account; its size does not grow with its history.

    `open` is the first month not closed, `opening` the balance at its beginning, `head` the hash of the last entry,
    `turnover` sums by period and kind, `recent` the totals of the last twelve months with acts.
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
    lots: tuple[Lot, ...] = ()      # parts of a merged lot
    debts: tuple[Debt, ...] = ()    # parts of a merged debt


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a correcting command refers to: its entry, what stands of its allocations, what was already taken back.

    `merges`: the parts of every merged lot that may hold the payment, by the merging entry's number.
    """

    entry: Entry
    live: tuple[Allocation, ...] = ()
    returned: Kopecks = 0
    merges: Mapping[int, tuple[Lot, ...]] = field(default_factory=dict)


def post(account: Account, command: Command, target: Target | None = None,
         queue_max: int = QUEUE_MAX) -> tuple[Account, tuple[Entry, ...]]:
    """The account after the command, and its journal entries: the command's own, then merges if a queue grew too long.

    Raises:
        RejectedError: the command contradicts the account; the text says why, in words for people.
    """
    if command.amount <= 0 and not isinstance(command, Reclassification):
        raise RejectedError("сумма должна быть больше нуля")
    books = _Books(account, command)
    match command:
        case Payment():
            books.pay(command)
        case Charge():
            books.charge(command)
        case Refund():
            books.refund(command, _required(target, "payment"))
        case Chargeback():
            books.chargeback(command, _required(target, "payment"))
        case Reversal():
            books.reverse(command, _required(target, "charge"))
        case Reclassification():
            books.reclassify(command, _required(target, "payment"))
        case _:
            raise TypeError(f"not a command: {type(command).__name__}")
    books.settle()
    entries = [books.entry()]
    entries.extend(books.merged(queue_max))
    return books.account(), tuple(entries)


def _required(target: Target | None, kind: str) -> Target:
    if target is None or target.entry.kind != kind:
        raise RejectedError("такого платежа на счёте нет" if kind == "payment" else "такого списания на счёте нет")
    return target


class _Books:
    """An account being changed by one command."""

    def __init__(self, account: Account, command: Command) -> None:
        self._was, self._command = account, command
        self.month = Month.of(command.day)
        self.period = max(self.month, account.open)
        self.seq = account.seq + 1
        self.amount = 0
        self.lots, self.debts = list(account.lots), list(account.debts)
        self.funds, self.turnover, self.lines = dict(account.funds), dict(account.turnover), dict(account.lines)
        self.allocations: list[Allocation] = []
        self.facts: dict[str, Any] = {}

    # --- the commands --------------------------------------------------------------------------------------------

    def pay(self, c: Payment) -> None:
        self.lots.append(Lot(self.seq, c.key, c.money, c.payer, c.amount))
        self.facts = {"money": c.money.value, "payer": c.payer, "document": c.document, "email": c.email}
        self._turn(f"payment.{c.money}", c.amount)

    def charge(self, c: Charge) -> None:
        line = self._line(c.service)
        self.debts.append(Debt(self.seq, c.key, line, self.month, c.amount, c.quantity))
        self.facts = {"line": line, "quantity": c.quantity, "service": c.service}
        self._turn("charge", -c.amount)

    def refund(self, c: Refund, target: Target) -> None:
        if target.entry.money == MoneyClass.BONUS:
            raise RejectedError("бонусы не возвращаются деньгами")
        left = c.amount - self._cut(c.payment, c.amount, target)
        if left:
            raise RejectedError("в этом платеже осталось меньше, чем просят вернуть")
        self.facts = self._facts_of(target)
        self._turn("refund", -c.amount)

    def chargeback(self, c: Chargeback, target: Target) -> None:
        if target.entry.money == MoneyClass.BONUS:
            raise RejectedError("бонусы банк не отзывает")
        if target.returned + c.amount > target.entry.amount:
            raise RejectedError("отзывают больше, чем было в платеже")
        spent = c.amount - self._cut(c.payment, c.amount, target)
        if spent:   # the service was rendered: the acts stand, the money is owed again
            line = self._line(Service("chargeback", "Услуги, оплата которых отозвана банком", "усл.", Vat.NONE))
            acted = target.entry.payer if target.entry.money in LEGAL else ""
            self.debts.append(Debt(self.seq, c.key, line, self.month, spent, 1_000_000, acted))
        self.facts = self._facts_of(target)
        self._turn("chargeback", -c.amount)

    def reverse(self, c: Reversal, target: Target) -> None:
        if target.returned + c.amount > -target.entry.amount:
            raise RejectedError("сторнируют больше, чем было списано")
        unpaid = -target.entry.amount - target.returned - sum(a.amount for a in target.live if a.charge == c.charge)
        left = c.amount - self._forgive(target.entry, min(c.amount, max(0, unpaid)))
        for paid in reversed(target.live):
            if not left:
                break
            part = min(left, paid.amount)
            self._give_back(paid, part)
            left -= part
        if left:
            raise RejectedError("сторнируют больше, чем было списано")
        self.facts = {"ref": c.charge, "line": target.entry.line}
        self._turn("reversal", c.amount)

    def reclassify(self, c: Reclassification, target: Target) -> None:
        if MoneyClass.BONUS in (target.entry.money, c.money):
            raise RejectedError("бонусы не бывают деньгами, и деньги бонусами")
        self._expand(c.payment, target.merges)
        self.lots = [lot._replace(money=c.money, payer=c.payer) if lot.payment == c.payment else lot
                     for lot in self.lots]
        for paid in target.live:
            self._allocate(paid._replace(amount=-paid.amount, quantity=-paid.quantity))
            self._allocate(paid._replace(lot=target.entry.seq, payment=c.payment, money=c.money, payer=c.payer,
                                         merge=0, offset=0))
        self.facts = {"ref": c.payment, "money": c.money.value, "payer": c.payer}

    # --- the queues ----------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Match the heads of the two queues until one is empty; every match is recorded."""
        while self.lots and self.debts:
            lot, debt = self.lots[0], self.debts[0]
            paid = min(lot.rest, debt.rest)
            quantity = share(paid, debt.rest, debt.quantity)
            self._allocate(Allocation(lot.seq, lot.payment, lot.money, lot.payer, debt.charge, debt.line, debt.month,
                                      paid, quantity, debt.acted, lot.merge, lot.offset))
            if paid == lot.rest:
                self.lots.pop(0)
            else:
                self.lots[0] = lot._replace(rest=lot.rest - paid, offset=lot.offset + paid if lot.merge else 0)
            if paid == debt.rest:
                self.debts.pop(0)
            else:
                self.debts[0] = debt._replace(rest=debt.rest - paid, quantity=debt.quantity - quantity)

    def _allocate(self, a: Allocation) -> None:
        self.allocations.append(a)
        if not a.acted:
            self._fund(a.money, a.payer, a.line, a.month, a.amount, a.quantity)

    def _fund(self, money: MoneyClass, payer: str, line: str, month: Month, amount: Kopecks, quantity: int) -> None:
        _add(self.funds, Fund(self.period, money, payer, line, month), amount, quantity)

    def _give_back(self, paid: Allocation, amount: Kopecks) -> None:
        """The last kopecks of an allocation return to the place in the queue that their lot had."""
        quantity = share(amount, paid.amount, paid.quantity)
        offset = paid.offset + paid.amount - amount if paid.merge else 0
        self._allocate(paid._replace(amount=-amount, quantity=-quantity, offset=offset))
        if paid.acted:   # an act has it though it was paid later: the next act is smaller by it
            self._fund(MoneyClass.CREDIT, paid.acted, paid.line, paid.month, -amount, -quantity)
        self._put_lot(Lot(paid.lot, paid.payment, paid.money, paid.payer, amount, paid.merge, offset))

    def _put_lot(self, back: Lot) -> None:
        for i, lot in enumerate(self.lots):
            if lot.payment != back.payment:
                continue
            if not back.merge:
                self.lots[i] = lot._replace(rest=lot.rest + back.rest)
                return
            if lot.offset == back.offset + back.rest:
                self.lots[i] = lot._replace(rest=lot.rest + back.rest, offset=back.offset)
                return
        self.lots.append(back)
        self.lots.sort(key=lambda lot: (lot.seq, lot.offset))

    def _cut(self, payment: str, amount: Kopecks, target: Target) -> Kopecks:
        """Take at most `amount` from what is left of one payment; answer how much was there."""
        self._expand(payment, target.merges)
        for i, lot in enumerate(self.lots):
            if lot.payment == payment:
                cut = min(lot.rest, amount)
                self.lots[i:i + 1] = [lot._replace(rest=lot.rest - cut)] if cut < lot.rest else []
                return cut
        return 0

    def _expand(self, payment: str, merges: Mapping[int, tuple[Lot, ...]]) -> None:
        """Take apart every merged lot that holds money of the payment, merged lots within merged ones too."""
        while held := next((lot for lot in self.lots if lot.merge and _holds(merges, lot.merge, payment)), None):
            self.lots.remove(held)
            for part in parts_of(held, merges[held.merge]):
                self._put_lot(part)

    def _forgive(self, charge: Entry, amount: Kopecks) -> Kopecks:
        """Cancel what is still unpaid of a charge, in its own debt or in the merged one it went into."""
        forgiven = 0
        for debt in [d for d in self.debts if d.charge == charge.key or self._took_in(d, charge)]:
            if not (part := min(amount - forgiven, debt.rest)):
                break
            i, quantity = self.debts.index(debt), share(part, debt.rest, debt.quantity)
            left = debt._replace(rest=debt.rest - part, quantity=debt.quantity - quantity)
            self.debts[i:i + 1] = [left] if left.rest else []
            if debt.acted:
                self._fund(MoneyClass.CREDIT, debt.acted, debt.line, debt.month, -part, -quantity)
            forgiven += part
        return forgiven

    @staticmethod
    def _took_in(debt: Debt, charge: Entry) -> bool:
        """Charges of one line and month are merged as one: which of them is unpaid makes no difference to any act."""
        return (debt.charge.startswith("merge:") and debt.seq <= charge.seq
                and debt.line == charge.line and debt.month == charge.month)

    # --- the books -----------------------------------------------------------------------------------------------

    def _line(self, service: Service) -> str:
        """The name of the service among the account's lines; another title, unit or VAT is another line."""
        name, n = service.code, 1
        while (known := self.lines.get(name)) is not None and known != service:
            n += 1
            name = f"{service.code}~{n}"
        self.lines[name] = service
        return name

    def _facts_of(self, target: Target) -> dict[str, Any]:
        return {"ref": target.entry.key, "money": target.entry.money, "payer": target.entry.payer}

    def _turn(self, kind: str, amount: Kopecks) -> None:
        self.amount = amount
        key = (self.period, kind)
        self.turnover[key] = self.turnover.get(key, 0) + amount

    def entry(self) -> Entry:
        c = self._command
        return Entry(seq=self.seq, kind=type(c).__name__.lower(), key=c.key, day=c.day, month=self.month,
                     period=self.period, amount=self.amount, balance=self._was.balance + self.amount, note=c.note,
                     allocations=tuple(self.allocations), **self.facts)

    def merged(self, queue_max: int) -> Iterable[Entry]:
        """Merge the longest run of neighbours of one kind while a queue is too long; the parts stay in the journal."""
        while len(self.lots) > queue_max:
            first, last = _longest_run(self.lots, lambda lot: (lot.money, lot.payer))
            if last - first < 2:
                return
            self.seq += 1
            lots = tuple(self.lots[first:last])
            self.lots[first:last] = [Lot(lots[0].seq, f"merge:{self.seq}", lots[0].money, lots[0].payer,
                                         sum(lot.rest for lot in lots), self.seq)]
            yield self._merge_entry(lots=lots)
        while len(self.debts) > queue_max:
            first, last = _longest_run(self.debts, lambda debt: (debt.line, debt.month, debt.acted))
            if last - first < 2:
                return
            self.seq += 1
            debts = tuple(self.debts[first:last])
            self.debts[first:last] = [debts[0]._replace(charge=f"merge:{self.seq}", rest=sum(d.rest for d in debts),
                                                        quantity=sum(d.quantity for d in debts))]
            yield self._merge_entry(debts=debts)

    def _merge_entry(self, lots: tuple[Lot, ...] = (), debts: tuple[Debt, ...] = ()) -> Entry:
        return Entry(seq=self.seq, kind="merge", key=f"merge:{self.seq}", day=self._command.day, month=self.month,
                     period=self.period, amount=0, balance=self._was.balance + self.amount, lots=lots, debts=debts)

    def account(self) -> Account:
        return replace(self._was, seq=self.seq, balance=self._was.balance + self.amount, lots=tuple(self.lots),
                       debts=tuple(self.debts), funds=self.funds, turnover=self.turnover, lines=self.lines)


def _add(funds: dict[Fund, Sum], key: Fund, amount: Kopecks, quantity: int) -> None:
    was = funds.get(key, Sum(0, 0))
    now = Sum(was.amount + amount, was.quantity + quantity)
    if now.amount:
        funds[key] = now
    else:
        funds.pop(key, None)


_Head = TypeVar("_Head", Lot, Debt)


def _longest_run(queue: list[_Head], kind: Callable[[_Head], object]) -> tuple[int, int]:
    """Where the longest stretch of neighbours of one kind begins and ends (exclusive)."""
    first = begin = end = 0
    for i in range(1, len(queue) + 1):
        if i == len(queue) or kind(queue[i]) != kind(queue[first]):
            if i - first > end - begin:
                begin, end = first, i
            first = i
    return begin, end


def parts_of(lot: Lot, parts: tuple[Lot, ...]) -> Iterable[Lot]:
    """What a merged lot still holds: its parts were spent from the first on, so the rest is a stretch of them."""
    begins, ends, start = lot.offset, lot.offset + lot.rest, 0
    for part in parts:
        low, high = max(begins, start), min(ends, start + part.rest)
        if low < high:
            yield part._replace(rest=high - low, offset=part.offset + low - start if part.merge else 0)
        start += part.rest


def _holds(merges: Mapping[int, tuple[Lot, ...]], merge: int, payment: str) -> bool:
    return any(part.payment == payment or (part.merge and _holds(merges, part.merge, payment))
               for part in merges.get(merge, ()))
