"""The deterministic world with an operator of electronic documents beside it: the real client over the stand-in.

Every call to the operator, to the signer and to the store of secrets is a point too, where another worker may go on and
a fault may strike. Each invocation has its own process: a client with its own login, kept warm for the next one.
"""

from __future__ import annotations

import heapq
import json
import pickle
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import greenlet
import httpx

from billing import wiring_edo
from billing.adapters.diadoc.client import diadoc
from billing.adapters.diadoc.settings import ApiSettings, DiadocSettings, HttpSettings
from billing.adapters.diadoc.titles.preparing import DiadocTitles
from billing.adapters.signing.dss import Dss
from billing.adapters.signing.simple import DelaySend
from billing.domain.errors import BillingError, UnavailableError
from billing.ports import Page, StaleError
from billing.ports_edo import BusyError, Cms, EdoOutside, Secret, Signed, Signer, SigningRefused, ToSign
from billing.usecases.edo import relations as edo_relations
from billing.usecases.edo.tracking import events as edo_events
from local.diadoc import DiadocStandIn, events, partners
from tests.edo.house import OneSecret
from tests.world.safety import BrokenError, watching
from tests.world.world import EPOCH, KINDS, PAGE, Crash, Ports, Worker, World
from tests.world_edo.modes import MODES, Mode
from tests.world_edo.safety import Watch, WatchedEdoStore

EDO_FUNCTIONS = ("invite_to_edo", "send_to_edo", "track_edo")
LIFE_S = 900.0
SKEW_S = 2.0  # of a worker's clock: what is news to our accountant is told apart by moments
ENVIRONMENT = "test/box"
CLOUD_TASK_S = 21_600  # what nobody confirms for so long is over
STOPPED = ("edo.operator", "edo.sending")  # subjects of lines
DEED = "what people do"

CRASHES = ("crash_before", "crash_after")
BY_THE_STAND_IN: dict[str, dict[str, Any]] = {  # what the operator answers, by our names
    "busy": {"kind": "too_many_requests", "retry_after_s": 7},
    "busy_long": {"kind": "too_many_requests_html", "retry_after_s": 600},
    "error": {"kind": "server_error", "status": 503},
    "error_after": {"kind": "server_error", "status": 504, "after_commit": True},
    "unauthorized": {"kind": "unauthorized"},
    "running": {"kind": "still_running", "retry_after_s": 3},
    "running_after": {"kind": "still_running", "retry_after_s": 3, "after_commit": True},
    "truncated": {"kind": "truncated"},
    "in_progress": {"kind": "busy"},
    "unknown_enum": {"kind": "unknown_enum"},
    "no_subscription": {"kind": "no_subscription"},
}
EDO_KINDS = (
    *CRASHES,
    *("unreachable", "lost_before", "lost_after", "lost_for_good", "away", "slow", "late", "expired"),
    *BY_THE_STAND_IN,
)
KINDS_OF = {
    "store": KINDS,
    "files": tuple(k for k in KINDS if k != "echo"),
    "queue": tuple(k for k in KINDS if k != "echo"),
    "mail": tuple(k for k in KINDS if k != "echo"),
    "edo": EDO_KINDS,
    "login": (*CRASHES, "unreachable", "lost_before", "lost_after", "away", "error", "error_after", "truncated"),
    "secrets": (*CRASHES, "throttled", "lost_before", "lost_after"),
    "signer": (*CRASHES, "throttled", "lost_after", "refuses"),
}
TEXTS = ("Подписан контрагентом", "Контрагент отказал в подписи", "Ожидается подпись контрагента", "Ошибка в подписи")
FEEDS = {"v8/getnewevents": edo_events, "v1/getcounteragentevents": edo_relations}
PAGES = {edo_events: (8, 5), edo_relations: (4, 2)}  # of a cut feed: events, and how many of them are read again
TRANSPORT = {"unreachable": httpx.ConnectError, "lost_before": httpx.ReadTimeout, "away": httpx.ConnectError}
AWAY_S = 5_000.0  # the operator is away for the rest of the run and the next one


class EdoWorld(World):
    """`quiet_from`: no faults by chance any more. `shared_keys`: how many events of a feed may have one key.

    `cut`: a page of a feed holds so few events that feeds are cut between them; with `jumble`, some come twice and some
    before their turn.
    """

    def __init__(
        self,
        seed: int,
        *,
        rate: float = 0.0,
        plan: Mapping[int, str] | None = None,
        quiet_from: datetime | None = None,
        shared_keys: int = 1,
        cut: bool = False,
        jumble: float = 0.0,
    ) -> None:
        super().__init__(seed, rate=rate, plan=plan)
        self.quiet_from = self.at(quiet_from) if quiet_from else float("inf")
        self.chance = random.Random(f"what strikes {seed}")
        self.trace: list[tuple[str, str]] = []  # the function and the service of every call
        self.striking = True
        self.note: Callable[[int, str, str], None] = lambda n, function, service: None  # of every call
        self.shared_keys, self.cut, self.jumble = shared_keys, cut, jumble
        self.broken: list[BrokenError] = []  # what is noticed is said, whatever a `finally` of the code raises over it
        self.store: WatchedEdoStore = WatchedEdoStore(self)
        self.watch = Watch(self)
        self.diadoc = DiadocStandIn(clock=self.moment)
        self.secrets = OneSecret(
            client_id="robot-client", client_secret="robot-secret", refresh_token="robot-refresh-token"
        )
        self.diadoc.settings(cloud_task_s=CLOUD_TASK_S)
        self.us = ""
        self.mode: Mode = MODES["tiny"]
        self.bad_signatures: set[str] = set()  # keys of files that are signed wrong
        self.asked_to_sign = Counter[str]()
        self.at_call: Callable[[str, bytes], None] = lambda path, body: None  # what people do just then
        self.disturb: Callable[[str, bytes], bytes] = lambda path, content: content  # of every answer
        ports = EdoPorts(self)
        self.outside = replace(self.outside, store=ports, files=ports, queue=ports, mailer=ports)
        self.lives |= dict.fromkeys(EDO_FUNCTIONS, LIFE_S)
        self.retries |= dict.fromkeys(EDO_FUNCTIONS, 0)
        self.skew_s = SKEW_S
        self._warm: list[EdoOutside] = []
        self._processes: dict[Worker, EdoOutside] = {}

    # --- time and deeds ------------------------------------------------------------------------------------------

    def moment(self) -> datetime:
        """The true moment; a worker's own clock may be wrong."""
        return EPOCH + timedelta(seconds=self.now)

    def deed(self, at: datetime, do: Callable[[EdoWorld], None]) -> None:
        """People do something at that moment."""
        self.put(self.at(at), DEED, do)

    def call(self, at: datetime, function: str, event: Mapping[str, Any]) -> None:
        self.put(self.at(at), function, dict(event))

    @contextmanager
    def watching(self) -> Iterator[None]:
        try:
            with watching():
                yield
        except BrokenError as broken:
            self.broken.append(broken)
            raise

    def _start_due(self) -> None:
        if self.broken:
            raise self.broken[0]
        is_due = self.heap and self.heap[0].at <= self.now
        for deed in sorted(due for due in self.heap if due.queue == DEED and due.at <= self.now) if is_due else ():
            self.heap.remove(deed)
            heapq.heapify(self.heap)
            deed.body(self)
        super()._start_due()

    def run(self) -> None:
        wiring_edo.install_edo(_OfTheProcess(self))  # type: ignore[arg-type]
        try:
            with ExitStack() as stack:
                if self.shared_keys > 1:
                    stack.enter_context(patch.object(events, "_append", self._appended(events._append)))
                    stack.enter_context(patch.object(partners, "_tell", self._told(partners._tell)))
                for module in (edo_events, edo_relations) if self.cut else ():
                    full, overlap = PAGES[module]
                    stack.enter_context(patch.object(module, "FULL", full))
                    stack.enter_context(patch.object(module, "OVERLAP", overlap))
                super().run()
        finally:
            wiring_edo.install_edo(None)

    def redriven(self) -> None:
        """Dead letters come back once their cause is gone; what was stopped at its last run is run once more."""
        for due in self.dead:
            self.put(self.now + 1, due.queue, due.body, due.group)
        self.dead = []
        for subject, (row, _) in self.store.tables["control"].get("edo.people", {}).items():
            for stopped in row["line"]["of"] if subject in STOPPED else ():  # a person has paid, and says so
                function = {"invite": "invite_to_edo", "send": "send_to_edo", "track": "track_edo"}[stopped]
                self.put(self.now + 2, function, {"force": True} if function != "track_edo" else {"sweep": True})
        self.run()

    def _appended(self, append: Callable[..., None]) -> Callable[..., None]:
        def appended(world: Any, box: str, event: Any) -> None:
            append(world, box, event)
            self._share(world.state.events[box])

        return appended

    def _told(self, tell: Callable[..., None]) -> Callable[..., None]:
        def told(world: Any, box: str, *rest: Any) -> None:
            tell(world, box, *rest)
            self._share(world.state.partner_events[box])

        return told

    def _share(self, feed: list[Any]) -> None:
        """Events that came one after another may have one key: so many of them at most."""
        if len(feed) < 2:
            return
        alike = sum(event.position == feed[-2].position for event in feed[-1 - self.shared_keys : -1])
        if alike < self.shared_keys and self.chance.random() < 0.5:
            feed[-1].position = feed[-2].position

    # --- processes -----------------------------------------------------------------------------------------------

    @property
    def process(self) -> EdoOutside:
        me = greenlet.getcurrent()
        assert isinstance(me, Worker)
        if me not in self._processes:
            self._processes[me] = self._warm.pop() if self._warm else self._new_process()
        return self._processes[me]

    def _new_process(self) -> EdoOutside:
        settings = DiadocSettings(
            box=self.us,
            secret="diadoc",
            base_url="http://diadoc.test",
            identity_url="http://diadoc.test",
            http=HttpSettings(rps=200, burst=200),
            api=ApiSettings(**self.mode.api),
        )
        client = diadoc(
            settings,
            _Secrets(self),
            note=lambda name, keys: None,
            client=httpx.Client(transport=_Transport(self), trust_env=False),
            clock=_ClientClock(self),
        )
        return EdoOutside(
            edo=client,
            signer=self._signer(client.cloud("AB12")),
            titles=DiadocTitles(settings.kinds),
            environment=ENVIRONMENT,
        )

    def _signer(self, cloud: Dss) -> Signer:
        if self.mode.signer == "cloud":
            return _Cloud(self, cloud)
        return DelaySend() if self.mode.signer == "person" else _SigningService(self)

    def _ended(self, worker: Worker) -> None:
        process = self._processes.pop(worker, None)
        if process and not worker.failed:
            self._warm.append(process)
        super()._ended(worker)

    def stumbled(self, function: str, error: Exception) -> None:
        """An invocation may fail by a fault of ours, and by nothing else."""
        if function in EDO_FUNCTIONS and not isinstance(error, (BillingError, StaleError)):
            self.broken.append(BrokenError(f"{function} fails: {error!r}"))

    # --- faults --------------------------------------------------------------------------------------------------

    def port(self, service: str, call: Callable[[], Any], *, single: bool = False) -> Any:
        try:
            return super().port(service, call, single=single)
        except UnavailableError:
            if service == "store":
                self.watch.not_stored()
            raise

    def _draw(self, service: str) -> str:
        me = greenlet.getcurrent()
        assert isinstance(me, Worker)
        function = me.batch[0].queue
        self.trace.append((function, service))
        self.note(len(self.trace) - 1, function, service)
        if len(self.trace) - 1 in self.plan:
            return self.plan[len(self.trace) - 1]
        place = "edo" if service == "login" else service
        if any(s == place and begin <= self.now < end for s, begin, end in self.outages):
            return "unreachable" if place == "edo" else "throttled"
        if not self.striking or self.now >= self.quiet_from or not self.rate:
            return ""
        return self.chance.choice(KINDS_OF[service]) if self.chance.random() < self.rate else ""

    def _point(self, service: str) -> str:
        """The hub may go on with others here; the fault that strikes, of those that are the same for all services."""
        me = greenlet.getcurrent()
        assert isinstance(me, Worker)
        if me.is_gone:
            raise Crash
        self.hub.switch()
        if self.now - me.began > me.life:
            self.faults["timeout"] += 1
            raise self.crash()
        kind = self._draw(service)
        self.calls += 1
        if kind:
            self.faults[kind] += 1
        if kind == "crash_before":
            raise self.crash()
        return kind

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the operator answers, or how it does not."""
        path = request.url.path.strip("/").lower()
        kind = self._point("login" if path == "connect/token" else "edo")
        if kind == "away":
            self.outages.append(("edo", self.now, self.now + AWAY_S))
        if kind in TRANSPORT:
            raise TRANSPORT[kind]("the world says so", request=request)
        if kind == "slow":
            self.now += self.chance.uniform(5, 90)
        if kind == "expired":
            self.diadoc._application.world.state.tokens.clear()
        if kind in BY_THE_STAND_IN:
            self.diadoc.fail(**BY_THE_STAND_IN[kind])
        body = request.read()
        self.at_call(path, body)
        self.watch.asked(path, request, body, greenlet.getcurrent())
        target = request.url.raw_path.decode("ascii")
        if path in FEEDS and self.cut:
            target = target.replace("limit=100", f"limit={PAGES[FEEDS[path]][0]}")
        answer = self.diadoc.answer(request.method, target, dict(request.headers.items()), body)
        assert answer is not None
        self.watch.answered(path, answer.status)
        if kind == "crash_after":
            raise self.crash()
        if kind == "lost_for_good":
            self.outages.append(("edo", self.now, self.now + AWAY_S))
        if kind in ("lost_after", "lost_for_good"):
            raise httpx.ReadTimeout("the answer was lost", request=request)
        headers = {"Content-Type": answer.content_type, **answer.headers}
        content = answer.body if answer.status != 204 else b""
        few = self.cut and FEEDS.get(path) is edo_relations  # too few for the overlap, were they jumbled
        if path in FEEDS and self.jumble and not few and answer.status == 200 and kind != "truncated":
            content = self._jumbled(content)
        if self.jumble:
            content = re.sub(rb'"StatusText": "[^"]*"', self._another_text, content)
        if kind == "late":
            wakes = self.now + 40
            while self.now < wakes and (len(self.workers) > 1 or self.heap):
                self.hub.switch()
        return httpx.Response(answer.status, headers=headers, content=self.disturb(path, content))

    def _another_text(self, match: re.Match[bytes]) -> bytes:
        """Texts beside statuses are for people, and change without notice."""
        return f'"StatusText": "{self.chance.choice(TEXTS)}"'.encode()

    def _jumbled(self, content: bytes) -> bytes:
        """A page of a feed in which an event comes again, and another one place before its turn."""
        found = json.loads(content)
        rows = found["Events"]
        if len(rows) > 1 and self.chance.random() < self.jumble:
            place = self.chance.randrange(1, len(rows))
            rows[place - 1 : place + 1] = rows[place], rows[place - 1]
        if rows and self.chance.random() < self.jumble:
            place = self.chance.randrange(len(rows))
            rows.insert(self.chance.randrange(place, len(rows)) + 1, rows[place])
        return json.dumps(found).encode()

    def sign(self, files: Sequence[ToSign]) -> Signed:
        """A signing service that makes another signature each time it is asked."""
        kind = self._point("signer")
        if kind == "throttled":
            raise BusyError("the signing service does not answer")
        if kind == "refuses":
            return Signed(outcomes={file.key: SigningRefused(text="отменено") for file in files})
        outcomes = {}
        for file in files:
            self.watch.signs(file)
            self.asked_to_sign[file.key] += 1
            der = self.diadoc.sign(content=b"other bytes" if file.key in self.bad_signatures else file.content)
            outcomes[file.key] = Cms(der=der)
        if kind == "crash_after":
            raise self.crash()
        if kind == "lost_after":
            raise BusyError("the answer of the signing service was lost")
        return Signed(outcomes=outcomes)

    def secret(self, do: Callable[[], Any]) -> Any:
        kind = self._point("secrets")
        if kind in ("throttled", "lost_before"):
            raise UnavailableError("no answer")
        done = do()
        if kind == "crash_after":
            raise self.crash()
        if kind == "lost_after":
            raise UnavailableError("the answer was lost")
        return done

    # --- the whole of it, to begin from again --------------------------------------------------------------------

    KEPT = (
        *("now", "accepted", "accepted_at", "heard_at", "closed_as", "invoiced_as", "months", "sent", "published"),
        *("us", "bad_signatures", "asked_to_sign", "_n"),
    )

    def saved(self) -> bytes:
        """This world at rest."""
        assert not self.heap, "something is still due"
        assert not self.workers, "somebody still works"
        return pickle.dumps(
            {
                "plain": {name: getattr(self, name) for name in self.KEPT},
                "store": self.store.kept(),
                "files": self.files.files,
                "letters": self.mailer.letters,
                "watch": self.watch.kept(),
                "state": self.diadoc._application.world.state,
                "secret": (self.secrets.text, self.secrets.version),
            }
        )

    def goes_on(self, saved: bytes) -> EdoWorld:
        """From that moment on, with this world's seed and faults."""
        kept = pickle.loads(saved)  # noqa: S301 (our own bytes of a moment ago)
        for name, value in kept["plain"].items():
            setattr(self, name, value)
        self.store.take(kept["store"])
        self.files.files, self.mailer.letters = kept["files"], kept["letters"]
        self.watch.take(kept["watch"])
        self.diadoc._application.replace(kept["state"])
        self.secrets.text, self.secrets.version = kept["secret"]
        return self


class EdoPorts(Ports):
    """With small pages of the EDO's rows too."""

    def query(self, table: str, pk: str, **how: Any) -> Page:
        if table == "control" and pk.startswith("edo.") and how.get("limit", 100) == 100:
            how["limit"] = PAGE
        return super().query(table, pk, **how)


class _OfTheProcess:
    """What is installed for all: to each invocation, its own process."""

    def __init__(self, world: EdoWorld) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world.process, name)


class _Transport(httpx.BaseTransport):
    def __init__(self, world: EdoWorld) -> None:
        self._world = world

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._world.answer(request)


class _ClientClock:
    """The client's: its pauses let others work."""

    def __init__(self, world: EdoWorld) -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.clock()

    def monotonic(self) -> float:
        return self._world.now

    def sleep(self, seconds: float) -> None:
        world = self._world
        wakes = world.now + seconds
        while world.now < wakes:
            if len(world.workers) == 1 and not (world.heap and world.heap[0].at <= wakes):
                world.now = wakes
            else:
                world.hub.switch()

    def random(self) -> float:
        return self._world.rng.random()


class _Secrets:
    """Implements `ports_edo.Secrets` through the world."""

    def __init__(self, world: EdoWorld) -> None:
        self._world = world

    def get(self, name: str) -> Secret:
        return self._world.secret(lambda: self._world.secrets.get(name))  # type: ignore[no-any-return]

    def put(self, name: str, text: str, *, expect: str) -> str:
        return self._world.secret(lambda: self._world.secrets.put(name, text, expect=expect))  # type: ignore[no-any-return]


class _SigningService:
    """Implements `ports_edo.Signer`."""

    batch_max = 40

    def __init__(self, world: EdoWorld) -> None:
        self._world = world

    def sign(self, files: Sequence[ToSign], *, now: datetime, task: str = "") -> Signed:
        return self._world.sign(files)


class _Cloud:
    """Implements `ports_edo.Signer` by the real one, which is watched."""

    batch_max = 3

    def __init__(self, world: EdoWorld, cloud: Dss) -> None:
        self._world, self._cloud = world, cloud

    def sign(self, files: Sequence[ToSign], *, now: datetime, task: str = "") -> Signed:
        if not task:
            self._world.asked_to_sign.update(file.key for file in files)
            self._world.watch.begins(files)
        signed = self._cloud.sign(files, now=now, task=task)
        if not task:
            self._world.watch.begun(signed.task)
        return signed
