"""What a client's people see of their documents: the list, one of them, and a link that downloads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from billing import records
from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.errors import ConflictError, NotFoundError
from billing.domain.periods import Day, Month
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.ports import Outside, Row, Stored
from billing.records_letters import NOBODY
from billing.usecases.documents_told import Listed, Told, letter_state, letters_told, listed
from billing.usecases.kept_letters import letters_about, letters_by_id

PAGE_MAX = 100  # documents in a page
READ_MAX = 500  # rows read for one: a rare filter gives short pages, and takes six calls at most
LINK_SECONDS = 120

_ID = re.compile(r"[0-9A-Za-z._-]{1,120}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of the documents is asked for; what is empty or None lets everything through. Days are inclusive.

    `also`: a kind shown beside the one that was asked for. A contract counts by the day on which it was made ready: the
    one printed on it may be years before.
    """

    kind: DocumentKind | None = None
    also: DocumentKind | None = None
    first: Day | None = None
    last: Day | None = None
    payer: str = ""
    status: DocumentStatus | None = None
    number: str = ""

    def let(self, id: str, row: Row) -> bool:
        day = id[:10] if row["kind"] == DocumentKind.CONTRACT else row["date"]
        return (
            (not self.kind or row["kind"] in (self.kind, self.also))
            and self.status in (None, row["status"])
            and self.payer in ("", row["payer"])
            and self.number in ("", row.get("number", ""))
            and (self.first is None or day >= self.first.isoformat())
            and (self.last is None or day <= self.last.isoformat())
        )


def list_documents(
    account: str, filters: Filters, *, after: str, limit: int, outside: Outside
) -> tuple[tuple[Listed, ...], str]:
    """At most `limit` documents, newest first, and where the next page begins ("": there is none).

    A page may be shorter than asked for and still not be the last: what one call reads is bounded.
    """
    found, more = list[Stored](), ""
    rows = _newest_first(account, filters, after, limit, outside)
    for read, stored in enumerate(rows, 1):
        if _is_document(stored) and filters.let(stored.sk, stored.row):
            found.append(stored)
        if len(found) == limit or read == READ_MAX:
            more = stored.sk if next(rows, None) else ""
            break
    named = {s.row["letter"] for s in found if s.row.get("letter", NOBODY) != NOBODY}
    letters = letters_by_id(named, outside)
    return tuple(listed(s, letter_state(s.row, letters)) for s in found), more


def document_told(account: str, id: str, outside: Outside, *, full: bool = False) -> Told:
    """One document; `full`: with whole addresses, else masked.

    Raises:
        NotFoundError: the account has no such document.
    """
    stored = _document(account, id, outside)
    letters = letters_about(records.document_of(account, id, stored.row), outside)
    found = listed(stored, letter_state(stored.row, {letter.id: letter for letter in letters}))
    return Told(
        **{name: getattr(found, name) for name in Listed.__dataclass_fields__},
        letters=letters_told(letters, full=full),
        warnings=records.troubles_of(stored.row.get("warnings", ())),
        sha256=stored.row.get("sha256", ""),
    )


def download_link(account: str, id: str, outside: Outside, *, inline: bool) -> str:
    """An address that gives the file for two minutes.

    Raises:
        NotFoundError: the account has no such document.
        ConflictError: it has no file yet, or was withdrawn.
    """
    row = _document(account, id, outside).row
    if row["status"] != DocumentStatus.READY:
        raise ConflictError(trouble(Cause.NO_FILE_YET))
    return outside.files.link(
        row["file"],
        file_name=row["file_name"],
        content_type="application/pdf",
        seconds=LINK_SECONDS,
        inline=inline,
    )


# --- rows --------------------------------------------------------------------------------------------------------


def _newest_first(account: str, filters: Filters, after: str, limit: int, outside: Outside) -> Iterator[Stored]:
    """The account's rows from the newest on, only those whose keys can be of the days that are asked for.

    A document's key begins with its month or its day, and its date is in that month or on the first day of the next.
    """
    before = after or (str(Month.of(filters.last).next) if filters.last else "")
    lowest = str(Month.of(filters.first).plus(-2)) + "~" if filters.first else ""
    sifted = filters.kind or filters.payer or filters.status or filters.number
    size = PAGE_MAX if sifted else limit + 1  # of what is sifted, few rows may be left
    while True:
        page = outside.store.query("documents", account, after=lowest, before=before, limit=size, newest_first=True)
        yield from page.rows
        if not (before := page.cursor):
            return


def _is_document(stored: Stored) -> bool:
    return bool(stored.row["kind"] != "period")


def _document(account: str, id: str, outside: Outside) -> Stored:
    stored = outside.store.get("documents", account, id) if _ID.fullmatch(id) else None
    if not stored or not _is_document(stored):
        raise NotFoundError("такого документа нет")
    return stored
