"""The four families of failures: a family says what the caller does next."""

from __future__ import annotations

from billing.domain.troubles import Trouble


class BillingError(Exception):
    """Anything this system refuses or cannot do; the text is for people and holds no personal data.

    What a client's people are told is a `Trouble` in the place of the text.
    """

    @property
    def trouble(self) -> Trouble | None:
        return next((said for said in self.args if isinstance(said, Trouble)), None)


class NotFoundError(BillingError):
    """There is no such thing, or it is not yours. API: 404; queue: dead letter."""


class InvalidInputError(BillingError):
    """The sender must change something. API: 400; queue: dead letter."""


class ConflictError(BillingError):
    """The world has already moved on. API: 409; queue: read again."""


class UnavailableError(BillingError):
    """Nothing is broken, come back later. API: 503; queue: retry."""
