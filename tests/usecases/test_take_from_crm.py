"""A message has one answer for ever, and one that was not taken holds nobody up."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from pynamodb.exceptions import PutError

from billing.domain.errors import UnavailableError
from billing.ports import StaleError, UnknownOutcomeError, Write
from billing.usecases.take_from_crm import take_from_crm
from tests.usecases.house import ACCOUNT, FEBRUARY, ROMASHKA, House, a_card, a_charge, a_payment


def test_money_and_charges_make_the_balance():
    house = House(a_payment(1_000_000), a_charge(550_000))

    assert house.balance() == 450_000


def test_an_account_nobody_has_heard_of_begins_with_its_first_payment():
    house = House(a_payment(100, account="new-1"))

    assert house.balance("new-1") == 100


def test_a_charge_before_the_customer_card_is_taken():
    house = House(a_charge(100))

    assert (house.balance(), house.refused()) == (-100, [])


def test_the_same_message_twice_is_answered_as_at_first_and_counted_once():
    payment = a_payment(1_000)
    house = House(payment)

    (again,) = house.tell(dict(reversed(payment.items())))

    assert (again.outcome, house.balance(), house.refused()) == ("posted", 1_000, [])


def test_the_same_key_with_other_content_is_refused_and_alarmed():
    payment = a_payment(1_000)
    house = House(payment)

    (other,) = house.tell({**payment, "amount": 2_000})

    assert (other.outcome, house.balance()) == ("refused", 1_000)
    assert house.metrics.counts["SameKeyOtherContent"] == 1
    assert house.refused() == ["the key is known with other content"]


def test_a_key_of_another_account_is_known_too():
    payment = a_payment(1_000)
    house = House(payment)

    (other,) = house.tell({**payment, "account": "c-000002"})

    assert other.outcome == "refused"
    assert house.store.get("accounts", "c-000002") is None


def test_a_refund_of_more_than_is_left_is_rejected_for_ever():
    payment = a_payment(1_000)
    house = House(payment, a_charge(600))
    refund = {
        "kind": "refund",
        "key": "r-1",
        "account": ACCOUNT,
        "at": "2026-02-01T10:00:00+03:00",
        "payment": payment["key"],
        "amount": 500,
    }

    first = house.tell(refund)[0]
    house.tell(a_payment(10_000))
    again = house.tell(refund)[0]

    assert (first.outcome, again.outcome, first.reason) == ("rejected", "rejected", again.reason)
    assert house.balance() == 10_400


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        pytest.param("refund", {"payment": "nobody", "amount": 1}, id="refund"),
        pytest.param("chargeback", {"payment": "nobody", "amount": 1}, id="chargeback"),
        pytest.param("reversal", {"charge": "nobody", "amount": 1}, id="reversal"),
        pytest.param(
            "reclassification", {"payment": "nobody", "class": "CARD_IND", "reason": "x"}, id="reclassification"
        ),
    ],
)
def test_a_correction_of_what_never_was_is_rejected(kind, fields):
    house = House(a_payment(1_000))

    (taken,) = house.tell({"kind": kind, "key": "k-1", "account": ACCOUNT, "at": "2026-02-01T10:00:00+03:00", **fields})

    assert (taken.outcome, house.balance()) == ("rejected", 1_000)


def test_a_correction_cannot_reach_into_another_account():
    theirs = a_payment(1_000, account="c-000002")
    house = House(theirs, a_payment(1_000))

    (taken,) = house.tell(
        {
            "kind": "refund",
            "key": "k-1",
            "account": ACCOUNT,
            "at": "2026-02-01T10:00:00+03:00",
            "payment": theirs["key"],
            "amount": 1,
        }
    )

    assert taken.outcome == "rejected"


def test_what_is_refused_lies_aside_with_its_reason_and_its_neighbours_are_taken():
    house = House()

    outcomes = [t.outcome for t in house.tell(a_payment(1_000), "{", a_payment(0), a_payment(500))]

    assert outcomes == ["posted", "refused", "refused", "posted"]
    assert house.balance() == 1_500
    dead = [message for name, message in house.queue.sent if name == "crm-dead-letters"]
    assert dead[0]["body"] == "{"
    assert dead[1]["reason"] == "amount: Input should be greater than 0"
    assert house.metrics.counts["MessagesNotTaken"] == 2


def test_the_reason_of_a_refusal_is_kept_for_400_days():
    house = House().at("2026-02-01 12:00")
    house.tell("{")

    (row,) = [s.row for s in house.store.rows("control") if s.pk == "refused.2026-02-01"]
    assert row["expires"] == 1_804_496_400  # 8 March 2027, 09:00 UTC


def test_a_refused_message_may_come_again_once_it_is_mended():
    payment = a_payment(0)
    house = House()
    house.tell(payment)

    (mended,) = house.tell({**payment, "amount": 700})

    assert (mended.outcome, house.balance()) == ("posted", 700)


def test_the_dead_letter_is_sent_again_though_its_row_is_there():
    """The row was written, the queue did not answer: the message came back and is put aside once more."""
    house = House()
    take_from_crm("{", house.outside, id="one", group=ACCOUNT)

    take_from_crm("{", house.outside, id="one", group=ACCOUNT)

    assert len(house.refused()) == 1
    assert [name for name, _ in house.queue.sent] == ["crm-dead-letters"] * 2


def test_an_older_card_does_not_replace_a_newer_one():
    house = House(a_card(at="2026-01-20T12:00:00+03:00", title="Новое имя"))

    (late,) = house.tell(a_card(at="2026-01-10T12:00:00+03:00", title="Старое имя"))

    assert late.outcome == "superseded"
    stored = house.store.get("customers", ACCOUNT)
    assert stored
    assert stored.row["card"]["title"] == "Новое имя"


def test_hints_wake_what_waited_for_the_card():
    house = House(a_payment(1_000), a_charge(1_000))
    house.night()

    house.tell(a_card())

    assert {"month": "2026-01", "accounts": [ACCOUNT]} in [message for _, message in house.queue.sent]


def test_the_journal_is_a_chain():
    house = House(a_payment(1_000), a_charge(300), a_charge(200))
    rows = house.store.query("journal", ACCOUNT).rows

    assert [row.row["previous"] for row in rows] == ["", rows[0].row["sha"], rows[1].row["sha"]]


def test_a_charge_without_vat_takes_the_sellers():
    house = House(a_charge(100))

    assert house.store.query("journal", ACCOUNT).rows[0].row["service"]["vat"] == "22"


def test_a_charge_without_vat_and_without_a_seller_is_refused():
    house = House(seller=False)

    (taken,) = house.tell(a_charge(100))

    assert (taken.outcome, taken.reason) == ("refused", "vat: neither the charge nor the seller's settings say it")


def test_another_worker_on_the_same_account_is_waited_out():
    house = House(a_payment(1_000))
    write = house.store.tx
    lost = iter([True, True, False])

    def tx(writes: Sequence[Write]) -> None:
        if next(lost, False):
            raise StaleError([0])
        write(writes)

    house.store.tx = tx  # type: ignore[method-assign]

    assert house.tell(a_charge(100))[0].outcome == "posted"
    assert house.balance() == 900


def test_an_answer_that_was_lost_is_found_in_the_row():
    """The transaction went through, nobody said so: asked again it is not counted twice."""
    house = House()
    write = house.store.tx
    lost = iter([True])

    def tx(writes: Sequence[Write]) -> None:
        write(writes)
        if next(lost, False):
            raise UnknownOutcomeError("no answer")

    house.store.tx = tx  # type: ignore[method-assign]

    assert house.tell(a_payment(1_000))[0].outcome == "posted"
    assert house.balance() == 1_000


def test_a_database_that_is_busy_sends_the_message_back():
    house = House()

    def tx(writes: Sequence[Write]) -> None:
        raise UnavailableError("busy")

    house.store.tx = tx  # type: ignore[method-assign]

    with pytest.raises(UnavailableError):
        house.tell(a_payment(1_000))
    assert house.refused() == []


def test_a_month_that_a_run_has_closed_is_opened_anew_for_nobody():
    """A new client's first message, of years or of days ago, enters the month that is open for everybody."""
    house = House(a_card(), a_payment(1_000), a_charge(600))
    house.night()

    house.at("2026-02-10 12:00").tell(
        a_card("late", key="late:card"),
        a_payment(90_000, "late", at="2023-03-05T12:00:00+03:00"),
        a_charge(10_000, "late", at="2023-03-06T12:00:00+03:00", vat="none"),
        a_charge(20_000, "late", at="2026-01-15T12:00:00+03:00", vat="none"),
    )
    house.wait(hours=6).sweep()
    house.tell(a_charge(40_000, "late", at="2026-01-16T12:00:00+03:00", vat="none"))
    house.night(FEBRUARY)

    acts = [d for d in house.documents("late") if d.kind == "act"]
    assert [d.month for d in acts] == ["2026-02"]
    assert {line.title.replace("\u00a0", " "): line.amount for line in acts[0].content.lines} == {
        "Доступ к CRM за март 2023 г.": 10_000,
        "Доступ к CRM за январь 2026 г.": 60_000,
    }


@pytest.mark.parametrize(
    ("now", "at", "opens"),
    [
        ("2026-02-01 12:00", "2026-01-15", "2026-01"),
        ("2026-02-10 12:00", "2026-02-03", "2026-02"),
        ("2026-01-10 12:00", "2023-03-05", "2025-12"),
    ],
)
def test_before_the_first_run_an_account_opens_with_its_first_message_but_not_before_the_past_month(now, at, opens):
    house = House(a_payment(100, "new", at=f"{at}T12:00:00+03:00"), at=now)

    stored = house.store.get("accounts", "new")

    assert stored
    assert stored.row["open"] == opens


def test_a_message_that_fails_each_time_is_put_aside_with_its_reason_and_its_neighbours_are_taken():
    """As DynamoDB refuses what it cannot hold: that is no outage, and no reason to hold up the account."""
    house = House()
    write = house.store.tx

    def tx(writes: Sequence[Write]) -> None:
        if any(w.table == "journal" and w.row and w.row["key"] == "poison" for w in writes):
            raise PutError("ValidationException: Item size\x00 has exceeded the maximum allowed size")
        write(writes)

    house.store.tx = tx  # type: ignore[method-assign]

    taken = house.tell(a_payment(1_000), a_payment(5, key="poison"), a_charge(300))

    assert [t.outcome for t in taken] == ["posted", "refused", "posted"]
    assert house.balance() == 700
    said = "не обработано, PutError: ValidationException: Item size  has exceeded the maximum allowed size"
    assert house.refused() == [said]
    ((_, dead),) = [sent for sent in house.queue.sent if sent[0] == "crm-dead-letters"]
    assert (dead["outcome"], dead["reason"]) == ("refused", said)


def test_an_account_that_is_always_busy_sends_the_message_back():
    house = House()

    def tx(writes: Sequence[Write]) -> None:
        raise StaleError([0])

    house.store.tx = tx  # type: ignore[method-assign]

    with pytest.raises(UnavailableError):
        house.tell(a_payment(1_000))
    assert house.refused() == []


@pytest.mark.parametrize(
    "over",
    [
        pytest.param({"title": "ООО «<b>Ромашка</b>»\r\nBcc: all@x.example"}, id="HTML and CR/LF in the title"),
        pytest.param(
            {"administrators": [{"user": "u", "name": "А\nБ", "emails": ["x@y.example\r\nBcc: z@y.example"]}]},
            id="CR/LF in an address",
        ),
        pytest.param({"payers": [{**ROMASHKA, "inn": "123", "kpp": "abc"}]}, id="bad requisites"),
        pytest.param({"payers": []}, id="no payers"),
        pytest.param({"payers": [{**ROMASHKA, "name": "я" * 1_000}]}, id="the longest name"),
    ],
)
def test_a_strange_card_is_kept_and_ends_in_no_fault(over):
    house = House(a_card(**over), a_payment(1_000), a_charge(1_000))

    report = house.night()

    assert report["closed"] == 1
    assert all("\n" not in letter.subject and "\r" not in letter.subject for letter in house.letters())
    assert all("z@y.example" not in to for to in house.addresses())


def test_bodies_are_put_aside_as_they_came():
    house = House()

    house.tell('{"kind": "payment", "note": "\\ud800 \\u0000"}')

    ((_, dead),) = house.queue.sent
    assert json.loads(dead["body"])["note"] == "\ud800 \x00"
