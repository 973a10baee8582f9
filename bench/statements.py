"""Statistics, reconciliations and explanations of accounts of growing size: `python -m bench statements`.

The rows are in memory: what DynamoDB itself takes, a call for each page of 200 entries, is not in it.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from billing import paper, records
from billing.domain.closing import close
from billing.domain.ledger import Account, Charge, Command, MoneyClass, Payment, Service
from billing.domain.parties import Customer, PayerRequisites
from billing.domain.periods import Month, utc_text
from billing.domain.posting import post
from billing.domain.vat import Vat
from billing.exports import statistics_tables, xlsx_of
from billing.ports import ABSENT, Outside, Page, Write
from billing.records import DocumentRecord, DocumentStatus
from billing.usecases.explain import explain_payment
from billing.usecases.reconciliation import reconciliation_content
from billing.usecases.statistics import statistics_of
from tests.fakes import MemoryStore, a_world

PAYER, ACCOUNT = "7707083893", "c-000001"
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
YEAR = [Month(2026, n) for n in range(1, 13)]
CUSTOMER = Customer(
    account=ACCOUNT,
    title="ООО «Ромашка»",
    payers=(PayerRequisites(valid_from=FIRST, name="ООО «Ромашка»", inn=PAYER, kpp="773601001"),),
)
CRM = Service("crm", "Доступ к CRM", "дн.", Vat.TWENTY_TWO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement, CPU ms; `entries` of the journal, `rows` of what was made of them, `calls` to the store."""

    name: str
    entries: int
    rows: int
    calls: int
    ms: float


class _Filled(MemoryStore):
    """Nothing is written any more, so that keys are sorted once, as a real store has them."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__()
        self.tables = store.tables
        self._keys: dict[tuple[str, str], list[str]] = {}

    def query(
        self,
        table: str,
        pk: str,
        *,
        prefix: str = "",
        after: str = "",
        before: str = "",
        limit: int = 100,
        newest_first: bool = False,
    ) -> Page:
        if prefix or newest_first:
            return super().query(table, pk, prefix=prefix, after=after, before=before, limit=limit,
                                 newest_first=newest_first)  # fmt: skip
        self.calls += 1
        keys = self._keys.setdefault((table, pk), sorted(self.tables[table].get(pk, {})))
        begin, end = bisect_right(keys, after), bisect_left(keys, before) if before else len(keys)
        found = keys[begin : min(end, begin + limit)]
        return Page(tuple(self._stored(table, pk, k) for k in found), found[-1] if begin + limit < end else "")


def rows() -> list[Row]:
    for what in (_drawn, _taken_away):  # fonts and libraries are loaded before anything is measured
        what(_account(12))
    found = []
    for size in (100, 3_000, 30_000):
        outside = _account(size)
        found += [
            _measured(f"reconciliation of a year, {size:,} payments", outside, _reconciled),
            _measured(f"… and its PDF, {size:,} payments", outside, _drawn),
            _measured(f"statistics of a year, {size:,} payments", outside, _told),
            _measured(f"… and its XLSX, {size:,} payments", outside, _taken_away),
            _measured(f"explanation of the last payment of {size:,}", outside, _explained),
        ]
    return found


def _measured(name: str, outside: Outside, what: Callable[[Outside], int]) -> Row:
    store: Any = outside.store
    store.calls = 0
    begun = time.process_time()
    made = what(outside)
    ms = (time.process_time() - begun) * 1000
    stored = store.get("accounts", ACCOUNT)
    return Row(name=name, entries=stored.row["seq"], rows=made, calls=store.calls - 1, ms=ms)


def _reconciliation(outside: Outside) -> Any:
    return reconciliation_content(ACCOUNT, PAYER, FIRST, LAST, outside, today=date(2027, 1, 5)).content


def _reconciled(outside: Outside) -> int:
    return len(_reconciliation(outside).rows)


def _drawn(outside: Outside) -> int:
    content = _reconciliation(outside).numbered("1")
    paper.draw(content)
    return len(content.rows)


def _statistics(outside: Outside) -> Any:
    return statistics_of(ACCOUNT, YEAR[0], YEAR[-1], outside, today=date(2027, 1, 5))


def _told(outside: Outside) -> int:
    return len(_statistics(outside).days)


def _taken_away(outside: Outside) -> int:
    tables = statistics_tables(_statistics(outside))
    xlsx_of(tables, made_on=LAST)
    return sum(len(table.rows) for table in tables)


def _explained(outside: Outside) -> int:
    last = outside.store.query("journal", ACCOUNT, newest_first=True, limit=1_000)
    key = next(s.row["key"] for s in last.rows if s.row["kind"] == "payment")
    return len(explain_payment(ACCOUNT, key, outside).parts)


def _account(payments: int) -> Outside:
    """A year of `payments` payments, evenly, a charge a day, and its twelve acts."""
    outside = a_world(lambda: datetime(2027, 1, 5, tzinfo=UTC))
    account, writes, n = Account(id=ACCOUNT, open=YEAR[0]), list[Write](), 0
    for month in YEAR:
        at = datetime(month.next.first_day.year, month.next.first_day.month, 2, tzinfo=UTC)
        for command in _commands(month, payments // 12):
            account, entries = post(account, command)
            for entry in entries:
                row = records.entry_row(entry, account=ACCOUNT, at=utc_text(at), posted_at=utc_text(at), previous="")
                writes.append(Write("journal", ACCOUNT, records.seq_key(entry.seq), row, ABSENT))
                if entry.kind != "merge":
                    seen = {"account": ACCOUNT, "body_sha": "", "outcome": "posted", "seq": entry.seq}
                    writes.append(Write("seen", entry.key, "", seen, ABSENT))
        closing = close(account, CUSTOMER, None, forced=True)
        account = closing.account
        entry_row = records.entry_row(
            closing.entry, account=ACCOUNT, at=utc_text(at), posted_at=utc_text(at), previous=""
        )
        writes.append(Write("journal", ACCOUNT, records.seq_key(closing.entry.seq), entry_row, ABSENT))
        period = records.period_row(closing.period, utc_text(at))
        writes.append(Write("documents", ACCOUNT, records.period_key(month), period, ABSENT))
        for draft in closing.drafts:
            n += 1
            record = DocumentRecord(
                account=ACCOUNT,
                id=draft.id,
                kind=draft.content.kind,
                month=str(month),
                payer=draft.payer,
                status=DocumentStatus.READY,
                content=draft.content,
                number=str(n),
                at=utc_text(at),
            )
            writes.append(Write("documents", ACCOUNT, draft.id, records.document_row(record), ABSENT))
    writes.append(Write("accounts", ACCOUNT, "", records.account_row(account), ABSENT))
    writes.append(Write("customers", ACCOUNT, "", {"at": "", "card": records.plain(CUSTOMER), "summary": ""}, ABSENT))
    for i in range(0, len(writes), 100):
        outside.store.tx(writes[i : i + 100])
    return replace(outside, store=_Filled(outside.store))  # type: ignore[arg-type]


def _commands(month: Month, payments: int) -> list[Command]:
    days = [month.first_day + timedelta(days=n) for n in range(28)]
    commands: list[Command] = [
        Payment(key=f"{month}.p{n}", day=days[n * 28 // payments], amount=10_00, money=MoneyClass.BANK, payer=PAYER,
                document=f"№ {n} от {days[n * 28 // payments]:%d.%m.%Y}")
        for n in range(payments)
    ]  # fmt: skip
    commands += [
        Charge(key=f"{month}.c{n}", day=day, amount=payments * 10_00 // 30, service=CRM, quantity=1_000_000)
        for n, day in enumerate(days)
    ]
    return sorted(commands, key=lambda command: command.day)
