"""What goes in and out of an endpoint: a request, an answer, a refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]

_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    402: "PaymentRequired",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    410: "Gone",
    415: "UnsupportedMediaType",
    429: "TooManyRequests",
    500: "InternalServerError",
}
_JSON_TYPE = "application/json"


class Refusal(Exception):
    """Diadoc answers with an error: a status, a text for people and a code for machines. Source: fact 16.1."""

    def __init__(self, status: int, text: str, *, code: str | None = None, headers: Mapping[str, str] = {}) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.code = code or f"Http.{_REASONS.get(status, 'Error')}"
        self.headers = dict(headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is written back: `document` is sent as JSON, else `body` as it is."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/octet-stream"
    document: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call. `headers` have lower-case names, `query` has lower-case names as paths do."""

    verb: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    user: str = ""

    def asked(self, name: str) -> str:
        """The parameter of the query, "" when absent."""
        return self.query.get(name.lower(), "")

    def required(self, name: str) -> str:
        """The parameter of the query.

        Raises:
            Refusal: 400, it is absent.
        """
        value = self.asked(name)
        if not value:
            raise Refusal(400, f"Query parameter {name} is required.")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A parameter that is true or false."""
        value = self.asked(name).lower()
        return default if not value else value in {"true", "1"}

    def number(self, name: str, *, default: int, most: int) -> int:
        """A parameter between 1 and `most`.

        Raises:
            Refusal: 400, it is no such number.
        """
        value = self.asked(name)
        if not value:
            return default
        if not value.isdigit() or not 1 <= int(value) <= most:
            raise Refusal(400, f"Parameter {name} must be between 1 and {most}.")
        return int(value)

    def ticks(self, name: str) -> int:
        """A moment in ticks, 0 when absent.

        Raises:
            Refusal: 400, it is no number.
        """
        value = self.asked(name)
        if value and not value.isdigit():
            raise Refusal(400, f"Parameter {name} must be a number of ticks.")
        return int(value or 0)

    def document(self, type_name: str) -> Json:
        """The body read as a JSON structure of this name.

        Raises:
            Refusal: 500 without a content type (the bytes are then read as protobuf), 415 with another one,
                400 when it is no JSON or no structure. Source: facts 4.1, 4.2, 10.12.
        """
        declared = self.headers.get("content-type", "").split(";")[0].strip().lower()
        if declared in {"", "application/x-protobuf", "application/octet-stream"}:
            raise Refusal(
                500,
                f"Current replica can't deserialize type {type_name}: Attempted to read past the end of the stream",
            )
        if declared != _JSON_TYPE:
            raise Refusal(415, f"Content type {declared} is not supported.")
        try:
            read = json.loads(self.body.decode("utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError):
            raise Refusal(400, "Request body cannot be empty") from None
        if not isinstance(read, dict):
            raise Refusal(400, f"Can't deserialize request body into type: {type_name}")
        return read

    @property
    def wants_json(self) -> bool:
        """Whether the caller asked for JSON: without it Diadoc answers in protobuf. Source: fact 4.1."""
        return _JSON_TYPE in self.headers.get("accept", "").lower()


def rows_of(holder: Json, name: str) -> list[Json]:
    """A repeated field of a structure, empty when absent.

    Raises:
        Refusal: 400, it is no list of structures. Source: fact 10.12.
    """
    rows = holder.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refusal(400, f"Can't deserialize request body: {name} is not a list of structures")
    return rows


def is_true(value: object) -> bool:
    """A boolean of a structure; the words "true" and "false" are tolerated. Source: fact 4.8."""
    return value.lower() == "true" if isinstance(value, str) else bool(value)


def json_answer(document: Any) -> Answer:
    """A structure, sent as JSON."""
    return Answer(document=document)


def text_answer(text: str) -> Answer:
    """Plain text."""
    return Answer(body=text.encode(), content_type="text/plain; charset=utf-8")


def file_answer(content: bytes, name: str, content_type: str = "application/octet-stream") -> Answer:
    """Bytes with their file name, in the spelling of RFC 5987. Source: fact 4.7."""
    return Answer(
        body=content,
        content_type=content_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )


def come_back_later(seconds: int, *, status: int = 204) -> Answer:
    """Not finished yet: an empty body and `Retry-After`. Source: facts 10.4, 15.1."""
    return Answer(status=status, headers={"Retry-After": str(seconds)}, content_type="text/plain")
