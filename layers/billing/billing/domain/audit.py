"""Work out a second time, from the journal alone, what the acts of each payer must come to.

This reading follows kopecks from the charge to the act by the ledger's rules. It shares no code with the queues, the
funds or the close of a month, so an error there shows as a difference here. A month of payments and charges extends
the reading of the month before. A correction needs to know what became of the kopecks it touches, so then the
journal is read from its beginning (`NeedsHistoryError`, `audit_history`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from billing.domain.audit_terms import COMPANY, MERGED, UNPAID, Due, Owed, following, growth, parted
from billing.domain.ledger import Allocation, Entry
from billing.domain.money import Kopecks
from billing.domain.vat import Vat


class NeedsHistoryError(Exception):
    """The month corrects earlier entries: read the journal from its beginning, as a `History`."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """Where the reading stands after the entry `seq`.

    `due`: for acts not closed yet; `expected`: what the closed acts come to, by payer; `since`: the month from which a
    payer's minus is carried; `months`: sums by period and name; `unpaid`: of the closed periods; `stray`: kopecks of
    allocations that match nothing owed or paid; `gaps`: entries that are not there; `act_lines`: of the last close,
    what the acts must hold, by payer, line and month of service; `taxed`: the lines with VAT.
    """

    seq: int = 0
    balance: Kopecks = 0
    closed: str = ""
    owed: list[Owed] = field(default_factory=list)
    due: dict[Due, Kopecks] = field(default_factory=dict)
    expected: dict[str, Kopecks] = field(default_factory=dict)
    since: dict[str, str] = field(default_factory=dict)
    months: dict[str, dict[str, Kopecks]] = field(default_factory=dict)
    unpaid: Kopecks = 0
    stray: Kopecks = 0
    gaps: int = 0
    act_lines: dict[tuple[str, str, str], Kopecks] = field(default_factory=dict)
    taxed: set[str] = field(default_factory=set)

    def read(self, entries: Iterable[Entry]) -> Reading:
        """Read on.

        Raises:
            NeedsHistoryError: a correction, and this reading did not begin at the beginning.
        """
        for entry in entries:
            self._read(entry)
            self.gaps += entry.seq - self.seq - 1
            self.seq = entry.seq
        return self

    def _read(self, e: Entry) -> None:
        self.balance += e.amount
        period = str(e.period)
        self._sum(period, "turned", e.amount)
        match e.kind:
            case "charge":
                if e.service and e.service.vat is not Vat.NONE:
                    self.taxed.add(e.line)
                self._sum(period, "charged", -e.amount)
                self.owed.append(Owed(e.key, 0, -e.amount, e.line, str(e.month)))
            case "payment":
                self._sum(period, f"paid.{e.money}", e.amount)
            case "refund":
                self._sum(period, "refunded", -e.amount)
            case "merge":
                self._merge(e)
            case "close":
                self._close(str(e.month), e.note == "act", e.payer)
            case _:
                self._correct(e)
        for a in e.allocations if e.kind != "reclassification" else ():
            if a.amount > 0:
                self._pay(period, a)

    def _correct(self, e: Entry) -> None:
        raise NeedsHistoryError

    def _note_paid(self, p: Owed, a: Allocation, act: str, *, own: bool) -> None:
        """Note a payment. Only a reading of the whole history needs it."""

    def _sum(self, period: str, name: str, amount: Kopecks) -> None:
        sums = self.months.setdefault(period, {})
        sums[name] = sums.get(name, 0) + amount

    def _funded(self, period: str, money: str, month: str, amount: Kopecks, *, again: bool) -> None:
        self._sum(period, f"funded.{money}", amount)
        if month < period:
            self._sum(period, f"earlier.{money}", amount)
        if again:
            self._sum(period, f"again.{money}", amount)

    def _owe_act(self, key: Due, amount: Kopecks) -> None:
        if now := self.due.pop(key, 0) + amount:
            self.due[key] = now

    def _pay(self, period: str, a: Allocation) -> None:
        money = str(a.money)
        pieces = self._taken(a)
        if missing := a.amount - sum(p.amount for p in pieces):
            self.stray += missing
            pieces.append(Owed(a.charge, a.at, missing, a.line, str(a.month), a.acted))
        begins = 0
        for p in pieces:
            part, begins = a.part(begins, begins + p.amount), begins + p.amount
            self._funded(period, money, p.month, p.amount, again=bool(p.act))
            own = not p.act and money in COMPANY
            if own:
                self._owe_act(Due(period, money, a.payer, p.line, p.month), p.amount)
            self._note_paid(p, part, a.payer if own else p.act, own=own)

    def _taken(self, a: Allocation) -> list[Owed]:
        """Take the kopecks that an allocation pays out of the debt, oldest first. Return them."""
        merged, month = a.charge.startswith(MERGED), str(a.month)

        def is_paid(o: Owed) -> bool:
            return o.debt == a.charge and (merged or (o.line, o.month) == (a.line, month))

        taken, rest, left = list[Owed](), list[Owed](), a.amount
        for o in self.owed:
            low, high = 0, 0
            if left and is_paid(o):
                low = max(0, a.at - o.at) if merged else 0
                high = min(o.amount, a.at + a.amount - o.at if merged else left)
            if low >= high:
                rest.append(o)
                continue
            left -= high - low
            taken.append(o._replace(at=o.at + low, amount=high - low))
            rest += [
                o._replace(at=o.at + start, amount=end - start)
                for start, end in ((0, low), (high, o.amount))
                if start < end
            ]
        self.owed = rest
        return taken

    def _merge(self, e: Entry) -> None:
        if not e.debts:
            return
        at, renamed, place = e.debts[0].offset, list[Owed](), len(self.owed)
        for debt in e.debts:
            end, left = debt.offset + debt.rest, debt.rest
            others = [(o.act != debt.acted, o.amount != debt.rest) for o in self.owed]  # one charge may be owed twice
            for i in sorted(range(len(others)), key=others.__getitem__):
                o = self.owed[i]
                inside = not debt.charge.startswith(MERGED) or debt.offset <= o.at < end
                is_part = o.debt == debt.charge and inside and (o.line, o.month) == (debt.line, str(debt.month))
                if not is_part or not 0 < o.amount <= left:
                    continue
                renamed.append(o._replace(debt=e.key, at=at))
                self.owed[i] = o._replace(amount=0)
                place, at, left = min(place, i), at + o.amount, left - o.amount
            self.stray += left
            at += left
        self.owed[place:place] = renamed
        self.owed = [o for o in self.owed if o.amount]

    def _close(self, month: str, unpaid_too: bool, payer: str) -> None:
        """Make an act of each payer's sum. One that is not above zero is carried to the next month.

        What the law wants a document of its own for is one, whatever its sum.
        """
        if unpaid_too:
            self._act_unpaid(month, payer)
        by_payer: dict[str, list[tuple[Due, Kopecks]]] = {}
        for key, amount in [item for item in self.due.items() if item[0].period == month]:
            by_payer.setdefault(key.payer, []).append((key, amount))
            del self.due[key]
        self.act_lines, after = {}, following(month)
        for of, lines in by_payer.items():
            usual, apart = parted(lines, month, self.taxed)
            is_act = (total := sum(amount for _, amount in usual)) > 0
            for key, amount in [*apart, *(usual if is_act else ())]:
                name = (of, key.line, key.month)
                self.expected[of] = self.expected.get(of, 0) + amount
                self.act_lines[name] = self.act_lines.get(name, 0) + amount
            for key, amount in () if is_act else usual:
                self._owe_act(key._replace(period=after), amount)
                self._sum(month, f"carried_out.{key.money}", amount)
                self._sum(after, f"carried_in.{key.money}", amount)
            if total < 0:
                self.since.setdefault(of, month)
            else:
                self.since.pop(of, None)
        self.unpaid, self.closed = self.unpaid_after(month), month

    def _act_unpaid(self, month: str, payer: str) -> None:
        """Move into the act all that was debited by the end of the month, as it has been paid or corrected since."""
        for key, amount in [item for item in self.due.items() if item[0].period > month >= item[0].month]:
            del self.due[key]
            self._owe_act(key._replace(period=month), amount)
            self._sum(key.period, f"carried_in.{key.money}", -amount)
            self._sum(month, f"carried_in.{key.money}", amount)
        if not payer:
            return
        for i, o in enumerate(self.owed):
            if not o.act and o.month <= month:
                self._owe_act(Due(month, UNPAID, payer, o.line, o.month), o.amount)
                self._sum(month, "acted_unpaid", o.amount)
                self.owed[i] = o._replace(act=payer)

    # --- what it comes to ----------------------------------------------------------------------------------------

    def sums(self, month: str) -> Mapping[str, Kopecks]:
        return self.months.get(month, {})

    def unpaid_after(self, month: str) -> Kopecks:
        """Return the part of the charges up to a month that money up to that month has not paid."""
        return self.unpaid if month <= self.closed else self.unpaid + growth(self.sums(month))

    @property
    def unpaid_now(self) -> Kopecks:
        """By the sums: debts before + charges − reversals + withdrawn − allocations."""
        return self.unpaid + sum(growth(sums) for month, sums in self.months.items() if month > self.closed)
