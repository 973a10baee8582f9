"""What is kept of a document whose way has ended: its print form, the protocol of the signatures, the whole archive."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from billing import records
from billing.domain.edo_fate import Annulment, is_over
from billing.domain.periods import Day
from billing.ports import FileExistsWithOtherBytesError, Outside, StaleError, Stored, Write
from billing.ports_edo import (
    AbsentError,
    BadDocumentError,
    BusyError,
    EdoFile,
    EdoOutside,
    NeedsPersonError,
)
from billing.records_edo import EVIDENCE, EdoState
from billing.usecases.edo.one_of_many import one_of_many
from billing.usecases.filing import kept_until
from billing.usecases.rows import rows_of

NONE = "-"  # in place of a file: the operator has none of this kind


def evidence_is_due(account: str, document: str, state: EdoState) -> bool:
    """Whether something is still to be fetched: the way has ended, or has ended anew by an annulment."""
    return bool(state.fate.message) and is_over(state.fate) and bool(_missing(account, document, state))


def file_evidence(outside: Outside, edo: EdoOutside, *, until: datetime) -> int:
    """The files that are ready are in the bucket and named in their documents' rows; how many documents are complete.

    What the operator has not made yet, or does not give, is left to a later run.
    """
    complete = 0
    for work in rows_of(outside.store, "work", EVIDENCE):
        if outside.clock() >= until:
            break
        try:
            complete += _file(work, outside, edo)
        except BusyError:
            break
    return complete


def _file(work: Stored, outside: Outside, edo: EdoOutside) -> bool:
    account, document = work.row["account"], work.row["document"]
    stored = outside.store.get("documents", account, document)
    state = records.from_plain(EdoState, stored.row.get("edo") or {}) if stored else EdoState()
    writes: list[Write] = []
    if stored:
        keep_until = kept_until(Day.fromisoformat(stored.row["date"]), outside)
        filed = _fetched(account, document, state, outside, edo, keep_until)
        if filed != state:
            row = {**stored.row, "edo": records.plain(filed)}
            writes.append(Write("documents", account, document, row, stored.version))
        state = filed
    complete = not evidence_is_due(account, document, state)
    if complete:
        writes.append(Write("work", work.pk, work.sk, None, work.version))
    if writes:
        with suppress(StaleError):  # its state has moved meanwhile: the files are there for the next run
            outside.store.tx(writes)
            return complete
    return False


def _fetched(
    account: str, document: str, state: EdoState, outside: Outside, edo: EdoOutside, keep_until: datetime
) -> EdoState:
    message, entity, operator = state.fate.message, state.fate.entity, edo.edo
    fetch: dict[str, Callable[[], tuple[tuple[str, EdoFile], ...]]] = {
        "print_form": lambda: (("print.pdf", operator.print_form(message, entity)),),
        "protocol": lambda: tuple(
            zip(("protocol.pdf", "protocol.sig"), operator.protocol(message, entity), strict=True),
        ),
        "archive": lambda: (("zip", operator.archive(message, entity)),),
    }
    found: dict[str, Any] = {}
    for name in _missing(account, document, state):
        files: tuple[tuple[str, EdoFile], ...] = ()
        with one_of_many(outside, edo):
            try:
                files = fetch[name]()
            except (AbsentError, BadDocumentError, NeedsPersonError):
                found[name] = NONE
        if not files:
            continue
        for ending, file in reversed(files):
            key = f"{_stem(account, document, state)}.{ending}"
            with suppress(FileExistsWithOtherBytesError):  # fetched before, by a run that was cut off: it stays
                outside.files.put_once(key, file.content, content_type=_TYPES[ending], keep_until=keep_until)
        found[name] = f"{_stem(account, document, state)}.{files[0][0]}"
    return replace(state, **found)


_TYPES = {
    "print.pdf": "application/pdf",
    "protocol.pdf": "application/pdf",
    "protocol.sig": "application/pkcs7-signature",
    "zip": "application/zip",
}


def _missing(account: str, document: str, state: EdoState) -> list[str]:
    stem = _stem(account, document, state)
    files = {"print_form": state.print_form, "protocol": state.protocol, "archive": state.archive}
    return [name for name, key in files.items() if key != NONE and not _is_at(key, stem)]


def _is_at(key: str, stem: str) -> bool:
    return key in (f"{stem}.print.pdf", f"{stem}.protocol.pdf", f"{stem}.zip")


def _stem(account: str, document: str, state: EdoState) -> str:
    """An annulment ends the way a second time: its files stand beside the first ones."""
    annulled = ".annulled" if state.fate.annulment is Annulment.AGREED else ""
    return f"edo/{account}/{document}{annulled}"
