"""Random accounts against the second ledger: every answer, the balance, and every act by line and by class."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest

from tests.foreign_oracle.company import Account, by_the_rules, in_fact
from tests.foreign_oracle.life import INNS, PAYERS, Life, Message, a_life, moments
from tests.world.mutants import MUTANTS

pytestmark = pytest.mark.proof

BATCHES = [(first, ("act", "wait")[n % 2]) for n, first in enumerate(range(0, 200, 50))]


def lives(first: int, n: int) -> list[Life]:
    return [a_life(f"f-{seed}", seed) for seed in range(first, first + n)]


def differing(lives: Sequence[Life], real: Mapping[str, Account], unpaid_services: str) -> list[Life]:
    return [x for x in lives if real[x.account] != by_the_rules(x, unpaid_services=unpaid_services)]


def as_lines(life: Life) -> str:
    """The account as `make demo FROM=folder` reads it; the company's card goes before."""
    return "\n".join(json.dumps(m, ensure_ascii=False) for m in (life.card, *life.messages))


@pytest.mark.parametrize(("first", "unpaid_services"), BATCHES)
def test_every_account_is_as_the_rules_say(first: int, unpaid_services: str) -> None:
    accounts = lives(first, 50)

    real = in_fact(accounts, unpaid_services=unpaid_services)

    for life in differing(accounts, real, unpaid_services):
        print(as_lines(life))
        assert real[life.account] == by_the_rules(life, unpaid_services=unpaid_services)
    for account in real.values():
        assert account.sums == {act: document["total"] for act, document in account.acts.items()}, "two acts of a payer"
    outcomes = [outcome for account in real.values() for outcome in account.outcomes]
    assert {"posted", "rejected", "refused"} == set(outcomes)
    assert len(outcomes) > 2_000
    assert sum(len(account.acts) for account in real.values()) > 100


def test_a_company_with_vat_documents_the_same_sums() -> None:
    """Late lines and minuses are documents of their own there, so only sums are compared: by month and payer."""
    accounts = lives(1_000, 12)

    real = in_fact(accounts, unpaid_services="act", vat="standard")

    for life in accounts:
        rules = by_the_rules(life, unpaid_services="act")
        print(as_lines(life))
        assert (real[life.account].outcomes, real[life.account].balance) == (rules.outcomes, rules.balance)
        assert real[life.account].sums == rules.sums


@pytest.mark.parametrize(
    "defect",
    [
        "what a chargeback leaves owed is in an act by the class of the withdrawn money alone",
        "individuals' money makes acts",
        "the period is the event's own month",
        "months are those of UTC",
    ],
)
def test_a_planted_defect_is_found(defect: str) -> None:
    accounts = lives(0, 30)

    with MUTANTS[defect]():
        real = in_fact(accounts, unpaid_services="act")

    assert differing(accounts, real, "act")


# --- what is not as the rules say: corrections dated the 1st, that come while the month before is open -----------


def an_account_of(policy: str, *messages: Message) -> Life:
    """Messages in the order of their days, each in the first wave after it."""
    life = Life("f-1", policy, PAYERS[:2], [(now, []) for now in moments()])
    for n, message in enumerate(messages):
        wave = next(w for now, w in life.waves if now > datetime.fromisoformat(message["at"]))
        wave.append({"key": f"f-1:{n}", "account": "f-1", **message})
    return life


def a_payment(at: str, amount: int) -> Message:
    return {"kind": "payment", "at": f"{at}+03:00", "class": "BANK", "amount": amount, "payer": {"inn": INNS[0]}}


def a_charge(at: str, amount: int) -> Message:
    return {"kind": "charge", "at": f"{at}+03:00", "service": "crm", "title": "Доступ к CRM", "amount": amount}


def test_a_payment_made_another_payers_before_the_close() -> None:
    """The correction came before the close of January, so only the right payer has an act of it."""
    life = an_account_of(
        "prepaid",
        a_payment("2026-01-20T12:00:00", 8),
        a_charge("2026-01-20T12:30:00", 8),
        {
            "kind": "reclassification",
            "at": "2026-02-01T10:00:00+03:00",
            "payment": "f-1:0",
            "class": "BANK",
            "payer": {"inn": INNS[1]},
            "reason": "письмо клиента",
        },
    )

    real = in_fact([life], unpaid_services="act")["f-1"]

    assert {act: document["total"] for act, document in by_the_rules(life, unpaid_services="act").acts.items()} == {
        ("2026-01", INNS[1]): 8,
    }
    assert real == by_the_rules(life, unpaid_services="act")


def test_a_charge_reversed_before_the_close_pays_another() -> None:
    """January was charged 26 and 21 of them were taken back before its close: its act is for 5."""
    life = an_account_of(
        "prepaid",
        a_payment("2026-01-21T12:00:00", 21),
        a_charge("2026-01-31T14:00:00", 21),
        a_charge("2026-01-31T15:00:00", 5),
        {"kind": "reversal", "at": "2026-02-01T07:00:00+03:00", "charge": "f-1:1", "amount": 21, "reason": "простой"},
    )

    real = in_fact([life], unpaid_services="act")["f-1"]

    assert {act: document["total"] for act, document in by_the_rules(life, unpaid_services="act").acts.items()} == {
        ("2026-01", INNS[0]): 5,
    }
    assert real == by_the_rules(life, unpaid_services="act")
