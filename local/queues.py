"""SQS as the event source mappings play it: what is received, what comes back, what the sender must say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from moto.sqs.models import sqs_backends

from local.functions import sqs_event
from local.resources import aws
from local.template import ACCOUNT, REGION

BATCH_MAX = 10  # what one receive and one send can carry; a mapping with a larger window gets it in parts


def name_of(arn_or_url: str) -> str:
    return re.split(r"[:/]", arn_or_url)[-1]


def url_of(arn: str) -> str:
    """The address of a queue that is named by its ARN."""
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name_of(arn)}"


def is_empty(arn: str) -> bool:
    """Asked of moto itself: most of the time most of the queues are."""
    return not held(arn)


def held(arn_or_url: str) -> list[Any]:
    """Every message of the queue as moto holds it, also those that are being worked on."""
    return list(sqs_backends[ACCOUNT][REGION].queues[name_of(arn_or_url)]._messages)


def send(url: str, bodies: Sequence[str], *, group: str | None, nonce: str) -> None:
    """Messages in their order; in a FIFO queue each under its own account, or all under `group`.

    `nonce` makes what is sent anew a new message, as the CRM's own ids would.
    """
    for i in range(0, len(bodies), BATCH_MAX):
        entries = []
        for n, body in enumerate(bodies[i : i + BATCH_MAX]):
            entry: dict[str, Any] = {"Id": str(n), "MessageBody": body}
            if url.endswith(".fifo"):
                entry["MessageGroupId"] = group or account_in(body)
                entry["MessageDeduplicationId"] = f"{nonce}-{i + n}"
            entries.append(entry)
        aws("sqs").send_message_batch(QueueUrl=url, Entries=entries)


def poll(mapping: Mapping[str, Any], function: Callable[[Any], Any], fails: Callable[[Exception], None]) -> int:
    """One batch of a queue goes through its function; answers how many messages that were.

    Those that failed are visible again at once, where the service would wait for their time: the number of tries
    before they are dead letters is the same.
    """
    arn = mapping["EventSourceArn"]
    if is_empty(arn):
        return 0
    sqs, url = aws("sqs"), url_of(arn)
    got = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=min(BATCH_MAX, int(mapping.get("BatchSize", BATCH_MAX))),
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
        WaitTimeSeconds=0,
    ).get("Messages", [])
    if not got:
        return 0
    try:
        answer = function(sqs_event(got, arn)) or {}
        failed = {i["itemIdentifier"] for i in answer.get("batchItemFailures", [])}
    except Exception as error:  # as in the service: a function that raises has failed its whole batch
        fails(error)
        failed = {m["MessageId"] for m in got}
    if failed - {m["MessageId"] for m in got}:  # the service takes such an answer for a failure of them all
        failed = {m["MessageId"] for m in got}
    handles = {m["MessageId"]: m["ReceiptHandle"] for m in got}
    for id in failed:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handles[id], VisibilityTimeout=0)
    if done := [{"Id": id, "ReceiptHandle": handle} for id, handle in handles.items() if id not in failed]:
        answer = sqs.delete_message_batch(QueueUrl=url, Entries=done)
        assert not answer.get("Failed"), f"not deleted: {answer['Failed']}"
    return len(got)


def account_in(body: str) -> str:
    """The group of a message: its account, or one for all that cannot be read."""
    try:
        said = json.loads(body)
    except ValueError:
        return "unreadable"
    account = said.get("account") if isinstance(said, dict) else None
    return account if isinstance(account, str) and re.fullmatch(r"[!-~]{1,128}", account) else "unreadable"
