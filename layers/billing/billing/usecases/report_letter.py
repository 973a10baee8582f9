"""Turn the report's row into the context of the letter to our accountant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from billing.domain.audit_terms import COMPANY, UNPAID
from billing.domain.ledger import MoneyClass
from billing.domain.periods import Month
from billing.domain.vat import Vat
from billing.domain.wording import short_date
from billing.letters.contexts_report import (
    AccountLine,
    Accounts,
    ActedByClass,
    Charges,
    KindTotal,
    PaidByClass,
    RunReport,
    Series,
    SinceEver,
    VatByRate,
)
from billing.ports import Outside

_LISTS = ("wrong", "parked", "still_open", "blocked", "warned", "carried", "unacted", "by_others", "nobody")
_RATES = sorted(Vat, key=lambda rate: -rate.percent)


def run_report(name: str, outside: Outside) -> RunReport:
    stored = outside.store.get("control", "reports", name)
    assert stored, "a report is written with its letter"
    r = stored.row
    kinds = sorted({*r["documents"], *r["waiting"]})
    exchange = r.get("edo", {})
    return RunReport(
        month=Month.parse(r["month"]),
        complete=r["closed"] + r["parked_count"] == r["scanned"],
        holds=r["holds"],
        scanned=r["scanned"],
        closed=r["closed"],
        parked_charged=r["parked_charged"],
        parked_paid=r["parked_paid"],
        charges=_charges(r),
        came=tuple((m.value, r["paid"][m]) for m in MoneyClass if r["paid"].get(m)),
        paid=_paid(r),
        acts=_acts(r),
        vat=_vat(r["vat_issued"], r["vat_all"]),
        past=_vat({}, r["vat_past"]),
        ever=SinceEver(
            debits=r["ever"].get("expected", 0) + r["ever"].get("due", 0),
            acted=r["ever"].get("acted", 0),
            not_acted=r["ever"].get("due", 0),
        ),
        documents=tuple(
            KindTotal(
                kind=kind,
                count=r["documents"].get(kind, (0, 0))[0],
                total=r["documents"].get(kind, (0, 0))[1],
                waiting=r["waiting"].get(kind, (0, 0))[0],
                waiting_total=r["waiting"].get(kind, (0, 0))[1],
            )
            for kind in kinds
        ),
        series=tuple(
            Series(name=series, last=s["last"], missing=tuple((first, last) for first, last in s["missing"]))
            for series, s in sorted(r["series"].items())
        ),
        letters=tuple(sorted(r["letters"].items())),
        **{name: _accounts(r, name) for name in _LISTS},
        late=_late(r),
        undelivered=_accounts(r, "undelivered"),
        edo_window=exchange.get("window", ""),
        edo=tuple(sorted(exchange.get("states", {}).items())),
        edo_people=exchange.get("people", 0),
    )


def _charges(r: Mapping[str, Any]) -> Charges:
    journal = r["journal"]
    return Charges(
        unpaid_before=journal.get("unpaid_before", 0),
        charged=journal.get("charged", 0),
        reversed=journal.get("reversed", 0),
        withdrawn=journal.get("withdrawn", 0),
        paid=sum(r["journal_funded"].values()),
        unpaid_after=journal.get("unpaid_after", 0),
        unacted=journal.get("unacted", 0),
    )


def _paid(r: Mapping[str, Any]) -> tuple[PaidByClass, ...]:
    rows = []
    for money in MoneyClass:
        paid, earlier = r["journal_funded"].get(money, 0), r["journal_earlier"].get(money, 0)
        if paid or earlier:
            rows.append(PaidByClass(money=money.value, of_month=paid - earlier, earlier=earlier))
    return tuple(rows)


def _acts(r: Mapping[str, Any]) -> tuple[ActedByClass, ...]:
    rows = []
    for money in (*COMPANY, UNPAID):
        row = ActedByClass(
            money=money,
            paid=r["journal"].get("acted_unpaid", 0) if money == UNPAID else r["journal_funded"].get(money, 0),
            again=-r["journal_again"].get(money, 0),
            carried_in=r["journal_carried_in"].get(money, 0),
            carried_out=-r["journal_carried_out"].get(money, 0),
            acted=r["acted"].get(money, 0),
        )
        if any((row.paid, row.again, row.carried_in, row.carried_out, row.acted)):
            rows.append(row)
    return tuple(rows)


def _vat(issued: Mapping[str, Any], whole: Mapping[str, Any]) -> tuple[VatByRate, ...]:
    rows = []
    for rate in _RATES:
        (amount, vat), (all_amount, all_vat) = issued.get(rate, (0, 0)), whole.get(rate, (0, 0))
        if any((amount, vat, all_amount, all_vat)):
            rows.append(VatByRate(rate=rate.value, issued=amount, issued_vat=vat, whole=all_amount, whole_vat=all_vat))
    return tuple(rows)


def _late(r: Mapping[str, Any]) -> Accounts:
    lines = []
    for account, number, dates in r["late"]:
        day, before = (short_date(date.fromisoformat(text)) for text in dates.split())
        lines.append(AccountLine(account=account, reason=f"№ {number} от {day} выпущен после документа от {before}"))
    return Accounts(lines=tuple(lines), count=r["late_count"])


def _accounts(report: Mapping[str, Any], name: str) -> Accounts:
    return Accounts(
        lines=tuple(AccountLine(account=line[0], reason=line[1], detail=line[2]) for line in report[name]),
        count=report[f"{name}_count"],
    )
