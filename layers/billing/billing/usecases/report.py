"""End a run: count its accounts, and report the sums to our accountant if they are news."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from billing import records
from billing.domain.periods import Month, utc_text
from billing.domain.report import Tally
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.records_letters import OURS, letter_id
from billing.usecases.counting import add_up, collect
from billing.usecases.edo.views import exchange_now
from billing.usecases.letters import hints_of, rows_of_letter
from billing.usecases.rows import rows_of
from billing.usecases.runs import RUNS, change_run, run_of
from billing.usecases.series import SeriesCheck, checked

PAGE = 100
REPORTS = "reports"  # control: name of the partition
_OF_ITS_MOMENT = ("report", "started_at", "ended_at", "summary", "edo", "letters")  # no reason for another letter


def end_run(month: Month, outside: Outside, *, until: datetime) -> bool:
    """End the run with a report, if every account is closed or parked and nothing of it is left to do.

    Whoever comes while another counts leaves it to that one. Whatever is made meanwhile sets the run back from
    `counting` to `running` and is counted by the next call.
    """
    run = run_of(outside, month)
    if not run or run.row["state"] == "done" or not run.row["queued"]:
        return False
    with suppress(StaleError):
        return _end(month, run, outside, until)
    return False


def _end(month: Month, run: Stored, outside: Outside, until: datetime) -> bool:
    if run.row["state"] == "running":
        run = change_run(outside, run, state="counting", counted=True)
        if _is_work_left(month, outside):  # begun after the sweep had looked, and before the run was counting
            return False
    if not collect(month, outside, until=until):
        return False
    tally = add_up(month, outside, until=until)
    if not tally or not tally.complete:
        return False
    series: dict[str, SeriesCheck] = {}
    for name in tally.figures["series"]:
        if not (check := checked(name, outside, until=until)):
            return False
        series[name] = check
    _finish(month, run, tally, series, outside)
    return True


def _is_work_left(month: Month, outside: Outside) -> bool:
    for shard in range(records.SHARDS):
        rows = rows_of(outside.store, "work", f"{shard:02}", limit=PAGE)
        if any(work.row.get("month") == str(month) and not work.row.get("blocked") for work in rows):
            return True
    return False


def _finish(month: Month, run: Stored, tally: Tally, series: Mapping[str, SeriesCheck], outside: Outside) -> None:
    """Mark the run as done. Add a report if it is the first or differs from the one before."""
    at, n = utc_text(outside.clock()), run.row["report"] + 1
    content = {**report_row(month, tally, series, n, run.row["started_at"], at), "edo": exchange_now(outside)}
    last = outside.store.get("control", REPORTS, report_name(month, n - 1))
    is_new = not last or _facts(last.row) != _facts(content)
    n = n if is_new else n - 1
    done = {**run.row, "state": "done", "cursor": "", "report": n, "ended_at": at}
    done["summary"] = f"{month}: закончен {at}, отчёт № {n}"
    writes = [Write("control", RUNS, str(month), done, run.version)]
    if not is_new:
        outside.store.tx(writes)
        return
    name, letter, address = report_name(month, n), letter_id(OURS, f"report-{month}", n), _accountant(outside)
    head: dict[str, Any] = {
        "kind": "run_report",
        "month": str(month),
        "report": name,
        "at": at,
        "summary": f"отчёт о закрытии {month} № {n}",
    }
    outside.store.tx(
        [
            *writes,
            Write("control", REPORTS, name, content, ABSENT),
            Write(
                "work",
                records.shard_of(OURS),
                f"report#{name}",
                {"month": str(month), "report": name, "since": at},
                ABSENT,
            ),
            *rows_of_letter(letter, head, [address], at),
        ]
    )
    file_report(name, outside)
    outside.queue.send("send-letter", hints_of(letter, [address]))
    for metric, value in (
        ("AccountsClosed", tally.closed),
        ("ActsDifference", tally.difference),
        ("DocumentsBlocked", tally.counts["blocked"]),
    ):
        outside.metrics.count(metric, value)


def _accountant(outside: Outside) -> str:
    return outside.settings.accountant_address


def _facts(report: Mapping[str, Any]) -> bytes:
    return records.canonical({name: value for name, value in report.items() if name not in _OF_ITS_MOMENT})


def report_name(month: Month, n: int) -> str:
    """The key of the month's report of that number."""
    return f"{month}.{n:03}"


def file_report(name: str, outside: Outside) -> None:
    """The report lies in the bucket as it stands in its row."""
    stored = outside.store.get("control", REPORTS, name)
    work = outside.store.get("work", records.shard_of(OURS), f"report#{name}")
    if not stored or not work:
        return
    outside.files.put_once(f"reports/{name}.json", records.canonical(stored.row), content_type="application/json")
    with suppress(StaleError):  # another sweep filed it at the same moment
        outside.store.tx([Write("work", work.pk, work.sk, None, work.version)])


def report_row(
    month: Month, tally: Tally, series: Mapping[str, SeriesCheck], n: int, started_at: str, at: str
) -> dict[str, Any]:
    """Build the report, as the row and the file in the bucket. Lists are cut, their counts are whole.

    `holds`: every identity of every account holds, and no number of the month's series is missing. `series`: the last
    number and the stretches that are missing; `late`: documents that took their number after one of a later date.
    """
    late = [line for name in sorted(series) for line in series[name].late if line[0] == str(month)]
    missing = any(check.missing for check in series.values())
    holds = not tally.difference and not missing
    return {
        **tally.figures,
        "series": {
            name: {"last": check.last, "missing": [list(stretch) for stretch in check.missing]}
            for name, check in sorted(series.items())
        },
        "late": [[account, number, f"{date} {before}"] for _, account, number, date, before in late],
        "late_count": len(late),
        "holds": holds,
        "month": str(month),
        "report": n,
        "started_at": started_at,
        "ended_at": at,
        "summary": f"{month}: счетов {tally.scanned}, закрыто {tally.closed}, отложено {tally.parked}, "
        f"{'сходится' if holds else 'НЕ СХОДИТСЯ'}",
    }
