"""Letters as rows: one for each set of documents that somebody wants, one delivery for each address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from billing import records
from billing.domain.parties import Customer, Recipients, recipients
from billing.domain.periods import Month, utc_text
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.records import Delivery, DocumentRecord
from billing.usecases.cards import settings_of

HEAD = "letter"  # sort key of the row that says what the letter is
ADDRESSES_MAX = 50  # of one letter
ROWS_MAX = 100  # of one transaction

WRITTEN_ONCE = 1  # the version of a letter's work row: nothing ever changes it

SUPPRESSED = "suppressed"  # deliveries: the partition of addresses that are not written to again
WAIT = timedelta(minutes=15)  # longer than the function lives and its events travel, put together

SETTLED = frozenset({"accepted", "delivered", "bounced", "complained", "suppressed", "refused", "unconfirmed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    id: str
    addresses: tuple[str, ...]
    documents: tuple[str, ...]


def scope_of(document: str) -> str:
    """A document's id as it stands in the ids of its own letters: the mail service takes no dots in its tags."""
    return document.replace(".", "-")


def letters_of(account: str, scope: Month | str, outside: Outside) -> Iterator[tuple[str, tuple[Stored, ...]]]:
    """The letters of an account about a month, or about one document (`scope_of`), each with its rows."""
    n = 1
    while rows := outside.store.query("deliveries", f"{account}_{scope}_{n}").rows:
        yield f"{account}_{scope}_{n}", rows
        n += 1


def letters_about(record: DocumentRecord, outside: Outside) -> Iterator[tuple[str, tuple[Stored, ...]]]:
    """The letters that carry the document: that of its month, if a run has made it, then its own, oldest first."""
    if not record.is_ordered:
        for id, rows in letters_of(record.account, record.month, outside):
            if any(s.sk == HEAD and record.id in s.row["documents"] for s in rows):
                yield id, rows
    yield from letters_of(record.account, scope_of(record.id), outside)


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
    before = tuple(letters_of(account, scope, outside))
    ours = {record.id for record, _ in ready}
    kept = [(id, rows) for id, rows in before if ours & set(_head(rows)["documents"])]
    room = ROWS_MAX - len(ready) - len(writes)
    due = _due(f"{account}_{scope}", len(before), _wanted(account, ready, kept, outside), room)
    together, first = list[Write](), len(due)
    while first and len(together) + len(rows := _rows(account, due[first - 1], about, at)) <= room:
        together, first = rows + together, first - 1
    for letter in due[:first]:  # by number: `letters_of` looks no further than the first that is missing
        outside.store.tx(_rows(account, letter, about, at))
    last = {document: id for id, rows in kept for document in _head(rows)["documents"]}
    last |= {document: letter.id for letter in due for document in letter.documents}
    documents = [
        Write("documents", account, r.id, records.document_row(replace(r, letter=last.get(r.id, "nobody"))), version)
        for r, version in ready
    ]
    outside.store.tx([*documents, *writes, *together])
    hints = [{"letter": id, "address": s.sk} for id, rows in kept for s in rows if s.sk != HEAD]
    outside.queue.send("send-letter", [*hints, *(h for letter in due for h in hints_of(letter.id, letter.addresses))])


def _head(rows: Sequence[Stored]) -> Mapping[str, Any]:
    return next(s.row for s in rows if s.sk == HEAD)


def _wanted(
    account: str,
    ready: Sequence[tuple[DocumentRecord, int]],
    kept: Sequence[tuple[str, tuple[Stored, ...]]],
    outside: Outside,
) -> dict[tuple[str, ...], list[str]]:
    """By set of documents, the addresses that get it and are not in a letter with them yet."""
    told = {(s.sk, document) for _, rows in kept for s in rows for document in _head(rows)["documents"]}
    to = recipients_of(account, outside)
    wanted: dict[tuple[str, ...], list[str]] = {}
    for address in to.valid:
        digest = records.address_digest(address)
        documents = tuple(r.id for r, _ in ready if to.gets(address, r.kind) and (digest, r.id) not in told)
        if documents:
            wanted.setdefault(documents, []).append(address)
    return wanted


def _due(name: str, n: int, wanted: Mapping[tuple[str, ...], Sequence[str]], room: int) -> list[_Letter]:
    """A letter for each set of documents, or several where a letter would not fit a transaction."""
    size = max(1, min(ADDRESSES_MAX, room - 2))
    groups = [
        (documents, tuple(addresses[i : i + size]))
        for documents, addresses in wanted.items()
        for i in range(0, len(addresses), size)
    ]
    return [_Letter(id=f"{name}_{n}", addresses=to, documents=about) for n, (about, to) in enumerate(groups, n + 1)]


def _rows(account: str, letter: _Letter, about: Mapping[str, str], at: str) -> list[Write]:
    head: dict[str, object] = {
        **about,
        "account": account,
        "documents": list(letter.documents),
        "at": at,
        "summary": f"{about['summary']}: {len(letter.documents)} шт., адресов {len(letter.addresses)}",
    }
    return rows_of_letter(account, letter.id, head, letter.addresses, at)


def rows_of_letter(account: str, id: str, head: dict[str, object], addresses: Sequence[str], at: str) -> list[Write]:
    """A letter's head, a delivery for each address, and the work row that stays until all of them are settled."""
    month = {"month": head["month"]} if "month" in head else {}  # without one, no run waits for the letter
    work = {"account": account, "letter": id, **month, "since": at}
    return [
        Write("deliveries", id, HEAD, head, ABSENT),
        *(
            Write(
                "deliveries",
                id,
                records.address_digest(a),
                records.delivery_row(Delivery(address=a, status="queued", at=at)),
                ABSENT,
            )
            for a in addresses
        ),
        Write("work", records.shard_of(account), f"letter#{id}", work, ABSENT),
    ]


def hints_of(id: str, addresses: Sequence[str]) -> list[dict[str, str]]:
    return [{"letter": id, "address": records.address_digest(a)} for a in addresses]


def settle(letter: str, outside: Outside) -> None:
    """The letter's work row goes when nothing of it is left to do."""
    page = outside.store.query("deliveries", letter)
    account = next(s.row["account"] for s in page.rows if s.sk == HEAD)
    if any(s.row["status"] not in SETTLED for s in page.rows if s.sk != HEAD):
        return
    with suppress(StaleError):  # another worker saw the same end
        outside.store.tx([Write("work", records.shard_of(account), f"letter#{letter}", None, WRITTEN_ONCE)])
