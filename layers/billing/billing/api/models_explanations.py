"""Where each kopeck went, as it is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints

from billing.api.models import Answer, Asked, EdoSaid, Letter, Money, told_in
from billing.api.models_statistics import MonthSaid
from billing.domain.documents import DocumentStatus
from billing.domain.explain import Place, Why
from billing.page.language import Language
from billing.usecases.documents_told import edo_told

Sums = Annotated[dict[str, Money], BeforeValidator(dict)]


class PaymentAsked(Asked):
    """The sender's own name of the payment."""

    key: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]


def _told(edo: Any) -> Any:
    """Of a document's way in the EDO what the list tells of it: the rest is for our own people."""
    return edo_told(edo) if isinstance(edo, Mapping) and "stage" not in edo else edo


class Evidence(Answer):
    """A document with the proof of where it went; `edo`: where it is in the electronic exchange."""

    id: str
    kind: str
    month: str
    payer: str
    number: str
    date: date
    status: DocumentStatus
    total: Money
    sha256: str
    letters: tuple[Letter, ...]
    edo: Annotated[EdoSaid | None, BeforeValidator(_told)] = None


class Part(Answer):
    """A part of a payment; negative: given back for a charge. The parts add up to the payment."""

    place: Place
    amount: Money
    charge: str
    day: date | None
    title: str
    month: str
    on: date | None
    act: str
    line: int


class PaymentExplained(Answer):
    """`was`: class and payer on arrival, if they were corrected; `sums` by place, `by_act` by the act's id."""

    key: str
    day: date
    amount: Money
    document: str
    money: str
    payer: str
    was: tuple[str, str] | None
    parts: tuple[Part, ...]
    owed_again: Money
    acts: tuple[Evidence, ...]
    sums: Sums
    by_act: Sums

    @classmethod
    def of(cls, told: Any, language: Language) -> PaymentExplained:
        plain = {name: getattr(told, name) for name in cls.model_fields if name not in ("sums", "by_act")}
        return cls.model_validate({**plain, "sums": told.sums(), "by_act": told.by_act()}, context=told_in(language))


class ActPart(Answer):
    """This much of that payment for that charge; without a payment it was not paid yet."""

    amount: Money
    money: str
    payment: str
    paid_on: date | None
    document: str
    charge: str
    day: date | None
    title: str
    month: str
    line: int


class Reason(Answer):
    """`amount` is signed: what was paid (or charged) and all the reasons make the act's total."""

    why: Why
    amount: Money


class ActExplained(Answer):
    """An act by its parts, and why it is for another sum than was paid, and than was charged, in its month."""

    evidence: Evidence
    month: MonthSaid
    parts: tuple[ActPart, ...]
    paid: Money
    from_paid: tuple[Reason, ...]
    charged: Money
    from_charged: tuple[Reason, ...]

    @classmethod
    def of(cls, told: Any, language: Language) -> ActExplained:
        return cls.model_validate(told, context=told_in(language))
