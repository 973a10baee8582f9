"""The chain of evidence, both ways: payment → charges → act → file → letters → EDO, and back."""

from __future__ import annotations

from billing.domain.explain import ActExplained, PaymentExplained
from billing.ports import Outside


def explain_payment(account: str, key: str, outside: Outside) -> PaymentExplained:
    """Where each kopeck of the payment is.

    Raises:
        NotFoundError: the account has no such payment.
    """
    raise NotImplementedError


def explain_act(account: str, document: str, outside: Outside) -> ActExplained:
    """Which payments and charges make the act, and why it is for another sum than was paid or charged.

    Raises:
        NotFoundError: the account has no such act.
    """
    raise NotImplementedError
