"""Store the second reading of an account month by month, so that the next one reads that month's entries only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from billing.domain.audit import NeedsHistoryError, Reading
from billing.domain.audit_history import History
from billing.domain.audit_terms import MERGED, Due, Owed
from billing.domain.money import Kopecks
from billing.domain.periods import Month
from billing.ports import Row, Store
from billing.usecases.period_entries import entries_between
from billing.usecases.rows import rows_of

OWED_MAX = 1_000  # stretches of unpaid kopecks in a row; of an account with more the whole journal is read each month


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """`acted`: by payer, the acts of all months so far."""

    reading: Reading
    acted: Mapping[str, Kopecks]

    @property
    def row(self) -> dict[str, Any] | None:
        r, owed = self.reading, _joined(self.reading.owed)
        if len(owed) > OWED_MAX:
            return None
        return {
            "seq": r.seq,
            "balance": r.balance,
            "closed": r.closed,
            "owed": [list(o) for o in owed],
            "due": {"|".join(key): amount for key, amount in r.due.items()},
            "expected": r.expected,
            "since": r.since,
            "months": {month: sums for month, sums in r.months.items() if month > r.closed},
            "unpaid": r.unpaid,
            "stray": r.stray,
            "gaps": r.gaps,
            "acted": dict(self.acted),
        }


def audit(
    account: str,
    month: Month,
    last_seq: int,
    acts: Mapping[str, Kopecks],
    taxed: Collection[str],
    previous: Row | None,
    store: Store,
) -> Audit:
    """Read the journal up to the close of the month.

    `previous`: the row of the month before; `acts`: those of this one; `taxed`: the account's lines with VAT.

    One page of the journal is read, if the month has no more entries and corrects nothing.
    """
    if previous and previous["closed"] == str(month.previous):
        entries = entries_between(store, account, previous["seq"], last_seq)
        try:
            reading = reading_of(previous, taxed).read(entries)
        except NeedsHistoryError:
            pass
        else:
            before = previous["acted"]
            return Audit(reading=reading, acted={p: before.get(p, 0) + acts.get(p, 0) for p in {**before, **acts}})
    entries = entries_between(store, account, 0, last_seq)
    reading = History(taxed=set(taxed)).read(entries)
    is_first = sum(e.kind == "close" for e in entries) == 1
    return Audit(reading=reading, acted=acts if is_first else _all_acts(account, month, store))


def _all_acts(account: str, month: Month, store: Store) -> dict[str, Kopecks]:
    sums: dict[str, Kopecks] = {}
    for s in rows_of(store, "documents", account, before=str(month.next)):
        if s.row["kind"] == "act" and s.row["status"] != "void":
            sums[s.row["payer"]] = sums.get(s.row["payer"], 0) + s.row["total_kop"]
    return sums


def reading_of(row: Row, taxed: Collection[str]) -> Reading:
    return Reading(
        seq=row["seq"],
        balance=row["balance"],
        closed=row["closed"],
        owed=[Owed(*o) for o in row["owed"]],
        due={Due(*key.split("|")): amount for key, amount in row["due"].items()},
        expected=dict(row["expected"]),
        since=dict(row["since"]),
        months={month: dict(sums) for month, sums in row["months"].items()},
        unpaid=row["unpaid"],
        stray=row["stray"],
        gaps=row["gaps"],
        taxed=set(taxed),
    )


def _joined(owed: list[Owed]) -> list[Owed]:
    """Join neighbouring stretches of one merged debt."""
    joined: list[Owed] = []
    for o in owed:
        last = joined[-1] if joined else None
        if (
            last
            and o.debt.startswith(MERGED)
            and last._replace(at=0, amount=0) == o._replace(at=0, amount=0)
            and last.at + last.amount == o.at
        ):
            joined[-1] = last._replace(amount=last.amount + o.amount)
        else:
            joined.append(o)
    return joined
