"""Reading documents: the list, one of them, its file."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from billing import wiring
from billing.api import cursors
from billing.api.guard import Routes
from billing.api.headers import redirect
from billing.api.models import Document, Documents, ListAsked, ListedDocument
from billing.domain.access import CLIENTS, Role
from billing.page.language import Language
from billing.usecases.documents_api import document_told, download_link, list_documents

routes = Routes()


@routes.on("GET", "/documents", may=CLIENTS, summary="The account's documents, newest first")
def documents(asked: Annotated[ListAsked, Query()]) -> Documents:
    return page_of(routes.account, asked, routes.language)


@routes.on("GET", "/documents/<id>", may=CLIENTS, summary="One document with its letters and its way in the EDO")
def document(id: str) -> Document:
    return document_shown(routes.account, id, routes.language, full=routes.caller.role is Role.ADMINISTRATOR)


@routes.on("GET", "/documents/<id>/pdf", may=CLIENTS, summary="Where its file is, for two minutes", status_code=302)
def file(id: str, inline: bool = False) -> Response[None]:
    return to_file(routes.account, id, inline=inline)


def page_of(account: str, asked: ListAsked, language: Language) -> Documents:
    filters, tokens = asked.filters, wiring.tokens()
    after = cursors.position(asked.cursor, account=account, question=repr(filters), tokens=tokens)
    found, more = list_documents(account, filters, after=after, limit=asked.limit, outside=wiring.outside())
    return Documents(
        documents=[ListedDocument.of(listed, language) for listed in found],
        cursor=cursors.cursor(more, account=account, question=repr(filters), tokens=tokens),
    )


def document_shown(account: str, id: str, language: Language, *, full: bool) -> Document:
    return Document.of(document_told(account, id, wiring.outside(), full=full), language)


def to_file(account: str, id: str, *, inline: bool) -> Response[None]:
    link, sha256 = download_link(account, id, wiring.outside(), inline=inline)
    answered = redirect(link, HTTPStatus.FOUND)
    answered.headers["ETag"] = f'"{sha256}"'
    return answered
