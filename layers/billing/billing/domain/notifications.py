"""Who gets copies beside those whom the card names: the client's own settings, kept whatever card comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from billing.domain.documents import DocumentKind
from billing.domain.errors import ConflictError, InvalidInputError
from billing.domain.parties import mail_address
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause

ADDED_MAX = 20
ASKED_MAX = 3  # confirmations to one address in a day
ASKED_OF_ALL_MAX = 60  # and to all addresses of a client: nobody's mailbox is to be flooded by way of us
KINDS = (DocumentKind.INVOICE, DocumentKind.ACT, DocumentKind.RECONCILIATION)  # what an address may choose from


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedAddress:
    """An address with the kinds it gets. It gets nothing before `confirmed_at`, when the link with its `nonce` came.

    `letter`: the last one that asked it to confirm. `stop_url`: the link in its letters that stops them.
    """

    address: str
    kinds: tuple[DocumentKind, ...]
    nonce: str
    letter: str = ""
    confirmed_at: str = ""
    stop_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationSettings:
    """`reconciliation`: an act of reconciliation is made each quarter. `version` moves with every change by a person.

    `asked`: how many confirmations each address was sent on the day `asked_on`, by case-folded address, also of those
    that were taken off meanwhile.
    """

    added: tuple[AddedAddress, ...] = ()
    reconciliation: bool = False
    version: int = 0
    asked: Mapping[str, int] = field(default_factory=dict)
    asked_on: str = ""

    @property
    def chosen(self) -> dict[str, tuple[DocumentKind, ...]]:
        """Those that have confirmed, with their kinds."""
        return {a.address: a.kinds for a in self.added if a.confirmed_at}


def changed(
    settings: NotificationSettings, added: Sequence[tuple[str, Sequence[DocumentKind]]], *, reconciliation: bool
) -> NotificationSettings:
    """The settings as a person wants them now; who has confirmed stays so, whoever is new waits.

    Raises:
        InvalidInputError: what is given is no address, or stands there twice, or chooses nothing, or is too many.
    """
    if len(added) > ADDED_MAX:
        raise InvalidInputError(trouble(Cause.ADDRESSES_TOO_MANY, n=ADDED_MAX))
    known = {a.address.casefold(): a for a in settings.added}
    version = settings.version + 1
    wanted: dict[str, AddedAddress] = {}
    for n, (text, kinds) in enumerate(added, 1):
        address = mail_address(text.strip())
        if not address:
            raise InvalidInputError(trouble(Cause.ADDRESS_FORM, n=n))
        if address.casefold() in wanted:
            raise InvalidInputError(trouble(Cause.ADDRESS_TWICE, n=n))
        chosen = tuple(kind for kind in KINDS if kind in kinds)
        if not chosen or set(kinds) - set(KINDS):
            raise InvalidInputError(trouble(Cause.ADDRESS_KINDS, n=n))
        new = AddedAddress(address=address, kinds=chosen, nonce=str(version))
        wanted[address.casefold()] = replace(known.get(address.casefold(), new), kinds=chosen)
    return replace(settings, added=tuple(wanted.values()), reconciliation=reconciliation, version=version)


def asked_again(settings: NotificationSettings, addresses: Sequence[str], day: str) -> NotificationSettings:
    """The settings with one more confirmation counted for each of the addresses on that day.

    Raises:
        ConflictError: one of them, or all of them together, were asked too often today.
    """
    asked = dict(settings.asked) if settings.asked_on == day else {}
    for address in addresses:
        asked[address.casefold()] = asked.get(address.casefold(), 0) + 1
    if any(asked[address.casefold()] > ASKED_MAX for address in addresses):
        raise ConflictError(trouble(Cause.ASKED_TOO_OFTEN, n=ASKED_MAX))
    if sum(asked.values()) > ASKED_OF_ALL_MAX:
        raise ConflictError(trouble(Cause.ALL_ASKED_TOO_OFTEN))
    return replace(settings, asked=asked, asked_on=day)
