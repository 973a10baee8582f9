"""A call to DynamoDB goes from the client straight to moto's handler, past what only a network needs.

A month makes some eighty calls a client, and most of a call's time went to its signature, its address and its parsing.
The request is still serialised and checked against the service's model by botocore, and the handler is moto's own.
"""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from types import SimpleNamespace
from typing import Any

from botocore.client import BaseClient
from botocore.useragent import UserAgentString
from moto.core import responses
from moto.core.models import botocore_stubber
from moto.dynamodb.responses import DynamoHandler

from local.template import ACCOUNT

STRAIGHT = frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "DeleteItem", "TransactWriteItems"})
BYTES = re.compile(r'"BS?":')  # a call with blobs goes the long way; in an answer they are made bytes again


def apply() -> None:
    """Mend botocore's clients and moto's dispatch for this process; `moto_fixes` does it once."""
    responses.method_names_from_class = cache(responses.method_names_from_class)
    shipped = BaseClient._make_request

    def make_request(self: Any, operation: Any, request: dict[str, Any], context: Any) -> Any:
        straight = (
            botocore_stubber.enabled
            and operation.name in STRAIGHT
            and self.meta.service_model.service_name == "dynamodb"
            and ".amazonaws.com" in request["url"]
        )
        body = _text(request["body"]) if straight else ""
        if not straight or BYTES.search(body):
            return shipped(self, operation, request, context)
        return _answer(operation.name, self.meta.region_name, body)

    BaseClient._make_request = make_request
    UserAgentString.to_string = lambda self: "local"  # composed anew for each call, and nobody reads it here


def _answer(operation: str, region: str, body: str) -> tuple[Any, dict[str, Any]]:
    """What botocore would have made of moto's answer: the response's status, and its content."""
    handler = DynamoHandler()
    handler.headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"}
    handler.params = json.loads(body)
    handler.querystring, handler.response_headers = {}, {}
    handler.region, handler.current_account, handler.access_key = region, ACCOUNT, "local"
    status, headers, text = handler.call_action()
    said = json.loads(text, object_hook=_with_bytes if BYTES.search(text) else None)
    if int(status) >= 300:
        code = str(said.pop("__type", "")).rpartition("#")[2]
        said["Error"] = {"Code": code, "Message": said.get("message") or said.get("Message") or ""}
    said["ResponseMetadata"] = {"HTTPStatusCode": int(status), "HTTPHeaders": dict(headers), "RetryAttempts": 0}
    return SimpleNamespace(status_code=int(status), headers=headers), said


def _with_bytes(said: dict[str, Any]) -> dict[str, Any]:
    match said:
        case {"B": str(coded)} if len(said) == 1:
            return {"B": base64.b64decode(coded)}
        case {"BS": [*coded]} if len(said) == 1:
            return {"BS": [base64.b64decode(one) for one in coded]}
        case _:
            return said


def _text(body: Any) -> str:
    return body.decode("utf-8") if isinstance(body, bytes | bytearray) else str(body)
