"""Metadata of documents that go as files: the operator prints and searches by them, and takes no others.

Source: Diadoc API, DocumentAttachment.Metadata; GetDocumentTypes says which are needed. Dates are dd.MM.yyyy, sums have
a dot and two digits; an empty value is an error, as is a key that the kind does not have.
"""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from billing.adapters.diadoc.titles import TitleError
from billing.adapters.diadoc.titles.parts import day, sum_text
from billing.adapters.diadoc.xml import plain
from billing.domain.documents import Act, Invoice, Reconciliation
from billing.ports_edo import KindOffer

Metadata: TypeAlias = tuple[tuple[str, str], ...]


def proforma_invoice(invoice: Invoice, file_name: str) -> Metadata:
    """Of a счёт на оплату, which Diadoc calls ProformaInvoice."""
    vat = sum(total.vat_amount for total in invoice.vat_totals)
    return _filled(FileName=file_name, DocumentNumber=invoice.number, DocumentDate=day(invoice.date),
                   TotalSum=sum_text(invoice.total), TotalVat=sum_text(vat) if vat else "", Grounds=invoice.basis)


def act_file(act: Act, file_name: str) -> Metadata:
    """Of an act that goes as PDF: AcceptanceCertificate."""
    vat = sum(total.vat_amount for total in act.vat_totals)
    return _filled(FileName=file_name, DocumentNumber=act.number, DocumentDate=day(act.date),
                   TotalSum=sum_text(act.total), TotalVat=sum_text(vat) if vat else "", Grounds=act.basis)


def contract(*, number: str, on: date, file_name: str) -> Metadata:
    return _filled(FileName=file_name, DocumentNumber=number, DocumentDate=day(on))


def reconciliation_file(act: Reconciliation, file_name: str) -> Metadata:
    """Of an акт сверки that goes as PDF; also of any other file with a number and a date (Nonformalized)."""
    return _filled(FileName=file_name, DocumentNumber=act.number, DocumentDate=day(act.date))


def _filled(**values: str) -> Metadata:
    return tuple((key, text) for key, value in values.items() if (text := plain(value)))


def fitted(metadata: Metadata, offer: KindOffer) -> Metadata:
    """What the operator takes of the metadata, once it has said what it takes.

    Raises:
        TitleError: it needs something that we do not have; then no document of this kind can go.
    """
    if missing := missing_metadata(metadata, offer):
        raise TitleError([f"оператору нужны сведения: {', '.join(missing)}"])
    return tuple((key, value) for key, value in metadata if key in offer.allowed)


def missing_metadata(metadata: Metadata, offer: KindOffer) -> tuple[str, ...]:
    """Keys that the operator needs and we do not give; empty when the kind can be sent."""
    return tuple(sorted(offer.required - {key for key, _ in metadata}))
