"""The report proves that nothing is missing; the preview says the same beforehand and writes nothing."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from billing.domain.money import NBSP
from billing.ports import Page, Write
from billing.usecases.preview import preview
from billing.usecases.report import end_run
from billing.usecases.sweep import sweep
from local.company import seller_card
from local.company.requisites import company_inn
from tests.letters.adding_up import SECTIONS, columns
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


def a_house() -> House:
    return House(
        a_card(),
        a_payment(300_000),
        a_payment(150_000, **{"class": "CARD_LE"}),
        a_payment(100_000, **{"class": "CARD_IND", "payer": None}),
        a_charge(550_000),
    )


def test_the_report_adds_up_by_class_of_money():
    report = a_house().night()

    assert report["paid"] == {"BANK": 300_000, "CARD_LE": 150_000, "CARD_IND": 100_000}
    assert report["funded"] == {"BANK": 300_000, "CARD_LE": 150_000, "CARD_IND": 100_000}
    assert report["acted"] == {"BANK": 300_000, "CARD_LE": 150_000}
    assert (report["charged"], report["difference"], report["scanned"], report["closed"]) == (550_000, 0, 1, 1)
    assert report["series"] == {
        "act.2026": {"last": 1, "missing": []},
        "invoice.2026": {"last": 1, "missing": []},
    }
    assert report["documents"]["act"] == [1, 450_000]
    assert report["letters"] == {"delivered": 1}


def test_the_report_is_a_row_a_file_a_letter_and_metrics():
    house = a_house()

    report = house.night()

    assert json.loads(house.files.files["reports/2026-01.001.json"]) == report
    (letter,) = house.letters(house.outside.settings.accountant_address)
    assert "Сходится" in letter.text
    assert house.metrics.counts["AccountsClosed"] == 1
    assert house.metrics.counts["ActsDifference"] == 0


def test_a_run_with_nothing_to_close_has_its_report_too():
    report = House().night()

    assert (report["scanned"], report["difference"], report["documents"]) == (0, 0, {})


def test_there_is_one_report_however_often_it_is_swept():
    house = a_house()
    house.night()

    for _ in range(5):
        house.wait(minutes=10).sweep()

    assert len(house.letters(house.outside.settings.accountant_address)) == 1


def test_a_report_whose_file_was_lost_on_the_way_is_filed_by_the_next_sweep():
    house = a_house()
    put = house.files.put_once
    cut = iter([True])

    def put_once(key: str, body: bytes, **how: object) -> None:
        if key.startswith("reports/") and next(cut, False):
            raise ConnectionError("cut off")
        put(key, body, **how)

    house.files.put_once = put_once  # type: ignore[method-assign, assignment]
    house.at("2026-02-02 00:30").close()
    house.hear()
    with suppress(ConnectionError):
        sweep(house.wait(minutes=10).outside, until=house.until)
    house.wait(minutes=10).sweep()
    house.wait(minutes=10).sweep()

    assert "reports/2026-01.001.json" in house.files.files
    assert len(house.letters(house.outside.settings.accountant_address)) == 1


def clients(count: int) -> House:
    told = []
    for n in range(1, count + 1):
        told += [a_payment(1_000, f"c-{n:06}"), a_charge(1_000, f"c-{n:06}")]
    house = House(*told).at("2026-02-02 00:30")
    house.close()
    return house


def counting(house: House, *, seconds: float) -> bool:
    """Count while the clock moves on by a second with every reading."""

    def ticking() -> datetime:
        house.wait(seconds=1)
        return house.now

    return end_run(JANUARY, replace(house.outside, clock=ticking), until=house.now + timedelta(seconds=seconds))


def test_the_count_is_put_away_when_time_is_short_and_taken_up_again():
    house = clients(250)

    ended = [counting(house, seconds=1.5) for _ in range(3)] + [counting(house, seconds=600)]

    report = house.report()
    assert ended == [False, False, False, True]
    assert report
    assert (report["closed"], report["charged"], report["report"]) == (250, 250_000, 1)


def test_two_sweeps_at_once_count_once_and_neither_fails():
    """The second sweep comes while the first reads its first page, finds that page taken, and stops counting."""
    house = clients(3)
    scan, others = house.store.scan, []

    def scanned(table: str, **how: Any) -> Page:
        if not others:
            others.append(True)
            others.append(end_run(JANUARY, house.outside, until=house.until))
        return scan(table, **how)

    house.store.scan = scanned  # type: ignore[method-assign]

    ended = end_run(JANUARY, house.outside, until=house.until)

    assert (others[1], ended) == (True, False)
    assert house.report()["closed"] == 3
    assert len(house.letters(house.outside.settings.accountant_address)) <= 1


def test_a_document_that_changes_has_its_account_counted_again_and_no_other():
    cards = [a_card(f"c-{n:06}", payers=[{**ROMASHKA, "address": ""} if n == 7 else ROMASHKA]) for n in range(1, 21)]
    house = House(*cards)
    for n in range(1, 21):
        house.tell(a_payment(1_000, f"c-{n:06}"), a_charge(1_000, f"c-{n:06}"))
    first = house.night()
    house.tell(a_card("c-000007", at="2026-02-02T00:35:00+03:00"))
    house.work()
    asked: list[str] = []
    query = house.store.query

    def counted(table: str, pk: str, **how: Any) -> Page:
        asked.extend([pk] if table == "journal" else [])
        return query(table, pk, **how)

    house.store.query = counted  # type: ignore[method-assign]
    for _ in range(3):
        house.hear()
        house.wait(minutes=10).sweep()

    report = house.report()
    assert (first["report"], first["waiting"]["act"], first["documents"]["act"]) == (1, [1, 1_000], [19, 19_000])
    assert (report["report"], report["waiting"], report["documents"]["act"]) == (2, {}, [20, 20_000])
    assert asked == ["c-000007"]


def test_a_count_that_says_nothing_new_makes_no_letter_and_no_report():
    """Close the account by name again: the run is counted once more, with the same result."""
    house = a_house()
    house.night()
    run = house.store.get("control", "runs", "2026-01")
    house.store.tx([Write("control", "runs", "2026-01", {**run.row, "state": "running"}, run.version)])

    house.wait(minutes=10).sweep()

    assert house.store.get("control", "runs", "2026-01").row["state"] == "done"
    assert house.report()["report"] == 1
    assert len(house.letters(house.outside.settings.accountant_address)) == 1


def test_a_count_costs_three_calls_an_account():
    """A million accounts rest on it: a journal page, the documents, the letters, and a share of the page's calls."""
    house = clients(190)
    calls = house.store.calls

    assert end_run(JANUARY, house.outside, until=house.until)

    fixed = 60  # the run, the work of four shards, sixteen shards to add up, the series, the report
    assert (house.store.calls - calls - fixed) / 190 < 3.1


def test_the_letter_of_a_mixed_month_adds_up_by_hand():
    """Paid, unpaid, an individual's, one without requisites, one set aside, one that gets money back in February."""
    untaxed = {"vat": "none"}
    nobody = {"class": "CARD_IND", "payer": None}
    house = House(
        a_card(), a_payment(400_000), a_charge(550_000),
        a_card("c-000002"), a_payment(100_000, "c-000002", **nobody), a_charge(70_000, "c-000002"),
        a_card("c-000003", payers=[{**ROMASHKA, "address": ""}]), a_payment(400_000, "c-000003"),
        a_charge(400_000, "c-000003"),
        a_card("c-000004"), a_payment(90_000, "c-000004"), a_charge(80_000, "c-000004", key="late", **untaxed),
        a_card("c-000005", payers=[ROMASHKA]),
        *[a_payment(1_000, "c-000005", payer={"inn": inn}) for inn in _inns(6)], a_charge(6_000, "c-000005"),
    )  # fmt: skip
    january = house.night()
    house.at("2026-02-10 13:00")
    house.tell(
        {"kind": "reversal", "key": "back", "account": "c-000004", "charge": "late", "amount": 30_000,
         "at": "2026-02-10T12:00:00+03:00"},
        a_payment(150_000, at="2026-02-10T12:00:00+03:00"),
    )  # fmt: skip
    house.night(FEBRUARY)

    letters = [letter.text for letter in house.letters(house.outside.settings.accountant_address)]

    assert [letter.count("Сходится") for letter in letters] == [1, 1]
    for text in letters:
        for section in (section for section in SECTIONS if f"\n{section}" in text):
            rows, total = columns(text, section)
            assert [sum(column) for column in zip(*rows, strict=True)] == total or not rows, section
        rows, total = columns(text, "АКТЫ")
        assert [sum(row[:-1]) for row in (*rows, total)] == [row[-1] for row in (*rows, total)]
    first, second = letters
    rows, total = columns(first, "СПИСАНО И ОПЛАЧЕНО")
    assert [row[0] for row in rows] == [0, 1_100_000, 0, 0, -950_000]
    assert total == [150_000]
    assert "на них списано 60,00 ₽, поступило 60,00 ₽" in first.replace(NBSP, " ")
    assert (january["parked_count"], january["waiting"]["act"]) == (1, [1, 400_000])
    carried = f"— c-000004, ИНН {ROMASHKA['inn']}, с февраля 2026 г.: −300,00 ₽"
    assert carried in second.replace(NBSP, " ")


def test_numbers_are_counted_whatever_they_look_like():
    house = House(seller=False)
    house.tell({**seller_card(), "number_format": "{n}/26"})
    for n in range(1, 18):
        house.tell(a_card(f"c-{n:06}"), a_payment(1_000, f"c-{n:06}"), a_charge(1_000, f"c-{n:06}"))

    report = house.night()

    assert report["series"]["act.2026"] == {"last": 17, "missing": []}
    assert {d.number for d in house.documents("c-000017", "act")} <= {f"{n}/26" for n in range(1, 18)}
    assert "ряд act.2026: 1–17, все на месте" in house.letters(house.outside.settings.accountant_address)[0].text


def test_a_number_whose_document_is_not_there_is_missed():
    house = clients_with_cards(4)
    (act,) = house.documents("c-000002", "act")
    stored = house.store.get("documents", "c-000002", act.id)
    row = {**stored.row, "ordinal": 99}
    house.store.tx([Write("documents", "c-000002", act.id, row, stored.version)])

    report = house.night()

    assert report["series"]["act.2026"] == {"last": 4, "missing": [[act.ordinal, act.ordinal]]}
    assert not report["holds"]


def clients_with_cards(count: int) -> House:
    house = House()
    for n in range(1, count + 1):
        house.tell(a_card(f"c-{n:06}"), a_payment(1_000, f"c-{n:06}"), a_charge(1_000, f"c-{n:06}"))
    house.at("2026-02-02 00:30").close()
    return house


def test_a_paper_that_took_its_number_after_one_of_a_later_date_is_told():
    """The second client has no address until March, so its act of 1 February is numbered after those of 1 March."""
    house = House(a_card(), a_card("c-000002", payers=[{**ROMASHKA, "address": ""}]))
    for account in (ACCOUNT, "c-000002"):
        house.tell(a_payment(5_000, account), a_charge(1_000, account))
    house.night()
    house.at("2026-02-10 13:00").tell(a_charge(1_000, at="2026-02-10T12:00:00+03:00"))
    house.night(FEBRUARY)
    house.at("2026-03-05 13:00").tell(a_card("c-000002", at="2026-03-05T10:00:00+03:00"))
    house.work()
    for _ in range(3):
        house.hear()
        house.wait(minutes=10).sweep()

    report = house.report()
    assert (report["late"], report["late_count"]) == ([["c-000002", "3", "2026-02-01 2026-03-01"]], 1)
    assert "№ 3 от 01.02.2026 выпущен после документа от 01.03.2026" in house.letters(
        house.outside.settings.accountant_address
    )[-1].text.replace(NBSP, " ")


# --- preview -----------------------------------------------------------------------------------------------------


def test_a_preview_says_what_the_night_will_make_and_writes_nothing():
    house = a_house()
    before = house.everything()

    said = preview(JANUARY, house.outside, until=house.until)

    assert house.everything() == before
    assert (said["accounts"], said["complete"], said["differences"]) == (1, True, [])
    assert [(d["id"].split(".")[1], d["total"]) for d in said["documents"]] == [
        ("act", "4500.00"),
        ("invoice", "5500.00"),
    ]
    house.night()
    assert [d.id for d in house.documents()] == [d["id"] for d in said["documents"]]


def test_a_preview_of_a_closed_month_tells_it_again_from_the_journal_and_finds_no_difference():
    house = a_house()
    house.night()
    house.tell(a_payment(100_000, at="2026-02-02T00:40:00+03:00"), a_charge(50_000, at="2026-02-02T00:50:00+03:00"))
    house.night(FEBRUARY)

    said = preview(JANUARY, house.outside, until=house.until)

    assert (said["differences"], said["documents"][0]["total"]) == ([], "4500.00")


def test_a_preview_of_a_closed_month_does_not_report_what_is_only_todays_card():
    """The client has since changed its name and declined invoices, and the company has another director."""
    house = a_house()
    house.night()
    card = {"payers": [{**ROMASHKA, "name": "ООО «Ромашка плюс»"}], "invoice_policy": "none"}
    house.at("2026-02-10 12:00").tell(a_card(at="2026-02-10T12:00:00+03:00", **card))
    ours = seller_card()
    ours["requisites"][0]["director"] = {"position": "Директор", "name": "Новикова Н. Н."}
    house.tell({**ours, "key": "seller:2", "at": "2026-02-10T12:00:00+03:00"})

    said = preview(JANUARY, house.outside, until=house.until)

    assert said["differences"] == []
    assert [(d["id"].split(".")[1], d["total"]) for d in said["documents"]] == [("act", "4500.00")]


def test_a_preview_of_a_closed_month_says_what_the_journal_says_differently():
    """The stored act differs from the journal's: in its sum, or by a payer who has paid nothing."""
    house = a_house()
    house.night()
    (act,) = house.documents(kind="act")
    stored = house.store.get("documents", ACCOUNT, act.id)
    content = {**stored.row["content"], "total": 440_000}
    strange = f"2026-01.act.{VASILYOK['inn']}.0"
    house.store.tx(
        [
            Write("documents", ACCOUNT, act.id, {**stored.row, "content": content}, stored.version),
            Write("documents", ACCOUNT, strange, stored.row, 0),
        ]
    )

    said = preview(JANUARY, house.outside, until=house.until)

    assert said["differences"] == [
        f"{ACCOUNT}: {act.id} выпущен на другую сумму",
        f"{ACCOUNT}: {strange} выпущен, а по журналу не нужен",
    ]


def test_a_preview_of_a_closed_month_goes_by_the_policy_and_the_payer_it_was_closed_with():
    """Postpaid then and for the first payer; the card has since become prepaid, and then named another first."""
    both, pairs = [ROMASHKA, VASILYOK], {"invoice_policy": "act_pair"}
    house = House(a_card(policy="postpaid", payers=both, **pairs), a_charge(500_000))
    house.night()
    differences = []

    for day, policy, payers in (("10", "prepaid", both), ("11", "postpaid", both[::-1])):
        house.at(f"2026-02-{day} 13:00")
        house.tell(a_card(at=f"2026-02-{day}T12:00:00+03:00", policy=policy, payers=payers, **pairs))
        differences += preview(JANUARY, house.outside, until=house.until)["differences"]

    assert differences == []


def test_a_preview_says_what_will_wait_for_requisites_and_what_will_be_parked():
    payers = [ROMASHKA, VASILYOK]
    house = House(
        a_card(payers=[{**ROMASHKA, "address": ""}]),
        a_payment(1_000),
        a_charge(1_000),
        a_card("c-000002", payers=payers),
        *[a_payment(1_000, "c-000002", payer={"inn": inn}) for inn in _inns(6)],
        a_charge(6_000, "c-000002"),
    )

    said = preview(JANUARY, house.outside, until=house.until)

    assert said["documents"][0]["problems"] == ["плательщик: адрес не указан"]
    assert said["differences"] == ["c-000002: будет отложен: актов в месяце 6, больше 5"]


def test_a_preview_of_named_accounts_reads_only_them():
    house = House(a_payment(1_000), a_charge(1_000), a_payment(2_000, "c-000002"), a_charge(2_000, "c-000002"))

    said = preview(JANUARY, house.outside, until=house.until, accounts=["c-000002", "nobody"])

    assert (said["accounts"], said["total"]) == (1, "20.00")


def test_a_preview_out_of_time_says_that_it_is_not_whole():
    house = a_house()

    said = preview(JANUARY, house.outside, until=house.now)

    assert (said["complete"], said["accounts"]) == (False, 0)


def test_an_account_opened_later_is_not_of_the_month():
    house = House(a_payment(1_000, at="2026-02-01T12:00:00+03:00"))

    assert preview(JANUARY, house.outside, until=house.until)["documents"] == []


def _inns(count: int) -> list[str]:
    return [company_inn(500 + n) for n in range(count)]


def test_the_letters_of_an_account_are_one_call_of_its_report_and_none_where_there_are_none():
    """Of two accounts the first has an act and its letter; the second was closed with nothing to tell."""
    house = House(a_card(), a_payment(1_000_000), a_charge(550_000), a_card("c-000002"))
    house.tell(a_payment(100_000, "c-000002", **{"class": "BONUS", "payer": None}), a_charge(50_000, "c-000002"))
    house.at("2026-02-02 00:30").close()
    house.hear()
    asked: list[str] = []
    query = house.store.query

    def counted(table: str, pk: str, **how: Any) -> Page:
        asked.extend([pk] if table == "deliveries" else [])
        return query(table, pk, **how)

    house.store.query = counted  # type: ignore[method-assign]

    assert end_run(JANUARY, house.outside, until=house.until)
    report = house.report()
    assert report
    assert (report["closed"], report["letters"]) == (2, {"delivered": 1})
    assert asked == [ACCOUNT]
