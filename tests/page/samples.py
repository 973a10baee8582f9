"""A client's pages as they may be: every state of a document, every tab, every kind of trouble."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.edo_reasons import Reason as EdoReason
from billing.domain.explain import (
    ActExplained,
    ActPart,
    Evidence,
    Part,
    PaymentExplained,
    Place,
    Reason,
    Why,
)
from billing.domain.periods import Month
from billing.domain.statistics import DayStatistics, MonthStatistics, ServiceSum, Statistics, Totals
from billing.page.addresses import Addresses
from billing.page.contexts import (
    AddressRow,
    ArchivePage,
    Context,
    DocumentPage,
    DocumentRow,
    DocumentsTab,
    EdoAt,
    Filter,
    InvoiceForm,
    LetterRow,
    NotificationsTab,
    PaymentPage,
    ReconciliationForm,
    StatisticsTab,
)
from billing.page.contexts_operator import (
    FindingRow,
    ForPersonRow,
    LeftRow,
    OperatorPage,
    ParkedRow,
    PayerSaid,
    PreflightShown,
    RunRow,
    UnsignedRow,
    UnsignedShown,
    UntakenRow,
    WindowShown,
)
from billing.page.contexts_public import ConfirmPage, EnterPage, MessagePage, StopPage
from billing.page.frame import Frame, Notice, Payer
from billing.page.language import Language
from billing.page.periods import document_spans, reconciliation_spans, statistics_spans

TODAY = date(2026, 2, 10)
JANUARY = Month(2026, 1)
CRM = "Доступ к CRM, тариф «6–10 сотрудников»"
NORTH, SOUTH = Payer(inn="9999001045", name="ООО «Дуэт-Север»"), Payer(inn="9999002046", name="ООО «Дуэт-Юг»")
INVOICE, ACT, RECONCILIATION = DocumentKind.INVOICE, DocumentKind.ACT, DocumentKind.RECONCILIATION


def frame(language: Language = Language.RU, **over: object) -> Frame:
    usual = Frame(
        language=language,
        today=TODAY,
        client="Группа «Дуэт»",
        balance=450_000,
        runs_out=date(2026, 2, 14),
        may_order=True,
        may_manage=True,
        csrf="c" * 32,
        order="o" * 32,
    )
    return replace(usual, **over)  # type: ignore[arg-type]


def row(kind: DocumentKind = ACT, number: str = "45", **over: object) -> DocumentRow:
    usual = DocumentRow(
        id=f"2026-01.{kind}.9999001045.{number}",
        kind=kind,
        number=number,
        date=date(2026, 2, 1),
        month=JANUARY,
        buyer=NORTH.name,
        total=550_000,
        status=DocumentStatus.READY,
        letter="delivered",
    )
    return replace(usual, **over)  # type: ignore[arg-type]


def rows(kind: DocumentKind) -> tuple[DocumentRow, ...]:
    """One in each state that people meet."""
    days = {"first": date(2026, 1, 1), "last": date(2026, 3, 31)} if kind is RECONCILIATION else {}
    return tuple(replace(row, **days) for row in _states(kind))


def _states(kind: DocumentKind) -> tuple[DocumentRow, ...]:
    day = date(2026, 4, 3)
    return (
        row(kind, "", status=DocumentStatus.DECIDED, letter=""),
        row(kind, "", status=DocumentStatus.BLOCKED, letter="", problems=("нет КПП",), buyer=SOUTH.name),
        row(kind, "51", letter="queued"),
        row(kind, "50", total=1_234_567_890, letter="delivered", edo=EdoAt(stage="accepted", since=day)),
        row(kind, "49", letter="bounced", code="Transient/MailboxFull", edo=EdoAt(stage="sent", since=day)),
        row(kind, "48", edo=EdoAt(stage="refused", since=day, text="не тот договор"), buyer=SOUTH.name),
        row(kind, "47", letter="nobody"),
        row(kind, "46", letter="", status=DocumentStatus.VOID),
        row(kind, "45", edo=EdoAt(stage="delivered", since=day), total=-100_000),
    )


def documents(kind: DocumentKind, language: Language = Language.RU, **over: object) -> DocumentsTab:
    usual = DocumentsTab(
        frame=frame(language),
        kind=kind,
        documents=rows(kind),
        filter=Filter(spans=document_spans(TODAY, language)),
        payers=(NORTH, SOUTH),
        next="cursor",
        acts_on=date(2026, 3, 1),
        invoice=InvoiceForm(debt=120_000, next_month=550_000, round=(1_000_000,)) if kind is INVOICE else None,
        reconciliation=ReconciliationForm(spans=reconciliation_spans(TODAY, language))
        if kind is RECONCILIATION
        else None,
    )
    return replace(usual, **over)  # type: ignore[arg-type]


# --- where money went --------------------------------------------------------------------------------------------


def evidence() -> Evidence:
    return Evidence(
        id="2026-01.act.9999001045.0",
        kind="act",
        month="2026-01",
        payer=NORTH.inn,
        number="45",
        date=date(2026, 2, 1),
        status=DocumentStatus.READY,
        total=550_000,
        file="docs/c-000104/2026-01.act.9999001045.0.pdf",
        sha256="ab" * 32,
        letters=(),
    )


def _days(n: int) -> list[date]:
    return [date(2026, 1, 1) + timedelta(days=i) for i in range(n)]


def act_explained() -> ActExplained:
    parts = [
        ActPart(
            amount=17_742 if day.day < 31 else 17_740,
            money="BANK",
            payment="bank:c-000104:2026-01-12:1",
            paid_on=date(2026, 1, 12),
            document="п/п № 77 от 12.01.2026",
            charge=f"charge:{day}",
            day=day,
            title=CRM,
            month="2026-01",
            line=1,
        )
        for day in _days(31)
    ]
    return ActExplained(
        evidence=evidence(),
        parts=tuple(parts),
        paid=1_000_000,
        from_paid=(Reason(why=Why.NOT_SPENT, amount=-450_000),),
        charged=600_000,
        from_charged=(Reason(why=Why.OTHER_MONEY, amount=-50_000),),
        month=JANUARY,
    )


def payment_explained() -> PaymentExplained:
    spent = [
        Part(
            place=Place.ACT,
            amount=17_742 if day.day < 31 else 17_740,
            charge=f"charge:{day}",
            day=day,
            title=CRM,
            month="2026-01",
            act="2026-01.act.9999001045.0",
            line=1,
        )
        for day in _days(31)
    ]
    return PaymentExplained(
        key="bank:c-000104:2026-01-12:1",
        day=date(2026, 1, 12),
        amount=1_000_000,
        document="п/п № 77 от 12.01.2026",
        money="BANK",
        payer=NORTH.inn,
        was=None,
        parts=(*spent, Part(place=Place.UNSPENT, amount=450_000)),
        owed_again=0,
        acts=(evidence(),),
    )


def document(kind: DocumentKind = ACT, language: Language = Language.RU, **over: object) -> DocumentPage:
    usual = DocumentPage(
        frame=frame(language),
        document=row(kind),
        letters=(
            LetterRow(address="anna@duet.example", status="delivered", at=date(2026, 2, 2)),
            LetterRow(address="buh@duet.example", status="bounced", at=date(2026, 2, 2), code="Transient/MailboxFull"),
        ),
        addresses=(("d1", "anna@duet.example"), ("d2", "buh@duet.example")),
        warnings=("списано, но не закрыто актами: 500,00 ₽",) if kind is RECONCILIATION else (),
        sha256="ab" * 32,
        explained=act_explained() if kind is ACT else None,
    )
    return replace(usual, **over)  # type: ignore[arg-type]


# --- statistics --------------------------------------------------------------------------------------------------


def statistics() -> Statistics:
    """January: 10 000 paid, 5 500 charged; ten days of February at 200."""
    days, balance = [], 0
    for n in range(41):
        day = date(2026, 1, 1) + timedelta(days=n)
        paid = 1_000_000 if day == date(2026, 1, 12) else 0
        charged = 20_000 if day.month == 2 else 17_742 if day.day < 31 else 17_740
        balance += paid - charged
        days.append(DayStatistics(day=day, paid=paid, charged=charged, returned=0, reversed=0, balance=balance))
    services = (ServiceSum(code="crm", title=CRM, amount=750_000, quantity=41_000_000),)
    usual = {"reversed": 0, "refunded": 0, "charged_back": 0}
    return Statistics(
        first=JANUARY,
        last=Month(2026, 2),
        balance=250_000,
        months=(
            MonthStatistics(
                month=JANUARY,
                closed=True,
                opening=0,
                closing=450_000,
                paid=(("BANK", 1_000_000),),
                charged=550_000,
                funded=(("BANK", 550_000),),
                acted=550_000,
                **usual,
            ),
            MonthStatistics(
                month=Month(2026, 2),
                closed=False,
                opening=450_000,
                closing=250_000,
                paid=(),
                charged=200_000,
                funded=(("BANK", 200_000),),
                acted=0,
                **usual,
            ),
        ),
        days=tuple(days),
        totals=Totals(
            opening=0,
            closing=250_000,
            paid=(("BANK", 1_000_000),),
            charged=750_000,
            acted=550_000,
            services=services,
            **usual,
        ),
        runs_out=date(2026, 2, 22),
    )


def statistics_tab(language: Language = Language.RU, **over: object) -> StatisticsTab:
    usual = StatisticsTab(
        frame=frame(language),
        statistics=statistics(),
        first=JANUARY,
        last=Month(2026, 2),
        months=tuple(Month(2026, 2).plus(-n) for n in range(24)),
        spans=statistics_spans(TODAY, language),
    )
    return replace(usual, **over)  # type: ignore[arg-type]


# --- the rest ----------------------------------------------------------------------------------------------------


def notifications(language: Language = Language.RU, **over: object) -> NotificationsTab:
    usual = NotificationsTab(
        frame=frame(language),
        administrators=(
            AddressRow(address="anna@duet.example", letter="delivered", at=date(2026, 2, 2)),
            AddressRow(address="old@duet.example", letter="bounced", code="Permanent/NoEmail", at=date(2026, 2, 2)),
            AddressRow(address="new@duet.example"),
        ),
        added=(
            AddressRow(address="buh@out.example", kinds=(ACT, INVOICE), letter="delivered", at=date(2026, 2, 2)),
            AddressRow(address="later@out.example", kinds=(ACT,), confirmed=False),
        ),
        reconciliation=True,
        version=3,
    )
    return replace(usual, **over)  # type: ignore[arg-type]


def operator() -> OperatorPage:
    return OperatorPage(
        frame=frame(
            Language.RU, client="", balance=None, runs_out=None, may_order=False, may_manage=False, operator=True
        ),
        runs=(
            RunRow(month=Month(2026, 2), state="running", started=date(2026, 3, 2)),
            RunRow(
                month=JANUARY,
                state="done",
                started=date(2026, 2, 2),
                ended=date(2026, 2, 2),
                documents=33,
                acted=14_110_000,
                parked=1,
            ),
        ),
        people=(
            ForPersonRow(
                reason=EdoReason.SEVERAL_BOXES.text,
                remedy=EdoReason.SEVERAL_BOXES.remedy,
                detail="ООО «Дуэт-Север»",
                since=date(2026, 2, 3),
                account="c-000104",
                payer=PayerSaid(inn=NORTH.inn, kpp="999901001", roaming_request="needed"),
            ),
            ForPersonRow(
                reason=EdoReason.REFUSED.text,
                remedy=EdoReason.REFUSED.remedy,
                detail="Не та сумма",
                since=date(2026, 2, 4),
                account="c-000104",
                document="2026-01.act.9999001045.45",
                name="ООО «Дуэт-Север»",
                title="акт № 45",
                button="seen",
            ),
            ForPersonRow(reason=EdoReason.OPERATOR_REFUSES_US.text, remedy=EdoReason.OPERATOR_REFUSES_US.remedy),
        ),
        more_people=True,
        parked=(ParkedRow(account="c-000104", month=JANUARY, reason="слишком много строк", at=date(2026, 2, 2)),),
        untaken=(UntakenRow(account="", key="", reason="сообщение не читается", at=date(2026, 2, 9)),),
        preflight=PreflightShown(
            window="2026-Q1",
            day=date(2026, 3, 25),
            done=False,
            ready=30,
            not_ready=1,
            counts=((EdoReason.NOT_PARTNERS.text, 1),),
            lines=(left_row(),),
            findings=(
                FindingRow(severity="stop", reason=EdoReason.NO_SIGNER.text, remedy=EdoReason.NO_SIGNER.remedy),
                FindingRow(severity="warn", reason=EdoReason.CERTIFICATE_LAPSES.text, detail="2025-12-01"),
            ),
        ),
        window=WindowShown(
            window="2026-Q1",
            stages=(("delivered", 20), ("accepted", 9)),
            left=1,
            counts=((EdoReason.NOT_PARTNERS.text, 1),),
            lines=(left_row(),),
            at=date(2026, 4, 2),
        ),
        unsigned=UnsignedShown(
            total=20,
            day=date(2026, 4, 20),
            lines=(
                UnsignedRow(
                    account="c-000104",
                    document="2026-01.act.9999001045.45",
                    who="ООО «Дуэт-Север»: акт № 45",
                    since=date(2026, 4, 2),
                    days=18,
                ),
            ),
        ),
    )


def left_row() -> LeftRow:
    return LeftRow(
        account="c-000104",
        document="2026-01.act.9999002046.46",
        who="ООО «Дуэт-Юг»: акт № 46",
        reason=EdoReason.NOT_PARTNERS.text,
    )


def operator_at_rest() -> OperatorPage:
    """Nothing was closed yet, and nothing waits."""
    return OperatorPage(frame=operator().frame, runs=())


def pages(language: Language) -> dict[str, Context]:
    """Every page by a name, for whoever looks at all of them."""
    nobody = Frame(language=language, today=TODAY)
    reader = frame(language, may_manage=False)
    ours = frame(
        language, operator=True, account="c-000104", may_order=False, may_manage=False, addresses=Addresses("c-000104")
    )
    filter = Filter(first=date(2026, 1, 1), last=date(2026, 3, 31), spans=document_spans(TODAY, language))
    return {
        "invoices": documents(INVOICE, language),
        "acts": documents(ACT, language),
        "reconciliations": documents(RECONCILIATION, language),
        "statistics": statistics_tab(language),
        "notifications": notifications(language),
        "act": document(ACT, language),
        "invoice": document(INVOICE, language),
        "reconciliation": document(RECONCILIATION, language),
        "payment": PaymentPage(
            frame=frame(language), explained=payment_explained(), acts=(row(id="2026-01.act.9999001045.0"),)
        ),
        "invoices of an accountant": documents(INVOICE, language, frame=reader),
        "notifications of an accountant": notifications(language, frame=reader),
        "acts for an operator": documents(ACT, language, frame=ours),
        "invoices with a wrong sum": documents(
            INVOICE, language, invoice=InvoiceForm(debt=120_000, amount="много", wrong=("amount", "payer"))
        ),
        "reconciliations with wrong days": documents(
            RECONCILIATION,
            language,
            reconciliation=ReconciliationForm(
                spans=reconciliation_spans(TODAY, language), first="2026-03-01", last="2026-01-01", wrong=("first",)
            ),
        ),
        "notifications with a wrong address": notifications(language, typed_text="anna@", wrong=("address", "kinds")),
        "no invoices": documents(INVOICE, language, documents=(), next=""),
        "no acts": documents(ACT, language, documents=(), next=""),
        "no reconciliations": documents(RECONCILIATION, language, documents=(), next=""),
        "no statistics": statistics_tab(language, statistics=None),
        "nobody to notify": notifications(language, administrators=(), added=()),
        "nothing found": documents(ACT, language, documents=(), filter=filter, next=""),
        "a debt": documents(ACT, language, frame=frame(language, balance=-120_000, runs_out=TODAY)),
        "ordered": documents(
            INVOICE,
            language,
            frame=frame(
                language,
                notice=Notice(
                    word="made_invoice", values=(("number", "46"), ("sum", "5 500,00 ₽")), document="2026-02-10.invoice"
                ),
            ),
        ),
        "a failed archive": ArchivePage(
            frame=frame(language), kind=ACT, documents=12, failed=True, again="/page/archive"
        ),
        "an empty archive": ArchivePage(frame=frame(language), kind=ACT, documents=0),
        "an archive being made": ArchivePage(frame=frame(language), kind=ACT, documents=1200, again="/"),
        "confirm": ConfirmPage(frame=nobody, state="ask", token="t"),
        "confirmed": ConfirmPage(frame=nobody, state="done"),
        "confirmed too late": ConfirmPage(frame=nobody, state="stale"),
        "a link to another client": EnterPage(
            frame=frame(language, client=""), token="t", now="ООО «Ромашка»", then="ООО «Дуэт»"
        ),
        "stop the letters": StopPage(frame=nobody, state="ask", token="c-000001.x"),
        "stopped": StopPage(frame=nobody, state="done"),
        "stopped before": StopPage(frame=nobody, state="stale"),
        "no session": MessagePage(frame=nobody, heading="no_session", text="no_session_text"),
        "not found": MessagePage(frame=frame(language), heading="not_found", text="not_found_text", back="/"),
        "operator": operator(),
        "operator at rest": operator_at_rest(),
    }
