"""Coming in and going out: the CRM's link becomes a session of ours in a cookie."""

from __future__ import annotations

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from billing import wiring
from billing.api.asking import is_local, logged_user
from billing.api.guard import PUBLIC, VISITORS, Routes
from billing.api.headers import redirect
from billing.domain.access import Role
from billing.ports_tokens import SESSION
from billing.usecases.authorize import COOKIE, COOKIE_OF_THIS_MACHINE, caller_of

routes = Routes()

HOME = "/"


@routes.on("GET", "/enter", may=PUBLIC, summary="The CRM's link for its user: begins a session", status_code=303)
def enter(token: Annotated[str, Query(max_length=4_096)]) -> Response[None]:
    tokens, now = wiring.tokens(), wiring.now()
    claims = tokens.read(token, now=now)
    caller = caller_of(claims, via="")
    wiring.log.info("entered", account=caller.account, role=caller.role, user=logged_user(caller.user, tokens))
    return _home(tokens.new_session(claims, now=now), int(SESSION.total_seconds()))


@routes.on("POST", "/leave", may={*Role, *VISITORS}, summary="Ends the session", status_code=303)
def leave() -> Response[None]:
    return _home("", 0)


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
