"""Count a month, account by account, over as many calls as it needs, and never begin afresh.

What each account comes to is a row of its own. Whatever changes an account's papers afterwards leaves a mark in its own
transaction, and the account alone is counted again. The sums are made of the rows.

An account costs three calls (its journal, documents and letters) and 3/95 of one (a page of accounts, the readings of
the month before, one transaction for the page), and 2 ms of work: `python -m bench report`. At 4 ms a call, 100 000
accounts take 24 minutes (two sweeps), and 1 000 000 take 4 hours (16 sweeps of a quarter of an hour, each going on
where the one before was cut off); adding up a million rows takes 1 000 calls, about two minutes. A document that is
mended later costs its account's three calls and the adding up.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from billing import records
from billing.domain.account_result import DocumentFact, Result, closed_result, open_result
from billing.domain.documents import Act, DocumentStatus, Reconciliation, total_of
from billing.domain.errors import UnavailableError
from billing.domain.parties import masked
from billing.domain.periods import Month
from billing.domain.report import Tally
from billing.domain.vat import Vat
from billing.ports import ABSENT, Outside, Row, Stored, Write
from billing.records_letters import NOBODY
from billing.usecases.kept_letters import letters_of
from billing.usecases.rows import rows_of
from billing.usecases.runs import marks_of
from billing.usecases.second_reading import audit

PAGE = 95  # accounts counted in one transaction, with the cursor
MARKS = 45  # accounts counted again in one transaction, with their marks
SHARDS = 16
SUMMED = 1_000  # rows read at once


def collect(month: Month, outside: Outside, *, until: datetime) -> bool:
    """Count every account once, and again those that have changed since; return whether all are counted by now.

    Raises:
        StaleError: another worker counts.
    """
    store = outside.store
    stored = store.get("control", f"tally.{month}", "tally")
    row: Row = stored.row if stored else {"cursor": "", "scanned": False}
    version = stored.version if stored else ABSENT
    while not row["scanned"]:
        if outside.clock() >= until:
            return False
        page = store.scan("accounts", segment=0, segments=1, cursor=row["cursor"], limit=PAGE)
        row = {"cursor": page.cursor, "scanned": not page.cursor}
        writes = [
            Write("control", _place(month, account), account, counted, ABSENT)
            for account, counted in _counted(page.rows, month, outside)
        ]
        store.tx([Write("control", f"tally.{month}", "tally", row, version), *writes])
        version += 1
    return _count_again(month, outside, until=until)


def _count_again(month: Month, outside: Outside, *, until: datetime) -> bool:
    store = outside.store
    while marks := store.query("control", marks_of(month), limit=MARKS).rows:
        if outside.clock() >= until:
            return False
        names = [mark.sk for mark in marks]
        accounts = store.get_many("accounts", [(name, "") for name in names])
        before = {s.sk: s.version for s in store.get_many("control", [(_place(month, name), name) for name in names])}
        store.tx(
            [
                *(Write("control", mark.pk, mark.sk, None, mark.version) for mark in marks),
                *(
                    Write("control", _place(month, account), account, counted, before.get(account, ABSENT))
                    for account, counted in _counted(accounts, month, outside)
                ),
            ]
        )
    return True


def add_up(month: Month, outside: Outside, *, until: datetime) -> Tally | None:
    """Add up what is counted; None: time is up. An account that was open or set aside is looked at once more."""
    tally, unfinished = Tally(), list[str]()
    for shard in range(SHARDS):
        for stored in rows_of(outside.store, "control", f"counted.{month}.{shard:02}", limit=SUMMED):
            if stored.row["state"] == "closed":
                tally.add(stored.sk, _result_of(stored.row))
            else:
                unfinished.append(stored.sk)
        if outside.clock() >= until:
            return None
    for i in range(0, len(unfinished), PAGE):
        now = outside.store.get_many("accounts", [(account, "") for account in unfinished[i : i + PAGE]])
        for account, counted in _counted(now, month, outside):
            tally.add(account, _result_of(counted))
    return tally


def _place(month: Month, account: str) -> str:
    return f"counted.{month}.{zlib.crc32(account.encode()) % SHARDS:02}"


# --- one account -------------------------------------------------------------------------------------------------


def _counted(accounts: Sequence[Stored], month: Month, outside: Outside) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the row of each account of the month. An account opened after the month is not in it."""
    closed = [s.pk for s in accounts if Month.parse(s.row["open"]) > month]
    keys = [(_place(month.previous, account), account) for account in closed]
    before = {s.sk: s.row.get("reading") for s in outside.store.get_many("control", keys)} if keys else {}
    for stored in accounts:
        try:
            counted = _count(stored, month, before.get(stored.pk), outside)
        except UnavailableError:
            raise
        except Exception as error:  # its rows are damaged: it is named, and the others are counted
            result = Result(state="closed")
            result.differ(1, f"счёт не читается: {type(error).__name__}: {error}"[:300])
            counted = _row(result)
        if counted:
            yield stored.pk, counted


def _count(stored: Stored, month: Month, before: Row | None, outside: Outside) -> dict[str, Any] | None:
    store, account = outside.store, stored.pk
    if Month.parse(stored.row["open"]) <= month:
        parked = store.get("control", f"parked.{month}", account) or store.get(
            "control", f"parked.{stored.row['open']}", account
        )
        kinds = ((*key.partition("|"), amount) for key, amount in stored.row["turnover"].items())
        turnover = {kind: amount for period, _, kind, amount in kinds if period == str(month)}
        return _row(open_result(parked.row["reason"] if parked else None, turnover))
    rows = list(rows_of(store, "documents", account, prefix=f"{month}.", limit=300))
    summary = next((s for s in rows if s.row["kind"] == "period"), None)
    if not summary:
        return None
    period = records.period_of(summary.row)
    found = [records.document_of(account, s.sk, s.row) for s in rows if s is not summary]
    facts = [_fact(d) for d in found if d.status is not DocumentStatus.VOID]
    letters = letters_of(account, month, outside) if any(d.letter not in ("", NOBODY) for d in found) else ()
    states = [(d.status.value, masked(d.address)) for letter in letters for d in letter.deliveries.values()]
    acts: dict[str, int] = {}
    for fact in facts:
        if fact.kind == "act":
            acts[fact.payer] = acts.get(fact.payer, 0) + fact.total
    rates = {name: Vat(service["vat"]) for name, service in stored.row["lines"].items()}
    taxed = {name for name, vat in rates.items() if vat is not Vat.NONE}
    audited = audit(account, month, period.last_seq, acts, taxed, before, store)
    result = closed_result(period, facts, states, audited.reading, audited.acted, rates)
    return _row(result) | ({"reading": audited.row} if audited.row else {})


def _fact(d: records.DocumentRecord) -> DocumentFact:
    act = d.content if isinstance(d.content, Act) else None
    return DocumentFact(
        id=d.id,
        kind=d.kind.value,
        status=d.status.value,
        series=d.series,
        number=d.number,
        total=0 if isinstance(d.content, Reconciliation) else total_of(d.content),
        letter=d.letter,
        payer=d.payer,
        problems=d.problems,
        warnings=d.warnings,
        by_class=act.by_class if act else (),
        vat=tuple((t.vat.value, t.amount, t.vat_amount) for t in act.vat_totals) if act else (),
    )


def _row(result: Result) -> dict[str, Any]:
    return {"state": result.state, "sums": result.sums, "lines": [list(line) for line in result.lines]}


def _result_of(row: Row) -> Result:
    return Result(state=row["state"], sums=row["sums"], lines=[tuple(line) for line in row["lines"]])
