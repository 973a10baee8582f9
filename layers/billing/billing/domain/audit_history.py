"""Read a whole journal a second time and remember what became of every kopeck paid, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from billing.domain.audit import Reading
from billing.domain.audit_terms import COMPANY, MERGED, UNPAID, Due, Owed
from billing.domain.ledger import Allocation, Entry
from billing.domain.money import Kopecks

Stretches: TypeAlias = dict[str, list[tuple[str, int, int]]]  # a merged name: whose kopecks lie where in it


class Paid(NamedTuple):
    """Kopecks that were paid. `own`: the act has them because of this very payment."""

    payment: str
    lot_at: int
    debt: str
    debt_at: int
    amount: Kopecks
    money: str
    payer: str
    line: str
    month: str
    act: str
    own: bool


@dataclass(slots=True, kw_only=True)
class History(Reading):
    """A reading from the first entry on. `debts`: the parts of merged debts."""

    paid: list[Paid] = field(default_factory=list)
    debts: Stretches = field(default_factory=dict)

    def _note_paid(self, p: Owed, a: Allocation, act: str, *, own: bool) -> None:
        self.paid.append(
            Paid(a.payment, a.offset, a.charge, a.at, p.amount, str(a.money), a.payer, p.line, p.month, act, own)
        )

    def _merge(self, e: Entry) -> None:
        if e.debts:
            self.debts[e.key] = _laid([(debt.charge, debt.offset, debt.rest) for debt in e.debts], self.debts)
        Reading._merge(self, e)

    def _correct(self, e: Entry) -> None:
        match e.kind:
            case "reversal":
                self._reverse(e)
            case "chargeback":
                self._withdraw(e)
            case "reclassification":
                self._reclassify(e)
            case kind:
                raise ValueError(f"an entry of an unknown kind: {kind}")

    def _less_acted(self, period: str, payer: str, line: str, month: str, amount: Kopecks) -> None:
        """Give back unpaid services that an act holds: the next act is less by them."""
        self._owe_act(Due(period, UNPAID, payer, line, month), -amount)
        self._sum(period, "acted_unpaid", -amount)

    def _reverse(self, e: Entry) -> None:
        period, given = str(e.period), 0
        self._sum(period, "reversed", e.amount)
        for a in (a for a in e.allocations if a.amount < 0):
            given -= a.amount
            self._give_back(period, a)
        left = e.amount - given
        for is_of_it in (lambda o: self._is_charge(o, e.ref), lambda o: o.line == e.line):
            for i in reversed(range(len(self.owed))):
                o = self.owed[i]
                if not left or not is_of_it(o):
                    continue
                n = min(left, o.amount)
                left -= n
                self.owed[i] = o._replace(amount=o.amount - n)
                if o.act:
                    self._less_acted(period, o.act, o.line, o.month, n)
        self.owed = [o for o in self.owed if o.amount]
        self.stray += left

    def _is_charge(self, o: Owed, charge: str) -> bool:
        return o.debt == charge or any(
            name == charge and low < o.at + o.amount and o.at < high for name, low, high in self.debts.get(o.debt, ())
        )

    def _give_back(self, period: str, a: Allocation) -> None:
        def forget(p: Paid) -> None:
            self._funded(period, p.money, p.month, -p.amount, again=bool(p.act) and not p.own)
            if p.own:
                self._owe_act(Due(period, p.money, p.payer, a.line, p.month), -p.amount)
            elif p.act:
                self._less_acted(period, p.act, a.line, p.month, p.amount)

        self._change(a, forget)

    def _withdraw(self, e: Entry) -> None:
        """Owe again what the withdrawn money paid. It stays in the act that holds it."""
        undone: list[Paid] = []
        for a in e.withdrawn:
            self._change(a, undone.append)
        self._sum(str(e.period), "withdrawn", sum(a.amount for a in e.withdrawn))
        of_kind: dict[tuple[str, str, str], list[Owed]] = {}
        for p in reversed(undone):
            owed = Owed(p.debt, p.debt_at, p.amount, p.line, p.month, p.act)
            of_kind.setdefault((p.line, p.month, p.act), []).append(owed)
        self.owed += [o for owed in of_kind.values() for o in owed]

    def _change(self, a: Allocation, change: Callable[[Paid], Paid | None]) -> None:
        """Change the kopecks of an allocation, the newest first: by their place in a merged queue, else the last."""
        left = abs(a.amount)
        for i in reversed(range(len(self.paid))):
            p = self.paid[i]
            if not left or not _same(p, a):
                continue
            low = p.amount - left
            if a.merge:
                low = a.offset - p.lot_at
            elif a.charge.startswith(MERGED):
                low = a.at - p.debt_at
            high = min(p.amount, low + abs(a.amount)) if a.merge or a.charge.startswith(MERGED) else p.amount
            low = max(0, low)
            if low < high:
                left -= high - low
                changed = change(_piece(p, low, high))
                around = [_piece(p, b, e) for b, e in ((0, low), (high, p.amount))]
                pieces = (around[0], changed, around[1])
                self.paid[i : i + 1] = [piece for piece in pieces if piece and piece.amount]
        self.stray += left

    def _reclassify(self, e: Entry) -> None:
        period = str(e.period)
        for was, now in zip(e.allocations[::2], e.allocations[1::2], strict=True):

            def change(p: Paid, now: Allocation = now) -> Paid:
                money = str(now.money)
                self._funded(period, p.money, p.month, -p.amount, again=bool(p.act) and not p.own)
                self._funded(period, money, p.month, p.amount, again=bool(p.act) and not p.own)
                own, act = p.own, p.act
                if not p.act or p.own:
                    if p.own:
                        self._owe_act(Due(period, p.money, p.payer, now.line, p.month), -p.amount)
                    own, act = money in COMPANY, now.payer if money in COMPANY else ""
                    if own:
                        self._owe_act(Due(period, money, now.payer, now.line, p.month), p.amount)
                return p._replace(money=money, payer=now.payer, act=act, own=own)

            self._change(was, change)


def _piece(p: Paid, low: int, high: int) -> Paid:
    merged = p.debt.startswith(MERGED)
    return p._replace(lot_at=p.lot_at + low, debt_at=p.debt_at + low if merged else 0, amount=high - low)


def _same(p: Paid, a: Allocation) -> bool:
    return (p.payment, p.debt, p.money, p.payer) == (a.payment, a.charge, a.money, a.payer)


def _laid(parts: list[tuple[str, int, int]], known: Stretches) -> list[tuple[str, int, int]]:
    """Return the owners of the kopecks of a debt merged from the parts (name, offset, length)."""
    at, laid = parts[0][1], list[tuple[str, int, int]]()
    for name, offset, length in parts:
        for of, low, high in known.get(name, [(name, offset, offset + length)]):
            start, end = max(low, offset), min(high, offset + length)
            if start < end:
                laid.append((of, at + start - offset, at + end - offset))
        at += length
    return laid
