"""Name the rows of an акт сверки, for our books and for the buyer's."""

from __future__ import annotations

from billing.domain.documents import Operation, ReconciliationRow
from billing.domain.money import NBSP
from billing.domain.wording import short_date

_OPERATIONS = {
    Operation.SALE: "Продажа",
    Operation.PAYMENT: "Оплата",
    Operation.CARD_PAYMENT: "Оплата картой",
    Operation.REFUND: "Возврат оплаты",
    Operation.CHARGEBACK: "Отзыв платежа банком",
    Operation.PAYER_CORRECTED: "Исправление плательщика",
}


def operation_text(row: ReconciliationRow, *, buyers: bool = False, dated: bool = False) -> str:
    """Name the operation, «Продажа (Акт № 45)», or in the buyer's books «Приход (Акт № 45)».

    The date of the document stands where it is another than the row's, or where all are `dated`.
    """
    what = "Приход" if buyers and row.operation is Operation.SALE else _OPERATIONS[row.operation]
    if not row.number:
        return what
    of = "Акт " if row.operation is Operation.SALE else "" if row.by_card else "п/п "
    is_other = row.document_date != row.date
    on = f" от {short_date(row.document_date)}" if row.document_date and (dated or is_other) else ""
    return f"{what} ({of}№{NBSP}{row.number}{on})"


def document_name(row: ReconciliationRow) -> str:
    """Return the full name of the document of a row."""
    if row.operation is Operation.SALE:
        return "Акт об оказании услуг"
    if not row.number:
        return _OPERATIONS[row.operation]
    return "Оплата картой" if row.by_card else "Платёжное поручение"
