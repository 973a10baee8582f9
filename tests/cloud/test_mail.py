"""Letters and their events: by the request's configuration set and tags, to the destination that the template names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.cloud import Cloud
from local.mail import events_of, published, read
from local.resources import aws

RAW = b"From: docs@example.com\r\nTo: %b\r\nSubject: x\r\n\r\ntext\r\n"


def _send(cloud: Cloud, to: str = "anna@romashka.example", **over: Any) -> None:
    asked = {
        "FromEmailAddress": "docs@example.com",
        "Destination": {"ToAddresses": [to]},
        "Content": {"Raw": {"Data": RAW % to.encode()}},
        "ConfigurationSetName": cloud.ids["LetterConfigurationSet"],
        "EmailTags": [{"Name": "delivery", "Value": "d-1"}],
    }
    aws("sesv2").send_email(**{**asked, **over})


@pytest.mark.parametrize(
    ("to", "told"),
    [
        pytest.param("anna@romashka.example", ["Send", "Delivery"], id="delivered"),
        pytest.param("bounce+1@romashka.example", ["Send", "Bounce Permanent/General"], id="no such address"),
        pytest.param("bounce@simulator.amazonses.com", ["Send", "Bounce Permanent/General"], id="Amazon's simulator"),
        pytest.param(
            "suppressionlist@simulator.amazonses.com", ["Send", "Bounce Permanent/Suppressed"], id="known"
        ),
        pytest.param("full@romashka.example", ["Send", "Bounce Transient/MailboxFull"], id="a full mailbox"),
        pytest.param("complaint@simulator.amazonses.com", ["Send", "Delivery", "Complaint"], id="complained of"),
        pytest.param("silent@romashka.example", [], id="nothing is heard"),
    ],
)  # fmt: skip
def test_the_address_says_what_becomes_of_a_letter(to: str, told: list[str]) -> None:
    found = [
        " ".join([e["eventType"], *(["/".join(e["bounce"].values())] if "bounce" in e else [])])
        for e in events_of(read(RAW % to.encode(), id="m-1"))
    ]

    assert found == told


def test_events_carry_the_tags_of_the_request_and_the_id_of_the_answer(cloud: Cloud) -> None:
    _send(cloud)

    (letter,) = cloud.letters()
    topic, event = next(published(letter))
    assert topic == cloud.ids["LetterEventsTopic"]
    assert event["mail"]["tags"]["delivery"] == ["d-1"]
    assert event["mail"]["tags"]["ses:configuration-set"] == ["zakryvashka-dev"]
    assert event["mail"]["messageId"] == letter.id


def test_a_letter_without_a_configuration_set_tells_nothing(cloud: Cloud) -> None:
    _send(cloud, ConfigurationSetName="")

    assert not list(published(cloud.letters()[0]))


def test_an_unknown_configuration_set_is_refused(cloud: Cloud) -> None:
    ses = aws("sesv2")

    with pytest.raises(ses.exceptions.NotFoundException, match="nobody"):
        _send(cloud, ConfigurationSetName="nobody")
    assert cloud.letters() == []


def test_events_reach_the_function_once_through_topic_and_queue(cloud: Cloud) -> None:
    _send(cloud)

    cloud.drain()
    cloud.drain()

    assert cloud.function("track_letters").calls >= 1
    assert cloud.messages("LetterEventsQueue") == 0
    assert cloud.mails_played == 1


def test_a_sender_that_is_not_verified_is_refused(cloud: Cloud) -> None:
    ses = aws("sesv2")

    with pytest.raises(ses.exceptions.ClientError, match="authority"):
        _send(cloud, FromEmailAddress="other@example.com")


def test_an_event_in_a_notification_is_text(cloud: Cloud) -> None:
    """As SNS wraps it: the handler parses `Message`, which is no object."""
    _send(cloud)
    mapping = next(m for m in cloud.mappings if "LetterEvents" in m["EventSourceArn"])
    cloud.mappings.remove(mapping)

    cloud.drain()

    url = cloud.queue("letter-events")
    (message, *_) = aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert json.loads(json.loads(message["Body"])["Message"])["eventType"] in ("Send", "Delivery")
