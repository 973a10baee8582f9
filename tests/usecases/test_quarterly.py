"""The quarter's act of reconciliation: beside the acts of its last month, for those that want it, once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing.domain.documents import DocumentStatus, Reconciliation
from billing.domain.periods import Month
from billing.domain.trouble_wording import all_said
from billing.usecases import fill_orders, quarterly
from billing.usecases.notifications import change_notifications
from billing.usecases.preview import preview
from tests.usecases import house as usual
from tests.usecases.cutting import every_cut, every_refusal
from tests.usecases.house import ACCOUNT, FEBRUARY, JANUARY, ROMASHKA, VASILYOK, House, a_card, a_charge, a_payment

MARCH = Month(2026, 3)
INN = ROMASHKA["inn"]


def wanting(house: House, reconciliation: bool = True) -> House:
    change_notifications(
        ACCOUNT,
        added=[],
        reconciliation=reconciliation,
        version=0,
        outside=house.outside,
        link=lambda digest, nonce: "",
    )
    return house


def a_quarter(*told: Any, **card: Any) -> House:
    """10 000 paid, 5 500 spent in January and 1 000 in February; it is 1 April, and March cost 500."""
    house = wanting(House(a_card(**card), a_payment(1_000_000), a_charge(550_000), *told))
    house.night(JANUARY)
    house.tell(a_charge(100_000, at="2026-02-01T12:00:00+03:00"))
    house.night(FEBRUARY)
    house.tell(a_charge(50_000, at="2026-03-01T12:00:00+03:00"))
    house.mailer.letters.clear()
    return house.at("2026-04-01 12:00")


def made(house: House) -> list[tuple[str, DocumentStatus, str]]:
    return [(d.id, d.status, d.number) for d in house.documents(kind="reconciliation")]


def test_it_is_made_in_the_night_that_closes_the_quarter_and_goes_with_the_acts():
    house = a_quarter()
    assert made(house) == []

    report = house.night(MARCH)

    assert made(house) == [(f"2026-03.reconciliation.{INN}.0", DocumentStatus.READY, "1")]
    (record,) = house.documents(kind="reconciliation")
    content = record.content
    assert isinstance(content, Reconciliation)
    assert (content.first, content.last, content.date) == (date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1))
    assert [(row.date.isoformat(), row.debit, row.credit) for row in content.rows] == [
        ("2026-01-12", 0, 1_000_000),
        ("2026-02-01", 550_000, 0),
        ("2026-03-01", 100_000, 0),
    ]
    assert (content.closing, content.not_acted) == (-350_000, 50_000)
    (letter,) = house.letters(f"{ACCOUNT}@client.example")
    assert [a.file_name.partition(" №")[0] for a in letter.attachments] == ["Акт", "Акт сверки"]
    assert report["documents"] == {"act": [1, 50_000], "reconciliation": [1, 0]}
    assert report["difference"] == 0


def test_who_does_not_want_it_has_none():
    house = a_quarter()
    stored = house.store.get("customers", ACCOUNT)
    assert stored
    stored.row["notifications"]["reconciliation"] = False  # type: ignore[index]
    house.store.tables["customers"][ACCOUNT][""] = (dict(stored.row), stored.version)

    house.night(MARCH)

    assert made(house) == []


def test_it_is_made_though_the_month_has_no_other_paper():
    house = wanting(House(a_card(invoice_policy="none"), a_payment(1_000_000)))
    house.night(JANUARY)
    house.night(FEBRUARY)

    house.night(MARCH)

    assert made(house) == [(f"2026-03.reconciliation.{INN}.0", DocumentStatus.READY, "1")]
    assert house.addresses() == [f"{ACCOUNT}@client.example"]


def test_a_quarter_of_nothing_at_all_makes_none_and_the_run_ends():
    house = wanting(House(a_card(payers=[ROMASHKA, VASILYOK]), a_payment(1_000_000), a_charge(100_000)))
    house.night(JANUARY)
    house.night(FEBRUARY)

    house.night(MARCH)

    assert [id for id, *_ in made(house)] == [f"2026-03.reconciliation.{INN}.0"]
    assert house.store.rows("work") == []


def test_a_run_asked_for_again_makes_no_second_one():
    house = a_quarter()
    house.night(MARCH)
    before = house.everything()

    house.close(MARCH)
    house.wait(minutes=10).sweep()

    assert house.everything() == before


def test_it_waits_for_an_act_that_waits_for_requisites():
    house = a_quarter()
    house.tell(a_card(payers=[{**ROMASHKA, "address": ""}], at="2026-04-01T10:00:00+03:00"))
    house.night(MARCH)
    assert made(house) == []

    house.tell(a_card(at="2026-04-02T10:00:00+03:00"))
    house.work()

    assert made(house) == [(f"2026-03.reconciliation.{INN}.0", DocumentStatus.READY, "1")]


def test_an_act_of_an_earlier_month_that_still_waits_is_missed_aloud():
    """January's act is dated before the payer's requisites begin; the quarter's act of reconciliation goes without."""
    from_15_february = {**ROMASHKA, "valid_from": "2026-02-15"}
    house = wanting(House(a_card(payers=[from_15_february]), a_payment(1_000_000), a_charge(550_000)))
    house.night(JANUARY)
    house.tell(a_charge(100_000, at="2026-02-20T12:00:00+03:00"))
    house.night(FEBRUARY)

    report = house.at("2026-04-01 12:00").night(MARCH)

    (record,) = house.documents(kind="reconciliation")
    missed = "акт за январь\N{NO-BREAK SPACE}2026\N{NO-BREAK SPACE}г. ещё не выпущен"
    assert all_said(record.warnings) == missed
    assert report["warned"] == [[ACCOUNT, missed, record.id]]
    report_letter = house.letters(house.outside.settings.accountant_address)[-1]
    assert "ДОКУМЕНТЫ С ОГОВОРКОЙ: 1" in report_letter.text


def test_requisites_missing_with_no_act_to_wait_for_block_it_until_they_are_mended():
    house = wanting(House(a_card(invoice_policy="none"), a_payment(1_000_000)))
    house.night(JANUARY)
    house.night(FEBRUARY)
    house.tell(a_card(payers=[{**ROMASHKA, "address": ""}], invoice_policy="none", at="2026-03-02T10:00:00+03:00"))
    report = house.night(MARCH)
    assert [(id, status) for id, status, _ in made(house)] == [
        (f"2026-03.reconciliation.{INN}.0", DocumentStatus.BLOCKED)
    ]
    assert report["blocked_count"] == 1

    house.tell(a_card(invoice_policy="none", at="2026-04-02T10:00:00+03:00"))
    house.work()

    assert [status for _, status, _ in made(house)] == [DocumentStatus.READY]


@pytest.fixture
def all_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarterly, "ENTRIES_MAX", 0)


@pytest.mark.usefixtures("all_are_long")
def test_one_that_is_far_too_long_is_read_by_the_worker_and_is_the_same_paper():
    house = a_quarter()

    report = house.night(MARCH)

    assert made(house) == [(f"2026-03.reconciliation.{INN}.0", DocumentStatus.READY, "1")]
    content = house.documents(kind="reconciliation")[0].content
    assert isinstance(content, Reconciliation)
    assert (content.date, len(content.rows), content.closing) == (date(2026, 4, 1), 3, -350_000)
    (letter,) = house.letters(f"{ACCOUNT}@client.example")
    assert [a.file_name.partition(" №")[0] for a in letter.attachments] == ["Акт", "Акт сверки"]
    assert "заказали" not in letter.text
    assert report["documents"] == {"act": [1, 50_000], "reconciliation": [1, 0]}
    assert house.store.rows("work") == []


@pytest.mark.usefixtures("all_are_long")
def test_a_long_one_without_requisites_is_blocked_until_they_are_mended():
    house = wanting(House(a_card(invoice_policy="none"), a_payment(1_000_000)))
    house.night(JANUARY)
    house.night(FEBRUARY)
    house.tell(a_card(payers=[{**ROMASHKA, "address": ""}], invoice_policy="none", at="2026-03-02T10:00:00+03:00"))
    report = house.night(MARCH)
    assert [status for _, status, _ in made(house)] == [DocumentStatus.BLOCKED]
    assert report["blocked_count"] == 1

    house.tell(a_card(invoice_policy="none", at="2026-04-02T10:00:00+03:00"))
    house.work()

    assert made(house) == [(f"2026-03.reconciliation.{INN}.0", DocumentStatus.READY, "1")]
    (record,) = house.documents(kind="reconciliation")
    assert len(record.content.rows) == 1  # type: ignore[union-attr]


@pytest.mark.usefixtures("all_are_long")
def test_a_long_one_that_cannot_be_read_is_parked_and_tried_in_the_morning(monkeypatch: pytest.MonkeyPatch):
    house = a_quarter()

    def breaks(*asked: Any, **how: Any) -> None:
        raise ValueError("this cannot be read")

    with monkeypatch.context() as patched:
        patched.setattr(fill_orders, "reconciliation_content", breaks)
        patched.setattr(usual, "ATTEMPTS_MAX", 1)
        report = house.night(MARCH)

    assert made(house) == [(f"2026-03.reconciliation.{INN}.0", DocumentStatus.DECIDED, "")]
    assert house.parked(MARCH) == {ACCOUNT: "ValueError: this cannot be read"}
    assert report["blocked_count"] == 2  # it, and the act that goes with it

    house.at("2026-04-03 07:10").sweep()
    house.wait(minutes=10).sweep()

    assert made(house) == [(f"2026-03.reconciliation.{INN}.0", DocumentStatus.READY, "1")]
    assert (house.parked(MARCH), house.store.rows("work")) == ({}, [])


@pytest.mark.usefixtures("all_are_long")
def test_whatever_call_of_the_night_and_of_the_worker_is_refused_once_there_is_one():
    for where, house in every_refusal(lambda house: house.close(MARCH), lambda: a_quarter().at("2026-04-02 00:30")):
        house.night(MARCH)

        assert made(house) == [(f"2026-03.reconciliation.{INN}.0", DocumentStatus.READY, "1")], where
        (letter,) = house.letters(f"{ACCOUNT}@client.example")
        assert len(letter.attachments) == 2, where


def test_whatever_call_of_the_night_is_cut_off_there_is_one():
    def night(house: House) -> None:
        house.close(MARCH)

    def on_the_2nd() -> House:
        return a_quarter().at("2026-04-02 00:30")

    for where, house in every_cut(night, on_the_2nd):
        house.queue.sent.clear()
        house.night(MARCH)

        assert made(house) == [(f"2026-03.reconciliation.{INN}.0", DocumentStatus.READY, "1")], where
        letters = house.letters(f"{ACCOUNT}@client.example")
        assert 1 <= len(letters) <= 2, where  # a second one where the sending itself was cut
        assert {len(letter.attachments) for letter in letters} == {2}, where


def test_whatever_call_of_the_night_is_refused_once_there_is_one():
    def night(house: House) -> None:
        house.close(MARCH)

    def on_the_2nd() -> House:
        return a_quarter().at("2026-04-02 00:30")

    for where, house in every_refusal(night, on_the_2nd):
        house.night(MARCH)

        assert made(house) == [(f"2026-03.reconciliation.{INN}.0", DocumentStatus.READY, "1")], where
        (letter,) = house.letters(f"{ACCOUNT}@client.example")
        assert len(letter.attachments) == 2, where


def test_the_preview_of_a_closed_quarter_does_not_wonder_at_it():
    house = a_quarter()
    house.night(MARCH)

    said = preview(MARCH, house.outside, until=house.until)

    assert said["differences"] == []
    assert [d["id"].split(".")[1] for d in said["documents"]] == ["act"]
