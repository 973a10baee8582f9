"""Счёт на оплату: for what, and for how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from billing.domain.documents import Line, VatTotal
from billing.domain.money import NBSP, Kopecks, roubles
from billing.domain.periods import Month
from billing.domain.seller import InvoicePolicy
from billing.domain.vat import Vat
from billing.domain.wording import month_name

DEBT, ADVANCE = "Задолженность за", "Аванс за"
LEAST = 100_00  # of a nightly invoice: a number and a letter for less help nobody; it is asked for with the next


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceContent:
    """The content of an invoice, without the parties. `vat_ground`: why some of it is without VAT."""

    lines: tuple[Line, ...]
    total: Kopecks
    vat_ground: str = ""


class Due(NamedTuple):
    """The sum of an invoice: what is owed, and the cost of the month to come."""

    debt: Kopecks
    advance: Kopecks


def amount_due(policy: InvoicePolicy, *, cost: Kopecks, balance: Kopecks, has_left: bool = False) -> Due:
    """Return the sum to ask for after a month that cost `cost` and left `balance`; nothing below `LEAST`.

    `next_month` asks for as much as last month cost, less what is on the account; a debt adds to it, and a month of
    which more was reversed than charged takes nothing from the debt. Who has left is asked for a debt only.
    `act_pair` does not depend on the balance and is decided by the act itself.
    """
    match policy:
        case InvoicePolicy.NEXT_MONTH:
            due = Due(max(0, -balance), 0 if has_left else max(0, max(0, cost) - max(0, balance)))
        case InvoicePolicy.DEBT:
            due = Due(max(0, -balance), 0)
        case InvoicePolicy.ACT_PAIR | InvoicePolicy.NONE:
            due = Due(0, 0)
        case _:
            assert_never(policy)
    return due if sum(due) >= LEAST else Due(0, 0)


class Terms(NamedTuple):
    """The tax of something sold and whether it is a right: what is alike in both is one line of an invoice."""

    vat: Vat
    ground: str = ""
    is_right: bool = False


def debt_lines(debts: Mapping[tuple[Month, Terms], Kopecks], total: Kopecks) -> tuple[Line, ...]:
    """Say for which months of service a debt of `total` is, at the rates of their days; the oldest come first."""
    lines = []
    for (month, terms), rest in sorted(debts.items(), key=lambda d: (d[0][0], -d[0][1].vat.percent, d[0][1])):
        amount = min(rest, total)
        total -= amount
        if amount:
            what = f"{DEBT} права использования за" if terms.is_right else DEBT
            lines.append(single_line(f"{what} {month_name(month)}", amount, terms))
    return tuple(lines)


def advance_lines(weights: Mapping[Terms, Kopecks], total: Kopecks, month: Month) -> tuple[Line, ...]:
    """Say an advance for services of the month to come, split as the past month was.

    `weights` hold at least one positive sum. The last line takes the rounding.
    """
    positive = [
        (t, weight) for t, weight in sorted(weights.items(), key=lambda w: (-w[0].vat.percent, w[0])) if weight > 0
    ]
    whole, left, lines = sum(weight for _, weight in positive), total, []
    for i, (terms, weight) in enumerate(positive, 1):
        amount = left if i == len(positive) else total * weight // whole
        left -= amount
        if amount:
            what = f"{ADVANCE} права использования за" if terms.is_right else ADVANCE
            lines.append(single_line(f"{what} {month_name(month)}", amount, terms))
    return tuple(lines)


def is_explained(lines: Iterable[Line]) -> bool:
    """Whether the lines say what is owed and what is asked for in advance, as `debt_lines` and `advance_lines` do."""
    return all(line.title.startswith((DEBT, ADVANCE)) for line in lines)


def topup_content(total: Kopecks, terms: Terms) -> InvoiceContent:
    """An invoice that a client has ordered for a sum of its own choice: for which services, its charges will tell."""
    line = single_line("Оплата услуг (пополнение внутреннего счёта)", total, terms)
    return InvoiceContent(lines=(line,), total=total, vat_ground=terms.ground)


def single_line(title: str, amount: Kopecks, terms: Terms) -> Line:
    return Line(
        title=title,
        quantity="1",
        unit="усл.",
        price=amount,
        amount=amount,
        vat=terms.vat,
        vat_amount=terms.vat.included_in(amount),
        is_right=terms.is_right,
    )


def payment_purpose(basis: str, totals: tuple[VatTotal, ...], date_text: str) -> str:
    """The purpose for the payment order, with `{number}` still open: banks want the VAT said in it."""
    taxed = [t for t in totals if t.vat is not Vat.NONE and t.vat_amount]
    free = sum(t.amount for t in totals if t.vat is Vat.NONE)
    vat_text = "Без НДС"
    if taxed:
        parts = [f"НДС {t.vat.percent}% – {_plain(t.vat_amount)} руб." for t in taxed]
        vat_text = f"В т.ч. {', '.join(parts)}" + (f", на {_plain(free)} руб. без НДС" if free else "")
    return f"Оплата по счёту № {{number}} от {date_text}, {basis[:1].lower()}{basis[1:]}. {vat_text}"


def _plain(amount: Kopecks) -> str:
    return roubles(amount).replace(NBSP, " ")
