"""The plot as numbers, the groups of parts, and the names of files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from billing.domain.statistics import DayStatistics
from billing.page.groups import grouped
from billing.page.plot import BALANCE, CHARGES, WIDTH, plot
from billing.page.static_files import static_file, static_href
from tests.page import samples


def _day(n: int, *, paid: int = 0, charged: int = 0, balance: int = 0) -> DayStatistics:
    day = date(2026, 1, 1) + timedelta(days=n)
    return DayStatistics(day=day, paid=paid, charged=charged, returned=0, reversed=0, balance=balance)


def test_a_balance_falls_by_steps_from_its_top_to_zero():
    drawn = plot([_day(0, paid=40_000, balance=40_000), _day(1, charged=40_000, balance=0)])

    assert drawn.line == "M0 36V36H500V190H1000"
    assert [(tick.y, tick.amount) for tick in drawn.balance_ticks] == [
        (190, 0),
        (152, 10_000),
        (113, 20_000),
        (75, 30_000),
        (36, 40_000),
    ]
    assert [(dot.x, dot.y) for dot in drawn.payments] == [(0, 36)]
    assert [(bar.x, bar.y, bar.width, bar.height) for bar in drawn.charges] == [(500, 246, 500, 72)]


def test_a_debt_lies_below_zero():
    drawn = plot([_day(0, charged=10_000, balance=-10_000)])

    assert (drawn.lowest, drawn.highest) == (-10_000, -10_000)
    zero = next(tick.y for tick in drawn.balance_ticks if tick.amount == 0)
    assert zero == BALANCE[0]
    assert drawn.line == f"M0 {BALANCE[1]}V{BALANCE[1]}H{WIDTH}"


@pytest.mark.parametrize("balance", [0, 1, -1, 10**15, -(10**15)])
@pytest.mark.parametrize("days", [1, 2, 31, 396])
def test_whatever_is_drawn_stays_within_the_plot(days, balance):
    drawn = plot([_day(n, charged=abs(balance) * n, paid=1, balance=balance * (-1) ** n) for n in range(days)])

    assert 2 <= len(drawn.balance_ticks) <= 6
    assert all(BALANCE[0] <= dot.y <= BALANCE[1] for dot in drawn.payments)
    assert all(CHARGES[0] <= bar.y and bar.y + bar.height == CHARGES[1] for bar in drawn.charges)
    assert all(bar.x + bar.width <= WIDTH for bar in drawn.charges)
    assert sum(mark.named for mark in drawn.months) <= 7


def test_thirty_one_daily_charges_are_one_line():
    (group,) = grouped(samples.act_explained().parts)

    assert (group.amount, str(group.first), str(group.last)) == (550_000, "2026-01-01", "2026-01-31")


def test_parts_of_different_services_payments_and_places_stay_apart():
    part = samples.act_explained().parts[0]
    parts = [part, replace(part, title="Виртуальная АТС"), replace(part, payment="bank:2"), replace(part, amount=1)]

    assert [group.amount for group in grouped(parts)] == [17_743, 17_742, 17_742]


def test_what_was_given_back_leaves_no_line():
    part = samples.act_explained().parts[0]

    assert grouped([part, replace(part, amount=-part.amount)]) == ()


def test_a_file_is_served_under_the_name_of_its_bytes():
    href = static_href("page.css")

    assert (file := static_file(href.removeprefix("/static/")))
    assert file.content_type == "text/css; charset=utf-8"
    assert static_file("page.css") is None
    assert static_file("page.000000000000.css") is None
    assert static_file("../page.css") is None
    with pytest.raises(LookupError):
        static_href("other.css")
