"""A month end through the deployed template: queue, schedules, handlers, bucket, letters and their events."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

from pypdf import PdfReader

from local.cloud import Cloud
from tests.cloud.told import a_charge, a_payment, the_client, the_seller

NIGHT = datetime(2026, 2, 1, 21, 30, tzinfo=UTC)  # 00:30 of the 2nd in Moscow
MORNING = NIGHT + timedelta(hours=2)


def test_the_act_is_for_what_was_charged_and_goes_to_the_client_by_itself(cloud: Cloud) -> None:
    cloud.send("CrmInboxQueue", [the_seller(), the_client(), a_payment(), a_charge()])
    cloud.drain()

    fired = cloud.advance(to=MORNING)

    assert "2026-02-01T21:30 CloseMonthFunctionNight" in fired
    (act,) = [d for d in cloud.rows("documents") if d["kind"] == "act"]
    assert (act["number"], act["date"], act["total_kop"]) == ("1", "2026-02-01", 550_000)
    drawn = cloud.files()[act["file"]]
    assert "5 500,00" in PdfReader(io.BytesIO(drawn)).pages[0].extract_text().replace("\xa0", " ")
    (letter,) = [mail for mail in cloud.letters() if mail.to == "anna@romashka.example"]
    assert drawn in [attached.get_content() for attached in letter.message.iter_attachments()]
    assert [d["status"] for d in cloud.rows("deliveries") if d.get("address") == letter.to] == ["delivered"]
    assert not [error for function in cloud.functions.values() for error in function.errors]


def test_the_invoice_is_for_what_the_balance_does_not_cover_next_month(cloud: Cloud) -> None:
    cloud.send("CrmInboxQueue", [the_seller(), the_client(), a_payment(), a_charge()])

    cloud.advance(to=MORNING)

    (invoice,) = [d for d in cloud.rows("documents") if d["kind"] == "invoice"]
    assert (invoice["number"], invoice["total_kop"]) == ("1", 100_000)  # 5 500 less the 4 500 that are left


def test_the_run_ends_with_a_report_that_tallies(cloud: Cloud) -> None:
    cloud.send("CrmInboxQueue", [the_seller(), the_client(), a_payment(), a_charge()])

    cloud.advance(to=MORNING)

    report = json.loads(cloud.files()["reports/2026-01.001.json"])
    assert (report["scanned"], report["closed"], report["charged"], report["difference"]) == (1, 1, 550_000, 0)
    assert [mail.to for mail in cloud.letters()] == ["anna@romashka.example", "accountant@example.com"]
    assert cloud.rows("work") == []


def test_a_month_asked_for_again_makes_nothing_again(cloud: Cloud) -> None:
    cloud.send("CrmInboxQueue", [the_seller(), the_client(), a_payment(), a_charge()])
    cloud.advance(to=MORNING)
    before = cloud.files(), len(cloud.letters()), cloud.rows("documents")

    cloud.invoke("close_month", {"month": "2026-01"})
    cloud.invoke("sweep", {})

    assert (cloud.files(), len(cloud.letters()), cloud.rows("documents")) == before


def test_a_dead_address_is_known_as_bounced_and_is_not_written_to_in_the_next_month(cloud: Cloud) -> None:
    cloud.send("CrmInboxQueue", [the_seller(), the_client("bounce@romashka.example"), a_payment(), a_charge()])
    cloud.advance(to=MORNING)
    assert _status_of(cloud, "2026-01", "bounce@romashka.example") == "bounced"

    cloud.advance(to=datetime(2026, 2, 20, tzinfo=UTC))
    cloud.send("CrmInboxQueue", [a_charge(key="charge:2", at="2026-02-20T02:00:00+03:00", amount=100_000)])
    cloud.advance(to=datetime(2026, 3, 2, tzinfo=UTC))

    assert _status_of(cloud, "2026-02", "bounce@romashka.example") == "suppressed"
    assert [mail.to for mail in cloud.letters()].count("bounce@romashka.example") == 1


def _status_of(cloud: Cloud, month: str, address: str) -> str:
    found = [
        d
        for d in cloud.rows("deliveries")
        if d.get("address") == address and (d["account"], d["delivery"].partition("_")[0]) == ("c-000001", month)
    ]
    assert len(found) == 1
    return str(found[0]["status"])
