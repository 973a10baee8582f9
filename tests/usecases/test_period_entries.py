"""The journal of a stretch of time, against reading all of it."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.domain.periods import Month
from billing.usecases.period_entries import entries_between, entries_of_periods, entry_at, seq_before
from tests.usecases.house import ACCOUNT, FEBRUARY, JANUARY, House, a_card, a_charge, a_payment
from tests.usecases.lives import Life, steps

MARCH = Month(2026, 3)


def keys(house: House, first: Month, last: Month) -> list[str]:
    stored = house.store.get("accounts", ACCOUNT)
    found = entries_of_periods(
        house.store, ACCOUNT, first, last, open=Month.parse(stored.row["open"]), seq=stored.row["seq"]
    )
    return [e.key for e in found]


def test_a_charge_of_february_posted_before_the_close_of_january_is_of_february():
    house = House(a_card(), a_payment(10_000, key="p"), at="2026-01-12 12:00")
    house.at("2026-02-01 10:00").tell(a_charge(100, key="feb", at="2026-02-01T09:00:00+03:00"))
    house.tell(a_charge(100, key="jan", at="2026-01-31T09:00:00+03:00"))
    house.at("2026-02-02 00:30").close(JANUARY)
    house.tell(a_charge(100, key="late", at="2026-01-31T10:00:00+03:00"))

    assert keys(house, JANUARY, JANUARY) == ["p", "jan", "close:2026-01"]
    assert keys(house, FEBRUARY, FEBRUARY) == ["feb", "late"]
    assert keys(house, JANUARY, FEBRUARY) == ["p", "feb", "jan", "close:2026-01", "late"]


def test_months_closed_together_late_hide_nothing_of_later_ones():
    house = House(a_card(), a_payment(10_000, key="p"), at="2026-01-12 12:00")
    house.at("2026-02-10 12:00").tell(a_charge(100, key="feb", at="2026-02-10T09:00:00+03:00"))
    house.at("2026-03-10 12:00").tell(a_charge(100, key="mar", at="2026-03-10T09:00:00+03:00"))
    house.at("2026-03-11 12:00").close(FEBRUARY)

    assert keys(house, MARCH, MARCH) == ["mar"]
    assert keys(house, FEBRUARY, FEBRUARY) == ["feb", "close:2026-02"]


def test_what_was_posted_a_day_early_stands_before_a_close_of_that_very_day():
    house = House(a_card(), a_payment(10_000, key="p"), at="2026-01-12 12:00")
    house.at("2026-02-28 12:00").tell(a_charge(100, key="mar", at="2026-03-01T09:00:00+03:00"))
    house.at("2026-02-28 20:00").close(JANUARY)

    assert keys(house, MARCH, MARCH) == ["mar"]


def test_of_an_old_account_only_the_neighbouring_months_are_read():
    house = House(a_card(invoice_policy="none"), at="2026-01-01 12:00")
    for n in range(6):
        month = JANUARY.plus(n)
        house.at(f"{month.first_day} 12:00").tell(a_charge(100, at=house.now.isoformat()))
        house.at(f"{month.next.first_day + timedelta(days=1)} 00:30").close(month)

    assert seq_before(house.store, ACCOUNT, date(2026, 6, 1), open=Month(2026, 7)) == 8  # four months of two entries
    assert seq_before(house.store, ACCOUNT, date(2026, 6, 4), open=Month(2026, 7)) == 10
    assert seq_before(house.store, ACCOUNT, date(2030, 1, 1), open=Month(2026, 7)) == 12
    assert seq_before(house.store, ACCOUNT, date(2026, 1, 5), open=Month(2026, 7)) == 0


def test_an_entry_is_found_by_its_key_and_only_in_its_own_account():
    house = House(a_card(), a_payment(10_000, key="p"), a_card("c-000002"))

    assert entry_at(house.store, ACCOUNT, "p").amount == 10_000
    assert entry_at(house.store, "c-000002", "p") is None
    assert entry_at(house.store, ACCOUNT, "nothing") is None


@settings(max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(told=steps, after=st.integers(0, 160))
def test_nothing_of_a_stretch_lies_outside_of_what_is_read(told, after):
    life = Life().live(told)
    if not (journal := life.journal):
        return
    account = life.account

    for month in (JANUARY.plus(n) for n in range(-1, 9)):
        found = entries_of_periods(life.store, ACCOUNT, month, month.next, open=account.open, seq=account.seq)
        assert found == [e for e in journal if month <= e.period <= month.next]
    day = date(2026, 1, 1) + timedelta(days=after)
    begun = seq_before(life.store, ACCOUNT, day, open=account.open)
    assert [e for e in entries_between(life.store, ACCOUNT, begun, account.seq) if e.day >= day] == [
        e for e in journal if e.day >= day
    ]
