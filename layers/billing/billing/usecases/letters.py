"""Letters as rows: one for each set of documents that somebody wants, one delivery for each address."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

from billing import records
from billing.domain.delivery import SETTLED, DeliveryState
from billing.domain.parties import Customer, Recipients, recipients
from billing.domain.periods import Month, utc_text
from billing.ports import ABSENT, Outside, StaleError, Write
from billing.records import DocumentRecord
from billing.records_letters import (
    HEAD,
    NOBODY,
    Delivery,
    LetterRecord,
    account_of,
    address_digest,
    delivery_row,
    key_of,
    letter_id,
)
from billing.usecases.cards import settings_of
from billing.usecases.kept_letters import letters_of, the_letter

ADDRESSES_MAX = 50  # of one letter
ROWS_MAX = 100  # of one transaction

WRITTEN_ONCE = 1  # the version of a letter's work row: nothing ever changes it
WAIT = timedelta(minutes=15)  # longer than the function lives and its events travel, put together


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    id: str
    addresses: tuple[str, ...]
    documents: tuple[str, ...]


def recipients_of(account: str, outside: Outside) -> Recipients:
    """Whom the client's documents go to by its card and its own settings."""
    stored = outside.store.get("customers", account)
    if not stored:
        return Recipients(valid=())
    customer = records.from_plain(Customer, stored.row["card"])
    return recipients(customer.administrators, customer.added_addresses, settings_of(stored).chosen)


def queue_letters(
    account: str,
    scope: Month | str,
    ready: Sequence[tuple[DocumentRecord, int]],
    writes: Sequence[Write],
    outside: Outside,
    *,
    about: Mapping[str, str],
) -> None:
    """The documents are ready, `writes` are written with them, and letters with them are due to whoever gets them.

    Letters that do not fit this transaction are written before it, and do not go as long as it has not come about. A
    repeat keeps them, and writes others to those only who are in none of them, whatever card has come meanwhile.
    `about`: the kind of the letters and what else their heads say.
    """
    if not ready:
        outside.store.tx(writes)
        return
    at = utc_text(outside.clock())
    before = letters_of(account, scope, outside)
    ours = {record.id for record, _ in ready}
    kept = [letter for letter in before if ours & set(letter.documents)]
    room = ROWS_MAX - len(ready) - len(writes)
    ids = (letter_id(account, scope, n) for n in count(before[-1].number + 1 if before else 1))
    due = _due(ids, _wanted(account, ready, kept, outside), room)
    together, first = list[Write](), len(due)
    while first and len(together) + len(rows := _rows(due[first - 1], about, at)) <= room:
        together, first = rows + together, first - 1
    for letter in due[:first]:
        outside.store.tx(_rows(letter, about, at))
    last = {document: letter.id for letter in kept for document in letter.documents}
    last |= {document: letter.id for letter in due for document in letter.documents}
    documents = [
        Write("documents", account, r.id, records.document_row(replace(r, letter=last.get(r.id, NOBODY))), version)
        for r, version in ready
    ]
    outside.store.tx([*documents, *writes, *together])
    hints = [{"letter": letter.id, "address": digest} for letter in kept for digest in letter.deliveries]
    outside.queue.send("send-letter", [*hints, *(h for letter in due for h in hints_of(letter.id, letter.addresses))])


def _wanted(
    account: str, ready: Sequence[tuple[DocumentRecord, int]], kept: Sequence[LetterRecord], outside: Outside
) -> dict[tuple[str, ...], list[str]]:
    """By set of documents, the addresses that get it and are not in a letter with them yet."""
    told = {(digest, document) for letter in kept for digest in letter.deliveries for document in letter.documents}
    to = recipients_of(account, outside)
    wanted: dict[tuple[str, ...], list[str]] = {}
    for address in to.valid:
        digest = address_digest(address)
        documents = tuple(r.id for r, _ in ready if to.gets(address, r.kind) and (digest, r.id) not in told)
        if documents:
            wanted.setdefault(documents, []).append(address)
    return wanted


def _due(ids: Iterator[str], wanted: Mapping[tuple[str, ...], Sequence[str]], room: int) -> list[_Letter]:
    """A letter for each set of documents, or several where a letter would not fit a transaction."""
    size = max(1, min(ADDRESSES_MAX, room - 2))
    groups = [
        (documents, tuple(addresses[i : i + size]))
        for documents, addresses in wanted.items()
        for i in range(0, len(addresses), size)
    ]
    return [_Letter(id=next(ids), addresses=to, documents=about) for about, to in groups]


def _rows(letter: _Letter, about: Mapping[str, str], at: str) -> list[Write]:
    head: dict[str, object] = {
        **about,
        "documents": list(letter.documents),
        "at": at,
        "summary": f"{about['summary']}: {len(letter.documents)} шт., адресов {len(letter.addresses)}",
    }
    return rows_of_letter(letter.id, head, letter.addresses, at)


def rows_of_letter(letter: str, head: Mapping[str, object], addresses: Sequence[str], at: str) -> list[Write]:
    """A letter's head, a delivery for each address, and the work row that stays until all of them are settled."""
    queue = [Delivery(address=a, status=DeliveryState.QUEUED, at=at) for a in addresses]
    queued = {address_digest(delivery.address): delivery_row(delivery) for delivery in queue}
    return [
        *(Write("deliveries", *key_of(letter, part), row, ABSENT) for part, row in {HEAD: head, **queued}.items()),
        work_write(letter, str(head.get("month", "")), at),
    ]


def work_write(letter: str, month: str, at: str) -> Write:
    """Return the work row of a letter that has none. Without a month, no run waits for the letter."""
    of_run = {"month": month} if month else {}
    work = {"account": account_of(letter), "letter": letter, **of_run, "since": at}
    return Write("work", *_work_of(letter), work, ABSENT)


def _work_of(letter: str) -> tuple[str, str]:
    return records.shard_of(account_of(letter)), f"letter#{letter}"


def hints_of(letter: str, addresses: Sequence[str]) -> list[dict[str, str]]:
    return [{"letter": letter, "address": address_digest(a)} for a in addresses]


def log_name(id: str) -> str:
    """Name a letter or a delivery for logs, by its account and a digest: a scope may hold a taxpayer's number."""
    return f"{account_of(id)}_{hashlib.sha256(id.encode()).hexdigest()[:12]}"


def settle(letter: str, outside: Outside) -> None:
    """The letter's work row goes when nothing of it is left to do."""
    if any(d.status not in SETTLED for d in the_letter(letter, outside).deliveries.values()):
        return
    with suppress(StaleError):  # another worker saw the same end
        outside.store.tx([Write("work", *_work_of(letter), None, WRITTEN_ONCE)])
