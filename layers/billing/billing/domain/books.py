"""The books of an account while one command changes them: the queues are settled head against head, all of it recorded.

Source: the FIFO offset of advances by payment document, as accountants do it (62.02 → 62.01, oldest first).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from billing.domain.ledger import (
    FORGOTTEN,
    LEGAL,
    MERGED,
    Account,
    Allocation,
    Command,
    Correction,
    Debt,
    Entry,
    Fund,
    Lot,
    MoneyClass,
    PaidBy,
    Service,
    Target,
    add_to,
)
from billing.domain.money import Kopecks, share
from billing.domain.periods import Month
from billing.domain.queues import joins, kind_of_debt, longest_run, scattered, take, total

QUEUE_MAX = 40  # lots or debts in an account's row; beyond it neighbours of one kind are merged
SCATTERED = 4  # times as many debts: then debts of one kind are merged though others stand between them
PAID_BY_MAX = 12  # newest payments of companies that are remembered: any of them may be found to be another's


class Books:
    """An account being changed by one command."""

    def __init__(self, account: Account, command: Command) -> None:
        self._was, self._command = account, command
        self.month = Month.of(command.day)
        self.period = max(self.month, account.open)
        self.seq = account.seq + 1
        self.amount = 0
        self.lots, self.debts, self.touched = list(account.lots), list(account.debts), account.touched
        self.funds, self.turnover, self.lines = dict(account.funds), dict(account.turnover), dict(account.lines)
        self.paid_by, self.people = account.paid_by, account.people
        self.allocations: list[Allocation] = []
        self.facts: dict[str, Any] = {}

    # --- the queues ----------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Match the heads of the two queues until one is empty; every match is recorded."""
        while self.lots and self.debts:
            lot, debt = self.lots[0], self.debts[0]
            paid = min(lot.rest, debt.rest)
            quantity = share(paid, debt.rest, debt.quantity)
            self.allocate(
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

    def allocate(self, a: Allocation) -> None:
        self.allocations.append(a)
        if a.acted:
            self._turn(f"documented.{a.money}", a.amount)
        else:
            self._fund(a.money, a.payer, a.line, a.month, a.amount, a.quantity)

    def _fund(self, money: MoneyClass, payer: str, line: str, month: Month, amount: Kopecks, quantity: int) -> None:
        add_to(self.funds, Fund(self.period, money, payer, line, month), amount, quantity)

    def give_back(self, paid: Allocation, amount: Kopecks) -> None:
        """The last kopecks of an allocation return to the place in the queue that their lot had."""
        back = paid.part(paid.amount - amount, paid.amount)
        self.allocate(back._replace(amount=-amount, quantity=-back.quantity))
        if back.acted:  # an act has it though it was paid later: the next act is smaller by it
            self._fund(MoneyClass.CREDIT, back.acted, back.line, back.month, -amount, -back.quantity)
        self._put_lot(Lot(back.lot, back.payment, back.money, back.payer, amount, back.merge, back.offset))

    def _put_lot(self, back: Lot) -> None:
        place = len(self.lots)
        for i, lot in enumerate(self.lots):
            if joins(lot, back):
                self.lots[i] = lot._replace(rest=lot.rest + back.rest, offset=min(lot.offset, back.offset))
                if i + 1 < len(self.lots) and back.merge and joins(self.lots[i], self.lots[i + 1]):
                    gap = self.lots.pop(i + 1)
                    self.lots[i] = self.lots[i]._replace(rest=self.lots[i].rest + gap.rest)
                return
            if place > i and (lot.seq, lot.offset) > (back.seq, back.offset):
                place = i
        self.lots.insert(place, back)

    def forgive(self, target: Target, amount: Kopecks) -> Kopecks:
        """Cancel what is still unpaid of a charge, in its own debt or in the merged one it went into."""
        forgiven = take(self.debts, target, amount)
        for debt in forgiven:
            if debt.acted:
                self._fund(MoneyClass.CREDIT, debt.acted, debt.line, debt.month, -debt.rest, -debt.quantity)
        return total(forgiven)

    def owe_again(self, target: Target, spent: Kopecks) -> tuple[Allocation, ...]:
        """Turn the charges that the withdrawn money paid last into debts again, one kind after another.

        What an act holds stays in it: a charge that an act had before it was paid, and one that company money paid.
        Return the allocations that were undone.
        """
        undone: list[Allocation] = []
        owed: dict[object, list[Debt]] = {}
        for paid in reversed(target.live):
            if not (amount := min(paid.amount, spent)):
                break
            spent -= amount
            part = paid.part(paid.amount - amount, paid.amount)
            undone.append(part)
        for part in reversed(undone):
            debt = Debt(
                self.seq,
                part.charge,
                self.known_line(part.line, target),
                part.month,
                part.amount,
                part.quantity,
                part.acted or (part.payer if part.money in LEGAL else ""),
                part.at,
            )
            owed.setdefault(kind_of_debt(debt), []).append(debt)
        self.debts += (debt for of_kind in owed.values() for debt in of_kind)
        return tuple(undone)

    # --- who pays ------------------------------------------------------------------------------------------------

    def paid(self, seq: int, money: MoneyClass, payer: str) -> None:
        """Remember the payer of the payment with this number, in place of an earlier one."""
        paid_by = [p for p in self.paid_by if p.seq != seq]
        if money in LEGAL:
            paid_by.append(PaidBy(seq, payer))
        self.paid_by = tuple(sorted(paid_by)[-PAID_BY_MAX:])
        self.people += money is MoneyClass.CARD_IND

    # --- the books -----------------------------------------------------------------------------------------------

    def line_of(self, service: Service) -> str:
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

    def known_line(self, line: str, target: Target) -> str:
        """The line of an old allocation, which the account may have dropped since."""
        if line in self.lines:
            return line
        return self.line_of(target.services.get(line, FORGOTTEN))

    def facts_of(self, target: Target) -> dict[str, Any]:
        return {"ref": target.entry.key, "money": target.entry.money, "payer": target.entry.payer}

    def turn(self, kind: str, amount: Kopecks) -> None:
        self.amount = amount
        self._turn(kind, amount)

    def _turn(self, kind: str, amount: Kopecks) -> None:
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
            first, last = longest_run(self.lots[fresh:], lambda lot: (lot.money, lot.payer))
            if last - first < 2:
                break
            self.seq += 1
            lots = tuple(self.lots[fresh + first : fresh + last])
            self.lots[fresh + first : fresh + last] = [
                lots[0]._replace(payment=f"{MERGED}{self.seq}", rest=total(lots), merge=self.seq)
            ]
            yield self._merge_entry(lots=lots)
        while len(self.debts) > queue_max:
            run = range(*longest_run(self.debts, kind_of_debt))
            places = run if len(run) > 1 or len(self.debts) <= SCATTERED * queue_max else scattered(self.debts)
            if len(places) < 2:
                break
            self.seq += 1
            debts = tuple(self.debts[i] for i in places)
            self.debts[places[0]] = debts[0]._replace(
                charge=f"{MERGED}{self.seq}", rest=total(debts), quantity=sum(d.quantity for d in debts)
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
            paid_by=self.paid_by,
            people=self.people,
            corrected=self._was.seq + 1 if isinstance(self._command, Correction) else self._was.corrected,
        )
