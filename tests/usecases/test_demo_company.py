"""The sample companies show what they say they show: worked out by hand, client by client."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache

import pytest

from billing.domain.periods import MOSCOW, Month
from billing.domain.requisites import problems_of_bank, problems_of_party
from billing.domain.troubles import Cause
from billing.domain.vat import Vat
from local.company import company, our_card, taxed_card, taxed_company
from local.company.client import at
from tests.usecases.house import House

MONTHS = (Month(2026, 1), Month(2026, 2), Month(2026, 3))

ACTS = {  # client: acts of January, February and March, in roubles
    101: ([5_500], [5_500], [5_500]),
    102: ([4_500], [2_000], []),
    103: ([], [], []),
    104: ([4_000, 1_000], [5_000], []),
    105: ([3_000], [4_200], []),
    106: ([4_000], [], []),
    107: ([6_000], [], [6_000]),
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
    301: ([6_100], [6_100], []),
    302: ([12_200], [12_200], []),
    303: ([3_000], [1_200, 3_000], []),
    304: ([6_000], [-1_000, 5_000], []),
    305: ([6_100], [], []),
}


@cache
def played(*, taxed: bool = False) -> House:
    """The months of a company, one by one, as the demo plays them."""
    house, left = House(at="2026-01-01 08:00", seller=False), list((taxed_company() if taxed else company())[1])
    for month in MONTHS[:2] if taxed else MONTHS:
        night = at(month.next.first_day, 0, 30) + timedelta(days=1)
        while left and left[0].arrives < night:
            told = left.pop(0)
            house.now = max(house.now, told.arrives)
            house.tell(told.body if isinstance(told.body, str) else json.dumps(told.body, ensure_ascii=False))
            house.work()
        house.night(month)
    assert not left
    return house


@pytest.mark.parametrize(
    ("client", "taxed"),
    [
        *(pytest.param(c, False, id=c.title) for c in company()[0]),
        *(pytest.param(c, True, id=f"taxed {c.title}") for c in taxed_company()[0]),
    ],
)
def test_acts_of_the_client_are_as_worked_out(client, taxed):
    acts = played(taxed=taxed).documents(client.account, "act")

    said = tuple([d.content.total // 100 for d in acts if d.month == str(month)] for month in MONTHS)

    assert tuple(map(sorted, said)) == tuple(map(sorted, ACTS[client.number]))


def test_every_report_tallies():
    reports = [played().report(month) for month in MONTHS]
    taxed = [played(taxed=True).report(month) for month in MONTHS[:2]]

    assert [r and r["difference"] for r in (*reports, *taxed)] == [0, 0, 0, 0, 0]


def test_the_round_dance_of_payers_is_parked_in_march():
    assert played().parked(MONTHS[2]) == {"c-000117": "актов в месяце 6, больше 5"}


def test_without_vat_a_late_charge_and_a_reversal_are_lines_of_the_act_of_february():
    late, reversed_ = (played().documents(account, "act")[1] for account in ("c-000105", "c-000115"))

    assert [(line.title.replace("\u00a0", " "), line.amount) for line in late.content.lines] == [
        ("Виртуальная АТС за декабрь 2025 г.", 120_000),
        ("Доступ к CRM, тариф «6–10 сотрудников»", 300_000),
    ]
    assert sorted(line.amount for line in reversed_.content.lines) == [-100_000, 500_000]
    assert {line.vat for act in (late, reversed_) for line in act.content.lines} == {Vat.NONE}
    assert late.content.vat_ground == "ст. 346.11 НК РФ"


def test_with_vat_a_late_charge_and_a_reversal_wait_for_a_person():
    acts = [act for account in ("c-000303", "c-000304") for act in played(taxed=True).documents(account, "act")]

    waiting = [(act.content.total, [problem.cause for problem in act.problems]) for act in acts if act.problems]

    assert waiting == [(120_000, [Cause.TAXED_LATE]), (-100_000, [Cause.TAXED_CORRECTION])]
    assert [act.status for act in acts if not act.problems] == ["ready"] * 4


def test_two_rates_stand_in_one_act_with_the_ground_of_the_second():
    act = played(taxed=True).documents("c-000302", "act")[0].content

    # 2 200,00 × 22 / 122 = 396,72
    assert [(t.vat.value, t.amount, t.vat_amount) for t in act.vat_totals] == [
        ("22", 220_000, 39_672),
        ("none", 1_000_000, 0),
    ]
    assert act.vat_ground == "подп. 26 п. 2 ст. 149 НК РФ"


def test_all_wrong_messages_are_refused_and_none_of_the_right_ones():
    assert len(played().refused()) == 12


def test_requisites_are_in_order_but_for_those_that_show_what_happens_otherwise():
    sellers = [card["requisites"][0] for card in (our_card(), taxed_card())]
    clients = [*company()[0], *taxed_company()[0]]
    parties = [*sellers, *(payer for client in clients for payer in client.payers)]
    bad = [
        p["name"]
        for p in parties
        if problems_of_party(**{f: p.get(f, "") for f in ("name", "inn", "kpp", "ogrn", "address")})
    ]

    assert bad == ["ООО «Опечатка»"]
    for seller in sellers:
        assert problems_of_bank(**{f: seller["bank"][f] for f in ("bic", "account", "correspondent")}) == ()


@pytest.mark.parametrize(("played_by", "least"), [(company, 12), (taxed_company, 4)])
def test_messages_come_in_the_order_of_time_and_each_client_says_what_it_shows(played_by, least):
    clients, told = played_by()

    assert [t.arrives for t in told] == sorted(t.arrives for t in told)
    assert all(t.arrives.tzinfo == MOSCOW for t in told)
    assert len({c.shows for c in clients}) == len(clients) >= least
