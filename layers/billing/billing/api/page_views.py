"""The tabs and pages that are no lists, each made of what its use case tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

from billing import wiring
from billing.api.page_told import act_row, address_row, document_row, letter_row
from billing.api.reasons import said_in
from billing.api.sent import Sent
from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.errors import InvalidInputError, NotFoundError
from billing.domain.parties import masked
from billing.domain.periods import Month
from billing.domain.statistics import MONTHS_MAX
from billing.page.contexts import DocumentPage, NotificationsTab, PaymentPage, StatisticsTab
from billing.page.frame import Frame
from billing.page.periods import statistics_spans
from billing.usecases.documents_api import document_told
from billing.usecases.explain import explain_act, explain_payment
from billing.usecases.notifications import notifications_of
from billing.usecases.send_again import addressees
from billing.usecases.statistics import statistics_of

MONTHS_BACK = 36  # that may be chosen
MONTHS_SHOWN = 12  # when nobody has chosen any


def document_page(account: str, id: str, frame: Frame, *, wrong: tuple[str, ...] = ()) -> DocumentPage:
    """Raises:
    NotFoundError: the account has no such document.
    """
    outside = wiring.outside()
    document = document_told(account, id, outside, full=frame.may_manage or frame.operator)
    explained = None
    if document.kind is DocumentKind.ACT and document.status is DocumentStatus.READY:
        with suppress(NotFoundError):
            explained = explain_act(account, id, outside)
    return DocumentPage(
        frame=frame,
        document=document_row(document, frame.language),
        letters=tuple(letter_row(letter) for letter in document.letters),
        addresses=_named(addressees(account, outside), frame) if frame.may_order else (),
        warnings=tuple(said_in(frame.language, warning) for warning in document.warnings),
        sha256=document.sha256,
        explained=explained,
        wrong=wrong,
    )


def _named(addresses: Mapping[str, str], frame: Frame) -> tuple[tuple[str, str], ...]:
    """Return each address as a form names it and as the reader sees it: whole, or masked."""
    return tuple((digest, a if frame.may_manage else masked(a)) for digest, a in addresses.items())


def payment_page(account: str, key: str, frame: Frame) -> PaymentPage:
    """Raises:
    NotFoundError: the account has no such payment.
    """
    if not re.fullmatch("[!-~]{1,200}", key):  # as the senders of payments name them
        raise NotFoundError("такой оплаты нет")
    explained = explain_payment(account, key, wiring.outside())
    return PaymentPage(frame=frame, explained=explained, acts=tuple(act_row(act) for act in explained.acts))


def statistics_tab(account: str, frame: Frame, query: Sent) -> StatisticsTab:
    """The months of the query, or the last twelve; months that do not fit are said to be wrong."""
    now = Month.of(frame.today)
    first = _month(query.text("first")) or now.plus(1 - MONTHS_SHOWN)
    last = _month(query.text("last")) or now
    wrong: tuple[str, ...] = ()
    if not first <= last < first.plus(MONTHS_MAX):
        first, last, wrong = now.plus(1 - MONTHS_SHOWN), now, ("months",)
    statistics = None
    with suppress(NotFoundError):
        statistics = statistics_of(account, first, last, wiring.outside(), today=frame.today)
    return StatisticsTab(
        frame=frame,
        statistics=statistics,
        first=first,
        last=last,
        months=tuple(now.plus(-n) for n in range(MONTHS_BACK)),
        spans=statistics_spans(frame.today, frame.language),
        wrong=wrong,
    )


def _month(text: str) -> Month | None:
    with suppress(InvalidInputError):
        return Month.parse(text) if text else None
    return None


def notifications_tab(account: str, frame: Frame) -> NotificationsTab:
    """Raises:
    NotFoundError: there is no such client.
    """
    settings = notifications_of(account, wiring.outside(), full=frame.may_manage)
    return NotificationsTab(
        frame=frame,
        administrators=tuple(map(address_row, settings.administrators)),
        added=tuple(map(address_row, settings.added)),
        reconciliation=settings.reconciliation,
        version=settings.version,
        malformed=settings.malformed,
    )
