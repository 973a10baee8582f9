"""What is told of a document out of its row: what stands in it, its letters, its way in the EDO."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from billing import records
from billing.domain.delivery import WORST_FIRST
from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.explain import LetterState
from billing.domain.money import Kopecks
from billing.domain.parties import masked
from billing.domain.periods import Day
from billing.domain.troubles import Trouble
from billing.ports import Row, Stored
from billing.records_letters import NOBODY, LetterRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoTold:
    """Where a document is in the EDO: a `Stage` of domain/edo_fate in plain text; moments are UTC texts or empty."""

    stage: str
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
    problems: tuple[Trouble, ...] = ()
    file_name: str = ""
    letter: str = ""
    code: str = ""
    first: Day | None = None
    last: Day | None = None
    edo: EdoTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Listed):
    """A document with all its letters, address by address, the earliest first.

    `warnings`: what is missing in an act of reconciliation, for whoever ordered it.
    """

    letters: tuple[LetterState, ...] = ()
    warnings: tuple[Trouble, ...] = ()
    sha256: str = ""


def listed(stored: Stored, letter: tuple[str, str]) -> Listed:
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
        problems=records.troubles_of(row.get("problems", ())),
        file_name=row.get("file_name", ""),
        letter=letter[0],
        code=letter[1],
        first=first,
        last=last,
        edo=edo_told(row.get("edo")),
    )


def edo_told(state: Mapping[str, object] | None) -> EdoTold | None:
    """Where the document is in the exchange, of the state in its row; None: it was not sent."""
    fate = state and state.get("fate")
    if not isinstance(fate, Mapping):
        return None
    return EdoTold(
        stage=fate["stage"],
        since=fate.get("since", ""),
        delivered_at=fate.get("delivered_at", ""),
        text=fate.get("text", ""),
        annulment=fate.get("annulment", "none"),
    )


# --- letters -----------------------------------------------------------------------------------------------------


def letter_state(row: Row, letters: Mapping[str, LetterRecord]) -> tuple[str, str]:
    """The state of the document's letter with its reason, out of the letters that were read."""
    letter = row.get("letter", "")
    if letter not in letters:
        return (NOBODY if letter == NOBODY else ""), ""
    codes = {d.status: d.code for d in letters[letter].deliveries.values()}
    return next(((status, codes[status]) for status in WORST_FIRST if status in codes), ("", ""))


def letters_told(letters: Collection[LetterRecord], *, full: bool) -> tuple[LetterState, ...]:
    """Address by address; `full`: with whole addresses, else masked."""
    return tuple(
        LetterState(
            letter=letter.id,
            address=d.address if full else masked(d.address),
            status=d.status,
            at=d.at,
            code=d.code,
        )
        for letter in letters
        for d in letter.deliveries.values()
    )
