"""Our signatures: asked for by batches that are fixed in rows, and stored before they are used.

A batch is a row of `control`, `edo.signing`, and each of its files one of `edo.signing.files`, so that a file is in one
batch at a time. They are there before the signer is asked, and go when the last outcome is stored. Where a person
confirms a batch, it waits with the signer's task. Batches of our receipts stand in a partition of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Any

from billing.domain.edo_fate import Stage
from billing.domain.edo_reasons import Reason
from billing.domain.periods import moscow_day, utc_text
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.ports_edo import (
    AbsentError,
    BadSignatureError,
    EdoOutside,
    NeedsPersonError,
    Outcome,
    SigningRefused,
    StopTheRunError,
)
from billing.records_edo import SIGNING
from billing.records_edo import SIGNING_FILES as FILES
from billing.usecases.edo.attention import line_writes, want_person
from billing.usecases.edo.sending.papers import Paper, stored, to_sign, unsigned
from billing.usecases.edo.sending.terms import OnItsWay

BATCH_MAX = 40
ASK_AGAIN = timedelta(hours=1)  # after an answer that was lost: the signer may be at it
_CONFIRMED = {"Sms": "код придёт по СМС", "MyDss": "в приложении myDSS"}
GIVE_UP = timedelta(days=1)  # a task that nobody confirms, or that the signer knows no more


def batches(outside: Outside, of: str = SIGNING) -> tuple[Stored, ...]:
    """Batches that are not over, oldest first; `of`: the partition that they stand in."""
    return outside.store.query("control", of, limit=1_000).rows


def documents_in(found: Sequence[Stored]) -> set[str]:
    """Custom ids of the documents that wait in a batch."""
    return {f"{paper.account}/{paper.document}" for batch in found for paper in _papers(batch)}


def _papers(batch: Stored) -> list[Paper]:
    return [Paper(*found) for found in batch.row["files"]]


def wants_signature(one: OnItsWay, now: datetime) -> bool:
    """Made, and not signed; what was refused is asked for again on another day."""
    if one.state.fate.stage is not Stage.TITLED:
        return False
    refused = one.state.asked_at
    return not refused or moscow_day(datetime.fromisoformat(refused)) != moscow_day(now)


def batch_size(edo: EdoOutside) -> int:
    return max(1, min(edo.signer.batch_max, BATCH_MAX))


def sign(papers: Sequence[Paper], outside: Outside, edo: EdoOutside, *, of: str = SIGNING) -> set[str]:
    """The papers are signed as one batch, or it waits for a person; the accounts of those with an outcome.

    Raises:
        BusyError: the signer does not answer; the batch waits.
        NeedsPersonError: a person has to act at the signer, and reads so.
        StopTheRunError: the signer refuses us.
    """
    batch = _begun(papers, outside, of)
    return _asked(batch, outside, edo) if batch else set()


def _begun(papers: Sequence[Paper], outside: Outside, of: str) -> Stored | None:
    """The batch of those that no other worker has given to the signer; None: there are none."""
    at = utc_text(outside.clock())
    left = list(papers)
    while left := [paper for paper in left if not outside.store.get("control", FILES, paper.key)]:
        said = f"на подписи с {at}: {len(left)}"
        row = {"files": [list(astuple(paper)) for paper in left], "task": "", "confirm": "", "at": at}
        batch = Stored(of, f"{at}.{left[0].key}", {**row, "summary": said}, ABSENT + 1)
        with suppress(StaleError):
            outside.store.tx(
                [
                    Write("control", of, batch.sk, batch.row, ABSENT),
                    *(Write("control", FILES, paper.key, {"batch": batch.sk}, ABSENT) for paper in left),
                ]
            )
            still = [paper for paper in left if unsigned(paper, outside)]
            if still == left:
                return batch
            _gone(batch, outside, answered=False)  # of some, another worker has the outcome since they were read
            left = still
    return None


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
    papers = _papers(batch)
    try:
        signed = edo.signer.sign([to_sign(paper, outside) for paper in papers], now=now, task=row["task"])
    except BadSignatureError as error:
        return _ended(batch, {paper.key: SigningRefused(text=str(error)) for paper in papers}, outside)
    except AbsentError:  # a task that the signer knows no more: its papers go into another batch
        return _ended(batch, {}, outside)
    except StopTheRunError as error:
        error.reason = error.reason or Reason.SIGNER_REFUSES_US
        raise
    except NeedsPersonError as error:
        reason = error.reason or Reason.SIGNER_WANTS_PERSON
        want_person(batch.pk, reason, outside, detail=error.said.text or str(error))
        if now >= datetime.fromisoformat(row["at"]) + GIVE_UP:
            _gone(batch, outside, answered=False)
        raise
    if not signed.task:
        absent = SigningRefused(text="сервис подписи ничего не ответил о файле")
        return _ended(batch, {paper.key: signed.outcomes.get(paper.key, absent) for paper in papers}, outside)
    if (signed.task, signed.confirm) != (row["task"], row["confirm"]):  # first of all: nobody else knows the task
        waits: dict[str, Any] = {**row, "task": signed.task, "confirm": signed.confirm}
        outside.store.tx([Write("control", batch.pk, batch.sk, waits, batch.version)])
    detail = ", ".join(filter(None, (f"файлов {len(papers)}", _CONFIRMED.get(signed.confirm, signed.confirm))))
    if signed.confirm:
        want_person(batch.pk, Reason.SIGNING_WAITS, outside, detail=detail)
    return set()


def _ended(batch: Stored, outcomes: Mapping[str, Outcome], outside: Outside) -> set[str]:
    """Each outcome is stored, and then the batch is over; the accounts of the signed."""
    signed = set()
    for paper in _papers(batch):
        one = unsigned(paper, outside)
        if not one:
            continue  # another worker has stored it, or a person has begun another attempt
        with suppress(StaleError):
            if stored(paper, one, outcomes.get(paper.key), outside):
                signed.add(paper.account)
    _gone(batch, outside, answered=bool(outcomes))
    return signed


def _gone(batch: Stored, outside: Outside, *, answered: bool) -> None:
    """The batch is over; when the signer has answered, nobody has to do anything about it, unless another one waits."""
    others = any(other.row["task"] for other in batches(outside, batch.pk) if other.sk != batch.sk)
    line = line_writes(batch.pk, None, outside) if answered and not others else []
    files = [Write("control", FILES, paper.key, None, ABSENT + 1) for paper in _papers(batch)]
    with suppress(StaleError):  # another worker was faster
        outside.store.tx([Write("control", batch.pk, batch.sk, None, batch.version), *files, *line])
