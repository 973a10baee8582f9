"""The link that an added address gets: it says whose letters the address agrees to, and for how long it counts."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from billing import wiring
from billing.api.asking import is_local
from billing.domain.periods import moscow_day
from billing.usecases.notifications import CONFIRMATION_DAYS

PURPOSE = "confirm"
TOKEN_MAX = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    account: str
    digest: str
    nonce: str


def links_of(account: str, event: APIGatewayProxyEventV2) -> Callable[[str, str], str]:
    """How links for addresses of the account are made: on the host that was asked, which the gateway itself names."""
    here = _origin(event)
    until = moscow_day(wiring.now()) + timedelta(days=CONFIRMATION_DAYS)

    def link(digest: str, nonce: str) -> str:
        said = base64.urlsafe_b64encode(json.dumps([account, digest, nonce, until.isoformat()]).encode()).decode()
        said = said.rstrip("=")
        return f"{here}/confirm?token={said}.{wiring.tokens().mac(PURPOSE, said)}"

    return link


def stop_link(account: str, event: APIGatewayProxyEventV2) -> str:
    """Return a link that stops the letters to an address; its secret is its own, and outlives those of ours."""
    return f"{_origin(event)}/stop?token={account}.{secrets.token_urlsafe(24)}"


def _origin(event: APIGatewayProxyEventV2) -> str:
    context = event.request_context
    if is_local(event.raw_event):
        return f"http://{event.headers.get('host', context.domain_name)}"
    return f"https://{context.domain_name}"


def read(token: str) -> Confirmation | None:
    """What the link says, None when it is none of ours or its time is over."""
    said, _, mac = token[:TOKEN_MAX].partition(".")
    if not said or not wiring.tokens().is_mac(PURPOSE, said, mac):
        return None
    account, digest, nonce, until = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    if moscow_day(wiring.now()) > date.fromisoformat(until):
        return None
    return Confirmation(account=account, digest=digest, nonce=nonce)
