"""The account once more, so naive that it can hardly be wrong: a token for every kopeck, and first in, first out.

It shares no code with the ledger and knows no sums: a payment is so many coins, a charge so many dues, and a paid due
holds its coin. A due is the same due until it is reversed: whoever pays it, withdraws and pays again, the act that has
it is written on it. Merged queues do not exist here.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from billing.domain.ledger import Service
from billing.domain.periods import Month
from billing.domain.vat import Vat

COMPANY = ("BANK", "CARD_LE")


@dataclass(slots=True, eq=False)
class Coin:
    """A kopeck of money; its place in the queue never changes."""

    payment: str
    place: tuple[int, int]


@dataclass(slots=True, eq=False)
class Due:
    """A kopeck of a charge, and the coin that paid it."""

    charge: str
    service: Service
    month: Month
    acted: str = ""
    coin: Coin | None = None


@dataclass(slots=True)
class Money:
    arrival: int
    money: str
    payer: str
    amount: int
    returned: int = 0
    undone: list[str] = field(default_factory=list)   # the charges that are owed again, a name for each kopeck

    @property
    def withdrawn(self) -> int:
        return len(self.undone)


@dataclass(slots=True)
class Charged:
    amount: int
    returned: int = 0


@dataclass(slots=True)
class Oracle:
    open: Month
    coins: list[Coin] = field(default_factory=list)      # not spent
    dues: list[Due] = field(default_factory=list)        # not paid
    paid: list[Due] = field(default_factory=list)        # in the order they were paid
    payments: dict[str, Money] = field(default_factory=dict)
    charges: dict[str, Charged] = field(default_factory=dict)
    funds: Counter[tuple[Month, str, str, Service, Month]] = field(default_factory=Counter)
    turnover: Counter[tuple[Month, str]] = field(default_factory=Counter)
    held: dict[tuple[str, str], Counter[tuple[Service, Month]]] = field(default_factory=dict)  # by the last close

    @property
    def balance(self) -> int:
        return len(self.coins) - len(self.dues)

    def period(self, day: date) -> Month:
        return max(Month.of(day), self.open)

    # Each command answers whether it was accepted.

    def pay(self, key: str, day: date, amount: int, money: str, payer: str) -> bool:
        self.payments[key] = Money(len(self.payments), money, payer, amount)
        self.coins += [Coin(key, (len(self.payments), i)) for i in range(amount)]
        self.turnover[self.period(day), f"payment.{money}"] += amount
        return self._settle(day)

    def charge(self, key: str, day: date, amount: int, service: Service) -> bool:
        self.charges[key] = Charged(amount)
        self.dues += [Due(key, service, Month.of(day)) for _ in range(amount)]
        self.turnover[self.period(day), "charge"] -= amount
        return self._settle(day)

    def refund(self, key: str, day: date, amount: int, payment: str) -> bool:
        money = self.payments[payment]
        own = [coin for coin in self.coins if coin.payment == payment]
        if money.money == "BONUS" or amount > len(own) or money.returned + amount > money.amount:
            return False
        self._drop(own[len(own) - amount:])
        money.returned += amount
        self.turnover[self.period(day), "refund"] -= amount
        return self._settle(day)

    def chargeback(self, key: str, day: date, amount: int, payment: str) -> bool:
        money = self.payments[payment]
        if money.money == "BONUS" or money.returned + amount > money.amount:
            return False
        own = [coin for coin in self.coins if coin.payment == payment]
        cut = min(amount, len(own))
        self._drop(own[len(own) - cut:])
        bought = [due for due in reversed(self.paid) if due.coin.payment == payment][:amount - cut][::-1]
        assert len(bought) == amount - cut
        for due in bought:
            self.paid.remove(due)
            due.coin = None
            due.acted = due.acted or (money.payer if money.money in COMPANY else "")
        for kind in dict.fromkeys(map(_kind, bought)):
            self.dues += [due for due in bought if _kind(due) == kind]
        money.returned += amount
        money.undone += [due.charge for due in bought]
        self.turnover[self.period(day), "chargeback"] -= amount
        return self._settle(day)

    def reverse(self, key: str, day: date, amount: int, charge: str) -> bool:
        if self.charges[charge].returned + amount > self.charges[charge].amount:
            return False
        self.charges[charge].returned += amount
        unpaid = [due for due in self.dues if due.charge == charge][::-1][:amount]
        for due in unpaid:
            self.dues.remove(due)
            if due.acted:
                self.funds[self.period(day), "CREDIT", due.acted, due.service, due.month] -= 1
        newest = [due for due in reversed(self.paid) if due.charge == charge][:amount - len(unpaid)]
        for due in newest:
            self.paid.remove(due)
            money = self.payments[due.coin.payment]
            kind = ("CREDIT", due.acted) if due.acted else (money.money, money.payer)
            self.funds[self.period(day), *kind, due.service, due.month] -= 1
            if due.acted:
                self.turnover[self.period(day), f"documented.{money.money}"] -= 1
            insort(self.coins, due.coin, key=_place)
        self.turnover[self.period(day), "reversal"] += amount
        return self._settle(day)

    def reclassify(self, key: str, day: date, payment: str, money: str, payer: str) -> bool:
        was = self.payments[payment]
        if "BONUS" in (was.money, money) or was.withdrawn or (was.money, was.payer) == (money, payer):
            return False
        for due in self.paid:
            if due.coin.payment == payment and due.acted:
                self.turnover[self.period(day), f"documented.{was.money}"] -= 1
                self.turnover[self.period(day), f"documented.{money}"] += 1
            elif due.coin.payment == payment:
                self.funds[self.period(day), was.money, was.payer, due.service, due.month] -= 1
                self.funds[self.period(day), money, payer, due.service, due.month] += 1
        was.money, was.payer = money, payer
        return self._settle(day)

    def payer_of_unpaid(self, first_of_card: str) -> str:
        """By the rule's own words: who paid last as a company; if nobody has paid, the card's first; else nobody."""
        companies = [money.payer for money in self.payments.values() if money.money in COMPANY]
        people = any(money.money == "CARD_IND" for money in self.payments.values())
        return companies[-1] if companies else "" if people else first_of_card

    def close(self, first_of_card: str | None) -> dict[str, Counter[tuple[Service, Month]]]:
        """Close the open month. Return its acts by payer; without a card's first payer, what is not paid waits.

        What an act may not hold is in `held`, by payer and reason.
        """
        month = self.open
        if first_of_card is not None:
            debtor = self.payer_of_unpaid(first_of_card)
            for (period, money, payer, service, of), amount in list(self.funds.items()):
                if period > month >= of and money not in ("CARD_IND", "BONUS"):
                    del self.funds[period, money, payer, service, of]
                    self.funds[month, money, payer, service, of] += amount
            for due in self.dues:
                if debtor and not due.acted and due.month <= month:
                    due.acted = debtor
                    self.funds[month, "CREDIT", debtor, due.service, due.month] += 1
        sums: dict[str, Counter[tuple[Service, Month]]] = {}
        for (period, money, payer, service, of), amount in self.funds.items():
            if period == month and money not in ("CARD_IND", "BONUS"):
                sums.setdefault(payer, Counter())[service, of] += amount
        acts: dict[str, Counter[tuple[Service, Month]]] = {payer: Counter() for payer in sums}
        self.held = {}
        for payer, lines in sums.items():
            for (service, of), amount in lines.items():
                why = _held_for(service, of, amount, month)
                (self.held.setdefault((payer, why), Counter()) if why else acts[payer])[service, of] += amount
        for key in [key for key in self.funds if key[0] == month]:
            amount = self.funds.pop(key)
            _, money, payer, service, of = key
            lawful = (service, of) in acts.get(payer, ()) and money not in ("CARD_IND", "BONUS")
            if lawful and acts[payer].total() <= 0:
                self.funds[month.next, *key[1:]] += amount
                self.turnover[month.next, f"carried.{money}"] += amount
        for turned in [key for key in self.turnover if key[0] == month]:
            del self.turnover[turned]
        self.open = month.next
        return {payer: lines for payer, lines in acts.items() if lines.total() > 0}

    def gather(self, wanted: Callable[[Due], bool]) -> None:
        """Debts of one kind were merged into the place of the first of them."""
        own = [due for due in self.dues if wanted(due)]
        first = self.dues.index(own[0])
        rest = [due for due in self.dues if not wanted(due)]
        self.dues = rest[:first] + own + rest[first:]

    def _settle(self, day: date) -> bool:
        while self.coins and self.dues:
            due = self.dues.pop(0)
            due.coin = self.coins.pop(0)
            self.paid.append(due)
            money = self.payments[due.coin.payment]
            if due.acted:
                self.turnover[self.period(day), f"documented.{money.money}"] += 1
            else:
                self.funds[self.period(day), money.money, money.payer, due.service, due.month] += 1
        return True

    def _drop(self, coins: list[Coin]) -> None:
        for coin in coins:
            self.coins.remove(coin)


def _held_for(service: Service, of: Month, amount: int, month: Month) -> str:
    """Why a taxed line is in no act: a lower price of what was acted, or a service of another quarter."""
    if service.vat is Vat.NONE or not amount:
        return ""
    if amount < 0:
        return f"less for {of}"
    quarter, present = ((m.year, (m.number + 2) // 3) for m in (of, month))
    return "" if quarter == present else f"late for {quarter}"


def _kind(due: Due) -> tuple[Service, Month, str]:
    return due.service, due.month, due.acted


def _place(coin: Coin) -> tuple[int, int]:
    return coin.place
