"""The four families of failures: a family says what the caller does next."""


class BillingError(Exception):
    """Anything this system refuses or cannot do; the text is for people and holds no personal data."""


class NotFoundError(BillingError):
    """There is no such thing, or it is not yours. API: 404; queue: dead letter."""


class InvalidInputError(BillingError):
    """The sender must change something. API: 400; queue: dead letter."""


class ConflictError(BillingError):
    """The world has already moved on. API: 409; queue: read again."""


class UnavailableError(BillingError):
    """Nothing is broken, come back later. API: 503; queue: retry."""
