"""The month's run as a row: what it was asked, how far its scan has come, whether it has ended with a report."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from billing.domain.periods import Month, moscow_day
from billing.ports import ABSENT, Outside, StaleError, Stored, Write

RUNS = "runs"  # control: name of the partition, one row a month
BATCH = 10  # accounts in one message
PAGE = 200


def run_of(outside: Outside, month: Month) -> Stored | None:
    return outside.store.get("control", RUNS, str(month))


def open_run(outside: Outside, month: Month, at: str) -> Stored:
    """The run of a month exists from now on; one that has ended stays ended until something changes."""
    if not run_of(outside, month):
        row = {
            "state": "running",
            "started_at": at,
            "cursor": "",
            "queued": False,
            "report": 0,
            "summary": f"{month}: идёт с {at}",
        }
        with suppress(StaleError):  # another worker opened it at the same moment
            outside.store.tx([Write("control", RUNS, str(month), row, ABSENT)])
    stored = run_of(outside, month)
    assert stored, "a run row is never deleted"
    return stored


def opening_month(outside: Outside, month: Month) -> Month:
    """Return the month in which a new account opens: the oldest that no run has closed.

    Before the first run that is the month of its first message (`month`), or the past one at the earliest.
    """
    past = Month.of(moscow_day(outside.clock())).previous
    runs = outside.store.query("control", RUNS, limit=1, newest_first=True).rows
    return Month.parse(runs[0].sk).next if runs else max(month, past)


def change_run(outside: Outside, stored: Stored, **changes: Any) -> Stored:
    row = {**stored.row, **changes}
    outside.store.tx([Write("control", RUNS, stored.sk, row, stored.version)])
    return Stored(pk=stored.pk, sk=stored.sk, row=row, version=stored.version + 1)


def reopening(outside: Outside, month: Month) -> list[Write]:
    """Return the writes that keep a run open for something added after its count began."""
    return reopened(run_of(outside, month))


def recounting(outside: Outside, month: Month, account: str) -> list[Write]:
    """Return the writes that keep a run open and have the account counted once more."""
    run, mark = run_of(outside, month), outside.store.get("control", marks_of(month), account)
    return [*reopened(run), *recounted(run, mark, account)]


def marks_of(month: Month | str) -> str:
    """Return the partition of `control` with a row for each account that has changed since the month was counted."""
    return f"recount.{month}"


def recounted(run: Stored | None, mark: Stored | None, account: str) -> list[Write]:
    """Return the write that marks the account for a recount. There is none before the count has begun."""
    if not run or not run.row.get("counted"):
        return []
    row = {"account": account, "summary": f"{account}: изменился после подсчёта"}
    return [Write("control", marks_of(run.sk), account, row, mark.version if mark else ABSENT)]


def reopened(run: Stored | None) -> list[Write]:
    """The run, if it has been counted or is being counted, goes on."""
    if not run or run.row["state"] == "running":
        return []
    row = {**run.row, "state": "running", "summary": f"{run.sk}: дополняется"}
    return [Write("control", RUNS, run.sk, row, run.version)]


def queue_accounts(outside: Outside, month: Month, accounts: list[str], **more: Any) -> None:
    """Hints to close these accounts, ten in a message."""
    batches = [accounts[i : i + BATCH] for i in range(0, len(accounts), BATCH)]
    outside.queue.send("issue-documents", [{"month": str(month), "accounts": batch, **more} for batch in batches])


def queue_due(outside: Outside, month: Month, run: Stored, until: datetime) -> Stored:
    """Queue every account whose month is still open, page by page; the cursor is saved after each page.

    Stops when the time is nearly up; the next call goes on from the cursor.
    """
    while not run.row["queued"] and outside.clock() < until:
        page = outside.store.scan("accounts", segment=0, segments=1, cursor=run.row["cursor"], limit=PAGE)
        due = [s.pk for s in page.rows if Month.parse(s.row["open"]) <= month]
        queue_accounts(outside, month, due)
        run = change_run(outside, run, cursor=page.cursor, queued=not page.cursor)
    return run
