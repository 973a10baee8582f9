"""The engine of the акт сверки: its rules one by one, and the identities that hold for any events at all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.domain.documents import Operation, ReconciliationRow
from billing.domain.ledger import Chargeback, MoneyClass, Reclassification, Refund, Reversal
from billing.domain.reconciliation import (
    Event,
    NumberedAct,
    Paid,
    mirrored,
    money_events,
    reconcile,
    sale,
    undocumented_by,
)
from billing.domain.reconciliation_wording import operation_text
from tests.builders import OTHER_PAYER, PAYER, Story, a_charge, a_payment, rub

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


def an_act(**over) -> NumberedAct:
    """№ 45 of 1 February for 5 500 roubles."""
    return NumberedAct(**{"number": "45", "date": date(2026, 2, 1), "total": rub(5_500), "spent": rub(5_500), **over})


def told(story: Story, payer: str = PAYER, acts: tuple[NumberedAct, ...] = ()):
    return reconcile([*map(sale, acts), *money_events(story.journal, payer, {})], FIRST, LAST)


def said(rows) -> list[str]:
    return [f"{row.date:%d.%m} {text_of(row)} {row.debit // 100} {row.credit // 100}" for row in rows]


def text_of(row: ReconciliationRow) -> str:
    return operation_text(row).replace("\u00a0", " ")


def test_10_000_paid_and_an_act_for_5_500_leave_4_500_with_us():
    story = Story(a_payment(document="№ 77 от 12.01.2026"), a_charge())

    turnover = told(story, acts=(an_act(),))

    assert said(turnover.rows) == [
        "12.01 Оплата (п/п № 77) 0 10000",
        "01.02 Продажа (Акт № 45) 5500 0",
    ]
    assert (turnover.opening, turnover.debit, turnover.credit, turnover.closing) == (
        0, rub(5_500), rub(10_000), rub(-4_500))


@pytest.mark.parametrize(("commands", "rows"), [
    pytest.param([a_payment(money=MoneyClass.CARD_LE, document="")], ["12.01 Оплата картой 0 10000"],
                 id="a company's card"),
    pytest.param([a_payment(money=MoneyClass.CARD_IND, payer="")], [], id="an individual's money never enters"),
    pytest.param([a_payment(money=MoneyClass.BONUS, payer="")], [], id="bonuses never enter"),
    pytest.param([a_payment(payer=OTHER_PAYER)], [], id="another payer's money has its own act"),
    pytest.param([a_payment(key="p", document="№ 7 от 12.01.2026"),
                  Refund(key="r", day=date(2026, 1, 20), amount=rub(3_000), payment="p")],
                 ["12.01 Оплата (п/п № 7) 0 10000",
                  "20.01 Возврат оплаты (п/п № 7 от 12.01.2026) 3000 0"],
                 id="a refund is a debit"),
    pytest.param([a_payment(key="p"), a_charge(),
                  Chargeback(key="b", day=date(2026, 2, 5), amount=rub(10_000), payment="p")],
                 ["12.01 Оплата 0 10000", "05.02 Отзыв платежа банком 10000 0"], id="so is a chargeback, spent or not"),
    pytest.param([a_payment(key="p", money=MoneyClass.CARD_IND, payer=""),
                  Reclassification(key="c", day=date(2026, 3, 2), amount=0, payment="p", money=MoneyClass.CARD_LE,
                                   payer=PAYER)],
                 ["02.03 Исправление плательщика 0 10000"], id="paid as an individual by mistake, corrected in March"),
    pytest.param([a_payment(key="p"), Refund(key="r", day=date(2026, 1, 20), amount=rub(3_000), payment="p"),
                  Reclassification(key="c", day=date(2026, 3, 2), amount=0, payment="p", money=MoneyClass.BANK,
                                   payer=OTHER_PAYER)],
                 ["12.01 Оплата 0 10000", "20.01 Возврат оплаты 3000 0", "02.03 Исправление плательщика 7000 0"],
                 id="a corrected payer takes along what was not given back"),
    pytest.param([a_payment(key="p"), Reclassification(key="c", day=date(2026, 3, 2), amount=0, payment="p",
                                                       money=MoneyClass.CARD_LE, payer=PAYER)],
                 ["12.01 Оплата 0 10000"], id="the same payer's other class of money changes nothing"),
])  # fmt: skip
def test_money_makes_rows(commands, rows):
    assert said(told(Story(*commands)).rows) == rows


def test_a_refund_of_a_payment_from_before_is_named_by_it():
    story = Story(a_payment(key="p"), Refund(key="r", day=date(2026, 1, 20), amount=rub(1_000), payment="p"))
    before = {"p": Paid(document="№ 5 от 30.12.2025", money="BANK", payer=PAYER, left=rub(10_000))}

    (event,) = money_events(story.journal[1:], PAYER, before)

    assert event.row == ReconciliationRow(
        date=date(2026, 1, 20), operation=Operation.REFUND, number="5", document_date=date(2025, 12, 30),
        debit=rub(1_000))


def test_sales_of_a_day_stand_before_its_payments_and_numbers_in_their_order():
    day = date(2026, 2, 1)
    story = Story(a_payment(day=day, amount=100), a_payment(day=day, amount=200))
    acts = [an_act(number=n) for n in ("10", "9", "101")]

    rows = told(story, acts=tuple(acts)).rows

    assert [text_of(row) for row in rows] == [
        "Продажа (Акт № 9)", "Продажа (Акт № 10)", "Продажа (Акт № 101)", "Оплата", "Оплата"]
    assert [row.credit for row in rows[3:]] == [100, 200]


@pytest.mark.parametrize(("commands", "of_payer", "of_other"), [
    pytest.param([a_payment(), a_charge()], 5_500, 0, id="paid"),
    pytest.param([a_charge()], 5_500, 0, id="not paid"),
    pytest.param([a_charge(), a_payment(amount=rub(1_000))], 5_500, 0, id="paid in part, later"),
    pytest.param([a_payment(amount=rub(2_000), money=MoneyClass.CARD_IND, payer=""), a_charge()], 3_500, 0,
                 id="an individual has paid for 2 000"),
    pytest.param([a_payment(amount=rub(2_000), payer=OTHER_PAYER), a_charge()], 3_500, 2_000, id="two payers"),
    pytest.param([a_payment(), a_charge(key="c"), Reversal(key="v", day=LAST, amount=rub(500), charge="c")], 5_000, 0,
                 id="given back in part"),
    pytest.param([a_charge(key="c"), Reversal(key="v", day=LAST, amount=rub(500), charge="c")], 5_000, 0,
                 id="a debt forgiven in part"),
    pytest.param([a_payment(key="p"), a_charge(), Chargeback(key="b", day=LAST, amount=rub(10_000), payment="p")],
                 5_500, 0, id="money withdrawn: the service was served once"),
])  # fmt: skip
def test_what_is_served_counts_whoever_pays_and_when(commands, of_payer, of_other):
    journal = Story(*commands).journal

    assert sum(undocumented_by(e, PAYER, owes=True) for e in journal) == rub(of_payer)
    assert sum(undocumented_by(e, OTHER_PAYER, owes=False) for e in journal) == rub(of_other)


# --- identities --------------------------------------------------------------------------------------------------

_days = st.integers(0, 40).map(lambda n: date(2026, 1, 1) + timedelta(days=n))


@st.composite
def events(draw) -> list[Event]:
    found = []
    for n in range(draw(st.integers(0, 12))):
        day, amount = draw(_days), draw(st.integers(1, 9))
        if draw(st.booleans()):
            found.append(sale(NumberedAct(number=str(n), date=day, total=amount, spent=amount)))
        else:
            debit = draw(st.booleans())
            row = ReconciliationRow(date=day, operation=Operation.PAYMENT, number=f"{n}", debit=amount * debit,
                                    credit=amount * (not debit))
            found.append(Event(order=(day, 1, n, ""), row=row))
    return found


def by_hand(found: list[Event], first: date, last: date) -> tuple[int, int]:
    """Opening and closing, a kopeck at a time and a day at a time."""
    balance, day = 0, min([first, *(e.day for e in found)])
    opening = 0
    while day <= last:
        if day == first:
            opening = balance
        for e in found:
            if e.day == day:
                balance += e.row.debit
                balance -= e.row.credit
        day += timedelta(days=1)
    return opening, balance


@settings(max_examples=200, derandomize=True, deadline=None)
@given(found=events(), days=st.lists(_days, min_size=3, max_size=3).map(sorted))
def test_any_events_make_an_act_that_holds_together(found, days):
    first, middle, last = days
    after = middle + timedelta(days=1)

    whole, begun = reconcile(found, first, last), reconcile(found, first, middle)
    ended = reconcile(found, after, max(after, last))
    outside = Event(order=(first - timedelta(days=1), 1, 99, ""),
                    row=ReconciliationRow(date=first - timedelta(days=1), operation=Operation.PAYMENT, credit=7))
    later = Event(order=(last + timedelta(days=1), 1, 99, ""),
                  row=ReconciliationRow(date=last + timedelta(days=1), operation=Operation.SALE, debit=7))

    assert (whole.opening, whole.closing) == by_hand(found, first, last)
    assert whole.opening + whole.debit - whole.credit == whole.closing
    assert begun.closing == ended.opening
    if after <= last:
        assert begun.rows + ended.rows == whole.rows
        assert (begun.debit + ended.debit, ended.closing) == (whole.debit, whole.closing)
    assert whole.closing == reconcile(found, date.min, last).closing
    assert whole.closing - whole.opening == (
        reconcile(found, date.min, last).closing - reconcile(found, date.min, first - timedelta(days=1)).closing)
    assert mirrored(mirrored(whole)) == whole
    assert (mirrored(whole).debit, mirrored(whole).closing) == (whole.credit, -whole.closing)
    moved = reconcile([*found, outside, later], first, last)
    assert (moved.rows, moved.opening, moved.closing) == (whole.rows, whole.opening - 7, whole.closing - 7)
    assert reconcile(reversed(found), first, last) == whole
    assert all(bool(row.debit) != bool(row.credit) for row in whole.rows)
    assert reconcile([e for e in found if e.day > first], first, last, before=by_hand(found, first, first)[1]
                     ).closing == whole.closing
