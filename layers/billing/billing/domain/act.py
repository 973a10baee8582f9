"""Акт: what was debited in a month from the money of one payer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from billing.domain.documents import Line, VatTotal
from billing.domain.ledger import ACTED, Fund, MoneyClass, Service, Sum
from billing.domain.money import NBSP, Kopecks, divided
from billing.domain.periods import Month
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause, Trouble
from billing.domain.vat import Vat, is_right
from billing.domain.wording import counted, month_name

MILLION = 1_000_000
WHOLE = "усл."  # the unit of a line that is not measured
_MONTHS = ("мес", "месяц", "месяца", "месяцев")
_DAYS = ("дн", "день", "дня", "дней", "сут", "сутки", "суток")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActContent:
    """The content of an act, without its signers.

    `by_class` splits the total by the class of money; `first_month` is that of the earliest service.
    """

    lines: tuple[Line, ...]
    total: Kopecks
    by_class: tuple[tuple[str, Kopecks], ...]
    vat_ground: str
    first_month: Month


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """Sums of a payer's month that its act may not hold: they wait, with the reason, for a document of their own."""

    reason: Trouble
    funds: Mapping[Fund, Sum]


def held_back(
    month: Month, funds: Mapping[Fund, Sum], lines: Mapping[str, Service]
) -> tuple[dict[Fund, Sum], tuple[HeldBack, ...]]:
    """Take what needs a document of its own out of a payer's month; return the rest of it and what was taken.

    With VAT, a service of another tax period belongs into a УПД of that period, one for each quarter; a lower price of
    what was shipped needs a corrective document, one for each month of service. Without VAT both are lines of the act.

    Source: НК РФ ст. 163 (a quarter), ст. 168 п. 3, ст. 169 п. 5.2; ПП № 1137 (no negative sums).
    """
    sums: dict[tuple[str, Month], Kopecks] = {}
    for fund, s in funds.items():
        sums[fund.line, fund.month] = sums.get((fund.line, fund.month), 0) + s.amount
    lawful: dict[Fund, Sum] = {}
    held: dict[tuple[Cause, Month], dict[Fund, Sum]] = {}
    for fund, s in funds.items():
        if lines[fund.line].vat is Vat.NONE or not (amount := sums[fund.line, fund.month]):
            lawful[fund] = s
        elif amount < 0:
            held.setdefault((Cause.TAXED_CORRECTION, fund.month), {})[fund] = s
        elif (quarter := _quarter_end(fund.month)) != _quarter_end(month):
            held.setdefault((Cause.TAXED_LATE, quarter), {})[fund] = s
        else:
            lawful[fund] = s
    return lawful, tuple(
        HeldBack(reason=_reason(cause, of, month), funds=part) for (cause, of), part in sorted(held.items())
    )


def _quarter_end(month: Month) -> Month:
    return month.plus(-month.number % 3)


def _reason(cause: Cause, of: Month, month: Month) -> Trouble:
    if cause is Cause.TAXED_CORRECTION:
        return trouble(cause, month=of)
    return trouble(cause, quarter=of.number // 3, year=of.year, month=month)


def act_content(month: Month, funds: Mapping[Fund, Sum], lines: Mapping[str, Service]) -> ActContent:
    """Say in an act what one payer's money was spent on in a month.

    `funds`: that payer's sums of the month by money, line and month of service. The act follows the charges, not the
    payments: with 10 000 roubles paid in January and 5 500 charged, the January act is for 5 500. A service of an
    earlier month is named with its month, money given back for one is a negative line: see `held_back` for those that
    are no lines of an act.

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
        first_month=min((service_month for service_month, _, _ in printed), default=month),
    )


def _line(service: Service, service_month: Month, s: Sum, month: Month) -> Line:
    quantity, unit, price = quantity_and_price(s, service.unit)
    return Line(
        title=line_title(service, service_month, s, month),
        quantity=quantity,
        unit=unit,
        price=price,
        amount=s.amount,
        vat=service.vat,
        vat_amount=service.vat.included_in(s.amount),
        is_right=is_right(service.title, service.ground),
    )


def line_title(service: Service, service_month: Month, s: Sum, month: Month) -> str:
    """«Доступ к CRM за январь 2026 г., 31 день»: the month and the measure, where the line alone hides them."""
    hidden = _hidden_measure(s, service.unit)
    if s.amount < 0:
        title = f"Перерасчёт за {month_name(service_month)}: {service.title}"
    elif service_month != month or _is_of(service.unit, _DAYS):
        title = f"{service.title} за {month_name(service_month)}"
    else:
        title = service.title
    return f"{title}, {hidden}" if hidden else title


def is_line_of(line: Line, service: Service, service_month: Month, month: Month) -> bool:
    """Return whether a line in the act of `month` is for this service in `service_month`."""
    named = month_name(service_month)
    titles = [f"Перерасчёт за {named}: {service.title}", f"{service.title} за {named}"]
    titles += [service.title] if service_month == month else []
    bare = re.sub(rf", \d+{NBSP}\S+$", "", line.title)
    return line.vat == service.vat and (line.title in titles or bare in titles)


def _hidden_measure(s: Sum, unit: str) -> str:
    """Return the quantity to name in the title of a line of one unit; empty where it is no whole number."""
    whole, part = divmod(abs(s.quantity), MILLION)
    if not whole or part or (s.quantity > 0) != (s.amount > 0) or _is_of(unit, _MONTHS):
        return ""
    if _is_of(unit, _DAYS):
        return counted(whole, "день", "дня", "дней")
    return f"{whole}{NBSP}{unit}" if quantity_and_price(s, unit)[1] != unit else ""


def quantity_and_price(s: Sum, unit: str) -> tuple[str, str, Kopecks]:
    """Return a quantity, its unit and a price that multiply to the amount, always.

    What does not multiply, or does not print, is one unit of its amount: a month where the service is measured in
    months, else «усл.». So is what is measured in days: its price of a day is hardly ever a whole number of kopecks,
    and the same service has the same unit in every month.
    """
    quantity = (Decimal(s.quantity) / MILLION).quantize(Decimal("0.001"), ROUND_HALF_UP).normalize()
    if quantity and (quantity > 0) == (s.amount > 0) and not _is_of(unit, _DAYS):
        price = divided(s.amount * MILLION, Decimal(s.quantity))
        if quantity * price == s.amount:
            return f"{quantity:f}", unit, price
    return ("1" if s.amount > 0 else "-1"), (unit if _is_of(unit, _MONTHS) else WHOLE), abs(s.amount)


def _is_of(unit: str, names: tuple[str, ...]) -> bool:
    return unit.strip().rstrip(".").casefold() in names


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
