"""How letters stand in rows of `deliveries`: all letters of an account are one partition, and each is one range of it.

    account      delivery
    c-000123     2026-01_0001_letter                                 the first letter about January: what it carries
    c-000123     2026-01_0001_9f86d081884c7d659a2f                   what became of it at an address, by its digest
    c-000123     2026-01-act-7707083893-0_0001_letter                that act once more
    c-000123     2026-02-10-invoice-7707083893-5e884898_0001_letter  an ordered invoice
    c-000123     confirm-9f86d081884c7d659a2f-2026-02-01_0001_letter an address is asked to confirm
    seller       report-2026-01_0001_letter                          to our accountant
    seller       reminder-7707083893-770701001-2026-02_0001_letter   to the people of a payer, whatever clients it has
    _suppressed  9f86d081884c7d659a2f                                an address nobody of ours writes to again

A letter's id is its account, its scope and its number: `c-000123_2026-01_0001`. With an address behind it, it names a
delivery: that is the mail service's tag, and at its first underscore it parts into the two keys. No account, scope or
digest has one, so whoever holds an id knows the partition, and `2026-01_` begins the letters about January and nothing
else: the scope of one of its documents goes on with a dash. Numbers are padded, for they are to sort as they count.

Who asks for what, each in one range but the last:

    the letters about a month or a document      `2026-01_`: the list of them, the next number, a run's report
    one letter with its addresses                `2026-01_0001_`: is it settled, what of it is left
    the letters of a page of documents           from the lowest to the highest, for pages are in the order of scopes
    the last letters to an account's addresses   the newest rows before `WORDS`: scopes of documents begin with a year
    a batch of hints or events                   by keys: deliveries, heads and suppressed addresses together
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from billing.domain.delivery import DeliveryState
from billing.domain.periods import Month
from billing.ports import Row, Stored

HEAD = "letter"  # in the place of an address: the row that says what the letter is
OURS = "seller"  # whose the letters are that are no client's: to our accountant, and to the people of a payer
SUPPRESSED = "_suppressed"  # the partition of addresses that are not written to again
NOBODY = "nobody"  # in the place of a document's letter, when there is nobody to write to
WORDS = ":"  # sorts behind the scopes that begin with a year, before those that begin with a word


def scope_of(document: str) -> str:
    """A document's id as the scope of its own letters: the mail service takes no dots in its tags."""
    return document.replace(".", "-")


def letter_id(account: str, scope: Month | str, n: int) -> str:
    return f"{account}_{scope}_{n:04}"


def account_of(letter: str) -> str:
    return letter.partition("_")[0]


def key_of(letter: str, address: str) -> tuple[str, str]:
    """The keys of the row for an address, which is given by its digest; for `HEAD`, of the letter itself."""
    account, _, name = letter.partition("_")
    return account, f"{name}_{address}"


def address_digest(address: str) -> str:
    """Names an address in keys, tags and logs without saying it."""
    return hashlib.sha256(address.casefold().encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One letter to one address. `started_at` and `attempts` tell of the sending under way, `code` of its end."""

    address: str
    status: DeliveryState
    attempts: int = 0
    started_at: str = ""
    message: str = ""
    code: str = ""
    at: str = ""


def delivery_row(d: Delivery) -> dict[str, str | int]:
    row = {f.name: value for f in fields(d) if (value := getattr(d, f.name)) not in ("", 0)}
    return {**row, "status": str(d.status)}


def delivery_of(row: Row) -> Delivery:
    said = {f.name: row[f.name] for f in fields(Delivery) if f.name in row}
    return Delivery(**{**said, "status": DeliveryState(row["status"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRecord:
    """A letter as far as its rows were read: its head, and its deliveries by the digests of their addresses."""

    id: str
    head: Row
    deliveries: Mapping[str, Delivery]

    @property
    def documents(self) -> tuple[str, ...]:
        return tuple(self.head.get("documents", ()))

    @property
    def number(self) -> int:
        return int(self.id.rpartition("_")[2])


def letters_in(rows: Iterable[Stored]) -> tuple[LetterRecord, ...]:
    """The letters whose rows these are, each where its first row is."""
    found: dict[str, dict[str, Row]] = {}
    for s in rows:
        name, _, address = s.sk.rpartition("_")
        found.setdefault(f"{s.pk}_{name}", {})[address] = s.row
    return tuple(
        LetterRecord(id=id, head=by.pop(HEAD, {}), deliveries={a: delivery_of(row) for a, row in by.items()})
        for id, by in found.items()
    )
