"""Acts and the rest as the titles get them; every default can be overridden by keyword."""

from __future__ import annotations

from datetime import date
from typing import Any

from billing.adapters.diadoc.titles.utd import UtdOptions
from billing.domain.act import vat_totals
from billing.domain.documents import (
    Act,
    BankAccount,
    Line,
    Operation,
    Party,
    Reconciliation,
    ReconciliationRow,
    Seller,
    Signer,
)
from billing.domain.edo_signer import SignerPerson
from billing.domain.vat import Vat

COMPANY = Party(name="ООО «Закрывашка»", inn="7736207543", kpp="770401001", ogrn="1027700229193",
                address="119021, г. Москва, ул. Льва Толстого, д. 16", phone="+7 495 000-00-00")
BUYER = Party(name="ООО «Ромашка»", inn="7707083893", kpp="773601001", ogrn="1027700132195",
              address="117312, г. Москва, ул. Вавилова, д. 19")
ENTREPRENEUR = Party(name="Индивидуальный предприниматель Иванов Иван Иванович", inn="500100732259",
                     ogrn="304500116000157", address="Московская область, г. Королёв")
PETROVA = SignerPerson(last_name="Петрова", first_name="Анна", middle_name="Сергеевна",
                       position="Генеральный директор")


def a_seller(party: Party = COMPANY) -> Seller:
    return Seller(party=party, bank=BankAccount(bank="Банк", bic="044525225", account="40702810938000000001"),
                  director=Signer(position="Генеральный директор", name="Петрова А. С."))


def a_line(amount: int = 3_000_000, vat: Vat = Vat.NONE, **over: Any) -> Line:
    return Line(**{"title": "Доступ к сервису за март 2026", "quantity": "1", "unit": "мес.", "price": abs(amount),
                   "amount": amount, "vat": vat, "vat_amount": vat.included_in(amount), **over})


def an_act(*lines: Line, **over: Any) -> Act:
    lines = lines or (a_line(),)
    return Act(**{"date": date(2026, 4, 1), "month": "2026-03", "seller": a_seller(), "buyer": BUYER,
                  "basis": "Договор № Д-77/2025 от 15.01.2025", "lines": lines,
                  "total": sum(line.amount for line in lines), "vat_totals": vat_totals(lines),
                  "by_class": (("BANK", sum(line.amount for line in lines)),), "number": "45", **over})


def options(**over: Any) -> UtdOptions:
    return UtdOptions(**{"signer": PETROVA, **over})


def a_reconciliation(*rows: ReconciliationRow, **over: Any) -> Reconciliation:
    rows = rows or (
        ReconciliationRow(date=date(2026, 1, 15), operation=Operation.PAYMENT, number="77",
                          document_date=date(2026, 1, 15), credit=1_000_000),
        ReconciliationRow(date=date(2026, 2, 1), operation=Operation.SALE, number="45",
                          document_date=date(2026, 2, 1), debit=550_000))
    opening = over.get("opening", 0)
    return Reconciliation(**{
        "date": date(2026, 4, 1), "first": date(2026, 1, 1), "last": date(2026, 3, 31), "seller": a_seller(),
        "buyer": BUYER, "basis": "Договор № Д-77/2025 от 15.01.2025", "opening": opening, "rows": rows,
        "closing": opening + sum(row.debit - row.credit for row in rows), "number": "3", **over})
