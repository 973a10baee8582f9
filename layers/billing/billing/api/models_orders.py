"""What is ordered and what comes of it."""

from __future__ import annotations

from typing import Annotated, Self

from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import AfterValidator, Field, StrictBool, StringConstraints, model_validator

from billing.api.models import Answer, Asked, Date, Inn, PeriodAsked
from billing.domain.money import Kopecks


def _kopecks(roubles: str) -> str:
    whole, _, part = roubles.partition(".")
    if not int(whole + part):
        raise ValueError("a sum of nothing")
    return roubles


Roubles = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,12}\.[0-9]{2}$"),
    AfterValidator(_kopecks),
    Field(examples=["5500.00"], description="roubles and kopecks, VAT included"),
]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9._-]{8,100}$",
        description="the caller's own name of the order: the same key gives the same document or letter",
    ),
]


class InvoiceAsked(Asked):
    """An invoice for a sum, to one of the payers of the client's card."""

    amount: Roubles
    payer: Inn

    @property
    def kopecks(self) -> Kopecks:
        return int(self.amount.replace(".", ""))


class ReconciliationAsked(Asked):
    """An act for `from`..`to`, both inclusive. `mirrored`: with the right half filled in from ours."""

    first: Date = Field(alias="from")
    last: Date = Field(alias="to")
    payer: Inn
    mirrored: StrictBool | None = None


class LettersAsked(Asked):
    """To whom a document is sent again; nobody named: everybody who gets its kind."""

    addresses: tuple[Annotated[str, StringConstraints(min_length=3, max_length=254)], ...] = Field((), max_length=20)


class LetterQueued(Answer):
    """The letter, as `letters` of the document will name it."""

    letter: str


class ArchiveAsked(PeriodAsked):
    """The documents of a period, of a kind or of all; `from` and `to`, or `month_from` and `month_to`, are required."""

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if not (self.first and self.last) and not (self.month_from and self.month_to):
            raise ValueError("a period has two ends")
        return self


class Archive(Answer):
    """An archive that is not there yet; ask at its own address in a while."""

    id: str
    state: str
    documents: int
