"""What a client's people see of their documents: the list, one of them, and a link that downloads it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from billing import records
from billing.domain.documents import DocumentStatus
from billing.domain.errors import ConflictError, NotFoundError
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.ports import Outside, Stored
from billing.records_letters import NOBODY
from billing.usecases.document_filters import Filters, rank
from billing.usecases.documents_told import Listed, Told, letter_state, letters_told, listed
from billing.usecases.kept_letters import letters_about, letters_by_id

PAGE_MAX = 100  # documents in a page
READ_MAX = 500  # rows read for one: a rare filter gives short pages, and takes few calls
DAY_USUAL = 10  # rows read beyond a page, so that its last day is whole
LINK_SECONDS = 120

_ID = re.compile(r"[0-9A-Za-z._-]{1,120}")


def list_documents(
    account: str, filters: Filters, *, after: str, limit: int, outside: Outside
) -> tuple[tuple[Listed, ...], str]:
    """Return at most `limit` documents, newest first, and where the next page begins ("": there is none).

    Within a day they stand by number, which their keys do not tell: the rows of a day are read together. A page may be
    shorter than asked for and still not be the last: what one call reads is bounded.
    """
    start, _, last = after.partition("|")
    rows = _newest_first(account, filters, start, limit, outside)
    page, more, read, head = list[Stored](), "", 0, next(rows, None)
    while head:
        day, head = _day(head, rows)
        if read and read + len(day) > READ_MAX:
            more = start
            break
        read += len(day)
        shown = sorted((s for s in day if _is_document(s) and filters.let(s.row)), key=rank, reverse=True)
        if last:
            shown = shown[1 + next((n for n, s in enumerate(shown) if s.sk == last), -1) :]
        room = limit - len(page)
        page += shown[:room]
        if len(shown) > room:
            more = f"{start}|{shown[room - 1].sk if room else last}"
            break
        start, last = day[-1].sk, ""
        if head and (len(page) == limit or read >= READ_MAX):
            more = start
            break
    page.sort(key=rank, reverse=True)  # a contract is dated long before the day that it was made on
    named = {s.row["letter"] for s in page if s.row.get("letter", NOBODY) != NOBODY}
    letters = letters_by_id(named, outside)
    return tuple(listed(s, letter_state(s.row, letters)) for s in page), more


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


def download_link(account: str, id: str, outside: Outside, *, inline: bool) -> tuple[str, str]:
    """Return an address that gives the file for two minutes, and the SHA-256 of the file.

    Raises:
        NotFoundError: the account has no such document.
        ConflictError: it has no file yet, or was withdrawn.
    """
    row = _document(account, id, outside).row
    if row["status"] != DocumentStatus.READY:
        raise ConflictError(trouble(Cause.NO_FILE_YET))
    link = outside.files.link(
        row["file"],
        file_name=row["file_name"],
        content_type="application/pdf",
        seconds=LINK_SECONDS,
        inline=inline,
    )
    return link, row["sha256"]


# --- rows --------------------------------------------------------------------------------------------------------


def _newest_first(account: str, filters: Filters, start: str, limit: int, outside: Outside) -> Iterator[Stored]:
    """Yield the account's rows from the newest on, only those whose keys can be of what is asked for."""
    after, before = filters.keys()
    before = start or before
    size = PAGE_MAX if filters.sifts else limit + DAY_USUAL  # of what is sifted, few rows may be left
    while True:
        page = outside.store.query("documents", account, after=after, before=before, limit=size, newest_first=True)
        yield from page.rows
        if not (before := page.cursor):
            return


def _day(head: Stored, rows: Iterator[Stored]) -> tuple[list[Stored], Stored | None]:
    """Return the rows of one month or day from `head` on, `READ_MAX` at most, and the row that follows them."""
    day = [head]
    for stored in rows:
        if stored.sk.partition(".")[0] != head.sk.partition(".")[0] or len(day) == READ_MAX:
            return day, stored
        day.append(stored)
    return day, None


def _is_document(stored: Stored) -> bool:
    return bool(stored.row["kind"] != "period")


def _document(account: str, id: str, outside: Outside) -> Stored:
    stored = outside.store.get("documents", account, id) if _ID.fullmatch(id) else None
    if not stored or not _is_document(stored):
        raise NotFoundError("такого документа нет")
    return stored
