"""Corrections of what is long ago: the same answer as by the whole journal, and not by reading it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from billing import records
from billing.domain.corrections import target_of
from billing.usecases import corrected
from billing.usecases.corrected import target_at
from tests.usecases.house import ACCOUNT, House, a_card
from tests.usecases.lives import Life, steps
from tests.usecases.overlong import charge, lay, payment


@given(told=steps)
@settings(max_examples=60, deadline=None)
def test_what_is_passed_over_concerns_nobody(told):
    """In any life, for each of its payments and charges."""
    life = Life().live(told)
    stored = life.store.get("accounts", ACCOUNT)
    if not stored:
        return
    account, entries = records.account_of(ACCOUNT, stored.row), life.journal

    for i, entry in enumerate(entries):
        if entry.kind in ("payment", "charge"):
            whole, found = target_of(entries[i:]), target_at(life.store, account, entry.seq)
            assert replace(found, services={}) == replace(whole, services={}), entry.key
            lines = {a.line for a in found.live} & found.services.keys() & whole.services.keys()
            assert {found.services[line] for line in lines} == {whole.services[line] for line in lines}


def a_house_with(entries: int) -> tuple[House, str]:
    house = House(a_card(), at="2026-02-01 12:00")
    first = charge(0, date(2026, 1, 12), 10_00)
    rest = (charge(i, date(2026, 1, 12), 1_00) for i in range(1, entries))
    lay(house.outside.store, [payment(1, date(2026, 1, 11), 10_00 + entries * 1_00), first, *rest])
    return house, first.key


def reversal(n: int, key: str, amount: int = 1_00) -> dict[str, object]:
    at = "2026-01-31T12:00:00+03:00"
    return {"kind": "reversal", "key": f"reversal:{n}", "account": ACCOUNT, "at": at, "charge": key, "amount": amount}


def calls_of_a_reversal(entries: int) -> tuple[int, int]:
    """Calls of the store, and rows of the journal that were read."""
    house, first = a_house_with(entries)
    assert house.tell(reversal(1, first))[0].outcome == "posted"
    before, rows, query = house.store.calls, [0], house.store.query

    def counted(table, pk, **how):
        page = query(table, pk, **how)
        rows[0] += len(page.rows) if table == "journal" else 0
        return page

    house.store.query = counted  # type: ignore[method-assign]
    assert house.tell(reversal(2, first))[0].outcome == "posted"
    return house.store.calls - before, rows[0]


def test_a_reversal_of_the_first_charge_reads_as_much_whatever_came_after_it():
    assert calls_of_a_reversal(60) == calls_of_a_reversal(2_000) == (7, 23)


def test_hundreds_of_corrections_are_a_chain_that_is_read_by_its_links():
    house, first = a_house_with(300)
    outcomes = {house.tell(reversal(n, first, 1))[0].outcome for n in range(150)}
    before = house.store.calls

    assert house.tell(reversal(999, first))[0].outcome == "posted"

    assert outcomes == {"posted"}
    assert house.store.calls - before < 170


def test_what_has_come_to_be_too_much_is_refused_with_a_reason(monkeypatch: pytest.MonkeyPatch):
    """Thousands of charges have spent the payment, and each of them concerns it."""
    monkeypatch.setattr(corrected, "ENTRIES_MAX", 100)
    house, _ = a_house_with(300)
    refund = {**reversal(1, ""), "kind": "refund", "payment": payment(1, date(2026, 1, 11), 1).key}
    del refund["charge"]

    (taken,) = house.tell(refund)

    assert taken.outcome == "refused"
    assert "исправьте её частями" in taken.reason
    assert house.refused() == [taken.reason]
