"""Draft the invoices of a closed month: for whom, for which debt and advance, and at which VAT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from billing.domain.act import ActContent
from billing.domain.drafts import Draft, invoice_draft, main_payer, usual_terms
from billing.domain.invoice import Due, InvoiceContent, Terms, advance_lines, amount_due, debt_lines
from billing.domain.ledger import Debt, Fund, Service, Sum
from billing.domain.money import Kopecks
from billing.domain.parties import Customer
from billing.domain.periods import Month
from billing.domain.seller import InvoicePolicy, SellerCard
from billing.domain.vat import Vat, is_right, resolve


def invoice_drafts(
    month: Month,
    acts: list[tuple[str, ActContent]],
    spent: Mapping[Fund, Sum],
    debts: Iterable[Debt],
    services: Mapping[str, Service],
    *,
    cost: Kopecks,
    balance: Kopecks,
    refunded: bool,
    customer: Customer | None,
    seller: SellerCard | None,
) -> list[Draft]:
    """Draft the invoices that the policy asks for: one beside each act, one to the account's main payer, or none.

    `spent` and `debts`: what was paid for in the month, and what the account owes. Who got money back in the month
    (`refunded`) and has nothing on the account, nor a debt, has left: what comes to be charged later makes a debt.
    """
    policy = _policy(customer, seller)
    if policy is InvoicePolicy.ACT_PAIR:
        contents = [
            (payer, InvoiceContent(lines=act.lines, total=act.total, vat_ground=act.vat_ground)) for payer, act in acts
        ]
        return [invoice_draft(month, payer, content, customer, seller) for payer, content in contents]
    payer = customer and main_payer(customer, month.next.first_day)
    due = amount_due(policy, cost=cost, balance=balance, has_left=refunded and not balance)
    if not payer or not sum(due):
        return []
    content = _content(month, due, spent, [debt for debt in debts if debt.month <= month], services, seller)
    return [invoice_draft(month, payer, content, customer, seller)] if content.total else []


def _content(
    month: Month,
    due: Due,
    spent: Mapping[Fund, Sum],
    debts: Sequence[Debt],
    services: Mapping[str, Service],
    seller: SellerCard | None,
) -> InvoiceContent:
    """Ask for the debt at the rates of its services, and for the advance at those of the month to come.

    The advance is split by service as this month was.

    A debt paid between the end of the month and its close is not asked for again.
    """
    owed: dict[tuple[Month, Terms], Kopecks] = {}
    weights: dict[Terms, Kopecks] = {}

    def weigh(service: Service, amount: Kopecks) -> None:
        terms = _terms_on(month.next.first_day, service, seller)
        weights[terms] = weights.get(terms, 0) + amount

    for fund, s in spent.items():
        weigh(services[fund.line], s.amount if fund.month == month else 0)
    for debt in debts:
        service = services[debt.line]
        key = debt.month, Terms(service.vat, service.ground, is_right(service.title, service.ground))
        owed[key] = owed.get(key, 0) + debt.rest
        if debt.month == month and not debt.acted:  # what is acted stands among the spent
            weigh(service, debt.rest)
    if not any(weight > 0 for weight in weights.values()):
        weights = {usual_terms(seller, month.next.first_day): 1}
    lines = (*debt_lines(owed, due.debt), *advance_lines(weights, due.advance, month.next))
    stated = [terms for _, terms in owed] if due.debt else []
    stated += [terms for terms, weight in weights.items() if weight > 0] if due.advance else []
    untaxed = any(line.vat is Vat.NONE for line in lines)
    return InvoiceContent(
        lines=lines,
        total=sum(line.amount for line in lines),
        vat_ground="; ".join(dict.fromkeys(terms.ground for terms in stated if terms.ground)) if untaxed else "",
    )


def _terms_on(day: date, service: Service, seller: SellerCard | None) -> Terms:
    """Return the tax of the service on a day: the seller's mode then, unless its charges name their own rate.

    A standard rate that a charge named is the standard rate of that day.
    """
    if not service.named and seller and seller.vat_on(day):
        terms = usual_terms(seller, day)
    elif service.vat in (Vat.EIGHTEEN, Vat.TWENTY, Vat.TWENTY_TWO):
        terms = Terms(resolve("standard", day))
    else:
        terms = Terms(service.vat, service.ground)
    return terms._replace(is_right=is_right(service.title, terms.ground))


def _policy(customer: Customer | None, seller: SellerCard | None) -> InvoicePolicy:
    if customer and customer.invoice_policy:
        return InvoicePolicy(customer.invoice_policy)
    return seller.invoice_policy if seller else InvoicePolicy.NONE
