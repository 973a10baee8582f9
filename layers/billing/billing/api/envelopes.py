"""The HTTP that all routes share: the version in a path, HEAD, media types, conditional requests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

VERSION = "/v1"
PAGES = ("/page/", "/static/", "/enter", "/confirm", "/stop", "/leave", "/openapi.json", "/health")
JSON = "application/json"


def incoming(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event as the routes take it.

    Paths of programs begin with `/v1`, under which the description promises what stays; without it they are the page's.
    HEAD is answered as GET without a body (RFC 9110 9.3.2). A media type has no case, and a body is JSON unless it says
    otherwise (RFC 9110 8.3).
    """
    context, headers = event["requestContext"], dict(event.get("headers") or {})
    method = context["http"]["method"]
    path = _unversioned(event["rawPath"])
    if event.get("body"):
        kind, semicolon, rest = headers.get("content-type", JSON).partition(";")
        headers["content-type"] = kind.strip().lower() + semicolon + rest
    http = {**context["http"], "path": path, "method": "GET" if method == "HEAD" else method}
    return {**event, "rawPath": path, "headers": headers, "requestContext": {**context, "http": http}}


def outgoing(event: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to that event: where it leads has the version that was asked for, and a body its `ETag`.

    Source: RFC 9110 8.8.3, 13.1.2: 304 for whoever has it already. Of a file the route says the tag itself.
    """
    headers = {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
    location = str(headers.get("location", ""))
    if event["rawPath"] != _unversioned(event["rawPath"]) and location.startswith("/") and location != "/":
        headers["location"] = VERSION + location
    answer = {**answer, "headers": headers}
    method = event["requestContext"]["http"]["method"]
    if method in ("GET", "HEAD"):
        answer = _tagged(event, answer)
    return {**answer, "body": ""} if method == "HEAD" else answer


def _unversioned(path: str) -> str:
    if not path.startswith(f"{VERSION}/") or path.startswith(tuple(f"{VERSION}{own}" for own in PAGES)):
        return path
    return path.removeprefix(VERSION)


def _tagged(event: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    headers, tag = answer["headers"], str(answer["headers"].get("etag", ""))
    if answer["statusCode"] == 200 and headers.get("content-type") == JSON:
        tag = f'W/"{hashlib.sha256((answer.get("body") or "").encode()).hexdigest()[:32]}"'
    if not tag:
        return answer
    known = (event.get("headers") or {}).get("if-none-match", "")
    if known.strip() == "*" or tag.removeprefix("W/") in {one.strip().removeprefix("W/") for one in known.split(",")}:
        return {"statusCode": 304, "headers": {"etag": tag}, "body": "", "isBase64Encoded": False}
    return {**answer, "headers": {**headers, "etag": tag}}
