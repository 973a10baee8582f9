"""The night from the 1st to the 2nd: acts follow charges, every account is closed or parked with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from billing.domain.documents import DocumentStatus
from billing.domain.errors import InvalidInputError
from billing.domain.periods import Month
from billing.ports import Page, StaleError
from billing.usecases import filing
from billing.usecases.close_month import close_month, read_request
from billing.usecases.issue_documents import issue_documents
from billing.usecases.runs import change_run, run_of
from local.company import seller_card
from local.company.client import a_company
from tests.usecases.house import (
    ACCOUNT,
    FEBRUARY,
    JANUARY,
    ROMASHKA,
    VASILYOK,
    House,
    a_card,
    a_charge,
    a_payment,
)

IND = {"class": "CARD_IND", "payer": None}


def part_back(charge: dict[str, Any], *, at: str) -> dict[str, Any]:
    """Make a reversal of 1 000 of the charge."""
    return {"kind": "reversal", "key": "rv-1", "account": ACCOUNT, "at": at, "charge": charge["key"], "amount": 100_000}


def test_10_000_paid_and_5_500_spent_make_an_act_for_5_500():
    house = House(a_card(), a_payment(1_000_000), a_charge(550_000))

    report = house.night()

    (act,) = house.documents(kind="act")
    assert (act.content.total, act.number, str(act.content.date), act.status) == (
        550_000,
        "1",
        "2026-02-01",
        DocumentStatus.READY,
    )
    assert (report["charged"], report["acted"], report["difference"]) == (550_000, {"BANK": 550_000}, 0)
    assert house.balance() == 450_000


@pytest.mark.parametrize(
    ("told", "acts"),
    [
        pytest.param(
            [
                a_payment(300_000),
                a_payment(150_000, **{"class": "CARD_LE"}),
                a_payment(100_000, **IND),
                a_charge(550_000),
            ],
            [450_000],
            id="mixed money: only that of companies",
        ),
        pytest.param([a_payment(500_000, **IND), a_charge(500_000)], [], id="an individual: none"),
        pytest.param(
            [a_payment(200_000, **{"class": "BONUS", "payer": None}), a_payment(300_000), a_charge(400_000)],
            [200_000],
            id="bonus: none for its part",
        ),
        pytest.param([a_payment(400_000), a_charge(600_000)], [600_000], id="a debt: for what was charged"),
        pytest.param([a_charge(600_000)], [600_000], id="nothing paid: all the same"),
        pytest.param([a_payment(100_000, **IND), a_charge(600_000)], [], id="a debt of an individual: none"),
        pytest.param([a_payment(600_000)], [], id="nothing charged: none"),
    ],
)
def test_the_act_is_for_what_was_charged_less_what_is_no_companys(told, acts):
    house = House(a_card(), *told)

    report = house.night()

    assert (house.acts(), report["difference"]) == (acts, 0)


def test_two_payers_have_an_act_each():
    house = House(
        a_card(payers=[ROMASHKA, VASILYOK]),
        a_payment(300_000),
        a_payment(300_000, payer={"inn": VASILYOK["inn"]}),
        a_charge(500_000),
    )

    house.night()

    assert house.acts() == [300_000, 200_000]
    assert [d.content.buyer.name for d in house.documents(kind="act")] == ["ООО «Ромашка»", "АО «Василёк»"]


def test_a_postpaid_client_has_an_act_for_what_was_charged_and_none_for_paying_it():
    house = House(a_card(policy="postpaid"), a_charge(500_000))
    house.night()
    house.tell(
        a_payment(500_000, at="2026-02-01T12:00:00+03:00"),
        a_charge(100_000, at="2026-02-01T13:00:00+03:00"),
    )

    house.night(FEBRUARY)

    assert house.acts() == [500_000, 100_000]


def test_a_late_charge_of_december_has_the_rate_of_december():
    house = House(a_card(), a_payment(1_000_000), a_charge(500_000))
    house.night()
    house.at("2026-02-10 12:00").tell(a_charge(120_000, at="2025-12-30T12:00:00+03:00"))

    house.night(FEBRUARY)

    act = house.documents(kind="act")[1]
    ((line,),) = [act.content.lines]
    assert (line.title.replace("\u00a0", " "), line.vat.value, line.vat_amount) == (
        "Доступ к CRM за декабрь 2025 г.",
        "20",
        20_000,
    )


def test_a_reversal_after_the_act_is_a_line_with_a_minus_in_the_next():
    charge = a_charge(600_000, vat="none")
    house = House(a_card(), a_payment(1_200_000), charge)
    house.night()
    house.at("2026-02-20 12:00").tell(
        part_back(charge, at="2026-02-11T12:00:00+03:00"),
        a_charge(500_000, at="2026-02-20T11:00:00+03:00", vat="none"),
    )

    house.night(FEBRUARY)

    assert house.acts() == [600_000, 400_000]


def test_a_month_of_nothing_but_reversals_makes_no_act_and_is_carried_on():
    charge = a_charge(600_000, vat="none")
    house = House(a_card(), a_payment(600_000), charge)
    house.night()
    house.tell(part_back(charge, at="2026-02-02T00:40:00+03:00"))

    report = house.night(FEBRUARY)
    house.tell(a_charge(90_000, at="2026-03-02T00:30:00+03:00", vat="none"))
    of_march = house.night(Month(2026, 3))

    assert house.acts() == [600_000]
    assert (report["carried_out"], report["difference"]) == ({"BANK": -100_000}, 0)
    assert (of_march["carried_in"], of_march["carried_out"], of_march["difference"]) == (
        {"BANK": -100_000},
        {"BANK": -10_000},
        0,
    )


def test_a_taxed_minus_waits_for_a_person_without_a_number_and_holds_up_nothing():
    """5 500 a month with VAT; of January 1 000 are given back in February: February's act goes out without them."""
    charge = a_charge(550_000)
    house = House(a_card(), a_payment(2_000_000), charge)
    house.night()
    house.at("2026-02-20 12:00").tell(
        part_back(charge, at="2026-02-11T12:00:00+03:00"),
        a_charge(550_000, at="2026-02-20T11:00:00+03:00"),
    )

    report = house.night(FEBRUARY)
    house.at("2026-03-03 12:00").tell(a_card(payers=[{**ROMASHKA, "name": "ООО «Ромашка плюс»"}]))
    house.wait(minutes=10).sweep()

    acts = [(d.id, d.status.value, d.number, d.content.total) for d in house.documents(kind="act")]
    assert acts == [
        (f"2026-01.act.{ROMASHKA['inn']}.0", "ready", "1", 550_000),
        (f"2026-02.act.{ROMASHKA['inn']}.0", "ready", "2", 550_000),
        (f"2026-02.act.{ROMASHKA['inn']}.1", "blocked", "", -100_000),
    ]
    (held,) = house.documents(kind="act")[2].problems
    assert held.cause == "taxed_correction"
    assert str(held).replace("\u00a0", " ").startswith("перерасчёт услуг с НДС за январь 2026 г. не бывает строкой")
    assert report["difference"] == 0


def test_a_chargeback_after_the_act_leaves_the_act_and_its_debt_is_never_acted_again():
    payment = a_payment(500_000, **{"class": "CARD_LE"})
    house = House(a_card(), payment, a_charge(400_000))
    house.night()
    house.tell(
        {
            "kind": "chargeback",
            "key": "cb-1",
            "account": ACCOUNT,
            "at": "2026-02-02T00:40:00+03:00",
            "payment": payment["key"],
            "amount": 500_000,
        },
        a_payment(400_000, at="2026-02-02T00:41:00+03:00"),
    )

    report = house.night(FEBRUARY)

    assert (house.acts(), house.balance(), report["difference"]) == ([400_000], 0, 0)


def test_reclassified_money_enters_the_act_of_the_month_it_was_put_right_in():
    payment = a_payment(500_000, **IND)
    house = House(a_card(), payment, a_charge(300_000))
    house.night()
    house.tell(
        {
            "kind": "reclassification",
            "key": "rc-1",
            "account": ACCOUNT,
            "at": "2026-02-02T00:40:00+03:00",
            "payment": payment["key"],
            "class": "BANK",
            "payer": {"inn": ROMASHKA["inn"]},
            "reason": "письмо",
        }
    )

    report = house.night(FEBRUARY)

    assert (house.acts(), report["difference"]) == ([300_000], 0)


# --- the run -----------------------------------------------------------------------------------------------------


def test_a_second_run_creates_nothing_and_sends_nothing():
    house = House(a_card(), a_payment(1_000_000), a_charge(550_000))
    house.night()
    before, letters = house.everything(), len(house.letters())

    house.close()
    house.wait(hours=1).sweep()
    house.wait(hours=1).sweep()

    assert (house.everything(), len(house.letters())) == (before, letters)


def test_two_runs_at_once_end_as_one():
    house = House(a_card(), a_payment(1_000_000), a_charge(550_000))
    close_month(JANUARY, house.at("2026-02-02 00:30").outside, until=house.until)
    close_month(JANUARY, house.outside, until=house.until)
    house.queue.sent *= 2

    house.night()

    assert (house.acts(), house.numbers("act.2026"), house.addresses()) == (
        [550_000],
        [1],
        [f"{ACCOUNT}@client.example"],
    )


def test_numbers_have_no_gaps_whatever_was_blocked_between():
    told = []
    for n in range(1, 8):
        account = f"c-{n:06}"
        payer = {**ROMASHKA, "address": "" if n in (2, 5) else ROMASHKA["address"]}
        told += [a_card(account, payers=[payer]), a_payment(100_000, account), a_charge(100_000, account)]
    house = House(*told)

    report = house.night()

    assert house.numbers("act.2026") == [1, 2, 3, 4, 5]
    assert [line[0] for line in report["blocked"] if ".act." in line[2]] == ["c-000002", "c-000005"]
    assert report["series"]["act.2026"] == {"last": 5, "missing": []}


def test_more_accounts_than_one_transaction_numbers():
    told = []
    for n in range(1, 41):
        told += [a_card(f"c-{n:06}"), a_payment(1_000, f"c-{n:06}"), a_charge(1_000, f"c-{n:06}")]
    house = House(*told)

    report = house.night()

    assert house.numbers("act.2026") == list(range(1, 41))
    assert (report["closed"], report["documents"]["act"]) == (40, [40, 40_000])


def test_an_account_a_year_behind_is_closed_to_the_month_that_is_asked_for():
    house = House(a_card(), a_payment(1_000_000, at="2025-01-12T12:00:00+03:00"))
    house.tell(a_charge(1_000, at="2025-01-20T12:00:00+03:00"))

    house.at("2026-02-02 10:00").close(JANUARY, accounts=[ACCOUNT])

    stored = house.store.get("accounts", ACCOUNT)
    assert stored
    assert (stored.row["open"], house.failures) == ("2026-02", [])


def test_an_account_that_is_never_still_is_left_to_the_next_attempt(monkeypatch):
    house = House(a_card(), a_payment(1_000), a_charge(1_000))
    write = house.store.tx

    def a_charge_comes_first(writes):
        if any(w.table == "journal" and w.row and w.row["kind"] == "close" for w in writes):
            raise StaleError([0])
        write(writes)

    monkeypatch.setattr(house.store, "tx", a_charge_comes_first)

    (failure,) = issue_documents(JANUARY, [ACCOUNT], house.at("2026-02-02 00:30").outside)

    assert (failure.account, failure.passing) == (ACCOUNT, True)


def test_a_run_started_on_the_15th_closes_the_same_month():
    house = House(a_card(), a_payment(1_000_000), a_charge(550_000))

    house.at("2026-02-15 11:00").close()

    (act,) = house.documents(kind="act")
    assert (act.month, str(act.content.date)) == ("2026-01", "2026-02-01")


def test_a_month_that_is_not_over_in_moscow_is_not_closed():
    house = House(at="2026-01-31 23:59")

    with pytest.raises(InvalidInputError, match="is not over"):
        house.close()
    house.at("2026-02-01 00:00").close()


def test_months_that_were_missed_are_closed_one_by_one():
    house = House(
        a_card(),
        a_payment(1_000_000, at="2025-11-10T12:00:00+03:00"),
        a_charge(100_000, at="2025-11-30T12:00:00+03:00"),
        a_charge(200_000, at="2025-12-31T12:00:00+03:00"),
        at="2025-12-31 12:00",
    )
    house.at("2026-02-01 12:00").tell(a_charge(300_000))

    house.night()

    assert [(d.month, d.content.total) for d in house.documents(kind="act")] == [
        ("2025-11", 100_000),
        ("2025-12", 200_000),
        ("2026-01", 300_000),
    ]
    assert [d.number for d in house.documents(kind="act")] == ["1", "1", "2"]  # by the year of the date


@pytest.mark.parametrize(
    ("at", "month"),
    [
        pytest.param("2026-02-01T21:30:00Z", "2026-01", id="00:30 on the 2nd in Moscow"),
        pytest.param("2026-01-31T21:30:00Z", "2026-01", id="already the 1st in Moscow"),
        pytest.param("2026-01-31T20:30:00Z", "2025-12", id="still the 31st in Moscow"),
        pytest.param("2024-03-01T21:30:00Z", "2024-02", id="leap February"),
        pytest.param("2026-01-01T21:30:00Z", "2025-12", id="New Year"),
        pytest.param("2026-02-14T21:30:00Z", "2026-01", id="the 15th"),
    ],
)
def test_the_schedule_closes_the_month_before_its_own_in_moscow(at, month):
    assert str(read_request({"scheduled_at": at}).month) == month


@pytest.mark.parametrize(
    ("charged_at", "in_january"),
    [
        pytest.param("2025-12-31T23:59:59+03:00", False, id="the last second of the year"),
        pytest.param("2026-01-01T00:00:00+03:00", True, id="New Year"),
        pytest.param("2026-01-31T23:59:59+03:00", True, id="the 31st"),
        pytest.param("2026-01-31T21:00:00Z", False, id="the 1st in Moscow, the 31st in UTC"),
    ],
)
def test_a_charge_belongs_to_its_day_in_moscow(charged_at, in_january):
    house = House(a_card(), a_payment(1_000, at="2025-12-01T12:00:00+03:00"), at="2025-12-31 12:00")
    house.at("2026-02-01 12:00").tell(a_charge(1_000, at=charged_at))

    house.night()

    assert (("2026-01", 1_000) in [(d.month, d.content.total) for d in house.documents(kind="act")]) == in_january


def test_the_act_of_a_leap_february_is_dated_the_first_of_march():
    house = House(
        a_card(at="2024-02-01T12:00:00+03:00"),
        a_payment(1_000, at="2024-02-29T12:00:00+03:00"),
        a_charge(1_000, at="2024-02-29T23:59:00+03:00", vat="standard"),
        at="2024-03-01 12:00",
        seller=False,
    )
    house.tell({**seller_card(), "at": "2024-03-01T12:00:00+03:00"})

    house.night(Month(2024, 2))

    (act,) = house.documents(kind="act")
    assert (act.month, str(act.content.date), act.content.lines[0].vat.value) == ("2024-02", "2024-03-01", "20")


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"month": "2026-13"}, id="no such month"),
        pytest.param({"month": "2026-01", "acounts": []}, id="a typo"),
        pytest.param({"month": "2026-01", "accounts": "c-1"}, id="accounts as text"),
        pytest.param({"month": "2026-01", "accounts": [1]}, id="accounts as numbers"),
        pytest.param({"month": "2026-01", "forced": "no"}, id="forced as text"),
        pytest.param({"month": "2026-01", "preview": 1}, id="preview as a number"),
        pytest.param({"scheduled_at": "yesterday"}, id="no moment"),
        pytest.param({"scheduled_at": "2026-02-01T21:30:00"}, id="a naive moment"),
        pytest.param({"scheduled_at": 1}, id="a number as the moment"),
    ],
)
def test_a_request_that_is_not_understood_is_refused(event):
    with pytest.raises(InvalidInputError):
        read_request(event)


# --- blocked, parked, poisoned -----------------------------------------------------------------------------------


def test_a_payer_without_requisites_is_blocked_and_its_neighbour_issued():
    house = House(
        a_card(payers=[]),
        a_payment(1_000),
        a_charge(1_000),
        a_card("c-000002"),
        a_payment(1_000, "c-000002"),
        a_charge(1_000, "c-000002"),
    )

    report = house.night()

    assert [d.status.value for d in house.documents(kind="act")] == ["blocked"]
    assert [d.status.value for d in house.documents("c-000002", "act")] == ["ready"]
    assert report["blocked"][0][:2] == [ACCOUNT, f"нет реквизитов плательщика с ИНН {ROMASHKA['inn']} на 01.02.2026"]


def test_mended_requisites_issue_what_waited_with_its_own_date_and_a_new_report():
    house = House(a_card(payers=[{**ROMASHKA, "address": ""}]), a_payment(1_000), a_charge(1_000))
    house.night()
    assert house.addresses() == []

    house.at("2026-02-10 12:00").tell(a_card(at="2026-02-10T12:00:00+03:00"))
    house.work()
    house.hear()
    house.wait(minutes=10).sweep()

    (act,) = house.documents(kind="act")
    report = house.report()
    assert (act.status.value, str(act.content.date), act.number) == ("ready", "2026-02-01", "1")
    assert report
    assert (report["report"], report["blocked"]) == (2, [])
    assert house.addresses() == [f"{ACCOUNT}@client.example"]


def test_a_mended_card_whose_hint_was_lost_is_found_by_the_sweep():
    house = House(a_card(payers=[]), a_payment(1_000), a_charge(1_000))
    house.night()
    house.at("2026-02-10 12:00").tell(a_card(at="2026-02-10T12:00:00+03:00"))
    house.queue.sent.clear()

    house.wait(minutes=10).sweep()

    assert [d.status.value for d in house.documents(kind="act")] == ["ready"]


def test_a_card_that_comes_between_the_decision_and_the_waiting_is_not_taken_for_the_one_that_lacked(monkeypatch):
    house = House(a_card(payers=[{**ROMASHKA, "address": ""}]), a_payment(1_000), a_charge(1_000))
    get = house.store.get

    def mended_on_the_way(table, pk, sk=""):
        if (table, sk) == ("work", f"issue#{ACCOUNT}#2026-01"):
            monkeypatch.undo()
            house.tell(a_card(at="2026-02-01T12:00:00+03:00"))
            house.queue.sent.clear()  # its hint finds the worker still at it
        return get(table, pk, sk)

    monkeypatch.setattr(house.store, "get", mended_on_the_way)
    house.at("2026-02-02 00:30").close()
    assert [d.status for d in house.documents(kind="act")] == [DocumentStatus.BLOCKED]

    for _ in range(2):
        house.wait(minutes=10).sweep()

    assert [d.status for d in house.documents(kind="act")] == [DocumentStatus.READY]


def test_a_seller_put_right_by_day_wakes_everybody():
    house = House(a_card(), a_payment(1_000), a_charge(1_000, vat="none"), seller=False)
    house.night()
    house.at("2026-02-02 15:00").tell({**seller_card(), "at": "2026-02-02T15:00:00+03:00"})
    house.wait(minutes=10).sweep()

    assert [d.status.value for d in house.documents(kind="act")] == ["ready"]


def test_what_waits_for_requisites_costs_no_hints_until_the_morning():
    house = House(a_card(payers=[]), a_payment(1_000), a_charge(1_000))
    house.night()

    at_night = house.at("2026-02-02 03:00").sweep().hints
    in_the_morning = house.at("2026-02-02 07:00").sweep().hints

    assert (at_night, in_the_morning) == (0, 1)


def test_a_suspicious_account_is_parked_with_its_reason_and_the_run_ends():
    house = House(a_card(), a_payment(1_000), a_charge(1_000), *_six_payers())

    report = house.night()

    assert house.parked() == {"c-000002": "актов в месяце 6, больше 5"}
    assert (report["closed"], report["parked_count"], report["parked"][0][0]) == (1, 1, "c-000002")
    assert house.acts("c-000002") == []


def test_a_person_who_has_looked_closes_a_parked_account_alone():
    house = House(a_card(), a_payment(1_000), a_charge(1_000), *_six_payers())
    house.night()

    house.close(accounts=["c-000002"], forced=True)
    house.hear()
    house.wait(minutes=10).sweep()

    report = house.report()
    assert (len(house.acts("c-000002")), house.parked()) == (6, {})
    assert report
    assert (report["report"], report["closed"], report["parked_count"], report["difference"]) == (2, 2, 0, 0)


def test_nobody_forces_a_whole_month():
    with pytest.raises(InvalidInputError, match="by name"):
        House().close(forced=True)


def test_a_sum_far_above_the_usual_is_parked():
    house = House(a_card(), a_payment(900_000_00, at="2025-11-01T12:00:00+03:00"), at="2025-12-31 12:00")
    for at in ("2025-11-30", "2025-12-31", "2026-01-31"):
        house.at("2026-02-01 12:00").tell(a_charge(10_000_00, at=f"{at}T12:00:00+03:00"))
    house.at("2026-02-28 12:00").tell(a_charge(200_000_00, at="2026-02-28T11:00:00+03:00"))

    house.night(FEBRUARY)

    assert "больше обычного в 20 раз" in house.parked(FEBRUARY)[ACCOUNT]
    assert len(house.acts()) == 3


def test_a_client_whose_paper_cannot_be_drawn_is_parked_and_its_neighbours_are_issued(monkeypatch):
    from billing import paper

    draw = paper.draw

    def poisoned(document, images):
        if document.buyer.name == "АО «Василёк»":
            raise ZeroDivisionError("boom")
        return draw(document, images)

    monkeypatch.setattr(paper, "draw", poisoned)
    house = House(
        a_card(),
        a_payment(1_000),
        a_charge(1_000),
        a_card("c-000002", payers=[VASILYOK]),
        a_payment(1_000, "c-000002", payer={"inn": VASILYOK["inn"]}),
        a_charge(1_000, "c-000002"),
    )

    report = house.night()

    assert house.parked() == {"c-000002": "ZeroDivisionError: boom"}
    assert [d.status.value for d in house.documents(kind="act")] == ["ready"]
    assert ["c-000002", "ещё не выпущен, смотрите отложенные счета"] in [line[:2] for line in report["blocked"]]
    monkeypatch.setattr(paper, "draw", draw)
    house.at("2026-02-03 07:00").sweep()
    assert [d.status.value for d in house.documents("c-000002", "act")] == ["ready"]
    assert house.parked() == {}


def test_a_paper_that_fails_again_in_a_later_months_run_is_parked_as_its_own_month(monkeypatch):
    house = House(a_card(), a_payment(1_000_000), a_charge(300_000))
    draw = filing.paper.draw

    def of_february_only(document, images=None):
        if document.month == "2026-01":
            raise ValueError("this cannot be drawn")
        return draw(document, images)

    with monkeypatch.context() as patched:
        patched.setattr(filing.paper, "draw", of_february_only)
        house.night(JANUARY)
        house.at("2026-02-11 12:00").tell(a_charge(200_000, at="2026-02-10T12:00:00+03:00"))
        house.night(FEBRUARY)

    assert [d.status for d in house.documents(kind="act")] == [DocumentStatus.NUMBERED, DocumentStatus.READY]
    assert (set(house.parked(JANUARY)), house.parked(FEBRUARY)) == ({ACCOUNT}, {})

    house.at("2026-03-03 07:10").sweep()

    assert [d.status for d in house.documents(kind="act")] == [DocumentStatus.READY, DocumentStatus.READY]
    assert (house.parked(JANUARY), house.parked(FEBRUARY)) == ({}, {})


def test_another_file_under_the_documents_name_stops_it_and_is_alarmed():
    house = House(a_card(), a_payment(1_000), a_charge(1_000))
    house.files.files[f"docs/{ACCOUNT}/2026-01.act.{ROMASHKA['inn']}.0.pdf"] = b"something else"

    house.night()

    assert house.metrics.counts["FileWithOtherBytes"] >= 1
    assert ACCOUNT in house.parked()
    assert house.addresses() == []


def test_a_paper_of_long_ago_is_kept_from_the_day_it_is_drawn():
    """A contract has the date of the client's card; six years after 2015 are over in 2026."""
    house = House(a_card(), a_payment(1_000), a_charge(1_000))
    house.night()
    (act,) = house.documents(kind="act")
    content = replace(act.content, date=date(2015, 6, 1))

    filing.filed(replace(act, id="2015-06.contract", content=content), house.outside)

    assert house.files.exists(f"docs/{ACCOUNT}/2015-06.contract.pdf")


def test_the_same_file_twice_is_no_trouble():
    """Filed, and cut off before the row said so: the repeat draws the same bytes."""
    house = House(a_card(), a_payment(1_000), a_charge(1_000))
    put = house.files.put_once
    cut = iter([True])

    def put_once(key, body, **how):
        put(key, body, **how)
        if next(cut, False):
            raise ConnectionError("cut off")

    house.files.put_once = put_once

    house.night()

    assert [d.status.value for d in house.documents(kind="act")] == ["ready"]


def test_a_character_that_no_font_has_blocks_before_a_number_is_taken():
    house = House(a_card(payers=[{**ROMASHKA, "name": "ООО «𓂀»"}]), a_payment(1_000), a_charge(1_000))

    report = house.night()

    assert house.numbers("act.2026") == []
    assert report["blocked"]


def _six_payers():
    payers = [a_company(400 + n, f"ООО «Хоровод-{n}»") for n in range(6)]
    yield a_card("c-000002", payers=payers)
    for payer in payers:
        yield a_payment(1_000, "c-000002", payer={"inn": payer["inn"]})
    yield a_charge(6_000, "c-000002")


def test_what_one_call_cannot_read_is_gone_on_with_by_the_next_and_then_begun_anew():
    """Two pages of accounts, and a call has time for one."""
    house = House(*(a_charge(100, account=f"c-{n:06}") for n in range(201))).at("2026-02-02 00:30")
    close_month(JANUARY, house.outside, until=house.until)
    scan = house.store.scan

    def slowly(*args: Any, **named: Any) -> Page:
        house.wait(minutes=10)
        return scan(*args, **named)

    house.store.scan = slowly  # type: ignore[method-assign]
    read = []
    for _ in range(3):
        house.queue.sent.clear()
        whole = close_month(JANUARY, house.outside, until=house.until).queued
        read.append((whole, sum(len(message["accounts"]) for _, message in house.queue.sent)))

    assert read == [(False, 200), (True, 1), (False, 200)]


def test_a_place_that_another_worker_has_saved_meanwhile_is_gone_on_from():
    house = House(*(a_charge(100, account=f"c-{n:06}") for n in range(201))).at("2026-02-02 00:30")
    close_month(JANUARY, house.outside, until=house.until)
    scan, pages = house.store.scan, []

    def beside(*args: Any, **named: Any) -> Page:
        pages.append(scan(*args, **named))
        if len(pages) == 1:  # a document is made at that moment: the run is set back
            run = run_of(house.outside, JANUARY)
            assert run
            change_run(house.outside, run, summary="дополняется")
        return pages[-1]

    house.store.scan = beside  # type: ignore[method-assign]

    assert close_month(JANUARY, house.outside, until=house.until).queued
    assert [len(page.rows) for page in pages] == [200, 200, 1]
