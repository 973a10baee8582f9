"""Commands posted to an account: what each does to its books, and what it is refused for.

Pure: an account and a command in, an account and journal entries out. A refused command raises `RejectedError` and
changes nothing.
"""

from __future__ import annotations

from itertools import islice

from billing.domain.books import QUEUE_MAX, Books
from billing.domain.ledger import (
    Account,
    Charge,
    Chargeback,
    Command,
    Debt,
    Entry,
    Lot,
    MoneyClass,
    Payment,
    Reclassification,
    Refund,
    RejectedError,
    Reversal,
    Target,
    stretches_in,
)
from billing.domain.queues import take, total

MERGES_MAX = 40  # after one command: its entries are one transaction, and the next command goes on


def post(
    account: Account, command: Command, target: Target | None = None, queue_max: int = QUEUE_MAX
) -> tuple[Account, tuple[Entry, ...]]:
    """The account after the command, and its journal entries: the command's own, then merges if a queue grew too long.

    Raises:
        RejectedError: the command contradicts the account; the text says why, in words for people.
    """
    if command.amount <= 0 and not isinstance(command, Reclassification):
        raise RejectedError("сумма должна быть больше нуля")
    books = Books(account, command)
    match command:
        case Payment():
            _pay(books, command)
        case Charge():
            _charge(books, command)
        case Refund():
            _refund(books, command, _required(target, "payment"))
        case Chargeback():
            _chargeback(books, command, _required(target, "payment"))
        case Reversal():
            _reverse(books, command, _required(target, "charge"))
        case Reclassification():
            _reclassify(books, command, _required(target, "payment"))
        case _:
            raise TypeError(f"not a command: {type(command).__name__}")
    books.settle()
    entries = [books.entry()]
    entries.extend(islice(books.merged(queue_max), MERGES_MAX))
    return books.account(), tuple(entries)


def _required(target: Target | None, kind: str) -> Target:
    if target is None or target.entry.kind != kind:
        raise RejectedError("такого платежа на счёте нет" if kind == "payment" else "такого списания на счёте нет")
    return target


def _pay(books: Books, c: Payment) -> None:
    books.lots.append(Lot(books.seq, c.key, c.money, c.payer, c.amount))
    books.facts = {"money": c.money.value, "payer": c.payer, "document": c.document, "email": c.email}
    books.turn(f"payment.{c.money}", c.amount)
    books.paid(books.seq, c.money, c.payer)


def _charge(books: Books, c: Charge) -> None:
    line = books.line_of(c.service)
    books.debts.append(Debt(books.seq, c.key, line, books.month, c.amount, c.quantity))
    books.facts = {"line": line, "quantity": c.quantity, "service": c.service}
    books.turn("charge", -c.amount)


def _refund(books: Books, c: Refund, target: Target) -> None:
    if target.entry.money == MoneyClass.BONUS:
        raise RejectedError("бонусы не возвращаются деньгами")
    if target.returned + c.amount > target.entry.amount:
        raise RejectedError("возвращают больше, чем было в платеже")
    if total(take(books.lots, target, c.amount)) < c.amount:
        raise RejectedError("в этом платеже осталось меньше, чем просят вернуть")
    books.facts = books.facts_of(target)
    books.turn("refund", -c.amount)


def _chargeback(books: Books, c: Chargeback, target: Target) -> None:
    if target.entry.money == MoneyClass.BONUS:
        raise RejectedError("бонусы банк не отзывает")
    if target.returned + c.amount > target.entry.amount:
        raise RejectedError("отзывают больше, чем было в платеже")
    spent = c.amount - total(take(books.lots, target, c.amount))
    withdrawn = books.owe_again(target, spent)
    books.facts = {**books.facts_of(target), "withdrawn": withdrawn}
    books.turn("chargeback", -c.amount)


def _reverse(books: Books, c: Reversal, target: Target) -> None:
    if target.returned + c.amount > -target.entry.amount:
        raise RejectedError("сторнируют больше, чем было списано")
    left = c.amount - books.forgive(target, c.amount)
    line = books.line_of(target.entry.service) if target.entry.service else target.entry.line
    for paid in reversed(target.live):
        if not left:
            break
        part = min(left, paid.amount)
        books.give_back(paid._replace(line=line), part)
        left -= part
    if left:
        raise RejectedError("сторнируют больше, чем было списано")
    books.facts = {"ref": c.charge, "line": line}
    books.turn("reversal", c.amount)


def _reclassify(books: Books, c: Reclassification, target: Target) -> None:
    if MoneyClass.BONUS in (target.entry.money, c.money):
        raise RejectedError("бонусы не бывают деньгами, и деньги бонусами")
    if (target.entry.money, target.entry.payer) == (c.money, c.payer):
        raise RejectedError("платёж уже такого вида и от этого плательщика")
    if target.withdrawn:
        raise RejectedError("банк отозвал этот платёж, когда он был потрачен: вид его денег больше не меняется")
    lots: list[Lot] = []
    for lot in books.lots:
        begins = lot.offset
        for low, high in stretches_in(lot.name, lot.offset, lot.rest, target.entry.key, target.stretches):
            if begins < low:
                lots.append(lot.part(begins, low))
            lots.append(lot.part(low, high)._replace(money=c.money, payer=c.payer))
            begins = high
        if begins < lot.offset + lot.rest:
            lots.append(lot.part(begins, lot.offset + lot.rest))
    books.lots = lots
    for paid in reversed(target.live):  # so that each finds its own among those that stand
        paid = paid._replace(line=books.known_line(paid.line, target))
        books.allocate(paid._replace(amount=-paid.amount, quantity=-paid.quantity))
        books.allocate(paid._replace(money=c.money, payer=c.payer))
    books.people -= target.entry.money == MoneyClass.CARD_IND
    books.paid(target.entry.seq, c.money, c.payer)
    books.facts = {"ref": c.payment, "money": c.money.value, "payer": c.payer}
