"""Accounts with very much in them: posted by the ledger itself, laid into the store as rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from billing import records
from billing.domain.books import QUEUE_MAX
from billing.domain.ledger import Account, Charge, Command, MoneyClass, Payment, Service
from billing.domain.periods import Month
from billing.domain.posting import post
from billing.domain.vat import Vat
from billing.ports import ABSENT, Store, Write
from tests.usecases.house import ACCOUNT, ROMASHKA

AT = "2026-01-31T12:00:00+00:00"


def charge(n: int, day: date, amount: int = 100_00, service: Service | None = None) -> Charge:
    """Its key is as long as those of the CRM: `charge:c-000001:service-0007:2026-01-15`, and of 56 characters here."""
    service = service or Service("crm", "Доступ к CRM", "день", Vat.NONE)
    key = f"charge:{ACCOUNT}:{service.code}:{day}:{n:05}".ljust(56, "x")
    return Charge(key=key, day=day, amount=amount, service=service, quantity=1_000_000)


def payment(n: int, day: date, amount: int, money: MoneyClass = MoneyClass.BANK) -> Payment:
    payer = ROMASHKA["inn"] if money in (MoneyClass.BANK, MoneyClass.CARD_LE) else ""
    key = f"bank:044525225:{day}:{n:05}:40702810900000000001".ljust(56, "x")
    return Payment(key=key, day=day, amount=amount, money=money, payer=payer)


def lay(store: Store, commands: Iterable[Command], *, rows: range | None = None, merge: bool = False) -> Account:
    """Post the commands to a new account and lay it into the store, with its journal and its answers.

    `rows`: only these entries of the journal, where the others will not be read. `merge`: whether long queues are
    looked through for what can be merged; of different services or classes nothing can, and the look costs time.
    """
    account, writes, head = None, list[Write](), ""
    for command in commands:
        account = account or Account(id=ACCOUNT, open=Month.of(command.day))
        account, entries = post(account, command, None, QUEUE_MAX if merge else 1_000_000)
        for entry in entries:
            row = records.entry_row(entry, account=ACCOUNT, at=AT, posted_at=AT, previous=head)
            head = row["sha"]
            if rows is None or entry.seq in rows:
                writes.append(Write("journal", ACCOUNT, records.seq_key(entry.seq), row, ABSENT))
        if rows is None or entries[0].seq in rows:
            answer = {"account": ACCOUNT, "body_sha": "", "outcome": "posted", "seq": entries[0].seq}
            writes.append(Write("seen", command.key, "", answer, ABSENT))
    assert account
    account = records.with_head(account, head)
    writes.append(Write("accounts", ACCOUNT, "", records.account_row(account), ABSENT))
    for i in range(0, len(writes), 90):
        store.tx(writes[i : i + 90])
    return account
