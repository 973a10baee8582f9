"""The end of a run: every account is read once more, added up, and the sums are told to our accountant."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any

from billing import records
from billing.domain.documents import Act, Reconciliation, total_of
from billing.domain.parties import masked
from billing.domain.periods import Month, utc_text
from billing.domain.report import DocumentFact, Tally
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.records_letters import NOBODY, OURS, letter_id
from billing.usecases.edo.views import exchange_now
from billing.usecases.kept_letters import letters_of
from billing.usecases.letters import hints_of, rows_of_letter
from billing.usecases.rows import rows_of
from billing.usecases.runs import RUNS, change_run, run_of

PAGE = 100
REPORTS = "reports"  # control: name of the partition


def end_run(month: Month, outside: Outside, *, until: datetime) -> bool:
    """The run has ended with a report, if every account is closed or parked and nothing of it is left to do.

    The count is put away when time is short, and taken up at the next call. Whatever is made meanwhile sets the run
    back from `counting` to `running`, and the next count starts afresh.
    """
    run = run_of(outside, month)
    if not run or run.row["state"] == "done" or not run.row["queued"]:
        return False
    kept = outside.store.get("control", f"tally.{month}", "tally")
    if run.row["state"] == "running":
        if kept:
            outside.store.tx([Write("control", kept.pk, kept.sk, None, kept.version)])
            kept = None
        run = change_run(outside, run, state="counting")
        if _is_work_left(month, outside):  # begun after the sweep had looked, and before the run was counting
            return False
    tally = Tally(**kept.row["tally"]) if kept else Tally()
    cursor = kept.row["cursor"] if kept else ""
    while outside.clock() < until:
        page = outside.store.scan("accounts", segment=0, segments=1, cursor=cursor, limit=PAGE)
        for stored in page.rows:
            _count(stored, month, tally, outside)
        if not (cursor := page.cursor):
            return _finish(month, run, tally, kept, outside)
    row = {"tally": asdict(tally), "cursor": cursor}
    outside.store.tx([Write("control", f"tally.{month}", "tally", row, kept.version if kept else ABSENT)])
    return False


def _is_work_left(month: Month, outside: Outside) -> bool:
    for shard in range(records.SHARDS):
        rows = rows_of(outside.store, "work", f"{shard:02}", limit=PAGE)
        if any(work.row.get("month") == str(month) and not work.row.get("blocked") for work in rows):
            return True
    return False


def _count(stored: Stored, month: Month, tally: Tally, outside: Outside) -> None:
    """An account opened after the month is not of this run."""
    store, account = outside.store, stored.pk
    if Month.parse(stored.row["open"]) <= month:
        parked = store.get("control", f"parked.{month}", account) or store.get(
            "control", f"parked.{stored.row['open']}", account
        )
        tally.add_open(account, parked.row["reason"] if parked else None)
        return
    rows = list(rows_of(store, "documents", account, prefix=f"{month}."))
    period = next((s for s in rows if s.row["kind"] == "period"), None)
    if not period:
        return
    found = [records.document_of(account, s.sk, s.row) for s in rows if s is not period]
    letters = letters_of(account, month, outside) if any(d.letter not in ("", NOBODY) for d in found) else ()
    states = [(d.status.value, masked(d.address)) for letter in letters for d in letter.deliveries.values()]
    tally.add_closed(account, records.period_of(period.row), [_fact(d) for d in found], states)


def _fact(d: records.DocumentRecord) -> DocumentFact:
    total = 0 if isinstance(d.content, Reconciliation) else total_of(d.content)
    by_class = d.content.by_class if isinstance(d.content, Act) else ()
    return DocumentFact(
        id=d.id,
        kind=d.kind.value,
        status=d.status.value,
        series=d.series,
        number=d.number,
        total=total,
        letter=d.letter,
        problems=d.problems,
        warnings=d.warnings,
        by_class=by_class,
    )


def _finish(month: Month, run: Stored, tally: Tally, kept: Stored | None, outside: Outside) -> bool:
    if not tally.complete:
        if kept:  # begun too early: the next count starts afresh
            outside.store.tx([Write("control", kept.pk, kept.sk, None, kept.version)])
        return False
    at, n = utc_text(outside.clock()), run.row["report"] + 1
    content = {**report_row(month, tally, n, run.row["started_at"], at), "edo": exchange_now(outside)}
    name = report_name(month, n)
    letter = letter_id(OURS, f"report-{month}", n)
    head: dict[str, Any] = {
        "kind": "run_report",
        "month": str(month),
        "report": name,
        "at": at,
        "summary": f"отчёт о закрытии {month} № {n}",
    }
    address = outside.settings.accountant_address
    writes = [
        Write("control", REPORTS, name, content, ABSENT),
        Write(
            "control",
            RUNS,
            str(month),
            {
                **run.row,
                "state": "done",
                "cursor": "",
                "report": n,
                "ended_at": at,
                "summary": f"{month}: закончен {at}, отчёт № {n}",
            },
            run.version,
        ),
        Write(
            "work",
            records.shard_of(OURS),
            f"report#{name}",
            {"month": str(month), "report": name, "since": at},
            ABSENT,
        ),
        *rows_of_letter(letter, head, [address], at),
    ]
    if kept:
        writes.append(Write("control", kept.pk, kept.sk, None, kept.version))
    try:
        outside.store.tx(writes)
    except StaleError:  # something was made meanwhile, or another sweep has ended the run
        return False
    file_report(name, outside)
    outside.queue.send("send-letter", hints_of(letter, [address]))
    for metric, value in (
        ("AccountsClosed", tally.closed),
        ("ActsDifference", abs(tally.difference)),
        ("DocumentsBlocked", tally.counts["blocked"]),
    ):
        outside.metrics.count(metric, value)
    return True


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


def report_row(month: Month, tally: Tally, n: int, started_at: str, at: str) -> dict[str, Any]:
    """The report as a row and as the file in the bucket; lists are cut, their counts are whole."""
    sums = asdict(tally)
    lines, counts = sums.pop("lines"), sums.pop("counts")
    return {
        **sums,
        **lines,
        **{f"{name}_count": count for name, count in counts.items()},
        "month": str(month),
        "report": n,
        "started_at": started_at,
        "ended_at": at,
        "difference": tally.difference,
        "summary": f"{month}: счетов {tally.scanned}, закрыто {tally.closed}, отложено {tally.counts['parked']}, "
        f"{'сходится' if not tally.difference else 'НЕ СХОДИТСЯ'}",
    }
