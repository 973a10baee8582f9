"""The end of a month: which papers, for how much, and what goes on to the next month."""

from __future__ import annotations

from datetime import date

import pytest

from billing.domain.closing import LINES_MAX, Closing, SuspiciousError
from billing.domain.ledger import MoneyClass
from billing.domain.periods import Month
from billing.domain.replay import replay
from billing.domain.seller import Bounds, InvoicePolicy, UnpaidServices
from billing.domain.troubles import Cause
from tests.builders import (
    CRM,
    OTHER_PAYER,
    PAYER,
    UNTAXED,
    Story,
    a_charge,
    a_customer,
    a_payer,
    a_payment,
    a_seller,
    another_payer,
    rub,
)
from tests.domain.test_ledger import BONUS, IN_FEBRUARY, IND, a_chargeback, a_reclassification, a_refund, a_reversal

POSTPAID = a_customer(policy="postpaid")
WAITING = a_seller(unpaid_services=UnpaidServices.WAIT)
BOTH = a_customer(payers=(a_payer(), another_payer()))
IN_MARCH = date(2026, 3, 10)


def acts(closing: Closing) -> dict[str, int]:
    return {draft.payer: draft.content.total for draft in closing.drafts if ".act." in draft.id}


def titles(closing: Closing) -> list[tuple[str, int]]:
    return [(line.title.replace("\u00a0", " "), line.amount)
            for draft in closing.drafts if ".act." in draft.id for line in draft.content.lines]


def test_the_january_act_is_for_what_january_cost_and_the_rest_comes_later():
    """The seed's own example: 10 000 roubles paid, 5 500 charged; in February the rest is spent."""
    story = Story(a_payment(), a_charge())

    january = story.close()
    story.post(a_charge(day=date(2026, 2, 28), amount=rub(4_500)))
    february = story.close()

    assert acts(january) == {PAYER: rub(5_500)}
    assert acts(february) == {PAYER: rub(4_500)}
    assert story.account.balance == 0


def test_january_is_told_whole_in_its_summary():
    closing = Story(a_payment(), a_charge(key="c"), a_reversal("c", rub(500)), a_payment(amount=70, **IND)).close()

    period = closing.period
    assert (period.month, period.opening, period.closing) == (Month(2026, 1), 0, rub(5_000) + 70)
    assert dict(period.turnover) == {"payment.BANK": rub(10_000), "payment.CARD_IND": 70, "charge": -rub(5_500),
                                     "reversal": rub(500)}
    assert (period.funded, period.carried, period.acted) == ((("BANK", rub(5_000)),), (), rub(5_000))
    assert period.cost == rub(5_000)
    assert period.last_seq == closing.entry.seq == closing.account.seq == 5
    assert (closing.entry.kind, closing.entry.key, closing.entry.balance) == ("close", "close:2026-01", rub(5_000) + 70)


def test_a_mixed_month_has_one_act_for_the_companys_money_and_none_for_the_rest():
    story = Story(a_payment(amount=rub(3_000)), a_payment(amount=rub(1_500), money=MoneyClass.CARD_LE),
                  a_payment(amount=rub(1_000), **IND), a_payment(amount=rub(200), **BONUS),
                  a_charge(amount=rub(5_700)))

    closing = story.close()

    assert acts(closing) == {PAYER: rub(4_500)}
    assert closing.drafts[0].content.by_class == (("BANK", rub(3_000)), ("CARD_LE", rub(1_500)))
    assert dict(closing.period.funded) == {"BANK": rub(3_000), "CARD_LE": rub(1_500), "CARD_IND": rub(1_000),
                                           "BONUS": rub(200)}


@pytest.mark.parametrize("money", [pytest.param(IND, id="individual's card"), pytest.param(BONUS, id="bonus")])
def test_money_that_is_no_companys_makes_no_act_and_is_not_carried(money):
    story = Story(a_payment(**money), a_charge())

    closing = story.close(a_customer(payers=()))

    assert closing.drafts == ()
    assert closing.account.funds == {}


def test_every_payer_has_an_act_for_its_own_money():
    story = Story(a_payment(amount=rub(3_000)), a_payment(amount=rub(5_000), payer=OTHER_PAYER), a_charge())

    closing = story.close(BOTH)

    assert acts(closing) == {PAYER: rub(3_000), OTHER_PAYER: rub(2_500)}


def test_a_month_without_charges_has_no_act():
    assert acts(Story(a_payment()).close()) == {}


def test_a_late_charge_is_in_the_next_act_and_its_line_names_its_month():
    story = Story(a_payment(), a_charge(amount=rub(1_000)))
    story.close()
    story.post(a_charge(amount=rub(300)), a_charge(day=date(2026, 2, 28), amount=rub(1_000)))

    assert titles(story.close()) == [("Доступ к CRM за январь 2026 г.", rub(300)), ("Доступ к CRM", rub(1_000))]


def test_a_charge_ahead_of_the_close_waits_for_its_own_act():
    story = Story(a_payment(), a_charge(amount=rub(1_000)), a_charge(day=date(2026, 2, 1), amount=rub(40)))

    january = story.close()

    assert (acts(january), january.period.closing) == ({PAYER: rub(1_000)}, rub(9_000))
    assert acts(story.close()) == {PAYER: rub(40)}


def test_new_year_changes_nothing_but_the_names():
    story = Story(a_payment(day=date(2025, 12, 1)), a_charge(day=date(2025, 12, 31)), open=Month(2025, 12))

    closing = story.close()

    assert [draft.id for draft in closing.drafts] == [f"2025-12.act.{PAYER}.0", f"2025-12.invoice.{PAYER}.0"]
    assert {draft.content.date for draft in closing.drafts} == {date(2026, 1, 1)}
    assert closing.account.open == Month(2026, 1)


# --- what is below zero ----------------------------------------------------------------------------------------------


def test_a_reversal_after_the_act_makes_the_next_act_smaller():
    story = Story(a_payment(), a_charge(key="c", service=UNTAXED))
    story.close()
    story.post(a_reversal("c", rub(500), day=IN_FEBRUARY),
               a_charge(day=date(2026, 2, 28), amount=rub(2_000), service=UNTAXED))

    february = story.close()

    assert acts(february) == {PAYER: rub(1_500)}
    assert titles(february) == [("Перерасчёт за январь 2026 г.: Доступ к CRM", -rub(500)), ("Доступ к CRM", rub(2_000))]


def test_a_negative_total_is_carried_until_there_is_enough_to_take_it_from():
    story = Story(a_payment(), a_charge(key="c", service=UNTAXED))
    story.close()
    story.post(a_reversal("c", rub(3_000), day=IN_FEBRUARY),
               a_charge(day=IN_FEBRUARY, amount=rub(1_000), service=UNTAXED))
    february = story.close()
    march = story.close()
    story.post(a_charge(day=date(2026, 4, 1), amount=rub(2_500), service=UNTAXED))
    april = story.close()

    assert (acts(february), acts(march)) == ({}, {})
    assert february.period.carried == march.period.carried == (("BANK", -rub(2_000)),)
    assert dict(march.period.turnover) == {"carried.BANK": -rub(2_000)}
    assert march.period.opening == march.period.closing == rub(6_500)
    assert acts(april) == {PAYER: rub(500)}


def test_a_total_of_nothing_is_carried_too_for_its_lines_differ():
    story = Story(a_payment(), a_charge(key="c", amount=rub(100), service=UNTAXED))
    story.close()
    story.post(a_reversal("c", rub(100), day=IN_FEBRUARY),
               a_charge(day=IN_FEBRUARY, amount=rub(100), service=UNTAXED))

    assert acts(story.close()) == {}
    story.post(a_charge(day=IN_MARCH, amount=rub(1), service=UNTAXED))
    assert [amount for _, amount in titles(story.close())] == [-rub(100), rub(100), rub(1)]


def test_one_payers_negative_is_not_taken_from_another():
    story = Story(a_payment(amount=rub(1_000)), a_charge(key="c", amount=rub(1_000), service=UNTAXED),
                  a_payment(amount=rub(5_000), payer=OTHER_PAYER))
    story.close(BOTH)
    story.post(a_reversal("c", rub(1_000), day=IN_FEBRUARY), a_refund_all(story),
               a_charge(day=IN_FEBRUARY, amount=rub(5_000)))

    closing = story.close(BOTH)

    assert acts(closing) == {OTHER_PAYER: rub(5_000)}
    assert closing.period.carried == (("BANK", -rub(1_000)),)


def test_a_taxed_minus_waits_for_a_person_and_leaves_the_act_of_the_month_alone():
    """Client: 5 500 in January, 1 000 of them given back in February, 2 000 charged then; all with VAT."""
    story = Story(a_payment(), a_charge(key="c"))
    story.close()
    story.post(a_reversal("c", rub(1_000), day=IN_FEBRUARY), a_charge(day=IN_FEBRUARY, amount=rub(2_000)))

    closing = story.close()

    act, held = [draft for draft in closing.drafts if ".act." in draft.id]
    assert (act.id, act.content.total, act.problems) == (f"2026-02.act.{PAYER}.0", rub(2_000), ())
    assert (held.id, held.content.total) == (f"2026-02.act.{PAYER}.1", -rub(1_000))
    assert [problem.cause for problem in held.problems] == [Cause.TAXED_CORRECTION]
    assert (closing.period.acted, closing.period.carried) == (rub(1_000), ())
    assert closing.period.funded == (("BANK", rub(1_000)),)
    assert closing.account.recent == (rub(5_500), rub(2_000))


def test_a_month_of_nothing_but_a_taxed_minus_has_no_act_and_carries_nothing_on():
    story = Story(a_payment(), a_charge(key="c"))
    story.close()
    story.post(a_reversal("c", rub(1_000), day=IN_FEBRUARY))

    february, march = story.close(), story.close()

    assert {draft.id: draft.content.total for draft in february.drafts} == {f"2026-02.act.{PAYER}.1": -rub(1_000)}
    assert (february.period.carried, march.period.funded, march.drafts) == ((), (), ())


def test_an_untaxed_minus_is_carried_beside_what_is_held_back():
    story = Story(a_payment(), a_charge(key="a"),
                  a_charge(key="b", amount=rub(700), service=UNTAXED._replace(code="u")))
    story.close()
    story.post(a_reversal("a", rub(1_000), day=IN_FEBRUARY), a_reversal("b", rub(200), day=IN_FEBRUARY))

    closing = story.close()

    assert acts(closing) == {PAYER: -rub(1_000)}
    assert closing.period.carried == (("BANK", -rub(200)),)


def a_refund_all(story: Story):
    return a_refund(story.journal[0].key, rub(1_000), day=IN_FEBRUARY)


def test_a_line_dropped_long_ago_is_known_again_when_its_charge_is_reversed():
    story = Story(a_payment(amount=rub(100_000)), a_charge(key="old", amount=100, service=UNTAXED))
    for i in range(LINES_MAX + 1):
        story.post(a_charge(amount=1, service=CRM._replace(code=f"s{i:03}")))
    story.close()
    story.close()
    assert "crm" not in story.account.lines
    assert len(story.account.lines) == LINES_MAX

    story.post(a_charge(day=IN_MARCH, amount=50, service=CRM._replace(title="Новый тариф")),
               a_reversal("old", 30, day=IN_MARCH))

    assert titles(story.close()) == [("Перерасчёт за январь 2026 г.: Доступ к CRM", -30), ("Новый тариф", 50)]


def test_a_reclassification_knows_again_the_lines_of_what_the_payment_bought():
    story = Story(a_payment(key="p", **IND), a_charge(amount=100))
    for i in range(LINES_MAX + 1):
        story.post(a_charge(amount=1, service=CRM._replace(code=f"s{i:03}")))
    story.close()

    story.post(a_reclassification("p", MoneyClass.BANK, PAYER, day=IN_FEBRUARY))

    closing = story.close()
    assert acts(closing) == {PAYER: 100 + LINES_MAX + 1}
    assert {line.title.split(" за ")[0] for line in closing.drafts[0].content.lines} == {"Доступ к CRM"}


# --- what nobody has paid --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid", "payers", "acted"),
    [
        pytest.param([], BOTH.payers, {PAYER: 5_500}, id="nobody has paid: the card's first payer"),
        pytest.param([(OTHER_PAYER, 1_500)], BOTH.payers, {OTHER_PAYER: 5_500}, id="the company that paid"),
        pytest.param([(OTHER_PAYER, 1_500), (PAYER, 500)], BOTH.payers, {OTHER_PAYER: 1_500, PAYER: 4_000},
                     id="the company that paid last"),
        pytest.param([(OTHER_PAYER, 1_500), ("", 500)], BOTH.payers, {OTHER_PAYER: 5_000},
                     id="a company, then an individual"),
        pytest.param([("", 500)], BOTH.payers, {}, id="only an individual"),
        pytest.param([("bonus", 500)], BOTH.payers, {PAYER: 5_000}, id="a bonus is nobody's payment"),
        pytest.param([], (), {}, id="no payer is known"),
    ],
)  # fmt: skip
def test_what_was_debited_in_the_month_is_acted_in_the_month_paid_or_not(paid, payers, acted):
    story = Story()
    for payer, amount in paid:
        money = {"": MoneyClass.CARD_IND, "bonus": MoneyClass.BONUS}.get(payer, MoneyClass.BANK)
        story.post(a_payment(amount=rub(amount), money=money, payer=payer if money is MoneyClass.BANK else ""))
    story.post(a_charge())

    january = story.close(a_customer(payers=payers))

    assert acts(january) == {payer: rub(amount) for payer, amount in acted.items()}
    story.post(a_payment(day=IN_FEBRUARY))
    left = rub(5_500 - sum(amount for _, amount in paid))
    assert acts(story.close(a_customer(payers=payers))) == ({} if acted else {PAYER: left})


def test_a_payment_found_to_be_an_individuals_names_no_payer_of_what_is_unpaid():
    story = Story(a_payment(key="a", amount=100, payer=OTHER_PAYER), a_payment(key="b", amount=100),
                  a_charge(amount=300, service=UNTAXED), a_reclassification("b", MoneyClass.CARD_IND))

    assert acts(story.close(BOTH)) == {OTHER_PAYER: 200}
    story.post(a_charge(day=IN_FEBRUARY, amount=50, service=UNTAXED),
               a_reclassification("a", MoneyClass.CARD_IND, day=IN_FEBRUARY))
    february = story.close(BOTH)
    assert acts(february) == {}
    assert february.entry.payer == ""


@pytest.mark.parametrize(("policy", "unpaid", "acted"), [
    ("prepaid", "act", True), ("prepaid", "wait", False), ("postpaid", "act", True), ("postpaid", "wait", True),
])  # fmt: skip
def test_the_sellers_setting_holds_for_prepaid_clients_and_a_postpaid_one_is_always_acted(policy, unpaid, acted):
    story = Story(a_charge())

    closing = story.close(a_customer(policy=policy), a_seller(unpaid_services=UnpaidServices(unpaid)))

    assert acts(closing) == ({PAYER: rub(5_500)} if acted else {})
    assert (closing.entry.note, closing.entry.payer) == (("act", PAYER) if acted else ("wait", ""))


def test_an_individual_who_pays_for_what_a_companys_act_holds_is_in_the_sums_of_the_month():
    story = Story(a_charge())
    story.close()
    story.post(a_payment(day=IN_FEBRUARY, amount=rub(2_000), **IND), a_payment(day=IN_FEBRUARY, amount=rub(3_500)))

    february = story.close().period

    assert dict(february.turnover) == {
        "payment.CARD_IND": rub(2_000), "payment.BANK": rub(3_500),
        "documented.CARD_IND": rub(2_000), "documented.BANK": rub(3_500)}
    assert (february.opening, february.closing, february.acted) == (-rub(5_500), 0, 0)


# --- postpaid --------------------------------------------------------------------------------------------------------


def test_a_postpaid_client_has_an_act_for_the_month_and_paying_later_makes_no_second():
    story = Story(a_charge())

    january = story.close(POSTPAID)
    story.post(a_payment(day=IN_FEBRUARY))
    february = story.close(POSTPAID)

    assert acts(january) == {PAYER: rub(5_500)}
    assert january.drafts[0].content.by_class == (("CREDIT", rub(5_500)),)
    assert acts(february) == {}
    assert story.account.balance == rub(4_500)


def test_a_postpaid_month_half_paid_is_one_act():
    closing = Story(a_payment(amount=rub(2_000)), a_charge()).close(POSTPAID)

    assert acts(closing) == {PAYER: rub(5_500)}
    assert closing.drafts[0].content.by_class == (("BANK", rub(2_000)), ("CREDIT", rub(3_500)))
    assert len(closing.drafts[0].content.lines) == 1


def test_a_postpaid_month_paid_before_its_close_is_still_in_its_own_act():
    """The close comes in the night to the 2nd: a payment of the 1st must not move January into the act of February."""
    story = Story(a_charge(), a_payment(day=date(2026, 2, 1)))

    assert acts(story.close(POSTPAID)) == {PAYER: rub(5_500)}
    assert acts(story.close(POSTPAID)) == {}


def test_a_postpaid_charge_of_the_1st_waits_for_the_next_act():
    story = Story(a_charge(amount=100), a_charge(day=date(2026, 2, 1), amount=7))

    assert acts(story.close(POSTPAID)) == {PAYER: 100}
    assert acts(story.close(POSTPAID)) == {PAYER: 7}


def test_a_debt_that_waits_is_acted_when_it_is_paid():
    story = Story(a_charge())

    january = story.close(seller=WAITING)
    story.post(a_payment(day=IN_FEBRUARY))

    assert acts(january) == {}
    assert titles(story.close(seller=WAITING)) == [("Доступ к CRM за январь 2026 г.", rub(5_500))]


def test_from_prepaid_to_postpaid_old_debts_enter_the_first_act_and_back_nothing_is_acted_twice():
    story = Story(a_charge(amount=100))
    prepaid = story.close(seller=WAITING)
    story.post(a_charge(day=IN_FEBRUARY, amount=40))
    postpaid = story.close(POSTPAID, WAITING)
    story.post(a_payment(day=IN_MARCH, amount=200), a_charge(day=IN_MARCH, amount=9))
    prepaid_again = story.close(seller=WAITING)

    assert (acts(prepaid), acts(postpaid), acts(prepaid_again)) == ({}, {PAYER: 140}, {PAYER: 9})


def test_the_journal_alone_tells_by_which_policy_each_month_was_closed():
    other = a_customer(policy="postpaid", payers=(another_payer(), a_payer()))
    story = Story(a_charge(amount=100))
    story.close(POSTPAID)
    story.post(a_charge(day=IN_FEBRUARY, amount=40))
    story.close(other)
    story.post(a_payment(day=IN_MARCH, amount=90), a_charge(day=IN_MARCH, amount=9))
    story.close(seller=WAITING)

    closes = [(e.note, e.payer) for e in story.journal if e.kind == "close"]
    assert closes == [("act", PAYER), ("act", OTHER_PAYER), ("wait", "")]
    assert replay(story.account.id, story.journal) == story.account


def test_reversing_what_a_postpaid_act_has_lowers_the_next_whether_it_was_paid_or_not():
    story = Story(a_charge(key="a", amount=100, service=UNTAXED), a_charge(key="b", amount=100, service=UNTAXED))
    story.close(POSTPAID)
    story.post(a_payment(day=IN_FEBRUARY, amount=100), a_reversal("a", 30, day=IN_FEBRUARY),
               a_reversal("b", 20, day=IN_FEBRUARY), a_charge(day=IN_FEBRUARY, amount=90, service=UNTAXED))

    assert acts(story.close(POSTPAID)) == {PAYER: 40}


def test_the_main_payer_of_a_postpaid_client_is_the_first_on_the_card():
    customer = a_customer(policy="postpaid", payers=(a_payer(), another_payer(valid_from=date(2025, 6, 1))))

    assert acts(Story(a_charge(amount=100)).close(customer)) == {PAYER: 100}


def test_a_postpaid_client_without_requisites_waits_for_them():
    story = Story(a_charge(amount=100))

    assert acts(story.close(a_customer(policy="postpaid", payers=()))) == {}
    assert acts(story.close(POSTPAID)) == {PAYER: 100}


def test_company_money_withdrawn_by_the_bank_leaves_the_act_and_makes_no_second():
    story = Story(a_payment(key="p"), a_charge(key="c"), a_chargeback("p", rub(10_000)))

    january = story.close()
    story.post(a_payment(day=IN_FEBRUARY))

    assert acts(january) == {PAYER: rub(5_500)}
    assert acts(story.close()) == {}


# --- invoices by policy ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "paid", "charged", "asked"),
    [
        pytest.param("next_month", 10_000, 5_500, 1_000, id="next month less the balance"),
        pytest.param("next_month", 11_000, 5_500, 0, id="next month covered"),
        pytest.param("next_month", 0, 5_500, 11_000, id="next month and the debt"),
        pytest.param("next_month", 100, 0, 0, id="next month after a month without charges"),
        pytest.param("act_pair", 10_000, 5_500, 5_500, id="beside the act"),
        pytest.param("act_pair", 0, 5_500, 5_500, id="beside the act of what is not paid yet"),
        pytest.param("act_pair", 10_000, 0, 0, id="no act, no invoice beside it"),
        pytest.param("debt", 10_000, 5_500, 0, id="no debt"),
        pytest.param("debt", 4_000, 5_500, 1_500, id="debt"),
        pytest.param("none", 0, 5_500, 0, id="none"),
    ],
)
@pytest.mark.parametrize("whose", ["seller", "customer"])
def test_the_invoice_is_what_the_policy_asks_for(policy, paid, charged, asked, whose):
    commands = [*([a_payment(amount=rub(paid))] if paid else []), *([a_charge(amount=rub(charged))] if charged else [])]
    customer = a_customer(invoice_policy=policy if whose == "customer" else None)
    seller = a_seller(invoice_policy=InvoicePolicy(policy) if whose == "seller" else InvoicePolicy.NONE)

    closing = Story(*commands).close(customer, seller)

    invoices = [draft.content.total for draft in closing.drafts if ".invoice." in draft.id]
    assert invoices == ([rub(asked)] if asked else [])


def test_a_debt_that_stays_is_asked_for_in_a_month_without_charges_too():
    story = Story(a_charge())
    story.close()

    (invoice,) = story.close().drafts

    assert invoice.content.total == rub(5_500)


def test_a_client_without_payers_gets_no_invoice():
    assert Story(a_charge()).close(a_customer(payers=())).drafts == ()


# --- bounds ----------------------------------------------------------------------------------------------------------


def with_a_usual_month(*amounts: int) -> Story:
    story = Story(a_payment(amount=rub(100_000_000)))
    for i, amount in enumerate(amounts):
        story.post(a_charge(day=date(2026, 1 + i, 5), amount=amount))
        story.close()
    return story


@pytest.mark.parametrize(
    ("usual", "then", "suspicious"),
    [
        pytest.param([rub(20_000)] * 3, rub(200_000), False, id="ten times"),
        pytest.param([rub(20_000)] * 3, rub(200_000) + 1, True, id="over ten times"),
        pytest.param([rub(20_000)] * 2, rub(900_000), False, id="too new a client"),
        pytest.param([rub(5)] * 3, rub(100_000), False, id="too little to look at"),
        pytest.param([rub(5)] * 3, rub(100_000) + 1, True, id="above the least"),
        pytest.param([rub(1), rub(20_000), rub(20_000), rub(90_000)], rub(200_001), True, id="by the lower median"),
    ],
)
def test_an_act_far_above_the_usual_waits_for_a_person(usual, then, suspicious):
    story = with_a_usual_month(*usual)
    story.post(a_charge(day=story.account.open.first_day, amount=then))
    account = story.account

    if suspicious:
        with pytest.raises(SuspiciousError, match="больше обычного"):
            story.close()
        assert story.account is account
    assert acts(story.close(forced=suspicious)) == {PAYER: then}


def test_too_many_payers_or_lines_wait_for_a_person():
    payers = Story(a_payment(amount=10), a_payment(amount=10, payer=OTHER_PAYER), a_charge(amount=20))
    lines = Story(a_payment(), *(a_charge(amount=1, service=CRM._replace(code=f"s{i}")) for i in range(3)))

    with pytest.raises(SuspiciousError, match="актов в месяце 2, больше 1"):
        payers.close(BOTH, a_seller(bounds=Bounds(payers_max=1)))
    with pytest.raises(SuspiciousError, match="строк в акте 3, больше 2"):
        lines.close(seller=a_seller(bounds=Bounds(lines_max=2)))


def test_a_client_with_sixty_services_has_one_act_of_sixty_lines():
    services = [CRM._replace(code=f"s{i:02}", title=f"Услуга {i:02}") for i in range(60)]
    story = Story(a_payment(amount=rub(100_000)))
    for day in (1, 2, 3):
        story.post(*(a_charge(day=date(2026, 1, day), amount=rub(7), service=s) for s in services))

    (act,) = [draft.content for draft in story.close().drafts if ".act." in draft.id]

    assert [line.title for line in act.lines] == [s.title for s in services]
    assert {(line.quantity, line.price, line.amount) for line in act.lines} == {("3", rub(7), rub(21))}
    assert act.total == rub(1_260)
