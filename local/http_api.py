"""The HTTP API of the template as API Gateway plays it: route, authorizer, event of payload 2.0, answer.

Source: docs.aws.amazon.com, API Gateway «Working with routes for HTTP APIs», «Create AWS Lambda proxy integrations»
(payload 2.0), «Control access with AWS Lambda authorizers» (simple responses).
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.cloud import Cloud
from local.template import ACCOUNT, REGION

ANY = "X-AMAZON-APIGATEWAY-ANY-METHOD"
BODY_MAX = 6 * 1024 * 1024  # what a function can be given and can answer
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")  # Source: as above, «Working with routes»
AS_TEXT = re.compile(r"text/|application/(json|xml|javascript)|[^;]*\+(json|xml)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call. `path` and `query` are as they came over the wire; headers may repeat."""

    method: str
    path: str
    query: str = ""
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


def answer(cloud: Cloud, request: Request) -> Response:
    """What the caller gets; a function that fails is an answer too, and its error is kept with it."""
    path = unquote(request.path)
    if len(request.body) > BODY_MAX:
        return _plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Too Long")
    found = _route(cloud, request.method, path)
    if found is None:
        return _plain(HTTPStatus.NOT_FOUND, "Not Found")
    route, parameters = found
    event = _event(cloud, request, path, route, parameters)
    for scheme in [name for need in route["security"] for name in need if name in cloud.authorizers]:
        refusal = _authorize(cloud, cloud.authorizers[scheme], event)
        if refusal:
            return refusal
    function = cloud.functions[route["function"]]
    try:
        said = function(event)
        return _response(said)
    except Exception as error:  # as in the service: the caller learns nothing of it
        function.errors.append(error)
        return _plain(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")


def _route(cloud: Cloud, method: str, path: str) -> tuple[dict[str, Any], dict[str, str]] | None:
    """The most specific route: plain parts before variables, those before `{proxy+}`, a method before any."""
    fits: list[tuple[tuple[Any, ...], int, dict[str, Any], dict[str, str]]] = []
    for route in cloud.routes:
        pattern = re.escape(route["path"])
        pattern = re.sub(r"\\\{(\w+)\\\+\\\}", r"(?P<\1>.+)", pattern)
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", pattern)
        hit = re.fullmatch(r".*" if route["path"] == "/$default" else pattern, path, re.DOTALL)
        if hit and (route["method"] == method or (route["method"] == ANY and method in METHODS)):
            rank = (
                route["path"] == "/$default",
                "+}" in route["path"],
                route["path"].count("{"),
                -len(route["path"]),
                route["method"] == ANY,
            )
            fits.append((rank, len(fits), route, hit.groupdict()))
    if not fits:
        return None
    *_, route, parameters = min(fits)
    return route, parameters


def _event(
    cloud: Cloud, request: Request, path: str, route: Mapping[str, Any], parameters: Mapping[str, str]
) -> dict[str, Any]:
    headers = _joined((name.lower(), value) for name, value in request.headers)
    cookies = [c.strip() for c in headers.pop("cookie", "").split(";") if c.strip()]
    method = "ANY" if route["method"] == ANY else route["method"]
    key = "$default" if route["path"] == "/$default" else f"{method} {route['path']}"
    as_text = bool(AS_TEXT.match(headers.get("content-type", "text/plain"))) and _is_text(request.body)
    now = cloud.now()
    event = {
        "version": "2.0",
        "routeKey": key,
        "rawPath": path,
        "rawQueryString": request.query,
        "cookies": cookies or None,
        "headers": headers,
        "queryStringParameters": _joined(parse_qsl(request.query, keep_blank_values=True)) or None,
        "pathParameters": dict(parameters) or None,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": headers.get("host", "127.0.0.1"),
            "domainPrefix": "local",
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": uuid.uuid4().hex,
            "routeKey": key,
            "stage": "$default",
            "time": f"{now:%d/%b/%Y:%H:%M:%S} +0000",
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "body": None,
        "isBase64Encoded": bool(request.body) and not as_text,
    }
    if request.body:
        event["body"] = request.body.decode("utf-8") if as_text else base64.b64encode(request.body).decode()
    return {name: value for name, value in event.items() if value is not None}


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _joined(pairs: Any) -> dict[str, str]:
    """What repeats is one text with commas, as in payload 2.0."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _authorize(cloud: Cloud, said: Mapping[str, Any], event: dict[str, Any]) -> Response | None:
    """The event carries what the authorizer knows of the caller; or the answer that turns the caller away."""
    named = said.get("identitySource", [])
    named = named.split(",") if isinstance(named, str) else named
    sources = [_source(event, name.strip()) for name in named]
    if not all(sources):
        return _plain(HTTPStatus.UNAUTHORIZED, "Unauthorized")
    function = cloud.function(function_in(said["authorizerUri"]))
    asked = {name: value for name, value in event.items() if name not in ("body", "isBase64Encoded")}
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:local/$default/{event['routeKey'].replace(' ', '', 1)}"
    try:
        decided = function({**asked, "type": "REQUEST", "routeArn": arn, "identitySource": sources})
        allowed = decided["isAuthorized"]
    except Exception as error:
        function.errors.append(error)
        return _plain(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")
    if allowed is not True:
        return _plain(HTTPStatus.FORBIDDEN, "Forbidden")
    event["requestContext"]["authorizer"] = {"lambda": decided.get("context") or None}
    return None


def _source(event: Mapping[str, Any], name: str) -> str:
    """`$request.header.Authorization` of this request; empty if it is not there."""
    place, _, key = name.removeprefix("$request.").partition(".")
    if place == "header":
        return str(event["headers"].get(key.lower(), ""))
    if place == "querystring":
        return str(event.get("queryStringParameters", {}).get(key, ""))
    raise ValueError(f"an identity source that is not made here: {name}")


def function_in(uri: object) -> str:
    """The ARN of the function in the address by which API Gateway calls it.

    Raises:
        ValueError: there is none.
    """
    if found := re.search(r"functions/(arn:[^/]+)/invocations", str(uri)):
        return found[1]
    raise ValueError(f"no function in {uri}")


def _response(said: Any) -> Response:
    """What a function answered: a whole answer, or just its body."""
    if not isinstance(said, dict) or "statusCode" not in said:
        return Response(
            status=200,
            headers=[("content-type", "application/json")],
            body=json.dumps(said, ensure_ascii=False).encode(),
        )
    text = said.get("body") or ""
    body = base64.b64decode(text, validate=True) if said.get("isBase64Encoded") else text.encode("utf-8")
    if len(text) > BODY_MAX:
        raise ValueError(f"an answer of {len(text)} bytes is too large")
    headers = [(name.lower(), str(value)) for name, value in (said.get("headers") or {}).items()]
    headers += [("set-cookie", cookie) for cookie in said.get("cookies") or ()]
    if body and not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain;charset=utf-8"))
    return Response(status=int(said["statusCode"]), headers=headers, body=body)


def _plain(status: HTTPStatus, message: str) -> Response:
    return Response(
        status=status, headers=[("content-type", "application/json")], body=json.dumps({"message": message}).encode()
    )


BAD_REQUEST = _plain(HTTPStatus.BAD_REQUEST, "Bad Request")
