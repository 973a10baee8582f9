"""A second ledger, in which every kopeck is a thing that one can point at.

It was written from the rules alone, knows nothing of the code it judges, and is slow on purpose: there is no sum in it
that is not a count of kopecks. Months are texts like `2026-01`.

The rules leave five things open, and here they are as the inbox answers them:
- bonuses are neither refunded, nor withdrawn by a bank, nor made into money;
- a payment that the bank has withdrawn when some of it was spent keeps its class for ever;
- a reversal cancels of an unpaid rest what is owed last, as it gives back money of the newest allocation first;
- what one chargeback leaves owed is in the order in which it was paid, the kopecks of one line together;
- a minus for what is documented and unpaid is of the class `CREDIT`, whatever class the act had it by.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")
COMPANY = ("BANK", "CARD_LE")
CREDIT = "CREDIT"  # the class of what an act holds though nobody has paid it

Line = tuple[str, str, str]  # the title of the service, the month of service, the class of money
Act = tuple[str, str]  # the month and the payer


class RejectedError(Exception):
    """The message is well-formed and cannot be done."""


@dataclass(eq=False)
class Coin:
    """A kopeck of a payment: it is free, or pays one kopeck of a charge, or has left the account."""

    payment: Payment
    pays: Piece | None = None
    left: bool = False


@dataclass(eq=False)
class Piece:
    """A kopeck of a charge: it is owed, or paid by a coin, or reversed. `held`: the act that holds it, or will."""

    charge: Charge
    coin: Coin | None = None
    paid_at: int = 0
    held: Held | None = None
    marks: list[Mark] = field(default_factory=list)
    reversed: bool = False


@dataclass(frozen=True)
class Held:
    """By whose act a piece is documented, and the payment that made it so, if it was one."""

    payer: str
    money: str
    by: Payment | None
    unpaid: bool = False  # the bank has withdrawn what it was paid by


@dataclass(frozen=True)
class Mark:
    """One kopeck more or less in the act of a period and a payer."""

    period: str
    payer: str
    money: str
    n: int


@dataclass(eq=False)
class Payment:
    key: str
    money: str
    payer: str
    coins: list[Coin] = field(default_factory=list)
    withdrawn: bool = False  # by the bank, when some of it was spent


@dataclass(eq=False)
class Charge:
    key: str
    title: str
    month: str
    period: str
    pieces: list[Piece] = field(default_factory=list)


class Ledger:
    """One account."""

    def __init__(self, opened: str, *, acts_unpaid: bool, card_payers: tuple[str, ...]) -> None:
        """`acts_unpaid`: what nobody has paid by the close is in the act of its month."""
        self.open = opened
        self.acts_unpaid = acts_unpaid
        self.card_payers = card_payers
        self.answers: dict[str, tuple[Mapping[str, Any], str]] = {}
        self.payments: dict[str, Payment] = {}  # by order of arrival
        self.charges: dict[str, Charge] = {}
        self.owed: list[Piece] = []
        self.acts: dict[Act, Counter[Line]] = {}
        self._totals: dict[Act, Counter[Line]] = defaultdict(Counter)
        self._ticks = 0

    # --- what is asked of it -------------------------------------------------------------------------------------

    @property
    def balance(self) -> int:
        return sum(1 for _ in self._free()) - len(self.owed)

    def take(self, message: Mapping[str, Any]) -> str:
        """Return the outcome: `posted`, `rejected`, or `refused` where the key had another content before."""
        if known := self.answers.get(message["key"]):
            return known[1] if known[0] == message else "refused"
        month = datetime.fromisoformat(message["at"]).astimezone(MOSCOW).strftime("%Y-%m")
        try:
            getattr(self, "_" + message["kind"])(message, month, max(month, self.open))
            outcome = "posted"
        except RejectedError:
            outcome = "rejected"
        self.answers[message["key"]] = (message, outcome)
        return outcome

    def close(self) -> None:
        """Close the open month: what is unpaid is acted on credit, then each payer has its act or a minus to carry."""
        month, self.open = self.open, _after(self.open)
        payer = self._payer_of_the_unpaid()
        if self.acts_unpaid:
            for piece in [p for c in self.charges.values() if c.period <= month for p in c.pieces]:
                if payer and piece.held is None and piece.coin is None and not piece.reversed:
                    self._hold(piece, payer, CREDIT, None, month)
                self._act_by_then(piece, month)  # paid or corrected on the 1st, before the close
        for act in [a for a in self._totals if a[0] == month]:
            lines = self._totals.pop(act)
            if lines.total() > 0:
                self.acts[act] = Counter({line: n for line, n in lines.items() if n})
            elif any(lines.values()):  # a minus, or lines that cancel out: no act has them yet
                self._totals[self.open, act[1]].update(lines)

    def documented(self) -> Counter[Act]:
        """Return what each closed month documents of each payer; a minus is where it came, not where it is carried."""
        sums = Counter[Act]()
        for mark in [m for charge in self.charges.values() for piece in charge.pieces for m in piece.marks]:
            if mark.period < self.open:
                sums[mark.period, mark.payer] += mark.n
        return sums

    # --- messages ------------------------------------------------------------------------------------------------

    def _payment(self, message: Mapping[str, Any], month: str, period: str) -> None:
        payment = Payment(message["key"], message["class"], (message.get("payer") or {}).get("inn", ""))
        payment.coins = [Coin(payment) for _ in range(message["amount"])]
        self.payments[payment.key] = payment
        self._settle(period)

    def _charge(self, message: Mapping[str, Any], month: str, period: str) -> None:
        charge = Charge(message["key"], message["title"], month, period)
        charge.pieces = [Piece(charge) for _ in range(message["amount"])]
        self.charges[charge.key] = charge
        self.owed += charge.pieces
        self._settle(period)

    def _refund(self, message: Mapping[str, Any], month: str, period: str) -> None:
        """A refund cuts its own lot, never another."""
        payment = self._known(self.payments, message["payment"])
        if payment.money == "BONUS":
            raise RejectedError("what was granted came by no channel that it could go back by")
        free = [c for c in payment.coins if not c.left and c.pays is None]
        for coin in _first(free, message["amount"]):
            coin.left = True

    def _chargeback(self, message: Mapping[str, Any], month: str, period: str) -> None:
        """What is unspent goes first; what was spent is owed again, and is documented exactly if it was before."""
        payment = self._known(self.payments, message["payment"])
        if payment.money == "BONUS":
            raise RejectedError("what was granted is no money of a bank's")
        there = [c for c in payment.coins if not c.left]
        free = [c for c in there if c.pays is None]
        spent = sorted((c for c in there if c.pays), key=lambda c: -c.pays.paid_at)  # type: ignore[union-attr]
        again = []
        for coin in _first([*free, *spent], message["amount"]):
            coin.left = True
            if coin.pays:
                payment.withdrawn = True
                again.append(coin.pays)
                if coin.pays.held:
                    coin.pays.held = replace(coin.pays.held, by=None, unpaid=True)
                coin.pays.coin = None
                coin.pays = None
        groups: dict[tuple[str, str, str], list[Piece]] = {}  # pieces of one line that one act holds stay together
        for piece in sorted(again, key=lambda p: p.paid_at):
            line = piece.charge.title, piece.charge.month, piece.held.payer if piece.held else ""
            groups.setdefault(line, []).append(piece)
        self.owed += [piece for group in groups.values() for piece in group]
        self._settle(period)

    def _reversal(self, message: Mapping[str, Any], month: str, period: str) -> None:
        """The unpaid rest goes first; then money returns to the payments that paid, the newest allocation first."""
        charge = self._known(self.charges, message["charge"])
        unpaid = [p for p in reversed(self.owed) if p.charge is charge]
        paid = sorted((p for p in charge.pieces if p.coin), key=lambda p: -p.paid_at)
        for piece in _first([*unpaid, *paid], message["amount"]):
            piece.reversed = True
            if piece.held:
                self._release(piece, period)
            if piece.coin:
                piece.coin.pays = None
                piece.coin = None
            else:
                self.owed.remove(piece)
        self._settle(period)

    def _reclassification(self, message: Mapping[str, Any], month: str, period: str) -> None:
        """What this payment made documented is so no longer; what it pays and no other act holds is its new payer's."""
        payment = self._known(self.payments, message["payment"])
        new = message["class"], (message.get("payer") or {}).get("inn", "")
        if payment.money == "BONUS" or (payment.money, payment.payer) == new or payment.withdrawn:
            raise RejectedError("nothing to move, or it was spent when the bank withdrew it")
        payment.money, payment.payer = new
        for piece in [c.pays for c in payment.coins if c.pays]:
            if piece.held and piece.held.by is payment:
                self._release(piece, period)
            self._document(piece, period)

    # --- the two queues ------------------------------------------------------------------------------------------

    def _settle(self, period: str) -> None:
        for coin in [*self._free()]:
            if not self.owed:
                return
            piece = self.owed.pop(0)
            self._ticks += 1
            piece.coin, piece.paid_at, coin.pays = coin, self._ticks, piece
            self._document(piece, period)

    def _free(self) -> Iterator[Coin]:
        return (c for payment in self.payments.values() for c in payment.coins if not c.left and c.pays is None)

    # --- documents -----------------------------------------------------------------------------------------------

    def _document(self, piece: Piece, period: str) -> None:
        """What an act holds is in no second act, whoever pays."""
        assert piece.coin
        payment = piece.coin.payment
        if piece.held is None and payment.money in COMPANY:
            self._hold(piece, payment.payer, payment.money, payment, period)

    def _hold(self, piece: Piece, payer: str, money: str, by: Payment | None, period: str) -> None:
        piece.held = Held(payer, money, by)
        self._mark(piece, Mark(period, payer, money, 1))

    def _release(self, piece: Piece, period: str) -> None:
        assert piece.held
        self._mark(piece, Mark(period, piece.held.payer, CREDIT if piece.held.unpaid else piece.held.money, -1))
        piece.held = None

    def _act_by_then(self, piece: Piece, month: str) -> None:
        for mark in [m for m in piece.marks if m.period > month]:
            self._mark(piece, replace(mark, n=-mark.n))
            self._mark(piece, replace(mark, period=month))

    def _mark(self, piece: Piece, mark: Mark) -> None:
        piece.marks.append(mark)
        self._totals[mark.period, mark.payer][piece.charge.title, piece.charge.month, mark.money] += mark.n

    def _payer_of_the_unpaid(self) -> str:
        """The payer of the last company payment; if nobody has paid yet, the first of the card."""
        companies = [p for p in self.payments.values() if p.money in COMPANY]
        if companies:
            return companies[-1].payer
        if any(p.money == "CARD_IND" for p in self.payments.values()):
            return ""
        return self.card_payers[0] if self.card_payers else ""

    @staticmethod
    def _known(among: Mapping[str, Any], key: str) -> Any:
        if key not in among:
            raise RejectedError(key)
        return among[key]


def _first(of: list[Any], n: int) -> list[Any]:
    if n > len(of):
        raise RejectedError("more than there is")
    return of[:n]


def _after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02}"
