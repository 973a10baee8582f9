"""What an act says: lines, quantities and prices, VAT by the month of service."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.act import act_content, held_back, is_line_of, quantity_and_price, vat_totals
from billing.domain.documents import Act, VatTotal
from billing.domain.ledger import Fund, MoneyClass, Service, Sum
from billing.domain.periods import Month
from billing.domain.seller import UnpaidServices
from billing.domain.vat import Vat, resolve
from tests.builders import CRM, GROUND, PAYER, UNTAXED, Story, a_charge, a_payment, a_seller, rub
from tests.domain.test_ledger import IN_FEBRUARY, a_reversal

JANUARY = Month(2026, 1)
SMS = Service("sms", "Сообщения", "шт.", Vat.NONE, GROUND)


def act_of(story: Story) -> Act:
    return next(draft.content for draft in story.close().drafts if ".act." in draft.id)


@pytest.mark.parametrize(
    ("amount", "quantity", "printed", "unit", "price"),
    [
        pytest.param(rub(5_500), 1_000_000, "1", "мес.", rub(5_500), id="one"),
        pytest.param(rub(5_500), 31_000_000, "1", "мес.", rub(5_500), id="31 x 177.42 is 5 500.02: months are one"),
        pytest.param(rub(310), 31_000_000, "31", "мес.", rub(10), id="whole, and it multiplies"),
        pytest.param(rub(100), 500_000, "0.5", "мес.", 20_000, id="a part that multiplies, no trailing zeros"),
        pytest.param(rub(1_000), 100_000_000, "100", "мес.", 1_000, id="hundreds are not 1E+2"),
        pytest.param(10_000, 333_333, "1", "мес.", 10_000, id="0.333 x 300.00 is 99.90"),
        pytest.param(100, 2_500, "1", "мес.", 100, id="0.003 x 400.00 is 1.20"),
        pytest.param(400_000, 666_667, "1", "мес.", 400_000, id="part-paid: 0.667 x 5 999.99 is not 4 000"),
        pytest.param(10_000, 3_000_001, "1", "мес.", 10_000, id="whole to three places only, and it does not multiply"),
        pytest.param(9_000, 3_000_001, "3", "мес.", 3_000, id="whole to three places only, and it multiplies"),
        pytest.param(7, 499, "1", "мес.", 7, id="too little to print"),
        pytest.param(rub(3), 0, "1", "мес.", rub(3), id="no quantity"),
        pytest.param(rub(3), -1_000_000, "1", "мес.", rub(3), id="a quantity against the sum"),
        pytest.param(-rub(3), -1_500_000, "-1.5", "мес.", rub(2), id="given back"),
        pytest.param(-rub(1_000), -3_000_000, "-1", "мес.", rub(1_000), id="given back whole: 3 x 333.33 is 999.99"),
        pytest.param(-rub(1_000), -166_667, "-1", "мес.", rub(1_000), id="given back: 0.167 x 5 999.99 is not 1 000"),
        pytest.param(-rub(3), 0, "-1", "мес.", rub(3), id="given back without a quantity"),
    ],
)
def test_quantity_and_price_as_printed(amount, quantity, printed, unit, price):
    assert quantity_and_price(Sum(amount, quantity), "мес.") == (printed, unit, price)


def test_an_act_of_five_and_a_half_thousand_holds_its_vat():
    (line,) = act_of(Story(a_payment(), a_charge())).lines

    assert (line.title, line.quantity, line.unit, line.amount, line.vat) == (
        "Доступ к CRM", "1", "мес.", rub(5_500), Vat.TWENTY_TWO)
    assert line.vat_amount == rub(991, 80)


def test_a_service_of_december_keeps_the_rate_of_december_in_a_document_of_its_own():
    day = date(2025, 12, 31)
    story = Story(a_payment(), a_charge(amount=rub(1_200), day=day, service=CRM._replace(vat=resolve("standard", day))),
                  a_charge(amount=rub(2_440)))

    january, december = [draft.content for draft in story.close().drafts if ".act." in draft.id]

    assert [(line.title.replace("\u00a0", " "), line.vat, line.vat_amount) for line in (*january.lines, *december.lines)
            ] == [("Доступ к CRM", Vat.TWENTY_TWO, rub(440)), ("Доступ к CRM за декабрь 2025 г.", Vat.TWENTY, rub(200))]
    assert december.vat_totals == (VatTotal(vat=Vat.TWENTY, amount=rub(1_200), vat_amount=rub(200)),)
    assert (january.served, december.served) == (
        (date(2026, 1, 1), date(2026, 1, 31)), (date(2025, 12, 1), date(2026, 1, 31)))


def test_every_line_has_its_own_vat_and_the_ground_of_those_without_is_said_once():
    story = Story(a_payment(), a_charge(amount=rub(122)), a_charge(amount=rub(50), service=SMS),
                  a_charge(amount=rub(50), service=SMS._replace(code="calls", title="Звонки")))

    act = act_of(story)

    assert [(line.vat, line.vat_amount) for line in act.lines] == [
        (Vat.NONE, 0), (Vat.TWENTY_TWO, rub(22)), (Vat.NONE, 0)]
    assert act.vat_totals == (VatTotal(vat=Vat.TWENTY_TWO, amount=rub(122), vat_amount=rub(22)),
                              VatTotal(vat=Vat.NONE, amount=rub(100), vat_amount=0))
    assert act.vat_ground == GROUND


def test_vat_of_a_rate_is_the_sum_of_its_lines_and_not_of_its_total():
    """Three lines of 10 kopecks hold 2 kopecks each; 30 kopecks would hold 5."""
    story = Story(a_payment(), *(a_charge(amount=10, service=CRM._replace(code=c, title=c)) for c in "abc"))

    act = act_of(story)

    assert [line.vat_amount for line in act.lines] == [2, 2, 2]
    assert vat_totals(act.lines)[0].vat_amount == 6


def test_a_line_that_comes_to_nothing_is_not_printed_and_gives_no_ground():
    funds = {Fund(JANUARY, MoneyClass.BANK, PAYER, "sms", JANUARY): Sum(100, 1),
             Fund(JANUARY, MoneyClass.CREDIT, PAYER, "sms", JANUARY): Sum(-100, -1),
             Fund(JANUARY, MoneyClass.BANK, PAYER, "crm", JANUARY): Sum(5, 1_000_000)}

    content = act_content(JANUARY, funds, {"sms": SMS, "crm": CRM})

    assert [line.title for line in content.lines] == ["Доступ к CRM"]
    assert (content.total, content.vat_ground) == (5, "")
    assert content.by_class == (("BANK", 105), ("CREDIT", -100))


def test_the_same_service_paid_from_two_kinds_of_money_is_one_line():
    story = Story(a_payment(amount=rub(1)), a_payment(money=MoneyClass.CARD_LE),
                  a_charge(amount=rub(3), quantity=3_000_000))

    (line,) = act_of(story).lines

    assert (line.quantity, line.price, line.amount) == ("3", rub(1), rub(3))


def test_money_given_back_without_vat_is_a_line_of_its_own():
    story = Story(a_payment(), a_charge(key="c", amount=rub(122), service=UNTAXED))
    story.close()
    story.post(a_reversal("c", rub(61), day=IN_FEBRUARY), a_charge(amount=rub(244), day=IN_FEBRUARY, service=UNTAXED))

    act = act_of(story)

    assert [(line.title.replace("\u00a0", " "), line.quantity, line.price, line.amount) for line in act.lines] == [
        ("Перерасчёт за январь 2026 г.: Доступ к CRM", "-0.5", rub(122), -rub(61)),
        ("Доступ к CRM", "1", rub(244), rub(244))]
    assert (act.total, act.served) == (rub(183), (date(2026, 1, 1), date(2026, 2, 28)))


def test_a_part_that_does_not_multiply_is_one_unit_of_its_sum_in_the_act():
    story = Story(a_payment(amount=rub(4_000)), a_charge(amount=rub(6_000)))

    waiting = story.close(seller=a_seller(unpaid_services=UnpaidServices.WAIT))
    (line,) = next(draft.content for draft in waiting.drafts if ".act." in draft.id).lines

    assert (line.quantity, line.unit, line.price, line.amount) == ("1", "мес.", rub(4_000), rub(4_000))


# --- quantity × price is the sum --------------------------------------------------------------------------------

DAILY = CRM._replace(unit="дн.")


@pytest.mark.parametrize(("month", "days"), [(1, 31), (2, 28), (3, 31), (4, 30)])
@pytest.mark.parametrize("tariff", [99, 290, 500, 990, 1_200, 2_990, 5_500, 5_600, 12_345])
def test_a_tariff_charged_by_days_is_one_unit_of_its_sum_in_every_month(tariff, month, days):
    """5 600 roubles are 28 × 200.00 in February alone: the same service still has the same unit as in January."""
    of = Month(2026, month)
    content = act_content(of, {Fund(of, MoneyClass.BANK, PAYER, "crm", of): Sum(rub(tariff), days * 1_000_000)},
                          {"crm": DAILY})

    (line,) = content.lines

    assert (line.quantity, line.unit, line.price, line.amount) == ("1", "усл.", rub(tariff), rub(tariff))
    assert line.title.endswith(f", {days}\u00a0" + {31: "день", 28: "дней", 30: "дней"}[days])


@pytest.mark.parametrize(("service", "of", "s", "title"), [
    (DAILY, JANUARY, Sum(rub(5_500), 31_000_000), "Доступ к CRM за январь 2026 г., 31 день"),
    (DAILY, JANUARY, Sum(rub(4_000), 22_545_455), "Доступ к CRM за январь 2026 г."),
    (DAILY, Month(2025, 12), Sum(rub(300), 3_000_000), "Доступ к CRM за декабрь 2025 г., 3 дня"),
    (DAILY, Month(2025, 12), Sum(-rub(300), -3_000_000), "Перерасчёт за декабрь 2025 г.: Доступ к CRM, 3 дня"),
    (CRM, JANUARY, Sum(rub(5_500), 1_000_000), "Доступ к CRM"),
    (CRM, Month(2025, 12), Sum(rub(4_000), 666_667), "Доступ к CRM за декабрь 2025 г."),
    (SMS, JANUARY, Sum(rub(250), 100_000_000), "Сообщения"),
    (SMS, JANUARY, Sum(rub(100), 3_000_000), "Сообщения, 3 шт."),
])
def test_a_line_says_the_month_where_it_is_another_and_the_measure_where_it_hides_it(service, of, s, title):
    content = act_content(JANUARY, {Fund(JANUARY, MoneyClass.BANK, PAYER, "x", of): s}, {"x": service})

    (line,) = content.lines

    assert line.title.replace("\u00a0", " ") == title
    assert is_line_of(line, service, of, JANUARY)
    assert not is_line_of(line, service, Month(2025, 11), JANUARY)


@given(amount=st.integers(-10**9, 10**9).filter(bool), quantity=st.integers(-10**9, 10**9),
       unit=st.sampled_from(["мес.", "дн.", "шт.", "ГБ", "усл.", "час"]))
def test_quantity_times_price_is_the_sum_always(amount, quantity, unit):
    printed, _, price = quantity_and_price(Sum(amount, quantity), unit)

    assert Fraction(printed) * price == amount


# --- what an act may not hold -------------------------------------------------------------------------------------


def test_a_taxed_minus_and_a_taxed_service_of_another_quarter_are_no_lines_of_the_act():
    """April: its own service, one of March (the first quarter), one of December, a recalculation of February's."""
    april, march, february, december = Month(2026, 4), Month(2026, 3), Month(2026, 2), Month(2025, 12)
    funds = {Fund(april, MoneyClass.BANK, PAYER, "crm", april): Sum(rub(5_500), 1_000_000),
             Fund(april, MoneyClass.BANK, PAYER, "crm", march): Sum(rub(300), 100_000),
             Fund(april, MoneyClass.BANK, PAYER, "crm", december): Sum(rub(200), 100_000),
             Fund(april, MoneyClass.CARD_LE, PAYER, "crm", february): Sum(rub(100), 100_000),
             Fund(april, MoneyClass.CREDIT, PAYER, "crm", february): Sum(-rub(150), -100_000),
             Fund(april, MoneyClass.BANK, PAYER, "sms", december): Sum(rub(7), 1_000_000),
             Fund(april, MoneyClass.BANK, PAYER, "sms", march): Sum(-rub(3), -1_000_000)}

    lawful, held = held_back(april, funds, {"crm": CRM, "sms": SMS})

    assert [(fund.line, fund.month) for fund in lawful] == [("crm", april), ("sms", december), ("sms", march)]
    assert [(str(part.reason).replace("\u00a0", " ").partition(":")[0], sum(s.amount for s in part.funds.values()))
            for part in held] == [
        ("перерасчёт услуг с НДС за февраль 2026 г. не бывает строкой акта", -rub(50)),
        ("услуги с НДС прошлого налогового периода (4-й квартал 2025 г.) не входят в акт за апрель 2026 г.", rub(200)),
        ("услуги с НДС прошлого налогового периода (1-й квартал 2026 г.) не входят в акт за апрель 2026 г.", rub(300))]


def test_a_taxed_late_service_of_the_same_quarter_is_a_line_of_the_act():
    march = Month(2026, 3)
    funds = {Fund(march, MoneyClass.BANK, PAYER, "crm", JANUARY): Sum(rub(300), 100_000)}

    assert held_back(march, funds, {"crm": CRM}) == (funds, ())
