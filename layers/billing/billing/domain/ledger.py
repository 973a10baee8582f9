"""The internal account: two queues, money not yet spent and charges not yet paid, and a rule that matches their heads.

Everything here is pure: an account and a command in, an account and journal entries out. A refused command raises
`RejectedError` and changes nothing. Balance = Σ lots − Σ debts, and one of the two queues is always empty.

Source: the FIFO offset of advances by payment document, as accountants do it (62.02 → 62.01, oldest first).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias, TypeVar

from billing.domain.errors import ConflictError
from billing.domain.money import Kopecks, share
from billing.domain.periods import Month
from billing.domain.vat import Vat

QUEUE_MAX = 40  # lots or debts in an account's row; beyond it neighbours of one kind are merged
SCATTERED = 4  # times as many debts: then debts of one kind are merged though others stand between them
MERGED = "merge "  # begins the name of a merged lot or debt; the keys of senders hold no spaces


class MoneyClass(StrEnum):
    """Where money came from, fixed on arrival. `CREDIT` is no money: a postpaid client's month, not paid yet."""

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
    """What a line of an act is about. `unit` is as the CRM says it; `ground` tells why there is no VAT."""

    code: str
    title: str
    unit: str
    vat: Vat
    ground: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The whole state of an account; its size does not grow with its history.

    `open` is the first month not closed, `opening` the balance at its beginning, `head` the hash of the last entry,
    `turnover` sums by period and kind, `recent` the totals of the last twelve months with acts. `touched` is the newest
    lot that was ever spent from: only lots after it are merged, so what comes back always finds its place between them.
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
    debts: tuple[Debt, ...] = ()  # parts of a merged debt, or what a chargeback left owed


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
    """What a correcting command refers to: its entry (a payment with the class and payer it has now) and its fate.

    `live`: what stands of its allocations, oldest first. `returned`: refunded, reversed or charged back so far,
    `withdrawn`: that part of chargebacks which had been spent. `stretches`: where it lies in merged lots or debts, by
    their names. `services`: the lines of the charges since.
    """

    entry: Entry
    live: tuple[Allocation, ...] = ()
    returned: Kopecks = 0
    withdrawn: Kopecks = 0
    stretches: Mapping[str, tuple[Stretch, ...]] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)


def post(
    account: Account, command: Command, target: Target | None = None, queue_max: int = QUEUE_MAX
) -> tuple[Account, tuple[Entry, ...]]:
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
        self.lots, self.debts, self.touched = list(account.lots), list(account.debts), account.touched
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
        if target.returned + c.amount > target.entry.amount:
            raise RejectedError("возвращают больше, чем было в платеже")
        if _total(_take(self.lots, target, c.amount)) < c.amount:
            raise RejectedError("в этом платеже осталось меньше, чем просят вернуть")
        self.facts = self._facts_of(target)
        self._turn("refund", -c.amount)

    def chargeback(self, c: Chargeback, target: Target) -> None:
        if target.entry.money == MoneyClass.BONUS:
            raise RejectedError("бонусы банк не отзывает")
        if target.returned + c.amount > target.entry.amount:
            raise RejectedError("отзывают больше, чем было в платеже")
        spent = c.amount - _total(_take(self.lots, target, c.amount))
        owed = self._owed_again(c.key, target, spent)
        self.debts.extend(owed)
        self.facts = {**self._facts_of(target), "debts": owed}
        self._turn("chargeback", -c.amount)

    def reverse(self, c: Reversal, target: Target) -> None:
        if target.returned + c.amount > -target.entry.amount:
            raise RejectedError("сторнируют больше, чем было списано")
        left = c.amount - self._forgive(target, c.amount)
        line = self._line(target.entry.service) if target.entry.service else target.entry.line
        for paid in reversed(target.live):
            if not left:
                break
            part = min(left, paid.amount)
            self._give_back(paid._replace(line=line), part)
            left -= part
        if left:
            raise RejectedError("сторнируют больше, чем было списано")
        self.facts = {"ref": c.charge, "line": line}
        self._turn("reversal", c.amount)

    def reclassify(self, c: Reclassification, target: Target) -> None:
        if MoneyClass.BONUS in (target.entry.money, c.money):
            raise RejectedError("бонусы не бывают деньгами, и деньги бонусами")
        if (target.entry.money, target.entry.payer) == (c.money, c.payer):
            raise RejectedError("платёж уже такого вида и от этого плательщика")
        if target.withdrawn:
            raise RejectedError("банк отозвал этот платёж, когда он был потрачен: вид его денег больше не меняется")
        lots: list[Lot] = []
        for lot in self.lots:
            begins = lot.offset
            for low, high in stretches_in(lot.name, lot.offset, lot.rest, target.entry.key, target.stretches):
                if begins < low:
                    lots.append(lot.part(begins, low))
                lots.append(lot.part(low, high)._replace(money=c.money, payer=c.payer))
                begins = high
            if begins < lot.offset + lot.rest:
                lots.append(lot.part(begins, lot.offset + lot.rest))
        self.lots = lots
        for paid in reversed(target.live):  # so that each finds its own among those that stand
            paid = paid._replace(line=self._known_line(paid.line, target))
            self._allocate(paid._replace(amount=-paid.amount, quantity=-paid.quantity))
            self._allocate(paid._replace(money=c.money, payer=c.payer))
        self.facts = {"ref": c.payment, "money": c.money.value, "payer": c.payer}

    # --- the queues ----------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Match the heads of the two queues until one is empty; every match is recorded."""
        while self.lots and self.debts:
            lot, debt = self.lots[0], self.debts[0]
            paid = min(lot.rest, debt.rest)
            quantity = share(paid, debt.rest, debt.quantity)
            self._allocate(
                Allocation(
                    lot.seq,
                    lot.payment,
                    lot.money,
                    lot.payer,
                    debt.charge,
                    debt.line,
                    debt.month,
                    paid,
                    quantity,
                    debt.acted,
                    lot.merge,
                    lot.offset,
                    debt.offset,
                )
            )
            self.touched = max(self.touched, lot.seq)
            if paid == lot.rest:
                self.lots.pop(0)
            else:
                self.lots[0] = lot.part(lot.offset + paid, lot.offset + lot.rest)
            if paid == debt.rest:
                self.debts.pop(0)
            else:
                self.debts[0] = debt.part(debt.offset + paid, debt.offset + debt.rest)

    def _allocate(self, a: Allocation) -> None:
        self.allocations.append(a)
        if not a.acted:
            self._fund(a.money, a.payer, a.line, a.month, a.amount, a.quantity)

    def _fund(self, money: MoneyClass, payer: str, line: str, month: Month, amount: Kopecks, quantity: int) -> None:
        add_to(self.funds, Fund(self.period, money, payer, line, month), amount, quantity)

    def _give_back(self, paid: Allocation, amount: Kopecks) -> None:
        """The last kopecks of an allocation return to the place in the queue that their lot had."""
        back = paid.part(paid.amount - amount, paid.amount)
        self._allocate(back._replace(amount=-amount, quantity=-back.quantity))
        if back.acted:  # an act has it though it was paid later: the next act is smaller by it
            self._fund(MoneyClass.CREDIT, back.acted, back.line, back.month, -amount, -back.quantity)
        self._put_lot(Lot(back.lot, back.payment, back.money, back.payer, amount, back.merge, back.offset))

    def _put_lot(self, back: Lot) -> None:
        place = len(self.lots)
        for i, lot in enumerate(self.lots):
            if _joins(lot, back):
                self.lots[i] = lot._replace(rest=lot.rest + back.rest, offset=min(lot.offset, back.offset))
                if i + 1 < len(self.lots) and back.merge and _joins(self.lots[i], self.lots[i + 1]):
                    gap = self.lots.pop(i + 1)
                    self.lots[i] = self.lots[i]._replace(rest=self.lots[i].rest + gap.rest)
                return
            if place > i and (lot.seq, lot.offset) > (back.seq, back.offset):
                place = i
        self.lots.insert(place, back)

    def _forgive(self, target: Target, amount: Kopecks) -> Kopecks:
        """Cancel what is still unpaid of a charge, in its own debt or in the merged one it went into."""
        forgiven = _take(self.debts, target, amount)
        for debt in forgiven:
            if debt.acted:
                self._fund(MoneyClass.CREDIT, debt.acted, debt.line, debt.month, -debt.rest, -debt.quantity)
        return _total(forgiven)

    def _owed_again(self, key: str, target: Target, spent: Kopecks) -> tuple[Debt, ...]:
        """What the withdrawn money had paid for, newest first. The acts of company money stand: no act has it twice."""
        acted = target.entry.payer if target.entry.money in LEGAL else ""
        skipped, owed = target.withdrawn, dict[tuple[str, Month], Sum]()
        for paid in reversed(target.live):
            end = max(0, paid.amount - skipped)
            skipped -= paid.amount - end
            if not (amount := min(end, spent)):
                continue
            spent -= amount
            part = paid.part(end - amount, end)
            line = self._known_line(part.line, target)
            was = owed.get((line, part.month), Sum(0, 0))
            owed[line, part.month] = Sum(was.amount + part.amount, was.quantity + part.quantity)
        return tuple(Debt(self.seq, key, line, month, s.amount, s.quantity, acted) for (line, month), s in owed.items())

    # --- the books -----------------------------------------------------------------------------------------------

    def _line(self, service: Service) -> str:
        """The name of the service among the account's lines; another title, unit or VAT is another line."""
        if self.lines.get(service.code) == service:
            return service.code
        if known := next((name for name, other in self.lines.items() if other == service), ""):
            return known
        name, n = service.code, 1
        while name in self.lines:
            n += 1
            name = f"{service.code}~{n}"
        self.lines[name] = service
        return name

    def _known_line(self, line: str, target: Target) -> str:
        """The line of an old allocation, which the account may have dropped since."""
        if line in self.lines:
            return line
        return self._line(target.services.get(line, FORGOTTEN))

    def _facts_of(self, target: Target) -> dict[str, Any]:
        return {"ref": target.entry.key, "money": target.entry.money, "payer": target.entry.payer}

    def _turn(self, kind: str, amount: Kopecks) -> None:
        self.amount = amount
        key = (self.period, kind)
        self.turnover[key] = self.turnover.get(key, 0) + amount

    def entry(self) -> Entry:
        c = self._command
        return Entry(
            seq=self.seq,
            kind=type(c).__name__.lower(),
            key=c.key,
            day=c.day,
            month=self.month,
            period=self.period,
            amount=self.amount,
            balance=self._was.balance + self.amount,
            note=c.note,
            allocations=tuple(self.allocations),
            **self.facts,
        )

    def merged(self, queue_max: int) -> Iterable[Entry]:
        """Merge neighbours of one kind while a queue is too long, the longest run first; the parts stay in the journal.

        A long queue of debts with no such neighbours (many services, many days) merges debts of one kind into the
        place of the first of them.
        """
        while len(self.lots) > queue_max:
            fresh = next((i for i, lot in enumerate(self.lots) if lot.seq > self.touched), len(self.lots))
            first, last = _longest_run(self.lots[fresh:], lambda lot: (lot.money, lot.payer))
            if last - first < 2:
                break
            self.seq += 1
            lots = tuple(self.lots[fresh + first : fresh + last])
            self.lots[fresh + first : fresh + last] = [
                lots[0]._replace(payment=f"{MERGED}{self.seq}", rest=_total(lots), merge=self.seq)
            ]
            yield self._merge_entry(lots=lots)
        while len(self.debts) > queue_max:
            run = range(*_longest_run(self.debts, _kind_of_debt))
            places = run if len(run) > 1 or len(self.debts) <= SCATTERED * queue_max else _scattered(self.debts)
            if len(places) < 2:
                break
            self.seq += 1
            debts = tuple(self.debts[i] for i in places)
            self.debts[places[0]] = debts[0]._replace(
                charge=f"{MERGED}{self.seq}", rest=_total(debts), quantity=sum(d.quantity for d in debts)
            )
            for i in reversed(places[1:]):
                del self.debts[i]
            yield self._merge_entry(debts=debts)

    def _merge_entry(self, lots: tuple[Lot, ...] = (), debts: tuple[Debt, ...] = ()) -> Entry:
        return Entry(
            seq=self.seq,
            kind="merge",
            key=f"{MERGED}{self.seq}",
            day=self._command.day,
            month=self.month,
            period=self.period,
            amount=0,
            balance=self._was.balance + self.amount,
            lots=lots,
            debts=debts,
        )

    def account(self) -> Account:
        return replace(
            self._was,
            seq=self.seq,
            balance=self._was.balance + self.amount,
            lots=tuple(self.lots),
            debts=tuple(self.debts),
            funds=self.funds,
            turnover=self.turnover,
            lines=self.lines,
            touched=self.touched,
        )


def add_to(funds: dict[Fund, Sum], key: Fund, amount: Kopecks, quantity: int) -> None:
    """A sum that comes to no kopecks is no sum: its line would not be printed."""
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


def _kind_of_debt(debt: Debt) -> object:
    return debt.line, debt.month, debt.acted


def _scattered(debts: list[Debt]) -> list[int]:
    """Where the most debts of one kind stand."""
    places: dict[object, list[int]] = {}
    for i, debt in enumerate(debts):
        places.setdefault(_kind_of_debt(debt), []).append(i)
    return max(places.values(), key=len)


def _total(queue: Iterable[Lot | Debt]) -> Kopecks:
    return sum(head.rest for head in queue)


def _take(queue: list[_Head], target: Target, amount: Kopecks) -> list[_Head]:
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


def _joins(lot: Lot, back: Lot) -> bool:
    """Whether two lots are one: the same payment, or stretches of the same merged lot with nothing between them."""
    if (lot.payment, lot.money, lot.payer) != (back.payment, back.money, back.payer):
        return False
    return not lot.merge or lot.offset + lot.rest == back.offset or back.offset + back.rest == lot.offset


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
