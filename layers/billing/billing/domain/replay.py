"""The journal told again from its beginning: the account as it was, and the proof that the rows agree with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from billing.domain import closing, ledger
from billing.domain.corrections import target_of
from billing.domain.ledger import Account, Command, Entry, MoneyClass
from billing.domain.periods import Month
from billing.domain.posting import post


def replay(account: str, entries: Sequence[Entry], *, until: Month | None = None) -> Account:
    """The account after all the entries, or just before the close of `until`.

    Months in between are closed as their entries say: what a close does to the account depends on no card of today. An
    account that no close has touched opens with its first period.
    """
    closes = (e.month for e in entries if e.kind == "close")
    books = Account(id=account, open=next(closes, min((e.period for e in entries), default=Month(1970, 1))))
    for i, entry in enumerate(entries):
        match entry.kind:
            case "merge":
                continue  # made again by the entry before it
            case "close":
                if entry.month == until:
                    return books
                terms = closing.terms_in(entry)
                books = closing.close(replace(books, open=entry.month), None, None, forced=True, terms=terms).account
            case _:
                command = _command(entry)
                target = target_of(entries[entries_index(entries, entry.ref) : i]) if entry.ref else None
                books, _ = post(books, command, target)
    return books


def entries_index(entries: Sequence[Entry], key: str) -> int:
    return next(i for i, e in enumerate(entries) if e.key == key)


def _command(e: Entry) -> Command:
    amount = abs(e.amount)
    match e.kind:
        case "payment":
            return ledger.Payment(
                key=e.key,
                day=e.day,
                amount=amount,
                note=e.note,
                money=MoneyClass(e.money),
                payer=e.payer,
                document=e.document,
                email=e.email,
            )
        case "charge":
            assert e.service, "a charge names its service"
            return ledger.Charge(
                key=e.key, day=e.day, amount=amount, note=e.note, service=e.service, quantity=e.quantity
            )
        case "refund":
            return ledger.Refund(key=e.key, day=e.day, amount=amount, note=e.note, payment=e.ref)
        case "reversal":
            return ledger.Reversal(key=e.key, day=e.day, amount=amount, note=e.note, charge=e.ref)
        case "chargeback":
            return ledger.Chargeback(key=e.key, day=e.day, amount=amount, note=e.note, payment=e.ref)
        case "reclassification":
            return ledger.Reclassification(
                key=e.key, day=e.day, amount=0, note=e.note, payment=e.ref, money=MoneyClass(e.money), payer=e.payer
            )
        case kind:
            raise ValueError(f"an entry of an unknown kind: {kind}")
