"""Letters as rows: one for an account and month with its new documents, one delivery for each address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from billing import records
from billing.domain.parties import recipients
from billing.domain.periods import Month, utc_text
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.records import Delivery, DocumentRecord
from billing.usecases.cards import customer_card

HEAD = "letter"  # sort key of the row that says what the letter is
ADDRESSES_MAX = 50  # of one letter, so that its rows and its documents fit one transaction

SUPPRESSED = "suppressed"  # deliveries: the partition of addresses that are not written to again
WAIT = timedelta(minutes=15)  # longer than the function lives and its events travel, put together

SETTLED = frozenset({"accepted", "delivered", "bounced", "complained", "suppressed", "refused", "unconfirmed"})


def letter_id(account: str, month: Month, n: int) -> str:
    return f"{account}_{month}_{n}"


def letter_number(id: str) -> int:
    """The number at the end of a letter's id; 0 when there is no letter."""
    number = id.rpartition("_")[2]
    return int(number) if number.isdigit() else 0


def letters_of(account: str, month: Month | str, outside: Outside) -> Iterator[tuple[str, tuple[Stored, ...]]]:
    """The letters of an account and month, each with its rows."""
    n = 1
    while rows := outside.store.query("deliveries", f"{account}_{month}_{n}").rows:
        yield f"{account}_{month}_{n}", rows
        n += 1


def queue_letters(
    account: str,
    month: Month,
    filed: Sequence[tuple[DocumentRecord, int]],
    n: int,
    writes: list[Write],
    outside: Outside,
) -> None:
    """The filed documents are ready, `writes` are written with them, and the letter to everybody is due.

    More addresses than fit one transaction make further letters, written before it; a repeat finds them.
    """
    at = utc_text(outside.clock())
    customer = customer_card(outside.store, account)
    addresses = recipients(customer.administrators, customer.added_addresses).valid if customer and filed else ()
    groups = [addresses[i : i + ADDRESSES_MAX] for i in range(0, len(addresses), ADDRESSES_MAX)]
    hints: list[dict[str, str]] = []
    for group in groups[1:]:
        n += 1
        hints += _write_letter(account, month, n, group, filed, at, outside)
    first = letter_id(account, month, n + 1) if groups else ""
    documents = [
        Write("documents", account, record.id, records.document_row(replace(record, letter=first or "nobody")), version)
        for record, version in filed
    ]
    letter = letter_writes(account, month, first, groups[0], filed, at) if groups else []
    outside.store.tx([*documents, *writes, *letter])
    outside.queue.send("send-letter", hints + hints_of(first, groups[0] if groups else ()))


def _write_letter(
    account: str,
    month: Month,
    n: int,
    addresses: Sequence[str],
    filed: Sequence[tuple[DocumentRecord, int]],
    at: str,
    outside: Outside,
) -> list[dict[str, str]]:
    id = letter_id(account, month, n)
    if not outside.store.get("deliveries", id, HEAD):
        outside.store.tx(letter_writes(account, month, id, addresses, filed, at))
    return hints_of(id, addresses)


def letter_writes(
    account: str, month: Month, id: str, addresses: Sequence[str], filed: Sequence[tuple[DocumentRecord, int]], at: str
) -> list[Write]:
    documents = [record.id for record, _ in filed]
    head: dict[str, object] = {
        "kind": "closing_documents",
        "account": account,
        "month": str(month),
        "documents": documents,
        "at": at,
        "summary": f"закрывающие документы за {month}: {len(documents)} шт., адресов {len(addresses)}",
    }
    return rows_of_letter(account, id, head, addresses, at)


def rows_of_letter(account: str, id: str, head: dict[str, object], addresses: Sequence[str], at: str) -> list[Write]:
    """A letter's head, a delivery for each address, and the work row that stays until all of them are settled."""
    work = {"account": account, "letter": id, "month": head["month"], "since": at}
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
    work = outside.store.get("work", records.shard_of(account), f"letter#{letter}")
    if work:
        with suppress(StaleError):  # another worker saw the same end
            outside.store.tx([Write("work", work.pk, work.sk, None, work.version)])
