"""Measure a sweep while a night's letters wait: calls, by backlog and by whether its hints are on the way."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from billing.domain.periods import utc_text
from billing.ports import Outside
from billing.usecases.letters import rows_of_letter
from billing.usecases.sweep import sweep
from tests.fakes import a_world

NIGHT = datetime(2026, 2, 1, 21, 30, tzinfo=UTC)
WAITING = (1_000, 100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Letters to one address each. Calls of the store, of the queue by messages of ten, and CPU seconds in memory."""

    waiting: int
    hints: str
    store_calls: int
    queue_calls: int
    messages: int
    cpu_s: float


def rows() -> list[Row]:
    measured = []
    for n in WAITING:
        outside = _backlog(n)
        measured += [_swept(outside, n, "lost"), _swept(outside, n, "on their way")]
    return measured


def _backlog(n: int) -> Outside:
    now = [NIGHT]
    outside = a_world(lambda: now[0])
    at = utc_text(NIGHT)
    head = {"kind": "closing_documents", "documents": [], "at": at, "month": "2026-01", "summary": "-"}
    for i in range(n):
        outside.store.tx(rows_of_letter(f"c-{i:06}_2026-01_0001", head, [f"a{i}@client.example"], at))
    now[0] += timedelta(minutes=10)
    return outside


def _swept(outside: Outside, n: int, hints: str) -> Row:
    store, queue = outside.store, outside.queue
    calls, sent = store.calls, len(queue.sent)  # type: ignore[attr-defined]
    begun = time.process_time()
    sweep(outside, until=outside.clock() + timedelta(minutes=15))
    messages = len(queue.sent) - sent  # type: ignore[attr-defined]
    return Row(
        waiting=n,
        hints=hints,
        store_calls=store.calls - calls,  # type: ignore[attr-defined]
        queue_calls=-(-messages // 10) + 1,
        messages=messages,
        cpu_s=round(time.process_time() - begun, 1),
    )
