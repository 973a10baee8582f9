"""One of each letter, with the sums of the help page's own example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from billing.domain.documents import DocumentKind
from billing.domain.periods import Month
from billing.domain.wording import long_date, month_name
from billing.letters.contexts import (
    AddressConfirmation,
    ClosingDocuments,
    Context,
    Contract,
    DocumentAgain,
    DocumentLine,
    EdoLine,
    EdoReminder,
    EdoReport,
    EdoSection,
    EdoUnsigned,
    OrderedDocument,
    UnsignedDocument,
)
from billing.letters.contexts_report import (
    AccountLine,
    Accounts,
    ActedByClass,
    Charges,
    KindTotal,
    PaidByClass,
    RunReport,
    Series,
    SinceEver,
    VatByRate,
)

ACT = DocumentLine(
    kind=DocumentKind.ACT,
    title=f"Акт № 45 от {long_date(date(2026, 2, 1))}",
    total=550_000,
    file_name="Акт № 45 от 01.02.2026.pdf",
)
INVOICE = DocumentLine(
    kind=DocumentKind.INVOICE,
    title=f"Счёт на оплату № 112 от {long_date(date(2026, 2, 1))}",
    total=100_000,
    file_name="Счёт № 112 от 01.02.2026.pdf",
    parts=((f"Аванс за {month_name(Month(2026, 2))}", 100_000),),
    pay_by=date(2026, 2, 11),
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
    originals_by=date(2026, 4, 5),
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

EDO_UNSIGNED = EdoUnsigned(
    customer="ООО «Ромашка»",
    again=False,
    documents=(
        UnsignedDocument(title="акт № 1", delivered_on=date(2026, 4, 2)),
        UnsignedDocument(title="акт № 12", delivered_on=date(2026, 4, 4)),
    ),
    seller_name="ООО «Простая CRM»",
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
    holds=True,
    parked_charged=98_000_000,
    parked_paid=98_000_000,
    charges=Charges(
        unpaid_before=3_000_000,
        charged=813_345_067,
        reversed=1_000_000,
        withdrawn=500_000,
        paid=812_345_067,
        unpaid_after=3_500_000,
        unacted=1_200_000,
    ),
    came=(("BANK", 700_000_000), ("CARD_LE", 150_000_000), ("CARD_IND", 90_000_000), ("BONUS", 12_000_000)),
    paid=(
        PaidByClass(money="BANK", of_month=598_000_000, earlier=2_000_000),
        PaidByClass(money="CARD_LE", of_month=120_345_067, earlier=0),
        PaidByClass(money="CARD_IND", of_month=79_000_000, earlier=1_000_000),
        PaidByClass(money="BONUS", of_month=12_000_000, earlier=0),
    ),
    acts=(
        ActedByClass(
            money="BANK",
            paid=600_000_000,
            again=-1_000_000,
            carried_in=-200_000,
            carried_out=700_000,
            acted=599_500_000,
        ),
        ActedByClass(money="CARD_LE", paid=120_345_067, again=0, carried_in=0, carried_out=0, acted=120_345_067),
        ActedByClass(money="CREDIT", paid=2_300_000, again=0, carried_in=0, carried_out=0, acted=2_300_000),
    ),
    vat=(
        VatByRate(rate="22", issued=700_000_000, issued_vat=126_229_508, whole=702_145_067, whole_vat=126_616_324),
        VatByRate(rate="none", issued=17_845_067, issued_vat=0, whole=20_000_000, whole_vat=0),
    ),
    past=(VatByRate(rate="20", whole=600_000, whole_vat=100_000),),
    ever=SinceEver(debits=8_422_145_067, acted=8_422_845_067, not_acted=-700_000),
    documents=(
        KindTotal(kind="act", count=1_050, total=717_845_067, waiting=2, waiting_total=4_300_000),
        KindTotal(kind="invoice", count=311, total=98_000_000),
    ),
    series=(Series(name="act.2026", last=1_050), Series(name="invoice.2026", last=311)),
    letters=(("delivered", 2_240), ("accepted", 12), ("bounced", 1), ("suppressed", 1)),
    blocked=Accounts(
        lines=(
            AccountLine(
                account="c-000733",
                reason="плательщик: КПП не указан",
                detail="2026-01.act.7704218694.0: 4 000,00 ₽",
            ),
        ),
        count=2,
    ),
    carried=Accounts(
        lines=(AccountLine(account="c-000310", reason="−7 000,00 ₽", detail="ИНН 7707083893, с декабря 2025 г."),),
        count=1,
    ),
    unacted=Accounts(lines=(AccountLine(account="c-000107", reason="12 000,00 ₽"),), count=1),
    by_others=Accounts(lines=(AccountLine(account="c-000114", reason="1 000,00 ₽", detail="CARD_IND"),), count=1),
    late=Accounts(
        lines=(AccountLine(account="c-000121", reason="№ 45 от 01.02.2026 выпущен после документа от 01.03.2026"),),
        count=1,
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
        holds=False,
        wrong=Accounts(
            lines=(
                AccountLine(
                    account="c-000001",
                    reason="ИНН 7707083893: с начала учёта в актах 2 000,00 ₽, по журналу должно быть 1 000,00 ₽",
                ),
            ),
            count=1,
        ),
    ),
    "address_confirmation": ADDRESS_CONFIRMATION,
    "edo_reminder": EDO_REMINDER,
    "edo_reminder_again": replace(EDO_REMINDER, again=True),
    "edo_unsigned": EDO_UNSIGNED,
    "edo_unsigned_again": replace(EDO_UNSIGNED, again=True),
    "edo_report": EDO_REPORT,
    "edo_report_of_a_window": replace(
        EDO_REPORT, kind="sending", period="2026-Q1", totals=(), sections=(EdoSection(name="sent", count=3, fresh=3),)
    ),
}
