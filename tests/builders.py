"""Things with sensible defaults; every default can be overridden by keyword."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from billing.domain.closing import Closing, close
from billing.domain.corrections import target_of
from billing.domain.documents import BankAccount, Party, Signer
from billing.domain.ledger import Account, Charge, Command, Entry, MoneyClass, Payment, Service, Target
from billing.domain.parties import Administrator, Contract, Customer, PayerRequisites
from billing.domain.periods import Month
from billing.domain.posting import post
from billing.domain.seller import SellerCard, SellerRequisites, VatRecord
from billing.domain.vat import Vat

PAYER = "7707083893"
OTHER_PAYER = "7728168971"
GROUND = "ст. 346.11 НК РФ"
CRM = Service("crm", "Доступ к CRM", "мес.", Vat.TWENTY_TWO)
UNTAXED = CRM._replace(vat=Vat.NONE, ground=GROUND)   # its corrections are lines of the next act

_numbers = count(1)


def rub(roubles: int, kopecks: int = 0) -> int:
    return roubles * 100 + kopecks


def an_account(**over: Any) -> Account:
    return Account(**{"id": "c-000001", "open": Month(2026, 1), **over})


def a_payment(**over: Any) -> Payment:
    """10 000 roubles from a company by bank on 12 January 2026; money without a payer is said with `payer=""`."""
    return Payment(**{"key": f"pay-{next(_numbers)}", "day": date(2026, 1, 12), "amount": rub(10_000),
                      "money": MoneyClass.BANK, "payer": PAYER, **over})


def a_charge(**over: Any) -> Charge:
    """5 500 roubles for a month of the CRM on 31 January 2026."""
    return Charge(**{"key": f"chg-{next(_numbers)}", "day": date(2026, 1, 31), "amount": rub(5_500), "service": CRM,
                     "quantity": 1_000_000, **over})


def a_payer(**over: Any) -> PayerRequisites:
    return PayerRequisites(**{
        "valid_from": date(2020, 1, 1), "name": "ООО «Ромашка»", "inn": PAYER, "kpp": "773601001",
        "ogrn": "1027700132195", "address": "117312, г. Москва, ул. Вавилова, д. 19", "phone": "", **over})


def another_payer(**over: Any) -> PayerRequisites:
    return a_payer(**{"name": "АО «Василёк»", "inn": OTHER_PAYER, "kpp": "770801001", "ogrn": "1027700067328",
                      "address": "107078, г. Москва, ул. Каланчёвская, д. 27", **over})


def a_customer(**over: Any) -> Customer:
    """A prepaid client with one payer, a contract and one administrator."""
    return Customer(**{
        "account": "c-000001", "title": "Ромашка", "policy": "prepaid",
        "contract": Contract(number="17", date=date(2024, 3, 1)), "payers": (a_payer(),),
        "administrators": (Administrator(user="u-1", name="Анна", emails=("anna@romashka.example",)),),
        "added_addresses": (), "invoice_policy": None, **over})


def seller_requisites(**over: Any) -> SellerRequisites:
    return SellerRequisites(**{
        "valid_from": date(2020, 1, 1),
        "party": Party(name="ООО «Закрывашка»", inn="7736207543", kpp="770401001", ogrn="1027700229193",
                       address="119021, г. Москва, ул. Льва Толстого, д. 16", phone="+7 495 000-00-00"),
        "bank": BankAccount(bank="ПАО СБЕРБАНК", bic="044525225", account="40702810938000000001",
                            correspondent="30101810400000000225"),
        "director": Signer(position="Генеральный директор", name="Иванов И. И."), **over})


def a_seller(**over: Any) -> SellerCard:
    """A VAT payer at the standard rate."""
    return SellerCard(**{"requisites": (seller_requisites(),),
                         "vat": (VatRecord(valid_from=date(2020, 1, 1), mode="standard"),), **over})


class Story:
    """An account and its journal, as commands and closes make them; corrections find their targets in the journal."""

    def __init__(self, *commands: Command, queue_max: int = 40, **account: Any) -> None:
        self.account, self.journal, self.queue_max = an_account(**account), list[Entry](), queue_max
        self.post(*commands)

    def post(self, *commands: Command) -> Story:
        for command in commands:
            self.account, entries = post(self.account, command, self.target(command), self.queue_max)
            self.journal += entries
        return self

    def target(self, command: Command) -> Target | None:
        ref = getattr(command, "payment", "") or getattr(command, "charge", "")
        found = [i for i, entry in enumerate(self.journal) if ref and entry.key == ref]
        return target_of(self.journal[found[0]:]) if found else None

    def close(self, customer: Customer | None = None, seller: SellerCard | None = None, *,
              forced: bool = False) -> Closing:
        closing = close(self.account, customer or a_customer(), seller or a_seller(), forced=forced)
        self.account = closing.account
        self.journal.append(closing.entry)
        return closing

    @property
    def rests(self) -> list[tuple[str, int]]:
        """What is left of which payments, the oldest first."""
        return [(lot.payment, lot.rest) for lot in self.account.lots]

    @property
    def owed(self) -> list[tuple[str, int]]:
        return [(debt.charge, debt.rest) for debt in self.account.debts]
