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

LATE = timedelta(hours=2)  # after Moscow's midnight to the 2nd: a schedule that has not come by then is not waited for
PATIENCE = timedelta(minutes=5)  # a hint younger than this is not repeated
MORNING = 7  # the hour in Moscow: the sweep is hourly then
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How much was found unfinished, and the months whose runs have ended with a report now."""

    hints: int
    ended: tuple[str, ...]


def sweep(outside: Outside, *, until: datetime) -> Swept:
    """Scans go on, unfinished work is queued again, ended runs have their reports.

    It may be called at any time and any number of times.
    """
    _begin_missed(outside)
    runs = [s for s in outside.store.query("control", RUNS, limit=1_000).rows if s.row["state"] != "done"]
    for run in runs:
        if not run.row["queued"]:
            queue_due(outside, Month.parse(run.sk), run, until)
        elif _since(run.row["started_at"], outside) > PATIENCE:
            queue_again(outside, Month.parse(run.sk), until)
        hours = _since(run.row["started_at"], outside) / timedelta(hours=1)
        outside.metrics.count("RunOpenHours", round(hours, 2))
    hints, busy = _repeat_hints(outside, until)
    ended = [run.sk for run in runs if run.sk not in busy and report.end_run(Month.parse(run.sk), outside, until=until)]
    return Swept(hints=hints, ended=tuple(ended))


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


def _repeat_hints(outside: Outside, until: datetime) -> tuple[int, set[str]]:
    """Every row of work is hinted at again; answers how many, and the months that still have work not blocked."""
    hints, busy = 0, set[str]()
    for shard in range(records.SHARDS):
        after = ""
        while outside.clock() < until:
            page = outside.store.query("work", f"{shard:02}", after=after, limit=PAGE)
            for work in page.rows:
                if not work.row.get("blocked"):
                    busy.add(work.row.get("month", ""))  # what is ordered by somebody is of no run
                elif not _is_awake(work, outside):
                    continue
                if _since(work.row["since"], outside) >= PATIENCE:
                    hints += _hint(work, outside)
            if not (after := page.cursor):
                break
    return hints, busy


def _is_awake(work: Stored, outside: Outside) -> bool:
    """What waits for a person is tried again when a card has changed, and in any case once in the morning."""
    morning = outside.clock().astimezone(MOSCOW).hour == MORNING
    return morning or work.row.get("details") != cards_seen(work.row["account"], outside)


def _hint(work: Stored, outside: Outside) -> int:
    if work.sk.startswith("issue#"):
        outside.queue.send("issue-documents", [{"month": work.row["month"], "accounts": [work.row["account"]]}])
        return 1
    if work.sk.startswith("report#"):
        report.file_report(work.row["report"], outside)
        return 1
    if work.sk.startswith(("order#", "archive#")):
        hint(work.row["account"], work.sk, outside)
        return 1
    return _hint_letter(work.row["letter"], outside)


def _hint_letter(letter: str, outside: Outside) -> int:
    """The addresses of a letter that are not settled and are nobody's at the moment."""
    now, deliveries = outside.clock(), the_letter(letter, outside).deliveries
    unsettled = {address: d for address, d in deliveries.items() if d.status not in SETTLED}
    if not unsettled:
        settle(letter, outside)
    hints = [
        {"letter": letter, "address": address}
        for address, d in unsettled.items()
        if d.status is DeliveryState.QUEUED or datetime.fromisoformat(d.started_at) + WAIT <= now
    ]
    outside.queue.send("send-letter", hints)
    return len(hints)
