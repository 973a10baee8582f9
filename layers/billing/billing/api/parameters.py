"""Refuse query parameters that the route does not declare."""

from __future__ import annotations

from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler.api_gateway import Route
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2


def check_query(event: APIGatewayProxyEventV2, route: Route) -> None:
    """Refuse a query that names a parameter unknown to the route: a misspelled filter would give more, not an error.

    URLs of the page are typed and bookmarked, so unknown parameters are ignored there.

    Raises:
    RequestValidationError: a parameter is unknown.
    """
    if not route.include_in_schema:
        return
    known = set[str]()
    for field in route.dependant.query_params:
        model = getattr(field.field_info, "annotation", None)
        fields = getattr(model, "model_fields", None)
        known |= {declared.alias or name for name, declared in fields.items()} if fields else {field.alias}
    if set(parse_qs(event.raw_query_string or "", keep_blank_values=True)) - known:
        raise RequestValidationError([{"loc": ("query", ""), "type": "extra_forbidden", "msg": ""}])
