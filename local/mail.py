"""The mail service: which letters it took, and what it says of each to the topic of its configuration set.

moto takes letters but forgets their configuration set and tags, publishes no events and has no quota; that is made up
by `remember_requests` and `events_of`. What becomes of a letter is told by the first part of its address.
"""

from __future__ import annotations

import email
import email.parser
import email.policy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from email.message import EmailMessage
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.ses.models import ses_backends
from moto.sesv2.responses import SESV2Response

from local.resources import aws
from local.template import ACCOUNT, REGION

# Source: docs.aws.amazon.com, SES «Event destinations»: the names of events in messages and in settings
EVENT_TYPES = {"Send": "send", "Delivery": "delivery", "Bounce": "bounce", "Complaint": "complaint"}
BOUNCES = {  # addresses by their beginning, as ours and as those of Amazon's mailbox simulator
    "bounce": ("Permanent", "General"),
    "suppressionlist": ("Permanent", "Suppressed"),
    "full": ("Transient", "MailboxFull"),
}
BATCH_MAX = 10  # what one call can tell a topic
_remembers = False


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter that the mail service took. `tags` and `configuration_set` are those of the request."""

    id: str
    to: str
    raw: bytes
    configuration_set: str = ""
    tags: Mapping[str, str] | None = None

    @property
    def message(self) -> EmailMessage:
        """The letter as its reader has it, read anew each time."""
        message = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def header(self, name: str) -> str:
        """A header, read without the rest of the letter."""
        return str(email.parser.BytesHeaderParser(policy=email.policy.default).parsebytes(self.raw)[name])


def remember_requests() -> None:
    """moto keeps with each letter what it was asked with, and refuses a configuration set that is not there."""
    global _remembers
    if _remembers:
        return
    shipped = SESV2Response.send_email

    def send_email(self: Any) -> Any:
        asked = json.loads(self.body)
        name = asked.get("ConfigurationSetName", "")
        backend = _backend()
        if name and name not in backend.config_sets:
            raise JsonRESTError("NotFoundException", f"Configuration set <{name}> does not exist.")
        answer = shipped(self)
        taken = backend.sent_messages[-1]
        taken.configuration_set = name
        taken.tags = {tag["Name"]: tag["Value"] for tag in asked.get("EmailTags", ())}
        taken.to = ", ".join(asked.get("Destination", {}).get("ToAddresses", ()))
        return answer

    def get_account(self: Any) -> str:
        quota = {"Max24HourSend": -1, "MaxSendRate": 100_000, "SentLast24Hours": count()}
        return json.dumps({"SendingEnabled": True, "ProductionAccessEnabled": True, "SendQuota": quota})

    SESV2Response.send_email = send_email
    SESV2Response.get_account = get_account
    _remembers = True


def count() -> int:
    """How many letters there are."""
    return len(_backend().sent_messages)


def letters(first: int = 0) -> list[Mail]:
    """The letters in the order they were taken, from the given one on."""
    return [_mail(sent) for sent in _backend().sent_messages[first:]]


def read(
    raw: bytes, *, id: str, to: str = "", configuration_set: str = "", tags: Mapping[str, str] | None = None
) -> Mail:
    """The bytes of a letter with what is known of it."""
    found = Mail(id, to, raw, configuration_set, tags)
    return found if to else replace(found, to=found.header("To"))


def published(mail: Mail) -> Iterator[tuple[str, dict[str, Any]]]:
    """The letter's events that its configuration set wants, each with the ARN of the topic it goes to."""
    wanted = _backend().config_set_event_destination.get(mail.configuration_set)
    if not wanted or str(wanted.get("Enabled")).lower() != "true":
        return
    for event in events_of(mail):
        if EVENT_TYPES[event["eventType"]] in wanted["MatchingEventTypes"]:
            yield wanted["SNSDestination"]["TopicARN"], event


def tell(letters: Sequence[Mail]) -> None:
    """The topics know what has become of the letters."""
    said: dict[str, list[str]] = {}
    for topic, event in (one for letter in letters for one in published(letter)):
        said.setdefault(topic, []).append(json.dumps(event, ensure_ascii=False))
    for topic, events in said.items():
        for i in range(0, len(events), BATCH_MAX):
            entries = [{"Id": str(n), "Message": event} for n, event in enumerate(events[i : i + BATCH_MAX])]
            aws("sns").publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)


def events_of(mail: Mail) -> Iterator[dict[str, Any]]:
    """What becomes of a letter: delivered; or bounced (`bounce…@`, `full…@`); or delivered and then complained of
    (`complaint…@`); or nothing is ever heard of it (`silent…@`).

    Source: docs.aws.amazon.com, SES «Contents of event data published to SNS», «Mailbox simulator».
    """
    said = {
        "messageId": mail.id,
        "source": mail.header("From"),
        "destination": [mail.to],
        "tags": {
            "ses:configuration-set": [mail.configuration_set],
            **{name: [value] for name, value in (mail.tags or {}).items()},
        },
    }
    name = mail.to.partition("@")[0]
    if name.startswith("silent"):
        return
    yield {"eventType": "Send", "mail": said, "send": {}}
    for beginning, (kind, subkind) in BOUNCES.items():
        if name.startswith(beginning):
            yield {"eventType": "Bounce", "mail": said, "bounce": {"bounceType": kind, "bounceSubType": subkind}}
            return
    yield {"eventType": "Delivery", "mail": said, "delivery": {"recipients": [mail.to]}}
    if name.startswith("complaint"):
        yield {"eventType": "Complaint", "mail": said, "complaint": {"complaintFeedbackType": "abuse"}}


def _mail(sent: Any) -> Mail:
    raw = getattr(sent, "raw_data", None)
    if raw is None:  # not a raw letter: nothing of ours sends such, somebody's own call may
        message = EmailMessage()
        message["From"], message["To"] = str(sent.source), ", ".join(sent.destinations.get("ToAddresses", ()))
        message["Subject"] = str(sent.subject)
        message.set_content(str(sent.body))
        raw = message.as_bytes()
    return read(
        raw if isinstance(raw, bytes) else raw.encode(),
        id=sent.id,
        to=getattr(sent, "to", ""),
        configuration_set=getattr(sent, "configuration_set", ""),
        tags=getattr(sent, "tags", None),
    )


def _backend() -> Any:
    return ses_backends[ACCOUNT][REGION]
