"""Statistics add up: days to months, months to what the closes have recorded, and all of it to the balance."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from billing.domain.errors import InvalidInputError, NotFoundError
from billing.domain.periods import Month, moscow_day
from billing.domain.statistics import ServiceSum
from billing.usecases.statistics import money_left, statistics_of
from tests.usecases.house import ACCOUNT, FEBRUARY, JANUARY, House, a_card, a_charge, a_payment
from tests.usecases.lives import Life, steps

SMS = {"service": "sms", "title": "Сообщения"}


def test_a_closed_month_and_the_open_one():
    house = House(
        a_card(), a_payment(1_000_000), a_payment(50_000, **{"class": "BONUS", "payer": None}), a_charge(550_000),
        a_charge(20_000, **SMS), at="2026-01-31 23:59",
    )  # fmt: skip
    house.tell({"kind": "refund", "key": "r", "account": ACCOUNT, "at": "2026-01-31T23:59:00+03:00",
                "payment": house_key(house, "BANK"), "amount": 100_000})  # fmt: skip
    house.night(JANUARY)
    house.at("2026-02-10 12:00").tell(a_charge(30_000, at="2026-02-09T12:00:00+03:00"))

    told = statistics_of(ACCOUNT, JANUARY, FEBRUARY, house.outside, today=date(2026, 2, 10))

    january, february = told.months
    assert (january.closed, january.opening, january.closing) == (True, 0, 380_000)
    assert (january.paid, january.charged, january.refunded, january.reversed) == (
        (("BANK", 1_000_000), ("BONUS", 50_000)), 570_000, 100_000, 0)  # fmt: skip
    assert (january.funded, january.acted) == ((("BANK", 570_000),), 570_000)
    assert january.services == (
        ServiceSum(code="crm", title="Доступ к CRM", amount=550_000, quantity=1_000_000),
        ServiceSum(code="sms", title="Сообщения", amount=20_000, quantity=1_000_000),
    )
    assert (february.closed, february.opening, february.closing, february.acted) == (False, 380_000, 350_000, 0)
    assert [(d.day.day, d.charged, d.balance) for d in told.days[-3:]] == [
        (8, 0, 380_000), (9, 30_000, 350_000), (10, 0, 350_000)]  # fmt: skip
    assert len(told.days) == 41
    assert (told.totals.charged, told.totals.opening, told.totals.closing) == (600_000, 0, 350_000)
    assert told.totals.services[0].amount == 580_000
    assert (told.balance, told.runs_out) == (350_000, date(2026, 2, 27))  # 20 000 a day: 17 days and a half


def house_key(house: House, money: str) -> str:
    return next(s.row["key"] for s in house.store.rows("journal") if s.row.get("money") == money)


def test_a_late_charge_stands_on_the_first_day_of_the_month_that_was_open():
    house = House(a_card(), a_payment(1_000_000))
    house.night(JANUARY)
    house.tell(a_charge(100_000, at="2026-01-20T12:00:00+03:00"))

    told = statistics_of(ACCOUNT, JANUARY, FEBRUARY, house.outside, today=date(2026, 2, 3))

    assert [m.charged for m in told.months] == [0, 100_000]
    assert [(str(d.day), d.charged) for d in told.days if d.charged] == [("2026-02-01", 100_000)]


def test_the_second_of_two_months_that_are_not_closed_begins_where_the_first_ends():
    house = House(a_card(), a_payment(1_000_000), a_charge(550_000), at="2026-02-10 12:00")

    (february,) = statistics_of(ACCOUNT, FEBRUARY, FEBRUARY, house.outside, today=date(2026, 2, 10)).months

    assert (february.opening, february.closing) == (450_000, 450_000)


def test_without_days_the_journal_is_not_read():
    house = House(a_card(), a_payment(1_000_000), a_charge(550_000))
    house.night(JANUARY)
    house.store.calls = 0

    told = statistics_of(ACCOUNT, JANUARY, FEBRUARY, house.outside, today=date(2026, 2, 3), days=False)
    calls = house.store.calls

    assert calls == 2  # the account and the one closed month
    assert [(m.charged, m.services) for m in told.months] == [(550_000, ()), (0, ())]
    assert (told.days, told.runs_out) == ((), None)


def test_months_before_the_account_and_after_today_are_left_out():
    house = House(a_card(), a_payment(1_000_000))
    house.night(JANUARY)

    told = statistics_of(ACCOUNT, Month(2025, 6), Month(2026, 6), house.outside, today=date(2026, 2, 3))

    assert [str(m.month) for m in told.months] == ["2026-01", "2026-02"]
    assert (told.days[0].day, told.days[-1].day) == (date(2026, 1, 1), date(2026, 2, 3))


@pytest.mark.parametrize(
    ("account", "first", "last", "error"),
    [
        pytest.param("c-999999", JANUARY, FEBRUARY, NotFoundError, id="no such account"),
        pytest.param(ACCOUNT, FEBRUARY, JANUARY, InvalidInputError, id="the wrong way round"),
        pytest.param(ACCOUNT, JANUARY, JANUARY.plus(13), InvalidInputError, id="fourteen months"),
    ],
)
def test_what_cannot_be_told_is_said(account, first, last, error):
    house = House(a_card(), a_payment(1_000_000))

    with pytest.raises(error):
        statistics_of(account, first, last, house.outside, today=date(2026, 2, 3))


def test_the_money_left_is_told_by_the_last_thirty_days():
    house = House(a_card(), a_payment(10_000), at="2026-01-12 13:00")
    for day in range(13, 32):
        house.at(f"2026-01-{day} 12:00").tell(a_charge(100, at=house.now.isoformat()))

    left = money_left(ACCOUNT, house.outside, today=date(2026, 2, 1))

    assert (left.balance, left.runs_out) == (8_100, date(2026, 4, 23))  # 81 days, the 1st of February among them


@settings(max_examples=120, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(told=steps)
def test_any_life_adds_up(told):
    life = Life().live(told)
    if not (journal := life.journal):
        return
    today = moscow_day(life.now)
    first = journal[0].period
    while life.store.get("documents", ACCOUNT, f"{first.previous}.period"):
        first = first.previous
    last = min(max([Month.of(today), *(e.period for e in journal)]), first.plus(12))

    told = statistics_of(ACCOUNT, first, last, life.outside, today=today)

    cut = [e for e in journal if e.period <= last]
    assert told.months[0].opening == 0
    assert told.months[-1].closing == sum(e.amount for e in cut)
    for m in told.months:
        mine = [e for e in journal if e.period == m.month]
        assert (
            m.opening + sum(amount for _, amount in m.paid) - m.charged + m.reversed - m.refunded - m.charged_back
            == m.closing
        )
        assert m.closing - m.opening == sum(e.amount for e in mine)
        assert m.charged == sum(s.amount for s in m.services) == -sum(e.amount for e in mine if e.kind == "charge")
        days = [d for d in told.days if Month.of(d.day) == m.month]
        assert sum(d.charged for d in days) == m.charged
        assert sum(d.paid for d in days) == sum(amount for _, amount in m.paid)
        assert sum(d.returned for d in days) == m.refunded + m.charged_back
        assert days[-1].balance == m.closing
    assert [d.day for d in told.days] == [told.days[0].day + timedelta(days=n) for n in range(len(told.days))]
    assert told.totals.closing == told.totals.opening + sum(a for _, a in told.totals.paid) - told.totals.charged + (
        told.totals.reversed - told.totals.refunded - told.totals.charged_back
    )
