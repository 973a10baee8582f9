"""Numbers are taken in the transaction that writes them into their documents, so no series has a gap."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace

from billing import records
from billing.domain.documents import DocumentStatus
from billing.domain.errors import UnavailableError
from billing.domain.periods import Month
from billing.domain.seller import SellerCard
from billing.ports import ABSENT, Outside, StaleError, Write
from billing.records import DocumentRecord
from billing.usecases.runs import reopening
from billing.usecases.series import index_row

ATTEMPTS_MAX = 8
FIRST_PAUSE_S = 0.02  # about as long as the transaction that was faster
NUMBERED_MAX = 33  # documents in one transaction


def number(batch: Sequence[DocumentRecord], seller: SellerCard | None, outside: Outside) -> None:
    """All documents of the batch have numbers: counters and documents move in one transaction.

    A run whose documents are among them is counted once more; of ordered documents no run knows.
    """
    form = seller.number_format if seller else "{n}"
    for attempt in range(ATTEMPTS_MAX):
        writes = _numbered(batch, form, outside)
        if not writes:
            return
        for month in sorted({record.month for record in batch if not record.is_ordered}):
            writes += reopening(outside, Month.parse(month))
        try:
            outside.store.tx(writes)
            return
        except (StaleError, UnavailableError):
            if attempt == ATTEMPTS_MAX - 1:
                raise
            time.sleep(pause(attempt))


def pause(attempt: int) -> float:
    """Return the seconds before the next attempt: random, up to twice as long each time, so that rivals part."""
    return random.uniform(0, FIRST_PAUSE_S * 2**attempt)  # noqa: S311 - nothing secret about it


def _numbered(batch: Sequence[DocumentRecord], form: str, outside: Outside) -> list[Write]:
    """The documents that still lack a number with the next ones of their series, and the counters moved on."""
    counters: dict[str, tuple[int, int]] = {}
    taken: dict[str, list[tuple[str, str]]] = {}
    writes: list[Write] = []
    for wanted in batch:
        stored = outside.store.get("documents", wanted.account, wanted.id)
        assert stored, "a decided document is never deleted"
        record = records.document_of(wanted.account, wanted.id, stored.row)
        if record.status is not DocumentStatus.DECIDED:
            continue  # another worker was here
        if record.series not in counters:
            counter = outside.store.get("control", f"series.{record.series}", "counter")
            counters[record.series] = (counter.row["last"], counter.version) if counter else (0, ABSENT)
        last, version = counters[record.series]
        counters[record.series] = last + 1, version
        taken.setdefault(record.series, []).append((wanted.account, wanted.id))
        numbered = replace(record, number=form.format(n=last + 1), ordinal=last + 1, status=DocumentStatus.NUMBERED)
        writes.append(Write("documents", wanted.account, wanted.id, records.document_row(numbered), stored.version))
    for series, (last, version) in sorted(counters.items()):
        row = {"last": last, "summary": f"{series}: последний № {last}"}
        writes.append(Write("control", f"series.{series}", "counter", row, version))
        writes.append(index_row(series, last, taken[series]))
    return writes
