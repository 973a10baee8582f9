"""The whole API put together: what `functions/documents_api` answers an event with."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from billing.api import (
    accounts,
    documents,
    explanations,
    notifications,
    operators,
    orders,
    page_forms,
    page_notifications,
    page_operator,
    page_public,
    pages,
    sessions,
    statistics,
)
from billing.api.envelopes import incoming, outgoing
from billing.api.guard import PUBLIC, Api, Routes
from billing.api.headers import as_json, secured
from billing.api.problems import tell_problems

api = Api(enable_validation=True, response_validation_error_http_code=500, serializer=as_json)
tell_problems(api, page_public.problem_page)
PAGE = (pages, page_forms, page_notifications, page_operator, page_public)
for part in (orders, documents, explanations, statistics, notifications, sessions, operators, accounts, *PAGE):
    api.include_router(part.routes)


description = Routes()


@description.on("GET", "/openapi.json", may=PUBLIC, include_in_schema=False)
def described() -> dict[str, Any]:
    """Made when it is asked for, which is seldom."""
    from billing.api.openapi import openapi

    return openapi(api)


api.include_router(description)


def answer(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request, with the headers that every answer has."""
    return secured(outgoing(event, api.resolve(incoming(event), context)))
