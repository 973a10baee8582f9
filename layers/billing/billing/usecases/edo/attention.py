"""What waits for a person in the EDO: one list, one reason for each line. A line goes by itself when its cause has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from billing import records
from billing.domain.edo_reasons import Reason
from billing.domain.edo_wording import quoted
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
    title: str = "",
    name: str = "",
) -> None:
    """The subject is on the list with that reason; since when, stays as long as the reason does."""
    line = ForPerson(
        subject=subject,
        reason=reason,
        detail=detail,
        account=account,
        document=document,
        inn=inn,
        title=title,
        name=name,
    )
    change_line(subject, lambda before: line, outside)


def no_person(subject: str, outside: Outside) -> None:
    """The subject is not on the list any more."""
    change_line(subject, lambda before: None, outside)


def change_line(subject: str, how: Callable[[ForPerson | None], ForPerson | None], outside: Outside) -> None:
    """Replace the subject's line with what `how` makes of the present one. None means no line."""
    for attempt in range(ATTEMPTS_MAX):
        stored = outside.store.get("control", PEOPLE, subject)
        line = how(line_of(stored) if stored else None)
        try:
            if writes := _writes(subject, line, stored, outside):
                outside.store.tx(writes)
            return
        except StaleError:  # another worker wrote it at the same moment
            if attempt == ATTEMPTS_MAX - 1:
                raise


def line_writes(subject: str, line: ForPerson | None, outside: Outside) -> list[Write]:
    """What makes the list say so (None: nothing), to be written with what it is about; empty when it does already."""
    return _writes(subject, line, outside.store.get("control", PEOPLE, subject), outside)


def _writes(subject: str, line: ForPerson | None, stored: Stored | None, outside: Outside) -> list[Write]:
    if line is None:
        return [Write("control", PEOPLE, subject, None, stored.version)] if stored else []
    before = line_of(stored) if stored else None
    same = before is not None and before.reason is line.reason
    since = before.since if before and same else utc_text(outside.clock())
    is_told = same and before is not None and before.told
    updated = replace(line, detail=quoted(line.detail)[:DETAIL_MAX], since=since, told=is_told)
    if updated == before:
        return []
    return [Write("control", PEOPLE, subject, row_of(updated), stored.version if stored else ABSENT)]


def row_of(line: ForPerson) -> dict[str, Any]:
    return {"line": records.plain(line), "summary": f"{line.subject}: {line.reason.text}"}


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
