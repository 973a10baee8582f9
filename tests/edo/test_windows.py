"""When a window is open, what becomes of what it has left, and who hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from billing.domain.edo_sending import (
    Schedule,
    SendingSettings,
    breaks_five_days,
    next_window,
    schedule_for,
    sending_window,
)
from billing.domain.periods import Month
from billing.ports import ABSENT, Write
from billing.usecases.cards import seller_card
from billing.usecases.edo.exchange import originals_by
from billing.usecases.edo.inviting.decisions import decide, read_decision
from billing.usecases.edo.policy import policy_of
from billing.usecases.edo.sending.by_hand import once_more
from local.company.client import a_company
from tests.edo.house import POLICY
from tests.edo.quarter import ACTS, FEBRUARY, MARCH, Cloud, QuarterHouse, a_quarter
from tests.usecases.house import ACCOUNT, ROMASHKA, VASILYOK, a_card, a_charge

SECOND = (
    a_card("c-000002", payers=[VASILYOK]),
    *a_quarter("c-000002", payer={"inn": VASILYOK["inn"], "kpp": VASILYOK["kpp"]}),
)
DAYS = [f"2026-04-0{day} {hour:02}:00" for day in (2, 3, 4, 5) for hour in (4, 12, 20)]


def letters(house: QuarterHouse, subject: str = "") -> list[Any]:
    house.work()
    found = house.letters(house.outside.settings.accountant_address)
    return [letter for letter in found if subject in letter.subject]


# --- it goes on ---------------------------------------------------------------------------------------------------


def test_a_window_through_which_the_operator_was_away_goes_out_as_soon_as_it_answers():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.mailer.letters.clear()
    house.fail("server_error", status=503, times=10_000)
    for at in DAYS:
        assert house.send(at).sent == 0
    assert house.send("2026-04-06 04:00").sent == 0
    house.diadoc.forget_faults()

    assert house.send("2026-04-06 04:15", go_on=True).sent == 3

    assert house.reasons() == {}
    (stopped,) = letters(house, "Диадок, новое")
    assert "отправка стоит: оператор или сервис подписи не отвечает" in stopped.text
    (missed,) = letters(house, "Окно кончилось")
    assert "Осталось: 3" in missed.text
    assert len(letters(house, "Отправка в Диадок")) == 1, "everything has gone"


def test_what_is_left_has_one_round_a_day_and_one_letter():
    house = QuarterHouse(a_card(), *a_quarter())
    box = house.client()
    house.mailer.letters.clear()
    for at in DAYS:
        house.send(at)
    house.diadoc.forget_calls()

    for day in (6, 7, 8):
        for hour in (4, 12, 20):
            house.send(f"2026-04-{day:02} {hour:02}:00")

    assert len(house.calls("V2/GetOrganizationsByInnList")) == 3
    assert len(letters(house, "Окно кончилось")) == 1
    assert len(letters(house, "Отправка в Диадок")) == 1, "the one of the second of April"
    house.diadoc.make_partners(box=house.us.box_id, partner=box)
    assert house.send("2026-04-09 04:00").sent == 3
    house.diadoc.forget_calls()
    house.send("2026-04-10 04:00")
    assert house.calls() == []


def test_signatures_that_are_confirmed_on_the_sixth_count():
    house = QuarterHouse(a_card(), *a_quarter(), signer=Cloud)
    house.partner()
    for at in ("2026-04-04 04:00", "2026-04-05 04:00", "2026-04-05 20:00"):
        assert house.send(at).sent == 0
    house.send("2026-04-06 04:00")
    house.signer.confirmed = True

    assert house.send("2026-04-06 11:15", go_on=True).sent == 3


def test_a_window_that_no_run_has_come_to_goes_out_after_it():
    """As when the function was broken all the time; the look ahead of it shows that the exchange was on."""
    house = QuarterHouse(a_card(), *a_quarter(), until=FEBRUARY)
    house.partner()
    house.send("2026-03-25 04:00")
    house.night(MARCH)

    assert house.send("2026-04-08 04:00").sent == 3


def test_a_company_that_has_never_sent_begins_with_its_next_window():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()

    assert house.send("2026-04-20 04:00").sent == 0
    assert house.calls() == []


def test_the_days_of_the_window_are_those_of_the_setting():
    house = QuarterHouse(
        a_card(),
        *a_quarter(),
        policy=replace(POLICY, sending=SendingSettings(schedule=Schedule.QUARTERLY, send_first=12, send_last=14)),
    )
    house.partner()

    assert [house.send(f"2026-04-{day} 04:00").sent for day in (11, 12)] == [0, 3]


def test_a_document_that_is_sent_once_more_after_the_window_goes_within_the_quarter_of_an_hour():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.send()
    stored = house.store.get("documents", ACCOUNT, ACTS[0])
    fate = {**stored.row["edo"]["fate"], "stage": "signature_invalid"}
    row = {**stored.row, "edo": {**stored.row["edo"], "fate": fate}}
    house.store.tx([Write("documents", ACCOUNT, ACTS[0], row, stored.version)])
    house.at("2026-04-20 12:00")

    once_more(ACCOUNT, ACTS[0], house.outside)

    assert house.send("2026-04-20 12:15", go_on=True).sent == 1


# --- what rests ---------------------------------------------------------------------------------------------------


def of_thirty() -> tuple[QuarterHouse, list[str]]:
    """Thirty clients with three acts each, none of whom has accepted yet; their boxes."""
    told: list[Any] = []
    payers = [a_company(800 + n, f"ООО «Клиент {n}»") for n in range(30)]
    for n, payer in enumerate(payers):
        account = f"c-0001{n:02}"
        told.append(a_card(account, payers=[payer]))
        told += a_quarter(account, payer={"inn": payer["inn"], "kpp": payer["kpp"]})
    house = QuarterHouse(*told)
    return house, [house.client(payer) for payer in payers]


def test_clients_that_wait_for_nothing_new_cost_neither_a_call_nor_a_read():
    house, _ = of_thirty()
    house.send("2026-04-02 04:00")
    first = len(house.calls("V2/GetOrganizationsByInnList"))
    house.diadoc.forget_calls()
    read: list[str] = []
    get = house.store.get
    house.store.get = lambda table, *key: read.append(table) or get(table, *key)  # type: ignore[method-assign]

    run = house.send("2026-04-02 06:00")

    assert (first, run.ended, run.left) == (30 + 4, True, 90)  # four of the look ahead, a shard each
    assert house.left == {"not_partners": 90}
    assert [call["endpoint"] for call in house.calls()] == [
        "getmyorganizations",
        "v3/getdocumenttypes",
        "v1/getcounteragentevents",
    ]
    assert (read.count("documents"), read.count("customers"), read.count("accounts")) == (0, 0, 0)


def test_a_client_that_accepts_is_heard_of_and_served_in_the_next_round():
    house, boxes = of_thirty()
    house.send("2026-04-02 04:00")
    house.at("2026-04-02 05:00").diadoc.make_partners(box=house.us.box_id, partner=boxes[7])
    house.diadoc.forget_calls()

    run = house.send("2026-04-02 06:00")

    assert (run.sent, run.left) == (3, 87)
    assert len(house.calls("V2/GetOrganizationsByInnList")) == 1


def test_a_client_of_whom_a_person_has_decided_is_served_in_the_next_round():
    house = QuarterHouse(a_card(), *a_quarter())
    _, second = house.twins()
    house.send("2026-04-02 04:00")
    house.diadoc.make_partners(box=house.us.box_id, partner=second)
    decide(read_decision({"inn": ROMASHKA["inn"], "kpp": ROMASHKA["kpp"], "box": second}), house.outside)

    assert house.send("2026-04-02 06:00").sent == 3


def test_acts_of_a_later_quarter_are_not_looked_at():
    house = QuarterHouse(a_card(), *a_quarter(), *SECOND)
    house.partner()
    house.client(VASILYOK)
    house.send("2026-04-02 04:00")
    house.at("2026-05-02 00:30").tell(a_charge(100_00, at="2026-04-20T12:00:00+03:00"))
    house.night(Month(2026, 4))
    house.diadoc.forget_calls()

    run = house.send("2026-05-02 12:00")

    assert (run.sent, run.left) == (0, 3)
    assert len(house.calls("V2/GetOrganizationsByInnList")) == 1, "of the other client, once a day"


# --- the first of the month ---------------------------------------------------------------------------------------


def test_on_the_first_nothing_is_due_and_nobody_is_needed():
    house = QuarterHouse(a_card(), *a_quarter(), until=FEBRUARY)
    house.partner()
    house.send("2026-03-25 04:00")
    house.work()
    house.mailer.letters.clear()

    for hour in (4, 12, 18, 20):
        house.send(f"2026-04-01 {hour:02}:00")

    assert letters(house) == []
    assert (house.left, house.reasons()) == ({}, {})


def test_of_an_account_that_is_set_aside_the_true_reason_is_said():
    house = QuarterHouse(a_card(), *a_quarter(), until=FEBRUARY)
    house.partner()
    at = {"reason": "актов в месяце 6, больше 5", "at": "2026-04-01T22:00:00Z", "summary": ""}
    house.store.tx([Write("control", "parked.2026-03", ACCOUNT, at, ABSENT)])
    run = {"state": "done", "started_at": "2026-04-01T21:30:00Z", "cursor": "", "queued": True, "report": 1}
    house.store.tx([Write("control", "runs", "2026-03", {**run, "summary": ""}, ABSENT)])

    house.send("2026-04-02 18:00")

    (letter,) = letters(house, "Отправка в Диадок")
    assert house.left == {"account_parked": 2}
    assert "счёт отложен" in letter.text.lower()
    assert "актов в месяце 6, больше 5" in letter.text


# --- what stops it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "reason", "words"),
    [
        pytest.param("no_subscription", "payment_required", "у Диадока кончилась оплата API", id="payment"),
        pytest.param("unauthorized", "login_refused", "Диадок не пускает программу", id="login"),
    ],
)
def test_what_stops_everything_is_one_line_and_one_letter_and_goes_when_it_is_over(fault, reason, words):
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.mailer.letters.clear()
    house.fail(fault, times=10_000)

    for at in ("2026-04-05 18:00", "2026-04-05 20:00"):
        house.send(at)
        house.track(minutes=5)

    assert house.reasons() == {"edo.operator": reason}
    (letter,) = letters(house, "Диадок, новое")
    assert words in letter.text
    house.diadoc.forget_faults()
    house.track(minutes=15)
    house.send("2026-04-05 20:30", go_on=True)
    assert house.reasons() == {}


def test_a_stop_that_nothing_has_to_go_through_any_more_is_off_the_list():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    assert house.send("2026-04-02 04:00").sent == 3
    house.fail("no_subscription", times=10_000)
    house.send("2026-04-05 20:00")
    house.diadoc.forget_faults()

    house.track(minutes=15)
    house.send("2026-04-06 04:00")

    assert house.reasons() == {}


# --- what becomes of the documents --------------------------------------------------------------------------------


def delivered_quarter() -> QuarterHouse:
    """Send the quarter's three acts and read that they are delivered; no letter is left from that."""
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.send()
    house.track(minutes=5)
    house.work()
    house.mailer.letters.clear()
    return house


def refused(house: QuarterHouse, at: str, n: int, text: str) -> None:
    house.at(at)
    house.diadoc.advance(seconds=0)
    document = house.at_the_operator()[n]
    house.diadoc.recipient_rejects(message_id=document["message_id"], entity_id=document["entity_id"], text=text)
    house.track(minutes=5)


def test_a_refusal_on_any_day_is_a_letter_the_same_day_with_number_client_and_words():
    house = delivered_quarter()

    refused(house, "2026-04-17 10:00", 0, "Сумма не сходится")
    assert letters(house) == []
    house.at("2026-04-17 18:00").track(minutes=0)

    (letter,) = letters(house)
    assert letter.subject.replace("\u00a0", " ") == "Диадок, новое, 17 апреля 2026 г.: ответы клиентов 1"
    assert "ООО «Ромашка»: акт № 1" in letter.text
    assert "контрагент отказал в подписи" in letter.text
    assert "Сумма не сходится" in letter.text
    house.at("2026-04-17 19:00").track(minutes=0)
    house.at("2026-04-18 18:00").track(minutes=0)
    assert len(letters(house)) == 1
    assert house.metrics.counts["EdoNews"] == 1


def test_what_comes_after_the_evenings_letter_is_told_before_the_day_is_over():
    house = delivered_quarter()
    refused(house, "2026-04-17 18:00", 0, "не та сумма")
    refused(house, "2026-04-17 21:00", 1, "не тот период")
    assert len(letters(house)) == 1

    house.at("2026-04-17 23:00").track(minutes=0)

    first, second = letters(house)
    assert ("не та сумма" in first.text, "не тот период" in first.text) == (True, False)
    assert ("не та сумма" in second.text, "не тот период" in second.text) == (False, True)


def test_a_line_names_the_document_and_the_client():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()
    house.send()
    refused(house, "2026-04-17 10:00", 0, "Сумма не сходится")

    line = house.for_people()[f"document.{ACCOUNT}.{ACTS[0]}"]

    assert (line.title, line.name, line.detail) == ("акт № 1", "ООО «Ромашка»", "Сумма не сходится")


# --- VAT ----------------------------------------------------------------------------------------------------------

QUARTERLY = Schedule.QUARTERLY
VAT = ((date(2020, 1, 1), False), (date(2026, 2, 1), True), (date(2027, 1, 1), False))


@pytest.mark.parametrize(
    ("settings", "month", "schedule"),
    [
        pytest.param(SendingSettings(vat=VAT), Month(2026, 1), "quarterly", id="no VAT yet"),
        pytest.param(SendingSettings(vat=VAT), Month(2026, 2), "monthly", id="charged by its end"),
        pytest.param(SendingSettings(vat=VAT), Month(2027, 1), "quarterly", id="no VAT any more"),
        pytest.param(
            SendingSettings(vat=VAT, schedule=Schedule.QUARTERLY), Month(2026, 2), "quarterly", id="as it is said"
        ),
        pytest.param(SendingSettings(), Month(2026, 2), "quarterly", id="nothing is known"),
    ],
)
def test_who_charges_vat_sends_each_month(settings, month, schedule):
    assert schedule_for(month, settings) == schedule


def test_the_windows_of_a_company_that_comes_to_charge_vat_in_the_midst_of_a_quarter():
    settings = SendingSettings(vat=VAT)

    assert sending_window(date(2026, 2, 3), settings) is None
    assert str(next_window(date(2026, 2, 10), settings).key) == "2026-02"
    assert str(next_window(date(2026, 3, 10), settings).key) == "2026-03"


@pytest.mark.parametrize(
    ("schedule", "month", "on", "by"),
    [
        pytest.param(Schedule.QUARTERLY, "2026-01", "2026-02-02", date(2026, 4, 5), id="a quarter, its first month"),
        pytest.param(Schedule.QUARTERLY, "2026-03", "2026-04-02", date(2026, 4, 5), id="a quarter, its last month"),
        pytest.param(Schedule.QUARTERLY, "2026-03", "2026-04-06", None, id="after the window"),
        pytest.param(Schedule.MONTHLY, "2026-01", "2026-02-02", date(2026, 2, 5), id="a month"),
        pytest.param(None, "2026-01", "2026-02-02", date(2026, 2, 5), id="VAT is charged: a month"),
    ],
)
def test_originals_are_promised_by_the_end_of_the_window_of_their_month(schedule, month, on, by):
    house = QuarterHouse(a_card(), policy=replace(POLICY, sending=SendingSettings(schedule=schedule)))
    house.at(f"{on} 01:00")

    assert originals_by(Month.parse(month), house.outside) == by


def test_a_company_that_charges_vat_and_says_nothing_sends_by_months():
    house = QuarterHouse(a_card(), *a_quarter(), policy=replace(POLICY, sending=SendingSettings()))
    house.partner()

    run = house.send("2026-04-03 04:00")

    assert (run.window, run.sent) == ("2026-03", 3)


def test_sending_by_quarters_with_vat_is_said_to_break_the_five_days():
    quarterly = SendingSettings(vat=VAT, schedule=Schedule.QUARTERLY)

    assert breaks_five_days(next_window(date(2026, 4, 1), quarterly), quarterly)
    assert not breaks_five_days(next_window(date(2027, 4, 1), quarterly), quarterly)
    house = QuarterHouse(a_card(), *a_quarter())
    house.send("2026-04-02 04:00")
    (letter,) = letters(house, "Готовность")
    assert "счета-фактуры уходят раз в квартал, а срок — пять дней" in letter.text.lower()


def test_the_policy_says_when_the_company_charges_vat():
    policy = policy_of(seller_card(QuarterHouse(a_card()).store))

    assert policy
    assert policy.sending.vat == ((date(2020, 1, 1), True),)
