"""The day when the money runs out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.domain.forecast import Charged, runs_out

TODAY = date(2026, 3, 31)


def charges(amount: int, days: int, *, service: str = "crm", last: int = 1, every: int = 1) -> list[Charged]:
    """`amount` each `every` days, the newest `last` days ago, `days` of them."""
    return [Charged(day=TODAY - timedelta(days=last + n * every), service=service, amount=amount) for n in range(days)]


@pytest.mark.parametrize(("balance", "told", "day"), [
    pytest.param(1_000, [], None, id="nothing is charged"),
    pytest.param(1_000, charges(100, 30, last=31), None, id="nothing was charged lately"),
    pytest.param(1_000, charges(100, 30), date(2026, 4, 10), id="ten days more, today the first of them"),
    pytest.param(1_099, charges(100, 30), date(2026, 4, 10), id="a part of a day is no day"),
    pytest.param(99, charges(100, 30), TODAY, id="not enough for today"),
    pytest.param(0, charges(100, 30), TODAY, id="gone already"),
    pytest.param(-500, charges(100, 30), TODAY, id="owed already"),
    pytest.param(1_000, charges(100, 7) + charges(10, 23, last=8), date(2026, 4, 10),
                 id="a daily service goes on at its last price"),
    pytest.param(1_000, charges(100, 2), date(2026, 4, 10), id="a client of two days is not spread over thirty"),
    pytest.param(1_000, charges(100, 5), date(2026, 4, 10), id="nor is one of five"),
    pytest.param(3_000, charges(3_000, 1), date(2026, 4, 30), id="one charge, yesterday: a month's, for all we know"),
    pytest.param(3_000, charges(100, 29, last=2), date(2026, 5, 1), id="a daily one that has ended, or is late: 2 900"),
    pytest.param(3_000, charges(1_000, 3, last=2, every=10), date(2026, 4, 30), id="now and then: 3 000 in 30 days"),
    pytest.param(3_000, charges(3_000, 1, last=30), date(2026, 4, 30), id="a month's charge lasts a month"),
    pytest.param(1_200, charges(100, 30) + charges(600, 1, last=30, service="sms"), date(2026, 4, 10),
                 id="a daily one and one that comes now and then: 100 and 20 a day"),
    pytest.param(10**12, charges(1, 30), None, id="not in sight"),
])  # fmt: skip
def test_the_money_runs_out(balance, told, day):
    assert runs_out(balance, TODAY, told) == day


@settings(max_examples=200, derandomize=True)
@given(balance=st.integers(-10**6, 10**6), amounts=st.lists(st.integers(1, 5_000), min_size=1, max_size=30))
def test_more_money_never_runs_out_earlier(balance, amounts):
    told = [Charged(day=TODAY - timedelta(days=n + 1), service=f"s{n % 3}", amount=a) for n, a in enumerate(amounts)]

    sooner, later = runs_out(balance, TODAY, told), runs_out(balance + 1_000, TODAY, told)

    assert sooner is None or sooner >= TODAY
    assert later is None or (sooner is not None and sooner <= later)
