"""What anybody may open: the page's own files, the confirmation of an address, and what has gone wrong."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from billing import wiring
from billing.api import confirmations
from billing.api.confirmations import TOKEN_MAX, stop_link
from billing.api.guard import PUBLIC, Routes
from billing.api.headers import KEPT_FOR_EVER
from billing.api.page_frames import answered, bare_frame, today
from billing.api.problems import Problem
from billing.domain.errors import NotFoundError
from billing.page import render
from billing.page.contexts_public import ConfirmPage, MessagePage, StopPage
from billing.page.frame import Frame
from billing.page.language import Language
from billing.page.static_files import static_file
from billing.usecases.notifications import confirm_address
from billing.usecases.unsubscribing import stop_address

routes = Routes()

_MESSAGES = {
    "400": "bad_request",
    "401": "no_session",
    "403": "forbidden",
    "foreign form": "foreign_form",
    "404": "not_found",
    "405": "bad_request",
    "409": "conflict",
    "413": "too_large",
    "415": "bad_request",
    "429": "come_later",
    "503": "come_later",
}


@routes.on("GET", "/static/<name>", may=PUBLIC, include_in_schema=False)
def static(name: str) -> Response[Any]:
    file = static_file(name)
    if not file:
        raise NotFoundError("такого файла нет")
    return Response(int(HTTPStatus.OK), file.content_type, file.body, headers=KEPT_FOR_EVER)


@routes.on("GET", "/confirm", may=PUBLIC, include_in_schema=False)
def ask_to_confirm() -> Response[Any]:
    """Show a button and change nothing: mail scanners open links, too."""
    token = routes.query.text("token")
    if not confirmations.read(token):
        return answered(ConfirmPage(frame=bare_frame(routes), state="stale"), status=HTTPStatus.NOT_FOUND)
    return answered(ConfirmPage(frame=bare_frame(routes), state="ask", token=token))


@routes.on("POST", "/confirm", may=PUBLIC, include_in_schema=False)
def confirm() -> Response[Any]:
    said = confirmations.read(routes.form.text("token"))
    stop_url = stop_link(said.account, routes.event) if said else ""
    if not said or not confirm_address(said.account, said.digest, said.nonce, wiring.outside(), stop_url=stop_url):
        return answered(ConfirmPage(frame=bare_frame(routes), state="stale"), status=HTTPStatus.NOT_FOUND)
    wiring.log.info("address confirmed", account=said.account)
    return answered(ConfirmPage(frame=bare_frame(routes), state="done"))


@routes.on("GET", "/stop", may=PUBLIC, include_in_schema=False)
def ask_to_stop() -> Response[Any]:
    """Show a button and change nothing: mail scanners open links, too."""
    return answered(StopPage(frame=bare_frame(routes), state="ask", token=routes.query.text("token")))


@routes.on("POST", "/stop", may=PUBLIC, include_in_schema=False)
def stop() -> Response[Any]:
    """Unsubscribe by our button or by a mail program's, which sends nothing but the link. Source: RFC 8058, 3.2."""
    token = routes.query.text("token")[:TOKEN_MAX]
    account = token.partition(".")[0]
    if not re.fullmatch("[A-Za-z0-9-]{1,40}", account) or not stop_address(account, token, wiring.outside()):
        return answered(StopPage(frame=bare_frame(routes), state="stale"), status=HTTPStatus.NOT_FOUND)
    wiring.log.info("address stopped", account=account)
    return answered(StopPage(frame=bare_frame(routes), state="done"))


def problem_page(said: Problem, language: Language, about: str) -> str:
    """The page in the place of a problem document, for a browser."""
    word = _MESSAGES.get(about, "failed")
    detail = f"{said.detail[:1].upper()}{said.detail[1:]}." if said.cause else ""
    back = "/" if said.status not in (401, 413) else ""
    crm = wiring.outside().settings.page_url if said.status == 401 else ""
    frame = Frame(language=language, today=today())
    return render(MessagePage(frame=frame, heading=word, text=f"{word}_text", detail=detail, back=back, crm=crm))
