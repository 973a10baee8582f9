"""One whole night on an emulator that nobody here wrote, with the handlers as they deploy."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from local.clock import Clock
from local.deploy import forget_clients
from tests.cloud.told import a_charge, a_payment, the_client, the_seller
from tests.second_emulator import ministack
from tests.second_emulator.ministack import SecondCloud

pytestmark = pytest.mark.proof

NOON = datetime(2026, 2, 1, 9, tzinfo=UTC)  # of 1 February in Moscow
NIGHT = datetime(2026, 2, 1, 21, 30, tzinfo=UTC)  # 00:30 of the 2nd in Moscow
CLIENTS = 5


def a_company() -> list[str]:
    """Make a seller and five clients, each of whom paid 10 000,00 in January and was charged 5 500,00."""
    messages = [the_seller()]
    for n in range(1, CLIENTS + 1):
        account = f"c-{n:06}"
        messages += [
            the_client(f"anna@client-{n}.example", account=account, key=f"customer:{n}"),
            a_payment(account=account, key=f"payment:{n}"),
            a_charge(account=account, key=f"charge:{n}"),
        ]
    return messages


def close_january(cloud: SecondCloud) -> None:
    cloud.invoke("close_month", {"month": "2026-01"})
    cloud.invoke("sweep", {})


@pytest.fixture(scope="module")
def cloud(emulator: str) -> Iterator[SecondCloud]:
    """Set up the template's storage at MiniStack, after the night in which January was closed."""
    ministack.forget_everything(emulator)
    forget_clients()
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ministack.CREDENTIALS.items():
            patch.setenv(name, value)
        deployed = ministack.deploy(emulator)
        clock.set(NOON)
        deployed.send("CrmInboxQueue", a_company())
        deployed.drain()
        clock.set(NIGHT)
        close_january(deployed)
        yield deployed
    clock.stop()
    forget_clients()


def test_each_client_has_an_act_and_an_invoice_numbered_without_gaps(cloud: SecondCloud) -> None:
    documents = cloud.rows("documents")

    acts = [d for d in documents if d["kind"] == "act"]
    invoices = [d for d in documents if d["kind"] == "invoice"]
    assert sorted(act["number"] for act in acts) == ["1", "2", "3", "4", "5"]
    assert sorted(invoice["number"] for invoice in invoices) == ["1", "2", "3", "4", "5"]
    assert {act["total_kop"] for act in acts} == {550_000}
    assert {invoice["total_kop"] for invoice in invoices} == {100_000}  # 5 500,00 less the 4 500,00 that are left
    drawn = cloud.files()[acts[0]["file"]]
    assert "5 500,00" in PdfReader(io.BytesIO(drawn)).pages[0].extract_text().replace("\xa0", " ")


def test_each_client_has_one_letter_and_our_accountant_the_report(cloud: SecondCloud) -> None:
    addresses = sorted(address for letter in cloud.letters() for address in letter["To"])

    assert addresses == ["accountant@example.com", *(f"anna@client-{n}.example" for n in range(1, CLIENTS + 1))]
    assert cloud.rows("work") == []


def test_the_report_tallies(cloud: SecondCloud) -> None:
    report = json.loads(cloud.files()["reports/2026-01.001.json"])

    assert (report["scanned"], report["closed"], report["charged"], report["difference"]) == (5, 5, 2_750_000, 0)


def test_a_second_run_of_the_month_creates_and_sends_nothing(cloud: SecondCloud) -> None:
    before = cloud.files(), len(cloud.letters()), len(cloud.rows("documents"))

    close_january(cloud)

    assert (cloud.files(), len(cloud.letters()), len(cloud.rows("documents"))) == before
