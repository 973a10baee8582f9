"""The payment code of an invoice: the payee's requisites in the exact bytes of ГОСТ Р 56042-2014.

The standard speaks of payments by individuals; apps for companies read the same code.
"""

from __future__ import annotations

import re

from billing.domain.documents import Invoice
from billing.domain.errors import InvalidInputError
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause

SEPARATORS = "|#;:^_~{}!$%&()*+,/@"  # the first that occurs in no value; there is no escaping
NAME_MAX, BANK_MAX, PURPOSE_MAX = 160, 45, 210


class NoPaymentCodeError(InvalidInputError):
    """The requisites make no payment code; its trouble says which."""


def payload(invoice: Invoice) -> bytes:
    """`ST00012|Name=…|PersonalAcc=…` in UTF-8: the mandatory block in its order, then sum, purpose, INN of both.

    The number of the invoice is in its purpose; a payee without a KPP (ИП) leaves it out.

    Raises:
        NoPaymentCodeError: account, BIC or sum are not what the standard asks for, or every possible separator
            occurs in some value.

    Source: ГОСТ Р 56042-2014; field lengths as the libraries of three other languages have them.
    """
    party, bank = invoice.seller.party, invoice.seller.bank
    fields = [
        ("Name", cut(party.name, NAME_MAX)),
        ("PersonalAcc", bank.account),
        ("BankName", cut(bank.bank, BANK_MAX)),
        ("BIC", bank.bic),
        ("CorrespAcc", bank.correspondent or "0"),
        ("Sum", str(invoice.total)),
        ("Purpose", cut(invoice.purpose, PURPOSE_MAX)),
        ("PayeeINN", party.inn),
        ("KPP", "" if party.is_entrepreneur else party.kpp),
        ("PayerINN", invoice.buyer.inn),
    ]
    values = {key: _one_line(value) for key, value in fields if value}
    for key, shape in (("PersonalAcc", r"[0-9]{20}"), ("BIC", r"[0-9]{9}"), ("Sum", r"[1-9][0-9]{0,17}")):
        if not re.fullmatch(shape, values.get(key, "")):
            raise NoPaymentCodeError(trouble(Cause.CODE_FIELD, key=key, value=values.get(key, "")[:30]))
    separator = next((s for s in SEPARATORS if not any(s in value for value in values.values())), None)
    if separator is None:
        raise NoPaymentCodeError(trouble(Cause.CODE_SEPARATORS))
    body = separator.join(f"{key}={value}" for key, value in values.items())
    return f"ST00012{separator}{body}".encode()


def cut(text: str, length: int) -> str:
    """One line of at most so many characters, cut between words where there is a space to cut at."""
    text = _one_line(text)
    if len(text) <= length:
        return text
    head = text[: length + 1].rpartition(" ")[0]
    return head or text[:length]


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
