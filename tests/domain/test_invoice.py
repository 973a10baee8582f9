"""How much an invoice asks for, and how it is split by VAT."""

from __future__ import annotations

import pytest

from billing.domain.documents import VatTotal
from billing.domain.invoice import advance_content, amount_due, payment_purpose
from billing.domain.money import NBSP
from billing.domain.periods import Month
from billing.domain.seller import InvoicePolicy
from billing.domain.vat import Vat
from tests.builders import rub

FEBRUARY = Month(2026, 2)


@pytest.mark.parametrize(
    ("policy", "cost", "balance", "due"),
    [
        pytest.param(InvoicePolicy.NEXT_MONTH, 5_500, 0, 5_500, id="nothing left"),
        pytest.param(InvoicePolicy.NEXT_MONTH, 5_500, 4_500, 1_000, id="something left"),
        pytest.param(InvoicePolicy.NEXT_MONTH, 5_500, 5_500, 0, id="exactly covered"),
        pytest.param(InvoicePolicy.NEXT_MONTH, 5_500, -300, 5_800, id="a debt is added"),
        pytest.param(InvoicePolicy.NEXT_MONTH, 0, -300, 300, id="a debt alone"),
        pytest.param(InvoicePolicy.NEXT_MONTH, 0, 300, 0, id="no charges"),
        pytest.param(InvoicePolicy.NEXT_MONTH, -200, 50, 0, id="more reversed than charged"),
        pytest.param(InvoicePolicy.NEXT_MONTH, -200, -300, 300, id="more reversed than charged, and a debt"),
        pytest.param(InvoicePolicy.DEBT, 5_500, -300, 300, id="debt"),
        pytest.param(InvoicePolicy.DEBT, 5_500, 300, 0, id="no debt"),
        pytest.param(InvoicePolicy.ACT_PAIR, 5_500, -300, 0, id="the act decides"),
        pytest.param(InvoicePolicy.NONE, 5_500, -300, 0, id="none"),
    ],
)
def test_amount_due(policy, cost, balance, due):
    assert amount_due(policy, cost=cost, balance=balance) == due


def test_an_advance_is_split_by_vat_as_the_month_was_and_the_last_rate_takes_the_rounding():
    content = advance_content(100, {Vat.NONE: 1, Vat.TWENTY_TWO: 2, Vat.FIVE: -7}, FEBRUARY)

    assert [(line.vat, line.amount, line.price, line.quantity) for line in content.lines] == [
        (Vat.TWENTY_TWO, 66, 66, "1"), (Vat.NONE, 34, 34, "1")]
    assert {line.title for line in content.lines} == {f"Оплата услуг за февраль{NBSP}2026{NBSP}г."}
    assert content.total == sum(line.amount for line in content.lines) == 100


def test_a_share_of_less_than_a_kopeck_is_no_line():
    content = advance_content(1, {Vat.TWENTY_TWO: 1, Vat.NONE: 1}, FEBRUARY)

    assert [(line.vat, line.amount) for line in content.lines] == [(Vat.NONE, 1)]


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        pytest.param([(Vat.TWENTY_TWO, rub(5_500), rub(991, 80))], "В т.ч. НДС 22% – 991,80 руб.", id="taxed"),
        pytest.param([(Vat.TWENTY_TWO, rub(122), rub(22)), (Vat.TWENTY, rub(12_000), rub(2_000)),
                      (Vat.NONE, rub(5), 0)], "В т.ч. НДС 22% – 22,00 руб., НДС 20% – 2 000,00 руб.", id="mixed"),
        pytest.param([(Vat.NONE, rub(5), 0)], "Без НДС", id="not taxed"),
    ],
)
def test_the_purpose_says_the_vat_as_banks_want_it(totals, said):
    totals = tuple(VatTotal(vat=vat, amount=amount, vat_amount=tax) for vat, amount, tax in totals)

    purpose = payment_purpose("Договор № 17 от 01.03.2024", totals, "01.02.2026")

    assert purpose == f"Оплата по счету № {{number}} от 01.02.2026, договор № 17 от 01.03.2024. {said}"
