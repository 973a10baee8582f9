"""What the API needs from outside: somebody who reads tokens and makes signatures, all of one secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from billing.domain.errors import BillingError

SESSION = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The claims of a verified token. `account` is empty for an operator; only a session has an `id`.

    `began`: when it was issued, if it says so.
    """

    account: str
    role: str
    user: str
    id: str = ""
    began: datetime | None = None


class TokenRefusedError(BillingError):
    """A token that does not count: forged, expired, or saying too little."""


class Tokens(Protocol):
    """Tokens and signatures, all of one secret; what is signed for one purpose counts for no other."""

    def read(self, token: str, *, now: datetime) -> Claims:
        """What the CRM says in a token of its own.

        Raises:
            TokenRefusedError: it does not count at that moment.
            UnavailableError: the keys cannot be read now.
        """
        ...

    def read_session(self, token: str, *, now: datetime) -> Claims:
        """As `read`, of a token that `new_session` made."""
        ...

    def new_session(self, claims: Claims, *, now: datetime) -> str:
        """A token of ours that says the same for a working day, under an id of its own."""
        ...

    def mac(self, purpose: str, text: str) -> str:
        """A signature of the text, fit for an address."""
        ...

    def is_mac(self, purpose: str, text: str, mac: str) -> bool: ...
