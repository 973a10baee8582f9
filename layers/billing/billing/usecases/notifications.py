"""Who gets the client's documents, what became of the last letter to each, and the addresses a client adds itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from billing import records
from billing.domain.documents import DocumentKind
from billing.domain.errors import ConflictError, NotFoundError, UnavailableError
from billing.domain.notifications import AddedAddress, NotificationSettings, asked_again, changed
from billing.domain.parties import Customer, masked, recipients
from billing.domain.periods import moscow_day, utc_text
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.ports import Outside, StaleError, Stored, Write
from billing.records_letters import address_digest, letter_id
from billing.usecases.cards import seller_card, settings_of
from billing.usecases.last_letters import LastLetter, last_letters
from billing.usecases.letters import hints_of, rows_of_letter

CONFIRMATION_DAYS = 3  # as long as the link of a confirmation lives
ATTEMPTS_MAX = 5
WAITING, CONFIRMED = "waiting", "confirmed"

Link = Callable[[str, str], str]  # of an address, by its digest and the nonce of its confirmation


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAddress:
    """An address of the CRM's card: it gets everything."""

    address: str
    digest: str
    last: LastLetter | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedByClient:
    """`state`: waiting or confirmed."""

    address: str
    digest: str
    kinds: tuple[DocumentKind, ...]
    state: str
    last: LastLetter | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifications:
    """`malformed`: what the card has in the place of addresses. `version` is to be given back with a change."""

    administrators: tuple[CardAddress, ...]
    added: tuple[AddedByClient, ...]
    reconciliation: bool
    version: int
    malformed: tuple[str, ...] = ()


def notifications_of(account: str, outside: Outside, *, full: bool = True) -> Notifications:
    """The addresses, whole or masked, with their last letters, as far as `last_letters` looks.

    Raises:
        NotFoundError: there is no such client.
    """
    stored, settings = _settings(account, outside)
    card = records.from_plain(Customer, stored.row["card"])
    named = recipients(card.administrators, card.added_addresses)
    asked = [(a.letter, address_digest(a.address)) for a in settings.added if a.letter]
    last = last_letters(account, asked, outside)
    shown: Callable[[str], str] = str if full else masked
    return Notifications(
        administrators=tuple(
            CardAddress(address=shown(a), digest=(digest := address_digest(a)), last=last.get(digest))
            for a in named.valid
        ),
        added=tuple(
            AddedByClient(
                address=shown(a.address),
                digest=(digest := address_digest(a.address)),
                kinds=a.kinds,
                state=CONFIRMED if a.confirmed_at else WAITING,
                last=last.get(digest),
            )
            for a in settings.added
        ),
        reconciliation=settings.reconciliation,
        version=settings.version,
        malformed=tuple(map(shown, named.invalid)),
    )


def change_notifications(
    account: str,
    *,
    added: Sequence[tuple[str, Sequence[DocumentKind]]],
    reconciliation: bool,
    version: int,
    outside: Outside,
    link: Link,
) -> Notifications:
    """The settings are as given, whole; each new address is asked to confirm by a letter with `link` in it.

    Raises:
        NotFoundError: there is no such client, or its card has not come yet.
        InvalidInputError: an address is none, stands there twice, or there are too many.
        ConflictError: somebody has changed the settings meanwhile, or an address was asked too often today.
    """
    stored, was = _settings(account, outside)
    if was.version != version:
        raise ConflictError(trouble(Cause.SETTINGS_CHANGED))
    settings = changed(was, added, reconciliation=reconciliation)
    known = {a.address.casefold() for a in was.added}
    new = [a for a in settings.added if a.address.casefold() not in known]
    if not _written(stored, settings, new, outside, link):  # by a card that came at the same moment, it may be
        return change_notifications(
            account, added=added, reconciliation=reconciliation, version=version, outside=outside, link=link
        )
    return notifications_of(account, outside)


def add_address(
    account: str, address: str, kinds: Sequence[DocumentKind], *, outside: Outside, link: Link
) -> Notifications:
    """Add an address to the settings, whatever else changes meanwhile, and ask it to confirm.

    Raises:
        NotFoundError: there is no such client, or its card has not come yet.
        InvalidInputError: it is no address, or is there already, or there are too many.
        ConflictError: it was asked too often today, or the settings change all the time.
    """
    for _ in range(ATTEMPTS_MAX - 1):
        try:
            return _added(account, address, kinds, outside, link)
        except ConflictError as error:
            if not error.trouble or error.trouble.cause is not Cause.SETTINGS_CHANGED:
                raise
    return _added(account, address, kinds, outside, link)


def _added(account: str, address: str, kinds: Sequence[DocumentKind], outside: Outside, link: Link) -> Notifications:
    settings = _settings(account, outside)[1]
    return change_notifications(
        account,
        added=[*((a.address, a.kinds) for a in settings.added), (address, kinds)],
        reconciliation=settings.reconciliation,
        version=settings.version,
        outside=outside,
        link=link,
    )


def ask_again(account: str, digest: str, *, outside: Outside, link: Link) -> None:
    """An address that has not confirmed gets another letter, at most three a day.

    Raises:
        NotFoundError: there is no such address that waits.
        ConflictError: it was asked too often today.
    """
    stored, settings = _settings(account, outside)
    waiting = [a for a in settings.added if not a.confirmed_at and address_digest(a.address) == digest]
    if not waiting:
        raise NotFoundError(trouble(Cause.ADDRESS_NOT_WAITING))
    if not _written(stored, settings, waiting, outside, link):
        ask_again(account, digest, outside=outside, link=link)


def confirm_address(account: str, digest: str, nonce: str, outside: Outside, *, stop_url: str = "") -> bool:
    """Confirm the address: it gets documents from now on, each with a link to unsubscribe.

    Return False if the address was taken off or added anew since the link was made.
    """
    stored = outside.store.get("customers", account)
    settings = settings_of(stored) if stored else NotificationSettings()
    named = [a for a in settings.added if address_digest(a.address) == digest]
    if not stored or not named or named[0].nonce != nonce:
        return False
    if named[0].confirmed_at:
        return True
    at = utc_text(outside.clock())
    added = tuple(replace(a, confirmed_at=at, stop_url=stop_url) if a is named[0] else a for a in settings.added)
    row = {**stored.row, "notifications": records.plain(replace(settings, added=added))}
    try:
        outside.store.tx([Write("customers", account, "", row, stored.version)])
    except StaleError:  # a card came at the same moment, or somebody has changed the settings
        return confirm_address(account, digest, nonce, outside, stop_url=stop_url)
    return True


def _settings(account: str, outside: Outside) -> tuple[Stored, NotificationSettings]:
    stored = outside.store.get("customers", account)
    if not stored:
        raise NotFoundError("такого клиента нет")
    return stored, settings_of(stored)


def _written(
    stored: Stored, settings: NotificationSettings, ask: Sequence[AddedAddress], outside: Outside, link: Link
) -> bool:
    """The settings are kept, and whoever is to be asked is: the letters are written with them. False: read again."""
    account, now, card = stored.pk, outside.clock(), records.from_plain(Customer, stored.row["card"])
    at, seller = utc_text(now), seller_card(outside.store)
    settings = asked_again(settings, [a.address for a in ask], str(moscow_day(now)))
    ours = seller and seller.on(moscow_day(now))
    writes, hints, letters = list[Write](), list[dict[str, str]](), dict[str, str]()
    for address in ask:
        digest = address_digest(address.address)
        n = settings.asked[address.address.casefold()]
        letter = letters[address.address] = letter_id(account, f"confirm-{digest}-{settings.asked_on}", n)
        head: dict[str, object] = {
            "kind": "address_confirmation",
            "at": at,
            "details": {
                "customer": card.title,
                "confirm_url": link(digest, address.nonce),
                "days": CONFIRMATION_DAYS,
                "seller_name": ours.party.name if ours else "",
            },
            "summary": "подтверждение адреса",
        }
        writes += rows_of_letter(letter, head, [address.address], at)
        hints += hints_of(letter, [address.address])
    added = tuple(replace(a, letter=letters.get(a.address, a.letter)) for a in settings.added)
    row = {**stored.row, "notifications": records.plain(replace(settings, added=added))}
    try:
        outside.store.tx([Write("customers", account, "", row, stored.version), *writes])
    except StaleError:
        return False
    with suppress(UnavailableError):  # the sweep finds them
        outside.queue.send("send-letter", hints)
    return True
