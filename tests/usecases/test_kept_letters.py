"""Letters of an account lie in one partition: whoever asks for some of them gets those, whole, and no others."""

from __future__ import annotations

import re

import pytest

from billing.message_fields import AccountId
from billing.ports import ABSENT, Write
from billing.records_letters import (
    HEAD,
    SUPPRESSED,
    WORDS,
    Delivery,
    account_of,
    address_digest,
    delivery_row,
    key_of,
    letter_id,
    scope_of,
)
from billing.usecases import kept_letters
from billing.usecases.kept_letters import letters_by_id, letters_of, newest_letters, the_letter
from tests.usecases.house import ACCOUNT, JANUARY, House

ADDRESSES = ("anna@client.example", "boris@client.example", "vera@client.example")
ACT, INVOICE = "2026-01.act.7707083893.0", "2026-01-31.invoice.7707083893.5e884898"


def a_house(*letters: str) -> House:
    """The letters are there, each to three addresses."""
    house = House(seller=False)
    for letter in letters:
        writes = [Write("deliveries", *key_of(letter, HEAD), {"kind": "ordered_document", "documents": [ACT]}, ABSENT)]
        for address in ADDRESSES:
            row = delivery_row(Delivery(address=address, status="queued", at="2026-02-01T12:00:00Z"))
            writes.append(Write("deliveries", *key_of(letter, address_digest(address)), row, ABSENT))
        house.store.tx(writes)
    return house


def named(*scopes: str, n: int = 1, account: str = ACCOUNT) -> list[str]:
    return [letter_id(account, scope, n) for scope in scopes]


def calls(house: House) -> int:
    return house.store.calls


# --- the keys ----------------------------------------------------------------------------------------------------


def test_the_name_of_a_delivery_is_its_two_keys():
    letter = letter_id("c-000123", JANUARY, 1)

    assert letter == "c-000123_2026-01_0001"
    assert account_of(letter) == "c-000123"
    assert "_".join(key_of(letter, "9f86d081884c7d659a2f")) == "c-000123_2026-01_0001_9f86d081884c7d659a2f"


def test_no_account_has_the_sign_at_which_its_letters_names_part():
    (pattern,) = (m.pattern for m in AccountId.__metadata__)  # type: ignore[attr-defined]

    assert re.fullmatch(pattern, "c-000123")
    assert not re.fullmatch(pattern, "c_000123")
    assert not re.fullmatch(pattern, SUPPRESSED)


@pytest.mark.parametrize("document", [ACT, INVOICE, "2026-04-02.contract.7707083893"])
def test_scopes_of_documents_sort_before_those_of_other_letters(document):
    assert scope_of(document) < WORDS < f"confirm-{address_digest(ADDRESSES[0])}"


# --- of a month, of a document -----------------------------------------------------------------------------------


def test_the_letters_about_a_month_are_not_those_about_its_documents():
    months, others = ["2026-01"], [scope_of(ACT), scope_of(INVOICE), "2026-02", "2025-12"]
    house = a_house(*named(*months, *others), *named("2026-01", account="c-000002"))

    assert [letter.id for letter in letters_of(ACCOUNT, JANUARY, house.outside)] == named("2026-01")
    assert [letter.id for letter in letters_of(ACCOUNT, scope_of(ACT), house.outside)] == named(scope_of(ACT))


def test_they_come_in_the_order_of_their_numbers():
    house = a_house(*(letter_id(ACCOUNT, JANUARY, n) for n in (10, 2, 1, 11)))

    assert [letter.number for letter in letters_of(ACCOUNT, JANUARY, house.outside)] == [1, 2, 10, 11]


def test_they_are_one_call_and_more_only_when_they_are_many():
    house = a_house(*(letter_id(ACCOUNT, JANUARY, n) for n in range(1, 26)))
    before = calls(house)
    assert len(letters_of(ACCOUNT, JANUARY, house.outside)) == 25
    assert calls(house) == before + 1

    house = a_house(*(letter_id(ACCOUNT, JANUARY, n) for n in range(1, 28)))
    letters = letters_of(ACCOUNT, JANUARY, house.outside)
    assert [(letter.number, len(letter.deliveries)) for letter in letters] == [(n, 3) for n in range(1, 28)]


def test_a_letter_is_read_with_its_head_and_all_its_addresses_and_without_its_neighbours():
    house = a_house(*(letter_id(ACCOUNT, JANUARY, n) for n in (1, 2, 10, 1000, 10_000)))

    for n in (1, 1000, 10_000):
        letter = the_letter(letter_id(ACCOUNT, JANUARY, n), house.outside)
        assert (letter.number, letter.documents) == (n, (ACT,))
        assert {d.address for d in letter.deliveries.values()} == set(ADDRESSES)


# --- of a page ---------------------------------------------------------------------------------------------------

DAYS = [f"2026-01-{day:02}-invoice-7707083893-5e884898" for day in range(1, 31)]


def test_the_letters_of_a_page_are_one_call():
    house = a_house(*named(*DAYS, "2026-01"))
    wanted, before = set(named(*DAYS[5:20], "2026-01")), calls(house)

    assert set(letters_by_id(wanted, house.outside)) == wanted
    assert calls(house) == before + 1


def test_a_page_without_letters_asks_nothing():
    house = a_house()
    before = calls(house)

    assert (letters_by_id([], house.outside), calls(house)) == ({}, before)


def test_a_letter_that_is_not_there_is_left_out():
    house = a_house(*named(DAYS[0], DAYS[2]))

    assert set(letters_by_id(named(*DAYS[:4]), house.outside)) == set(named(DAYS[0], DAYS[2]))


@pytest.mark.parametrize("together", [4, 5, 7, 8, 500])
@pytest.mark.parametrize("bound", [0, 9, 40, 2_000])
def test_however_few_rows_a_call_brings_each_letter_comes_whole(together, bound, monkeypatch: pytest.MonkeyPatch):
    """Every third is wanted; those in between are many."""
    monkeypatch.setattr(kept_letters, "TOGETHER", together)
    monkeypatch.setattr(kept_letters, "TOGETHER_MAX", bound)
    house = a_house(*named(*DAYS))
    wanted = named(*DAYS[1::3])

    found = letters_by_id(wanted, house.outside)

    assert list(found) == wanted
    assert all(letter.head and len(letter.deliveries) == 3 for letter in found.values())


def test_when_very_many_lie_between_the_rest_is_read_letter_by_letter(monkeypatch: pytest.MonkeyPatch):
    """Sixty rows are read together: the first fifteen letters. Of the three wanted behind them each is one call."""
    monkeypatch.setattr(kept_letters, "TOGETHER", 60)
    monkeypatch.setattr(kept_letters, "TOGETHER_MAX", 60)
    house = a_house(*named(*DAYS))
    wanted, before = named(DAYS[0], DAYS[20], DAYS[25], DAYS[29]), calls(house)

    assert list(letters_by_id(wanted, house.outside)) == wanted
    assert calls(house) == before + 1 + 3


# --- the newest --------------------------------------------------------------------------------------------------


def test_the_newest_letters_are_those_about_the_newest_months_and_documents(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept_letters, "NEWEST_MAX", 8)
    about = ["2025-12", DAYS[29], "2026-01"]
    house = a_house(*named(*about, f"confirm-{address_digest(ADDRESSES[0])}-2026-02-01"))

    assert [letter.id for letter in newest_letters(ACCOUNT, house.outside)] == named("2026-01", DAYS[29])
