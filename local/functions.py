"""A function of the template: its handler with its own environment, fed with JSON and answering in JSON."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.template import REGION


@dataclass
class Context:
    """What Lambda tells a handler of its call."""

    function_name: str
    timeout_s: int
    memory_limit_in_mb: int
    aws_request_id: str
    function_version: str = "$LATEST"
    _started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:{REGION}:local:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.timeout_s - (time.monotonic() - self._started)) * 1000))


@dataclass
class LocalFunction:
    """One function. `errors` keeps what it raised, for whoever looks."""

    name: str
    folder: Path
    handler: str
    environment: Mapping[str, str]
    timeout_s: int
    memory_mb: int
    dead_letters: str = ""  # the queue of events that failed three times, when nobody waits for the answer
    calls: int = 0
    errors: list[Exception] = field(default_factory=list)

    def __call__(self, event: Any) -> Any:
        self.calls += 1
        with self._surroundings():
            module, _, name = self.handler.partition(".")
            loaded = importlib.import_module(f"functions.{self.folder.name}.{module}")
            context = Context(self.name, self.timeout_s, self.memory_mb, f"{self.name}-{self.calls}")
            # an event and an answer are JSON on their way, so whatever is not shows here
            return json.loads(json.dumps(getattr(loaded, name)(json.loads(json.dumps(event)), context)))

    @contextmanager
    def _surroundings(self) -> Iterator[None]:
        before = dict(os.environ)
        os.environ.update(self.environment, AWS_LAMBDA_FUNCTION_NAME=self.name)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def make_importable(root: Path) -> None:
    """`billing` and `functions` are imported as they deploy: from the layer and from the root."""
    for path in (str(root), str(root / "layers" / "billing")):
        if path not in sys.path:
            sys.path.insert(0, path)


def sqs_event(messages: Sequence[Mapping[str, Any]], arn: str) -> dict[str, Any]:
    """Received messages as Lambda gets them."""
    return {
        "Records": [
            {
                "messageId": m["MessageId"],
                "receiptHandle": m["ReceiptHandle"],
                "body": m["Body"],
                "attributes": m["Attributes"],
                "md5OfBody": m["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": arn,
                "awsRegion": REGION,
                "messageAttributes": {
                    name: {"stringValue": a.get("StringValue"), "dataType": a["DataType"]}
                    for name, a in m.get("MessageAttributes", {}).items()
                },
            }
            for m in messages
        ]
    }
