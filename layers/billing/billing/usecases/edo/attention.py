"""What waits for a person in the EDO: one list, one reason for each line. A line goes by itself when its cause has."""

from __future__ import annotations

from dataclasses import replace

from billing import records
from billing.domain.edo_reasons import Reason
from billing.domain.periods import utc_text
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.records_edo import PEOPLE, ForPerson

PAGE = 100
DETAIL_MAX = 2_000  # characters of what the operator said
ATTEMPTS_MAX = 5


def of_payer(inn: str, kpp: str) -> str:
    """The subject of a payer's line."""
    return f"payer.{inn}.{kpp}"


def of_document(account: str, document: str) -> str:
    """The subject of a document's line."""
    return f"document.{account}.{document}"


def want_person(
    subject: str,
    reason: Reason,
    outside: Outside,
    *,
    detail: str = "",
    account: str = "",
    document: str = "",
    inn: str = "",
) -> None:
    """The subject is on the list with that reason; since when, stays as long as the reason does."""
    line = ForPerson(subject=subject, reason=reason, detail=detail, account=account, document=document, inn=inn)
    _settle(subject, line, outside)


def no_person(subject: str, outside: Outside) -> None:
    """The subject is not on the list any more."""
    _settle(subject, None, outside)


def _settle(subject: str, line: ForPerson | None, outside: Outside) -> None:
    for attempt in range(ATTEMPTS_MAX):
        try:
            if writes := line_writes(subject, line, outside):
                outside.store.tx(writes)
            return
        except StaleError:  # another worker wrote it at the same moment
            if attempt == ATTEMPTS_MAX - 1:
                raise


def line_writes(subject: str, line: ForPerson | None, outside: Outside) -> list[Write]:
    """What makes the list say so (None: nothing), to be written with what it is about; empty when it does already."""
    stored = outside.store.get("control", PEOPLE, subject)
    if line is None:
        return [Write("control", PEOPLE, subject, None, stored.version)] if stored else []
    before = line_of(stored) if stored else None
    same = before is not None and before.reason is line.reason
    since = before.since if before and same else utc_text(outside.clock())
    said = replace(line, detail=line.detail[:DETAIL_MAX], since=since)
    if said == before:
        return []
    row = {"line": records.plain(said), "summary": f"{subject}: {said.reason.text}"}
    return [Write("control", PEOPLE, subject, row, stored.version if stored else ABSENT)]


def people_page(outside: Outside, *, after: str = "", limit: int = PAGE) -> tuple[tuple[ForPerson, ...], str]:
    """A page of the list by subject, and where the next one begins; empty after the last."""
    page = outside.store.query("control", PEOPLE, after=after, limit=limit)
    return tuple(line_of(stored) for stored in page.rows), page.cursor


def people_counted(outside: Outside) -> int:
    """How many lines there are, told for a metric in one read: a page's worth may be more."""
    return len(outside.store.query("control", PEOPLE, limit=PAGE).rows)


def people(outside: Outside) -> tuple[ForPerson, ...]:
    """The whole list, by subject."""
    lines, after = people_page(outside)
    while after:
        more, after = people_page(outside, after=after)
        lines += more
    return lines


def line_of(stored: Stored) -> ForPerson:
    return records.from_plain(ForPerson, stored.row["line"])
