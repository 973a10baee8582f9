"""Headers of every answer, by which nothing of it is kept, embedded, run or sent elsewhere; and one that is no more."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie
from aws_lambda_powertools.shared.json_encoder import Encoder

from billing import wiring

KEPT_FOR_EVER = {  # of a file whose name is its digest
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
}

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Vary": "Accept, Accept-Language, Authorization, Cookie",
}


def secured(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with every header that it does not have a word of its own for."""
    headers = {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
    for name, value in {**_ALWAYS, "Content-Security-Policy": content_security_policy()}.items():
        headers.setdefault(name.lower(), value)
    return {**answer, "headers": headers}


def as_json(value: Any) -> str:
    """Serialize to JSON with Russian as it is: escaped, it is twice as long."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), cls=Encoder)


def content_security_policy() -> str:
    """Nothing but our own styles, scripts, pictures and forms; framed by nobody but whom the template names."""
    ancestors = wiring.outside().settings.frame_ancestors
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        f"base-uri 'none'; frame-ancestors {ancestors}"
    )


def redirect(
    address: str, status: HTTPStatus = HTTPStatus.SEE_OTHER, *, cookies: Sequence[Cookie] = ()
) -> Response[Any]:
    """Look there; after a form that is where its outcome is shown, so that going back sends nothing twice."""
    return Response(int(status), headers={"Location": address}, cookies=list(cookies))
