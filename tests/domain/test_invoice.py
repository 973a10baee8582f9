"""An invoice asks for the right sum, for the right services, split by VAT."""

from __future__ import annotations

import pytest

from billing.domain.documents import VatTotal
from billing.domain.invoice import Terms, advance_lines, amount_due, debt_lines, payment_purpose
from billing.domain.money import NBSP
from billing.domain.periods import Month
from billing.domain.seller import InvoicePolicy
from billing.domain.vat import Vat
from tests.builders import rub

JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)


@pytest.mark.parametrize(
    ("policy", "cost", "balance", "debt", "advance"),
    [
        pytest.param(InvoicePolicy.NEXT_MONTH, 5_500, 0, 0, 5_500, id="nothing left"),
        pytest.param(InvoicePolicy.NEXT_MONTH, 5_500, 4_500, 0, 1_000, id="something left"),
        pytest.param(InvoicePolicy.NEXT_MONTH, 5_500, 5_500, 0, 0, id="exactly covered"),
        pytest.param(InvoicePolicy.NEXT_MONTH, 5_500, -300, 300, 5_500, id="a debt is added"),
        pytest.param(InvoicePolicy.NEXT_MONTH, 0, -300, 300, 0, id="a debt alone"),
        pytest.param(InvoicePolicy.NEXT_MONTH, 0, 300, 0, 0, id="no charges"),
        pytest.param(InvoicePolicy.NEXT_MONTH, -200, 50, 0, 0, id="more reversed than charged"),
        pytest.param(InvoicePolicy.NEXT_MONTH, -200, -300, 300, 0, id="more reversed than charged, and a debt"),
        pytest.param(InvoicePolicy.NEXT_MONTH, 5_500, 5_400, 0, 100, id="the least"),
        pytest.param(InvoicePolicy.NEXT_MONTH, 60, -50, 50, 60, id="the least, in two parts"),
        pytest.param(InvoicePolicy.NEXT_MONTH, 5_500, 5_401, 0, 0, id="less than the least"),
        pytest.param(InvoicePolicy.DEBT, 5_500, -300, 300, 0, id="debt"),
        pytest.param(InvoicePolicy.DEBT, 5_500, -99, 0, 0, id="a debt less than the least"),
        pytest.param(InvoicePolicy.DEBT, 5_500, 300, 0, 0, id="no debt"),
        pytest.param(InvoicePolicy.ACT_PAIR, 5_500, -300, 0, 0, id="the act decides"),
        pytest.param(InvoicePolicy.NONE, 5_500, -300, 0, 0, id="none"),
    ],
)
def test_amount_due(policy, cost, balance, debt, advance):
    assert amount_due(policy, cost=rub(cost), balance=rub(balance)) == (rub(debt), rub(advance))


def test_who_has_left_is_asked_for_no_advance():
    assert amount_due(InvoicePolicy.NEXT_MONTH, cost=rub(5_500), balance=0, has_left=True) == (0, 0)


def test_an_advance_is_split_as_the_month_was_and_the_last_line_takes_the_rounding():
    lines = advance_lines({Terms(Vat.NONE): 1, Terms(Vat.TWENTY_TWO): 2, Terms(Vat.FIVE): -7}, 100, FEBRUARY)

    assert [(line.vat, line.amount, line.price, line.quantity) for line in lines] == [
        (Vat.TWENTY_TWO, 66, 66, "1"), (Vat.NONE, 34, 34, "1")]
    assert {line.title for line in lines} == {f"Аванс за февраль{NBSP}2026{NBSP}г."}


def test_a_share_of_less_than_a_kopeck_is_no_line():
    lines = advance_lines({Terms(Vat.TWENTY_TWO): 1, Terms(Vat.NONE): 1}, 1, FEBRUARY)

    assert [(line.vat, line.amount) for line in lines] == [(Vat.NONE, 1)]


def test_a_debt_names_its_months_the_oldest_first_and_rights_apart():
    right = Terms(Vat.NONE, "подп. 26 п. 2 ст. 149 НК РФ", True)
    owed = {(FEBRUARY, Terms(Vat.TWENTY_TWO)): rub(900), (JANUARY, right): rub(50),
            (JANUARY, Terms(Vat.TWENTY)): rub(60)}

    lines = debt_lines(owed, rub(1_000))

    assert [(line.title.replace(NBSP, " "), line.vat, line.amount, line.is_right) for line in lines] == [
        ("Задолженность за январь 2026 г.", Vat.TWENTY, rub(60), False),
        ("Задолженность за права использования за январь 2026 г.", Vat.NONE, rub(50), True),
        ("Задолженность за февраль 2026 г.", Vat.TWENTY_TWO, rub(890), False)]


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        pytest.param([(Vat.TWENTY_TWO, rub(5_500), rub(991, 80))], "В т.ч. НДС 22% – 991,80 руб.", id="taxed"),
        pytest.param([(Vat.TWENTY_TWO, rub(122), rub(22)), (Vat.TWENTY, rub(12_000), rub(2_000)),
                      (Vat.NONE, rub(5), 0)],
                     "В т.ч. НДС 22% – 22,00 руб., НДС 20% – 2 000,00 руб., на 5,00 руб. без НДС", id="mixed"),
        pytest.param([(Vat.NONE, rub(5), 0)], "Без НДС", id="not taxed"),
    ],
)
def test_the_purpose_says_the_vat_as_banks_want_it(totals, said):
    totals = tuple(VatTotal(vat=vat, amount=amount, vat_amount=tax) for vat, amount, tax in totals)

    purpose = payment_purpose("Договор № 17 от 01.03.2024", totals, "01.02.2026")

    assert purpose == f"Оплата по счёту № {{number}} от 01.02.2026, договор № 17 от 01.03.2024. {said}"
