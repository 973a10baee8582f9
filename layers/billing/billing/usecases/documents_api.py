"""What a client's people see of their documents: the list, one of them, and a link that downloads it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from billing import records
from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.edo_fate import Fate
from billing.domain.edo_wording import said_of
from billing.domain.errors import ConflictError, NotFoundError
from billing.domain.money import Kopecks
from billing.domain.parties import masked
from billing.domain.periods import Day, Month
from billing.ports import Outside, Row, Stored
from billing.usecases.letters import HEAD, letters_about

PAGE_MAX = 100  # documents in a page
READ_MAX = 500  # rows read for one: a rare filter gives short pages, never slow ones
LINK_SECONDS = 120

NOBODY = "nobody"  # a document's letter when there was nobody to write to
_WORST_FIRST = (
    "bounced", "refused", "suppressed", "complained", "unconfirmed", "queued", "sending", "accepted", "delivered",
)  # fmt: skip
_ID = re.compile(r"[0-9A-Za-z._-]{1,120}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of the documents is asked for; what is empty or None lets everything through. Days are inclusive.

    A contract counts by the day on which it was made ready: the one printed on it may be years before.
    """

    kind: DocumentKind | None = None
    first: Day | None = None
    last: Day | None = None
    payer: str = ""
    status: DocumentStatus | None = None
    number: str = ""

    def let(self, id: str, row: Row) -> bool:
        day = id[:10] if row["kind"] == DocumentKind.CONTRACT else row["date"]
        return (
            self.kind in (None, row["kind"])
            and self.status in (None, row["status"])
            and self.payer in ("", row["payer"])
            and self.number in ("", row.get("number", ""))
            and (self.first is None or day >= self.first.isoformat())
            and (self.last is None or day <= self.last.isoformat())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterTold:
    """What became of one letter to one address. `code` is the mail service's reason, or empty."""

    letter: str
    address: str
    status: str
    at: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoTold:
    """Where a document is in the EDO: a `Stage` of domain/edo_fate in plain text; moments are UTC texts or empty.

    `said`: the same in Russian, «подписан 03.04.2026».
    """

    stage: str
    said: str = ""
    since: str = ""
    delivered_at: str = ""
    text: str = ""
    annulment: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A document in a list. `letter`: the state of its last letter that most asks for attention; empty: none yet.

    `code` is the mail service's reason of that state. `first` and `last`: the days that a reconciliation is for.
    """

    id: str
    kind: DocumentKind
    number: str
    date: Day
    month: str
    payer: str
    buyer: str
    total: Kopecks
    status: DocumentStatus
    problems: tuple[str, ...] = ()
    file_name: str = ""
    letter: str = ""
    code: str = ""
    first: Day | None = None
    last: Day | None = None
    edo: EdoTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Listed):
    """A document with all its letters, address by address, the earliest first."""

    letters: tuple[LetterTold, ...] = ()
    sha256: str = ""


def list_documents(
    account: str, filters: Filters, *, after: str, limit: int, outside: Outside
) -> tuple[tuple[Listed, ...], str]:
    """At most `limit` documents, newest first, and where the next page begins ("": there is none).

    A page may be shorter than asked for and still not be the last: what one call reads is bounded.
    """
    letters: dict[str, tuple[str, str]] = {}
    found: list[Listed] = []
    rows = _newest_first(account, filters, after, limit, outside)
    for read, stored in enumerate(rows, 1):
        if _is_document(stored) and filters.let(stored.sk, stored.row):
            found.append(_listed(stored, _letter(stored.row, letters, outside)))
        if len(found) == limit or read == READ_MAX:
            return tuple(found), stored.sk if next(rows, None) else ""
    return tuple(found), ""


def document_told(account: str, id: str, outside: Outside, *, full: bool = False) -> Told:
    """One document; `full`: with whole addresses, else masked.

    Raises:
        NotFoundError: the account has no such document.
    """
    stored = _document(account, id, outside)
    letters = tuple(_letters_with(account, stored, outside, full=full))
    listed = _listed(stored, _letter(stored.row, {}, outside))
    plain = {name: getattr(listed, name) for name in Listed.__dataclass_fields__}
    return Told(**plain, letters=letters, sha256=stored.row.get("sha256", ""))


def download_link(account: str, id: str, outside: Outside, *, inline: bool) -> str:
    """An address that gives the file for two minutes.

    Raises:
        NotFoundError: the account has no such document.
        ConflictError: it has no file yet, or was withdrawn.
    """
    row = _document(account, id, outside).row
    if row["status"] != DocumentStatus.READY:
        raise ConflictError("у документа ещё нет файла")
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
    while True:
        page = outside.store.query(
            "documents", account, after=lowest, before=before, limit=limit + 1, newest_first=True
        )
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


def _listed(stored: Stored, letter: tuple[str, str]) -> Listed:
    row, content = stored.row, stored.row["content"]
    days = (content["first"], content["last"]) if row["kind"] == DocumentKind.RECONCILIATION else ()
    first, last = (Day.fromisoformat(day) for day in days) if days else (None, None)
    return Listed(
        id=stored.sk,
        kind=DocumentKind(row["kind"]),
        number=row.get("number", ""),
        date=Day.fromisoformat(row["date"]),
        month=row["month"],
        payer=row["payer"],
        buyer=content["buyer"]["name"],
        total=row["total_kop"],
        status=DocumentStatus(row["status"]),
        problems=tuple(row.get("problems", ())),
        file_name=row.get("file_name", ""),
        letter=letter[0],
        code=letter[1],
        first=first,
        last=last,
        edo=_edo(row.get("edo")),
    )


def _edo(state: Mapping[str, object] | None) -> EdoTold | None:
    fate = state and state.get("fate")
    if not isinstance(fate, Mapping):
        return None
    return EdoTold(
        stage=fate["stage"],
        said=said_of(records.from_plain(Fate, fate)),
        since=fate.get("since", ""),
        delivered_at=fate.get("delivered_at", ""),
        text=fate.get("text", ""),
        annulment=fate.get("annulment", "none"),
    )


# --- letters -----------------------------------------------------------------------------------------------------


def _letter(row: Row, known: dict[str, tuple[str, str]], outside: Outside) -> tuple[str, str]:
    """The state of the document's letter with its reason; each letter is read once a page."""
    letter = row.get("letter", "")
    if letter in ("", NOBODY):
        return str(letter), ""
    if letter not in known:
        rows = outside.store.query("deliveries", letter).rows
        codes = {s.row["status"]: s.row.get("code", "") for s in rows if s.sk != HEAD}
        known[letter] = next(((status, codes[status]) for status in _WORST_FIRST if status in codes), ("", ""))
    return known[letter]


def _letters_with(account: str, document: Stored, outside: Outside, *, full: bool) -> Iterator[LetterTold]:
    for letter, rows in letters_about(records.document_of(account, document.sk, document.row), outside):
        for stored in rows:
            if stored.sk != HEAD:
                d = records.delivery_of(stored.row)
                address = d.address if full else masked(d.address)
                yield LetterTold(letter=letter, address=address, status=d.status, at=d.at, code=d.code)
