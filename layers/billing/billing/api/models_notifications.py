"""Who gets copies of documents, as it is told and as it is set."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from billing.api.models import Answer, Asked
from billing.domain.documents import DocumentKind
from billing.domain.notifications import ADDED_MAX, KINDS

Kinds = Annotated[tuple[DocumentKind, ...], Field(min_length=1, max_length=len(KINDS))]


class AddressAsked(Asked):
    """An address beside those of the CRM's card, and what it gets."""

    address: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    kinds: Kinds = KINDS


class NotificationsAsked(Asked):
    """The settings as a whole: an address that is not named is taken off. `version` is that of what was shown."""

    added: tuple[AddressAsked, ...] = Field(max_length=ADDED_MAX)
    reconciliation: bool
    version: int = Field(ge=0)


class LastLetter(Answer):
    """What became of the last letter, also in words."""

    status: str
    at: str
    code: str
    said: str


class CardAddress(Answer):
    address: str
    digest: str
    last: LastLetter | None


class Added(CardAddress):
    """`state`: waiting for its confirmation, or confirmed."""

    kinds: tuple[DocumentKind, ...]
    state: str


class Notifications(Answer):
    """`administrators` come from the CRM and get everything; `reconciliation`: an act of it each quarter.

    `malformed`: addresses of the CRM that cannot be written to before they are mended there.
    """

    administrators: tuple[CardAddress, ...]
    added: tuple[Added, ...]
    reconciliation: bool
    version: int
    malformed: tuple[str, ...] = ()
