"""What an answer costs: calls of the store, one after another, are most of a caller's wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from billing import wiring
from tests.api.asking import TOKENS, Answered, Browser, a_token
from tests.usecases.house import ACCOUNT, FEBRUARY, ROMASHKA, House
from tests.usecases.large import A_DAY, a_large_house

ACT = f"2026-01.act.{ROMASHKA['inn']}.0"
KEY = {"Idempotency-Key": "again-0001"}


def _calls(house: House, ask: Callable[[], Answered]) -> int:
    before = house.store.calls
    assert ask().status == 200
    return house.store.calls - before


@pytest.fixture(params=[100, 100_000])
def large(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    house = a_large_house(request.param)
    wiring.install(house.outside, TOKENS)
    yield house
    wiring.install(None)


def test_a_page_of_a_hundred_documents_with_a_hundred_letters_is_two_calls(large: House) -> None:
    browser = Browser(large, token=a_token(large))

    assert _calls(large, lambda: browser.get("/documents", query={"limit": 100})) == 2

    found = browser.get("/documents", query={"limit": 100}).json["documents"]
    assert [d["letter"] for d in found] == ["delivered"] * 100
    assert len({d["id"][:10] for d in found}) >= 100 // A_DAY


def test_a_document_with_its_letters_is_three_calls(house: House, administrator: Browser) -> None:
    administrator.post(f"/documents/{ACT}/letters", json_body={"addresses": []}, headers=KEY)

    assert _calls(house, lambda: administrator.get(f"/documents/{ACT}")) == 3

    letters = administrator.get(f"/documents/{ACT}").json["letters"]
    assert [(x["letter"], x["status"]) for x in letters] == [
        (f"{ACCOUNT}_2026-01_0001", "delivered"),
        (f"{ACCOUNT}_2026-01-act-{ROMASHKA['inn']}-0_0001", "queued"),
    ]


def test_a_run_more_on_the_first_page_of_our_own_people_is_one_call_more(house: House) -> None:
    def opened() -> Answered:
        operator = Browser(house, token=a_token(house, role="operator", account=None))
        return operator.get("/", headers={"Accept": "text/html"})

    before = _calls(house, opened)
    house.night(FEBRUARY)

    assert _calls(house, opened) == before + 1, "who is set aside; reports are read at once"


def test_the_settings_with_the_last_letters_are_at_most_five_calls(house: House, administrator: Browser) -> None:
    administrator.post(f"/documents/{ACT}/letters", json_body={"addresses": []}, headers=KEY)

    assert _calls(house, lambda: administrator.get("/notifications")) <= 5
