"""The client's card as the CRM sends it, and who of the client's people gets letters."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from billing.domain.documents import DocumentKind
from billing.domain.periods import Day
from billing.domain.seller import valid_on

Policy: TypeAlias = Literal["prepaid", "postpaid"]

ADDRESS_MAX = 254  # characters; Source: RFC 5321 4.5.3.1.3 with the angle brackets taken off
LOCAL_MAX = 64  # before the @; Source: RFC 5321 4.5.3.1.1

_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"  # Source: RFC 1035 2.3.4
_TOP = "[A-Za-z]{2,63}|[xX][nN]--[A-Za-z0-9-]{1,59}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    number: str
    date: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerRequisites:
    """Requisites of a company or an entrepreneur that pays, from a day on. They may be wrong: documents say so."""

    valid_from: date
    name: str
    inn: str
    kpp: str = ""
    ogrn: str = ""
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """A user of the CRM of the type «администратор»."""

    user: str
    name: str
    emails: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A client. `payers` are dated records, several for one INN; `invoice_policy` None: as the seller has it."""

    account: str
    title: str
    policy: Policy = "prepaid"
    contract: Contract | None = None
    payers: tuple[PayerRequisites, ...] = ()
    administrators: tuple[Administrator, ...] = ()
    added_addresses: tuple[str, ...] = ()
    invoice_policy: str | None = None


def payer_on(requisites: tuple[PayerRequisites, ...], day: date) -> PayerRequisites | None:
    """The record in force on the day; None before the first of them."""
    return valid_on(requisites, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Addresses to write to, each once, and those that are no addresses, as they were typed.

    `chosen`: the kinds of those addresses that do not get every kind.
    """

    valid: tuple[str, ...]
    invalid: tuple[str, ...] = ()
    chosen: Mapping[str, frozenset[DocumentKind]] = field(default_factory=dict)

    def gets(self, address: str, kind: DocumentKind) -> bool:
        return address not in self.chosen or kind in self.chosen[address]


def recipients(
    administrators: Iterable[Administrator],
    added_addresses: Iterable[str],
    chosen: Mapping[str, Collection[DocumentKind]] | None = None,
) -> Recipients:
    """All addresses of all administrators, then the added ones, in that order, as mail takes them.

    `chosen`: addresses that the client itself has added and that were confirmed, with the kinds each gets; one that the
    card brings too gets everything. Addresses that differ by case alone are one, spelled as it came first; empty ones
    are left out.

    Source: help page «Закрывающие документы»: copies go to every administrator, to all addresses, and to the added.
    """
    valid: dict[str, str] = {}
    invalid: dict[str, str] = {}
    typed = [email for administrator in administrators for email in administrator.emails]
    for text in (text.strip() for text in (*typed, *added_addresses)):
        address = mail_address(text)
        if address:
            valid.setdefault(address.casefold(), address)
        elif text:
            invalid.setdefault(text.casefold(), text)
    own = {a: frozenset(kinds) for a, kinds in (chosen or {}).items() if a.casefold() not in valid}
    return Recipients(valid=(*valid.values(), *own), invalid=tuple(invalid.values()), chosen=own)


def mail_address(text: str) -> str | None:
    """The address as mail takes it, a Cyrillic domain in ASCII (`a@пример.рф` is `a@xn--e1afmkfd.xn--p1ai`), or None.

    Stricter than RFC 5321: no quoted names, no comments, no bare hosts, no Cyrillic before the @ (the mail service
    takes ASCII there). Nothing in it can break out of a header.
    """
    local, _, domain = text.partition("@")
    if len(text) > ADDRESS_MAX or len(local) > LOCAL_MAX or not re.fullmatch(rf"{_ATOM}(\.{_ATOM})*", local):
        return None
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        spoken = ascii_domain.encode("ascii").decode("idna").split(".")  # what says it is Cyrillic must be
    except UnicodeError:  # an empty label, one too long, or characters that domains do not have
        return None
    if any(label.strip("-") != label or not label.replace("-", "").isalnum() for label in spoken):
        return None
    *labels, top = ascii_domain.split(".")
    if not labels or not all(re.fullmatch(_LABEL, label) for label in labels) or not re.fullmatch(_TOP, top):
        return None
    address = f"{local}@{ascii_domain}"
    return address if len(address) <= ADDRESS_MAX else None


def masked(address: str) -> str:
    """«i***@mail.ru»: recognised by those who know it, useless to others. A masked one stays as it is."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else "***"
