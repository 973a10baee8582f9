"""What our accountant is told of the campaign: each change once, with what is left for a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from billing.domain.edo_boxes import Partnership
from billing.domain.edo_reasons import Reason
from billing.domain.edo_standing import Standing
from billing.domain.periods import Month
from billing.ports import ABSENT, StaleError, Write
from billing.ports_edo import CounterpartyEvent
from billing.records_edo import BOXES, Counterparty
from billing.usecases.edo.counterparties import change, write_of
from billing.usecases.edo.exchange import exchanged_with
from billing.usecases.edo.inviting.campaign_report import tell_invitations
from billing.usecases.edo.relations import read_changes
from local.company.client import a_company
from tests.edo.house import EdoHouse
from tests.edo.test_invitations import campaign, paying
from tests.usecases.house import ROMASHKA, VASILYOK, a_card, a_charge, a_payment

FEBRUARY = Month(2026, 2)


def letters(house: EdoHouse) -> list[str]:
    """Subjects and texts of the letters to the accountant, with plain blanks."""
    found = house.letters(house.outside.settings.accountant_address)
    return [f"{letter.subject}\n{letter.text}".replace("\u00a0", " ") for letter in found]


def test_a_day_with_news_ends_with_a_letter_and_a_day_without_does_not():
    house = EdoHouse(*paying(ROMASHKA, VASILYOK))
    box = house.client(ROMASHKA)

    assert campaign(house).report == "invitations.2026-02.001"
    house.wait(hours=1).accepts(box)
    assert campaign(house.at("2026-02-21 10:00")).report == "invitations.2026-02.003"
    assert campaign(house.at("2026-02-22 10:00")).report == ""

    first, second, third = letters(house)
    assert first == (
        "Приглашения в Диадок, февраль 2026 г.: приглашены 2\n"
        "Приглашения в Диадок, февраль 2026 г.\n"
        "20 февраля 2026 г.\n"
        "\n"
        "Обмен установлен: 0\n"
        "Плательщиков: 2\n"
        "\n"
        "ПРИГЛАШЕНЫ: 2\n"
        "— АО «Василёк», ИНН 9999003021, с 20.02.2026\n"
        "— ООО «Ромашка», ИНН 9999003014, с 20.02.2026\n"
    )
    assert second.startswith("Приглашения в Диадок, февраль 2026 г.: нужен человек 1\n")
    assert third == (
        "Приглашения в Диадок, февраль 2026 г.: приняли приглашение 1\n"
        "Приглашения в Диадок, февраль 2026 г.\n"
        "21 февраля 2026 г.\n"
        "\n"
        "Обмен установлен: 1\n"
        "Плательщиков: 2\n"
        "\n"
        "НУЖЕН ЧЕЛОВЕК: 1\n"
        "— АО «Василёк», ИНН 9999003021: оператор не смог отправить приглашение\n"
        "  Нельзя пригласить контрагента с ИНН = 9999003021\n"
        "  Прочитайте ответ оператора рядом.\n"
        "\n"
        "ПРИНЯЛИ ПРИГЛАШЕНИЕ: 1\n"
        "— ООО «Ромашка», ИНН 9999003014, с 20.02.2026\n"
    )


def test_who_accepts_between_two_campaigns_is_told_of_in_the_next():
    house = EdoHouse(*paying(ROMASHKA))
    box = house.client()
    campaign(house)
    campaign(house.at("2026-02-21 10:00"))
    house.at("2026-02-26 10:00").accepts(box)

    assert read_changes(house.outside, house.edo, until=house.until)  # as a day of sending reads them
    campaign(house.at("2026-03-20 10:00"))

    assert house.counterparty().since.isoformat() == "2026-02-26"  # type: ignore[union-attr]
    assert "приняли приглашение 1" in letters(house)[-1]


def test_a_change_that_cannot_be_written_is_read_again(monkeypatch):
    """Others write the row of the box at every moment; when they have done, the feed still tells of the change."""
    house = EdoHouse(*paying(ROMASHKA))
    box = house.client()
    campaign(house)
    house.at("2026-02-21 10:00").accepts(box)

    with monkeypatch.context() as others:
        tx = house.store.tx
        others.setattr(house.store, "tx", lambda writes: _taken(writes) or tx(writes))
        with pytest.raises(StaleError):
            read_changes(house.outside, house.edo, until=house.until)
    assert read_changes(house.outside, house.edo, until=house.until)

    assert house.counterparty().standing is Standing.ACCEPTED  # type: ignore[union-attr]


def _taken(writes: Sequence[Write]) -> None:
    if any(write.pk == BOXES for write in writes):
        raise StaleError([0])


class TwoPages:
    """The operator's feed as two pages: a full one, and one event after it."""

    def __init__(self, *events: CounterpartyEvent) -> None:
        self.events = events

    def counterparty_events(self, after: str = "", *, since: datetime | None = None) -> Sequence[CounterpartyEvent]:
        keys = [event.key for event in self.events]
        begin = keys.index(after) + 1 if after else 0
        return self.events[begin : begin + 100]


def test_a_full_page_that_is_known_already_does_not_end_the_feed():
    """The cursor is lost, and a hundred known changes lie before one that is not."""
    house = EdoHouse(*paying(ROMASHKA))
    box = house.client()
    campaign(house)
    old = [
        CounterpartyEvent(id=f"e{n}", key=f"k{n:03}", box=f"other-{n}", partnership=Partnership.PARTNERS, at=None)
        for n in range(100)
    ]
    new = CounterpartyEvent(id="new", key="k100", box=box, partnership=Partnership.PARTNERS, at=None)
    assert read_changes(house.outside, replace(house.edo, edo=TwoPages(*old)), until=house.until)  # type: ignore[arg-type]
    (cursor,) = [s for s in house.store.rows("control") if (s.pk, s.sk) == ("edo.cursors", "counterparties")]
    house.store.tx([Write("control", cursor.pk, cursor.sk, {**cursor.row, "cursor": ""}, cursor.version)])

    assert read_changes(house.outside, replace(house.edo, edo=TwoPages(*old, new)), until=house.until)  # type: ignore[arg-type]

    assert house.counterparty().standing is Standing.ACCEPTED  # type: ignore[union-attr]


def test_those_who_are_waited_for_stand_with_the_day_of_their_invitation():
    house = EdoHouse(*paying(ROMASHKA))
    house.client()
    campaign(house)
    house.at("2026-03-20 10:00").tell(*({**m, "account": "c-000002"} for m in paying(VASILYOK)))
    campaign(house)
    house.tell(a_card("c-000003", payers=[a_company(41, "ООО «Пион»")], at="2026-03-20T11:00:00+03:00"))
    payer = {"inn": a_company(41, "ООО «Пион»")["inn"]}
    house.tell(a_payment(1_000, "c-000003", payer=payer, at="2026-03-20T11:00:00+03:00"))

    campaign(house.at("2026-03-21 10:00"))

    assert "ЖДЁМ ОТВЕТА: 1\n— ООО «Ромашка», ИНН 9999003014, с 20.02.2026\n" in letters(house)[-1]


def test_a_hundred_thousand_payers_are_counted_page_by_page_and_the_row_stays_small():
    """Four hundred of them stand for all: what is kept between two pages does not grow with their number."""
    house = EdoHouse()
    for n in range(400):
        payer = Counterparty(inn=f"{n:010}", name="Ф" * 1_000, accounts=("c-1",), detail="Ы" * 2_000)
        payer = replace(payer, reason=Reason.SEVERAL_BOXES, standing=Standing.PERSON, standing_at="2026-02-20")
        house.store.tx([write_of(payer, ABSENT)])

    calls = house.store.calls
    assert tell_invitations(FEBRUARY, house.outside, until=house.now) == ""  # no time for a single page
    kept = house.store.get("control", "edo.telling", "invitations")
    assert kept
    name = tell_invitations(FEBRUARY, house.outside, until=house.until)

    stored = house.store.get("control", "edo.reports", name)
    assert stored
    (section,) = stored.row["sections"]
    assert (section["count"], section["fresh"], len(section["lines"])) == (400, 400, 50)
    assert len(json.dumps(stored.row, ensure_ascii=False).encode()) < 60_000
    assert house.store.calls - calls < 20
    house.work()
    assert "и ещё 360" in letters(house)[0]


def test_what_another_worker_writes_by_a_slow_clock_is_told_of_next_time():
    house = EdoHouse(*paying(ROMASHKA))
    house.client()
    campaign(house)
    slow = replace(house.counterparty(), standing=Standing.REMINDED, standing_at="2026-02-20T06:00:00Z")
    change(slow.inn, slow.kpp, house.outside, lambda payer: replace(slow, told=payer.told))

    names = [tell_invitations(FEBRUARY, house.outside, until=house.until) for _ in range(2)]

    stored = house.store.get("control", "edo.reports", names[0])
    assert stored
    assert [(s["name"], s["fresh"]) for s in stored.row["sections"]] == [("reminded", 1)]
    assert names[1] == ""


def test_a_count_that_is_cut_off_goes_on_where_it_was():
    house = EdoHouse()
    for n in range(250):
        payer = Counterparty(inn=f"{n:010}", name=f"ООО {n}", accounts=("c-1",), standing=Standing.INVITED)
        house.store.tx([write_of(replace(payer, standing_at="2026-02-20"), ABSENT)])
    query, told = house.store.query, []

    def slow(*args, **named):
        house.now += timedelta(seconds=30)
        return query(*args, **named)

    house.store.query = slow  # type: ignore[method-assign]
    while not told:
        if name := tell_invitations(FEBRUARY, house.outside, until=house.now + timedelta(seconds=20)):
            told.append(name)

    stored = house.store.get("control", "edo.reports", told[0])
    assert stored
    assert [(s["name"], s["count"]) for s in stored.row["sections"]] == [("invited", 250)]


def test_the_letter_with_closing_documents_says_whether_the_exchange_is_established():
    told = [a_card(), a_payment(550_000), a_charge(550_000)]
    house = EdoHouse(*told, at="2026-02-01 12:00")
    house.night()
    box = house.client()

    (letter,) = house.letters("c-000001@client.example")
    assert "Чтобы получать подписанные оригиналы, примите наше приглашение" in letter.text.replace("\u00a0", " ")
    campaign(house.at("2026-02-20 10:00"))
    assert exchanged_with(house.documents(), house.outside) is False
    house.wait(minutes=5).accepts(box)
    campaign(house.at("2026-02-21 10:00"))
    assert exchanged_with(house.documents(), house.outside) is True
    house.set_policy(None)
    assert exchanged_with(house.documents(), house.outside) is None
