"""Orders, settings, archives and repeated letters through DynamoDB and S3: every row and file is one they take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from billing.adapters.files import S3Files
from billing.domain.documents import DocumentKind, DocumentStatus
from billing.usecases import archive, filing, fill_orders, orders
from billing.usecases.archive import archive_of, order_archive
from billing.usecases.document_filters import Filters
from billing.usecases.notifications import change_notifications, confirm_address, notifications_of
from billing.usecases.orders import order_invoice, order_reconciliation
from billing.usecases.send_again import send_again
from local.company import seller_card
from tests.adapters.conftest import a_dynamo_store
from tests.usecases.house import ACCOUNT, ROMASHKA, House, a_card, a_charge, a_payment

INN = ROMASHKA["inn"]


@pytest.fixture
def house(aws: Callable[[str], Any]) -> House:
    """A client of 10 February over the stand-in of AWS; queues and mail stay in memory."""
    s3 = aws("s3")
    s3.create_bucket(
        Bucket="files",
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    house = House(seller=False, at="2026-02-10 15:00")
    house.outside = replace(house.outside, store=a_dynamo_store(aws), files=S3Files(s3, "files", locked=True))
    house.store, house.files = house.outside.store, house.outside.files  # type: ignore[assignment]
    house.tell(seller_card(), a_card(), a_payment(1_000_000), a_charge(550_000))
    return house


def days(first: str, last: str) -> dict[str, date]:
    return {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}


def test_an_invoice_and_a_repeated_letter(house: House):
    record = order_invoice(ACCOUNT, amount=300_000, payer=INN, key="k", outside=house.outside, user="u-1")
    again = order_invoice(ACCOUNT, amount=300_000, payer=INN, key="k", outside=house.outside, user="u-1")
    send_again(ACCOUNT, record.id, outside=house.outside)
    house.work()

    assert (record.status, record.number, again) == (DocumentStatus.READY, "1", record)
    assert house.addresses() == [f"{ACCOUNT}@client.example"] * 2
    assert house.files.get(record.file).startswith(b"%PDF-")


def test_a_reconciliation_by_the_worker_with_its_rows_in_a_file(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orders, "AT_ONCE_MAX", 0)
    monkeypatch.setattr(filing, "ROWS_MAX", 0)
    said: dict[str, Any] = {"payer": INN, "key": "k", "outside": house.outside, "user": "u-1"}

    asked = order_reconciliation(ACCOUNT, **days("2026-01-01", "2026-02-10"), **said)
    house.work()
    made = order_reconciliation(ACCOUNT, **days("2026-01-01", "2026-02-10"), **said)

    assert (asked.status, made.status, made.content.closing) == (  # type: ignore[union-attr]
        DocumentStatus.DECIDED,
        DocumentStatus.READY,
        -1_000_000,
    )
    assert made.rows_file
    assert len(filing.whole(made, house.outside).content.rows) == 1  # type: ignore[union-attr]


def test_an_order_that_waits_for_a_person(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orders, "AT_ONCE_MAX", 0)
    order_reconciliation(
        ACCOUNT, **days("2026-01-01", "2026-02-10"), payer=INN, key="k", outside=house.outside, user="u-1"
    )
    house.tell(a_card(payers=[{**ROMASHKA, "address": ""}], at="2026-02-10T14:00:00+03:00"))
    house.work()
    house.tell(a_card(at="2026-02-10T14:30:00+03:00"))
    house.wait(minutes=10).sweep()

    assert [d.status for d in house.documents()] == [DocumentStatus.READY]


def test_an_archive_by_the_worker_and_again_when_it_is_gone(
    house: House, aws: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(archive, "AT_ONCE_MAX", 0)
    order_invoice(ACCOUNT, amount=300_000, payer=INN, key="k", outside=house.outside, user="u-1")
    made = order_archive(ACCOUNT, Filters(**days("2026-02-01", "2026-02-28")), house.outside)
    house.work()
    assert archive_of(ACCOUNT, made.id, house.outside).state == "ready"
    body = house.files.get(made.file)
    aws("s3").delete_object(Bucket="files", Key=made.file)

    assert archive_of(ACCOUNT, made.id, house.outside).state == "being_made"
    house.work()
    assert house.files.get(made.file) == body

    assert fill_orders.fill_orders(ACCOUNT, f"archive#{ACCOUNT}#{made.id}", house.outside) == "done"


def test_settings_and_their_confirmation(house: House):
    told = change_notifications(
        ACCOUNT,
        added=[("audit@auditor.example", [DocumentKind.ACT])],
        reconciliation=True,
        version=0,
        outside=house.outside,
        link=lambda digest, nonce: f"https://crm.example/{digest}/{nonce}",
    )
    house.work()
    assert confirm_address(ACCOUNT, told.added[0].digest, "1", house.outside)
    house.tell(a_card(at="2026-02-10T14:30:00+03:00"))

    (one,) = notifications_of(ACCOUNT, house.outside).added
    assert (one.state, one.kinds, one.last and one.last.status) == ("confirmed", (DocumentKind.ACT,), "accepted")
    assert notifications_of(ACCOUNT, house.outside).reconciliation
