"""The payment code of an invoice: the payee's requisites in the exact bytes of ГОСТ Р 56042-2014.

The standard speaks of payments by individuals; apps for companies read the same code.
"""

from __future__ import annotations

import re

from billing.domain.documents import Invoice
from billing.domain.errors import InvalidInputError

SEPARATORS = "|#;:^_~{}!$%&()*+,/@"  # the first that occurs in no value; there is no escaping
NAME_MAX, BANK_MAX, PURPOSE_MAX = 160, 45, 210


def payload(invoice: Invoice) -> bytes:
    """`ST00012|Name=…|PersonalAcc=…` in UTF-8: the mandatory block in its order, then sum, purpose and INN.

    The number of the invoice is in its purpose; a payee without a KPP (ИП) leaves it out.

    Raises:
        InvalidInputError: every possible separator occurs in some value.

    Source: ГОСТ Р 56042-2014; field lengths as the libraries of three other languages have them.
    """
    party, bank = invoice.seller.party, invoice.seller.bank
    fields = [
        ("Name", _cut(party.name, NAME_MAX)),
        ("PersonalAcc", bank.account),
        ("BankName", _cut(bank.bank, BANK_MAX)),
        ("BIC", bank.bic),
        ("CorrespAcc", bank.correspondent or "0"),
        ("Sum", str(invoice.total)),
        ("Purpose", _cut(invoice.purpose, PURPOSE_MAX)),
        ("PayeeINN", party.inn),
        ("KPP", party.kpp),
    ]
    values = [(key, _one_line(value)) for key, value in fields if value]
    separator = next((s for s in SEPARATORS if not any(s in value for _, value in values)), None)
    if separator is None:
        raise InvalidInputError("в реквизитах встречаются все разделители платёжного кода")
    body = separator.join(f"{key}={value}" for key, value in values)
    return f"ST00012{separator}{body}".encode()


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _cut(text: str, length: int) -> str:
    """At most so many characters, cut between words where there is a space to cut at."""
    text = _one_line(text)
    if len(text) <= length:
        return text
    head = text[: length + 1].rpartition(" ")[0]
    return head or text[:length]
