"""What a browser has sent: its query, and its form, read leniently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
