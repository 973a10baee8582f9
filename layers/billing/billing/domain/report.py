"""The run's report: the proof that nothing is missing, account by account, added up as the accounts are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from billing.domain.account_result import LISTS, Name, Result
from billing.domain.money import Kopecks

LISTED_MAX = 200  # accounts named in one list of the report; the rest is counted
_BY_CLASS = ("paid", "funded", "carried_in", "carried_out", "acted")


@dataclass(slots=True, kw_only=True)
class Tally:
    """Sums over the accounts read so far.

    `lines`: of each list the first `LISTED_MAX`, a line being the account, what is to be said of it, and a detail;
    `counts`: how many there are, so that the whole fits a row however many accounts there be.
    """

    scanned: int = 0
    closed: int = 0
    parked: int = 0
    counts: dict[Name, int] = field(default_factory=lambda: dict.fromkeys(LISTS, 0))
    lines: dict[Name, list[list[str]]] = field(default_factory=lambda: {name: [] for name in LISTS})
    sums: dict[str, Kopecks] = field(default_factory=dict)

    def add(self, account: str, result: Result) -> None:
        self.scanned += 1
        self.closed += result.state == "closed"
        self.parked += result.state == "parked"
        for name, amount in result.sums.items():
            self.sums[name] = self.sums.get(name, 0) + amount
        for of, said, detail in result.lines:
            self.counts[of] += 1
            if len(self.lines[of]) < LISTED_MAX:
                self.lines[of].append([account, said, detail])

    @property
    def complete(self) -> bool:
        """Every account is closed or parked."""
        return self.closed + self.parked == self.scanned

    @property
    def difference(self) -> Kopecks:
        """Return by how much the two readings of the accounts differ. 0: every identity holds for every account."""
        return self.sums.get("difference", 0)

    @property
    def figures(self) -> dict[str, Any]:
        """Return the tally as the report prints it: sums by class of money, by kind of document, by rate of VAT."""
        documents, waiting = self._by_kind("documents"), self._by_kind("waiting")
        return {
            "scanned": self.scanned,
            "closed": self.closed,
            "difference": self.difference,
            "charged": self.sums.get("charged", 0),
            "parked_charged": self.sums.get("parked_charged", 0),
            "parked_paid": self.sums.get("parked_paid", 0),
            **{name: self._of(name) for name in _BY_CLASS},
            "documents": documents,
            "waiting": waiting,
            "letters": self._of("letters"),
            "series": self._of("series"),
            "journal": _without_classes(self._of("journal")),
            **{f"journal_{name}": self._of(f"journal.{name}") for name in ("funded", "earlier", "again")},
            **{f"journal_{name}": self._of(f"journal.{name}") for name in ("carried_in", "carried_out", "paid")},
            **{f"vat_{of}": self._by_rate(f"vat.{of}") for of in ("issued", "all", "past")},
            "ever": self._of("ever"),
            **{name: self.lines[name] for name in LISTS},
            **{f"{name}_count": self.counts[name] for name in LISTS},
        }

    def _of(self, name: str) -> dict[str, Kopecks]:
        begin = f"{name}."
        return {key[len(begin) :]: amount for key, amount in sorted(self.sums.items()) if key.startswith(begin)}

    def _by_kind(self, name: str) -> dict[str, list[int]]:
        return _in_pairs(self._of(name), "count", "total")

    def _by_rate(self, name: str) -> dict[str, list[int]]:
        return _in_pairs(self._of(name), "amount", "vat")


def _in_pairs(sums: Mapping[str, int], first: str, second: str) -> dict[str, list[int]]:
    names = sorted({name.rpartition(".")[0] for name in sums})
    return {name: [sums.get(f"{name}.{first}", 0), sums.get(f"{name}.{second}", 0)] for name in names}


def _without_classes(sums: Mapping[str, int]) -> dict[str, int]:
    return {name: amount for name, amount in sums.items() if "." not in name}
