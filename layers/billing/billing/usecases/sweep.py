"""Whatever was cut off goes on; a run with nothing left to do ends with its report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from billing import records
from billing.domain.delivery import SETTLED, DeliveryState
from billing.domain.periods import MOSCOW, Month, moscow_day, utc_text
from billing.ports import Outside, Stored
from billing.usecases import report
from billing.usecases.cards import cards_seen
from billing.usecases.close_month import queue_again
from billing.usecases.fill_orders import hint
from billing.usecases.kept_letters import the_letter
from billing.usecases.letters import WAIT, settle
from billing.usecases.runs import RUNS, open_run, queue_due
from billing.usecases.sweep_hints import PATIENCE, ElsewhereError, Hints, Lease

LATE = timedelta(hours=2)  # after Moscow's midnight to the 2nd: a schedule that has not come by then is not waited for
MORNING = 7  # the hour in Moscow: the sweep is hourly then
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How much was found unfinished, and the months whose runs have ended with a report now."""

    hints: int
    ended: tuple[str, ...]


def sweep(outside: Outside, *, until: datetime) -> Swept:
    """Scans go on, unfinished work is queued again, ended runs have their reports.

    It may be called at any time and any number of times; while one sweep is at work, another does nothing.
    """
    try:
        lease = Lease(outside, until)
        try:
            return _swept(outside, lease, until)
        except Exception:
            lease.give_back()
            raise
    except ElsewhereError:
        return Swept(hints=0, ended=())


def _swept(outside: Outside, lease: Lease, until: datetime) -> Swept:
    _begin_missed(outside)
    runs = [s for s in outside.store.query("control", RUNS, limit=1_000).rows if s.row["state"] != "done"]
    if runs:
        lease.hold()
    hints = Hints(outside, lease)
    for run in runs:
        if not run.row["queued"]:
            queue_due(outside, Month.parse(run.sk), run, until)
        elif _since(run.row["started_at"], outside) > PATIENCE and hints.room("issue-documents"):
            hints.used("issue-documents")
            queue_again(outside, Month.parse(run.sk), until)
        hours = _since(run.row["started_at"], outside) / timedelta(hours=1)
        outside.metrics.count("RunOpenHours", round(hours, 2))
    busy = _repeat_hints(outside, lease, hints, until)
    over = [run.sk for run in runs if busy is not None and run.sk not in busy]
    ended = [month for month in over if report.end_run(Month.parse(month), outside, until=until)]
    lease.give_back()
    return Swept(hints=hints.count, ended=tuple(ended))


def _begin_missed(outside: Outside) -> None:
    """The month after the last run's is begun here if its schedule has failed to come. The very first is not."""
    last = outside.store.query("control", RUNS, limit=1, newest_first=True).rows
    if not last:
        return
    now, month = outside.clock(), Month.parse(last[0].sk).next
    if moscow_day(now - LATE) > month.next.first_day:
        open_run(outside, month, utc_text(now))


def _since(at: str, outside: Outside) -> timedelta:
    return outside.clock() - datetime.fromisoformat(at)


def _repeat_hints(outside: Outside, lease: Lease, hints: Hints, until: datetime) -> set[str] | None:
    """Look at every row of work, from where the last sweep stopped, and hint again where the queue is empty.

    Return the months that still have work not blocked; None, if time was up before all of it was seen.
    """
    busy = set[str]()
    for shard, after, before in _ways(lease):
        while True:
            if outside.clock() >= until:
                hints.flush()
                lease.shard, lease.after = shard, after
                return None
            page = outside.store.query("work", shard, after=after, before=before, limit=PAGE)
            for work in page.rows:
                if not work.row.get("blocked"):
                    busy.add(work.row.get("month", ""))  # what is ordered by somebody is of no run
                elif not _is_awake(work, outside):
                    continue
                if _since(work.row["since"], outside) >= PATIENCE:
                    _hint(work, hints, outside)
            if not (after := page.cursor):
                break
    hints.flush()
    lease.shard, lease.after = "", ""
    return busy


def _ways(lease: Lease) -> list[tuple[str, str, str]]:
    """Return the shards, each with its first and last row: from where the last sweep stopped, round to that place."""
    shards = [f"{n:02}" for n in range(records.SHARDS)]
    if lease.shard not in shards:
        return [(shard, "", "") for shard in shards]
    n = shards.index(lease.shard)
    others = [(shard, "", "") for shard in [*shards[n + 1 :], *shards[:n]]]
    return [(lease.shard, lease.after, ""), *others, (lease.shard, "", f"{lease.after} ")]


def _is_awake(work: Stored, outside: Outside) -> bool:
    """What waits for a person is tried again when a card has changed, and in any case once in the morning."""
    morning = outside.clock().astimezone(MOSCOW).hour == MORNING
    return morning or work.row.get("details") != cards_seen(work.row["account"], outside)


def _hint(work: Stored, hints: Hints, outside: Outside) -> None:
    if work.sk.startswith("report#"):
        hints.count += 1
        report.file_report(work.row["report"], outside)
    elif work.sk.startswith("issue#"):
        if hints.room("issue-documents"):
            hints.used("issue-documents")
            hints.count += 1
            again = [{"month": work.row["month"], "accounts": [work.row["account"]]}]
            outside.queue.send("issue-documents", again)
    elif work.sk.startswith(("order#", "archive#")):
        if hints.room("fill-orders"):
            hints.used("fill-orders")
            hints.count += 1
            hint(work.row["account"], work.sk, outside)
    elif hints.room("send-letter"):
        _hint_letter(work.row["letter"], hints, outside)


def _hint_letter(letter: str, hints: Hints, outside: Outside) -> None:
    """The addresses of a letter that are not settled and are nobody's at the moment."""
    now, deliveries = outside.clock(), the_letter(letter, outside).deliveries
    unsettled = {address: d for address, d in deliveries.items() if d.status not in SETTLED}
    if not unsettled:
        settle(letter, outside)
    hints.add_letters(
        [
            {"letter": letter, "address": address}
            for address, d in unsettled.items()
            if d.status is DeliveryState.QUEUED or datetime.fromisoformat(d.started_at) + WAIT <= now
        ]
    )
