"""Договор with a payer, by the company's template."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import date

from billing.domain.documents import Agreement, Clause
from billing.domain.drafts import sides
from billing.domain.edo_policy import ContractTemplate
from billing.domain.parties import Customer
from billing.domain.seller import SellerCard
from billing.domain.troubles import Trouble
from billing.domain.wording import long_date

DIGEST = 12  # hex digits of a version
UNSAID = ("date", "number", "version", "form")  # what does not make another contract


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementDraft:
    """A contract that may be made. `number` is empty where it comes from our own series."""

    content: Agreement
    number: str
    problems: tuple[Trouble, ...] = ()


def agreement(
    template: ContractTemplate, *, payer: str, day: date, customer: Customer | None, seller: SellerCard | None
) -> AgreementDraft:
    """The contract with the payer as it would be made on that day, under the number and date of the client's card.

    `version` is that of the template and a digest of what the contract says and of the sides as they are printed: when
    it changes, a new contract goes out. Number, date, phones and pictures make no other contract.
    """
    found = sides(payer, day, customer, seller)
    known = customer.contract if customer else None
    on = known.date if known else day
    unsigned = Agreement(
        date=on,
        seller=replace(found.seller, accountant=None),
        buyer=found.buyer,
        title=template.title,
        clauses=_clauses(template, {}),
        version="",
    )
    values = {
        "date": long_date(on),
        "seller": found.seller.party.name,
        "buyer": found.buyer.name,
        "seller_signer": f"{found.seller.director.position} {found.seller.director.name}".strip(),
    }
    content = replace(
        unsigned,
        title=_filled(template.title, values),
        clauses=_clauses(template, values),
        version=f"{template.version}.{_digest(unsigned)}",
    )
    return AgreementDraft(content=content, number=known.number if known else "", problems=found.problems)


def agreement_id(day: date, payer: str, n: int) -> str:
    """`2026-04-02.contract.7701234567.0`: of its day, as documents that no run of a month makes."""
    return f"{day.isoformat()}.contract.{payer}.{n}"


def _clauses(template: ContractTemplate, values: dict[str, str]) -> tuple[Clause, ...]:
    return tuple(
        Clause(
            heading=_filled(clause.heading, values),
            paragraphs=tuple(_filled(paragraph, values) for paragraph in clause.paragraphs),
        )
        for clause in template.clauses
    )


def _filled(text: str, values: dict[str, str]) -> str:
    """Each placeholder once, so that braces in a name stay as they are; the number's stays until it is taken.

    What ends with a full stop («2026 г.») takes that of the sentence for its own.
    """
    return re.sub(r"\{([a-z_]+)\}(\.?)", lambda found: _said(found[0], values.get(found[1]), found[2]), text)


def _said(placeholder: str, value: str | None, stop: str) -> str:
    return placeholder if value is None else value.removesuffix(stop) + stop


def _digest(content: Agreement) -> str:
    seller, director = content.seller, replace(content.seller.director, facsimile="")
    bare = replace(
        content,
        seller=replace(seller, party=replace(seller.party, phone=""), director=director, stamp=""),
        buyer=replace(content.buyer, phone=""),
    )
    printed = {name: value for name, value in asdict(bare).items() if name not in UNSAID}
    return hashlib.sha256(json.dumps(printed, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:DIGEST]
