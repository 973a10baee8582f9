"""What of an HTTP event tells who is asking. The gateway's authorizer and the routes read it alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from billing.ports_tokens import Tokens
from billing.usecases.authorize import Asked

USER = "user in the log"  # purpose of the digest
LOOPBACK = ("127.0.0.1", "localhost")


def asked(event: Mapping[str, Any]) -> Asked:
    """Of an event of payload 2.0, whose headers are in lower case."""
    headers = event.get("headers") or {}
    return Asked(
        method=event["requestContext"]["http"]["method"],
        authorization=headers.get("authorization", ""),
        cookies=tuple(event.get("cookies") or ()),
        accept=headers.get("accept", ""),
        local=is_local(event),
    )


def is_local(event: Mapping[str, Any]) -> bool:
    """Asked over plain http within one machine; API Gateway has names of its own."""
    host: str = event["requestContext"]["domainName"]
    return host.partition(":")[0] in LOOPBACK


def logged_user(user: str, tokens: Tokens) -> str:
    """Tells people of the log apart and names none of them: a token may name its user by an e-mail address."""
    return tokens.mac(USER, user)[:12]
