"""The list for a person."""

from __future__ import annotations

from typing import Any

from billing.domain.edo_reasons import Reason
from billing.usecases.edo.attention import no_person, of_document, of_payer, people, people_page, want_person
from billing.usecases.track_edo import track_edo
from tests.edo.house import EdoHouse
from tests.usecases.house import House

SUBJECT = of_payer("9999003014", "999901001")


def test_a_line_keeps_its_day_while_its_reason_stays():
    house = House(at="2026-02-20 10:00")

    want_person(SUBJECT, Reason.SEVERAL_BOXES, house.outside, inn="9999003014")
    house.at("2026-02-21 10:00")
    want_person(SUBJECT, Reason.SEVERAL_BOXES, house.outside, inn="9999003014", detail="два ящика")

    (line,) = people(house.outside)
    assert line.since.startswith("2026-02-20T07:00")
    assert line.detail == "два ящика"


def test_another_reason_begins_a_line_anew():
    house = House(at="2026-02-20 10:00")
    want_person(SUBJECT, Reason.SEVERAL_BOXES, house.outside)

    house.at("2026-02-21 10:00")
    want_person(SUBJECT, Reason.REFUSED_BY_THEM, house.outside, detail="не работаем с ЭДО")

    (line,) = people(house.outside)
    assert (line.reason, line.since[:10]) == (Reason.REFUSED_BY_THEM, "2026-02-21")


def test_saying_the_same_twice_writes_once():
    house = House()
    want_person(SUBJECT, Reason.SEVERAL_BOXES, house.outside)
    written = house.store.write_units

    want_person(SUBJECT, Reason.SEVERAL_BOXES, house.outside)
    no_person(of_document("c-000001", "2026-01.act.9999003014.0"), house.outside)

    assert house.store.write_units == written


def test_a_line_goes_when_its_cause_has():
    house = House()
    want_person(SUBJECT, Reason.SEVERAL_BOXES, house.outside)

    no_person(SUBJECT, house.outside)

    assert people(house.outside) == ()


def test_the_list_is_read_by_pages():
    house = House()
    for n in range(250):
        want_person(f"payer.{n:03}.", Reason.SEVERAL_BOXES, house.outside)

    first, cursor = people_page(house.outside, limit=100)

    assert (len(first), cursor) == (100, "payer.099.")
    assert [line.subject for line in people(house.outside)] == [f"payer.{n:03}." for n in range(250)]


def test_a_run_counts_the_list_for_its_metric_by_one_page_however_long_it_is():
    house = EdoHouse()
    for n in range(250):
        want_person(f"payer.{n:03}.", Reason.SEVERAL_BOXES, house.outside)
    read: list[str] = []
    query = house.store.query

    def noted(table: str, pk: str, **how: Any) -> Any:
        read.append(pk)
        return query(table, pk, **how)

    house.store.query = noted  # type: ignore[method-assign]
    track_edo(house.outside, house.edo, until=house.until)

    assert read.count("edo.people") == 1
    assert house.metrics.counts["EdoPeople"] == 100
