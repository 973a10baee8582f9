"""What classes of money, places and reasons are called for people."""

from __future__ import annotations

from collections.abc import Mapping

from billing.domain.explain import Place, Why
from billing.domain.ledger import MoneyClass

MONEY: Mapping[str, str] = {
    MoneyClass.BANK: "безналичный перевод",
    MoneyClass.CARD_LE: "карта компании",
    MoneyClass.CARD_IND: "карта физического лица",
    MoneyClass.BONUS: "бонусы",
    MoneyClass.CREDIT: "ещё не оплачено",
}
PLACES: Mapping[Place, str] = {
    Place.ACT: "в акте",
    Place.OPEN: "списано, войдёт в акт, когда месяц закроется",
    Place.CARRIED: "перенесено в следующий акт",
    Place.DOCUMENTED: "оплачен долг, акт был раньше",
    Place.NO_ACT: "списано без акта",
    Place.UNSPENT: "ещё не потрачено",
    Place.REFUNDED: "возвращено",
    Place.CHARGED_BACK: "отозвано банком",
}
REASONS: Mapping[Why, str] = {
    Why.PAID_EARLIER: "оплачено раньше, потрачено в этом месяце",
    Why.NOT_SPENT: "оплачено, но в этом месяце не потрачено",
    Why.REFUNDED: "возвращено",
    Why.OTHER_MONEY: "карта физического лица и бонусы: на них актов нет",
    Why.OTHER_PAYER: "другой плательщик: у него свой акт",
    Why.RECALCULATED: "перерасчёт",
    Why.HELD_BACK: "ждёт отдельного документа",
    Why.CARRIED: "перенесено из месяца, в котором акта не было",
    Why.NOT_PAID: "ещё не оплачено",
    Why.PAID_DEBT: "оплачен долг прошлых месяцев",
    Why.CREDIT: "ещё не оплачено, но уже в акте",
}
