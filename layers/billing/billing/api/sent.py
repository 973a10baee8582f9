"""What a caller has sent: a query and a form, read leniently, and JSON, read strictly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

FIELDS_MAX = 100
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Sent:
    """Fields by name; of a field that is not there the text is empty."""

    fields: Mapping[str, list[str]]

    def text(self, name: str) -> str:
        """The first value, without spaces around and with nothing that cannot be written down."""
        return _clean(self.fields.get(name, [""])[0])

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(_clean(value) for value in self.fields.get(name, ()))


def query_of(event: APIGatewayProxyEventV2) -> Sent:
    return _sent(event.raw_query_string or "")


def form_of(event: APIGatewayProxyEventV2) -> Sent:
    """Empty when what was sent is no form."""
    if not event.headers.get("content-type", "").startswith(FORM):
        return Sent({})
    try:
        return _sent(event.decoded_body or "")
    except ValueError:  # bytes that are no text; a public form has not gone through the guard's look at the body
        return Sent({})


def _sent(text: str) -> Sent:
    try:
        return Sent(parse_qs(text, keep_blank_values=True, max_num_fields=FIELDS_MAX))
    except ValueError:
        return Sent({})


def _clean(text: str) -> str:
    return text.encode("utf-8", "ignore").decode().strip()


def json_of(text: str) -> Any:
    """Return what the JSON holds.

    Raises:
        ValueError: it is no JSON, or a name stands twice in one object: nobody can say which of the two is meant.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(fields := dict(pairs)) < len(pairs):
            raise ValueError("a name stands twice in one object")
        return fields

    return json.loads(text, object_pairs_hook=once)
