"""The end of a month for one account: what is decided, before anything is numbered, drawn or sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import median_low
from typing import NamedTuple

from billing.domain.act import ActContent, act_content, held_back
from billing.domain.drafts import Draft, act_draft, main_payer
from billing.domain.invoice_drafts import invoice_drafts
from billing.domain.ledger import ACTED, Account, Entry, Fund, MoneyClass, Service, Sum, add_to, moves_balance
from billing.domain.money import Kopecks, roubles
from billing.domain.parties import Customer
from billing.domain.periods import Month
from billing.domain.seller import Bounds, SellerCard, UnpaidServices

LINES_MAX = 64  # lines that an account's row keeps; beyond it those that nothing refers to are dropped


class SuspiciousError(Exception):
    """The month of an account looks wrong and waits for a person; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSummary:
    """A closed month of an account: the base of statistics, of the run's report and of the proof that nothing is lost.

    `turnover` by kind (charges negative), with what was paid by class of money for debts that an act holds already
    (`documented.CARD_IND`: individuals paid for a company's act); `funded`: the other allocations by class of money,
    the part carried in from the month before included; `carried`: what was left for the next month because the payer's
    sum was not positive.
    """

    month: Month
    opening: Kopecks
    closing: Kopecks
    turnover: tuple[tuple[str, Kopecks], ...]
    funded: tuple[tuple[str, Kopecks], ...]
    carried: tuple[tuple[str, Kopecks], ...]
    acted: Kopecks
    last_seq: int

    @property
    def cost(self) -> Kopecks:
        """What the month cost the client: charges less reversals."""
        return -sum(amount for kind, amount in self.turnover if kind in ("charge", "reversal"))


class Terms(NamedTuple):
    """The terms of a close: unpaid services wait, or enter the act of `payer` (of nobody, if that is empty)."""

    unpaid: UnpaidServices
    payer: str = ""

    @property
    def acts_unpaid(self) -> bool:
        return self.unpaid is UnpaidServices.ACT


WAIT = Terms(UnpaidServices.WAIT)


def terms_of(account: Account, customer: Customer | None, seller: SellerCard | None) -> Terms:
    """Return the terms of the open month, by the cards as they are now."""
    postpaid = customer is not None and customer.policy == "postpaid"
    if not postpaid and seller and seller.unpaid_services is UnpaidServices.WAIT:
        return WAIT
    return Terms(UnpaidServices.ACT, payer_of_unpaid(account, customer))


def payer_of_unpaid(account: Account, customer: Customer | None) -> str:
    """Return the payer for unpaid services: the company that paid last or, before any payment, the card's first payer.

    Empty when only individuals have paid, or when no payer is known.
    """
    if account.paid_by:
        return account.paid_by[-1].payer
    if account.people or not customer:
        return ""
    return main_payer(customer, account.open.last_day)


def terms_in(entry: Entry) -> Terms:
    """As a month was closed, by its entry in the journal."""
    return Terms(UnpaidServices(entry.note), entry.payer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    account: Account
    entry: Entry
    period: PeriodSummary
    drafts: tuple[Draft, ...]


def close(
    account: Account,
    customer: Customer | None,
    seller: SellerCard | None,
    *,
    forced: bool = False,
    terms: Terms | None = None,
) -> Closing:
    """Close the account's open month: its watermark entry, its summary and its documents, all decided at once.

    `terms`: those of a month that is told again; None: those of the cards.

    Raises:
        SuspiciousError: the sums are out of bounds, and `forced` does not say that a person has looked.
    """
    month = account.open
    terms = terms or terms_of(account, customer, seller)
    account = _credited(account, terms)
    of_month = {fund: s for fund, s in account.funds.items() if fund.period == month}
    by_payer: dict[str, dict[Fund, Sum]] = {}
    for fund, s in of_month.items():
        if fund.money in ACTED:
            by_payer.setdefault(fund.payer, {})[fund] = s
    contents, held, carried = [], [], {}
    for payer, funds in sorted(by_payer.items()):
        lawful, apart = held_back(month, funds, account.lines)
        if sum(s.amount for s in lawful.values()) > 0:
            contents.append((payer, act_content(month, lawful, account.lines)))
        else:
            carried.update(lawful)
        for n, part in enumerate(apart, 1):
            held.append((payer, n, part.reason, act_content(month, part.funds, account.lines)))
    usual = sum(content.total for _, content in contents)
    acted = usual + sum(content.total for *_, content in held)
    if not forced:
        _check_bounds(account, contents, seller.bounds if seller else Bounds())

    turnover = {kind: amount for (period, kind), amount in account.turnover.items() if period == month}
    closing_balance = account.opening + sum(a for kind, a in turnover.items() if moves_balance(kind))
    period = PeriodSummary(
        month=month,
        opening=account.opening,
        closing=closing_balance,
        turnover=tuple(sorted(turnover.items())),
        funded=_by_class(of_month),
        carried=_by_class(carried),
        acted=acted,
        last_seq=account.seq + 1,
    )
    drafts = [act_draft(month, payer, content, customer, seller) for payer, content in contents]
    drafts += [act_draft(month, payer, content, customer, seller, n=n, held=why) for payer, n, why, content in held]
    drafts += invoice_drafts(
        month,
        contents,
        of_month,
        account.debts,
        account.lines,
        cost=period.cost,
        balance=closing_balance,
        refunded="refund" in turnover,
        customer=customer,
        seller=seller,
    )
    entry = Entry(
        seq=account.seq + 1,
        kind="close",
        key=f"close:{month}",
        day=month.last_day,
        month=month,
        period=month,
        amount=0,
        balance=account.balance,
        payer=terms.payer,
        note=terms.unpaid.value,
    )
    return Closing(
        account=_next_month(account, carried, usual, closing_balance), entry=entry, period=period, drafts=tuple(drafts)
    )


def _credited(account: Account, terms: Terms) -> Account:
    """Enter unpaid charges in the act of the month, so that paying them later makes no second act.

    So does whatever happened between the end of the month and its close about services up to the month: a payment, and
    a correction too, or one half of it would be in this act and the other carried. Charges of the next month wait.
    """
    month = account.open
    if not terms.acts_unpaid:
        return account
    funds, debts = dict(account.funds), list(account.debts)
    for fund, s in account.funds.items():
        if fund.period > month >= fund.month and fund.money in ACTED:
            del funds[fund]
            add_to(funds, fund._replace(period=month), s.amount, s.quantity)
    if payer := terms.payer:
        for i, debt in enumerate(debts):
            if not debt.acted and debt.month <= month:
                add_to(funds, Fund(month, MoneyClass.CREDIT, payer, debt.line, debt.month), debt.rest, debt.quantity)
                debts[i] = debt._replace(acted=payer)
    return replace(account, funds=funds, debts=tuple(debts))


def _check_bounds(account: Account, contents: list[tuple[str, ActContent]], bounds: Bounds) -> None:
    if len(contents) > bounds.payers_max:
        raise SuspiciousError(f"актов в месяце {len(contents)}, больше {bounds.payers_max}")
    usual = median_low(account.recent) if len(account.recent) >= 3 else 0
    for payer, content in contents:
        if len(content.lines) > bounds.lines_max:
            raise SuspiciousError(f"строк в акте {len(content.lines)}, больше {bounds.lines_max}")
        if usual and content.total > max(bounds.least, bounds.times_median * usual):
            raise SuspiciousError(
                f"акт на {roubles(content.total)} ₽ (ИНН {payer}) больше обычного в {content.total // usual} раз"
            )


def _by_class(funds: Mapping[Fund, Sum]) -> tuple[tuple[str, Kopecks], ...]:
    sums: dict[str, Kopecks] = {}
    for fund, s in funds.items():
        sums[fund.money.value] = sums.get(fund.money.value, 0) + s.amount
    return tuple(sorted(sums.items()))


def _next_month(account: Account, carried: Mapping[Fund, Sum], usual: Kopecks, closing: Kopecks) -> Account:
    month = account.open
    funds = {fund: s for fund, s in account.funds.items() if fund.period != month}
    turnover = {key: amount for key, amount in account.turnover.items() if key[0] != month}
    for fund, s in carried.items():
        add_to(funds, fund._replace(period=month.next), s.amount, s.quantity)
        kind = (month.next, f"carried.{fund.money}")
        turnover[kind] = turnover.get(kind, 0) + s.amount
    return replace(
        account,
        seq=account.seq + 1,
        open=month.next,
        opening=closing,
        funds=funds,
        turnover=turnover,
        lines=_kept_lines(account.lines, {fund.line for fund in funds} | {debt.line for debt in account.debts}),
        recent=(*account.recent, usual)[-12:] if usual else account.recent,
    )


def _kept_lines(lines: Mapping[str, Service], used: set[str]) -> Mapping[str, Service]:
    """Old lines stay for the corrections that may come, as long as there is room."""
    spare = sorted(lines.keys() - used)[: max(0, len(lines) - LINES_MAX)]
    return {name: service for name, service in lines.items() if name not in spare}
