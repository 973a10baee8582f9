"""Papers with sensible defaults; every default can be overridden by keyword. Sums are worked out by hand."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from billing.domain.act import vat_totals
from billing.domain.documents import (
    Act,
    Agreement,
    BankAccount,
    Clause,
    Invoice,
    Line,
    Operation,
    Party,
    Reconciliation,
    ReconciliationRow,
    Seller,
    Signer,
)
from billing.domain.vat import Vat

GROUND = "ст. 346.11 НК РФ"
SERVICES = (
    "Доступ к CRM, тариф «Бизнес 500»",
    "Хранение архива документов, 1 ГБ",
    "Консультация специалиста (1 час)",
    "Техническая поддержка: выделенная линия, круглосуточно, время реакции не более 30 минут, включая выходные",
    "SMS-уведомления клиентов",
)


def a_party(**over: Any) -> Party:
    """A buyer that is a company."""
    return Party(**{
        "name": "ООО «Ромашка»", "inn": "7707083893", "kpp": "773601001", "ogrn": "1027700132195",
        "address": "117312, г. Москва, ул. Вавилова, д. 19", **over})  # fmt: skip


def an_entrepreneur(**over: Any) -> Party:
    return a_party(**{
        "name": "Индивидуальный предприниматель Жёлтикова Анастасия Владимировна", "inn": "500100732259", "kpp": "",
        "ogrn": "304500116000157", "address": "143000, Московская обл., г. Одинцово, ул. Новая, д. 1",
        **over})  # fmt: skip


def a_seller(**over: Any) -> Seller:
    return Seller(**{
        "party": Party(name="ООО «Закрывашка»", inn="7736207543", kpp="770401001", ogrn="1027700229193",
                       address="119021, г. Москва, ул. Льва Толстого, д. 16", phone="+7 495 000-00-00"),
        "bank": BankAccount(bank="ПАО СБЕРБАНК г. Москва", bic="044525225", account="40702810938000000001",
                            correspondent="30101810400000000225"),
        "director": Signer(position="Генеральный директор", name="Ковалёва А. И."),
        "accountant": Signer(position="Главный бухгалтер", name="Щербинина О. Ю."), **over})  # fmt: skip


def a_line(**over: Any) -> Line:
    """A month of the CRM for 5 500 roubles, 991,80 of VAT at 22 % in them."""
    return Line(**{
        "title": "Доступ к CRM", "quantity": "1", "unit": "мес.", "price": 5_500_00, "amount": 5_500_00,
        "vat": Vat.TWENTY_TWO, "vat_amount": 991_80, **over})  # fmt: skip


def lines(count: int) -> tuple[Line, ...]:
    """That many, each for 61 roubles more than the one before, so that VAT is 11 roubles more: the first is 61,00."""
    return tuple(
        a_line(title=SERVICES[i % len(SERVICES)], price=61_00 * (i + 1), amount=61_00 * (i + 1),
               vat_amount=11_00 * (i + 1))
        for i in range(count)
    )  # fmt: skip


def an_act(said: Sequence[Line] | None = None, **over: Any) -> Act:
    printed = (a_line(),) if said is None else tuple(said)
    total = sum(line.amount for line in printed)
    return Act(**{
        "date": date(2026, 2, 1), "month": "2026-01", "seller": a_seller(), "buyer": a_party(),
        "basis": "Договор № 17 от 01.03.2024", "lines": printed, "total": total, "vat_totals": vat_totals(printed),
        "by_class": (("BANK", total),), "number": "45", **over})  # fmt: skip


def an_invoice(said: Sequence[Line] | None = None, **over: Any) -> Invoice:
    printed = (a_line(),) if said is None else tuple(said)
    return Invoice(**{
        "date": date(2026, 2, 1), "month": "2026-01", "seller": a_seller(), "buyer": a_party(),
        "basis": "Договор № 17 от 01.03.2024", "lines": printed, "total": sum(line.amount for line in printed),
        "vat_totals": vat_totals(printed), "pay_by": date(2026, 2, 11), "number": "123",
        "purpose": "Оплата по счёту № 123 от 01.02.2026, договор № 17 от 01.03.2024. В т.ч. НДС 22% – 991,80 руб.",
        **over})  # fmt: skip


def reconciliation_rows(count: int) -> tuple[ReconciliationRow, ...]:
    """By turns an act for 1 000,00 and a payment of 900,00, a day apart: each pair adds 100,00 to the debt."""
    first = date(2026, 1, 1)
    return tuple(
        ReconciliationRow(date=day, operation=Operation.SALE, number=f"{i + 1}", document_date=day, debit=1_000_00)
        if i % 2 == 0
        else ReconciliationRow(
            date=day, operation=Operation.PAYMENT, number=f"{i + 1}", document_date=day, credit=900_00
        )
        for i, day in ((i, first + timedelta(days=i % 90)) for i in range(count))
    )


def a_reconciliation(count: int = 4, **over: Any) -> Reconciliation:
    """The buyer owed 500,00 and has got `count` rows since."""
    rows = over.pop("rows", reconciliation_rows(count))
    opening = over.pop("opening", 500_00)
    return Reconciliation(**{
        "date": date(2026, 4, 1), "first": date(2026, 1, 1), "last": date(2026, 3, 31), "seller": a_seller(),
        "buyer": a_party(), "basis": "Договор № 17 от 01.03.2024", "opening": opening, "rows": rows,
        "closing": opening + sum(row.debit - row.credit for row in rows), "number": "7", **over})  # fmt: skip


CLAUSES = (
    ("Предмет договора", (
        "ООО «Закрывашка» (Исполнитель) открывает ООО «Ромашка» (Заказчику) доступ к CRM, а Заказчик его оплачивает.",
        "Состав услуг и цена определяются тарифом, который Заказчик выбирает в CRM. Тарифы и цены опубликованы.",
        "Порядок перехода с одного тарифа на другой опубликован там же; он действует со дня публикации.")),
    ("Порядок расчётов", (
        "Заказчик платит вперёд; Исполнитель каждый день списывает стоимость услуг с его внутреннего счёта.",
        "Акт составляется за каждый календарный месяц на сумму, списанную из денег Заказчика.")),
    ("Срок действия", (
        "Договор № Д-17/2026 действует с 2 апреля 2026 г. до конца года и продлевается на следующий год сам.",)),
)  # fmt: skip


def an_agreement(**over: Any) -> Agreement:
    """A contract of three clauses, or of that many `times` three."""
    clauses = CLAUSES * over.pop("times", 1)
    return Agreement(**{
        "date": date(2026, 4, 2), "seller": a_seller(accountant=None), "buyer": a_party(),
        "title": "Договор об оказании услуг", "version": "2026-1.0123456789ab", "number": "Д-17/2026",
        "clauses": tuple(Clause(heading=h, paragraphs=p) for h, p in clauses), **over})  # fmt: skip


def a_png(width: int = 60, height: int = 20, *, alpha: bool = True) -> bytes:
    """A picture as a facsimile is: blue on a see-through (or white) ground."""
    pixel, ground, colours = (
        (b"\x20\x20\xa0\xff", b"\xff\xff\xff\x00", 6) if alpha else (b"\x20\x20\xa0", b"\xff" * 3, 2)
    )
    rows = b"".join(
        b"\0" + b"".join(pixel if (x + y) % 7 == 0 else ground for x in range(width)) for y in range(height)
    )

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
