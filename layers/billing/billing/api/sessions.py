"""Coming in and going out: the CRM's link becomes a session of ours in a cookie."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from billing import wiring
from billing.api.asking import is_local, logged_user
from billing.api.guard import PUBLIC, VISITORS, ForeignFormError, Routes, caller_of_event
from billing.api.headers import redirect
from billing.domain.access import ADMINISTRATORS, Role
from billing.domain.periods import moscow_day
from billing.page import render
from billing.page.contexts_public import EnterPage
from billing.page.frame import Frame
from billing.ports_tokens import SESSION, TokenRefusedError
from billing.usecases.authorize import COOKIE, COOKIE_OF_THIS_MACHINE, Caller, caller_of
from billing.usecases.cards import customer_card
from billing.usecases.sessions import end_sessions, use_link

routes = Routes()

HOME = "/"
HTML = "text/html; charset=utf-8"


@routes.on("GET", "/enter", may=PUBLIC, summary="The CRM's link for its user: begins a session", status_code=303)
def enter(token: Annotated[str, Query(max_length=4_096)]) -> Response[Any]:
    """Use the link, once. Whoever is in as another client is asked first: any page may lead a browser here."""
    there = caller_of(wiring.tokens().read(token, now=wiring.now()), via="")
    here = caller_of_event(routes.event, visitors=True)
    if here.role and here.via == "cookie" and here.account != there.account:
        frame = Frame(language=routes.language, today=moscow_day(wiring.now()), csrf=here.csrf)
        page = EnterPage(frame=frame, token=token, now=_name_of(here), then=_name_of(there))
        return Response(int(HTTPStatus.OK), HTML, render(page))
    return _entered(token, here)


@routes.on("POST", "/page/enter", may={*Role, *VISITORS}, include_in_schema=False)
def enter_instead() -> Response[Any]:
    """Accept the change of client that our own page has confirmed."""
    if routes.event.headers.get("sec-fetch-site", "") not in ("", "same-origin"):
        raise ForeignFormError
    return _entered(routes.form.text("token"), routes.caller)


def _entered(token: str, here: Caller) -> Response[Any]:
    tokens, now = wiring.tokens(), wiring.now()
    claims = tokens.read(token, now=now)
    caller = caller_of(claims, via="")
    if not use_link(token, wiring.outside()):
        if (here.account, here.role, here.user) == (caller.account, caller.role, caller.user):
            return redirect(HOME)  # the same browser has opened its link twice
        raise TokenRefusedError("a link that was used")
    wiring.log.info("entered", account=caller.account, role=caller.role, user=logged_user(caller.user, tokens))
    return _home(tokens.new_session(claims, now=now), int(SESSION.total_seconds()))


def _name_of(caller: Caller) -> str:
    card = customer_card(wiring.outside().store, caller.account) if caller.account else None
    return card.title if card else caller.account or "—"


@routes.on("POST", "/leave", may={*Role, *VISITORS}, summary="Ends the session", status_code=303)
def leave() -> Response[None]:
    answered = _home("", 0)
    answered.headers["Clear-Site-Data"] = '"cache", "storage"'  # not "cookies": they may be of the CRM's site, too
    return answered


@routes.on(
    "DELETE", "/sessions", may=ADMINISTRATORS, summary="Ends every session of the account at once", status_code=204
)
def end_all() -> Response[None]:
    """End all sessions of the account. The CRM calls this to lock somebody out; the others come in by a new link."""
    end_sessions(routes.account, wiring.outside())
    wiring.log.info("sessions ended", account=routes.account, user=routes.logged_user)
    return Response(int(HTTPStatus.NO_CONTENT))


@routes.on("GET", "/health", may=PUBLIC, summary="Whether the function runs")
def health() -> dict[str, str]:
    return {"status": "ok"}


def _home(session: str, seconds: int) -> Response[Any]:
    local = is_local(routes.current_event.raw_event)
    cookie = Cookie(
        name=COOKIE_OF_THIS_MACHINE if local else COOKIE,
        value=session,
        path="/",
        secure=not local,
        http_only=True,
        same_site=SameSite.LAX_MODE,
        max_age=seconds,
    )
    return redirect(HOME, cookies=[cookie])
