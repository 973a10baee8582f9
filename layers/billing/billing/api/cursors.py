"""Where the next page begins, as a text that means something only for the same account and the same question."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json

from billing.domain.errors import InvalidInputError
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.ports_tokens import Tokens

PURPOSE = "cursor"


def cursor(after: str, *, account: str, question: str, tokens: Tokens) -> str:
    """Empty for the end of the list."""
    if not after:
        return ""
    said = base64.urlsafe_b64encode(json.dumps([after]).encode()).rstrip(b"=").decode()
    return f"{said}.{tokens.mac(PURPOSE, _bound(said, account, question))}"


def position(text: str, *, account: str, question: str, tokens: Tokens) -> str:
    """What `cursor` was made of; empty for an empty one.

    Raises:
        InvalidInputError: it is of another account or question, or none of ours.
    """
    if not text:
        return ""
    said, _, mac = text.partition(".")
    if not tokens.is_mac(PURPOSE, _bound(said, account, question), mac):
        raise InvalidInputError(trouble(Cause.PAGE_UNKNOWN))
    try:
        (after,) = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    except (ValueError, binascii.Error) as error:  # we have signed no such thing
        raise InvalidInputError(trouble(Cause.PAGE_UNKNOWN)) from error
    return str(after)


def _bound(said: str, account: str, question: str) -> str:
    return "\0".join((said, account, hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()))
