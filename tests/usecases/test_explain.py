"""The chain of evidence from the rows, both ways."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, example, given, settings

from billing.domain.documents import DocumentStatus
from billing.domain.errors import NotFoundError
from billing.domain.explain import Place
from billing.ports import Write
from billing.usecases.explain import explain_act, explain_payment
from billing.usecases.send_again import send_again
from local.company import seller_card
from tests.usecases.house import ACCOUNT, FEBRUARY, JANUARY, ROMASHKA, House, a_card, a_charge, a_payment
from tests.usecases.lives import Life, steps

ACT = f"2026-01.act.{ROMASHKA['inn']}.0"


def test_a_payment_is_followed_to_its_charges_act_file_letters_and_edo():
    house = House(a_card(), a_payment(1_000_000, key="p", document={"number": "77", "date": "2026-01-12"}),
                  a_charge(550_000, key="c"))  # fmt: skip
    house.night(JANUARY)
    stored = house.store.get("documents", ACCOUNT, ACT)
    house.store.tx([Write("documents", ACCOUNT, ACT, {**stored.row, "edo": {"fate": {"state": "signed"}}},
                          stored.version)])  # fmt: skip

    told = explain_payment(ACCOUNT, "p", house.outside)

    assert (told.amount, told.document, told.money, told.was) == (1_000_000, "№ 77 от 12.01.2026", "BANK", None)
    assert told.sums() == {Place.ACT: 550_000, Place.UNSPENT: 450_000}
    assert told.by_act() == {ACT: 550_000}
    (act,) = told.acts
    assert (act.number, act.status, act.total, act.file) == (
        "1", DocumentStatus.READY, 550_000, f"docs/{ACCOUNT}/{ACT}.pdf")  # fmt: skip
    assert act.sha256 == stored.row["sha256"] != ""
    assert [(s.address, s.status) for s in act.letters] == [("c***@client.example", "delivered")]
    assert act.edo == {"fate": {"state": "signed"}}

    back = explain_act(ACCOUNT, ACT, house.outside)

    assert back.evidence == act
    assert [(p.payment, p.document, p.charge, p.amount, p.line) for p in back.parts] == [
        ("p", "№ 77 от 12.01.2026", "c", 550_000, 1)]  # fmt: skip
    assert (back.paid, [(r.why, r.amount) for r in back.from_paid]) == (1_000_000, [("not_spent", -450_000)])
    assert (back.charged, back.from_charged) == (550_000, ())


def test_a_letter_sent_again_is_evidence_too():
    house = House(a_card(), a_payment(1_000_000, key="p"), a_charge(550_000, key="c"))
    house.night(JANUARY)
    again = send_again(ACCOUNT, ACT, outside=house.at("2026-02-10 15:00").outside)

    (act,) = explain_payment(ACCOUNT, "p", house.outside).acts

    assert [(s.letter, s.status) for s in act.letters] == [(f"{ACCOUNT}_2026-01_0001", "delivered"), (again, "queued")]
    assert explain_act(ACCOUNT, ACT, house.outside).evidence == act


def test_a_charge_from_before_its_payment_is_named_too():
    waiting = {**seller_card(), "key": "seller:2", "at": "2026-01-02T09:00:00+03:00", "unpaid_services": "wait"}
    house = House(waiting, a_card(), a_charge(300_000, key="c"))
    house.night(JANUARY)
    house.night(FEBRUARY)
    house.at("2026-03-20 12:00").tell(a_payment(500_000, key="p", at="2026-03-20T11:00:00+03:00"))

    told = explain_payment(ACCOUNT, "p", house.outside)

    spent = told.parts[0]
    assert (spent.place, spent.charge, str(spent.day), spent.title, spent.month, str(spent.on)) == (
        Place.OPEN, "c", "2026-01-31", "Доступ к CRM", "2026-01", "2026-03-20")  # fmt: skip


def test_a_debt_that_an_act_had_is_followed_to_that_act():
    house = House(a_card(policy="postpaid"), a_charge(300_000, key="c"))
    house.night(JANUARY)
    house.tell(a_payment(500_000, key="p", at="2026-02-02T11:00:00+03:00"))

    told = explain_payment(ACCOUNT, "p", house.outside)

    assert told.sums() == {Place.DOCUMENTED: 300_000, Place.UNSPENT: 200_000}
    assert (told.parts[0].act, told.parts[0].line, [a.id for a in told.acts]) == (ACT, 1, [ACT])
    assert told.by_act() == {}  # that act was made before this money came


def test_many_small_payments_merged_into_one_are_told_apart():
    house = House(a_card(), *(a_payment(1_000, key=f"p{n}") for n in range(60)), a_charge(55_500, key="c"))
    house.night(JANUARY)
    house.at("2026-03-20 12:00")

    assert explain_payment(ACCOUNT, "p54", house.outside).sums() == {Place.ACT: 1_000}
    assert explain_payment(ACCOUNT, "p55", house.outside).sums() == {Place.ACT: 500, Place.UNSPENT: 500}
    assert explain_payment(ACCOUNT, "p59", house.outside).sums() == {Place.UNSPENT: 1_000}
    assert len(explain_act(ACCOUNT, ACT, house.outside).parts) == 56


def test_a_merge_of_long_ago_is_found_by_its_name():
    house = House(a_card(invoice_policy="none"), *(a_payment(1_000, key=f"p{n}") for n in range(60)))
    for month in (JANUARY, FEBRUARY, FEBRUARY.next):
        house.night(month)
    house.at("2026-04-20 12:00").tell(a_charge(50_500, key="c", at="2026-04-20T11:00:00+03:00"))
    house.night(FEBRUARY.plus(2))

    parts = explain_act(ACCOUNT, ACT.replace("2026-01", "2026-04"), house.outside).parts

    assert [(p.payment, p.amount) for p in parts][-2:] == [("p49", 1_000), ("p50", 500)]
    assert {str(p.paid_on) for p in parts} == {"2026-01-12"}


def test_a_blocked_act_is_told_with_its_state():
    house = House(a_card(payers=[{**ROMASHKA, "kpp": ""}]), a_payment(1_000_000, key="p"), a_charge(550_000))
    house.close(JANUARY)

    (act,) = explain_payment(ACCOUNT, "p", house.outside).acts

    assert (act.status, act.number, act.file, act.letters) == (DocumentStatus.BLOCKED, "", "", ())


@pytest.mark.parametrize("key", ["nothing", "c", "other"])
def test_only_a_payment_of_the_account_is_explained(key):
    house = House(
        a_card(), a_card("c-000002"), a_payment(100), a_charge(50, key="c"), a_payment(100, "c-000002", key="other")
    )

    with pytest.raises(NotFoundError):
        explain_payment(ACCOUNT, key, house.outside)


@pytest.mark.parametrize(
    "document", ["2026-01.act.7700000000.0", f"2026-01.invoice.{ROMASHKA['inn']}.0", "2026-01.period"]
)
def test_only_an_act_of_the_account_is_explained(document):
    house = House(a_card(), a_payment(1_000_000), a_charge(950_000))
    house.night(JANUARY)

    with pytest.raises(NotFoundError):
        explain_act(ACCOUNT, document, house.outside)


# Paid in January, before December is closed, and partly given back on both sides of the year: no act of December.
PAID_BEFORE_THE_CLOSE = [
    ("charge", 10, 8, 1), ("payment", 5, 3, 5), ("payment", 11, 6, 2), ("reversal", 5, 0, 0),
    ("reversal", 7, 5, 5), ("reclassification", 9, 7, 10), ("charge", 11, 9, 10), ("close", 11, 9, 5),
]  # fmt: skip


@settings(max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(told=steps)
@example(told=PAID_BEFORE_THE_CLOSE)
def test_any_life_is_explained_to_the_kopeck_both_ways(told):
    """Only a stretch of the journal is read for each, and still the parts make the whole and agree."""
    life = Life().live(told)
    there, back = Counter[tuple[str, str]](), Counter[tuple[str, str]]()

    for key in life.payments:
        payment = explain_payment(ACCOUNT, key, life.outside)
        assert sum(part.amount for part in payment.parts) == payment.amount
        there.update({(act, key): amount for act, amount in payment.by_act().items()})
        assert {part.act for part in payment.parts} - {""} == {act.id for act in payment.acts}
    for document in life.documents(kind="act"):
        act = explain_act(ACCOUNT, document.id, life.outside)
        assert sum(part.amount for part in act.parts) == document.content.total
        assert act.paid + sum(r.amount for r in act.from_paid) == document.content.total
        assert act.charged + sum(r.amount for r in act.from_charged) == document.content.total
        for part in act.parts:
            if part.payment:
                back[document.id, part.payment] += part.amount

    assert {k: x for k, x in there.items() if x} == {k: x for k, x in back.items() if x}
