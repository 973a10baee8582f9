"""Hints go ten in a call; what was not taken is sent again; a FIFO message goes by its account."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from billing.adapters.queues import ATTEMPTS_MAX, SqsQueue
from billing.domain.errors import UnavailableError


class Sqs:
    """A queue service that takes what it is told to."""

    def __init__(self, *failed: tuple[str, ...]) -> None:
        self._failed = iter(failed)
        self.calls: list[list[str]] = []

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.calls.append([e["MessageBody"] for e in Entries])
        return {"Failed": [{"Id": id} for id in next(self._failed, ())]}


def test_hints_are_sent_ten_in_a_call(aws: Any):
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="issue")["QueueUrl"]

    SqsQueue(sqs, {"issue-documents": url}).send("issue-documents", [{"n": n, "said": "я"} for n in range(23)])

    found = []
    while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(m["Body"])["n"] for m in got]
    assert sorted(found) == list(range(23))


def test_no_hints_make_no_call():
    sqs = Sqs()

    SqsQueue(sqs, {"q": "url"}).send("q", [])

    assert sqs.calls == []


def test_what_was_not_taken_is_sent_again_alone():
    sqs = Sqs(("1", "2"), ("2",))

    SqsQueue(sqs, {"q": "url"}).send("q", [{"n": n} for n in range(3)])

    assert sqs.calls == [['{"n": 0}', '{"n": 1}', '{"n": 2}'], ['{"n": 1}', '{"n": 2}'], ['{"n": 2}']]


def test_repeats_have_an_end():
    sqs = Sqs(*[("0",)] * 20)

    with pytest.raises(UnavailableError, match="did not take 1 messages"):
        SqsQueue(sqs, {"q": "url"}).send("q", [{"n": 0}])
    assert len(sqs.calls) == ATTEMPTS_MAX


def test_a_service_that_is_away_is_unavailable():
    class Away:
        def send_message_batch(self, **_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="x")

    with pytest.raises(UnavailableError):
        SqsQueue(Away(), {"q": "url"}).send("q", [{"n": 0}])


@pytest.fixture
def fifo(aws: Any) -> tuple[Any, str]:
    sqs = aws("sqs")
    return sqs, sqs.create_queue(QueueName="dead.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]


def received(sqs: Any, url: str) -> list[Any]:
    return sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
    ).get("Messages", [])


def test_a_message_is_put_aside_as_it_came_with_its_reason_beside_it(fifo: tuple[Any, str]):
    sqs, url = fifo

    SqsQueue(sqs, {"dead": url}).send_fifo(
        "dead",
        '{"kind": ',
        group="c-000001",
        attributes={"outcome": "refused", "reason": "сумма не число", "empty": ""},
    )

    (message,) = received(sqs, url)
    assert message["Body"] == '{"kind": '
    assert message["Attributes"]["MessageGroupId"] == "c-000001"
    said = {name: a["StringValue"] for name, a in message["MessageAttributes"].items()}
    assert said == {"outcome": "refused", "reason": "сумма не число"}


def test_the_same_message_put_aside_twice_is_one(fifo: tuple[Any, str]):
    sqs, url = fifo
    queue = SqsQueue(sqs, {"dead": url})

    for _ in range(2):
        queue.send_fifo("dead", "{", group="c-000001", attributes={})

    assert len(received(sqs, url)) == 1


def test_no_character_that_sqs_refuses_is_in_an_attribute(fifo: tuple[Any, str]):
    sqs, url = fifo

    reason = 'поле "x\x01y"\x00\ud800\tя'
    SqsQueue(sqs, {"dead": url}).send_fifo("dead", "{", group="c-1", attributes={"reason": reason})

    (message,) = received(sqs, url)
    assert message["MessageAttributes"]["reason"]["StringValue"] == 'поле "x\ufffdy"\ufffd\ufffd\tя'


def test_a_queue_counts_what_waits_what_is_worked_on_and_what_is_to_come(aws: Any):
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="letters")["QueueUrl"]
    queue = SqsQueue(sqs, {"letters": url})
    assert queue.waiting("letters") == 0

    queue.send("letters", [{"n": 1}, {"n": 2}])
    queue.send("letters", [{"n": 3}], delay_s=60)
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)

    assert queue.waiting("letters") == 3
