"""Which documents somebody asks for, in what order they stand, and between which keys they can lie."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.periods import Day, Month
from billing.ports import Row, Stored

_LATE = frozenset({DocumentKind.CONTRACT, DocumentKind.RECONCILIATION})  # may be made long after their own days


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The filters of a list of documents. An empty or None filter lets everything through. Ends are inclusive.

    `also`: a kind shown beside `kind`. `first`, `last`: the dates on the documents. `month_first`, `month_last`: the
    months that they are for. `number`: a part of the number, as a person types it.
    """

    kind: DocumentKind | None = None
    also: DocumentKind | None = None
    first: Day | None = None
    last: Day | None = None
    month_first: Month | None = None
    month_last: Month | None = None
    payer: str = ""
    status: DocumentStatus | None = None
    number: str = ""

    def let(self, row: Row) -> bool:
        return (
            (not self.kind or row["kind"] in (self.kind, self.also))
            and self.status in (None, row["status"])
            and self.payer in ("", row["payer"])
            and plain_number(self.number) in plain_number(row.get("number", ""))
            and (self.first is None or row["date"] >= self.first.isoformat())
            and (self.last is None or row["date"] <= self.last.isoformat())
            and self._let_months(row)
        )

    def _let_months(self, row: Row) -> bool:
        if not self.month_first and not self.month_last:
            return True
        first, last = months_of(row)
        return last >= str(self.month_first or "") and (self.month_last is None or first <= str(self.month_last))

    @property
    def is_backwards(self) -> bool:
        """Return whether a period ends before it begins."""
        days = self.first and self.last and self.last < self.first
        return bool(days or (self.month_first and self.month_last and self.month_last < self.month_first))

    @property
    def sifts(self) -> bool:
        """Return whether only a few of the rows that are read may pass."""
        return self != Filters(first=self.first, last=self.last)

    def keys(self) -> tuple[str, str]:
        """Return the keys between which the documents lie, both exclusive; "" is no limit.

        A key begins with the document's month or day, and its date is in that month or on the first day of the next. A
        contract is dated, and an act of reconciliation is for days, that may be years before.
        """
        firsts = [*([Month.of(self.first)] if self.first else []), *([self.month_first] if self.month_first else [])]
        lasts = [*([Month.of(self.last)] if self.last else []), *([self.month_last] if self.month_last else [])]
        late = not self.kind or bool(_LATE & {self.kind, self.also})
        after = str(max(firsts).plus(-2)) + "~" if firsts else ""
        return after, str(min(lasts).next) if lasts and not late else ""


def months_of(row: Row) -> tuple[str, str]:
    """Return the months that a document is for, from and to: an act's is the one that it closes.

    An act of reconciliation is for its days; an invoice and a contract are of the month of their date.
    """
    if row["kind"] == DocumentKind.ACT:
        return row["month"], row["month"]
    if row["kind"] == DocumentKind.RECONCILIATION:
        return row["content"]["first"][:7], row["content"]["last"][:7]
    return row["date"][:7], row["date"][:7]


def plain_number(number: str) -> str:
    """Normalize «№ Д-101» for comparison: without the sign, spaces and case."""
    return re.sub(r"[№\s]", "", number).casefold()


def rank(stored: Stored) -> tuple[Any, ...]:
    """Return what documents are sorted by: date, kind, number as people count; one without a number is the newest."""
    row = stored.row
    number = row.get("number", "")
    return row["date"], row["kind"], not number, [int(part) for part in re.findall("[0-9]+", number)], stored.sk
