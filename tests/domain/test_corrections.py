"""What stands of a payment or a charge, found in the journal."""

from __future__ import annotations

from billing.domain.corrections import target_of
from billing.domain.ledger import MoneyClass, Reversal
from tests.builders import PAYER, Story, a_charge, a_payment
from tests.domain.test_ledger import IN_JANUARY, a_chargeback, a_reclassification, a_refund, a_reversal


def live(story: Story, key: str) -> list[tuple[str, str, int]]:
    begin = next(i for i, entry in enumerate(story.journal) if entry.key == key)
    return [(a.payment, a.charge, a.amount) for a in target_of(story.journal[begin:]).live]


def test_an_untouched_payment_has_no_allocations():
    target = target_of(Story(a_payment(key="p")).journal)

    assert (target.live, target.returned, target.withdrawn) == ((), 0, 0)


def test_a_reversal_takes_the_newest_allocation_out_first():
    story = Story(a_payment(key="p", amount=5), a_payment(key="q", amount=5), a_charge(key="c", amount=10))

    story.post(Reversal(key="r", day=IN_JANUARY, amount=7, charge="c"))

    assert live(story, "c") == [("p", "c", 3)]
    assert live(story, "q") == []


def test_a_charge_paid_before_the_payment_came_is_found_from_the_payment_on():
    story = Story(a_charge(key="c", amount=10), a_payment(key="p", amount=4), a_payment(key="q", amount=6))

    assert live(story, "p") == [("p", "c", 4)]
    assert live(story, "c") == [("p", "c", 4), ("q", "c", 6)]


def test_only_its_own_stretch_of_a_merged_lot_is_a_payments():
    story = Story(*(a_payment(key=f"p{i}", amount=10) for i in range(3)), a_charge(key="c", amount=17), queue_max=2)

    assert live(story, "p0") == [("merge 4", "c", 10)]
    assert live(story, "p1") == [("merge 4", "c", 7)]
    assert live(story, "p2") == []
    assert target_of(story.journal[1:]).stretches == {"merge 4": ((10, 20),)}


def test_quantities_of_the_stretches_add_up_to_the_allocation():
    story = Story(*(a_payment(key=f"p{i}", amount=1) for i in range(3)), a_charge(key="c", amount=3), queue_max=2)

    quantities = [target_of(story.journal[i:]).live[0].quantity for i in range(3)]

    assert quantities == [333_333, 333_333, 333_334]


def test_what_was_taken_back_is_counted_by_its_kind():
    story = Story(a_payment(key="p", amount=20), a_charge(amount=12), a_refund("p", 3), a_chargeback("p", 9))

    target = target_of(story.journal)

    assert (target.returned, target.withdrawn) == (12, 4)


def test_a_reclassified_payment_answers_with_its_class_of_now_and_keeps_the_order_of_what_it_paid():
    story = Story(a_payment(key="p", amount=4), a_payment(key="q", amount=6), a_charge(key="c", amount=10),
                  a_reclassification("p", MoneyClass.CARD_IND))

    assert target_of(story.journal).entry.money == "CARD_IND"
    assert live(story, "c") == [("p", "c", 4), ("q", "c", 6)]
    story.post(a_reversal("c", 6))
    assert live(story, "c") == [("p", "c", 4)]


def test_a_payment_that_paid_a_charge_twice_is_reclassified_whole():
    story = Story(a_payment(key="p", amount=10), a_charge(key="a", amount=6), a_charge(key="b", amount=8),
                  a_reversal("a", 4), a_reclassification("p", MoneyClass.CARD_LE, PAYER))

    assert live(story, "b") == [("p", "b", 4), ("p", "b", 4)]
    assert {fund.money for fund in story.account.funds} == {MoneyClass.CARD_LE}
