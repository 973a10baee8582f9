"""The tables in English: headings and labels are translated, data stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from billing.domain.explain import Place, Why
from billing.domain.ledger import MoneyClass
from billing.exports.tables import Cell, Table
from billing.exports.words import MONEY, PLACES, REASONS

_MONEY: Mapping[str, str] = {
    MoneyClass.BANK: "bank transfer",
    MoneyClass.CARD_LE: "company card",
    MoneyClass.CARD_IND: "individual's card",
    MoneyClass.BONUS: "bonuses",
    MoneyClass.CREDIT: "not paid yet",
}
_PLACES: Mapping[Place, str] = {
    Place.ACT: "in an act",
    Place.OPEN: "charged, will be in the act when the month is closed",
    Place.CARRIED: "carried to the next act",
    Place.DOCUMENTED: "paid a debt, the act was issued before",
    Place.NO_ACT: "charged without an act",
    Place.UNSPENT: "not spent yet",
    Place.REFUNDED: "refunded",
    Place.CHARGED_BACK: "charged back by the bank",
}
_REASONS: Mapping[Why, str] = {
    Why.PAID_EARLIER: "paid before, spent in this month",
    Why.NOT_SPENT: "paid, but not spent in this month",
    Why.REFUNDED: "refunded",
    Why.OTHER_MONEY: "individual's card and bonuses: there are no acts for them",
    Why.OTHER_PAYER: "another payer, who has an act of their own",
    Why.RECALCULATED: "recalculated",
    Why.HELD_BACK: "waits for a document of its own",
    Why.CARRIED: "carried from a month without an act",
    Why.NOT_PAID: "not paid yet",
    Why.PAID_DEBT: "paid a debt of earlier months",
    Why.CREDIT: "not paid yet, but in the act",
}
_RECEIVED = "Поступило: "
_WORDS: Mapping[str, str] = {
    **{MONEY[money]: text for money, text in _MONEY.items()},
    **{PLACES[place]: text for place, text in _PLACES.items()},
    **{REASONS[why]: text for why, text in _REASONS.items()},
    **{_RECEIVED + MONEY[money]: f"Received: {text}" for money, text in _MONEY.items()},
    "По месяцам": "By month",
    "По дням": "By day",
    "Услуги по дням": "Services by day",
    "Платёж": "Payment",
    "Из чего акт": "Parts of the act",
    "Почему столько": "Why this total",
    "Месяц": "Month",
    "Остаток на начало": "Opening balance",
    "Остаток на конец": "Closing balance",
    "Остаток": "Balance",
    "Поступило": "Received",
    "Списано": "Charged",
    "Сторнировано": "Reversed",
    "Возвращено": "Refunded",
    "Отозвано банком": "Charged back",
    "В актах": "In acts",
    "Закрыт": "Closed",
    "да": "yes",
    "нет": "no",
    "День": "Day",
    "Код": "Code",
    "Услуга": "Service",
    "Где": "Where",
    "Сумма": "Amount",
    "День списания": "Charged on",
    "За месяц": "For month",
    "Оплачено": "Paid on",
    "Акт №": "Act No.",
    "Строка": "Line",
    "Деньги": "Money",
    "ещё без номера": "not numbered yet",
    "Что": "What",
    "Сумма акта": "Total of the act",
    "Поступило за месяц": "Received in the month",
    "Списано за месяц": "Charged in the month",
}


def in_english(tables: Sequence[Table]) -> tuple[Table, ...]:
    return tuple(
        replace(
            table,
            name=_said(table.name),
            heads=tuple(_said(head) for head in table.heads),
            rows=tuple(tuple(_cell(cell) for cell in row) for row in table.rows),
        )
        for table in tables
    )


def _cell(cell: Cell) -> Cell:
    return _said(cell) if isinstance(cell, str) else cell


def _said(text: str) -> str:
    return _WORDS.get(text, text)
