"""Sweeps run one at a time, hint at each thing once, and go on from where the last one stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from billing.domain.errors import UnavailableError
from billing.domain.periods import utc_text
from billing.ports import Write
from billing.usecases import sweep as sweeping
from billing.usecases.close_month import close_month
from billing.usecases.issue_documents import issue_documents
from billing.usecases.letters import rows_of_letter
from billing.usecases.sweep import sweep
from billing.usecases.sweep_hints import PLACE
from tests.usecases.house import JANUARY, House, a_card, a_charge, a_payment


def a_backlog(letters: int = 30) -> House:
    """Letters to two addresses each, of as many accounts, written ten minutes ago; no hint is on its way."""
    house = House(at="2026-02-02 01:00")
    at = utc_text(house.now)
    for n in range(letters):
        letter = f"c-{n:06}_2026-01_0001"
        head = {"kind": "closing_documents", "documents": [], "at": at, "month": "2026-01", "summary": "письмо"}
        house.store.tx(rows_of_letter(letter, head, [f"a{n}@client.example", f"b{n}@client.example"], at))
    return house.wait(minutes=10)


def swept(house: House) -> int:
    return sweep(house.outside, until=house.until).hints


def hinted(house: House, queue: str = "send-letter") -> list[Any]:
    return [message for name, message in house.queue.sent if name == queue]


def test_what_was_never_hinted_at_is_hinted_at_once():
    house = a_backlog()

    assert swept(house) == 60
    assert len({(m["letter"], m["address"]) for m in hinted(house)}) == 60

    for _ in range(6):
        house.wait(minutes=10)
        assert swept(house) == 0
    assert len(hinted(house)) == 60


def test_a_hint_that_was_lost_is_repeated_when_the_queue_has_run_empty():
    house = a_backlog()
    swept(house)
    house.queue.sent.clear()

    assert swept(house.wait(minutes=4)) == 0, "a queue counts itself with some delay"
    assert swept(house.wait(minutes=2)) == 60


def test_a_young_letter_is_left_to_its_own_hint():
    house = a_backlog()
    house.now -= timedelta(minutes=6)

    assert swept(house) == 0


def test_no_more_letters_are_hinted_at_than_the_day_has_room_for():
    house = a_backlog()
    house.mailer.left = 7

    assert swept(house) in (7, 8), "the addresses of a letter go together"


def test_a_mail_service_that_is_shut_gets_no_hints_and_somebody_hears_of_it():
    house = a_backlog()
    house.mailer.left = 0

    assert swept(house) == 0
    assert house.metrics.counts["LettersHeldUp"] == 1


def test_while_one_sweep_is_at_work_another_does_nothing(monkeypatch: pytest.MonkeyPatch):
    house = a_backlog()
    inner: list[int] = []
    look = house.queue.waiting

    def another_begins(name: str) -> int:
        if not inner:
            inner.append(0)
            inner[0] = swept(house)
        return look(name)

    monkeypatch.setattr(house.queue, "waiting", another_begins)

    with_another = swept(house)

    assert sorted([with_another, *inner]) == [0, 60], "whoever begins first; the other has done nothing"
    assert len(hinted(house)) == 60


def test_a_sweep_that_died_is_waited_for_until_its_moment_and_no_longer():
    house = a_backlog()
    row = {"until": utc_text(house.now + timedelta(minutes=14)), "place": ["", ""], "hinted": {}, "summary": "-"}
    house.store.tx([Write("control", *PLACE, row, 0)])

    assert swept(house.wait(minutes=10)) == 0
    assert swept(house.wait(minutes=5)) == 60


def test_a_sweep_that_failed_does_not_keep_the_next_one_waiting(monkeypatch: pytest.MonkeyPatch):
    house = a_backlog()
    send = house.queue.send

    def away(*_: Any, **__: Any) -> None:
        raise UnavailableError("the queue is away")

    monkeypatch.setattr(house.queue, "send", away)
    with pytest.raises(UnavailableError):
        swept(house)
    monkeypatch.setattr(house.queue, "send", send)

    assert swept(house.wait(minutes=6)) == 60


def test_when_time_is_up_the_next_sweep_goes_on_from_there_and_comes_round(monkeypatch: pytest.MonkeyPatch):
    """The clock runs out after two pages of three rows."""
    monkeypatch.setattr(sweeping, "PAGE", 3)
    house = a_backlog()
    seen: list[str] = []
    query = house.store.query

    def watched(table: str, pk: str, **how: Any) -> Any:
        page = query(table, pk, **how)
        if table == "work":
            seen.extend(s.sk for s in page.rows)
            house.wait(minutes=5)
        return page

    monkeypatch.setattr(house.store, "query", watched)
    monkeypatch.setattr(house.queue, "send", lambda *_, **__: None)
    for _ in range(12):
        swept(house)

    work = [s.sk for s in house.store.rows("work")]
    assert set(seen[: len(work) + 8]) == set(work), "each is seen before any is seen for the third time"
    assert len(seen) > len(work)


def test_accounts_are_not_queued_again_while_their_queue_holds_any():
    house = House(*(a_card(f"c-{n:06}") for n in range(25)), *(a_payment(100, f"c-{n:06}") for n in range(25)))
    house.at("2026-02-02 00:30")
    close_month(JANUARY, house.outside, until=house.until)
    assert len(hinted(house, "issue-documents")) == 3

    for _ in range(3):
        swept(house.wait(minutes=10))
    assert len(hinted(house, "issue-documents")) == 3

    house.queue.sent.clear()
    swept(house.wait(minutes=10))
    assert sorted(a for m in hinted(house, "issue-documents") for a in m["accounts"]) == [
        f"c-{n:06}" for n in range(25)
    ]


def test_a_look_that_finds_nothing_to_do_writes_nothing():
    house = House(a_card(), a_payment(1_000_000), a_charge(550_000)).at("2026-02-02 00:30")
    house.night()
    house.hear()
    house.sweep()
    before = house.store.write_units

    swept(house.wait(hours=1))

    assert house.store.write_units == before


def test_a_letter_that_waits_in_its_queue_costs_a_sweep_no_call_of_its_own():
    """A hundred rows of work are one page of a query."""
    house = House(a_card(), a_payment(1_000_000), a_charge(550_000)).at("2026-02-02 00:30")
    issue_documents(JANUARY, [a_card()["account"]], house.outside)
    house.wait(minutes=10)
    few = _calls(house)
    backlog = a_backlog(60)
    backlog.queue.send("send-letter", [{"letter": "somebody's", "address": "x"}])

    assert _calls(backlog) == few


def _calls(house: House) -> int:
    before = house.store.calls
    swept(house)
    return house.store.calls - before
