"""moto 5.2.5's SQS made fit for thousands of messages, and for messages sent twice.

As shipped each send, receive and delete walks the whole queue, and a message is known for a repeat only as long as the
first one lies in the queue, where SQS knows it for five minutes whatever became of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from moto.sqs import models as sqs_models
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import DEDUPLICATION_TIME_IN_SECONDS, Message, Queue


def apply() -> None:
    """Mend moto's queues for this process; `moto_fixes` does it once."""
    _know_repeats_by_their_ids()
    _count_only_when_asked()
    _delete_in_one_look()
    _stop_counting_queues()


def _know_repeats_by_their_ids() -> None:
    shipped = Queue.add_message

    def add_message(self: Queue, message: Message) -> None:
        if not self.fifo_queue or not message.deduplication_id:
            shipped(self, message)
            return
        known: dict[tuple[str, str], float] = self.__dict__.setdefault("_known", {})
        group = str(message.group_id) if self.deduplication_scope == "messageGroup" else ""
        name, now = (group, message.deduplication_id), float(message.sent_timestamp or 0) / 1000
        if name in known and now - known[name] < DEDUPLICATION_TIME_IN_SECONDS:
            return
        known[name] = now
        with self._messages_lock:
            self._messages.append(message)
            self._messages_lock.notify_all()

    Queue.add_message = add_message


class _Attributes(Mapping[str, Any]):
    """A queue's attributes, three of which are counts of all its messages: made when one of them is wanted."""

    def __init__(self, queue: Queue, count: Any) -> None:
        self._queue, self._count = queue, count

    def get(self, name: str, default: Any = None) -> Any:
        if name == "ContentBasedDeduplication":
            return str(self._queue.content_based_deduplication).lower() if self._queue.fifo_queue else default
        return self._count(self._queue).get(name, default)

    def __getitem__(self, name: str) -> Any:
        return self._count(self._queue)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._count(self._queue))

    def __len__(self) -> int:
        return len(self._count(self._queue))


class _Visible:
    """The messages that can be received, looked at one by one: a receive stops at its tenth."""

    def __init__(self, messages: list[Message]) -> None:
        self._messages = messages

    def __iter__(self) -> Iterator[Message]:
        return (m for m in self._messages if m.visible and not m.delayed)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return any(True for _ in self)


def _count_only_when_asked() -> None:
    count = Queue.attributes.fget
    Queue.attributes = property(lambda self: _Attributes(self, count))
    Queue.messages = property(lambda self: _Visible(list(self._messages)))


def _delete_in_one_look() -> None:
    def delete_message(self: Queue, receipt_handle: str) -> None:
        if receipt_handle in self.deleted_messages:
            return
        for i, message in enumerate(self._messages):
            if message.had_receipt_handle(receipt_handle):
                self.pending_messages.discard(message)
                self.deleted_messages.update(message.all_receipt_handles)
                self._messages = [*self._messages[:i], *self._messages[i + 1 :]]
                return
        raise ReceiptHandleIsInvalid()

    Queue.delete_message = delete_message


class _UncountedQueue:
    """A queue as the check of a message needs it, without a count of what is in it."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue
        self.attributes = {"ContentBasedDeduplication": str(queue.content_based_deduplication).lower()}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)


def _stop_counting_queues() -> None:
    shipped = sqs_models.SQSBackend._validate_message
    sqs_models.SQSBackend._validate_message = lambda self, queue, *args, **kwargs: shipped(
        self, _UncountedQueue(queue), *args, **kwargs
    )
    # asked of every message of a queue at every receive
    sqs_models.unix_time_millis = lambda dt=None: time.time() * 1000
    sqs_models.SQSBackend.is_message_valid_based_on_retention_period = lambda self, name, message: (
        self.get_queue(name).message_retention_period + message.sent_timestamp / 1000 > time.time()
    )
