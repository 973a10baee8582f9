"""What a document is called: by letters and lists as on the paper itself."""

from __future__ import annotations

from typing import assert_never

from billing.domain.documents import Act, Agreement, Document, Invoice, Reconciliation
from billing.domain.wording import long_date


def title(document: Document) -> str:
    """«Акт № 45 от 1 февраля 2026 г.»; without a number as long as there is none."""
    number = f" № {document.number}" if document.number else ""
    return f"{_name(document)}{number} от {long_date(document.date)}"


def _name(document: Document) -> str:
    match document:
        case Act():
            return "Акт"
        case Invoice():
            return "Счёт на оплату"
        case Reconciliation():
            return "Акт сверки"
        case Agreement():
            return "Договор"
        case _:
            assert_never(document)
