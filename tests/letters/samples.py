"""One of each letter, with the sums of the help page's own example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from billing.domain.documents import DocumentKind
from billing.domain.periods import Month
from billing.letters.contexts import (
    AccountLine,
    Accounts,
    AddressConfirmation,
    ClassSums,
    ClosingDocuments,
    Context,
    DocumentLine,
    EdoReminder,
    KindTotal,
    NumbersUsed,
    RunReport,
)

ACT = DocumentLine(
    kind=DocumentKind.ACT,
    title="Акт № 45 от 1 февраля 2026 г.",
    total=550_000,
    file_name="Акт № 45 от 01.02.2026.pdf",
)
INVOICE = DocumentLine(
    kind=DocumentKind.INVOICE,
    title="Счёт на оплату № 112 от 1 февраля 2026 г.",
    total=100_000,
    file_name="Счёт № 112 от 01.02.2026.pdf",
)

CLOSING_DOCUMENTS = ClosingDocuments(
    customer="ООО «Ромашка»",
    month=Month(2026, 1),
    documents=(ACT, INVOICE),
    paid=1_000_000,
    charged=550_000,
    acted=550_000,
    balance=450_000,
    edo=True,
    page_url="https://crm.example/pay",
    seller_name="ООО «Простая CRM»",
)

ADDRESS_CONFIRMATION = AddressConfirmation(
    customer="ООО «Ромашка»",
    confirm_url="https://crm.example/pay/confirm?token=abc&account=c-000123",
    days=3,
    seller_name="ООО «Простая CRM»",
)

EDO_REMINDER = EdoReminder(
    customer="ООО «Ромашка»",
    invited_on=date(2026, 1, 20),
    seller_name="ООО «Простая CRM»",
    seller_inn="7736207543",
    page_url="https://crm.example/pay",
)

RUN_REPORT = RunReport(
    month=Month(2026, 1),
    complete=True,
    scanned=1_203,
    closed=1_201,
    parked=Accounts(
        lines=(
            AccountLine(
                account="c-000417",
                reason="акт на 980 000,00 ₽ (ИНН 7707083893) больше обычного в 14 раз",
                detail="АО «Василёк»",
            ),
            AccountLine(account="c-000902", reason="актов в месяце 13, больше 12"),
        ),
        count=2,
    ),
    still_open=Accounts(),
    charged=812_345_067,
    sums=(
        ClassSums(money="BANK", paid=700_000_000, funded=600_000_000, acted=599_500_000, carried=500_000),
        ClassSums(money="CARD_LE", paid=150_000_000, funded=120_345_067, acted=120_345_067, carried=0),
        ClassSums(money="CARD_IND", paid=90_000_000, funded=80_000_000, acted=0, carried=0),
        ClassSums(money="BONUS", paid=12_000_000, funded=12_000_000, acted=0, carried=0),
    ),
    difference=0,
    documents=(
        KindTotal(kind="act", count=1_050, total=719_845_067),
        KindTotal(kind="invoice", count=311, total=98_000_000),
    ),
    numbers=(
        NumbersUsed(kind="act", year=2026, first=1, last=1_050, count=1_050),
        NumbersUsed(kind="invoice", year=2026, first=1, last=311, count=311),
    ),
    letters=(("delivered", 2_240), ("accepted", 12), ("bounced", 1), ("suppressed", 1)),
    blocked=Accounts(
        lines=(AccountLine(account="c-000733", reason="плательщик: КПП не указан", detail="акт"),), count=54
    ),
    nobody=Accounts(lines=(AccountLine(account="c-000015"),), count=1),
    undelivered=Accounts(
        lines=(
            AccountLine(account="c-000081", reason="bounced", detail="i***@mail.ru"),
            AccountLine(account="c-000120", reason="suppressed", detail="b***@romashka.example"),
        ),
        count=2,
    ),
)

LETTERS: dict[str, Context] = {
    "closing_documents": CLOSING_DOCUMENTS,
    "closing_documents_without_edo": replace(CLOSING_DOCUMENTS, documents=(ACT,), paid=550_000, balance=0, edo=False),
    "closing_documents_on_paper": replace(CLOSING_DOCUMENTS, edo=None),
    "run_report": RUN_REPORT,
    "run_report_that_does_not_tally": replace(
        RUN_REPORT,
        complete=False,
        closed=1_200,
        still_open=Accounts(lines=(AccountLine(account="c-001111"),), count=1),
        difference=1_200,
    ),
    "address_confirmation": ADDRESS_CONFIRMATION,
    "edo_reminder": EDO_REMINDER,
}
