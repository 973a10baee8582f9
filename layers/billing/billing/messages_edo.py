"""What the `seller` message says of the EDO, and the company's contract with its clients."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from billing.domain.documents import Clause, DocumentKind
from billing.domain.edo import InvitationSettings
from billing.domain.edo_policy import ActForm, ContractTemplate, EdoPolicy, Packing
from billing.domain.edo_sending import Schedule, Scope, SendingSettings
from billing.domain.edo_signer import Power, PowerWay, SignerPerson
from billing.message_fields import Inn, Strict, clean, said_at_all

PLACEHOLDERS = ("number", "date", "seller", "buyer", "seller_signer")

_SENDING = SendingSettings()
_INVITATIONS = InvitationSettings()


def _full_name(text: str) -> str:
    if "." in (text := said_at_all(text)):
        raise ValueError("in full: formats take no initials")
    return text


def _placeholders(text: str) -> str:
    """The braces of a contract hold what `Agreement` knows, and nothing else."""
    text = said_at_all(text)
    if unknown := sorted(set(re.findall(r"\{([^{}]*)\}", text)) - set(PLACEHOLDERS)):
        raise ValueError(f"no such placeholder: {', '.join(unknown)[:100]}")
    if re.search("[{}]", re.sub(r"\{[^{}]*\}", "", text)):
        raise ValueError("a brace without its pair")
    return text


Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_full_name)]
DayOfMonth: TypeAlias = Annotated[int, Field(ge=1, le=28)]
ContractText: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=5_000), AfterValidator(_placeholders)
]


class PowerCard(Strict):
    """By what power our person signs (МЧД)."""

    way: Literal["none", "default", "number", "in_document"] = Field(
        default="none",
        description="none: the head of the company; default: as set at the operator; number: named beside the "
        "signature; in_document: written in the document",
    )
    number: Annotated[str, StringConstraints(pattern=r"^([0-9A-Za-z-]{1,64})?$")] = Field(
        default="", description="of the power in the register"
    )
    issuer_inn: Inn | Literal[""] = Field(default="", description="who has given it")
    representative_inn: Inn | Literal[""] = Field(default="", description="whom it was given to")
    until: date | None = Field(default=None, description="its last day; the preflight warns before it")
    as_file: bool = Field(default=False, description="its file goes with each document")

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.way in ("number", "in_document") and not (self.number and self.issuer_inn):
            raise ValueError("number and issuer_inn name the power")
        return self

    def power(self) -> Power:
        return Power(**self.model_dump(exclude={"way"}), way=PowerWay(self.way))


class EdoSignerCard(Strict):
    """Who signs electronic documents, with the name in full."""

    last_name: Name
    first_name: Name
    middle_name: Name | Literal[""] = ""
    position: Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(said_at_all)]
    power: PowerCard = PowerCard()

    def person(self) -> SignerPerson:
        return SignerPerson(**self.model_dump(exclude={"power"}), power=self.power.power())


class SendingCard(Strict):
    """When documents go, and which. Days are of a month, both inclusive."""

    schedule: Literal["quarterly", "monthly"] | None = Field(
        default=None,
        description="by default monthly while the company charges VAT, whose invoices are due in five days, else "
        "quarterly",
    )
    scope: Literal["all", "bank"] = Field(
        default=_SENDING.scope.value, description="bank: acts with money that came by bank transfer only"
    )
    kinds: list[Literal["contract", "reconciliation", "invoice"]] = Field(
        default=["contract"], max_length=3, description="what goes besides acts"
    )
    send_first: DayOfMonth = _SENDING.send_first
    send_last: DayOfMonth = _SENDING.send_last
    invite_first: DayOfMonth = _SENDING.invite_first
    invite_last: DayOfMonth = _SENDING.invite_last
    preflight_day: DayOfMonth = Field(default=_SENDING.preflight_day, description="of the month before the sending")
    warn_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=_SENDING.warn_days, description="before a certificate, a power or a format lapses"
    )

    remind_unsigned: list[Annotated[int, Field(ge=1, le=90)]] = Field(
        default=list(_SENDING.remind_unsigned),
        max_length=3,
        description="days after its delivery on which a client is reminded of what it has not signed; empty: never",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.send_first > self.send_last or self.invite_first > self.invite_last:
            raise ValueError("the first day comes before the last")
        return self

    def settings(self) -> SendingSettings:
        plain = self.model_dump(exclude={"schedule", "scope", "kinds", "remind_unsigned"})
        kinds = frozenset(DocumentKind(kind) for kind in self.kinds)
        schedule = Schedule(self.schedule) if self.schedule else None
        return SendingSettings(
            **plain,
            schedule=schedule,
            scope=Scope(self.scope),
            kinds=kinds,
            remind_unsigned=tuple(sorted(set(self.remind_unsigned))),
        )


class InvitationsCard(Strict):
    """Whom we invite, and what becomes of silence."""

    remind: bool = Field(default=_INVITATIONS.remind, description="a letter of ours to those who are silent")
    roaming_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=_INVITATIONS.roaming_days,
        description="how long a client of another operator may look silent before documents go anyway",
    )
    partners_only: bool = Field(
        default=_INVITATIONS.partners_only, description="nothing to those who take documents from everybody"
    )

    def settings(self) -> InvitationSettings:
        return InvitationSettings(**self.model_dump())


class EdoCard(Strict):
    """How the company exchanges documents electronically. Without it, nothing electronic happens."""

    signer: EdoSignerCard
    sending: SendingCard = SendingCard()
    invitations: InvitationsCard = InvitationsCard()
    act_form: Literal["formal", "file"] = Field(default="formal", description="formal: УПД; file: the PDF of the act")
    packing: Literal["single", "packet"] = Field(
        default="single", description="packet: everything for one client in one message"
    )
    invitation_text: Annotated[str, StringConstraints(max_length=500), AfterValidator(clean)] = Field(
        default="", description="goes with our invitations"
    )
    receipts: bool = Field(
        default=False, description="our receipts are signed and given as they become due; false: a person gives them"
    )

    def policy(self) -> EdoPolicy:
        return EdoPolicy(
            signer=self.signer.person(),
            sending=self.sending.settings(),
            invitations=self.invitations.settings(),
            act_form=ActForm(self.act_form),
            packing=Packing(self.packing),
            invitation_text=self.invitation_text,
            receipts=self.receipts,
        )


class ClauseCard(Strict):
    heading: ContractText
    paragraphs: list[ContractText] = Field(min_length=1, max_length=50)


class ContractCard(Strict):
    """The contract with clients; a new version is a changed contract, and goes to everybody again."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z._-]{1,40}$")]
    title: ContractText
    clauses: list[ClauseCard] = Field(
        min_length=1,
        max_length=50,
        description=f"in braces, what is filled in: {', '.join(f'{{{name}}}' for name in PLACEHOLDERS)}",
    )

    def template(self) -> ContractTemplate:
        clauses = tuple(Clause(heading=c.heading, paragraphs=tuple(c.paragraphs)) for c in self.clauses)
        return ContractTemplate(version=self.version, title=self.title, clauses=clauses)
