"""From what a month's papers say to the papers themselves: parties, basis, dates, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from billing.domain.act import ActContent, vat_totals
from billing.domain.documents import Act, BankAccount, DocumentKind, Invoice, Party, Reconciliation, Seller, Signer
from billing.domain.invoice import InvoiceContent, Terms, payment_purpose
from billing.domain.parties import Customer
from billing.domain.periods import Month
from billing.domain.requisites import problems_of_bank, problems_of_party
from billing.domain.seller import SellerCard, valid_on
from billing.domain.trouble_wording import of_side, trouble
from billing.domain.troubles import Cause, Side, Trouble, is_held_back
from billing.domain.vat import Vat, resolve
from billing.domain.wording import short_date

PUBLIC_OFFER = "Публичная оферта"

_NOBODY = Seller(
    party=Party(name="", inn=""), bank=BankAccount(bank="", bic="", account=""), director=Signer(position="", name="")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document that was decided. With problems it is blocked until they are mended."""

    id: str
    payer: str
    content: Act | Invoice | Reconciliation
    problems: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Who stands in a document, what it rests on, and what is missing for it to be printed."""

    seller: Seller
    buyer: Party
    basis: str
    problems: tuple[Trouble, ...]


def document_id(month: Month, kind: DocumentKind, payer: str, n: int = 0) -> str:
    """Name a document of the month: `n` is 0, from 1 on for what is held back from its act."""
    return f"{month}.{kind}.{payer}.{n}"


def sides(payer: str, day: date, customer: Customer | None, seller: SellerCard | None) -> Sides:
    """The requisites of both sides on the day of the document; what is wrong with them is said, not raised."""
    ours = seller and seller.on(day)
    problems = []
    if not ours:
        problems.append(trouble(Cause.NO_SELLER, on=day))
    else:
        problems += [
            of_side(Side.SELLER, p)
            for p in (
                *_party_problems(ours.party),
                *problems_of_bank(
                    bic=ours.bank.bic,
                    account=ours.bank.account,
                    correspondent=ours.bank.correspondent,
                    inn=ours.party.inn,
                ),
            )
        ]
    theirs = customer and valid_on(tuple(p for p in customer.payers if p.inn == payer), day)
    if not theirs:
        problems.append(trouble(Cause.NO_CARD) if not customer else trouble(Cause.NO_PAYER, inn=payer, on=day))
        buyer = Party(name="", inn=payer)
    else:
        buyer = Party(
            name=theirs.name,
            inn=theirs.inn,
            kpp=theirs.kpp,
            ogrn=theirs.ogrn,
            address=theirs.address,
            phone=theirs.phone,
        )
        problems += [of_side(Side.PAYER, p) for p in _party_problems(buyer)]
    contract = customer and customer.contract
    basis = PUBLIC_OFFER  # also for a document dated before the contract was made
    if contract and contract.date <= day:
        basis = f"Договор № {contract.number} от {short_date(contract.date)}"
    return Sides(seller=ours or _NOBODY, buyer=buyer, basis=basis, problems=tuple(problems))


def _party_problems(party: Party) -> tuple[Trouble, ...]:
    return problems_of_party(name=party.name, inn=party.inn, kpp=party.kpp, ogrn=party.ogrn, address=party.address)


def mended(draft: Draft, customer: Customer | None, seller: SellerCard | None) -> Draft:
    """A blocked document with the requisites as they are known now; what it says and its date stay."""
    found = sides(draft.payer, draft.content.date, customer, seller)
    content = replace(draft.content, seller=found.seller, buyer=found.buyer, basis=found.basis)
    if isinstance(content, Invoice):
        content = replace(content, purpose=_purpose(found.basis, content))
    held = tuple(p for p in draft.problems if is_held_back([p]))
    return Draft(id=draft.id, payer=draft.payer, content=content, problems=(*held, *found.problems))


def act_draft(
    month: Month,
    payer: str,
    content: ActContent,
    customer: Customer | None,
    seller: SellerCard | None,
    *,
    n: int = 0,
    held: Trouble | None = None,
) -> Draft:
    """Draft the act of a payer's month, or the `n`-th part of it that is `held` back for a person."""
    day = seller.act_date.of(month) if seller else month.next.first_day
    found = sides(payer, day, customer, seller)
    act = Act(
        date=day,
        month=str(month),
        seller=found.seller,
        buyer=found.buyer,
        basis=found.basis,
        lines=content.lines,
        total=content.total,
        vat_totals=vat_totals(content.lines),
        by_class=content.by_class,
        vat_ground=content.vat_ground,
        first_month="" if content.first_month == month else str(content.first_month),
    )
    problems = (held, *found.problems) if held else found.problems
    return Draft(id=document_id(month, DocumentKind.ACT, payer, n), payer=payer, content=act, problems=problems)


def invoice_draft(
    month: Month,
    payer: str,
    content: InvoiceContent,
    customer: Customer | None,
    seller: SellerCard | None,
    *,
    day: date | None = None,
    id: str | None = None,
) -> Draft:
    day = day or month.next.first_day
    found = sides(payer, day, customer, seller)
    invoice = Invoice(
        date=day,
        month=str(month),
        seller=found.seller,
        buyer=found.buyer,
        basis=found.basis,
        lines=content.lines,
        total=content.total,
        vat_totals=vat_totals(content.lines),
        pay_by=day + timedelta(days=seller.invoice_days if seller else 10),
        purpose="",
        vat_ground=content.vat_ground,
    )
    invoice = replace(invoice, purpose=_purpose(found.basis, invoice))
    return Draft(
        id=id or document_id(month, DocumentKind.INVOICE, payer), payer=payer, content=invoice, problems=found.problems
    )


def main_payer(customer: Customer, day: date) -> str:
    """The INN of the first payer on the card that is in force on the day; empty when there is none."""
    return next((p.inn for p in customer.payers if p.valid_from <= day), "")


def _purpose(basis: str, invoice: Invoice) -> str:
    return payment_purpose(basis, invoice.vat_totals, short_date(invoice.date))


def usual_terms(seller: SellerCard | None, day: date) -> Terms:
    """Return how the seller taxes, on a day of service, what names no rate of its own."""
    record = seller and seller.vat_on(day)
    vat = resolve(record.mode, day) if record else Vat.NONE
    return Terms(vat, record.ground if record and vat is Vat.NONE else "")
