"""What goes wrong is told as a problem document: what it is and what to do, never what was sent or whose it is.

Source: RFC 9457.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as NoRouteError
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
    ResponseValidationError,
)
from pydantic import BaseModel, ConfigDict, Field

from billing import wiring
from billing.api.guard import Api, ForbiddenError, ForeignFormError, OtherFormatError, TooLargeError, routes_of
from billing.api.reasons import said_in
from billing.api.wording import titles
from billing.domain.errors import BillingError, ConflictError, InvalidInputError, NotFoundError, UnavailableError
from billing.domain.troubles import Cause, Trouble
from billing.page.language import Language
from billing.ports import FileExistsWithOtherBytesError, StaleError
from billing.ports_tokens import TokenRefusedError
from billing.usecases.pacing import TooOftenError

CONTENT_TYPE = "application/problem+json"
BEARER = {"WWW-Authenticate": "Bearer"}  # RFC 9110 11.6.1: a 401 says how to come in


class BrokenField(BaseModel):
    """A field that does not fit, and the rule that it breaks."""

    field: str
    rule: str


class Problem(BaseModel):
    """A problem document."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="always about:blank: the status says what it is")
    title: str
    status: int
    detail: str = Field("", description="why, in the language of the request")
    cause: Cause | None = Field(None, description="names the reason for a program")
    instance: str = Field(description="names this request for whoever looks into the log")
    fields: list[BrokenField] = []


Page = Callable[[Problem, Language, str], str]  # of a problem, for a browser; the text names what it is about


def problem(
    api: Api,
    page: Page,
    status: int,
    *,
    word: str = "",
    why: Trouble | str = "",
    fields: tuple[BrokenField, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response[Any]:
    """The answer; `word` names the title if the status alone does not, `why` is a text where no client reads it."""
    language = Language.chosen(api.current_event.headers.get("accept-language", ""))
    word = word or str(status)
    said = Problem(
        type="about:blank",
        title=titles(word, language),
        status=status,
        detail=said_in(language, why) if isinstance(why, Trouble) else why,
        cause=why.cause if isinstance(why, Trouble) else None,
        instance=f"urn:request:{api.current_event.request_context.request_id}",
        fields=list(fields),
    )
    kind, body = CONTENT_TYPE, said.model_dump_json(exclude_defaults=True)
    if "text/html" in api.current_event.headers.get("accept", "").lower():
        kind, body = "text/html; charset=utf-8", page(said, language, word)
    return Response(status, kind, body, headers=dict(headers or {}))


def tell_problems(api: Api, page: Page) -> None:
    """Every error that a route raises has its answer."""
    answer = partial(problem, api, page)

    def says(status: int, **also: Any) -> Callable[[Exception], Response[Any]]:
        return lambda error: answer(status, why=_why(error), **also)

    def broken(error: Exception) -> Response[Any]:
        wiring.log.error("request failed", error=type(error).__name__, at=_places(error))
        wiring.outside().metrics.count("RequestsFailed")
        return answer(500)

    for kind, answered in (
        (TokenRefusedError, says(401, headers=BEARER)),
        (ForeignFormError, says(403, word="foreign form")),
        (ForbiddenError, says(403)),
        (NotFoundError, says(404)),  # a foreign id and an absent one are told the same
        (ConflictError, says(409)),
        (InvalidInputError, says(400)),
        (TooLargeError, says(413)),
        (TooOftenError, says(429, headers={"Retry-After": "60"})),
        (OtherFormatError, says(415)),
        (RequestUnsupportedContentType, says(415)),
        (UnavailableError, says(503)),
        (StaleError, says(503)),  # whoever comes a moment later finds the rows at rest
        (FileExistsWithOtherBytesError, broken),
    ):
        api.exception_handler(kind)(answered)

    @api.exception_handler(RequestValidationError)
    def unfit(error: RequestValidationError) -> Response[Any]:
        return answer(400, fields=tuple(_broken(e) for e in error.errors()[:20]))

    @api.not_found
    def no_route(error: NoRouteError) -> Response[Any]:
        allowed = sorted(_methods(api))
        return answer(405, headers={"Allow": ", ".join(allowed)}) if allowed else answer(404)

    api.exception_handler([ResponseValidationError, ServiceError, BillingError, Exception])(broken)


def _why(error: Exception) -> Trouble | str:
    """What a client is told has a name. Whoever decides by hand sends fields, and is told which is wrong."""
    if isinstance(error, NotFoundError) or not isinstance(error, BillingError):
        return ""
    return error.trouble or (str(error) if isinstance(error, InvalidInputError) else "")


def _broken(error: Any) -> BrokenField:
    """Where and which rule; the name of a field that nobody knows is the caller's text, so it is left out."""
    place = error["loc"][:-1] if error["type"] == "extra_forbidden" else error["loc"]
    named = [str(part) for part in place if part not in ("query", "path", "header", "body", "asked")]
    return BrokenField(field=".".join(named)[:100], rule=error["type"])


def _methods(api: Api) -> set[str]:
    """The methods that the path has, if it has any."""
    path = api.current_event.path
    return {route.method for route in routes_of(api) if route.rule.match(path)}


def _places(error: Exception) -> list[str]:
    """Where it went wrong, without a word of what the values were."""
    return [f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)[-8:]]
