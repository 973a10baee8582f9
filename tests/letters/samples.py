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
    Contract,
    DocumentAgain,
    DocumentLine,
    EdoLine,
    EdoReminder,
    EdoReport,
    EdoSection,
    KindTotal,
    NumbersUsed,
    OrderedDocument,
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

RECONCILIATION = DocumentLine(
    kind=DocumentKind.RECONCILIATION,
    title="Акт сверки № 3 от 1 апреля 2026 г.",
    total=-450_000,
    file_name="Акт сверки № 3 от 01.04.2026.pdf",
)

ORDERED_DOCUMENT = OrderedDocument(
    customer="ООО «Ромашка»",
    document=INVOICE,
    pay_by=date(2026, 2, 11),
    page_url="https://crm.example/pay",
    seller_name="ООО «Простая CRM»",
)

DOCUMENT_AGAIN = DocumentAgain(
    customer="ООО «Ромашка»",
    document=ACT,
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
    edo_window="2025-Q4",
    edo=(("accepted", 1_004), ("delivered", 27), ("refused", 2)),
    edo_people=3,
)

EDO_REPORT = EdoReport(
    kind="invitations",
    period="2026-02",
    day=date(2026, 2, 21),
    totals=(("partners", 412), ("payers", 1203)),
    sections=(
        EdoSection(
            name="person",
            count=57,
            fresh=2,
            lines=(
                EdoLine(
                    who="ООО «Ромашка»",
                    inn="7707083893",
                    reason="several_boxes",
                    detail="b1a7d9e4-2c3f-4d5e-8f60-91a2b3c4d5e6 · ООО «РОМАШКА» · 773601001 · 2BM; "
                    "0f6a1c3e-5b7d-4a2c-9e11-7d3b6a5c4e21 · ООО «РОМАШКА» · 773601001 · 2BM",
                    fresh=True,
                ),
                EdoLine(
                    who="АО «Василёк»",
                    inn="7728168971",
                    reason="roaming_request_needed",
                    detail="Setting is required for document exchange. Apply for roaming on www.diadoc.ru/roaming",
                    fresh=True,
                ),
                EdoLine(who="ИП Петров П. П.", inn="500100732259", reason="entrepreneur_not_found"),
            ),
        ),
        EdoSection(
            name="refused",
            count=1,
            fresh=1,
            lines=(
                EdoLine(
                    who="ООО «Лютик»",
                    inn="7736207543",
                    since=date(2026, 2, 20),
                    reason="refused_by_them",
                    detail="Работаем на бумаге",
                    fresh=True,
                ),
            ),
        ),
        EdoSection(
            name="accepted",
            count=1,
            fresh=1,
            lines=(EdoLine(who="ООО «Пион»", inn="7704218694", since=date(2026, 2, 20), fresh=True),),
        ),
        EdoSection(
            name="waiting",
            count=2,
            lines=(
                EdoLine(who="ООО «Мак»", inn="7705552211", since=date(2025, 11, 20)),
                EdoLine(who="ООО «Астра»", inn="7806667787", since=date(2026, 1, 20)),
            ),
        ),
    ),
)

CONTRACT = Contract(
    customer="ООО «Ромашка»",
    document=DocumentLine(
        kind=DocumentKind.CONTRACT,
        title="Договор № Д-17/2026 от 2 апреля 2026 г.",
        total=0,
        file_name="Договор № Д-17-2026 от 02.04.2026 ООО Ромашка.pdf",
    ),
    page_url="https://crm.example/billing",
    seller_name="ООО «Закрывашка»",
)

LETTERS: dict[str, Context] = {
    "closing_documents": CLOSING_DOCUMENTS,
    "closing_documents_without_edo": replace(CLOSING_DOCUMENTS, documents=(ACT,), paid=550_000, balance=0, edo=False),
    "closing_documents_on_paper": replace(CLOSING_DOCUMENTS, edo=None),
    "closing_documents_with_reconciliation": replace(
        CLOSING_DOCUMENTS, month=Month(2026, 3), documents=(ACT, replace(RECONCILIATION, total=1_234_567_89))
    ),
    "ordered_document": ORDERED_DOCUMENT,
    "ordered_document_without_a_term": replace(ORDERED_DOCUMENT, document=RECONCILIATION, pay_by=None),
    "document_again": DOCUMENT_AGAIN,
    "contract": CONTRACT,
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
    "edo_report": EDO_REPORT,
    "edo_report_of_a_window": replace(
        EDO_REPORT, kind="sending", period="2026-Q1", totals=(), sections=(EdoSection(name="sent", count=3, fresh=3),)
    ),
}
