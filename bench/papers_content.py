"""What the rivals draw: everything our papers say, as plain texts, so that all draw the same."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from billing.domain.act import vat_totals
from billing.domain.documents import (
    Act,
    BankAccount,
    Document,
    Invoice,
    Line,
    Operation,
    Party,
    Reconciliation,
    ReconciliationRow,
    Seller,
    Signer,
)
from billing.domain.money import roubles
from billing.domain.payment_qr import payload
from billing.domain.reconciliation_wording import operation_text
from billing.domain.vat import Vat
from billing.domain.wording import in_words, short_date
from billing.paper import title
from billing.paper.blocks import party_text, vat_lines
from billing.paper.reconciliation import who_owes

SELLER = Seller(
    party=Party(
        name="Общество с ограниченной ответственностью «Северный Аудит и Консалтинг»",
        inn="7801234564",
        kpp="780101001",
        address="191025, г. Санкт-Петербург, Невский пр-кт, д. 88, литера А, помещ. 14-Н, офис 305",
    ),
    bank=BankAccount(
        bank="СЕВЕРО-ЗАПАДНЫЙ БАНК ПАО СБЕРБАНК г. Санкт-Петербург",
        bic="044030653",
        account="40702810955000012345",
        correspondent="30101810500000000653",
    ),
    director=Signer(position="Генеральный директор", name="Ковалёва А. И."),
    accountant=Signer(position="Главный бухгалтер", name="Щербинина О. Ю."),
)
BUYERS = (
    "Общество с ограниченной ответственностью «Торговый дом „Промышленное оборудование Северо-Запада“»",
    "Индивидуальный предприниматель Жёлтикова Анастасия Владимировна",
    "Акционерное общество «Уральский завод эмалированной химической аппаратуры»",
    "Общество с ограниченной ответственностью «Подъём»",
)
ACCEPTED = (
    "Вышеперечисленные услуги выполнены полностью и в срок. Заказчик претензий по объёму, качеству и срокам "
    "оказания услуг не имеет."
)
SERVICES = (
    "Абонентское обслуживание, тариф «Бизнес 500», сентябрь 2026\u00a0г.",
    "Доступ к сервису электронного документооборота",
    "Консультация специалиста (1\u00a0час)",
    "Техническая поддержка: выделенная линия, круглосуточно, время реакции не более 30 минут, включая выходные",
    "Хранение архива документов, 1 ГБ",
    "Подключение дополнительного рабочего места",
)


def buyer(dice: random.Random) -> Party:
    street, house = dice.choice(("Щорса", "Ленина", "Новая")), dice.randrange(1, 140)
    return Party(
        name=dice.choice(BUYERS),
        inn=str(dice.randrange(10**9, 10**10)),
        kpp=str(dice.randrange(10**8, 10**9)),
        address=f"{dice.randrange(100000, 690000)}, Свердловская обл., г. Екатеринбург, ул. {street}, д. {house}",
    )


def services(dice: random.Random, count: int) -> tuple[Line, ...]:
    made = []
    for _ in range(count):
        quantity, price = dice.choice((1, 1, 2, 10, 37)), dice.randrange(100_00, 25_000_00)
        made.append(
            Line(
                title=dice.choice(SERVICES),
                quantity=str(quantity),
                unit=dice.choice(("мес.", "шт.", "час", "ГБ")),
                price=price,
                amount=quantity * price,
                vat=Vat.TWENTY_TWO,
                vat_amount=Vat.TWENTY_TWO.included_in(quantity * price),
            )
        )
    return tuple(made)


def an_act(count: int, seed: int) -> Act:
    dice = random.Random(seed * 1000 + count)
    lines = services(dice, count)
    total = sum(line.amount for line in lines)
    return Act(
        date=date(2026, 9, 1 + seed % 28),
        month="2026-08",
        seller=SELLER,
        buyer=buyer(dice),
        basis="Договор № 17/26-АУ от 12.01.2026",
        lines=lines,
        total=total,
        vat_totals=vat_totals(lines),
        by_class=(("BANK", total),),
        number=str(100_000 + seed),
    )


def an_invoice(count: int, seed: int) -> Invoice:
    act = an_act(count, seed)
    return Invoice(
        date=act.date,
        month=act.month,
        seller=SELLER,
        buyer=act.buyer,
        basis=act.basis,
        lines=act.lines,
        total=act.total,
        vat_totals=act.vat_totals,
        pay_by=date(2026, 10, 10),
        number=act.number,
        purpose=f"Оплата по счёту № {act.number} от {short_date(act.date)}. В т.ч. НДС 22%",
    )


def a_reconciliation(count: int, seed: int) -> Reconciliation:
    dice = random.Random(seed * 7919 + count)
    first, rows = date(2026, 7, 1), []
    for i in range(count):
        day, amount = first + timedelta(days=92 * i // count), dice.randrange(500_00, 900_000_00)
        if i % 2:
            rows.append(ReconciliationRow(date=day, operation=Operation.PAYMENT, number=f"{4000 + i}", credit=amount))
        else:
            rows.append(ReconciliationRow(date=day, operation=Operation.SALE, number=f"{100_000 + i}", debit=amount))
    opening = dice.randrange(0, 500_000_00)
    return Reconciliation(
        date=date(2026, 10, 1),
        first=first,
        last=date(2026, 9, 30),
        seller=SELLER,
        buyer=buyer(dice),
        basis="Договор № 17/26-АУ от 12.01.2026",
        opening=opening,
        rows=tuple(rows),
        closing=opening + sum(row.debit - row.credit for row in rows),
        number=str(seed),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """`aligns`: start, middle or end; `wrapping`: columns whose text may take several lines. mm, and points of size."""

    heads: tuple[str, ...]
    widths: tuple[float, ...]
    aligns: tuple[str, ...]
    wrapping: tuple[int, ...]
    size: float
    lead: float

    def edges(self, left: float) -> list[float]:
        return [left, *(left + sum(self.widths[: j + 1]) for j in range(len(self.widths)))]


SERVICES_GRID = Grid(
    heads=("№", "Наименование работ, услуг", "Кол-во", "Ед.", "Цена", "Сумма"),
    widths=(10, 85, 17, 15, 26, 30),
    aligns=("middle", "start", "end", "middle", "end", "end"),
    wrapping=(1,),
    size=8,
    lead=3.7,
)
BOOKS_GRID = Grid(
    heads=("Дата", "Документ", "Дебет", "Кредит") * 2,
    widths=(16, 32.5, 21.5, 21.5) * 2,
    aligns=("middle", "start", "end", "end") * 2,
    wrapping=(1, 5),
    size=7,
    lead=3.1,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A paper as texts. `payment`: x, y, width, height, text of the payment block's cells, in mm."""

    title: str
    parties: tuple[tuple[str, str], ...]
    grid: Grid
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    signers: tuple[tuple[str, str, str], ...]
    tail_mm: float
    payment: tuple[tuple[float, float, float, float, str], ...] = ()
    payload: bytes = b""


def content_of(document: Document) -> Content:
    if isinstance(document, Reconciliation):
        return _books(document)
    seller, total = document.seller, roubles(document.total)
    rows = tuple(
        (str(n), line.title, line.quantity, line.unit, roubles(line.price), roubles(line.amount))
        for n, line in enumerate(document.lines, 1)
    )
    invoiced = isinstance(document, Invoice)
    sides = ("Поставщик:", "Покупатель:") if invoiced else ("Исполнитель:", "Заказчик:")
    accountant = seller.accountant or seller.director
    said = payload(document) if isinstance(document, Invoice) else b""
    return Content(
        title=title(document),
        parties=(
            (sides[0], party_text(seller.party)),
            (sides[1], party_text(document.buyer)),
            ("Основание:", document.basis),
        ),
        grid=SERVICES_GRID,
        rows=rows,
        totals=(("Итого:", total), *vat_lines(document.vat_totals), ("Всего:", total)),
        notes=(
            f"Всего наименований {len(rows)}, на сумму {total} руб.",
            in_words(document.total),
            document.purpose if isinstance(document, Invoice) else ACCEPTED,
        ),
        signers=(
            (("Руководитель", "", seller.director.name), ("Бухгалтер", "", accountant.name))
            if invoiced
            else (
                ("ИСПОЛНИТЕЛЬ", f"{seller.director.position} {seller.party.name}", seller.director.name),
                ("ЗАКАЗЧИК", document.buyer.name, ""),
            )
        ),
        tail_mm=75,
        payment=_payment(seller) if invoiced else (),
        payload=said,
    )


def _payment(seller: Seller) -> tuple[tuple[float, float, float, float, str], ...]:
    bank, party = seller.bank, seller.party
    return (
        (0, 0, 104, 12, bank.bank),
        (104, 0, 16, 6, "БИК"),
        (104, 6, 16, 6, "Сч. №"),
        (120, 0, 63, 6, bank.bic),
        (120, 6, 63, 6, bank.correspondent),
        (0, 12, 52, 6, f"ИНН {party.inn}"),
        (52, 12, 52, 6, f"КПП {party.kpp}"),
        (0, 18, 104, 12, party.name),
        (104, 12, 16, 18, "Сч. №"),
        (120, 12, 63, 18, bank.account),
    )


def _books(act: Reconciliation) -> Content:
    def money(amount: int) -> str:
        return roubles(amount) if amount else ""

    rows = [("", "Сальдо начальное", money(act.opening), "", "", "Сальдо начальное", "", money(act.opening))]
    for row in act.rows:
        day, debit, credit = f"{row.date:%d.%m.%y}", money(row.debit), money(row.credit)
        ours, theirs = operation_text(row), operation_text(row, buyers=True)
        rows.append((day, ours, debit, credit, day, theirs, credit, debit))
    debit, credit = (money(sum(getattr(row, side) for row in act.rows)) for side in ("debit", "credit"))
    owed, advance = money(max(0, act.closing)), money(max(0, -act.closing))
    rows.append(("", "Обороты за период", debit, credit, "", "Обороты за период", credit, debit))
    rows.append(("", "Сальдо конечное", owed, advance, "", "Сальдо конечное", advance, owed))
    seller, span = act.seller, f"{short_date(act.first)} – {short_date(act.last)}"
    return Content(
        title=title(act),
        parties=(
            ("За период:", span),
            ("Между:", party_text(seller.party)),
            ("и:", party_text(act.buyer)),
            ("Основание:", act.basis),
        ),
        grid=BOOKS_GRID,
        rows=tuple(rows),
        totals=(),
        notes=tuple(f"По данным {name} {who_owes(act, act.closing)}." for name in (seller.party.name, act.buyer.name)),
        signers=(
            (f"От {seller.party.name}", seller.director.position, seller.director.name),
            (f"От {act.buyer.name}", "", ""),
        ),
        tail_mm=48,
    )
