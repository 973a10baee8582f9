"""One document goes to one address, or to all, once more: a letter of its own, on the same rails."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from billing import records
from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from billing.domain.parties import Recipients, masked
from billing.domain.periods import moscow_day, utc_text
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.ports import ABSENT, Outside, StaleError, Write
from billing.records import DocumentRecord
from billing.records_letters import address_digest, letter_id, scope_of
from billing.usecases.kept_letters import letters_of
from billing.usecases.letters import ADDRESSES_MAX, hints_of, recipients_of, rows_of_letter

A_DAY_MAX = 5  # letters with one document to one address
ATTEMPTS_MAX = 8
KEY_KEPT = timedelta(days=90)  # as long a repeat is known for one


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The caller's own key, and what was asked under it."""

    account: str
    key: str
    sha: str

    @property
    def place(self) -> tuple[str, str]:
        return f"orders.{self.account}", "letter." + hashlib.sha256(self.key.encode()).hexdigest()


def send_again(account: str, document: str, *, addresses: tuple[str, ...] = (), key: str = "", outside: Outside) -> str:
    """A letter with the document is queued to the addresses, or to all that get its kind; answers the letter's id.

    Of more addresses than a letter takes there are several letters, and the last one is named. The same `key` again is
    the same letter; without one each call is another.

    Raises:
        NotFoundError: there is no such document.
        InvalidInputError: an address is none of the client's, or there is none at all.
        ConflictError: the document is not ready, or has gone there too often today, or the key is known with other
            content.
    """
    stored = outside.store.get("documents", account, document)
    if not stored or stored.row["kind"] not in set(DocumentKind):
        raise NotFoundError("такого документа нет")
    record = records.document_of(account, document, stored.row)
    if record.status is not DocumentStatus.READY:
        raise ConflictError(trouble(Cause.NOT_READY))
    sha = hashlib.sha256(
        records.canonical({"document": document, "to": sorted(map(str.casefold, addresses))})
    ).hexdigest()
    wanted = _known(recipients_of(account, outside), addresses, record)
    letter = ""
    for i in range(0, len(wanted), ADDRESSES_MAX):
        asked = _Asked(account=account, key=f"{key}#{i}", sha=sha) if key else None
        to = wanted[i : i + ADDRESSES_MAX]
        letter = _queued(record, to, outside, all_named=bool(addresses), asked=asked) or letter
    if not letter:
        raise ConflictError(trouble(Cause.SENT_TOO_OFTEN, n=A_DAY_MAX))
    return letter


def _known(to: Recipients, addresses: Sequence[str], record: DocumentRecord) -> tuple[str, ...]:
    """The client's own spelling of the addresses, each once."""
    if not addresses:
        if not (every := tuple(a for a in to.valid if to.gets(a, record.kind))):
            raise InvalidInputError(trouble(Cause.NOBODY_TO_SEND))
        return every
    known = {address.casefold(): address for address in to.valid}
    named = dict.fromkeys(address.strip().casefold() for address in addresses)
    if not named.keys() <= known.keys():
        raise InvalidInputError(trouble(Cause.FOREIGN_ADDRESS))
    return tuple(known[address] for address in named)


def _queued(
    record: DocumentRecord, addresses: Sequence[str], outside: Outside, *, all_named: bool, asked: _Asked | None
) -> str:
    """The letter's id; empty when each of the addresses has had the document too often today."""
    for attempt in range(ATTEMPTS_MAX):
        if asked and (letter := _answered(asked, outside)):
            return letter
        try:
            return _written(record, addresses, outside, all_named=all_named, asked=asked)
        except StaleError:  # somebody else sends it too
            if attempt == ATTEMPTS_MAX - 1:
                raise
    raise AssertionError("the loop returns or raises")


def _answered(asked: _Asked, outside: Outside) -> str:
    """The letter that was queued under the key before, if there is one."""
    stored = outside.store.get("control", *asked.place)
    if stored and stored.row["sha"] != asked.sha:
        raise ConflictError(trouble(Cause.KEY_OF_OTHER_LETTER))
    return stored.row["letter"] if stored else ""


def _written(
    record: DocumentRecord, addresses: Sequence[str], outside: Outside, *, all_named: bool, asked: _Asked | None
) -> str:
    account, scope, now = record.account, scope_of(record.id), outside.clock()
    day, at = str(moscow_day(now)), utc_text(now)
    stored = outside.store.get("control", f"again.{account}", record.id)
    kept: Mapping[str, Any] = stored.row if stored else {"n": len(letters_of(account, scope, outside))}
    sent = dict(kept["sent"]) if kept.get("day") == day else {}
    often = [a for a in addresses if sent.get(address_digest(a), 0) >= A_DAY_MAX]
    if often and all_named:
        raise ConflictError(trouble(Cause.SENT_TOO_OFTEN_THERE, address=masked(often[0]), n=A_DAY_MAX))
    to = [a for a in addresses if a not in often]
    if not to:
        return ""
    for address in to:
        digest = address_digest(address)
        sent[digest] = sent.get(digest, 0) + 1
    n = kept["n"] + 1
    letter = letter_id(account, scope, n)
    head: dict[str, object] = {
        "kind": "document_again",
        "documents": [record.id],
        "at": at,
        "summary": f"{record.id} ещё раз, адресов {len(to)}",
    }
    row = {"n": n, "day": day, "sent": sent, "summary": f"{record.id}: писем {n}"}
    count = Write("control", f"again.{account}", record.id, row, stored.version if stored else ABSENT)
    answer = []
    if asked:
        expires = int((now + KEY_KEPT).timestamp())
        said = {"letter": letter, "sha": asked.sha, "at": at, "expires": expires, "summary": f"письмо {letter}"}
        answer = [Write("control", *asked.place, said, ABSENT)]
    outside.store.tx([count, *answer, *rows_of_letter(letter, head, to, at)])
    with suppress(UnavailableError):  # it is queued by its rows: asked again, it would go twice
        outside.queue.send("send-letter", hints_of(letter, to))
    return letter
