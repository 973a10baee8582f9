"""Where each kopeck went: over any history the parts make the whole, and they are those of single kopecks."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.domain.explain import Place, Reason, Why
from billing.domain.explain_act import MonthOfAct, act_parts, why_not_charged, why_not_paid
from billing.domain.explain_payment import Acts, payment_parts
from billing.domain.ledger import Chargeback, MoneyClass, Reclassification, Refund, Reversal
from billing.domain.periods import Month
from billing.domain.pieces import apart, names_of_merged, parts_of, placed
from billing.domain.seller import UnpaidServices
from tests.builders import (
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
from tests.domain.test_ledger_by_oracle import EXAMPLES, STEPS, Twins
from tests.domain.test_ledger_by_oracle import _step as step

JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)
CARDS = a_customer(payers=(a_payer(), another_payer(valid_from=date(2021, 1, 1))))


class Told:
    """A story with its acts, and everything that is told of it."""

    def __init__(self, journal, account, acts, held=None) -> None:
        self.journal, self.account = journal, account
        self.acts = Acts(ids={key: f"{key[0]}.act.{key[1]}.0" for key in acts},
                         contents={f"{m}.act.{p}.0": act for (m, p), act in acts.items()} | (held or {}),
                         held_back={(Month.parse(id[:7]), id.split(".")[2]): (id,) for id in held or ()})
        self.merges = {e.key: e for e in journal if e.kind == "merge"}
        self.entries = {e.key: e for e in journal}
        assert names_of_merged(journal, account.lots) <= self.merges.keys()
        self.pieces = placed(journal, self.acts.ids, self.merges, self.acts.holding_back)

    def payment(self, key: str):
        corrections = [e for e in self.journal if e.ref == key]
        return payment_parts(self.entries[key], self.pieces, corrections, self.account.lots, self.entries, self.acts,
                             self.merges)

    def month(self, month: Month, payer: str) -> MonthOfAct:
        return MonthOfAct(act=self.acts.contents[self.acts.ids[month, payer]], month=month, payer=payer,
                          entries=[e for e in self.journal if e.period == month], pieces=self.pieces)

    def act(self, month: Month, payer: str):
        told = self.month(month, payer)
        return act_parts(self.acts.ids[month, payer], told.act, told.held, self.entries, self.acts)


def tell(story: Story, *, closes: int = 0, unpaid: str = "act", **customer) -> Told:
    """The story, with so many months closed after what it has told."""
    seller = a_seller(unpaid_services=UnpaidServices(unpaid))
    acts = {}
    for _ in range(closes):
        month = story.account.open
        closing = story.close(a_customer(payers=CARDS.payers, **customer), seller, forced=True)
        acts |= {(month, d.payer): d.content for d in closing.drafts if ".act." in d.id}
    return Told(story.journal, story.account, acts)


def sums(parts) -> dict[Place, int]:
    counted = Counter()
    for part in parts:
        counted[part.place] += part.amount // 100
    return dict(counted)


def test_10_000_paid_and_5_500_spent_are_in_the_act_and_unspent():
    told = tell(Story(a_payment(key="p"), a_charge(key="c")), closes=1)

    spent, unspent = told.payment("p")[0]

    assert (spent.place, spent.amount, spent.charge, spent.day, spent.title, spent.month, spent.act, spent.line) == (
        Place.ACT, rub(5_500), "c", date(2026, 1, 31), "Доступ к CRM", "2026-01", f"2026-01.act.{PAYER}.0", 1)
    assert (unspent.place, unspent.amount) == (Place.UNSPENT, rub(4_500))
    (part,) = told.act(JANUARY, PAYER)
    assert (part.payment, part.paid_on, part.charge, part.amount, part.line) == (
        "p", date(2026, 1, 12), "c", rub(5_500), 1)


@pytest.mark.parametrize(("commands", "closes", "places"), [
    pytest.param([a_payment(key="p"), a_charge()], 0, {Place.OPEN: 5_500, Place.UNSPENT: 4_500}, id="an open month"),
    pytest.param([a_payment(key="p", money=MoneyClass.CARD_IND, payer=""), a_charge()], 1,
                 {Place.NO_ACT: 5_500, Place.UNSPENT: 4_500}, id="an individual's"),
    pytest.param([a_payment(key="p"), a_charge(),
                  Refund(key="r", day=date(2026, 1, 31), amount=rub(4_000), payment="p")],
                 1, {Place.ACT: 5_500, Place.REFUNDED: 4_000, Place.UNSPENT: 500}, id="a refund"),
    pytest.param([a_payment(key="p"), a_charge(),
                  Chargeback(key="b", day=date(2026, 1, 31), amount=rub(7_000), payment="p")],
                 1, {Place.ACT: 5_500, Place.CHARGED_BACK: 4_500},
                 id="a chargeback: 2 500 of it had been spent and are owed again"),
    pytest.param([a_payment(key="p"), a_charge(key="c"),
                  Reversal(key="v", day=date(2026, 1, 31), amount=rub(5_500), charge="c")],
                 1, {Place.UNSPENT: 10_000}, id="all of it reversed in its month"),
])  # fmt: skip
def test_the_parts_of_a_payment_are_where_they_are(commands, closes, places):
    told = tell(Story(*commands), closes=closes)

    assert sums(told.payment("p")[0]) == places


def test_a_reversal_after_the_close_is_in_the_next_act_and_carried_while_there_is_none():
    story = Story(a_payment(key="p"), a_charge(key="c", service=UNTAXED._replace(code="old")))
    january = tell(story, closes=1)
    story.post(Reversal(key="v", day=date(2026, 2, 5), amount=rub(1_000), charge="c"))
    acts = {(JANUARY, PAYER): january.acts.contents[january.acts.ids[JANUARY, PAYER]]}
    closing = story.close(CARDS)
    assert closing.drafts == () or all(".act." not in d.id for d in closing.drafts)

    told = Told(story.journal, story.account, acts)

    assert sums(told.payment("p")[0]) == {Place.ACT: 5_500, Place.CARRIED: -1_000, Place.UNSPENT: 5_500}
    story.post(a_charge(day=date(2026, 3, 5), amount=rub(3_000), service=UNTAXED))
    march = story.close(CARDS)
    (act,) = [d.content for d in march.drafts if ".act." in d.id]
    told = Told(story.journal, story.account, {**acts, (Month(2026, 3), PAYER): act})
    parts = told.payment("p")[0]
    assert {(part.act[:7], part.amount // 100, part.line) for part in parts if part.act} == {
        ("2026-01", 5_500, 1), ("2026-03", -1_000, 1), ("2026-03", 3_000, 2)}
    assert why_not_paid(told.month(Month(2026, 3), PAYER)) == (0, (
        Reason(why=Why.PAID_EARLIER, amount=rub(3_000)), Reason(why=Why.CARRIED, amount=rub(-1_000))))
    assert why_not_charged(told.month(Month(2026, 3), PAYER)) == (
        rub(3_000), (Reason(why=Why.CARRIED, amount=rub(-1_000)),))


def test_what_is_held_back_from_an_act_is_told_apart_from_it():
    """1 000 with VAT given back for January waits for its own document; the act of February is for 2 000."""
    story = Story(a_payment(key="p"), a_charge(key="c"))
    january = tell(story, closes=1)
    story.post(Reversal(key="v", day=date(2026, 2, 5), amount=rub(1_000), charge="c"),
               a_charge(day=date(2026, 2, 5), amount=rub(2_000)))
    february, held = [d for d in story.close(CARDS).drafts if ".act." in d.id]
    acts = {(JANUARY, PAYER): january.acts.contents[january.acts.ids[JANUARY, PAYER]],
            (FEBRUARY, PAYER): february.content}

    told = Told(story.journal, story.account, acts, {held.id: held.content})

    assert {(part.act, part.amount // 100) for part in told.payment("p")[0] if part.act} == {
        (f"2026-01.act.{PAYER}.0", 5_500), (f"2026-02.act.{PAYER}.0", 2_000), (f"2026-02.act.{PAYER}.1", -1_000)}
    assert [part.amount for part in told.act(FEBRUARY, PAYER)] == [rub(2_000)]
    assert why_not_paid(told.month(FEBRUARY, PAYER)) == (0, (Reason(why=Why.PAID_EARLIER, amount=rub(2_000)),))
    assert why_not_charged(told.month(FEBRUARY, PAYER)) == (rub(2_000), ())


def test_a_service_paid_withdrawn_and_paid_again_is_in_its_own_act_by_whomever_it_was_paid():
    story = Story(a_payment(key="p"), a_charge(key="c"))
    acts = tell(story, closes=1).acts
    story.post(Chargeback(key="b", day=date(2026, 2, 3), amount=rub(10_000), payment="p"),
               a_payment(key="q", day=date(2026, 2, 5)))
    told = Told(story.journal, story.account, {(JANUARY, PAYER): acts.contents[acts.ids[JANUARY, PAYER]]})

    first, owed_again = told.payment("p")
    second, _ = told.payment("q")

    assert (sums(first), owed_again) == ({Place.ACT: 5_500, Place.CHARGED_BACK: 4_500}, rub(5_500))
    assert next((p.place, p.amount, p.charge, p.title, p.act, p.line) for p in second) == (
        Place.DOCUMENTED, rub(5_500), "c", "Доступ к CRM", f"2026-01.act.{PAYER}.0", 1)


def test_a_postpaid_month_has_what_was_not_paid_and_a_later_payment_pays_what_an_act_has():
    story = Story(a_charge(key="c"))
    acts = tell(story, closes=1, policy="postpaid").acts
    story.post(a_payment(key="p", day=date(2026, 2, 5)))
    told = Told(story.journal, story.account, {(JANUARY, PAYER): acts.contents[acts.ids[JANUARY, PAYER]]})

    spent, _ = told.payment("p")[0]

    assert (spent.place, spent.amount, spent.act, spent.line) == (
        Place.DOCUMENTED, rub(5_500), f"2026-01.act.{PAYER}.0", 1)
    (part,) = told.act(JANUARY, PAYER)
    assert (part.money, part.amount, part.payment) == ("CREDIT", rub(5_500), "")
    assert why_not_charged(told.month(JANUARY, PAYER)) == (rub(5_500), (
        Reason(why=Why.NOT_PAID, amount=rub(-5_500)), Reason(why=Why.CREDIT, amount=rub(5_500))))


def test_a_postpaid_month_takes_in_what_was_paid_before_its_close():
    story = Story(a_charge(key="c"), a_payment(key="p", day=date(2026, 2, 1)))

    told = tell(story, closes=1, policy="postpaid")

    assert sums(told.payment("p")[0]) == {Place.ACT: 5_500, Place.UNSPENT: 4_500}
    assert why_not_paid(told.month(JANUARY, PAYER)) == (0, (Reason(why=Why.CREDIT, amount=rub(5_500)),))


@pytest.mark.parametrize(("commands", "paid", "from_paid", "charged", "from_charged"), [
    pytest.param([a_payment(), a_charge()], 10_000, {Why.NOT_SPENT: -4_500}, 5_500, {}, id="not spent yet"),
    pytest.param([a_payment(amount=rub(3_000)), a_charge()], 3_000, {}, 5_500, {Why.NOT_PAID: -2_500}, id="not paid"),
    pytest.param([a_payment(amount=rub(2_000), money=MoneyClass.BONUS, payer=""), a_payment(), a_charge()], 12_000,
                 {Why.NOT_SPENT: -6_500, Why.OTHER_MONEY: -2_000}, 5_500, {Why.OTHER_MONEY: -2_000}, id="bonus"),
    pytest.param([a_payment(amount=rub(2_000), payer=OTHER_PAYER), a_payment(), a_charge()], 12_000,
                 {Why.NOT_SPENT: -6_500, Why.OTHER_PAYER: -2_000}, 5_500, {Why.OTHER_PAYER: -2_000},
                 id="another payer"),
    pytest.param([a_payment(key="q"), a_charge(),
                  Refund(key="r", day=date(2026, 1, 31), amount=rub(1_000), payment="q")],
                 10_000, {Why.NOT_SPENT: -3_500, Why.REFUNDED: -1_000}, 5_500, {}, id="given back"),
    pytest.param([a_payment(), a_charge(key="c"),
                  Reversal(key="v", day=date(2026, 1, 31), amount=rub(500), charge="c")],
                 10_000, {Why.NOT_SPENT: -4_500, Why.RECALCULATED: -500}, 5_500, {Why.RECALCULATED: -500},
                 id="recalculated"),
    pytest.param([a_charge(key="c"), Reversal(key="v", day=date(2026, 1, 31), amount=rub(500), charge="c"),
                  a_payment(amount=rub(1_000))],
                 1_000, {}, 5_500, {Why.NOT_PAID: -4_000, Why.RECALCULATED: -500}, id="a debt forgiven"),
    pytest.param([a_payment(key="q", money=MoneyClass.CARD_IND, payer=""), a_charge(),
                  Reclassification(key="x", day=date(2026, 1, 31), amount=0, payment="q", money=MoneyClass.CARD_LE,
                                   payer=PAYER)],
                 10_000, {Why.OTHER_MONEY: -10_000, Why.RECALCULATED: 5_500}, 5_500,
                 {Why.OTHER_MONEY: -5_500, Why.RECALCULATED: 5_500}, id="a corrected payer"),
])  # fmt: skip
def test_why_an_act_is_for_another_sum(commands, paid, from_paid, charged, from_charged):
    told = tell(Story(*commands), closes=1, unpaid="wait").month(JANUARY, PAYER)

    assert why_not_paid(told)[0] == rub(paid)
    assert {r.why: r.amount // 100 for r in why_not_paid(told)[1]} == from_paid
    assert why_not_charged(told)[0] == rub(charged)
    assert {r.why: r.amount // 100 for r in why_not_charged(told)[1]} == from_charged


def test_an_old_payment_and_an_old_debt_are_reasons_too():
    story = Story(a_payment(amount=rub(6_000)), a_charge())
    acts = tell(story, closes=1, unpaid="wait").acts
    waiting = a_seller(unpaid_services=UnpaidServices.WAIT)
    story.post(a_charge(day=date(2026, 2, 5), amount=rub(800)))
    closing = story.close(CARDS, waiting)
    february = next(d.content for d in closing.drafts if ".act." in d.id)
    january = acts.contents[acts.ids[JANUARY, PAYER]]
    told = Told(story.journal, story.account, {(JANUARY, PAYER): january, (FEBRUARY, PAYER): february})

    assert why_not_paid(told.month(FEBRUARY, PAYER)) == (0, (Reason(why=Why.PAID_EARLIER, amount=rub(500)),))
    assert why_not_charged(told.month(FEBRUARY, PAYER)) == (rub(800), (Reason(why=Why.NOT_PAID, amount=rub(-300)),))

    story.post(a_payment(day=date(2026, 3, 5), amount=rub(1_000)))
    march = next(d.content for d in story.close(CARDS, waiting).drafts if ".act." in d.id)
    told = Told(story.journal, story.account, {(JANUARY, PAYER): january, (FEBRUARY, PAYER): february,
                                               (Month(2026, 3), PAYER): march})

    assert why_not_charged(told.month(Month(2026, 3), PAYER)) == (0, (Reason(why=Why.PAID_DEBT, amount=rub(300)),))


# --- any history -------------------------------------------------------------------------------------------------


@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
          suppress_health_check=list(HealthCheck))
@given(steps=st.lists(step, min_size=STEPS // 2, max_size=STEPS), queue_max=st.sampled_from([1, 2, 3, 1_000]),
       policy=st.sampled_from(["act", "wait", "postpaid"]))
def test_any_history_is_explained_to_the_kopeck(steps, queue_max, policy):
    """Parts make the whole of every payment and every act, both ways the same, and are those of the oracle's coins."""
    twins = Twins(queue_max=queue_max, policy=policy)
    for told in steps:
        twins.take(told)
    told = Told(twins.journal, twins.account, twins.acts)

    in_acts = Counter[tuple[str, str]]()
    for key, money in twins.oracle.payments.items():
        parts, owed_again = told.payment(key)
        assert sum(part.amount for part in parts) == money.amount
        assert owed_again == money.withdrawn
        spent = [part for part in parts if part.charge]
        mine = Counter[str]()
        for part in spent:
            mine[part.charge] += part.amount
            if part.place is Place.ACT:
                in_acts[part.act, key] += part.amount
        bought = [due for due in twins.oracle.paid if due.coin.payment == key]
        assert sum(mine.values()) == len(bought) + money.withdrawn
        if queue_max == 1_000:  # merged debts are one to the oracle
            assert {c: n for c, n in mine.items() if n} == Counter(
                [due.charge for due in bought] + money.undone)
        unspent = sum(part.amount for part in parts if part.place is Place.UNSPENT)
        assert unspent == sum(coin.payment == key for coin in twins.oracle.coins)
    # what nobody has paid is explained for the whole act, and what of it comes back later may cancel out there
    on_credit = any("CREDIT" in dict(act.by_class) for act in twins.acts.values())
    for (month, payer), act in twins.acts.items():
        parts = told.act(month, payer)
        assert sum(part.amount for part in parts) == act.total
        for part in parts:
            in_acts[told.acts.ids[month, payer], part.payment] -= part.amount if part.payment else 0
        for start, reasons in (why_not_paid(told.month(month, payer)), why_not_charged(told.month(month, payer))):
            assert start + sum(r.amount for r in reasons) == act.total
        by_line = Counter[int]()
        for part in parts:
            by_line[part.line] += part.amount
        if not by_line[0] and not on_credit:
            assert {n: x for n, x in by_line.items() if x} == {n: line.amount for n, line in enumerate(act.lines, 1)}
    assert not {key: x for key, x in in_acts.items() if x}


def test_merged_queues_are_taken_apart_kopeck_by_kopeck():
    story = Story(*(a_payment(key=f"p{n}", amount=3) for n in range(4)), queue_max=2)
    story.post(a_charge(key="c", amount=7))
    merges = {e.key: e for e in story.journal if e.kind == "merge"}

    met = [piece for e in story.journal for a in e.allocations for piece in list(apart(a, merges))[::-1]]

    assert met == [("p0", "c", 3), ("p1", "c", 3), ("p2", "c", 1)]
    left = [part for lot in story.account.lots for part in parts_of(lot.name, lot.offset, lot.rest, merges)]
    assert left == [("p2", 2), ("p3", 3)]
