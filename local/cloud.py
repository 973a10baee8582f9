"""The cloud of template.yaml, alive in this process: moto holds the state, this carries the events.

Schedules fire as the clock is moved, messages go from queues to the handlers and back, letters have their events. The
handlers are those that deploy; they do not know where they run.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import time_machine

from local.template import REGION

ROOT = Path(__file__).parent.parent
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS_MAX = 1_000_000
ASYNC_ATTEMPTS = 3  # Source: docs.aws.amazon.com, Lambda «Retain records of asynchronous invocations»: two more tries
IDLE = timedelta(days=1)  # how often a schedule that finds nothing to do is fired all the same


@dataclass
class Mail:
    """A letter that the mail service took."""

    to: str
    message: EmailMessage
    raw: bytes


@dataclass
class Cloud:
    """What the template declares. Made by `local_cloud()`."""

    functions: dict[str, Any]
    mappings: list[dict[str, Any]]
    schedules: dict[str, dict[str, Any]]
    routes: list[dict[str, Any]]
    ids: dict[str, str]
    parameters: Mapping[str, str]
    authorizers: dict[str, dict[str, Any]] = field(default_factory=dict)
    _traveller: Any = None
    _mails_played: int = 0
    _urls: dict[str, str] = field(default_factory=dict)
    _quiet: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    _changes: int = 0

    # --- time ----------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return datetime.now(UTC)

    def set_clock(self, to: datetime) -> None:
        """The clock of every function stands at that moment and goes on from it; nothing fires."""
        if self._traveller:
            self._traveller.stop()
        self._traveller = time_machine.travel(to.astimezone(UTC), tick=True)
        self._traveller.start()

    def advance(self, to: datetime, *, skip_idle: bool = True) -> list[str]:
        """Time passes: schedules fire in order, each followed by all that it sets in motion. Answers what fired.

        `skip_idle`: a schedule whose last firing changed nothing fires once a day until something happens.
        """
        from local.schedules import next_after

        fired: list[str] = []
        moment = self.now()
        while True:
            due = sorted(
                (next_after(s["ScheduleExpression"], s.get("ScheduleExpressionTimezone", "UTC"), moment), name)
                for name, s in self.schedules.items()
            )
            if not due or due[0][0] > to:
                break
            moment = due[0][0]
            for name in [name for at, name in due if at == moment]:
                quiet_since, at = self._quiet.get(name, (-1, EPOCH))
                if skip_idle and quiet_since == self._changes and moment - at < IDLE:
                    continue
                self.set_clock(moment)
                before = self._changes
                self.fire(name, moment)
                self.drain()
                fired.append(f"{moment:%Y-%m-%dT%H:%M} {name}")
                self._quiet[name] = (self._changes, moment) if self._changes == before else (-1, moment)
        self.set_clock(to)
        self.drain()
        return fired

    def fire(self, schedule: str, at: datetime) -> Any:
        """What EventBridge Scheduler does at the time: the input, with its own facts filled in.

        Nobody waits for the answer, so a function that raises is called twice more; then the event is a dead letter.
        """
        said = self.schedules[schedule]
        facts = {
            "scheduled-time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "attempt-number": "1",
            "schedule-arn": f"arn:aws:scheduler:{REGION}:local:schedule/default/{schedule}",
            "execution-id": f"{schedule}-{at:%Y%m%d%H%M}",
        }
        text = re.sub(r"<aws\.scheduler\.([a-z-]+)>", lambda m: facts[m[1]], said["Target"].get("Input", "{}"))
        f = self.functions[said["Target"]["Arn"]]
        for _ in range(ASYNC_ATTEMPTS):
            try:
                return f(json.loads(text))
            except Exception as error:
                f.errors.append(error)
        if f.dead_letters:
            self._client("sqs").send_message(QueueUrl=self._url(f.dead_letters), MessageBody=text)
        return None

    # --- functions -----------------------------------------------------------------------------------------------

    def function(self, name: str) -> Any:
        """By its folder (`close_month`), its logical name or its ARN."""
        for arn, f in self.functions.items():
            if name in (arn, f.name, f.folder.name):
                return f
        raise KeyError(
            f"no function {name}; there are {', '.join(sorted(f.folder.name for f in self.functions.values()))}"
        )

    def invoke(self, name: str, event: Any) -> Any:
        """The function's answer to an event, and all that it sets in motion."""
        answer = self.function(name)(event)
        self.drain()
        return answer

    # --- queues --------------------------------------------------------------------------------------------------

    def send(self, queue: str, bodies: Sequence[str], *, group: str | None = None) -> None:
        """Messages into a queue of the template, by its logical name; a FIFO one groups them by their account."""
        sqs, url = self._client("sqs"), self.ids[queue]
        for i in range(0, len(bodies), 10):
            entries = []
            for n, body in enumerate(bodies[i : i + 10]):
                entry: dict[str, Any] = {"Id": str(n), "MessageBody": body}
                if url.endswith(".fifo"):
                    entry |= {
                        "MessageGroupId": group or _account_in(body),
                        "MessageDeduplicationId": f"{self._changes}-{i + n}",
                    }
                entries.append(entry)
            sqs.send_message_batch(QueueUrl=url, Entries=entries)
        self._changes += 1

    def drain(self) -> None:
        """Play the queues and the letters' events until nothing moves."""
        for _ in range(ROUNDS_MAX):
            moved = sum([self._poll(m) for m in self.mappings if ":sqs:" in m["EventSourceArn"]])
            moved += self._play_mail()
            if not moved:
                return
            self._changes += moved
        raise RuntimeError("the queues do not come to rest")

    def _poll(self, mapping: dict[str, Any]) -> int:
        from local.functions import sqs_event

        name = mapping["EventSourceArn"].rsplit(":", 1)[1]
        if self._is_empty(name):
            return 0
        sqs = self._client("sqs")
        url = self._urls.get(name) or self._urls.setdefault(name, sqs.get_queue_url(QueueName=name)["QueueUrl"])
        got = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(10, int(mapping.get("BatchSize", 10))),
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
            WaitTimeSeconds=0,
        ).get("Messages", [])
        if not got:
            return 0
        f = self.function(mapping["FunctionName"])
        try:
            answer = f(sqs_event(got, mapping["EventSourceArn"])) or {}
            failed = {i["itemIdentifier"] for i in answer.get("batchItemFailures", [])}
        except Exception as error:  # as in the service: a function that raises has failed its whole batch
            f.errors.append(error)
            failed = {m["MessageId"] for m in got}
        for message in got:
            handle = message["ReceiptHandle"]
            if message["MessageId"] in failed:  # tried again at once, where the service would wait
                sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
            else:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
        return len(got)

    def _url(self, arn: str) -> str:
        return str(self._client("sqs").get_queue_url(QueueName=arn.rsplit(":", 1)[1])["QueueUrl"])

    def _is_empty(self, name: str) -> bool:
        """Asked of moto itself: most of the time most of the queues are."""
        from moto.sqs.models import sqs_backends

        return not sqs_backends[self._account()][REGION].queues[name]._messages

    def messages(self, queue: str) -> int:
        """How many messages wait in a queue."""
        attributes = self._client("sqs").get_queue_attributes(QueueUrl=self.ids[queue], AttributeNames=["All"])
        return int(attributes["Attributes"]["ApproximateNumberOfMessages"])

    # --- mail ----------------------------------------------------------------------------------------------------

    def letters(self) -> list[Mail]:
        """Every letter that the mail service took, in order."""
        from moto.ses.models import ses_backends

        found = []
        for sent in ses_backends[self._account()][REGION].sent_messages:
            raw = sent.raw_data if isinstance(sent.raw_data, bytes) else sent.raw_data.encode()
            message = email.message_from_bytes(raw, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            found.append(Mail(to=str(message["To"]), message=message, raw=raw))
        return found

    def _play_mail(self) -> int:
        """Events of new letters: by the address they are delivered, bounce (`bounce…@`, `full…@`), or are complained of
        (`complaint…@`); of `silent…@` nothing is heard."""
        from moto.ses.models import ses_backends

        sent = len(ses_backends[self._account()][REGION].sent_messages)
        if sent == self._mails_played or "LetterEventsTopic" not in self.ids:
            return 0
        new = self.letters()[self._mails_played :]
        self._mails_played = sent
        for mail in new:
            for event in _events_of(mail):
                self._client("sns").publish(TopicArn=self.ids["LetterEventsTopic"], Message=json.dumps(event))
        return len(new)

    # --- state ---------------------------------------------------------------------------------------------------

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table by its short name (`documents`), as plain values."""
        from boto3.dynamodb.types import TypeDeserializer

        read = TypeDeserializer()
        pages = (
            self._client("dynamodb").get_paginator("scan").paginate(TableName=self.ids[f"{table.capitalize()}Table"])
        )
        return [
            {key: _whole(read.deserialize(value)) for key, value in item.items()}
            for page in pages
            for item in page["Items"]
        ]

    def files(self) -> dict[str, bytes]:
        """Everything in the bucket."""
        s3, bucket = self._client("s3"), self.ids["FilesBucket"]
        keys = [
            o["Key"]
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            for o in page.get("Contents", [])
        ]
        return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}

    @staticmethod
    def _account() -> str:
        from local.resources import ACCOUNT

        return ACCOUNT

    @staticmethod
    def _client(service: str) -> Any:
        from local.resources import aws

        return aws(service)


def _account_in(body: str) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return "unreadable"
    account = said.get("account") if isinstance(said, dict) else None
    return account if isinstance(account, str) and re.fullmatch(r"[!-~]{1,128}", account) else "unreadable"


def _events_of(mail: Mail) -> Iterator[dict[str, Any]]:
    said = {
        "messageId": f"local-{mail.message['X-Delivery']}",
        "destination": [mail.to],
        "tags": {"delivery": [str(mail.message["X-Delivery"])]},
    }
    name = mail.to.partition("@")[0]
    if name.startswith("silent"):
        return
    yield {"eventType": "Send", "mail": said, "send": {}}
    if name.startswith(("bounce", "full")):
        kind = ("Permanent", "General") if name.startswith("bounce") else ("Transient", "MailboxFull")
        yield {"eventType": "Bounce", "mail": said, "bounce": {"bounceType": kind[0], "bounceSubType": kind[1]}}
        return
    yield {"eventType": "Delivery", "mail": said, "delivery": {}}
    if name.startswith("complaint"):
        yield {"eventType": "Complaint", "mail": said, "complaint": {"complaintFeedbackType": "abuse"}}


def _whole(value: Any) -> Any:
    """DynamoDB's numbers are ours: whole."""
    if isinstance(value, Mapping):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if type(value).__name__ == "Decimal" else value


@contextmanager
def local_cloud(
    *, template: Path = ROOT / "template.yaml", parameters: Mapping[str, str] | None = None, at: datetime = EPOCH
) -> Iterator[Cloud]:
    """The template deployed in this process, its clock at `at`, until the block ends.

    Raises:
        UnmadeError: the template has a resource or a property that is not made here.
    """
    from moto import mock_aws

    from local import deploy, moto_fixes

    with ExitStack() as stack:
        stack.enter_context(_environment())
        moto_fixes.apply()
        stack.enter_context(mock_aws())
        cloud = deploy.deploy(template, dict(parameters or {}))
        stack.callback(lambda: cloud._traveller and cloud._traveller.stop())
        cloud.set_clock(at)
        yield cloud


@contextmanager
def _environment() -> Iterator[None]:
    """Keys that open nothing: whatever is misdirected fails, it does not reach a real account."""
    before = dict(os.environ)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        os.environ.pop(name, None)
    os.environ.update(
        AWS_ACCESS_KEY_ID="local",
        AWS_SECRET_ACCESS_KEY="local",
        AWS_DEFAULT_REGION=REGION,
        AWS_REGION=REGION,
        AWS_ACCOUNT_ID_ENDPOINT_MODE="disabled",
        AWS_EC2_METADATA_DISABLED="true",
        POWERTOOLS_TRACE_DISABLED="true",
        POWERTOOLS_METRICS_NAMESPACE="Zakryvashka",
        POWERTOOLS_SERVICE_NAME="zakryvashka",
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
