"""Акт: what was debited in a month from the money of one payer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from billing.domain.documents import Line, VatTotal
from billing.domain.ledger import ACTED, Fund, MoneyClass, Service, Sum
from billing.domain.money import Kopecks, divided
from billing.domain.periods import Month
from billing.domain.vat import Vat
from billing.domain.wording import month_name

MILLION = 1_000_000
WHOLE = "усл."  # the unit of a line that is not measured


@dataclass(frozen=True, slots=True, kw_only=True)
class ActContent:
    """What an act says apart from who signs it. `by_class` splits the total by the class of money."""

    lines: tuple[Line, ...]
    total: Kopecks
    by_class: tuple[tuple[str, Kopecks], ...]
    vat_ground: str


def act_content(month: Month, funds: Mapping[Fund, Sum], lines: Mapping[str, Service]) -> ActContent:
    """Say in an act what one payer's money was spent on in a month.

    `funds`: that payer's sums of the month by money, line and month of service. The act follows the charges, not the
    payments: with 10 000 roubles paid in January and 5 500 charged, the January act is for 5 500. A service of an
    earlier month is named with its month, money given back for one is a negative line.

    Source: help page «Закрывающие документы», the note on the act's sum; 402-ФЗ ст. 9.
    """
    spent: dict[tuple[Month, str], Sum] = {}
    by_class: dict[MoneyClass, Kopecks] = {}
    for fund, s in funds.items():
        was = spent.get((fund.month, fund.line), Sum(0, 0))
        spent[fund.month, fund.line] = Sum(was.amount + s.amount, was.quantity + s.quantity)
        by_class[fund.money] = by_class.get(fund.money, 0) + s.amount
    printed = [(service_month, lines[name], s) for (service_month, name), s in sorted(spent.items()) if s.amount]
    grounds = dict.fromkeys(service.ground for _, service, _ in printed if service.vat is Vat.NONE and service.ground)
    return ActContent(
        lines=tuple(_line(service, service_month, s, month) for service_month, service, s in printed),
        total=sum(by_class.values()),
        by_class=tuple((money.value, by_class[money]) for money in ACTED if by_class.get(money)),
        vat_ground="; ".join(grounds),
    )


def _line(service: Service, service_month: Month, s: Sum, month: Month) -> Line:
    title = service.title
    if s.amount < 0:
        title = f"Перерасчёт за {month_name(service_month)}: {title}"
    elif service_month != month:
        title = f"{title}, {month_name(service_month)}"
    quantity, unit, price = quantity_and_price(s, service.unit)
    return Line(
        title=title,
        quantity=quantity,
        unit=unit,
        price=price,
        amount=s.amount,
        vat=service.vat,
        vat_amount=service.vat.included_in(s.amount),
    )


def quantity_and_price(s: Sum, unit: str) -> tuple[str, str, Kopecks]:
    """The quantity, its unit and the price to a kopeck, as they are printed. The amount stays the truth.

    A whole quantity is printed as it is, though the rounded price may miss the amount by kopecks. A part of a unit that
    does not give the amount when it is multiplied, or that does not print (a remainder of a remainder), is one unit of
    its amount.
    """
    quantity = (Decimal(s.quantity) / MILLION).quantize(Decimal("0.001"), ROUND_HALF_UP).normalize()
    if quantity and (quantity > 0) == (s.amount > 0):
        price = divided(s.amount * MILLION, Decimal(s.quantity))
        if quantity * price == s.amount or s.quantity % MILLION == 0:
            return f"{quantity:f}", unit, price
    return ("1" if s.amount > 0 else "-1"), WHOLE, abs(s.amount)


def vat_totals(lines: Iterable[Line]) -> tuple[VatTotal, ...]:
    """VAT by rate as sums of the lines' rounded amounts, so that every printed column adds up; higher rates first."""
    by_rate: dict[Vat, tuple[Kopecks, Kopecks]] = {}
    for line in lines:
        amount, vat = by_rate.get(line.vat, (0, 0))
        by_rate[line.vat] = amount + line.amount, vat + line.vat_amount
    return tuple(
        VatTotal(vat=rate, amount=by_rate[rate][0], vat_amount=by_rate[rate][1])
        for rate in sorted(by_rate, key=lambda rate: -rate.percent)
    )
