"""The page «Оплата» as a client's people read it: five tabs, one document, one payment, an archive."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response

from billing.api.guard import Routes
from billing.api.page_archive import archive_shown
from billing.api.page_frames import answered, frame_of
from billing.api.page_lists import documents_tab
from billing.api.page_operator import first_page
from billing.api.page_views import document_page, notifications_tab, payment_page, statistics_tab
from billing.domain.access import CLIENTS, Role
from billing.domain.documents import DocumentKind

routes = Routes()


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
    return answered(documents_tab(kind, account, frame_of(routes, account), routes.query))


@routes.on("GET", "/page/statistics", may=CLIENTS, include_in_schema=False)
def statistics() -> Response[Any]:
    account = routes.account
    return answered(statistics_tab(account, frame_of(routes, account), routes.query))


@routes.on("GET", "/page/notifications", may=CLIENTS, include_in_schema=False)
def notifications() -> Response[Any]:
    return answered(notifications_tab(routes.account, frame_of(routes, routes.account)))


@routes.on("GET", "/page/documents/<id>", may=CLIENTS, include_in_schema=False)
def document(id: str) -> Response[Any]:
    return answered(document_page(routes.account, id, frame_of(routes, routes.account)))


@routes.on("GET", "/page/payment", may=CLIENTS, include_in_schema=False)
def payment() -> Response[Any]:
    key = routes.query.text("key")
    return answered(payment_page(routes.account, key, frame_of(routes, routes.account)))


@routes.on("GET", "/page/archive", may=CLIENTS, include_in_schema=False)
def archive() -> Response[Any]:
    return archive_shown(routes.account, frame_of(routes, routes.account), routes.query)
