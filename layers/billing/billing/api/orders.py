"""What a client's people order: invoices, acts of reconciliation, another letter, an archive."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from billing import wiring
from billing.api.archives import to_zip
from billing.api.documents import document_shown
from billing.api.guard import JSON, Routes
from billing.api.models import Document
from billing.api.models_orders import (
    Archive,
    ArchiveAsked,
    InvoiceAsked,
    Key,
    LetterQueued,
    LettersAsked,
    ReconciliationAsked,
)
from billing.domain.access import CLIENTS, Role
from billing.domain.documents import DocumentStatus
from billing.usecases.archive import archive_of, order_archive
from billing.usecases.documents_api import document_told
from billing.usecases.send_again import send_again

routes = Routes()


@routes.on("POST", "/invoices", may=CLIENTS, summary="An invoice for any sum", status_code=201)
def invoice(asked: InvoiceAsked, key: Key) -> Response[Document]:
    from billing.usecases.orders import order_invoice  # what draws papers loads long, and few calls order any

    account, caller = routes.account, routes.caller
    made = order_invoice(
        account, amount=asked.kopecks, payer=asked.payer, key=key, outside=wiring.outside(), user=caller.user
    )
    return _made(account, made.id)


@routes.on(
    "POST", "/reconciliations", may=CLIENTS, summary="An act of reconciliation for any days", status_code=201
)
def reconciliation(asked: ReconciliationAsked, key: Key) -> Response[Document]:
    """201 with the document; 202 when it is so long that a worker makes it."""
    from billing.usecases.orders import order_reconciliation

    account, caller = routes.account, routes.caller
    made = order_reconciliation(
        account,
        payer=asked.payer,
        first=asked.first,
        last=asked.last,
        mirrored=asked.mirrored,
        key=key,
        outside=wiring.outside(),
        user=caller.user,
    )
    return _made(account, made.id)


@routes.on(
    "POST",
    "/documents/<id>/letters",
    may=CLIENTS,
    summary="Sends the document again, to one address or to all",
    status_code=202,
)
def letters(id: str, asked: LettersAsked, key: Key) -> LetterQueued:
    """The same key again is the same letter."""
    outside = wiring.outside()
    known = document_told(routes.account, id, outside)
    letter = send_again(routes.account, known.id, addresses=asked.addresses, key=key, outside=outside)
    return LetterQueued(letter=letter)


@routes.on("GET", "/documents/archive", may=CLIENTS, summary="Where a ZIP of documents is, or will be", status_code=302)
def archive(asked: Annotated[ArchiveAsked, Query()]) -> Response[Archive | None]:
    return archived(routes.account, asked)


@routes.on("GET", "/archives/<archive>", may=CLIENTS, summary="Where an archive that was ordered is", status_code=302)
def archive_again(archive: str) -> Response[Archive | None]:
    return archived_before(routes.account, archive)


def _made(account: str, id: str) -> Response[Document]:
    document = document_shown(account, id, routes.language, full=routes.caller.role is Role.ADMINISTRATOR)
    status = HTTPStatus.CREATED if document.status is DocumentStatus.READY else HTTPStatus.ACCEPTED
    return Response(int(status), JSON, document, headers={"Location": f"/documents/{id}"})


def archived(account: str, asked: ArchiveAsked, *, beside: str = "") -> Response[Archive | None]:
    return to_zip(order_archive(account, asked.filters, wiring.outside()), beside=beside)


def archived_before(account: str, archive: str, *, beside: str = "") -> Response[Archive | None]:
    return to_zip(archive_of(account, archive, wiring.outside()), beside=beside)
