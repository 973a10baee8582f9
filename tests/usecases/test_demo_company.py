"""The demo company shows what it says it shows: worked out by hand, client by client."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache

import pytest

from billing.domain.periods import MOSCOW, Month
from billing.domain.requisites import problems_of_bank, problems_of_party
from local.company import company, seller_card
from local.company.client import at
from tests.usecases.house import House

MONTHS = (Month(2026, 1), Month(2026, 2), Month(2026, 3))

ACTS = {  # client: acts of January, February and March, in roubles
    101: ([5_500], [4_500], [5_000]),
    102: ([4_500], [2_000], []),
    103: ([], [], []),
    104: ([4_000, 1_000], [5_000], []),
    105: ([3_000], [4_200], []),
    106: ([4_000], [], []),
    107: ([4_000], [], [8_000]),
    108: ([2_000], [], []),
    109: ([7_000], [], []),
    110: ([12_200], [12_200], [12_200]),
    111: ([2_500], [2_500], [2_500]),
    112: ([36_600], [36_600], [36_600]),
    113: ([15_000], [15_000], [15_000]),
    114: ([4_000], [], [2_000]),
    115: ([6_000], [4_000], []),
    116: ([], [5_000], []),
    117: ([3_000], [3_000], []),
    118: ([3_300], [3_300], []),
    119: ([6_000], [6_000], [6_000]),
    120: ([2_500], [2_500], []),
    121: ([], [4_000], [4_000]),
    122: ([15_000], [15_000], [15_000]),
}


@cache
def played() -> House:
    """The quarter, month by month, as the demo plays it."""
    house, left = House(at="2026-01-01 08:00", seller=False), list(company()[1])
    for month in MONTHS:
        night = at(month.next.first_day, 0, 30) + timedelta(days=1)
        while left and left[0].arrives < night:
            told = left.pop(0)
            house.now = max(house.now, told.arrives)
            house.tell(told.body if isinstance(told.body, str) else json.dumps(told.body, ensure_ascii=False))
            house.work()
        house.night(month)
    assert not left
    return house


@pytest.mark.parametrize("client", [pytest.param(c, id=c.title) for c in company()[0]])
def test_acts_of_the_client_are_as_worked_out(client):
    acts = played().documents(client.account, "act")

    said = tuple([d.content.total // 100 for d in acts if d.month == str(month)] for month in MONTHS)

    assert tuple(map(sorted, said)) == tuple(map(sorted, ACTS[client.number]))


def test_every_report_tallies():
    reports = [played().report(month) for month in MONTHS]

    assert [r and r["difference"] for r in reports] == [0, 0, 0]


def test_the_round_dance_of_payers_is_parked_in_march():
    assert played().parked(MONTHS[2]) == {"c-000117": "актов в месяце 6, больше 5"}


def test_the_late_charge_has_the_rate_of_december_beside_that_of_february():
    act = played().documents("c-000105", "act")[1]

    assert [(line.vat.value, line.amount) for line in act.content.lines] == [("20", 120_000), ("22", 300_000)]


def test_all_wrong_messages_are_refused_and_none_of_the_right_ones():
    assert len(played().refused()) == 12


def test_requisites_are_in_order_but_for_those_that_show_what_happens_otherwise():
    seller = seller_card()["requisites"][0]
    parties = [seller, *(payer for client in company()[0] for payer in client.payers)]
    bad = [
        p["name"]
        for p in parties
        if problems_of_party(**{f: p.get(f, "") for f in ("name", "inn", "kpp", "ogrn", "address")})
    ]

    assert bad == ["ООО «Опечатка»"]
    assert problems_of_bank(**{f: seller["bank"][f] for f in ("bic", "account", "correspondent")}) == ()


def test_messages_come_in_the_order_of_time_and_each_client_says_what_it_shows():
    clients, told = company()

    assert [t.arrives for t in told] == sorted(t.arrives for t in told)
    assert all(t.arrives.tzinfo == MOSCOW for t in told)
    assert len({c.shows for c in clients}) == len(clients) >= 12
