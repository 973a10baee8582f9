"""The run's report: the proof that nothing is missing, account by account, added up as the accounts are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from billing.domain.closing import PeriodSummary
from billing.domain.delivery import FAILED
from billing.domain.ledger import ACTED
from billing.domain.money import Kopecks
from billing.domain.trouble_wording import all_said
from billing.domain.troubles import Trouble

LISTED_MAX = 200  # accounts named in one list of the report; the rest is counted

Name: TypeAlias = Literal["parked", "still_open", "blocked", "warned", "nobody", "undelivered"]
LISTS: tuple[Name, ...] = ("parked", "still_open", "blocked", "warned", "nobody", "undelivered")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFact:
    """What the report needs of a document; the total is that of the paper itself."""

    id: str
    kind: str
    status: str
    series: str
    number: str
    total: Kopecks
    letter: str
    problems: tuple[Trouble, ...] = ()
    warnings: tuple[Trouble, ...] = ()
    by_class: tuple[tuple[str, Kopecks], ...] = ()


@dataclass(slots=True, kw_only=True)
class Tally:
    """Sums over the accounts read so far; all of it plain values, so that it can be put away and taken up again.

    `charged`: charges less reversals; `funded`, `carried_in`, `carried_out`, `acted`: by class of money; `documents`:
    kind → [count, total]; `numbers`: series → [least, greatest, count] of the numbers' own digits; `letters`: by state.
    `lines`: of each list the first `LISTED_MAX`, a line being the account, what is to be said of it, and a detail;
    `counts`: how many there are, so that the whole fits a row however many accounts there be.
    """

    scanned: int = 0
    closed: int = 0
    counts: dict[Name, int] = field(default_factory=lambda: dict.fromkeys(LISTS, 0))
    lines: dict[Name, list[list[str]]] = field(default_factory=lambda: {name: [] for name in LISTS})
    charged: Kopecks = 0
    paid: dict[str, Kopecks] = field(default_factory=dict)
    funded: dict[str, Kopecks] = field(default_factory=dict)
    carried_in: dict[str, Kopecks] = field(default_factory=dict)
    carried_out: dict[str, Kopecks] = field(default_factory=dict)
    acted: dict[str, Kopecks] = field(default_factory=dict)
    documents: dict[str, list[int]] = field(default_factory=dict)
    numbers: dict[str, list[int]] = field(default_factory=dict)
    letters: dict[str, int] = field(default_factory=dict)

    def add_open(self, account: str, parked: str | None) -> None:
        """An account whose month is not closed; `parked`: why it was set aside, None: it was not."""
        self.scanned += 1
        self._list("still_open" if parked is None else "parked", account, parked or "")

    def add_closed(
        self, account: str, period: PeriodSummary, documents: Iterable[DocumentFact], letters: Iterable[tuple[str, str]]
    ) -> None:
        """An account whose month is closed. `letters`: state and masked address of each delivery."""
        self.scanned += 1
        self.closed += 1
        for kind, amount in period.turnover:
            what, _, money = kind.partition(".")
            if what in ("charge", "reversal"):
                self.charged -= amount
            elif what == "payment":
                _add(self.paid, money, amount)
            elif what == "carried":
                _add(self.carried_in, money, amount)
        for money, amount in period.funded:
            _add(self.funded, money, amount)
        for money, amount in period.carried:
            _add(self.carried_out, money, amount)
        for d in documents:
            self._add_document(account, d)
        for state, address in letters:
            self.letters[state] = self.letters.get(state, 0) + 1
            if state in FAILED:
                self._list("undelivered", account, state, address)

    def _add_document(self, account: str, d: DocumentFact) -> None:
        if d.kind == "act":
            for money, amount in d.by_class:
                _add(self.acted, money, amount)
        if d.status == "blocked":
            self._list("blocked", account, all_said(d.problems), d.id)
            return
        if d.status in ("decided", "numbered"):
            self._list("blocked", account, "ещё не выпущен, смотрите отложенные счета", d.id)
        count, total = self.documents.get(d.kind, [0, 0])
        self.documents[d.kind] = [count + 1, total + d.total]
        if d.status == "ready" and d.letter == "nobody":
            self._list("nobody", account, detail=d.id)
        if d.warnings:
            self._list("warned", account, all_said(d.warnings), d.id)
        if d.number:
            n = int("".join(c for c in d.number if c.isdigit())[-12:])
            least, greatest, count = self.numbers.get(d.series, [n, n, 0])
            self.numbers[d.series] = [min(least, n), max(greatest, n), count + 1]

    def _list(self, name: Name, account: str, said: str = "", detail: str = "") -> None:
        self.counts[name] += 1
        if len(self.lines[name]) < LISTED_MAX:
            self.lines[name].append([account, said, detail])

    @property
    def difference(self) -> Kopecks:
        """Money of companies spent and not in an act nor carried on: zero, or something is wrong."""
        legal = [money.value for money in ACTED]
        return (
            sum(self.funded.get(m, 0) for m in legal)
            - sum(self.acted.get(m, 0) for m in legal)
            - sum(self.carried_out.get(m, 0) for m in legal)
        )

    @property
    def complete(self) -> bool:
        """Every account is closed or parked."""
        return self.closed + self.counts["parked"] == self.scanned


def _add(sums: dict[str, Kopecks], key: str, amount: Kopecks) -> None:
    sums[key] = sums.get(key, 0) + amount
