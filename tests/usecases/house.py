"""The use cases over the world in memory: a clock that is moved by hand, queues that are worked off."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from billing import records
from billing.domain.errors import UnavailableError
from billing.domain.periods import MOSCOW, Month
from billing.ports import Letter, LetterEvent, Outside
from billing.records import DocumentRecord
from billing.usecases.close_month import close_month
from billing.usecases.fill_orders import fill_orders
from billing.usecases.issue_documents import Failure, issue_documents
from billing.usecases.send_letter import send_letter
from billing.usecases.sweep import Swept, sweep
from billing.usecases.take_from_crm import Taken, take_from_crm
from billing.usecases.track_letters import track_letter
from local.company import seller_card
from local.company.client import a_company
from tests.fakes import MemoryFiles, MemoryMailer, MemoryMetrics, MemoryQueue, MemoryStore, a_world, with_long_rows

ACCOUNT = "c-000001"
ROMASHKA = a_company(301, "ООО «Ромашка»")
VASILYOK = a_company(302, "АО «Василёк»")
JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)
ATTEMPTS_MAX = 3

_numbers = count(1)


def moscow(text: str) -> datetime:
    """`2026-01-31 23:30` in Moscow."""
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def a_card(account: str = ACCOUNT, **over: Any) -> dict[str, Any]:
    return {
        "kind": "customer",
        "key": f"card:{next(_numbers)}",
        "account": account,
        "at": "2026-01-01T09:00:00+03:00",
        "title": "ООО «Ромашка»",
        "payers": [ROMASHKA],
        "administrators": [{"user": "u-1", "emails": [f"{account}@client.example"]}],
        **over,
    }


def a_payment(amount: int, account: str = ACCOUNT, **over: Any) -> dict[str, Any]:
    """Money of ООО «Ромашка» on 12 January; a class without a payer is said with `payer=None`."""
    return {
        "kind": "payment",
        "key": f"pay:{next(_numbers)}",
        "account": account,
        "at": "2026-01-12T12:00:00+03:00",
        "class": "BANK",
        "amount": amount,
        "payer": {"inn": ROMASHKA["inn"], "kpp": ROMASHKA["kpp"]},
        **over,
    }


def a_charge(amount: int, account: str = ACCOUNT, **over: Any) -> dict[str, Any]:
    return {
        "kind": "charge",
        "key": f"charge:{next(_numbers)}",
        "account": account,
        "at": "2026-01-31T23:59:00+03:00",
        "service": "crm",
        "title": "Доступ к CRM",
        "amount": amount,
        **over,
    }


class House:
    """Everything of ours, and the world around it. It begins on 1 February 2026 with the seller's card taken."""

    def __init__(self, *told: Mapping[str, Any], at: str = "2026-02-01 12:00", seller: bool = True) -> None:
        self.now = moscow(at).astimezone(UTC)
        world = a_world(lambda: self.now)
        self.store: MemoryStore = world.store  # type: ignore[assignment]
        self.outside: Outside = with_long_rows(world)
        self.files: MemoryFiles = self.outside.files  # type: ignore[assignment]
        self.queue: MemoryQueue = self.outside.queue  # type: ignore[assignment]
        self.mailer: MemoryMailer = self.outside.mailer  # type: ignore[assignment]
        self.metrics: MemoryMetrics = self.outside.metrics  # type: ignore[assignment]
        self.failures: list[Failure] = []
        if seller:
            self.tell(seller_card())
        assert {t.outcome for t in self.tell(*told)} <= {"posted", "stored"}

    @property
    def until(self) -> datetime:
        return self.now + timedelta(minutes=10)

    def at(self, text: str) -> House:
        self.now = moscow(text).astimezone(UTC)
        return self

    def wait(self, **time: float) -> House:
        self.now += timedelta(**time)
        return self

    # --- what happens --------------------------------------------------------------------------------------------

    def tell(self, *messages: Mapping[str, Any] | str) -> list[Taken]:
        said = []
        for message in messages:
            body = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
            group = message["account"] if isinstance(message, Mapping) else ACCOUNT
            said.append(take_from_crm(body, self.outside, id=f"m-{next(_numbers)}", group=group))
        return said

    def close(self, month: Month = JANUARY, **how: Any) -> None:
        close_month(month, self.outside, until=self.until, **how)
        self.work()

    def night(self, month: Month = JANUARY) -> Mapping[str, Any]:
        """The run of the month to its report: closed at 00:30 on the 2nd, letters delivered, swept."""
        self.now = max(self.now, moscow(f"{month.next.first_day} 00:30") + timedelta(days=1)).astimezone(UTC)
        self.close(month)
        for _ in range(6):
            self.hear()
            self.wait(minutes=10).sweep()
            if found := self.report(month):
                return found
        raise AssertionError("the run does not end")

    def sweep(self) -> Swept:
        swept = sweep(self.outside, until=self.until)
        self.work()
        return swept

    def work(self) -> None:
        """The queues are worked off as the functions do it; a message that fails comes back, five times at most."""
        seen: dict[str, int] = {}
        while task := self.queue.take():
            name, message = task
            attempt = seen[str(task)] = seen.get(str(task), 0) + 1
            try:
                if name == "issue-documents":
                    failures = issue_documents(
                        Month.parse(message["month"]),
                        message["accounts"],
                        self.outside,
                        forced=message.get("forced", False),
                        last_attempt=attempt >= ATTEMPTS_MAX,
                    )
                    self.failures += failures
                    if failures:
                        raise UnavailableError("again")
                elif name == "send-letter":
                    send_letter(message["letter"], message["address"], self.outside)
                elif name == "fill-orders":
                    fill_orders(message["account"], message["item"], self.outside, last_attempt=attempt >= ATTEMPTS_MAX)
            except UnavailableError:
                if attempt < 5:
                    self.queue.sent.append(task)

    def hear(self, status: str = "delivered", *, only: str = "", permanent: bool = False) -> None:
        """The mail service tells of every letter it has taken, or of those to an address."""
        for to, delivery, _ in self.mailer.letters:
            if not only or to == only:
                track_letter(
                    LetterEvent(delivery=delivery, status=status, message="m", permanent=permanent), self.outside
                )

    # --- what is there -------------------------------------------------------------------------------------------

    def documents(self, account: str = ACCOUNT, kind: str = "") -> list[DocumentRecord]:
        rows = self.outside.store.query("documents", account, limit=1_000).rows
        found = [records.document_of(account, s.sk, s.row) for s in rows if s.row["kind"] != "period"]
        return [d for d in found if kind in ("", d.kind.value)]

    def acts(self, account: str = ACCOUNT) -> list[int]:
        """Sums of the acts in the order of months and payers, in kopecks."""
        return [d.content.total for d in self.documents(account, "act")]  # type: ignore[union-attr]

    def balance(self, account: str = ACCOUNT) -> int:
        stored = self.store.get("accounts", account)
        assert stored
        return int(stored.row["balance_kop"])

    def report(self, month: Month = JANUARY) -> Mapping[str, Any] | None:
        rows = self.store.query("control", "reports", prefix=f"{month}.", newest_first=True).rows
        return rows[0].row if rows else None

    def parked(self, month: Month = JANUARY) -> dict[str, str]:
        return {s.pk: s.row["reason"] for s in _by_account(self.store.query("control", f"parked.{month}").rows)}

    def refused(self) -> list[str]:
        """Reasons of the messages put aside."""
        return [s.row["reason"] for s in self.store.rows("control") if s.pk.startswith("refused.")]

    def letters(self, to: str = "") -> list[Letter]:
        return [letter for address, _, letter in self.mailer.letters if to in ("", address)]

    def addresses(self) -> list[str]:
        """Clients' addresses that were written to, the accountant's left out."""
        return [to for to, _, _ in self.mailer.letters if to != self.outside.settings.accountant_address]

    def states(self) -> dict[str, str]:
        """Status by address, of all letters."""
        return {s.row["address"]: s.row["status"] for s in self.store.rows("deliveries") if "address" in s.row}

    def numbers(self, series: str) -> list[int]:
        return sorted(int(s.row["number"]) for s in self.store.rows("documents") if s.row.get("series") == series)

    def everything(self) -> dict[str, Any]:
        """What a second run must leave as it is."""
        return {table: self.store.rows(table) for table in ("accounts", "journal", "documents", "deliveries", "work")}


def _by_account(rows: Iterable[Any]) -> list[Any]:
    return [type(s)(pk=s.sk, sk="", row=s.row, version=s.version) for s in rows]
