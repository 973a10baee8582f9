"""Reminders to the client of delivered, unsigned documents, and the list of them for our accountant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from billing.domain.edo_sending import Schedule, SendingSettings
from billing.usecases.edo.views import unsigned_of
from tests.edo.house import POLICY
from tests.edo.quarter import ACTS, QuarterHouse, a_quarter
from tests.usecases.house import ACCOUNT, a_card


def delivered(**sending: Any) -> QuarterHouse:
    """Deliver the three acts on 2 April; no letter about them is written yet."""
    settings = SendingSettings(schedule=Schedule.QUARTERLY, **sending)
    house = QuarterHouse(a_card(), *a_quarter(), policy=replace(POLICY, sending=settings))
    house.partner()
    house.send("2026-04-02 04:00")
    house.track(minutes=5)
    house.work()
    house.mailer.letters.clear()
    return house


def signs(house: QuarterHouse, n: int) -> None:
    document = house.at_the_operator()[n]
    house.diadoc.recipient_signs(message_id=document["message_id"], entity_id=document["entity_id"])
    house.track(minutes=5)


def reminders(house: QuarterHouse) -> list[Any]:
    house.work()
    return [letter for letter in house.letters() if "ждут вашей подписи" in letter.subject]


def by_day(house: QuarterHouse, first: int, last: int) -> None:
    for day in range(first, last + 1):
        for hour in (4, 10, 16):
            house.at(f"2026-04-{day:02} {hour:02}:00").track()


def test_a_client_is_reminded_after_ten_and_after_twenty_days_of_what_it_has_not_signed():
    house = delivered()
    by_day(house, 3, 11)
    assert reminders(house) == []
    signs(house, 1)

    by_day(house, 12, 21)
    first = reminders(house)
    by_day(house, 22, 30)

    found = reminders(house)
    assert len(first) == 1
    assert len(found) == 2
    assert [letter.subject for letter in found] == [
        "Документы в Диадоке ждут вашей подписи — ООО «Ромашка»",
        "Документы в Диадоке всё ещё ждут вашей подписи — ООО «Ромашка»",
    ]
    assert "акт № 1, доставлен 02.04.2026" in found[0].text
    assert "акт № 3, доставлен 02.04.2026" in found[0].text
    assert "акт № 2" not in found[0].text


def test_whoever_has_signed_everything_is_not_written_to():
    house = delivered()
    for n in range(3):
        signs(house, n)

    by_day(house, 3, 30)

    assert reminders(house) == []


def test_by_setting_nobody_is_reminded():
    house = delivered(remind_unsigned=())

    by_day(house, 3, 30)

    assert reminders(house) == []


def test_our_accountant_has_the_list_by_age_and_a_letter_a_month():
    house = delivered()
    by_day(house, 3, 26)
    house.work()

    shown = unsigned_of(house.outside)
    to_us = house.letters(house.outside.settings.accountant_address)

    assert (shown.total, [line.document for line in shown.lines]) == (3, list(ACTS))
    assert {(line.account, line.who[:12], line.since.isoformat()) for line in shown.lines} == {
        (ACCOUNT, "ООО «Ромашка", "2026-04-02")
    }
    (letter,) = [letter for letter in to_us if letter.subject.startswith("Не подписано клиентами")]
    assert "Доставлены и не подписаны: 3".upper() in letter.text.upper()
    assert "ООО «Ромашка»: акт № 1" in letter.text
    assert house.metrics.counts["EdoUnsigned"] >= 3
