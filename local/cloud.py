"""The cloud of template.yaml, alive in this process: moto holds the state, this carries the events.

Schedules fire as the clock is moved, messages go from queues to the handlers and back, letters have their events. The
handlers are those that deploy; they do not know where they run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local import mail, moto_fixes, queues
from local.clock import Clock, next_due
from local.exchange import Exchange
from local.functions import LocalFunction
from local.mail import Mail
from local.resources import aws
from local.template import ACCOUNT, REGION, ROOT

__all__ = ["ROOT", "Cloud", "Mail", "account_id", "local_cloud"]

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS_MAX = 1_000_000
ASYNC_ATTEMPTS = 3  # Source: docs.aws.amazon.com, Lambda «Retain records of asynchronous invocations»: two more tries
IDLE = timedelta(days=1)  # how often a schedule that finds nothing to do is fired all the same


@dataclass
class Cloud:
    """What the template declares. Made by `local_cloud()`."""

    functions: dict[str, LocalFunction]
    mappings: list[dict[str, Any]]
    schedules: dict[str, dict[str, Any]]
    routes: list[dict[str, Any]]
    ids: dict[str, str]
    parameters: Mapping[str, str]
    kinds: dict[str, str] = field(default_factory=dict)
    authorizers: dict[str, dict[str, Any]] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    exchange: Exchange | None = None
    mails_played: int = 0
    _quiet: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    _changes: int = 0

    # --- time ----------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self.clock.now()

    def set_clock(self, to: datetime) -> None:
        """The clock of every function stands at that moment and goes on from it; nothing fires."""
        self.clock.set(to)

    def advance(self, to: datetime, *, skip_idle: bool = True, since: datetime | None = None) -> list[str]:
        """Time passes: schedules fire in order, each followed by all that it sets in motion. Answers what fired.

        `skip_idle`: a schedule whose last firing changed nothing fires once a day until something happens.
        `since`: the moment up to which schedules have fired, if that is not now.
        """
        fired: list[str] = []
        due = next_due(self.schedules, since or self.now())
        while due and due[0] <= to:
            moment, names = due
            for name in names:
                quiet_since, at = self._quiet.get(name, (-1, EPOCH))
                if skip_idle and quiet_since == self.changes and moment - at < IDLE:
                    continue
                self.set_clock(moment)
                before = self.changes
                self.fire(name, moment)
                self.drain()
                fired.append(f"{moment:%Y-%m-%dT%H:%M} {name}")
                self._quiet[name] = (before if self.changes == before else -1, moment)
            due = next_due(self.schedules, moment)
        self.set_clock(to)
        self.drain()
        return fired

    @property
    def changes(self) -> int:
        """A number that grows with every message moved and every write asked for."""
        return self._changes + moto_fixes.writes()

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
            aws("sqs").send_message(QueueUrl=queues.url_of(f.dead_letters), MessageBody=text)
        return None

    # --- functions -----------------------------------------------------------------------------------------------

    def function(self, name: str) -> LocalFunction:
        """By its folder (`close_month`), its logical name or its ARN.

        Raises:
            KeyError: there is none; the message names those there are.
        """
        for arn, f in self.functions.items():
            if name in (arn, f.name, f.folder.name):
                return f
        known = ", ".join(sorted(f.folder.name for f in self.functions.values()))
        raise KeyError(f"no function {name}; there are {known}")

    def invoke(self, name: str, event: Any) -> Any:
        """The function's answer to an event, and all that it sets in motion."""
        answer = self.function(name)(event)
        self._changes += 1
        self.drain()
        return answer

    # --- queues --------------------------------------------------------------------------------------------------

    def queue(self, name: str) -> str:
        """The address of a queue by its logical name or its plain one: `CrmInboxQueue`, `crm-inbox`.

        Raises:
            KeyError: there is none; the message names those there are.
        """
        camel = "".join(part.capitalize() for part in name.split("-"))
        known = [logical for logical, kind in self.kinds.items() if kind == "AWS::SQS::Queue"]
        for logical in (name, f"{camel}Queue", camel):
            if logical in known:
                return self.ids[logical]
        raise KeyError(f"no queue {name}; there are {', '.join(sorted(known))}")

    def send(self, queue: str, bodies: Sequence[str], *, group: str | None = None) -> None:
        """Messages into a queue of the template; a FIFO one groups them by their account."""
        queues.send(self.queue(queue), bodies, group=group, nonce=f"{self.now().timestamp()}-{self._changes}")
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
        f = self.function(mapping["FunctionName"])
        return queues.poll(mapping, f, f.errors.append)

    def messages(self, queue: str) -> int:
        """How many messages wait in a queue."""
        return len(queues.held(self.queue(queue)))

    # --- mail ----------------------------------------------------------------------------------------------------

    def letters(self) -> list[Mail]:
        """Every letter that the mail service took, in order."""
        return mail.letters()

    def passed_over_mail(self) -> None:
        """The letters that there are now have had their events, in an earlier cloud."""
        self.mails_played = mail.count()

    def _play_mail(self) -> int:
        new = mail.letters(self.mails_played) if mail.count() > self.mails_played else []
        self.mails_played += len(new)
        mail.tell(new)
        return len(new)

    # --- state ---------------------------------------------------------------------------------------------------

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table by its short name (`documents`), as plain values."""
        from local.rows import read

        return list(read(self.ids[f"{table.capitalize()}Table"]))

    def files(self) -> dict[str, bytes]:
        """Everything in the bucket."""
        s3, bucket = aws("s3"), self.ids["FilesBucket"]
        keys = [
            o["Key"]
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            for o in page.get("Contents", [])
        ]
        return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def account_id() -> str:
    """The account under which moto keeps everything."""
    return ACCOUNT


@contextmanager
def local_cloud(
    *,
    template: Path = ROOT / "template.yaml",
    parameters: Mapping[str, str] | None = None,
    at: datetime = EPOCH,
    beside: AbstractContextManager[Exchange] | None = None,
) -> Iterator[Cloud]:
    """The template deployed in this process, its clock at `at`, until the block ends; `beside` it, the EDO's operator.

    Raises:
        UnmadeError: the template has a resource or a property that is not made here.
        UnsafeError: the environment leads out of this machine, or a parameter would.
    """
    from moto import mock_aws

    from local import deploy
    from local.safety import check_told, closed_environment

    with ExitStack() as stack:
        stack.enter_context(closed_environment())
        moto_fixes.apply()
        mail.remember_requests()
        stack.enter_context(mock_aws())
        clock = Clock()
        stack.callback(clock.stop)
        clock.set(at)
        operator = stack.enter_context(beside) if beside else None
        stack.callback(deploy.forget_clients)
        cloud = deploy.deploy(template, {**(operator.parameters if operator else {}), **(parameters or {})})
        check_told(function.environment for function in cloud.functions.values())
        cloud.clock, cloud.exchange = clock, operator
        if operator:
            operator.log_in(cloud.ids["DiadocSecret"])
        cloud.set_clock(at)
        yield cloud
