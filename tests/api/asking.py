"""Callers of the API over the world in memory: an event as the gateway makes it, the answer as the caller gets it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt

from billing.adapters.tokens import JwtTokens
from tests.handlers.conftest import LambdaContext
from tests.usecases.house import ACCOUNT, House

SECRET = "f3c1a9" * 10 + "beef"
TOKENS = JwtTokens(lambda: SECRET)
HOST = "docs.crm.example"
_NAMES = (f"jti-{n}" for n in count())  # a link lets in once, and each is another


def a_token(house: House, *, secret: str = SECRET, algorithm: str = "HS256", minutes: float = 10, **said: Any) -> str:
    """A token of the CRM for an administrator of the first account; a claim of None is left out."""
    now = int(house.now.timestamp())
    usual = {"account": ACCOUNT, "role": "administrator", "sub": "u-1", "jti": next(_NAMES)}
    claims = {**usual, "exp": now + int(minutes * 60), **said}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, secret, algorithm=algorithm)


def an_event(
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] | str = "",
    headers: Mapping[str, str] | None = None,
    cookies: tuple[str, ...] = (),
    body: str | None = None,
    host: str = HOST,
) -> dict[str, Any]:
    """An HTTP event of payload 2.0."""
    if not isinstance(query, str):
        query = urlencode({k: v for k, v in query.items() if v is not None}, errors="surrogatepass")
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return {
        "version": "2.0",
        "routeKey": "ANY /{proxy+}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "cookies": list(cookies),
        "queryStringParameters": parameters,
        "requestContext": {
            "http": {"method": method, "path": path},
            "domainName": host,
            "requestId": "request-1",
            "stage": "$default",
        },
        "body": body,
        "isBase64Encoded": False,
    }


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: str
    is_base64: bool = False

    @property
    def bytes(self) -> bytes:
        return base64.b64decode(self.body) if self.is_base64 else self.body.encode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Browser:
    """One caller: with a token, a session, or nothing."""

    house: House
    token: str = ""
    cookies: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    host: str = HOST

    def ask(
        self, method: str, path: str, *, json_body: Any = None, form: Mapping[str, str] | None = None, **said: Any
    ) -> Answered:
        from billing.api.documents_api import answer

        headers = {**self.headers, **said.pop("headers", {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        body = said.pop("body", None)
        if json_body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = json.dumps(json_body)
        if form is not None:
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
            body = urlencode(form, errors="surrogatepass")
        event = an_event(method, path, headers=headers, cookies=self.cookies, host=self.host, body=body, **said)
        said = json.loads(json.dumps(answer(event, LambdaContext())))  # type: ignore[arg-type]
        return Answered(
            said["statusCode"],
            said["headers"],
            tuple(said.get("cookies") or ()),
            said["body"] or "",
            said["isBase64Encoded"],
        )

    def get(self, path: str, **said: Any) -> Answered:
        return self.ask("GET", path, **said)

    def post(self, path: str, **said: Any) -> Answered:
        return self.ask("POST", path, **said)

    def enters(self, token: str) -> Browser:
        """The same browser after the CRM's link."""
        answered = self.get("/enter", query={"token": token})
        assert answered.status == 303, answered.body
        return replace(self, cookies=tuple(cookie.partition(";")[0] for cookie in answered.cookies))
