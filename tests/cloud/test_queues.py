from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from billing import wiring
from billing.domain.errors import UnavailableError
from local.cloud import Cloud
from local.resources import aws
from tests.cloud.told import a_charge, a_payment, the_client, the_seller


def _bodies(cloud: Cloud, queue: str) -> list[str]:
    got = aws("sqs").receive_message(QueueUrl=cloud.ids[queue], MaxNumberOfMessages=10).get("Messages", [])
    return [message["Body"] for message in got]


def test_messages_of_an_account_are_taken_in_their_order(cloud: Cloud) -> None:
    """Thirty charges after a payment, in batches of ten: the journal has them as they were sent."""
    charges = [a_charge(key=f"charge:{n}", amount=100 * n) for n in range(1, 31)]

    cloud.send("CrmInboxQueue", [the_seller(), a_payment(), *charges])
    cloud.drain()

    posted = sorted((row["seq"], row["key"]) for row in cloud.rows("journal"))
    assert [key for _, key in posted] == ["payment:1", *(f"charge:{n}" for n in range(1, 31))]


def test_a_message_sent_again_is_the_same_message(cloud: Cloud) -> None:
    cloud.send("CrmInboxQueue", [the_seller(), a_payment(), a_payment()])
    cloud.send("CrmInboxQueue", [a_payment()])

    cloud.drain()

    (account,) = cloud.rows("accounts")
    assert account["balance_kop"] == 1_000_000


def test_a_wrong_message_lies_among_dead_letters_and_holds_nobody_up(cloud: Cloud) -> None:
    wrong = a_payment(key="payment:wrong", amount=-1)

    cloud.send("CrmInboxQueue", [the_seller(), wrong, a_payment()])
    cloud.drain()

    assert _bodies(cloud, "CrmInboxDeadLetters") == [wrong]
    assert [row["key"] for row in cloud.rows("journal")] == ["payment:1"]
    assert cloud.messages("CrmInboxQueue") == 0


class _Down:
    """A world where one call fails, `times` times or for ever."""

    def __init__(self, fails: Any, times: int = 1_000) -> None:
        self.fails, self.times, self.calls = fails, times, 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        if self.calls <= self.times:
            raise UnavailableError("down")
        return self.fails(*args, **kwargs)


def test_what_fails_five_times_goes_to_the_dead_letters(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    from billing.adapters.store import DynamoStore

    down = _Down(DynamoStore.tx)
    monkeypatch.setattr(DynamoStore, "tx", down)
    cloud.send("CrmInboxQueue", [a_payment()])

    cloud.drain()

    assert down.calls == 5
    assert cloud.messages("CrmInboxQueue") == 0
    assert _bodies(cloud, "CrmInboxDeadLetters") == [a_payment()]


def test_what_fails_four_times_is_done_in_the_end(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    from billing.adapters.store import DynamoStore

    shipped = DynamoStore.tx
    down = _Down(shipped, times=4)
    monkeypatch.setattr(DynamoStore, "tx", lambda self, writes: down(self, writes))
    cloud.send("CrmInboxQueue", [a_payment(), a_charge(vat="none")])

    cloud.drain()

    assert [row["key"] for row in cloud.rows("journal")] == ["payment:1", "charge:1"]
    assert cloud.messages("CrmInboxDeadLetters") == 0


def test_a_schedule_whose_function_fails_three_times_is_a_dead_letter(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Any:
        raise UnavailableError("down")

    monkeypatch.setattr(wiring, "outside", broken)

    cloud.fire("CloseMonthFunctionNight", datetime(2026, 2, 1, 21, 30, tzinfo=UTC))

    assert cloud.function("close_month").calls == 3
    assert _bodies(cloud, "SchedulesDeadLetters") == ['{"scheduled_at": "2026-02-01T21:30:00Z"}']


def test_letters_wait_until_the_mail_service_is_up_again(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    from billing.adapters.mailer import SesMailer

    shipped = SesMailer.send
    down = _Down(shipped, times=2)
    monkeypatch.setattr(
        SesMailer, "send", lambda self, letter, *, to, delivery: down(self, letter, to=to, delivery=delivery)
    )
    cloud.send("CrmInboxQueue", [the_seller(), the_client(), a_payment(), a_charge()])

    cloud.advance(to=datetime(2026, 2, 2, 6, tzinfo=UTC))

    assert [mail.to for mail in cloud.letters()] == ["anna@romashka.example", "accountant@example.com"]
