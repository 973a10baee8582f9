"""Hints in SQS: ten messages a call, what was not taken is sent again, a FIFO message goes by its account."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from billing.domain.errors import UnavailableError

BATCH = 10
ATTEMPTS_MAX = 4
# Source: SQS API, SendMessage: what a message and its attributes may hold; one other character refuses all of it
_NO_TEXT_OF_SQS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class SqsQueue:
    """Implements `ports.Queue`: names of queues to their addresses."""

    def __init__(self, client: Any, urls: Mapping[str, str]) -> None:
        self._sqs, self._urls = client, urls

    def send(self, name: str, messages: Sequence[Mapping[str, Any]], *, delay_s: int = 0) -> None:
        url = self._urls[name]
        bodies = [json.dumps(m, ensure_ascii=False) for m in messages]
        for i in range(0, len(bodies), BATCH):
            entries = [
                {"Id": str(n), "MessageBody": body, **({"DelaySeconds": delay_s} if delay_s else {})}
                for n, body in enumerate(bodies[i : i + BATCH])
            ]
            self._send(url, entries)

    def waiting(self, name: str) -> int:
        try:
            answer = self._sqs.get_queue_attributes(QueueUrl=self._urls[name], AttributeNames=list(_COUNTS))
        except (ClientError, BotoCoreError) as error:
            raise UnavailableError(f"the queue {name} does not say its length: {type(error).__name__}") from error
        return sum(int(answer["Attributes"][count]) for count in _COUNTS)

    def send_fifo(self, name: str, body: str, *, group: str, attributes: Mapping[str, str]) -> None:
        """One message as it came, with plain attributes beside it; the same body within five minutes is one message."""
        sent = {key: {"DataType": "String", "StringValue": _plain(value)} for key, value in attributes.items() if value}
        try:
            self._sqs.send_message(
                QueueUrl=self._urls[name],
                MessageBody=body,
                MessageGroupId=group,
                MessageDeduplicationId=hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest(),
                MessageAttributes=sent,
            )
        except (ClientError, BotoCoreError) as error:
            raise UnavailableError(f"the queue {name} did not take a message: {type(error).__name__}") from error

    def _send(self, url: str, entries: list[dict[str, Any]]) -> None:
        for _ in range(ATTEMPTS_MAX):
            try:
                failed = {
                    f["Id"] for f in self._sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed", ())
                }
            except (ClientError, BotoCoreError) as error:
                raise UnavailableError(f"the queue did not take messages: {type(error).__name__}") from error
            if not failed:
                return
            entries = [e for e in entries if e["Id"] in failed]
        raise UnavailableError(f"the queue did not take {len(entries)} messages")


def _plain(text: str) -> str:
    """Replace each character that SQS refuses with U+FFFD."""
    return _NO_TEXT_OF_SQS.sub("\ufffd", text)
