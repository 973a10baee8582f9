"""The page «Оплата» as a client's people read it: five tabs, one document, one payment, an archive."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from billing import wiring
from billing.api.documents import to
from billing.api.guard import Routes
from billing.api.page_asked import query_of
from billing.api.page_frames import answered, frame_of, today
from billing.api.page_lists import documents_tab, filter_of
from billing.api.page_operator import first_page
from billing.api.page_views import document_page, notifications_tab, payment_page, statistics_tab
from billing.domain.access import CLIENTS, Role
from billing.domain.documents import DocumentKind
from billing.domain.errors import InvalidInputError, NotFoundError
from billing.page.addresses import Addresses
from billing.page.contexts import ArchivePage
from billing.usecases.archive import FAILED, READY, order_archive
from billing.usecases.documents_api import LINK_SECONDS

routes = Routes()
LONG_AGO = date(2000, 1, 1)


@routes.on("GET", "/", may=set(Role), include_in_schema=False)
def home() -> Response[Any]:
    """The first tab; for an operator the runs."""
    if routes.caller.role is Role.OPERATOR:
        return answered(first_page(routes))
    return _list(DocumentKind.INVOICE)


@routes.on("GET", "/page/invoices", may=CLIENTS, include_in_schema=False)
def invoices() -> Response[Any]:
    return _list(DocumentKind.INVOICE)


@routes.on("GET", "/page/acts", may=CLIENTS, include_in_schema=False)
def acts() -> Response[Any]:
    return _list(DocumentKind.ACT)


@routes.on("GET", "/page/reconciliations", may=CLIENTS, include_in_schema=False)
def reconciliations() -> Response[Any]:
    return _list(DocumentKind.RECONCILIATION)


def _list(kind: DocumentKind) -> Response[Any]:
    account = routes.account
    return answered(documents_tab(kind, account, frame_of(routes, account), query_of(routes)))


@routes.on("GET", "/page/statistics", may=CLIENTS, include_in_schema=False)
def statistics() -> Response[Any]:
    account = routes.account
    return answered(statistics_tab(account, frame_of(routes, account), query_of(routes)))


@routes.on("GET", "/page/notifications", may=CLIENTS, include_in_schema=False)
def notifications() -> Response[Any]:
    return answered(notifications_tab(routes.account, frame_of(routes, routes.account)))


@routes.on("GET", "/page/documents/<id>", may=CLIENTS, include_in_schema=False)
def document(id: str) -> Response[Any]:
    return answered(document_page(routes.account, id, frame_of(routes, routes.account)))


@routes.on("GET", "/page/payment", may=CLIENTS, include_in_schema=False)
def payment() -> Response[Any]:
    key = query_of(routes).text("key")
    return answered(payment_page(routes.account, key, frame_of(routes, routes.account)))


@routes.on("GET", "/page/archive", may=CLIENTS, include_in_schema=False)
def archive() -> Response[Any]:
    """The ZIP itself as soon as it is there; else a page that says when to look again."""
    account, query, outside = routes.account, query_of(routes), wiring.outside()
    frame = frame_of(routes, account)
    kind, days = _kind(query.text("kind")), filter_of(query, frame.language)
    first, last = days.first or LONG_AGO, days.last or today()
    again = Addresses().archive(kind=kind, first=days.first, last=days.last)
    try:
        found = order_archive(account, kind=kind, first=first, last=last, outside=outside)
    except NotFoundError:
        return answered(ArchivePage(frame=frame, kind=kind, documents=0))
    if found.state == READY:
        link = outside.files.link(
            found.file,
            file_name=found.file_name,
            content_type="application/zip",
            seconds=LINK_SECONDS,
            inline=False,
        )
        return to(link, HTTPStatus.FOUND)
    failed = found.state == FAILED
    return answered(ArchivePage(frame=frame, kind=kind, documents=found.documents, failed=failed, again=again))


def _kind(text: str) -> DocumentKind | None:
    if text and text not in set(DocumentKind):
        raise InvalidInputError("документов такого вида нет")
    return DocumentKind(text) if text else None
