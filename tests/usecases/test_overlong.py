"""Accounts far too long for one row or one transaction of the database are posted, closed and issued all the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from billing import records
from billing.adapters.long_rows import LongRows
from billing.adapters.row_size import row_size
from billing.domain.documents import DocumentStatus
from billing.domain.ledger import Account, Command, MoneyClass, Service
from billing.domain.vat import Vat
from billing.ports import Letter, Outside, Store
from billing.usecases.take_from_crm import take_from_crm
from local.company import seller_card
from local.company.client import a_company
from tests.adapters.conftest import a_dynamo_store, aws  # noqa: F401
from tests.fakes import MemoryStore
from tests.usecases.house import ACCOUNT, House, a_card, a_charge, a_payment
from tests.usecases.overlong import charge, lay, payment

SERVICES = [Service(f"service-{i:04}", f"Услуга {i}", "день", Vat.NONE) for i in range(300)]
ROW_MAX = 300 * 1024


@pytest.fixture(params=["memory", "dynamo"])
def database(request: pytest.FixtureRequest) -> Store:
    return MemoryStore() if request.param == "memory" else a_dynamo_store(request.getfixturevalue("aws"))


class Client:
    """One account over a store whose rows are weighed as they are written."""

    def __init__(self, database: Store, commands: Sequence[Command]) -> None:
        house = House(at="2026-02-01 12:00")
        self.database, self.heaviest = database, 0
        self.outside: Outside = replace(house.outside, store=LongRows(self, house.metrics))
        rows = None if isinstance(database, MemoryStore) else range(3)  # the rest is not read here, and takes its time
        lay(self.outside.store, commands, rows=rows)

    def tx(self, writes: Any) -> None:
        self.heaviest = max(self.heaviest, *map(row_size, writes))
        self.database.tx(writes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)

    def tell(self, message: Mapping[str, Any]) -> tuple[str, str]:
        taken = take_from_crm(json.dumps(message), self.outside, id=message["key"], group=ACCOUNT)
        return taken.outcome, taken.reason

    @property
    def account(self) -> Account:
        stored = self.outside.store.get("accounts", ACCOUNT)
        assert stored
        return records.account_of(ACCOUNT, stored.row)

    def last_entry(self) -> Mapping[str, Any]:
        (stored,) = self.outside.store.query("journal", ACCOUNT, newest_first=True, limit=1).rows
        return stored.row


def a_correction(kind: str, n: int, **what: Any) -> dict[str, Any]:
    at = f"2026-01-{20 + n}T12:00:00+03:00"
    return {"kind": kind, "key": f"{kind}:{n}", "account": ACCOUNT, "at": at, **what}


def test_3_600_debts_of_as_many_services_and_months_are_paid_by_one_payment(database: Store):
    """300 services, never paid for a year; the account lives on: a reversal, a refund, a charge, a chargeback."""
    charges = [charge(300 * m + i, date(2025, m, 28), 100_00, s) for m in range(1, 13) for i, s in enumerate(SERVICES)]
    client = Client(database, charges)
    money = a_payment(360_500_00)

    assert client.tell(money) == ("posted", "")

    assert len(client.last_entry()["allocations"]) == 3_600
    assert (client.account.balance, client.account.debts) == (500_00, ())
    assert client.tell(a_correction("reversal", 1, charge=charges[0].key, amount=50_00)) == ("posted", "")
    assert client.tell(a_correction("refund", 2, payment=money["key"], amount=20_00)) == ("posted", "")
    assert client.tell(a_charge(10_00, vat="none")) == ("posted", "")
    assert client.account.balance == 520_00
    assert client.tell(a_correction("chargeback", 3, payment=money["key"], amount=300_000_00)) == ("posted", "")
    assert client.account.balance == -299_480_00
    assert client.heaviest < ROW_MAX


def test_a_payment_that_paid_3_000_charges_is_reclassified():
    charges = [charge(i, date(2026, 1, 12), 100_00) for i in range(3_000)]
    money = payment(1, date(2026, 1, 11), 300_500_00)
    client = Client(MemoryStore(), [money, *charges])
    renamed = a_correction("reclassification", 1, payment=money.key, reason="ошибка", **{"class": "CARD_IND"})

    assert client.tell(renamed) == ("posted", "")
    assert len(client.last_entry()["allocations"]) == 6_000
    funds = Counter[str]()
    for fund, s in client.account.funds.items():
        funds[fund.money] += s.amount
    assert funds == {MoneyClass.CARD_IND: 300_000_00}
    assert client.tell(a_correction("reversal", 2, charge=charges[0].key, amount=50_00)) == ("posted", "")
    assert client.tell(a_correction("refund", 3, payment=money.key, amount=550_00)) == ("posted", "")
    assert client.account.balance == 0
    assert client.heaviest < ROW_MAX


def test_a_charge_over_2_600_lots_of_alternating_classes_is_taken(database: Store):
    classes = (MoneyClass.BANK, MoneyClass.CARD_LE)
    lots = [payment(i, date(2026, 1, 11), 1_00, classes[i % 2]) for i in range(2_600)]
    client = Client(database, lots)

    bought = a_charge(2_599_00, vat="none")

    assert client.tell(bought) == ("posted", "")
    assert len(client.last_entry()["allocations"]) == 2_599
    assert client.account.balance == 1_00
    if isinstance(database, MemoryStore):
        assert client.tell(a_correction("reversal", 1, charge=bought["key"], amount=1_000_00)) == ("posted", "")
        assert client.account.balance == 1_001_00
    assert client.heaviest < ROW_MAX


# --- months ------------------------------------------------------------------------------------------------------


def a_house(database: Store | None = None, **card: Any) -> House:
    """Make a house with a client that may have many payers, over the given database if there is one."""
    house = House(at="2026-02-01 12:00")
    if database and not isinstance(database, MemoryStore):
        house.outside = replace(house.outside, store=LongRows(database, house.metrics))
        house.tell(seller_card())
    house.tell(a_card(**card))
    return house


PAYERS = [a_company(1_000 + n, f"ООО «Плательщик {n}»") for n in range(120)]


def pay_for_all(house: House) -> None:
    """Each of 120 companies pays 10,00 and all of it is spent."""
    for payer in PAYERS:
        paid = house.tell(a_payment(10_00, payer={"inn": payer["inn"], "kpp": payer["kpp"]}))
        assert {t.outcome for t in paid} == {"posted"}
    assert {t.outcome for t in house.tell(a_charge(1_200_00, vat="none"))} == {"posted"}


def test_a_month_of_120_payers_is_closed_with_their_acts_and_invoices():
    """120 acts and 120 invoices do not fit the transaction of a close; a person has looked at so many acts."""
    house = a_house(payers=PAYERS, invoice_policy="act_pair")
    pay_for_all(house)

    suspicious = house.at("2026-02-02 00:30")
    suspicious.close()
    assert house.parked() == {ACCOUNT: "актов в месяце 120, больше 5"}
    house.close(accounts=[ACCOUNT], forced=True)
    report = house.night()

    assert house.acts() == [10_00] * 120
    assert {d.status for d in house.documents()} == {DocumentStatus.READY}
    assert house.numbers("act.2026") == house.numbers("invoice.2026") == list(range(1, 121))
    assert house.parked() == {}
    assert (report["documents"]["act"], report["documents"]["invoice"]) == ([120, 1_200_00], [120, 1_200_00])
    assert not house.store.rows("work")
    mailed = [name for letter in house.letters(f"{ACCOUNT}@client.example") for name in _files(letter)]
    assert len(mailed) == len(set(mailed)) == 240


def _files(letter: Letter) -> list[str]:
    return [attachment.file_name for attachment in letter.attachments]


LONG_TITLES = [Service(f"s-{i:04}", f"Услуга {i:04} ".ljust(255, "щ"), "шт.", Vat.NONE) for i in range(3_000)]


def test_a_month_of_3_000_lines_with_titles_of_255_letters_is_closed_and_issued():
    house = a_house(invoice_policy="none")
    money = payment(1, date(2026, 1, 11), 3_000_00)
    lay(house.outside.store, [money, *(charge(i, date(2026, 1, 12), 1_00, s) for i, s in enumerate(LONG_TITLES))])
    another = a_charge(5_00, service="another", title="Ещё одна услуга".ljust(255, "щ"), vat="none")
    assert house.tell(another, a_payment(10_00))[0].outcome == "posted"

    house.at("2026-02-02 00:30").close()
    assert house.parked() == {ACCOUNT: "строк в акте 3001, больше 1000"}
    house.close(accounts=[ACCOUNT], forced=True)
    report = house.night()

    (act,) = house.documents(kind="act")
    assert (act.status, act.number) == (DocumentStatus.READY, "1")
    assert len(act.content.lines) == 3_001  # type: ignore[union-attr]
    assert (house.acts(), house.parked(), house.failures) == ([3_005_00], {}, [])
    assert report["documents"]["act"] == [1, 3_005_00]
    assert house.files.files[act.file].startswith(b"%PDF")
