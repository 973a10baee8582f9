"""Who gets copies of documents, as it is told and as it is set."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, StringConstraints, ValidationInfo

from billing.api.models import Answer, Asked, language_of, told_in
from billing.domain.documents import DocumentKind
from billing.domain.notifications import ADDED_MAX, KINDS
from billing.page.language import Language
from billing.page.states import mail_state
from billing.page.wording import Words
from billing.usecases import last_letters, notifications

Kinds = Annotated[tuple[DocumentKind, ...], Field(min_length=1, max_length=len(KINDS))]


class AddressAsked(Asked):
    """An address beside those of the CRM's card, and what it gets."""

    address: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    kinds: Kinds = KINDS


class NotificationsAsked(Asked):
    """The settings as a whole: an address that is not named is taken off. `version` is that of what was shown."""

    added: tuple[AddressAsked, ...] = Field(max_length=ADDED_MAX)
    reconciliation: StrictBool
    version: StrictInt = Field(ge=0)


class LastLetter(Answer):
    """What became of the last letter; `said` in the language of the request: «not delivered: the mailbox is full»."""

    status: str
    at: str
    code: str
    said: str


def _last(told: Any, asking: ValidationInfo) -> Any:
    if not isinstance(told, last_letters.LastLetter):
        return told
    return {**asdict(told), "said": mail_state(told.status, told.code, Words(language_of(asking))).text}


class CardAddress(Answer):
    address: str
    digest: str
    last: Annotated[LastLetter | None, BeforeValidator(_last)]


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

    @classmethod
    def of(cls, told: notifications.Notifications, language: Language) -> Self:
        return cls.model_validate(told, context=told_in(language))
