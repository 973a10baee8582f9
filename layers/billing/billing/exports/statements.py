"""What is exported: statistics and explanations as tables."""

from __future__ import annotations

from billing.domain.explain import ActExplained, PaymentExplained
from billing.domain.money import Kopecks
from billing.domain.statistics import Statistics
from billing.exports.tables import Cell, Roubles, Table
from billing.exports.words import MONEY, PLACES, REASONS


def statistics_tables(told: Statistics) -> tuple[Table, ...]:
    """Months, days, and services by day; the first of them is the one to take where only one fits."""
    classes = sorted({money for m in told.months for money, _ in m.paid})
    months = Table(
        name="По месяцам",
        heads=(
            *("Месяц", "Остаток на начало", *(f"Поступило: {MONEY.get(c, c)}" for c in classes), "Списано"),
            *("Сторнировано", "Возвращено", "Отозвано банком", "В актах", "Остаток на конец", "Закрыт"),
        ),
        rows=tuple(
            (
                str(m.month),
                Roubles(m.opening),
                *(Roubles(dict(m.paid).get(c, 0)) for c in classes),
                *_sums(m.charged, m.reversed, m.refunded, m.charged_back, m.acted, m.closing),
                "да" if m.closed else "нет",
            )
            for m in told.months
        ),
    )
    days = Table(
        name="По дням",
        heads=("День", "Поступило", "Списано", "Сторнировано", "Возвращено", "Остаток"),
        rows=tuple((d.day, *_sums(d.paid, d.charged, d.reversed, d.returned, d.balance)) for d in told.days),
    )
    services = Table(
        name="Услуги по дням",
        heads=("День", "Код", "Услуга", "Списано"),
        rows=tuple((d.day, s.code, s.title, Roubles(s.amount)) for d in told.days for s in d.services),
    )
    return months, days, services


def _sums(*amounts: Kopecks) -> tuple[Roubles, ...]:
    return tuple(Roubles(amount) for amount in amounts)


def payment_table(told: PaymentExplained) -> Table:
    numbers = {act.id: act.number or "ещё без номера" for act in told.acts}
    return Table(
        name="Платёж",
        heads=("Где", "Сумма", "День списания", "Услуга", "За месяц", "Оплачено", "Акт №", "Строка"),
        rows=tuple(
            (
                *(PLACES[part.place], Roubles(part.amount), part.day, part.title or None, part.month or None, part.on),
                *(numbers.get(part.act), part.line or None),
            )
            for part in told.parts
        ),
    )


def act_tables(told: ActExplained) -> tuple[Table, ...]:
    """What the act is made of, and why it is for another sum than was paid and than was charged."""
    parts = Table(
        name="Из чего акт",
        heads=("Строка", "Сумма", "Деньги", "Платёж", "Оплачено", "День списания", "Услуга", "За месяц"),
        rows=tuple(
            (
                *(part.line or None, Roubles(part.amount), MONEY.get(part.money, part.money), part.document or None),
                *(part.paid_on, part.day, part.title or None, part.month or None),
            )
            for part in told.parts
        ),
    )
    total: tuple[Cell, ...] = ("Сумма акта", Roubles(told.evidence.total))
    why = Table(
        name="Почему столько",
        heads=("Что", "Сумма"),
        rows=(
            ("Поступило за месяц", Roubles(told.paid)),
            *((REASONS[r.why], Roubles(r.amount)) for r in told.from_paid),
            total,
            ("Списано за месяц", Roubles(told.charged)),
            *((REASONS[r.why], Roubles(r.amount)) for r in told.from_charged),
            total,
        ),
    )
    return parts, why
