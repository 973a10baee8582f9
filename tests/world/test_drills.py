"""Troubles that come once in years: each played on purpose, with its end known."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest

from billing.domain.documents import DocumentStatus
from billing.domain.errors import UnavailableError
from billing.ports import Write
from billing.usecases import filing, issue_documents
from billing.usecases.report import end_run
from tests.usecases.house import FEBRUARY, JANUARY, ROMASHKA, House, a_card, a_charge, a_payment
from tests.world import invariants
from tests.world.tale import light_papers, play

CLIENTS = ("c-000001", "c-000002", "c-000003")
INCOMPLETE = {**ROMASHKA, "address": ""}


@pytest.fixture(autouse=True)
def _light_papers():
    with light_papers():
        yield


def clients(*, incomplete: str = "") -> House:
    house = House()
    for account in CLIENTS:
        house.tell(a_card(account, payers=[INCOMPLETE if account == incomplete else ROMASHKA]))
        house.tell(a_payment(700_00, account), a_charge(300_00, account))
    return house


@contextmanager
def pages_of_one(house: House):
    scan = house.store.scan
    with patch.object(house.store, "scan", lambda table, **how: scan(table, **{**how, "limit": 1})):
        yield


def count_one_page(house: House) -> None:
    """The time is up after one page of accounts."""
    begun, asked = house.now, []

    def clock():
        asked.append(1)
        return begun if len(asked) < 2 else begun + timedelta(hours=1)

    outside = replace(house.outside, clock=clock)
    assert not end_run(JANUARY, outside, until=begun + timedelta(seconds=1))


def test_a_report_counted_in_parts_tells_of_what_happened_between_them():
    """A card is mended while the accounts are being counted, over several sweeps."""
    house = clients(incomplete="c-000001").at("2026-02-02 00:30")
    house.close()
    house.hear()
    with pages_of_one(house):
        count_one_page(house.wait(minutes=10))
        house.tell(a_card("c-000001", at="2026-02-02T00:35:00+03:00"))
        house.work()
        for _ in range(4):
            house.hear()
            house.wait(minutes=10).sweep()

    report = house.report()

    assert {d.status for d in house.documents("c-000001")} == {DocumentStatus.READY}
    assert report
    assert report["blocked_count"] == 0
    assert report["documents"]["act"] == [3, 900_00]


def test_closing_one_account_by_name_closes_no_other():
    """On the 1st a person asks for one account: the others wait for their night, with the charges still to come."""
    house = clients().at("2026-02-01 12:00")

    house.close(accounts=["c-000001"])
    house.wait(minutes=10).sweep()
    opened = {s.pk: s.row["open"] for s in house.store.rows("accounts")}
    report = house.night()

    assert opened == {"c-000001": "2026-02", "c-000002": "2026-01", "c-000003": "2026-01"}
    assert (report["closed"], report["scanned"]) == (3, 3)


def test_a_month_whose_schedule_never_came_is_begun_by_the_sweep():
    house = clients()
    house.night()
    for account in CLIENTS:
        house.tell(a_charge(100_00, account, at="2026-02-10T12:00:00+03:00"))

    house.at("2026-03-02 00:30").sweep()
    early = house.store.get("control", "runs", "2026-02")
    for _ in range(6):
        house.hear()
        house.wait(minutes=25).sweep()

    assert early is None
    assert house.report(FEBRUARY)["closed"] == 3


def test_an_account_set_aside_twice_does_not_hold_its_neighbours_up():
    """Its second attempt has nothing new to say; the account after it in the batch is closed all the same."""
    house = clients().at("2026-02-02 00:30")

    def draw(document, images=None):
        raise ValueError("this cannot be drawn")

    with patch.object(filing.paper, "draw", draw):
        house.close()
        again = issue_documents.issue_documents(JANUARY, list(CLIENTS), house.outside, last_attempt=True)

    assert not again
    assert set(house.parked()) == set(CLIENTS)


def test_an_account_whose_row_cannot_be_read_is_set_aside_and_the_rest_goes_on():
    """F15: the row of one account is damaged."""
    house = clients()
    stored = house.store.get("accounts", "c-000002")
    house.store.tx([Write("accounts", "c-000002", "", {**stored.row, "lots": [{}]}, stored.version)])

    report = house.night()

    assert (report["closed"], report["parked_count"], report["scanned"]) == (2, 1, 3)
    assert report["parked"][0][0] == "c-000002"


def test_a_new_layout_in_mid_run_never_replaces_a_filed_paper():
    """F21: a paper is filed, the function dies, and the new version of the code draws other bytes."""
    house = clients()
    tx = house.store.tx

    def dies(writes):
        if any(w.table == "documents" and w.row and w.row.get("status") == "ready" for w in writes):
            raise UnavailableError
        tx(writes)

    with patch.object(house.store, "tx", dies):
        house.at("2026-02-02 00:30").close()
    filed = dict(house.files.files)
    drawn = filing.paper.draw
    with patch.object(filing.paper, "draw", lambda document, images=None: drawn(document) + b" anew"):
        report = house.night()

    assert {key: house.files.files[key] for key in filed} == filed
    assert all(key.startswith("docs/") for key in filed)
    assert len(filed) == 3
    assert {d.status for account in CLIENTS for d in house.documents(account)} == {DocumentStatus.NUMBERED}
    assert report["blocked_count"] == 3, "three papers wait for a person"
    assert house.metrics.counts["FileWithOtherBytes"] > 0


# --- F22: a row comes back from a backup -------------------------------------------------------------------------


def _restore(world, table, pk, sk, row):
    world.store.tables[table][pk][sk] = (row, world.store.version(table, pk, sk))


def _counter(world):
    _restore(world, "control", "series.act.2026", "counter", {"last": 1, "summary": ""})


def _entry(world):
    row = json.loads(json.dumps(world.store.tables["journal"]["c-0"]["0000000002"][0]))
    _restore(world, "journal", "c-0", "0000000002", {**row, "amount_kop": row["amount_kop"] + 100})


def _lost_entry(world):
    del world.store.tables["journal"]["c-0"]["0000000002"]


def _account(world):
    row = world.store.tables["accounts"]["c-0"][""][0]
    _restore(world, "accounts", "c-0", "", {**row, "seq": row["seq"] - 1})


def _document(world):
    pk, sk, row = next((s.pk, s.sk, s.row) for s in world.store.rows("documents") if s.row.get("status") == "ready")
    _restore(world, "documents", pk, sk, {**row, "status": "numbered"})


def _answer(world):
    del world.store.tables["seen"]["c-0:1"]


def _file(world):
    key = next(key for key in sorted(world.files.files) if key.startswith("docs/"))
    world.files.files[key] += b" "


@pytest.mark.parametrize(
    ("restore", "said"),
    [
        pytest.param(_counter, "I8", id="an old counter"),
        pytest.param(_entry, "I2|I19", id="a changed entry"),
        pytest.param(_lost_entry, "I2", id="an entry lost"),
        pytest.param(_account, "I2", id="an old account"),
        pytest.param(_document, "stays numbered", id="an old document"),
        pytest.param(_answer, "I3", id="an answer lost"),
        pytest.param(_file, "I9", id="another file"),
    ],
)
def test_what_comes_back_from_a_backup_is_noticed(restore, said):
    world = play(5, rate=0.0)
    restore(world)

    with pytest.raises(AssertionError, match=said):
        invariants.check(world, world.sent)
