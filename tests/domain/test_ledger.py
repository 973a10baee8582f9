"""What each command does to an account. Sums are in kopecks, worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from billing.domain.corrections import target_of
from billing.domain.ledger import (
    Account,
    Charge,
    Chargeback,
    Command,
    MoneyClass,
    Payment,
    Reclassification,
    Refund,
    RejectedError,
    Reversal,
    Service,
)
from billing.domain.periods import Month
from billing.domain.posting import post
from billing.domain.vat import Vat
from tests.builders import CRM, OTHER_PAYER, PAYER, Story, a_charge, a_customer, a_payment, an_account, rub

JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)
IN_JANUARY, IN_FEBRUARY = date(2026, 1, 20), date(2026, 2, 10)
IND = {"money": MoneyClass.CARD_IND, "payer": ""}
BONUS = {"money": MoneyClass.BONUS, "payer": ""}


def a_refund(payment: str, amount: int, **over) -> Refund:
    return Refund(**{"key": f"refund-{payment}-{amount}", "day": IN_JANUARY, "payment": payment, "amount": amount,
                     **over})


def a_chargeback(payment: str, amount: int, **over) -> Chargeback:
    return Chargeback(**{"key": f"back-{payment}-{amount}", "day": IN_JANUARY, "payment": payment, "amount": amount,
                         **over})


def a_reversal(charge: str, amount: int, **over) -> Reversal:
    return Reversal(**{"key": f"rev-{charge}-{amount}", "day": IN_JANUARY, "charge": charge, "amount": amount, **over})


def a_reclassification(payment: str, money: MoneyClass, payer: str = "", **over) -> Reclassification:
    return Reclassification(**{"key": f"class-{payment}-{money}", "day": IN_JANUARY, "amount": 0, "payment": payment,
                               "money": money, "payer": payer, **over})


def funds(story: Story) -> dict[tuple[str, str, str], int]:
    """Act period, class, payer → kopecks."""
    sums: dict[tuple[str, str, str], int] = {}
    for fund, s in story.account.funds.items():
        key = str(fund.period), fund.money.value, fund.payer
        sums[key] = sums.get(key, 0) + s.amount
    return sums


def test_of_ten_thousand_paid_only_what_was_charged_is_for_the_act():
    """The seed's own example: 10 000 roubles by bank in January, 5 500 charged."""
    story = Story(a_payment(key="p"), a_charge(key="c"))

    assert story.account.balance == rub(4_500)
    assert story.rests == [("p", rub(4_500))]
    assert funds(story) == {("2026-01", "BANK", PAYER): rub(5_500)}


def test_a_charge_takes_the_oldest_money_first_whatever_its_class():
    story = Story(a_payment(key="bank", amount=30), a_payment(key="card", amount=15, money=MoneyClass.CARD_LE),
                  a_payment(key="own", amount=20, **IND), a_charge(key="c", amount=55))

    assert [(a.payment, a.amount) for a in story.journal[-1].allocations] == [("bank", 30), ("card", 15), ("own", 10)]
    assert funds(story) == {("2026-01", "BANK", PAYER): 30, ("2026-01", "CARD_LE", PAYER): 15,
                            ("2026-01", "CARD_IND", ""): 10}


def test_charges_without_money_become_debts_and_new_money_pays_the_oldest_first():
    story = Story(a_charge(key="a", amount=10), a_charge(key="b", amount=10), a_payment(key="p", amount=15))

    assert story.account.balance == -5
    assert story.owed == [("b", 5)]
    assert [(a.charge, a.amount) for a in story.journal[-1].allocations] == [("a", 10), ("b", 5)]


@pytest.mark.parametrize(
    ("day", "month", "period"),
    [
        pytest.param(date(2025, 12, 31), "2025-12", "2026-02", id="two months late"),
        pytest.param(date(2026, 1, 31), "2026-01", "2026-02", id="a closed month"),
        pytest.param(date(2026, 2, 1), "2026-02", "2026-02", id="the open month"),
        pytest.param(date(2026, 3, 1), "2026-03", "2026-03", id="a month ahead of the close"),
    ],
)
def test_an_entry_counts_in_the_first_month_that_is_still_open(day, month, period):
    story = Story(a_charge(day=day), open=FEBRUARY)

    assert (str(story.journal[-1].month), str(story.journal[-1].period)) == (month, period)


def test_a_debt_counts_in_the_month_that_pays_it():
    story = Story(a_charge(amount=10), a_payment(amount=10, day=IN_FEBRUARY))

    assert [(str(f.period), str(f.month)) for f in story.account.funds] == [("2026-02", "2026-01")]


# --- refunds -------------------------------------------------------------------------------------------------------


def test_a_refund_cuts_its_own_payment_and_no_other():
    story = Story(a_payment(key="a", amount=10), a_payment(key="b", amount=10), a_refund("b", 4))

    assert story.rests == [("a", 10), ("b", 6)]
    assert story.journal[-1].money == "BANK"


REFUSED = [
    pytest.param([a_payment(key="p", amount=10), a_charge(amount=7)], a_refund("p", 4),
                 "в этом платеже осталось меньше, чем просят вернуть", id="refund of spent money"),
    pytest.param([a_payment(key="p", amount=10), a_payment(amount=90)], a_refund("p", 11),
                 "возвращают больше, чем было в платеже", id="refund of more than was paid"),
    pytest.param([a_payment(key="p", amount=10, **BONUS)], a_refund("p", 1),
                 "бонусы не возвращаются деньгами", id="refund of a bonus"),
    pytest.param([a_charge(key="c")], a_refund("c", 1), "такого платежа на счёте нет", id="refund of a charge"),
    pytest.param([], a_refund("nothing", 1), "такого платежа на счёте нет", id="refund of nothing"),
    pytest.param([a_payment(amount=10), a_charge(key="c", amount=7)], a_reversal("c", 8),
                 "сторнируют больше, чем было списано", id="reversal larger than the charge"),
    pytest.param([a_payment(amount=10), a_charge(key="c", amount=7), a_reversal("c", 4)], a_reversal("c", 4, key="r"),
                 "сторнируют больше, чем было списано", id="second reversal larger than the rest"),
    pytest.param([a_payment(key="p")], a_reversal("p", 1), "такого списания на счёте нет", id="reversal of a payment"),
    pytest.param([a_payment(key="p", amount=10)], a_chargeback("p", 11), "отзывают больше, чем было в платеже",
                 id="chargeback of more than was paid"),
    pytest.param([a_payment(key="p", amount=10), a_refund("p", 6)], a_chargeback("p", 5),
                 "отзывают больше, чем было в платеже", id="chargeback of what was refunded"),
    pytest.param([a_payment(key="p", amount=10), a_chargeback("p", 10)], a_chargeback("p", 1),
                 "отзывают больше, чем было в платеже", id="the same payment charged back again"),
    pytest.param([a_payment(key="p", amount=10, **BONUS)], a_chargeback("p", 1), "бонусы банк не отзывает",
                 id="chargeback of a bonus"),
    pytest.param([a_payment(key="p", **BONUS)], a_reclassification("p", MoneyClass.BANK, PAYER),
                 "бонусы не бывают деньгами, и деньги бонусами", id="a bonus made money"),
    pytest.param([a_payment(key="p")], a_reclassification("p", MoneyClass.BANK, PAYER),
                 "платёж уже такого вида и от этого плательщика", id="the class that it has"),
    pytest.param([a_payment(key="p", amount=10), a_charge(amount=10), a_chargeback("p", 10)],
                 a_reclassification("p", MoneyClass.CARD_IND),
                 "банк отозвал этот платёж, когда он был потрачен: вид его денег больше не меняется",
                 id="class of withdrawn money"),
    pytest.param([], a_payment(amount=0), "сумма должна быть больше нуля", id="a payment of nothing"),
    pytest.param([], a_charge(amount=-1), "сумма должна быть больше нуля", id="a charge below zero"),
]


@pytest.mark.parametrize(("before", "command", "why"), REFUSED)
def test_what_contradicts_the_account_is_refused_and_changes_nothing(before: list[Command], command: Command, why: str):
    story = Story(*before)
    account = story.account

    with pytest.raises(RejectedError) as refusal:
        story.post(command)

    assert str(refusal.value) == why
    assert story.account is account


def test_a_charge_reversed_after_a_chargeback_gives_its_money_to_the_payment_that_really_paid():
    """What the bank has withdrawn it has already: refunding it again would pay it twice."""
    story = Story(a_payment(key="p", amount=10), a_charge(key="c", amount=10), a_chargeback("p", 10),
                  a_payment(key="q", amount=10), a_reversal("c", 10))

    assert story.rests == [("q", 10)]
    with pytest.raises(RejectedError, match="возвращают больше"):
        story.post(a_refund("p", 10))
    story.post(a_refund("q", 10))
    assert (story.rests, story.owed, story.account.balance) == ([], [], 0)


def test_a_charge_reversed_before_the_withdrawn_money_is_paid_again_is_owed_no_more():
    story = Story(a_payment(key="p", amount=10), a_charge(key="c", amount=10), a_chargeback("p", 10),
                  a_reversal("c", 6))

    assert (story.rests, story.owed, story.account.balance) == ([], [("c", 4)], -4)


# --- reversals -----------------------------------------------------------------------------------------------------


def test_a_reversal_gives_the_newest_money_back_to_its_old_place():
    story = Story(a_payment(key="a", amount=10), a_payment(key="b", amount=10, **IND), a_payment(key="c", amount=10),
                  a_charge(key="x", amount=15), a_charge(key="y", amount=10), a_reversal("x", 7))

    assert story.rests == [("a", 2), ("b", 5), ("c", 5)]
    assert [(a.payment, a.amount) for a in story.journal[-1].allocations] == [("b", -5), ("a", -2)]


def test_a_reversal_forgives_the_unpaid_rest_before_it_gives_money_back():
    story = Story(a_payment(key="p", amount=10), a_charge(key="c", amount=15), a_reversal("c", 8))

    assert story.rests == [("p", 3)]
    assert story.owed == []
    assert funds(story) == {("2026-01", "BANK", PAYER): 7}


def test_money_given_back_pays_the_debts_that_wait():
    story = Story(a_payment(key="p", amount=10), a_charge(key="a", amount=10), a_charge(key="b", amount=10),
                  a_reversal("a", 4))

    assert story.owed == [("b", 6)]
    assert story.account.balance == -6


def test_a_reversal_of_a_closed_month_lowers_the_open_one():
    story = Story(a_payment(amount=rub(10_000)), a_charge(key="c"))
    story.close()
    story.post(a_reversal("c", rub(500), day=IN_FEBRUARY))

    (fund, s), = story.account.funds.items()
    assert (str(fund.period), str(fund.month), s.amount, s.quantity) == ("2026-02", "2026-01", -rub(500), -90_910)


def test_several_reversals_of_one_charge_add_up_to_it_with_its_quantity():
    story = Story(a_payment(key="a", amount=1), a_payment(key="b", amount=9), a_charge(key="c", amount=10))

    for i, amount in enumerate((3, 3, 3, 1)):
        story.post(a_reversal("c", amount, key=f"r{i}"))

    assert story.rests == [("a", 1), ("b", 9)]
    assert story.account.funds == {}
    assert sum(a.quantity for entry in story.journal for a in entry.allocations) == 0


def test_a_reversal_after_a_reclassification_gives_back_money_of_the_new_class():
    story = Story(a_payment(key="p", amount=10), a_charge(key="c", amount=10),
                  a_reclassification("p", MoneyClass.CARD_IND), a_reversal("c", 4))

    assert [(lot.payment, lot.money, lot.rest) for lot in story.account.lots] == [("p", MoneyClass.CARD_IND, 4)]
    assert funds(story) == {("2026-01", "CARD_IND", ""): 6}


# --- chargebacks and reclassifications -------------------------------------------------------------------------------


def test_a_chargeback_takes_the_rest_and_what_company_money_bought_is_owed_but_not_acted_again():
    story = Story(a_payment(key="p", amount=10), a_charge(key="c", amount=7), a_chargeback("p", 10))

    assert story.rests == []
    assert [(d.charge, d.rest, d.line, d.acted) for d in story.account.debts] == [("c", 7, "crm", PAYER)]
    assert story.account.balance == -7

    story.post(a_payment(key="q", amount=7, payer=OTHER_PAYER))

    assert story.account.balance == 0
    assert funds(story) == {("2026-01", "BANK", PAYER): 7}


def test_what_an_individual_bought_with_withdrawn_money_is_acted_when_a_company_pays_it():
    """The line of the act is the service itself, with its month and its VAT."""
    story = Story(a_payment(key="p", amount=10, **IND), a_charge(amount=4, day=date(2026, 1, 5), quantity=400_000),
                  a_charge(amount=6, service=Service("sms", "Сообщения", "шт.", Vat.NONE), quantity=6_000_000),
                  a_chargeback("p", 8), a_payment(amount=8))

    assert {(f.money, f.line): s for f, s in story.account.funds.items() if f.money is MoneyClass.BANK} == {
        (MoneyClass.BANK, "sms"): (6, 6_000_000), (MoneyClass.BANK, "crm"): (2, 200_000)}


def test_a_second_chargeback_takes_the_next_newest_services():
    story = Story(a_payment(key="p", amount=10), a_charge(amount=5), a_charge(amount=5, service=CRM._replace(code="b")),
                  a_chargeback("p", 6), a_chargeback("p", 4))

    assert [(d.line, d.rest) for d in story.account.debts] == [("crm", 1), ("b", 5), ("crm", 4)]


# Two lives of one account whose services of 1 000 roubles are paid, withdrawn and paid again: each is in one act.
DOUBLE = {
    "postpaid, paid by an individual": (
        [a_charge(key="c", amount=rub(1_000))],
        [a_payment(key="ind", amount=rub(1_000), day=IN_FEBRUARY, **IND),
         a_chargeback("ind", rub(1_000), day=IN_FEBRUARY),
         a_payment(key="bank", amount=rub(1_000), day=IN_FEBRUARY)],
        {"documented.CARD_IND": rub(1_000), "documented.BANK": rub(1_000)},
    ),
    "prepaid by a company, then by an individual": (
        [a_payment(key="le", amount=rub(1_000), money=MoneyClass.CARD_LE), a_charge(key="c", amount=rub(1_000))],
        [a_chargeback("le", rub(1_000), day=IN_FEBRUARY),
         a_payment(key="ind", amount=rub(1_000), day=IN_FEBRUARY, **IND),
         a_chargeback("ind", rub(1_000), day=IN_FEBRUARY),
         a_payment(key="bank", amount=rub(1_000), day=IN_FEBRUARY)],
        {"documented.CARD_IND": rub(1_000), "documented.BANK": rub(1_000)},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("january", "february", "documented"), DOUBLE.values(), ids=DOUBLE)
@pytest.mark.parametrize("policy", ["prepaid", "postpaid"])
def test_no_service_is_in_two_acts_whoever_pays_withdraws_and_pays_again(policy, january, february, documented):
    customer, story = a_customer(policy=policy), Story(*january)

    first = story.close(customer)
    story.post(*february)
    second = story.close(customer)

    assert [d.content.total for d in first.drafts if ".act." in d.id] == [rub(1_000)]
    assert [d.content.total for d in second.drafts if ".act." in d.id] == []
    assert {k: x for k, x in second.period.turnover if k.startswith("documented.")} == documented
    assert (story.account.debts, story.account.balance) == ((), 0)


def test_a_chargeback_after_a_refund_takes_what_is_left():
    story = Story(a_payment(key="p", amount=10), a_charge(amount=3), a_refund("p", 4), a_chargeback("p", 6))

    assert story.rests == []
    assert [d.rest for d in story.account.debts] == [3]


def test_a_chargeback_goes_by_the_class_the_payment_has_now():
    story = Story(a_payment(key="p", amount=5, **IND), a_charge(amount=5),
                  a_reclassification("p", MoneyClass.CARD_LE, PAYER), a_chargeback("p", 5))

    assert story.account.debts[0].acted == PAYER
    assert (story.journal[-1].money, story.journal[-1].payer) == ("CARD_LE", PAYER)


def test_a_payment_taken_for_an_individuals_moves_to_the_company_with_all_it_paid_for():
    """Closed months get an extra line in the open one; what was refunded stays refunded."""
    story = Story(a_payment(key="p", amount=20, **IND), a_charge(amount=8), a_refund("p", 5))
    story.close()
    story.post(a_charge(amount=3, day=IN_FEBRUARY),
               a_reclassification("p", MoneyClass.CARD_LE, PAYER, day=IN_FEBRUARY))

    assert [(lot.payment, lot.money, lot.payer, lot.rest) for lot in story.account.lots] == [
        ("p", MoneyClass.CARD_LE, PAYER, 4)]
    assert {(str(f.month), f.money.value): s.amount for f, s in story.account.funds.items()} == {
        ("2026-01", "CARD_LE"): 8, ("2026-02", "CARD_LE"): 3, ("2026-01", "CARD_IND"): -8}
    assert story.account.balance == 4


# --- merged queues ---------------------------------------------------------------------------------------------------


def test_too_many_lots_of_one_kind_are_merged_and_their_parts_stay_in_the_journal():
    story = Story(*(a_payment(key=f"p{i}", amount=i + 1) for i in range(4)), queue_max=3)

    assert [(e.kind, e.key) for e in story.journal[-1:]] == [("merge", "merge 5")]
    assert story.rests == [("merge 5", 10)]
    assert [(lot.payment, lot.rest) for lot in story.journal[-1].lots] == [("p0", 1), ("p1", 2), ("p2", 3), ("p3", 4)]


@pytest.mark.parametrize(
    "other", [pytest.param(IND, id="class"), pytest.param({"payer": OTHER_PAYER}, id="payer")])
def test_lots_of_another_class_or_payer_are_never_merged(other):
    story = Story(*(a_payment(key=f"p{i}", **(other if i % 2 else {})) for i in range(6)), queue_max=3)

    assert len(story.account.lots) == 6


def test_a_refund_finds_its_payment_inside_merged_lots_of_merged_lots():
    story = Story(*(a_payment(key=f"p{i}", amount=10) for i in range(7)), a_charge(amount=25), queue_max=2)
    assert len(story.account.lots) == 1

    story.post(a_refund("p2", 4))

    with pytest.raises(RejectedError):
        story.post(a_refund("p2", 2))
    story.post(a_refund("p2", 1))
    assert story.account.balance == 40


def test_money_returns_into_a_queue_that_was_merged_since():
    story = Story(a_payment(key="a", amount=10), a_charge(key="x", amount=6), a_charge(key="y", amount=4),
                  *(a_payment(key=f"p{i}", amount=10) for i in range(4)), queue_max=3)
    assert story.rests == [("merge 8", 40)]

    story.post(a_reversal("x", 6), a_reversal("y", 1))

    assert story.rests == [("a", 7), ("merge 8", 40)]


def test_money_returns_between_others_that_came_before_and_after_it():
    """The returned lots `a` and `c` are not merged, for the private money of `b` may yet come back between them."""
    story = Story(a_payment(key="a", amount=5), a_payment(key="b", amount=5, **IND), a_payment(key="c", amount=5),
                  a_charge(key="x", amount=5), a_charge(key="y", amount=5), a_charge(key="z", amount=5),
                  a_reversal("x", 5), a_reversal("z", 5), a_payment(key="d", amount=1), a_payment(key="e", amount=1),
                  queue_max=1)
    assert story.rests == [("a", 5), ("c", 5), ("merge 11", 2)]

    story.post(a_reversal("y", 5))

    assert story.rests == [("a", 5), ("b", 5), ("c", 5), ("merge 11", 2)]


def test_reversals_of_charges_merged_while_unpaid_take_each_its_own():
    """Both may be reversed whole, in any order, although the money paid the merged debt from its beginning."""
    story = Story(a_charge(key="a", amount=10), a_charge(key="b", amount=10), a_charge(key="c", amount=10), queue_max=2)
    assert story.owed == [("merge 4", 30)]
    story.post(a_payment(key="p", amount=12, **IND), a_payment(key="q", amount=6))

    story.post(a_reversal("b", 10))

    assert story.owed == [("merge 4", 2)]
    assert funds(story) == {("2026-01", "CARD_IND", ""): 12, ("2026-01", "BANK", PAYER): 6}
    story.post(a_reversal("a", 10), a_reversal("c", 10))
    assert story.account.balance == 18
    assert story.account.funds == {}


def test_debts_of_many_services_are_merged_though_others_stand_between():
    """Sixty services unpaid for two months keep one debt each a month, and the row stays small."""
    services = [CRM._replace(code=f"s{i}") for i in range(60)]
    story = Story()
    for day in range(1, 29):
        story.post(*(a_charge(amount=5, service=s, day=date(2026, m, day)) for m in (1, 2) for s in services))

    assert len(story.account.debts) <= 160
    assert story.account.balance == -28 * 120 * 5
    story.post(a_payment(amount=28 * 120 * 5))
    assert story.account.debts == ()
    assert {(s.amount, s.quantity) for s in story.account.funds.values()} == {(140, 28_000_000)}


# --- lines -----------------------------------------------------------------------------------------------------------


def test_another_title_unit_or_vat_is_another_line():
    dearer = CRM._replace(title="CRM, другой тариф")
    tilde = CRM._replace(code="crm~2")
    story = Story(a_charge(), a_charge(service=dearer), a_charge(), a_charge(service=tilde), a_charge(service=dearer),
                  a_charge(service=CRM._replace(vat=Vat.TWENTY)))

    assert [entry.line for entry in story.journal] == ["crm", "crm~2", "crm", "crm~2~2", "crm~2", "crm~3"]
    assert set(story.account.lines.values()) == {CRM, dearer, tilde, CRM._replace(vat=Vat.TWENTY)}


def test_a_command_the_ledger_does_not_know_is_a_defect():
    with pytest.raises(TypeError):
        post(an_account(), Command(key="k", day=IN_JANUARY, amount=1))


def test_one_command_merges_a_few_of_a_long_queue_and_the_next_goes_on():
    """Two payments of 120 services are withdrawn: more debts of one kind than merge in one transaction."""
    services = [Service(f"s{i}", f"Услуга {i}", "шт.", Vat.NONE) for i in range(120)]
    account = Account(id="c-1", open=Month(2026, 1))
    day = date(2026, 1, 10)
    targets = []
    for key in ("p1", "p2"):
        money = Payment(key=key, day=day, amount=120_00, money=MoneyClass.BANK, payer="7701234567")
        account, entries = post(account, money)
        journal = [*entries]
        for i, service in enumerate(services):
            bought = Charge(key=f"{key}:c{i}", day=day, amount=1_00, service=service, quantity=1_000_000)
            account, entries = post(account, bought)
            journal += entries
        targets.append(target_of(journal))

    counts = []
    for n, target in enumerate(targets):
        withdrawn = Chargeback(key=f"cb{n}", day=day, amount=120_00, payment=target.entry.key)
        account, entries = post(account, withdrawn, target)
        counts.append(len(entries))
    for _ in range(2):
        account, entries = post(account, Charge(key=f"n{account.seq}", day=day, amount=1_00, service=services[0],
                                                quantity=1_000_000))  # fmt: skip
        counts.append(len(entries))

    assert counts == [1, 41, 41, 3]  # 240 debts become 200; 201, 161; 162, 160
    assert account.balance == -242_00
    assert sum(debt.rest for debt in account.debts) == 242_00
