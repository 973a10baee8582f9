"""Счёт на оплату: for what, and for how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from billing.domain.documents import Line, VatTotal
from billing.domain.money import NBSP, Kopecks, roubles
from billing.domain.periods import Month
from billing.domain.seller import InvoicePolicy
from billing.domain.vat import Vat
from billing.domain.wording import month_name


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceContent:
    """What an invoice says apart from the parties."""

    lines: tuple[Line, ...]
    total: Kopecks


def amount_due(policy: InvoicePolicy, *, cost: Kopecks, balance: Kopecks) -> Kopecks:
    """How much to ask for after a month that cost `cost` and left `balance`; 0: no invoice.

    `next_month` asks for as much as last month cost, less what is on the account; a debt adds to it, and a month of
    which more was reversed than charged takes nothing from the debt.
    `act_pair` does not depend on the balance and is decided by the act itself.
    """
    match policy:
        case InvoicePolicy.NEXT_MONTH:
            return max(0, max(0, cost) - balance)
        case InvoicePolicy.DEBT:
            return max(0, -balance)
        case InvoicePolicy.ACT_PAIR | InvoicePolicy.NONE:
            return 0


def advance_content(total: Kopecks, spent_by_vat: Mapping[Vat, Kopecks], month: Month) -> InvoiceContent:
    """An invoice for services of the month to come, split by VAT as the past month's were.

    `spent_by_vat` holds at least one rate with a positive sum. The last rate takes the rounding.
    """
    weights = [(rate, spent) for rate, spent in sorted(spent_by_vat.items(), key=lambda w: -w[0].percent) if spent > 0]
    whole, left, lines = sum(spent for _, spent in weights), total, []
    for i, (rate, spent) in enumerate(weights, 1):
        amount = left if i == len(weights) else total * spent // whole
        left -= amount
        if amount:
            lines.append(single_line(f"Оплата услуг за {month_name(month)}", amount, rate))
    return InvoiceContent(lines=tuple(lines), total=total)


def topup_content(total: Kopecks, vat: Vat) -> InvoiceContent:
    """An invoice that a client has ordered for a sum of its own choice: for which services, its charges will tell."""
    return InvoiceContent(lines=(single_line("Оплата услуг (пополнение внутреннего счёта)", total, vat),), total=total)


def single_line(title: str, amount: Kopecks, vat: Vat) -> Line:
    return Line(
        title=title, quantity="1", unit="усл.", price=amount, amount=amount, vat=vat, vat_amount=vat.included_in(amount)
    )


def payment_purpose(basis: str, totals: tuple[VatTotal, ...], date_text: str) -> str:
    """The purpose for the payment order, with `{number}` still open: banks want the VAT said in it."""
    taxed = [t for t in totals if t.vat is not Vat.NONE and t.vat_amount]
    vat = ", ".join(f"НДС {t.vat.percent}% – {roubles(t.vat_amount).replace(NBSP, ' ')} руб." for t in taxed)
    said = f"В т.ч. {vat}" if vat else "Без НДС"
    return f"Оплата по счету № {{number}} от {date_text}, {basis[:1].lower()}{basis[1:]}. {said}"
