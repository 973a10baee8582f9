"""Our signatures: asked for by batches that are fixed in rows, stored before they are used, never made twice.

A batch is a row of `control`, `edo.signing`, and each of its files one of `edo.signing.files`, so that a file is in one
batch at a time. They are there before the signer is asked, and go when the last outcome is stored. Where a person
confirms a batch, it waits with the signer's task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from billing.domain.edo_fate import Stage
from billing.domain.edo_reasons import Reason
from billing.domain.periods import moscow_day, utc_text
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.ports_edo import (
    BadSignatureError,
    Cms,
    EdoOutside,
    NeedsPersonError,
    Outcome,
    PersonSigns,
    SigningRefused,
    ToSign,
)
from billing.records_edo import SIGNING
from billing.records_edo import SIGNING_FILES as FILES
from billing.usecases.edo.people import line_writes, want_person
from billing.usecases.edo.signatures import FILE, PERSON, TEST, kept_signature, note_certificate, signature_is_kept
from billing.usecases.edo.terms import OnItsWay, read, to_person, written

BATCH_MAX = 40
ASK_AGAIN = timedelta(hours=1)  # after an answer that was lost: the signer may be at it
GIVE_UP = timedelta(days=1)  # a task that nobody confirms, or that the signer knows no more


@dataclass(frozen=True, slots=True)
class _File:
    """One file of a batch: that attempt of a document."""

    account: str
    document: str
    attempt: int

    @property
    def key(self) -> str:
        return f"{self.account}/{self.document}.{self.attempt}"


def batches(outside: Outside) -> tuple[Stored, ...]:
    """Batches that are not over, oldest first."""
    return outside.store.query("control", SIGNING, limit=1_000).rows


def documents_in(found: Sequence[Stored]) -> set[str]:
    """Custom ids of the documents that wait in a batch."""
    return {f"{account}/{document}" for batch in found for account, document, _ in batch.row["files"]}


def wants_signature(one: OnItsWay, now: datetime) -> bool:
    """Made, and not signed; what was refused is asked for again on another day."""
    if one.state.fate.stage is not Stage.TITLED:
        return False
    refused = one.state.asked_at
    return not refused or moscow_day(datetime.fromisoformat(refused)) != moscow_day(now)


def batch_size(edo: EdoOutside) -> int:
    return max(1, min(edo.signer.batch_max, BATCH_MAX))


def sign(documents: Sequence[OnItsWay], outside: Outside, edo: EdoOutside) -> set[str]:
    """The documents are signed as one batch, or it waits for a person; the accounts of those with an outcome.

    Raises:
        BusyError: the signer does not answer; the batch waits.
        NeedsPersonError: a person has to act at the signer, and reads so.
        StopTheRunError: the signer refuses us.
    """
    batch = _begun(documents, outside)
    return _asked(batch, outside, edo) if batch else set()


def _begun(documents: Sequence[OnItsWay], outside: Outside) -> Stored | None:
    """The batch of those that no other worker has given to the signer; None: there are none."""
    at = utc_text(outside.clock())
    left = [_File(one.stored.pk, one.stored.sk, one.state.fate.attempt) for one in documents]
    while left := [file for file in left if not outside.store.get("control", FILES, file.key)]:
        said = f"на подписи с {at}: {len(left)}"
        row = {"files": [[f.account, f.document, f.attempt] for f in left], "task": "", "confirm": "", "at": at}
        batch = Stored(SIGNING, f"{at}.{left[0].key}", {**row, "summary": said}, ABSENT + 1)
        with suppress(StaleError):
            outside.store.tx(
                [
                    Write("control", SIGNING, batch.sk, batch.row, ABSENT),
                    *(Write("control", FILES, file.key, {"batch": batch.sk}, ABSENT) for file in left),
                ]
            )
            unsigned = [file for file in left if _is_unsigned(file, outside)]
            if unsigned == left:
                return batch
            _gone(batch, outside, answered=False)  # of some, another worker has the outcome since they were read
            left = unsigned
    return None


def _is_unsigned(file: _File, outside: Outside) -> bool:
    one = read(file.account, file.document, outside)
    return one is not None and one.state.fate.attempt == file.attempt and one.state.fate.stage is Stage.TITLED


def go_on(batch: Stored, outside: Outside, edo: EdoOutside) -> set[str]:
    """What an earlier run began: the task is asked about; without one, signatures that were kept are taken.

    A batch whose asking was cut off is dissolved after an hour, and its documents go into another one. Answers and
    raises as `sign`.
    """
    if batch.row["task"]:
        return _asked(batch, outside, edo)
    if outside.clock() < datetime.fromisoformat(batch.row["at"]) + ASK_AGAIN:
        return set()
    return _ended(batch, {}, outside)


def _asked(batch: Stored, outside: Outside, edo: EdoOutside) -> set[str]:
    row, now = batch.row, outside.clock()
    files = [_File(*found) for found in row["files"]]
    try:
        signed = edo.signer.sign([_to_sign(file, outside) for file in files], now=now, task=row["task"])
    except BadSignatureError as error:
        return _ended(batch, {file.key: SigningRefused(text=str(error)) for file in files}, outside)
    except NeedsPersonError as error:
        want_person(SIGNING, Reason.NO_SIGNER, outside, detail=error.said.text or str(error))
        if now >= datetime.fromisoformat(row["at"]) + GIVE_UP:
            _gone(batch, outside, answered=False)
        raise
    if not signed.task:
        absent = SigningRefused(text="сервис подписи ничего не ответил о файле")
        return _ended(batch, {file.key: signed.outcomes.get(file.key, absent) for file in files}, outside)
    detail = ", ".join(filter(None, (f"файлов {len(files)}", signed.confirm)))
    want_person(SIGNING, Reason.SIGNING_WAITS, outside, detail=detail)
    if (signed.task, signed.confirm) != (row["task"], row["confirm"]):
        waits: dict[str, Any] = {**row, "task": signed.task, "confirm": signed.confirm}
        outside.store.tx([Write("control", SIGNING, batch.sk, waits, batch.version)])
    return set()


def _to_sign(file: _File, outside: Outside) -> ToSign:
    one = read(file.account, file.document, outside)
    assert one, "a document is never deleted"
    state = one.state
    return ToSign(key=file.key, file_name=state.title_name, content=outside.files.get(state.title_file))


def _ended(batch: Stored, outcomes: Mapping[str, Outcome], outside: Outside) -> set[str]:
    """Each outcome is stored, and then the batch is over; the accounts of the signed."""
    signed = set()
    for file in (_File(*found) for found in batch.row["files"]):
        one = read(file.account, file.document, outside)
        if not one or one.state.fate.attempt != file.attempt or one.state.fate.stage is not Stage.TITLED:
            continue  # another worker has stored it, or a person has begun another attempt
        with suppress(StaleError):
            if _stored(one, outcomes.get(file.key), outside):
                signed.add(file.account)
    _gone(batch, outside, answered=bool(outcomes))
    return signed


def _gone(batch: Stored, outside: Outside, *, answered: bool) -> None:
    """The batch is over; when the signer has answered, nobody has to do anything about it."""
    line = line_writes(SIGNING, None, outside) if answered else []
    files = [Write("control", FILES, _File(*found).key, None, ABSENT + 1) for found in batch.row["files"]]
    with suppress(StaleError):  # another worker was faster
        outside.store.tx([Write("control", SIGNING, batch.sk, None, batch.version), *files, *line])


def _stored(one: OnItsWay, outcome: Outcome | None, outside: Outside) -> bool:
    """The outcome is in the row, and a signature in the bucket before that; None: only one that is there already."""
    state = one.state
    if outcome is None:
        if not signature_is_kept(one, outside):
            return False
        signature = FILE
    elif isinstance(outcome, SigningRefused):
        to_person(one, Reason.NOT_SIGNED, outside, detail=outcome.text)
        written(one, replace(state, asked_at=utc_text(outside.clock())), outside)
        return False
    elif isinstance(outcome, Cms):
        kept_signature(one, outcome, outside)
        note_certificate(outcome, outside)
        signature = FILE
    else:
        signature = PERSON if isinstance(outcome, PersonSigns) else TEST
    signed = replace(
        state,
        fate=replace(state.fate, stage=Stage.SIGNED),
        signature=signature,
        signature_file=f"{one.file_key}.sig" if signature == FILE else "",
        asked_at="",
    )
    written(one, signed, outside)
    return True
