"""Work out what one account adds to a run's report: sums by name, lines of the lists, differences of two readings.

The first reading is what the close decided (the month's summary and its documents), the second is the journal's
(`audit`). A difference between them is reported here, by account and payer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from billing.domain.audit import Reading
from billing.domain.audit_terms import COMPANY, UNPAID, growth, quarter
from billing.domain.closing import PeriodSummary
from billing.domain.delivery import FAILED
from billing.domain.money import Kopecks, roubles
from billing.domain.periods import Month
from billing.domain.trouble_wording import all_said
from billing.domain.troubles import Trouble
from billing.domain.vat import Vat
from billing.domain.wording import month_name, month_of

Name: TypeAlias = Literal[
    "wrong", "parked", "still_open", "blocked", "warned", "carried", "unacted", "by_others", "nobody", "undelivered"
]
LISTS: tuple[Name, ...] = (
    *("wrong", "parked", "still_open", "blocked", "warned"),
    *("carried", "unacted", "by_others", "nobody", "undelivered"),
)
WAITING = ("blocked", "decided", "numbered")  # decided, and not issued


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFact:
    """A document as the report needs it, with the total that is printed on it. `vat`: rate, sum and VAT in it."""

    id: str
    kind: str
    status: str
    series: str
    number: str
    total: Kopecks
    letter: str
    payer: str = ""
    problems: tuple[Trouble, ...] = ()
    warnings: tuple[Trouble, ...] = ()
    by_class: tuple[tuple[str, Kopecks], ...] = ()
    vat: tuple[tuple[str, Kopecks, Kopecks], ...] = ()


@dataclass(slots=True, kw_only=True)
class Result:
    """`sums` by name (`funded.BANK`), to be added up over the accounts; `lines`: list, what is said, a detail."""

    state: Literal["closed", "parked", "open"]
    sums: dict[str, Kopecks] = field(default_factory=dict)
    lines: list[tuple[Name, str, str]] = field(default_factory=list)

    def add(self, name: str, amount: Kopecks) -> None:
        if now := self.sums.pop(name, 0) + amount:
            self.sums[name] = now

    def say(self, name: Name, text: str = "", detail: str = "") -> None:
        self.lines.append((name, text, detail))

    def differ(self, by: Kopecks, text: str) -> None:
        self.add("difference", abs(by) or 1)
        self.say("wrong", text)


def open_result(parked: str | None, turnover: Mapping[str, Kopecks]) -> Result:
    """Describe an account whose month is open. `parked`: why it was set aside; `turnover`: of the month, by kind."""
    result = Result(state="open" if parked is None else "parked")
    charged = -sum(amount for kind, amount in turnover.items() if kind in ("charge", "reversal"))
    paid = sum(amount for kind, amount in turnover.items() if kind.startswith("payment."))
    sums = f"списано {roubles(charged)} ₽, поступило {roubles(paid)} ₽"
    if parked is None:
        result.say("still_open", "", sums)
        return result
    result.add("parked_charged", charged)
    result.add("parked_paid", paid)
    result.say("parked", parked, sums)
    return result


def closed_result(
    period: PeriodSummary,
    documents: Sequence[DocumentFact],
    letters: Iterable[tuple[str, str]],
    reading: Reading,
    acted: Mapping[str, Kopecks],
    rates: Mapping[str, Vat],
) -> Result:
    """Describe an account whose month is closed.

    `letters`: state and masked address of each delivery. `acted`: by payer, all acts up to the month. `rates`: the VAT
    of the account's lines.
    """
    result = Result(state="closed")
    _add_summary(result, period)
    for d in documents:
        _add_document(result, d)
    for state, address in letters:
        result.add(f"letters.{state}", 1)
        if state in FAILED:
            result.say("undelivered", state, address)
    _add_reading(result, period.month, reading, rates)
    _compare(result, period, documents, reading, acted)
    return result


# --- the first reading -------------------------------------------------------------------------------------------


def _add_summary(result: Result, period: PeriodSummary) -> None:
    result.add("charged", period.cost)
    for kind, amount in period.turnover:
        what, _, money = kind.partition(".")
        if what in ("payment", "carried"):
            result.add(f"{'paid' if what == 'payment' else 'carried_in'}.{money}", amount)
    for money, amount in period.funded:
        result.add(f"funded.{money}", amount)
    for money, amount in period.carried:
        result.add(f"carried_out.{money}", amount)


def _add_document(result: Result, d: DocumentFact) -> None:
    waits = d.status in WAITING
    result.add(f"{'waiting' if waits else 'documents'}.{d.kind}.count", 1)
    result.add(f"{'waiting' if waits else 'documents'}.{d.kind}.total", d.total)
    if d.kind == "act":
        for money, amount in d.by_class:
            result.add(f"acted.{money}", amount)
        for rate, amount, vat in d.vat:
            for of in ("all",) if waits else ("all", "issued"):
                result.add(f"vat.{of}.{rate}.amount", amount)
                result.add(f"vat.{of}.{rate}.vat", vat)
    if d.number:
        result.add(f"series.{d.series}", 1)
    if waits:
        why = all_said(d.problems) if d.status == "blocked" else "ещё не выпущен, смотрите отложенные счета"
        result.say("blocked", why, f"{d.id}: {roubles(d.total)} ₽" if d.kind != "reconciliation" else d.id)
        return
    if d.status == "ready" and d.letter == "nobody":
        result.say("nobody", "", d.id)
    if d.warnings:
        result.say("warned", all_said(d.warnings), d.id)


# --- the second --------------------------------------------------------------------------------------------------


def _add_reading(result: Result, month: Month, reading: Reading, rates: Mapping[str, Vat]) -> None:
    after = reading.unpaid_after(str(month))
    for name, amount in reading.sums(str(month)).items():
        result.add(f"journal.{name}", amount)
    result.add("journal.unpaid_before", after - growth(reading.sums(str(month))))
    result.add("journal.unpaid_after", after)
    if unacted := sum(o.amount for o in reading.owed if not o.act and o.month <= str(month)):
        result.add("journal.unacted", unacted)
        result.say("unacted", f"{roubles(unacted)} ₽")
    for name, amount in reading.sums(str(month)).items():
        what, _, money = name.partition(".")
        if what == "again" and money not in COMPANY and amount > 0:
            result.say("by_others", f"{roubles(amount)} ₽", money)
    for payer, since in sorted(reading.since.items()):
        minus = sum(amount for due, amount in reading.due.items() if due.payer == payer and due.period > str(month))
        result.say("carried", f"{roubles(minus)} ₽", f"ИНН {payer}, с {month_of(Month.parse(since))}")
    for (_, line, of), amount in reading.act_lines.items():
        if quarter(of) < quarter(str(month)):
            vat = rates.get(line, Vat.NONE)
            result.add(f"vat.past.{vat}.amount", amount)
            result.add(f"vat.past.{vat}.vat", vat.included_in(amount))
    result.add("ever.expected", sum(reading.expected.values()))
    result.add("ever.due", sum(reading.due.values()))


# --- the two -----------------------------------------------------------------------------------------------------


def _compare(
    result: Result,
    period: PeriodSummary,
    documents: Sequence[DocumentFact],
    reading: Reading,
    acted: Mapping[str, Kopecks],
) -> None:
    sums, month = reading.sums(str(period.month)), month_name(period.month)
    if gaps := reading.gaps + period.last_seq - reading.seq:
        result.differ(1, f"{month}: в журнале не хватает записей: {gaps}")
    debts, owed = max(0, -reading.balance), sum(o.amount for o in reading.owed)
    for what, by in (
        ("долги по списаниям и оплатам и долги по остатку", reading.unpaid_now - debts),
        ("неоплаченные списания и долги по остатку", owed - debts),
        ("оплаты и списания, которые они оплачивают", reading.stray),
        ("обороты журнала и итог месяца", sums.get("turned", 0) - (period.closing - period.opening)),
        ("списания журнала и итог месяца", sums.get("charged", 0) - sums.get("reversed", 0) - period.cost),
    ):
        if by:
            result.differ(by, f"{month}: не сходятся {what}: {roubles(by)} ₽")
    result.add("ever.acted", sum(acted.values()))
    for payer in sorted({*reading.expected, *acted}):
        by = acted.get(payer, 0) - reading.expected.get(payer, 0)
        if by:
            result.differ(
                by,
                f"ИНН {payer}: с начала учёта в актах {roubles(acted.get(payer, 0))} ₽, по журналу должно быть "
                f"{roubles(reading.expected.get(payer, 0))} ₽",
            )
    by_class = _by_class(documents)
    carried = dict(period.carried)
    for money in (*COMPANY, UNPAID):
        paid = sums.get("acted_unpaid", 0) if money == UNPAID else sums.get(f"funded.{money}", 0)
        in_act = paid - sums.get(f"again.{money}", 0) + sums.get(f"carried_in.{money}", 0)
        by = in_act - sums.get(f"carried_out.{money}", 0) - by_class.get(money, 0)
        if by:
            result.differ(by, f"{month}: акты не сходятся с журналом по виду денег {money}: {roubles(by)} ₽")
        if by := sums.get(f"carried_out.{money}", 0) - carried.get(money, 0):
            result.differ(by, f"{month}: перенесено не то, что по журналу, по виду денег {money}: {roubles(by)} ₽")


def _by_class(documents: Iterable[DocumentFact]) -> dict[str, Kopecks]:
    sums: dict[str, Kopecks] = {}
    for d in documents:
        for money, amount in d.by_class if d.kind == "act" else ():
            sums[money] = sums.get(money, 0) + amount
    return sums
