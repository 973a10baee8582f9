"""A world in which nothing happens by chance: one seed decides who runs next, what fails, and when.

The handlers are the real ones. Each message runs as a greenlet; every call to the outside is a point where another
worker may go on and a fault may strike. Safety is checked at every write; liveness after `heal()`.
"""

from __future__ import annotations

import hashlib
import heapq
import importlib
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from billing.adapters.long_rows import LongRows
from billing.domain.errors import UnavailableError
from billing.ports import Letter, Outside, Page, StaleError, Stored, UnknownOutcomeError, Write
from tests.fakes import SETTINGS, MemoryFiles, MemoryMailer, MemoryMetrics
from tests.world.safety import BrokenError, WatchedStore

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
LIFE_S = 60.0  # of a function
VISIBILITY_S = 360.0  # of a message
RECEIVED_MAX = 5
WORKERS_MAX = 6
BATCH_WINDOW_S = 5.0
SKEW_S = 120.0  # of a worker's clock, either way
RETRIES = {"close_month": 2, "sweep": 0}  # of a function that failed when its schedule woke it
FUNCTIONS = {
    "crm-inbox": "take_from_crm",
    "issue-documents": "issue_documents",
    "send-letter": "send_letter",
    "letter-events": "track_letters",
}
# F1, F2, F5, F3, F4; the database did it, was asked again by its own client, and says it is done (F6); a call of
# many seconds (F10)
KINDS = ("crash_before", "crash_after", "throttled", "lost_before", "lost_after", "echo", "slow")
MAIL_WORSE = 5  # times as many faults: few calls, and the dearest
PAGE = 3  # rows: pages small enough to be cut between (F24)


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


class World:
    """Everything outside the handlers. `plan`: the fault of a call by its number; else faults come at `rate`."""

    def __init__(self, seed: int, *, rate: float = 0.0, plan: Mapping[int, str] | None = None) -> None:
        self.seed, self.rng, self.rate, self.plan = seed, random.Random(seed), rate, dict(plan or {})
        self.now, self.calls, self.faults = 0.0, 0, Counter[str]()
        self.single_writes: list[int] = []  # calls that an echo may follow
        self.heap: list[Due] = []
        self.dead: list[Due] = []
        self.workers: list[Worker] = []
        self.busy_groups: set[str] = set()
        self.accepted = Counter[str]()  # deliveries that the mail service took
        self.accepted_at: dict[str, float] = {}  # the last time
        self.heard_at: dict[str, float] = {}  # when its row first said so
        self.closed_as: dict[tuple[str, str], tuple[str, bool]] = {}
        self.waited: dict[tuple[str, str], bool] = {}  # whether unpaid services were to wait
        self.invoiced_as: dict[tuple[str, str], str | None] = {}
        self.months: list[str] = []  # that are over by the end
        self.sent: list[dict[str, Any]] = []  # what the CRM says
        self.published: dict[str, bytes] = {}
        self.outages: list[tuple[str, float, float]] = []
        self.retries, self.lives = dict(RETRIES), dict[str, float]()  # of functions, by name
        self.skew_s = SKEW_S
        self.files, self.mailer, self.metrics = MemoryFiles(self.clock), MemoryMailer(), MemoryMetrics()
        self.store = WatchedStore(self)
        self.hub = greenlet.getcurrent()
        self._n = 0
        self.outside = Outside(
            store=LongRows(Ports(self), self.metrics),
            files=Ports(self),
            queue=Ports(self),
            mailer=Ports(self),
            metrics=self.metrics,
            clock=self.clock,
            settings=SETTINGS,
        )

    # --- what safety is judged by --------------------------------------------------------------------------------

    def holds(self, file: str, sha256: str) -> bool:
        return hashlib.sha256(self.files.files.get(file, b"")).hexdigest() == sha256

    def note_heard(self, delivery: str) -> None:
        self.heard_at.setdefault(delivery, self.now)

    def note_close(self, account: str, month: str) -> None:
        """By which policy a month was closed, and whether that is certain: its card may have come at that moment."""
        stored = self.store.tables["customers"].get(account, {}).get("")
        card = self.store.whole("customers", account, "", stored[0])["card"] if stored else {}
        policy = card.get("policy", "")
        seller = self.store.tables["control"].get("seller", {}).get("card")
        waiting = bool(seller) and self.store.whole("control", "seller", "card", seller[0])["card"]["unpaid_services"]
        self.waited[account, month] = policy != "postpaid" and waiting == "wait"
        fresh = bool(card) and self.now - self.store.carded_at.get(account, 0.0) < 2 * LIFE_S
        self.closed_as[account, month] = policy, not fresh
        self.invoiced_as[account, month] = card.get("invoice_policy")

    def certain(self, account: str) -> bool:
        """Whether it is known by which policy each month of the account was closed."""
        return all(known for (of, _), (_, known) in self.closed_as.items() if of == account)

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
                    self.now = max(self.now, self.heap[0].at if self.heap else self.now)
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
            first = heapq.heappop(self.heap)
            if first.group in self.busy_groups:
                held.append(replace(first, at=self.now + 1))
                continue
            batch, size = [first], self.rng.choice((1, 1, 1, 2, 5, 10)) if first.queue in FUNCTIONS else 1
            while self.heap and len(batch) < size:  # F9: a batch, some of which may fail
                following = self.heap[0]
                late = following.at > self.now + BATCH_WINDOW_S
                if late or following.queue != first.queue or following.group in self.busy_groups:
                    break
                batch.append(heapq.heappop(self.heap))
            self.busy_groups |= {due.group for due in batch if due.group}
            self.workers.append(Worker(self, batch))
        for due in held:
            heapq.heappush(self.heap, due)

    def _ended(self, worker: Worker) -> None:
        for due in worker.batch:
            self.busy_groups.discard(due.group)
            if due.n not in worker.failed:
                if due.queue == "letter-events":
                    self.note_heard(due.body["mail"]["tags"]["delivery"][0])
                continue
            if due.queue in self.retries:
                if due.received < self.retries[due.queue]:
                    heapq.heappush(self.heap, replace(due, at=self.now + 60, received=due.received + 1))
            elif due.received + 1 >= RECEIVED_MAX:
                self.dead.append(due)
            else:
                heapq.heappush(self.heap, replace(due, at=self.now + VISIBILITY_S, received=due.received + 1))

    # --- faults --------------------------------------------------------------------------------------------------

    def port(self, service: str, call: Callable[[], Any], *, single: bool = False) -> Any:
        me = greenlet.getcurrent()
        assert isinstance(me, Worker)
        if me.is_gone:
            raise Crash
        self.hub.switch()
        if self.now - me.began > me.life:
            self.faults["timeout"] += 1
            raise self.crash()
        kind = self._draw(service)
        if single:
            self.single_writes.append(self.calls)
        self.calls += 1
        if kind == "echo" and not single:
            kind = "lost_after"
        if kind:
            self.faults[kind] += 1
        if kind == "crash_before":
            raise self.crash()
        if kind == "throttled":
            raise UnavailableError("throttled")
        if kind == "lost_before":
            raise UnknownOutcomeError("lost")
        if kind == "slow":
            self.now += self.rng.uniform(5, 40)
        result = call()
        if kind == "crash_after":
            raise self.crash()
        if kind == "lost_after":
            raise UnknownOutcomeError("lost")
        if kind == "echo":
            raise StaleError([0])
        return result

    def crash(self) -> Crash:
        """End the invocation: what a `finally` of it would still ask of the outside is not done either."""
        me = greenlet.getcurrent()
        assert isinstance(me, Worker)
        me.is_gone = True
        return Crash()

    def _draw(self, service: str) -> str:
        if self.calls in self.plan:
            return self.plan[self.calls]
        if any(s == service and begin <= self.now < end for s, begin, end in self.outages):
            return "throttled"
        rate = self.rate * MAIL_WORSE if service == "mail" else self.rate
        return self.rng.choice(KINDS) if rate and self.rng.random() < rate else ""

    def stumbled(self, function: str, error: Exception) -> None:
        """For a world that knows which errors are no surprise."""

    def heal(self) -> None:
        """Faults are over: dead letters come back, the sweep comes until there is nothing left."""
        self.rate, self.plan, self.outages = 0.0, {}, []
        for due in self.dead:
            self.put(self.now + 1, due.queue, due.body, due.group)
        self.dead = []
        if not self.store.tables["control"].get("runs"):  # never begun: a person asks (F11)
            self.put(self.now + 2, "close_month", {"month": "2026-01"})
        for n in range(1, 12):
            self.put(self.now + n * 1_200, "sweep", {"scheduled_at": "2026-01-01T00:00:00Z"})
        self.run()


class Worker(greenlet.greenlet):
    """One invocation of a function. `failed`: the messages that come again."""

    def __init__(self, world: World, batch: list[Due]) -> None:
        super().__init__(self._work, parent=world.hub)
        self.world, self.batch, self.failed = world, batch, {due.n for due in batch}
        self.is_gone = False
        self.began, self.life = world.now, world.lives.get(batch[0].queue, LIFE_S)
        self.skew = world.rng.uniform(-world.skew_s, world.skew_s) if world.rate else 0.0  # F14

    def _work(self) -> None:
        queue = self.batch[0].queue
        name = FUNCTIONS.get(queue, queue)
        handler = importlib.import_module(f"functions.{name}.app").handler
        try:
            answer = handler(self._event(), Context(name, self))
        except Crash:
            return
        except Exception as error:  # as in the service: the whole batch comes again
            self.world.stumbled(name, error)
            return
        self.failed = {int(f["itemIdentifier"]) for f in answer.get("batchItemFailures", ())}

    def _event(self) -> Any:
        if self.batch[0].queue not in FUNCTIONS:
            return self.batch[0].body
        return {"Records": [_record(due) for due in self.batch]}


def _record(due: Due) -> dict[str, Any]:
    return {
        "messageId": str(due.n),
        "receiptHandle": "r",
        "body": due.body if isinstance(due.body, str) else json.dumps(due.body),
        "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": str(due.received + 1), "MessageGroupId": due.group},
        "messageAttributes": {},
        "eventSourceARN": f"arn:aws:sqs:eu-central-1:1:{due.queue}",
    }


@dataclass
class Context:
    function_name: str
    worker: Worker
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:1:function:f"
    aws_request_id: str = "r"

    def get_remaining_time_in_millis(self) -> int:
        return int(max(0.0, self.worker.life - (self.worker.world.now - self.worker.began)) * 1000)


class Ports:
    """All the ports of `billing.ports`, each call through the world."""

    def __init__(self, world: World) -> None:
        self._w = world

    # files and store both have a `get`: told apart by their arguments
    def get(self, table: str, pk: str | None = None, sk: str = "") -> Any:
        if pk is None:
            return self._w.port("files", lambda: self._w.files.get(table))
        return self._w.port("store", lambda: self._w.store.get(table, pk, sk))

    def get_many(self, table: str, keys: Collection[tuple[str, str]]) -> tuple[Stored, ...]:
        return self._w.port("store", lambda: self._w.store.get_many(table, keys))

    def query(self, table: str, pk: str, **how: Any) -> Page:
        paged = table in ("journal", "documents", "deliveries") or (table == "work" and not how.get("prefix"))
        if paged and how.get("limit", 100) == 100:
            how["limit"] = PAGE
        return self._w.port("store", lambda: self._w.store.query(table, pk, **how))

    def scan(self, table: str, **how: Any) -> Page:
        how["limit"] = 2
        return self._w.port("store", lambda: self._w.store.scan(table, **how))

    def tx(self, writes: Sequence[Write]) -> None:
        me = greenlet.getcurrent()
        if isinstance(me, Worker) and me.batch[0].queue == "crm-inbox":
            own = {due.group for due in me.batch}
            strange = [w for w in writes if w.table in ("accounts", "journal", "customers") and w.pk not in own]
            if strange:
                raise BrokenError(f"I20: a message of {own} writes to {strange[0].pk}")
        self._w.port("store", lambda: self._w.store.tx(writes), single=len(writes) == 1)

    def put_once(self, key: str, body: bytes, **how: Any) -> None:
        self._w.port("files", lambda: self._file(key, body, **how))

    def _file(self, key: str, body: bytes, **how: Any) -> None:
        try:
            self._w.files.put_once(key, body, **how)
        finally:
            if self._w.published.setdefault(key, self._w.files.files[key]) != self._w.files.files[key]:
                raise BrokenError(f"I9: the published file {key} changed")

    def link(self, key: str, **how: Any) -> str:
        return self._w.files.link(key, **how)

    def send(self, first: Any, messages: Any = None, **how: Any) -> Any:
        if isinstance(first, Letter):
            return self._w.port("mail", lambda: self._mail(first, **how))
        return self._w.port("queue", lambda: self._queue(first, messages))

    def await_turn(self) -> None:
        """Return at once: pacing is the adapter's, and no world depends on it."""

    def room(self) -> int:
        return self._w.port("mail", self._w.mailer.room)

    def send_fifo(self, name: str, body: str, *, group: str, attributes: Mapping[str, str]) -> None:
        self._w.port("queue", lambda: None)

    def waiting(self, name: str) -> int:
        w = self._w
        coming = [due.queue for due in w.heap] + [due.queue for worker in w.workers for due in worker.batch]
        return self._w.port("queue", lambda: coming.count(name))

    def _queue(self, name: str, messages: Sequence[Mapping[str, Any]]) -> None:
        w = self._w
        for message in messages:
            if w.rate and w.rng.random() < w.rate:  # F18: a hint is lost
                continue
            w.put(w.now + w.rng.random() * 5, name, dict(message))
            if w.rate and w.rng.random() < 2 * w.rate:  # F7: a hint comes twice, at once or late
                w.put(w.now + w.rng.random() * w.rng.choice((5, 5, 60, 3_000)), name, dict(message))

    def _mail(self, letter: Letter, *, to: str, delivery: str) -> str:
        w = self._w
        w.store.taken(letter, to, delivery)
        w.accepted[delivery] += 1
        w.accepted_at[delivery] = w.now
        w.mailer.send(letter, to=to, delivery=delivery)
        id = f"ses-{delivery}-{w.accepted[delivery]}"
        if w.rate and w.rng.random() < w.rate / 2:  # F13: nothing is heard of it
            return id
        mail = {"messageId": id, "tags": {"delivery": [delivery]}}
        late = 10_000 if w.rate and w.rng.random() < w.rate / 2 else 0  # F13: or much later
        for wait, kind in ((60, "Send"), (120, "Bounce" if to.startswith("bounce") else "Delivery")):
            event = {"eventType": kind, "mail": mail, "bounce": {"bounceType": "Transient"}}
            w.put(w.now + w.rng.random() * (wait + late), "letter-events", event)
        return id
