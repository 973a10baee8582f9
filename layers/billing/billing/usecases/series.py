"""Record which document has taken which number of a series, and check that none is missing.

Beside its counter a series has a row for each batch of numbers, written in the transaction that takes them. The check
goes on from where the last one ended and looks each document up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing import records
from billing.ports import ABSENT, Outside, Stored, Write

CHECKED = "series.checked"  # control: name of the partition, one row a series
LISTED_MAX = 200  # stretches of missing numbers, and documents that run against their dates, in one row
_BATCHES = 20  # read at once
_ROWS = 100
_AFTER_NUMBERS = "a"  # sorts after every number


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesCheck:
    """`missing`: stretches of numbers, both ends included. `late`: [month, account, number, date, date before it]."""

    last: int
    missing: tuple[tuple[int, int], ...]
    late: tuple[tuple[str, ...], ...]


def index_row(series: str, last: int, documents: Sequence[tuple[str, str]]) -> Write:
    """Return the row that gives the numbers up to `last` to these documents, in this order."""
    first = last - len(documents) + 1
    row = {"documents": [list(key) for key in documents], "summary": f"{series}: № {first}–{last}"}
    return Write("control", f"series.{series}", records.seq_key(first), row, ABSENT)


def checked(series: str, outside: Outside, *, until: datetime) -> SeriesCheck | None:
    """Look up every number taken since the last check; None: time is up, the next call goes on.

    Raises:
        StaleError: another worker checks it.
    """
    store = outside.store
    counter = store.get("control", f"series.{series}", "counter")
    last = counter.row["last"] if counter else 0
    stored = store.get("control", CHECKED, series)
    row: dict[str, Any] = dict(stored.row) if stored else {"next": 1, "missing": [], "late": [], "latest": ""}
    version = stored.version if stored else ABSENT
    while row["next"] <= last:
        if outside.clock() >= until:
            return None
        after = records.seq_key(row["next"] - 1)
        page = store.query("control", f"series.{series}", after=after, before=_AFTER_NUMBERS, limit=_BATCHES)
        _check(page.rows, row, outside)
        if not page.rows or not page.cursor:
            _miss(row, row["next"], last)
            row["next"] = max(row["next"], last + 1)
        row["summary"] = f"{series}: проверены № 1–{row['next'] - 1}"
        store.tx([Write("control", CHECKED, series, row, version)])
        version += 1
    return SeriesCheck(
        last=last,
        missing=tuple((first, end) for first, end in row["missing"]),
        late=tuple(tuple(line) for line in row["late"]),
    )


def _check(batches: Sequence[Stored], row: dict[str, Any], outside: Outside) -> None:
    keys = [(account, id) for batch in batches for account, id in batch.row["documents"]]
    documents: dict[tuple[str, str], Stored] = {}
    for i in range(0, len(keys), _ROWS):
        documents |= {(s.pk, s.sk): s for s in outside.store.get_many("documents", keys[i : i + _ROWS])}
    for batch in batches:
        first = int(batch.sk)
        _miss(row, row["next"], first - 1)
        for n, (account, id) in enumerate(batch.row["documents"], first):
            document = documents.get((account, id))
            if not document or document.row.get("ordinal") != n:
                _miss(row, n, n)
            else:
                _hold_against_dates(document, row)
        row["next"] = max(row["next"], first + len(batch.row["documents"]))


def _hold_against_dates(document: Stored, row: dict[str, Any]) -> None:
    """List a document numbered after one of a later date: it had waited for requisites."""
    paper = document.row
    if paper["date"] < row["latest"] and len(row["late"]) < LISTED_MAX:
        row["late"].append([paper["month"], document.pk, paper["number"], paper["date"], row["latest"]])
    row["latest"] = max(row["latest"], paper["date"])


def _miss(row: dict[str, Any], first: int, last: int) -> None:
    if first <= last and len(row["missing"]) < LISTED_MAX:
        row["missing"].append([first, last])
