"""Who gets the client's documents, what became of the last letter to each, and the addresses a client adds itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from billing import records
from billing.domain.documents import DocumentKind
from billing.domain.errors import ConflictError, NotFoundError, UnavailableError
from billing.domain.letter_wording import state_said
from billing.domain.notifications import AddedAddress, NotificationSettings, asked_again, changed
from billing.domain.parties import Customer, recipients
from billing.domain.periods import moscow_day, utc_text
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.ports import Outside, StaleError, Stored, Write
from billing.usecases.cards import seller_card, settings_of
from billing.usecases.letters import HEAD, SUPPRESSED, hints_of, letters_of, rows_of_letter, scope_of

DOCUMENTS_MAX = 60  # the newest ones, in whose letters an address is looked for
SCOPES_MAX = 12  # months, and documents ordered by somebody
AGAIN_MAX = 10  # documents that were sent once more
CONFIRMATION_DAYS = 3  # as long as the link of a confirmation lives
WAITING, CONFIRMED = "waiting", "confirmed"

Link = Callable[[str, str], str]  # of an address, by its digest and the nonce of its confirmation


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLetter:
    """`said`: in words a person uses, «не доставлено: ящик переполнен»."""

    status: str
    at: str
    code: str
    said: str


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


def notifications_of(account: str, outside: Outside) -> Notifications:
    """The addresses with their last letters: those about the newest documents are looked through, no more.

    Raises:
        NotFoundError: there is no such client.
    """
    stored, settings = _settings(account, outside)
    card = records.from_plain(Customer, stored.row["card"])
    found, named = _last_letters(account, outside), recipients(card.administrators, card.added_addresses)

    def last(address: str) -> LastLetter | None:
        return found.get(records.address_digest(address))

    return Notifications(
        administrators=tuple(
            CardAddress(address=a, digest=records.address_digest(a), last=last(a)) for a in named.valid
        ),
        added=tuple(
            AddedByClient(
                address=a.address,
                digest=records.address_digest(a.address),
                kinds=a.kinds,
                state=CONFIRMED if a.confirmed_at else WAITING,
                last=last(a.address) or _confirmation(a, outside),
            )
            for a in settings.added
        ),
        reconciliation=settings.reconciliation,
        version=settings.version,
        malformed=named.invalid,
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


def ask_again(account: str, digest: str, *, outside: Outside, link: Link) -> None:
    """An address that has not confirmed gets another letter, at most three a day.

    Raises:
        NotFoundError: there is no such address that waits.
        ConflictError: it was asked too often today.
    """
    stored, settings = _settings(account, outside)
    waiting = [a for a in settings.added if not a.confirmed_at and records.address_digest(a.address) == digest]
    if not waiting:
        raise NotFoundError(trouble(Cause.ADDRESS_NOT_WAITING))
    if not _written(stored, settings, waiting, outside, link):
        ask_again(account, digest, outside=outside, link=link)


def confirm_address(account: str, digest: str, nonce: str, outside: Outside) -> bool:
    """The address gets documents from now on. False: the link is of an address that was taken off or added anew."""
    stored = outside.store.get("customers", account)
    settings = settings_of(stored) if stored else NotificationSettings()
    named = [a for a in settings.added if records.address_digest(a.address) == digest]
    if not stored or not named or named[0].nonce != nonce:
        return False
    if named[0].confirmed_at:
        return True
    at = utc_text(outside.clock())
    added = tuple(replace(a, confirmed_at=at) if a is named[0] else a for a in settings.added)
    row = {**stored.row, "notifications": records.plain(replace(settings, added=added))}
    try:
        outside.store.tx([Write("customers", account, "", row, stored.version)])
    except StaleError:  # a card came at the same moment, or somebody has changed the settings
        return confirm_address(account, digest, nonce, outside)
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
        digest = records.address_digest(address.address)
        n = settings.asked[address.address.casefold()]
        letter = letters[address.address] = f"{account}_confirm-{digest}-{settings.asked_on}-{n}_1"
        head: dict[str, object] = {
            "kind": "address_confirmation",
            "account": account,
            "at": at,
            "details": {
                "customer": card.title,
                "confirm_url": link(digest, address.nonce),
                "days": CONFIRMATION_DAYS,
                "seller_name": ours.party.name if ours else "",
            },
            "summary": "подтверждение адреса",
        }
        writes += rows_of_letter(account, letter, head, [address.address], at)
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


def _last_letters(account: str, outside: Outside) -> dict[str, LastLetter]:
    """By digest of the address, the newest of the letters that are looked through."""
    newest: dict[str, Stored] = {}
    for rows in _recent(account, outside):
        for s in rows:
            if s.sk != HEAD and (s.sk not in newest or s.row["at"] > newest[s.sk].row["at"]):
                newest[s.sk] = s
    return {digest: _told(digest, s.row, outside) for digest, s in newest.items()}


def _told(digest: str, row: Mapping[str, str], outside: Outside) -> LastLetter:
    code = row.get("code", "")
    if row["status"] == "suppressed" and (why := outside.store.get("deliveries", SUPPRESSED, digest)):
        code = why.row["code"]
    said = state_said(row["status"], code)
    return LastLetter(status=row["status"], at=row["at"], code=code, said=said)


def _confirmation(address: AddedAddress, outside: Outside) -> LastLetter | None:
    digest = records.address_digest(address.address)
    stored = outside.store.get("deliveries", address.letter, digest) if address.letter else None
    return _told(digest, stored.row, outside) if stored else None


def _recent(account: str, outside: Outside) -> Iterator[tuple[Stored, ...]]:
    """The rows of the letters about the newest documents, and of the last ones with documents sent once more."""
    page = outside.store.query("documents", account, limit=DOCUMENTS_MAX, newest_first=True)
    papers = [s for s in page.rows if s.row["kind"] != "period"]
    scopes = dict.fromkeys(s.row["month"] if s.sk.startswith(f"{s.row['month']}.") else scope_of(s.sk) for s in papers)
    for scope in list(scopes)[:SCOPES_MAX]:
        yield from (rows for _, rows in letters_of(account, scope, outside))
    for again in outside.store.query("control", f"again.{account}", limit=AGAIN_MAX, newest_first=True).rows:
        yield outside.store.query("deliveries", f"{account}_{scope_of(again.sk)}_{again.row['n']}").rows
