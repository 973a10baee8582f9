"""One document goes to one address, or to all, once more: a letter of its own, on the same rails."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
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
class _Request:
    """What was asked, to whom it goes, and the letters that are queued by now: one for so many addresses, "" for none.

    It has a row under the caller's own `key`, if there is one, with the first of its letters.
    """

    account: str
    key: str
    sha: str
    to: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    version: int = ABSENT

    @property
    def place(self) -> tuple[str, str]:
        return f"orders.{self.account}", "letter." + hashlib.sha256(self.key.encode()).hexdigest()

    @property
    def left(self) -> tuple[str, ...]:
        """Whom the next letter goes to."""
        return self.to[len(self.letters) * ADDRESSES_MAX :][:ADDRESSES_MAX]


def send_again(account: str, document: str, *, addresses: tuple[str, ...] = (), key: str = "", outside: Outside) -> str:
    """A letter with the document is queued to the addresses, or to all that get its kind; answers the letter's id.

    Of more addresses than a letter takes there are several letters, and the last one is named. The same `key` again is
    the same letter, whatever has become of the document and its addresses since; without one each call is another.

    Raises:
        NotFoundError: there is no such document.
        InvalidInputError: an address is none of the client's, or there is none at all.
        ConflictError: the document is not ready, or has gone there too often today, or the key is known with other
            content.
    """
    said = {"document": document, "to": sorted(map(str.casefold, addresses))}
    request = _Request(account=account, key=key, sha=hashlib.sha256(records.canonical(said)).hexdigest())
    request = _as_known(request, outside)
    if not request.to or request.left:
        record = _ready(account, document, outside)
        if not request.to:
            request = replace(request, to=_known(recipients_of(account, outside), addresses, record))
        while request.left:
            request = _gone_on(request, record, outside, all_named=bool(addresses))
    if not (letters := [letter for letter in request.letters if letter]):
        raise ConflictError(trouble(Cause.SENT_TOO_OFTEN, n=A_DAY_MAX))
    return letters[-1]


def addressees(account: str, outside: Outside) -> dict[str, str]:
    """Return the client's addresses by their digests, so that one can be named without being shown."""
    return {address_digest(address): address for address in recipients_of(account, outside).valid}


def _as_known(request: _Request, outside: Outside) -> _Request:
    """The request with what was done under its key before."""
    stored = outside.store.get("control", *request.place) if request.key else None
    if not stored:
        return request
    if stored.row["sha"] != request.sha:
        raise ConflictError(trouble(Cause.KEY_OF_OTHER_LETTER))
    to, letters = tuple(stored.row["to"]), tuple(stored.row["letters"])
    return replace(request, to=to, letters=letters, version=stored.version)


def _ready(account: str, document: str, outside: Outside) -> DocumentRecord:
    stored = outside.store.get("documents", account, document)
    if not stored or stored.row["kind"] not in set(DocumentKind):
        raise NotFoundError("такого документа нет")
    record = records.document_of(account, document, stored.row)
    if record.status is not DocumentStatus.READY:
        raise ConflictError(trouble(Cause.NOT_READY))
    return record


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


def _gone_on(request: _Request, record: DocumentRecord, outside: Outside, *, all_named: bool) -> _Request:
    """The next letter is queued; none, where each of its addresses has had the document too often today."""
    for attempt in range(ATTEMPTS_MAX):
        try:
            return _written(request, record, outside, all_named=all_named)
        except StaleError:  # somebody else sends it too
            if attempt == ATTEMPTS_MAX - 1:
                raise
            request = _as_known(request, outside)
            if not request.left:
                break
    return request


def _written(request: _Request, record: DocumentRecord, outside: Outside, *, all_named: bool) -> _Request:
    account, scope, now = record.account, scope_of(record.id), outside.clock()
    day, at = str(moscow_day(now)), utc_text(now)
    stored = outside.store.get("control", f"again.{account}", record.id)
    kept: Mapping[str, Any] = stored.row if stored else {"n": len(letters_of(account, scope, outside))}
    sent = dict(kept["sent"]) if kept.get("day") == day else {}
    often = [a for a in request.left if sent.get(address_digest(a), 0) >= A_DAY_MAX]
    if often and all_named:
        raise ConflictError(trouble(Cause.SENT_TOO_OFTEN_THERE, address=masked(often[0]), n=A_DAY_MAX))
    to = [a for a in request.left if a not in often]
    if not to:
        return replace(request, letters=(*request.letters, ""))
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
    request = replace(request, letters=(*request.letters, letter))
    expires = int((now + KEY_KEPT).timestamp())
    row = {"n": n, "day": day, "sent": sent, "expires": expires, "summary": f"{record.id}: писем {n}"}
    writes = [Write("control", f"again.{account}", record.id, row, stored.version if stored else ABSENT)]
    if request.key:
        said = {
            "sha": request.sha,
            "to": list(request.to),
            "letters": list(request.letters),
            "at": at,
            "expires": expires,
            "summary": f"{record.id} ещё раз: писем {len(request.letters)}",
        }
        writes.append(Write("control", *request.place, said, request.version))
        request = replace(request, version=request.version + 1)
    outside.store.tx([*writes, *rows_of_letter(letter, head, to, at)])
    with suppress(UnavailableError):  # it is queued by its rows: asked again, it would go twice
        outside.queue.send("send-letter", hints_of(letter, to))
    return request
