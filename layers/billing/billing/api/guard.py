"""Every route says who may call it, and is called by nobody else: asked before anything of the request is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from hmac import compare_digest
from typing import Any, TypeVar
from urllib.parse import urlsplit

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.api_gateway import ResponseBuilder, Route, Router
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from billing import wiring
from billing.api.asking import asked, logged_user
from billing.api.parameters import check_query
from billing.api.sent import FORM, Sent, form_of, json_of, query_of
from billing.domain.errors import BillingError, InvalidInputError
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.page.language import Language
from billing.ports_tokens import TokenRefusedError
from billing.usecases.authorize import CSRF, NOBODY, Caller, who_asks
from billing.usecases.pacing import count_call
from billing.usecases.sessions import check_session

PUBLIC = frozenset({"public"})  # no token is looked at
VISITORS = frozenset({"visitor"})  # without a token, or with one that no longer counts
BODY_MAX = 64 * 1024
QUERY_MAX = 8 * 1024

JSON = "application/json"
ROLES = "x-roles"
_Handler = TypeVar("_Handler", bound=Callable[..., Any])


class ForbiddenError(BillingError):
    """The caller is known, and may not."""


class ForeignFormError(ForbiddenError):
    """A form that was not made by our page for this session."""


class TooLargeError(BillingError):
    """More than a request may hold."""


class OtherFormatError(BillingError):
    """A body that is neither JSON nor a form."""


class Routes(Router):
    """A part of the API. A route without roles cannot be made."""

    def on(
        self, method: str, rule: str, *, may: Collection[str], gives: str = "", **said: Any
    ) -> Callable[[_Handler], _Handler]:
        """The handler answers `method rule` to callers of these roles; `PUBLIC` or `VISITORS`: see above.

        `gives`: the content type of an answer that is no JSON.
        """
        if not may:
            raise ValueError(f"{method} {rule}: who may call it?")
        extensions = {ROLES: sorted(str(role) for role in may), **({"x-gives": gives} if gives else {})}
        register: Callable[[_Handler], _Handler] = self.route(rule, method, openapi_extensions=extensions, **said)
        return register

    @property
    def event(self) -> APIGatewayProxyEventV2:
        """The request under way."""
        found = self.current_event
        assert isinstance(found, APIGatewayProxyEventV2)
        return found

    @property
    def query(self) -> Sent:
        return query_of(self.event)

    @property
    def form(self) -> Sent:
        return form_of(self.event)

    @property
    def language(self) -> Language:
        """In which the caller reads."""
        return Language.chosen(self.event.headers.get("accept-language", ""))

    @property
    def caller(self) -> Caller:
        """Who is asking; known to be one whom the route is for."""
        found: Caller = self.context["caller"]
        return found

    @property
    def logged_user(self) -> str:
        """The caller as the log may name one."""
        return logged_user(self.caller.user, wiring.tokens())

    @property
    def account(self) -> str:
        """Whose things are asked for: told by the token alone."""
        assert self.caller.account, "a route for clients"
        return self.caller.account


class Api(APIGatewayHttpResolver):
    """The routes behind their guard."""

    def route(self, *positional: Any, **said: Any) -> Any:
        """Raises:
        ValueError: nobody says who may call it.
        """
        extensions = said.get("openapi_extensions") or next((p for p in positional if _says_roles(p)), None)
        if not extensions:
            raise ValueError(f"{positional[:2]}: a route is made by Routes.on, with its roles")
        return super().route(*positional, **said)

    def _call_route(self, route: Route, route_arguments: dict[str, str]) -> ResponseBuilder[Any]:
        """One line is logged of each request: the route without its values, which may tell whose they are."""
        caller = NOBODY
        try:
            caller = admitted(self.current_event, roles_of(route))
            if roles_of(route) and "public" not in roles_of(route):
                check_query(self.current_event, route)
            if caller.account and is_dear(route):
                count_call(caller.account, wiring.outside())
            self.append_context(caller=caller)
            answered = super()._call_route(route, route_arguments)
        except Exception as error:
            handled = self._call_exception_handler(error, route)
            assert handled, "every error has its answer"
            answered = handled
        wiring.log.info(
            "answered",
            route=f"{route.method} {route.openapi_path}" if roles_of(route) else "none",
            status=answered.response.status_code,
            account=caller.account,
            role=caller.role,
        )
        return answered


def _says_roles(said: Any) -> bool:
    return isinstance(said, dict) and ROLES in said


def routes_of(api: Api) -> list[Route]:
    """All of them; Powertools has no public word for it."""
    return [*api._static_routes, *api._dynamic_routes]


def roles_of(route: Route) -> Collection[str]:
    """Empty for what is no route of ours."""
    found: Collection[str] = (route.openapi_extensions or {}).get(ROLES, ())
    return found


def is_dear(route: Route) -> bool:
    """Return whether the route generates documents, letters or files, rather than reading rows."""
    return bool(roles_of(route)) and (route.method != "GET" or route.path.endswith((".xlsx", ".csv", "/archive")))


def admitted(event: APIGatewayProxyEventV2, may: Collection[str]) -> Caller:
    """The caller, who may call what is for these roles. What is for nobody is not there, for those we know.

    Raises:
        TooLargeError: too much was sent.
        TokenRefusedError: nobody whom we know.
        ForbiddenError: somebody whom it is not for, or a form that is not ours.
        OtherFormatError, InvalidInputError: a body that is not for us, or cannot be read.
    """
    if len(event.raw_event.get("body") or "") > BODY_MAX:
        raise TooLargeError
    if len(event.raw_query_string or "") > QUERY_MAX:
        raise InvalidInputError(trouble(Cause.REQUEST_TOO_LONG))
    if "public" in may:
        return NOBODY
    caller = caller_of_event(event, visitors="visitor" in may)
    if not caller.role:
        if "visitor" in may:
            return caller
        raise TokenRefusedError("no token")
    if may and caller.role not in may:
        raise ForbiddenError
    if event.http_method not in ("GET", "HEAD"):
        check_body(event)
        if caller.via == "cookie":
            check_form(event, caller)
    return caller


def caller_of_event(event: APIGatewayProxyEventV2, *, visitors: bool) -> Caller:
    """Return who asks; `visitors`: nobody, where the token does not count.

    Raises:
        TokenRefusedError: there is a token that does not count, and visitors are not let in.
    """
    try:
        caller = who_asks(asked(event.raw_event), wiring.tokens(), now=wiring.now())
        check_session(caller, wiring.outside())
        return caller
    except TokenRefusedError:
        if visitors:
            return NOBODY
        raise


def check_body(event: APIGatewayProxyEventV2) -> None:
    """The body is JSON or a form, and every text in it can be written down again.

    Raises:
        OtherFormatError: it is in another format.
        InvalidInputError: it cannot be read.
    """
    if not event.raw_event.get("body"):
        return
    kind = event.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if kind not in (JSON, FORM):
        raise OtherFormatError
    try:
        text = event.decoded_body or ""
        text.encode()
        if kind == JSON:
            json.dumps(json_of(text), ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:  # half a character, a bottomless list, an endless number
        raise InvalidInputError(trouble(Cause.REQUEST_UNREADABLE)) from error


def check_form(event: APIGatewayProxyEventV2, caller: Caller) -> None:
    """The form was made for this session, and nothing says that it was sent from elsewhere.

    A browser says `Origin: null` of a form of ours, since our pages send no referrer: then the token decides alone.

    Raises:
        ForeignFormError: it was not.
    """
    site, origin = event.headers.get("sec-fetch-site", ""), event.headers.get("origin", "")
    if site not in ("", "same-origin"):
        raise ForeignFormError
    if origin not in ("", "null") and urlsplit(origin).netloc != event.request_context.domain_name:
        raise ForeignFormError
    token = event.headers.get("x-csrf-token", "") or form_of(event).text(CSRF)
    if not token or not _same(token, caller.csrf):
        raise ForeignFormError


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "replace"), other.encode())
