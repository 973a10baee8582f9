"""The messages of the queue `crm-inbox`, checked strictly: what is taken is right, what is wrong is told in one line.

`events/crm-inbox.schema.json` is made from these models.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, TypeAdapter
from pydantic import ValidationError as _ValidationError

from billing.domain import ledger
from billing.domain.documents import BankAccount, Party, Signer
from billing.domain.errors import InvalidInputError
from billing.domain.ledger import MoneyClass, Service
from billing.domain.parties import Administrator, Contract, Customer, PayerRequisites
from billing.domain.periods import FUTURE, Day, moscow_day
from billing.domain.seller import (
    ORDERS_A_DAY,
    ActDate,
    Bounds,
    InvoicePolicy,
    SellerCard,
    SellerRequisites,
    UnpaidServices,
    VatRecord,
)
from billing.domain.vat import resolve
from billing.message_fields import (
    AccountId,
    Address,
    Amount,
    Inn,
    Key,
    Kpp,
    Quantity,
    Strict,
    Text,
    Title,
    VatMode,
    clean,
    said_at_all,
)
from billing.messages_edo import ContractCard, EdoCard

OURS = "seller"  # the account of the company itself
PAST = timedelta(days=1_100)  # what an audit may still ask for: three years


class PayerRef(Strict):
    inn: Inn
    kpp: Kpp = ""


class DocumentRef(Strict):
    number: Annotated[str, StringConstraints(min_length=1, max_length=50), AfterValidator(said_at_all)]
    date: Day


class PayerCard(Strict):
    """Requisites are kept as they come: what is wrong with them blocks the document, not the card."""

    valid_from: date
    name: Text
    inn: Annotated[str, StringConstraints(max_length=20)]
    kpp: Annotated[str, StringConstraints(max_length=20)] = ""
    ogrn: Annotated[str, StringConstraints(max_length=20)] = ""
    address: Text = ""
    phone: Annotated[str, StringConstraints(max_length=100), AfterValidator(clean)] = ""


class AdministratorCard(Strict):
    user: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    name: Text = ""
    emails: list[Address] = Field(max_length=20)


class _Message(Strict):
    key: Key
    account: AccountId
    at: AwareDatetime

    @property
    def day(self) -> date:
        return moscow_day(self.at)


class CustomerMessage(_Message):
    kind: Literal["customer"]
    title: Title
    policy: Literal["prepaid", "postpaid"] = "prepaid"
    contract: DocumentRef | None = None
    payers: list[PayerCard] = Field(default=[], max_length=200)
    administrators: list[AdministratorCard] = Field(default=[], max_length=50)
    added_addresses: list[Address] = Field(default=[], max_length=50)
    invoice_policy: Literal["next_month", "act_pair", "debt", "none"] | None = None

    def card(self) -> Customer:
        return Customer(
            account=self.account,
            title=self.title,
            policy=self.policy,
            contract=Contract(number=self.contract.number, date=self.contract.date) if self.contract else None,
            payers=tuple(PayerRequisites(**payer.model_dump()) for payer in self.payers),
            administrators=tuple(
                Administrator(user=a.user, name=a.name, emails=tuple(a.emails)) for a in self.administrators
            ),
            added_addresses=tuple(self.added_addresses),
            invoice_policy=self.invoice_policy,
        )


class PaymentMessage(_Message):
    kind: Literal["payment"]
    money: Literal["BANK", "CARD_LE", "CARD_IND", "BONUS"] = Field(alias="class")
    amount: Amount
    payer: PayerRef | None = None
    document: DocumentRef | None = None
    email: Address = ""
    reason: Text = ""

    def command(self, vat_mode: VatRecord | None) -> ledger.Payment:
        money = MoneyClass(self.money)
        if money in ledger.LEGAL and not self.payer:
            raise InvalidInputError(f"payer: a {money} payment names its payer")
        if money not in ledger.LEGAL and self.payer:
            raise InvalidInputError(f"payer: a {money} payment has no payer")
        document = f"№ {self.document.number} от {self.document.date:%d.%m.%Y}" if self.document else ""
        return ledger.Payment(
            key=self.key,
            day=self.day,
            amount=self.amount,
            money=money,
            note=self.reason,
            payer=self.payer.inn if self.payer else "",
            document=document,
            email=self.email,
        )


class ChargeMessage(_Message):
    kind: Literal["charge"]
    service: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
    title: Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(said_at_all)]
    quantity: Quantity = "1"
    unit: Annotated[str, StringConstraints(min_length=1, max_length=20), AfterValidator(said_at_all)] = "усл."
    amount: Amount
    vat: VatMode | None = None
    vat_ground: Annotated[str, StringConstraints(max_length=255), AfterValidator(clean)] = ""

    def command(self, vat_mode: VatRecord | None) -> ledger.Charge:
        if self.vat is None and vat_mode is None:
            raise InvalidInputError("vat: neither the charge nor the seller's settings say it")
        mode = self.vat or (vat_mode.mode if vat_mode else "none")
        ground = self.vat_ground or (vat_mode.ground if vat_mode else "")
        quantity = int(Decimal(self.quantity) * 1_000_000)
        if not quantity:
            raise InvalidInputError("quantity: greater than zero")
        named = self.vat is not None or (mode == "none" and bool(self.vat_ground))
        rate, ground = resolve(mode, self.day), ground if mode == "none" else ""
        service = Service(self.service, self.title, self.unit, rate, ground, named)
        return ledger.Charge(key=self.key, day=self.day, amount=self.amount, service=service, quantity=quantity)


class RefundMessage(_Message):
    kind: Literal["refund"]
    payment: Key
    amount: Amount
    reason: Text = ""

    def command(self, vat_mode: VatRecord | None) -> ledger.Refund:
        return ledger.Refund(key=self.key, day=self.day, amount=self.amount, payment=self.payment, note=self.reason)


class ReversalMessage(_Message):
    kind: Literal["reversal"]
    charge: Key
    amount: Amount
    reason: Text = ""

    def command(self, vat_mode: VatRecord | None) -> ledger.Reversal:
        return ledger.Reversal(key=self.key, day=self.day, amount=self.amount, charge=self.charge, note=self.reason)


class ChargebackMessage(_Message):
    kind: Literal["chargeback"]
    payment: Key
    amount: Amount
    reason: Text = ""

    def command(self, vat_mode: VatRecord | None) -> ledger.Chargeback:
        return ledger.Chargeback(key=self.key, day=self.day, amount=self.amount, payment=self.payment, note=self.reason)


class ReclassificationMessage(_Message):
    """An operator's correction: the whole payment was of another class."""

    kind: Literal["reclassification"]
    payment: Key
    money: Literal["BANK", "CARD_LE", "CARD_IND"] = Field(alias="class")
    payer: PayerRef | None = None
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(said_at_all)]

    def command(self, vat_mode: VatRecord | None) -> ledger.Reclassification:
        money = MoneyClass(self.money)
        if (money in ledger.LEGAL) != bool(self.payer):
            raise InvalidInputError("payer: named for BANK and CARD_LE, and for no other class")
        return ledger.Reclassification(
            key=self.key,
            day=self.day,
            amount=0,
            payment=self.payment,
            money=money,
            payer=self.payer.inn if self.payer else "",
            note=self.reason,
        )


class SignerCard(Strict):
    position: Title
    name: Title
    facsimile: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""


class BankCard(Strict):
    bank: Title
    bic: Annotated[str, StringConstraints(max_length=20)]
    account: Annotated[str, StringConstraints(max_length=30)]
    correspondent: Annotated[str, StringConstraints(max_length=30)] = ""


class SellerRequisitesCard(PayerCard):
    bank: BankCard
    director: SignerCard
    accountant: SignerCard | None = None
    stamp: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""


class VatCard(Strict):
    valid_from: date
    mode: VatMode
    ground: Annotated[str, StringConstraints(max_length=255), AfterValidator(clean)] = ""


_USUAL = Bounds()


class BoundsCard(Strict):
    times_median: Annotated[int, Field(ge=2)] = _USUAL.times_median
    least: Annotated[int, Field(ge=0)] = _USUAL.least
    payers_max: Annotated[int, Field(ge=1, le=200)] = _USUAL.payers_max
    lines_max: Annotated[int, Field(ge=1, le=5_000)] = _USUAL.lines_max


class SellerMessage(_Message):
    """The company's own card: the whole of it, with its dated history. `account` is `seller`."""

    kind: Literal["seller"]
    account: Literal["seller"]
    requisites: list[SellerRequisitesCard] = Field(min_length=1)
    vat: list[VatCard] = Field(min_length=1)
    act_date: Literal["first_of_next_month", "last_day"] = "first_of_next_month"
    unpaid_services: Annotated[
        Literal["act", "wait"],
        Field(description="what nobody has paid by the close: in the month's act, or in the act of when it is paid"),
    ] = "act"
    invoice_policy: Literal["next_month", "act_pair", "debt", "none"] = "next_month"
    invoice_days: Annotated[int, Field(ge=1, le=365)] = 10
    number_format: Annotated[
        str, StringConstraints(pattern=r"^[0-9A-Za-zА-Яа-я/_-]*\{n\}[0-9A-Za-zА-Яа-я/_-]*$", max_length=30)
    ] = "{n}"
    reconciliation_mirrored: bool = True
    orders_a_day: Annotated[int, Field(ge=1, le=1_000, description="documents that a client may order")] = ORDERS_A_DAY
    bounds: BoundsCard = BoundsCard()
    edo: EdoCard | None = None
    contract: ContractCard | None = None

    def card(self) -> SellerCard:
        return SellerCard(
            requisites=tuple(_seller_requisites(r) for r in self.requisites),
            vat=tuple(VatRecord(**v.model_dump()) for v in self.vat),
            act_date=ActDate(self.act_date),
            unpaid_services=UnpaidServices(self.unpaid_services),
            invoice_policy=InvoicePolicy(self.invoice_policy),
            invoice_days=self.invoice_days,
            number_format=self.number_format,
            reconciliation_mirrored=self.reconciliation_mirrored,
            orders_a_day=self.orders_a_day,
            bounds=Bounds(**self.bounds.model_dump()),
            edo=self.edo.policy() if self.edo else None,
            contract=self.contract.template() if self.contract else None,
        )


def _seller_requisites(r: SellerRequisitesCard) -> SellerRequisites:
    party = Party(name=r.name, inn=r.inn, kpp=r.kpp, ogrn=r.ogrn, address=r.address, phone=r.phone)
    return SellerRequisites(
        valid_from=r.valid_from,
        party=party,
        bank=BankAccount(**r.bank.model_dump()),
        director=Signer(**r.director.model_dump()),
        accountant=Signer(**r.accountant.model_dump()) if r.accountant else None,
        stamp=r.stamp,
    )


Posted: TypeAlias = (
    PaymentMessage | ChargeMessage | RefundMessage | ReversalMessage | ChargebackMessage | ReclassificationMessage
)
Message: TypeAlias = Annotated[Posted | CustomerMessage | SellerMessage, Field(discriminator="kind")]

_MESSAGE: TypeAdapter[Any] = TypeAdapter(Message)


def parse(body: str, *, now: datetime) -> Posted | CustomerMessage | SellerMessage:
    """The message that a body holds.

    Raises:
        InvalidInputError: not JSON, not one of ours, out of bounds, or of a day too far away; the text names the
            field and what is wrong with it, never its value.
    """
    if len(body.encode("utf-8", "surrogatepass")) > 200_000:
        raise InvalidInputError("a message longer than 200 000 bytes")
    _refuse_ambiguous(body)
    try:
        message = _MESSAGE.validate_json(body)
    except _ValidationError as error:
        raise InvalidInputError(_said(error)) from None
    if message.account == OURS and not isinstance(message, SellerMessage):
        raise InvalidInputError("account: «seller» is the company's own, no client's")
    if message.at > now + FUTURE:
        raise InvalidInputError("at: more than a day in the future")
    if isinstance(message, Posted) and message.at < now - PAST:
        raise InvalidInputError("at: more than three years ago")
    return message  # type: ignore[no-any-return]


def _refuse_ambiguous(body: str) -> None:
    """Refuse a field that stands twice in one object, and a moment of digits alone: nobody can say what is meant."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(fields := dict(pairs)) < len(pairs):
            raise InvalidInputError("a field stands twice in one object")
        return fields

    with suppress(ValueError, RecursionError, AttributeError):  # what is no JSON is named below
        at = str(json.loads(body, object_pairs_hook=once).get("at", "")).strip()
        if re.fullmatch(r"[-+]?\d+(\.\d*)?", at):
            raise InvalidInputError("at: a moment as 2026-01-31T23:59:00+03:00 is expected, not a number")


_NO_KIND = ("union_tag_invalid", "union_tag_not_found")


def _said(error: _ValidationError) -> str:
    said = []
    for e in error.errors(include_input=False, include_url=False, include_context=False)[:5]:
        place = ".".join(str(part) for part in e["loc"][1:]) or "message"
        reason = e["msg"].removeprefix("Value error, ")  # the checks of ours say it all themselves
        said.append("kind: none of ours" if e["type"] in _NO_KIND else f"{place}: {reason}")
    return "; ".join(said)[:500]


def body_sha(body: str) -> str:
    """Names the content of a message whatever the order of its keys and the spaces between them."""
    return hashlib.sha256(json.dumps(json.loads(body), sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def schema() -> dict[str, Any]:
    """The JSON Schema of every message, as published in `events/`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "crm-inbox",
        **_MESSAGE.json_schema(by_alias=True),
    }
