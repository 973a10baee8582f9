"""A world in which nothing happens by chance: one seed decides who runs next, what fails, and when.

The handlers are the real ones. Each message runs as a greenlet; every call to the outside is a point where another
worker may go on and a fault may strike. Safety is checked at every write; liveness after `heal()`.
"""

from __future__ import annotations

import heapq
import importlib
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import greenlet

os.environ.update(
    POWERTOOLS_TRACE_DISABLED="true",
    POWERTOOLS_METRICS_DISABLED="true",
    POWERTOOLS_LOG_LEVEL="CRITICAL",
    POWERTOOLS_SERVICE_NAME="world",
    POWERTOOLS_METRICS_NAMESPACE="world",
)

from billing import wiring
from billing.domain.documents import DocumentStatus
from billing.domain.errors import UnavailableError
from billing.ports import Letter, Outside, Page, Stored, UnknownOutcomeError, Write
from tests.fakes import SETTINGS, MemoryFiles, MemoryMailer, MemoryMetrics, MemoryStore

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
LIFE_S = 60.0  # of a function
VISIBILITY_S = 360.0  # of a message
RECEIVED_MAX = 5
WORKERS_MAX = 6
FUNCTIONS = {
    "crm-inbox": "take_from_crm",
    "issue-documents": "issue_documents",
    "send-letter": "send_letter",
    "letter-events": "track_letters",
}
KINDS = ("crash_before", "crash_after", "throttled", "lost_before", "lost_after")  # F1, F2, F5, F3, F4
_ORDER = [s.value for s in DocumentStatus]


class Crash(BaseException):
    """The function is gone in mid-call, as when its time is up or its host dies."""


@dataclass(order=True)
class Due:
    at: float
    n: int
    queue: str = field(compare=False)
    body: Any = field(compare=False)
    group: str = field(compare=False, default="")
    received: int = field(compare=False, default=0)


class WatchedStore(MemoryStore):
    """Asserts at every write what must never be broken, not even for a moment."""

    def before_write(self, w: Write) -> None:
        was = self.tables[w.table].get(w.pk, {}).get(w.sk)
        if w.table == "accounts" and w.row:
            rests = sum(lot["rest"] for lot in w.row["lots"]) - sum(d["rest"] for d in w.row["debts"])
            assert w.row["balance_kop"] == rests, "I1: the balance is not lots less debts"
            assert not (w.row["lots"] and w.row["debts"]), "I1: both queues hold something"
            assert not was or w.row["seq"] >= was[0]["seq"], "I18: an account went back"
        if w.table in ("journal", "seen"):
            assert not was, f"I3: a row of {w.table} written twice"
        if w.table == "documents" and was and w.row and "status" in w.row:
            before, after = _ORDER.index(was[0]["status"]), _ORDER.index(w.row["status"])
            assert after >= before, f"I18: {was[0]['status']} became {w.row['status']}"
            assert was[0].get("number") in (None, w.row.get("number")), "I8: a number changed"
        if w.table == "control" and w.pk.startswith("series.") and w.row:
            assert w.row["last"] > (was[0]["last"] if was else 0), "I8: a counter went back"


class World:
    """Everything outside the handlers. `plan`: the fault of a call by its number; else faults come at `rate`."""

    def __init__(
        self,
        seed: int,
        *,
        rate: float = 0.0,
        plan: Mapping[int, str] | None = None,
        paper_bytes: Callable[[Any], bytes] | None = None,
    ) -> None:
        self.rng, self.rate, self.plan = random.Random(seed), rate, dict(plan or {})
        self.now, self.calls, self.faults = 0.0, 0, Counter[str]()
        self.heap: list[Due] = []
        self.dead: list[Due] = []
        self.workers: list[Worker] = []
        self.busy_groups: set[str] = set()
        self.accepted = Counter[str]()  # deliveries that the mail service took
        self.lost_events = 0
        self.outages: list[tuple[str, float, float]] = []
        self.store, self.files, self.mailer, self.metrics = (
            WatchedStore(),
            MemoryFiles(),
            MemoryMailer(),
            MemoryMetrics(),
        )
        self.hub = greenlet.getcurrent()
        self._n = 0
        self.outside = Outside(
            store=Ports(self),
            files=Ports(self),
            queue=Ports(self),
            mailer=Ports(self),
            metrics=self.metrics,
            clock=self.clock,
            settings=SETTINGS,
        )

    # --- time and messages ---------------------------------------------------------------------------------------

    def clock(self) -> datetime:
        me = greenlet.getcurrent()
        skew = me.skew if isinstance(me, Worker) else 0.0
        return EPOCH + timedelta(seconds=self.now + skew)

    def at(self, moment: datetime) -> float:
        return (moment - EPOCH).total_seconds()

    def put(self, at: float, queue: str, body: Any, group: str = "", received: int = 0) -> None:
        self._n += 1
        heapq.heappush(self.heap, Due(at, self._n, queue, body, group, received))

    def run(self) -> None:
        """Until nothing is due and nobody works."""
        wiring.install(self.outside)
        try:
            while self.heap or self.workers:
                self._start_due()
                if not self.workers:
                    self.now = max(self.now, self.heap[0].at)
                    continue
                worker = self.rng.choice(self.workers)
                self.now += self.rng.random() * 0.2
                worker.switch()
                if worker.dead:
                    self.workers.remove(worker)
                    self._ended(worker)
        finally:
            wiring.install(None)

    def _start_due(self) -> None:
        held: list[Due] = []
        while self.heap and self.heap[0].at <= self.now and len(self.workers) < WORKERS_MAX:
            due = heapq.heappop(self.heap)
            if due.group and due.group in self.busy_groups:
                held.append(Due(self.now + 1, due.n, due.queue, due.body, due.group, due.received))
                continue
            if due.group:
                self.busy_groups.add(due.group)
            self.workers.append(Worker(self, due))
        for due in held:
            heapq.heappush(self.heap, due)

    def _ended(self, worker: Worker) -> None:
        due = worker.due
        if worker.ok:
            self.busy_groups.discard(due.group)
            return
        if due.queue in ("close_month", "sweep"):  # the schedule does not repeat it: the next sweep must do
            return
        due = Due(self.now + VISIBILITY_S, due.n, due.queue, due.body, due.group, due.received + 1)
        if due.received >= RECEIVED_MAX:
            self.busy_groups.discard(due.group)
            self.dead.append(due)
            return
        self.busy_groups.discard(due.group)
        heapq.heappush(self.heap, due)

    # --- faults --------------------------------------------------------------------------------------------------

    def port(self, service: str, call: Callable[[], Any]) -> Any:
        me = greenlet.getcurrent()
        assert isinstance(me, Worker)
        self.hub.switch()
        if self.now - me.began > LIFE_S:
            raise Crash
        kind = self._draw(service)
        self.calls += 1
        if kind:
            self.faults[kind] += 1
        if kind == "crash_before":
            raise Crash
        if kind == "throttled":
            raise UnavailableError("throttled")
        if kind == "lost_before":
            raise UnknownOutcomeError("lost")
        result = call()
        if kind == "crash_after":
            raise Crash
        if kind == "lost_after":
            raise UnknownOutcomeError("lost")
        return result

    def _draw(self, service: str) -> str:
        if self.calls in self.plan:
            return self.plan[self.calls]
        if any(s == service and begin <= self.now < end for s, begin, end in self.outages):
            return "throttled"
        return self.rng.choice(KINDS) if self.rate and self.rng.random() < self.rate else ""

    def heal(self) -> None:
        """Faults are over: dead letters come back, the sweep comes until there is nothing left."""
        self.rate, self.plan, self.outages = 0.0, {}, []
        for due in self.dead:
            self.put(self.now + 1, due.queue, due.body, due.group)
        self.dead = []
        for n in range(1, 9):
            self.put(self.now + n * 1_200, "sweep", {"scheduled_at": "2026-01-01T00:00:00Z"})
        self.run()


class Worker(greenlet.greenlet):
    """One invocation of a function."""

    def __init__(self, world: World, due: Due) -> None:
        super().__init__(self._work, parent=world.hub)
        self.world, self.due, self.ok = world, due, False
        self.began = world.now
        self.skew = world.rng.uniform(-30, 30) if world.rate else 0.0  # F14

    def _work(self) -> None:
        try:
            name = FUNCTIONS.get(self.due.queue, self.due.queue)
            handler = importlib.import_module(f"functions.{name}.app").handler
            answer = handler(self._event(), Context(name))
            self.ok = not (isinstance(answer, dict) and answer.get("batchItemFailures"))
        except Crash:
            pass
        except AssertionError:
            raise
        except Exception:  # noqa: S110 - as in the service: the whole batch failed
            pass

    def _event(self) -> Any:
        if self.due.queue not in FUNCTIONS:
            return self.due.body
        body = self.due.body if isinstance(self.due.body, str) else json.dumps(self.due.body)
        return {
            "Records": [
                {
                    "messageId": f"m-{self.due.n}",
                    "receiptHandle": "r",
                    "body": body,
                    "eventSource": "aws:sqs",
                    "attributes": {
                        "ApproximateReceiveCount": str(self.due.received + 1),
                        "MessageGroupId": self.due.group,
                    },
                    "messageAttributes": {},
                    "eventSourceARN": f"arn:aws:sqs:eu-central-1:1:{self.due.queue}",
                }
            ]
        }


@dataclass
class Context:
    function_name: str
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:1:function:f"
    aws_request_id: str = "r"

    def get_remaining_time_in_millis(self) -> int:
        return 55_000


class Ports:
    """All the ports of `billing.ports`, each call through the world."""

    def __init__(self, world: World) -> None:
        self._w = world

    # files and store both have a `get`: told apart by their arguments
    def get(self, table: str, pk: str | None = None, sk: str = "") -> Any:
        if pk is None:
            return self._w.port("files", lambda: self._w.files.get(table))
        return self._w.port("store", lambda: self._w.store.get(table, pk, sk))

    def query(self, table: str, pk: str, **how: Any) -> Page:
        return self._w.port("store", lambda: self._w.store.query(table, pk, **how))

    def scan(self, table: str, **how: Any) -> Page:
        how["limit"] = 2  # pages small enough to be cut between (F24)
        return self._w.port("store", lambda: self._w.store.scan(table, **how))

    def tx(self, writes: Sequence[Write]) -> None:
        self._w.port("store", lambda: self._w.store.tx(writes))

    def put_once(self, key: str, body: bytes, **how: Any) -> None:
        self._w.port("files", lambda: self._w.files.put_once(key, body, **how))

    def link(self, key: str, **how: Any) -> str:
        return self._w.files.link(key, **how)

    def send(self, first: Any, messages: Any = None, **how: Any) -> Any:
        if isinstance(first, Letter):
            return self._w.port("mail", lambda: self._mail(first, **how))
        return self._w.port("queue", lambda: self._queue(first, messages))

    def send_fifo(self, name: str, body: str, *, group: str, attributes: Mapping[str, str]) -> None:
        self._w.port("queue", lambda: None)

    def _queue(self, name: str, messages: Sequence[Mapping[str, Any]]) -> None:
        w = self._w
        for message in messages:
            if w.rate and w.rng.random() < w.rate:  # F18: a hint is lost
                continue
            w.put(w.now + w.rng.random() * 5, name, dict(message))
            if w.rate and w.rng.random() < w.rate:  # F7: a hint comes twice, the second time late
                w.put(w.now + w.rng.random() * 3_000, name, dict(message))

    def _mail(self, letter: Letter, *, to: str, delivery: str) -> str:
        w = self._w
        w.accepted[delivery] += 1
        w.mailer.send(letter, to=to, delivery=delivery)
        mail = {"messageId": f"ses-{delivery}", "tags": {"delivery": [delivery]}}
        if w.rate and w.rng.random() < w.rate / 2:  # F13: nothing is heard of it
            w.lost_events += 1
            return mail["messageId"]  # type: ignore[return-value]
        for wait, kind in ((60, "Send"), (120, "Bounce" if to.startswith("bounce") else "Delivery")):
            event = {"eventType": kind, "mail": mail, "bounce": {"bounceType": "Transient"}}
            w.put(w.now + w.rng.random() * wait, "letter-events", event)
        return mail["messageId"]  # type: ignore[return-value]


def rows(store: MemoryStore, table: str) -> list[Stored]:
    return store.rows(table)
