"""The second reading of the journal agrees with every right close and shows every wrong one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from unittest.mock import patch

import pytest

from billing.domain import closing
from billing.domain.audit import NeedsHistoryError, Reading
from billing.domain.audit_history import History
from billing.domain.books import Books
from billing.domain.ledger import (
    Allocation,
    Chargeback,
    Command,
    MoneyClass,
    Reclassification,
    Refund,
    RejectedError,
    Reversal,
    Target,
)
from billing.domain.periods import Month
from billing.domain.vat import Vat
from billing.usecases.second_reading import Audit, reading_of
from tests.builders import (
    CRM,
    OTHER_PAYER,
    PAYER,
    Story,
    a_charge,
    a_customer,
    a_payer,
    a_payment,
    another_payer,
    rub,
)

IND = MoneyClass.CARD_IND
POSTPAID = a_customer(policy="postpaid")


class Told(Story):
    """A story that adds up its acts by payer."""

    def __init__(self, *commands: Command, queue_max: int = 40, policy: str = "prepaid") -> None:
        super().__init__(*commands, queue_max=queue_max)
        self.customer = a_customer(policy=policy, payers=(a_payer(), another_payer()))
        self.acts: dict[str, int] = {}

    def end(self, months: int = 1) -> Told:
        for _ in range(months):
            for draft in self.close(self.customer, forced=True).drafts:
                if draft.content.kind == "act":
                    self.acts[draft.payer] = self.acts.get(draft.payer, 0) + draft.content.total
        return self

    @property
    def reading(self) -> Reading:
        return History().read(self.journal)


def february(day: int) -> dict[str, object]:
    return {"day": Month(2026, 2).first_day.replace(day=day)}


def test_a_month_of_payments_and_charges_is_read_on_from_the_month_before() -> None:
    story = Told(a_payment(amount=rub(4_000)), a_charge(amount=rub(5_500))).end()
    january = Audit(reading=Reading().read(story.journal), acted={}).row
    assert january
    first = len(story.journal)
    story.post(a_payment(amount=rub(2_000), **february(3))).end()

    reading = reading_of(january, ()).read(story.journal[first:])

    assert (reading.expected, reading.unpaid, reading.owed) == (story.acts, 0, [])
    assert reading.sums("2026-02")["earlier.BANK"] == rub(1_500)
    assert reading.balance == rub(500)


def test_a_correction_is_not_read_without_what_it_corrects() -> None:
    untaxed = CRM._replace(vat=Vat.NONE)
    story = Told(a_payment(), a_charge(key="c", amount=rub(500), service=untaxed)).end()
    january = Audit(reading=Reading().read(story.journal), acted={}).row
    assert january
    first = len(story.journal)
    story.post(Reversal(key="r", amount=rub(500), charge="c", **february(3))).end()  # type: ignore[arg-type]

    with pytest.raises(NeedsHistoryError):
        reading_of(january, ()).read(story.journal[first:])
    reading = story.reading

    assert reading.since == {PAYER: "2026-02"}
    assert sum(reading.due.values()) == -rub(500)


def test_a_minus_with_vat_takes_a_document_of_its_own_and_is_not_carried() -> None:
    story = Told(a_payment(), a_charge(key="c", amount=rub(500))).end()
    story.post(Reversal(key="r", amount=rub(200), charge="c", **february(3))).end()  # type: ignore[arg-type]

    assert (story.acts, story.reading.expected, story.reading.since) == ({PAYER: rub(300)}, {PAYER: rub(300)}, {})


# --- planted defects ---------------------------------------------------------------------------------------------


@contextmanager
def forgetting_what_is_acted() -> Iterator[None]:
    """Break chargebacks: mark what is owed again by the class of the withdrawn money alone."""
    as_it_is = Books.owe_again

    def owe_again(self: Books, target: Target, spent: int) -> tuple[Allocation, ...]:
        before = len(self.debts)
        undone = as_it_is(self, target, spent)
        acted = target.entry.payer if target.entry.money in ("BANK", "CARD_LE") else ""
        self.debts[before:] = [debt._replace(acted=acted) for debt in self.debts[before:]]
        return undone

    with patch.object(Books, "owe_again", owe_again):
        yield


def acted_twice(policy: str) -> Told:
    """1 000 in January's act; an individual pays it, and takes the money back."""
    story = Told(policy=policy)
    if policy == "postpaid":
        story.post(a_charge(amount=rub(1_000))).end()
    else:
        story.post(a_payment(key="p0", money=MoneyClass.CARD_LE, amount=rub(1_000)), a_charge(amount=rub(1_000))).end()
        story.post(Chargeback(key="b0", amount=rub(1_000), payment="p0", **february(2)))  # type: ignore[arg-type]
    story.post(a_payment(key="p1", money=IND, payer="", amount=rub(1_000), **february(3)))
    story.post(Chargeback(key="b1", amount=rub(1_000), payment="p1", **february(4)))  # type: ignore[arg-type]
    return story.post(a_payment(key="p2", amount=rub(1_000), **february(5))).end()


@pytest.mark.parametrize("policy", ["postpaid", "prepaid"])
def test_a_service_acted_twice_is_found(policy: str) -> None:
    with forgetting_what_is_acted():
        story = acted_twice(policy)

    assert story.acts == {PAYER: rub(2_000)}
    assert story.reading.expected == {PAYER: rub(1_000)}


def test_a_line_that_an_act_has_lost_is_found() -> None:
    as_it_is = closing.act_content

    def short(month: Month, funds: dict[object, object], lines: object) -> object:
        return as_it_is(month, dict(list(funds.items())[1:]), lines)  # type: ignore[arg-type]

    with patch.object(closing, "act_content", short):
        story = Told(a_payment(), a_charge(amount=rub(700)), a_charge(amount=rub(300), day=date(2025, 12, 31))).end()

    assert story.reading.expected == {PAYER: rub(1_000)}
    assert story.acts != story.reading.expected


def test_money_of_an_individual_taken_for_a_companys_is_found() -> None:
    with patch.object(closing, "ACTED", (*closing.ACTED, IND)):
        story = Told(a_payment(money=IND, payer=PAYER), a_charge(amount=rub(500))).end()

    assert (story.acts, story.reading.expected) == ({PAYER: rub(500)}, {})


def test_an_allocation_that_is_not_written_down_leaves_a_debt_that_is_none() -> None:
    story = Told(a_payment(), a_charge(amount=rub(500))).end()
    story.journal = [replace(entry, allocations=()) for entry in story.journal]

    reading = story.reading

    assert (reading.unpaid_now, sum(o.amount for o in reading.owed), max(0, -reading.balance)) == (
        rub(500), rub(500), 0
    )  # fmt: skip


# --- any history -------------------------------------------------------------------------------------------------

MONIES = (
    *[(MoneyClass.BANK, PAYER)] * 3,
    *((MoneyClass.BANK, OTHER_PAYER), (MoneyClass.CARD_LE, PAYER), (IND, ""), (MoneyClass.BONUS, "")),
)
STEPS = (
    *("payment",) * 4, *("charge",) * 6, *("reversal",) * 3, "refund", "chargeback", "reclassification", *("end",) * 2
)  # fmt: skip


@pytest.mark.parametrize("policy", ["prepaid", "postpaid"])
@pytest.mark.parametrize("seed", range(40))
def test_any_history_comes_to_the_acts_that_were_made(seed: int, policy: str) -> None:
    dice = random.Random(seed)
    story = Told(queue_max=3, policy=policy)
    for n in range(40):
        if (kind := dice.choice(STEPS)) == "end":
            story.end()
        elif command := _command(kind, f"k{n}", story, dice):
            try:
                story.post(command)
            except RejectedError:
                continue
    story.end()

    reading = story.reading

    assert reading.expected == story.acts
    assert reading.stray == 0
    assert reading.unpaid_now == sum(o.amount for o in reading.owed) == max(0, -story.account.balance)


def _command(kind: str, key: str, story: Told, dice: random.Random) -> Command | None:
    month = story.account.open.plus(dice.choice((-1, 0, 0, 0, 0, 1)))
    common = {"key": key, "day": month.first_day, "amount": dice.randint(1, 12)}
    charges = [e.key for e in story.journal if e.kind == "charge"]
    payments = [e.key for e in story.journal if e.kind == "payment"]
    if kind == "payment":
        money, payer = dice.choice(MONIES)
        return a_payment(**common, money=money, payer=payer)
    if kind == "charge":
        return a_charge(**common)
    if kind == "reversal":
        return Reversal(**common, charge=dice.choice(charges)) if charges else None  # type: ignore[arg-type]
    if not payments:
        return None
    common["payment"] = dice.choice(payments)
    if kind == "reclassification":
        money, payer = dice.choice(MONIES)
        return Reclassification(**{**common, "amount": 0}, money=money, payer=payer)  # type: ignore[arg-type]
    return (Refund if kind == "refund" else Chargeback)(**common)  # type: ignore[arg-type]
