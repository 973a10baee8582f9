"""One call from its arrival to its answer: path, token, fault, endpoint, headers, log. No sockets here."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl

from local.diadoc import authentication, jobs
from local.diadoc.clock import Clock
from local.diadoc.faults import Fault, FaultKind, FaultPlan
from local.diadoc.http_shapes import Answer, Json, Refusal, Request
from local.diadoc.records import State
from local.diadoc.routes import GONE, ROUTES, TOKEN_PATH, Endpoint
from local.diadoc.world import World

_DROPPED = 0  # the status in the log of a call whose answer was lost
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A line of the log."""

    number: int
    at: str
    verb: str
    endpoint: str
    query: dict[str, str]
    status: int
    user: str
    fault: str


class Application:
    """Diadoc without its sockets. Calls may come from many threads; each is done alone."""

    def __init__(self, clock: Clock, state: State) -> None:
        self.lock = threading.RLock()
        self.world = World(state, clock)
        self.faults = FaultPlan()
        self.calls: deque[Call] = deque(maxlen=state.settings.calls_kept)
        self.counts: Counter[str] = Counter()
        self._number = 0
        self._under_way = 0
        self._most_at_once = 0

    def replace(self, state: State) -> None:
        """Go on with another state and the same clock."""
        self.world = World(state, self.world.clock)

    def answer(self, verb: str, target: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """The answer to a call, None when it must be lost with its connection."""
        path, _, query = target.partition("?")
        endpoint = path.strip("/").lower()
        request = Request(
            verb=verb,
            path=endpoint,
            query={name.lower(): value for name, value in parse_qsl(query, keep_blank_values=True)},
            headers={name.lower(): value for name, value in headers.items()},
            body=body,
        )
        with self.lock:
            fault = self.faults.take(endpoint)
            self._under_way += 1
            self._most_at_once = max(self._most_at_once, self._under_way)
        if fault is not None and fault.kind is FaultKind.SLOW:
            time.sleep(fault.seconds)  # real time: it is the client's patience that is tested
        with self.lock:
            self._number += 1
            self._under_way -= 1
            number = self._number
            jobs.run_due(self.world)
            user, answer, struck = "", None, fault
            try:
                user, answer = self._done(request, fault)
            except Refusal as refusal:
                answer, struck = _refused(refusal), None
            except Exception as failure:  # the stand-in's own mistake must be seen by the caller, not kill a thread
                answer, struck = _refused(Refusal(500, f"Stand-in failed: {failure!r}")), None
            self._log(number, request, user, _DROPPED if answer is None else answer.status, fault)
            return self._finished(number, request, answer, struck)

    def _done(self, request: Request, fault: Fault | None) -> tuple[str, Answer | None]:
        """Who called, and the answer.

        Raises:
            Refusal: the answer is an error.
        """
        instead = fault.strike_before() if fault is not None else None
        if instead is not None:
            return "", instead
        endpoint = _route(request)
        user = ""
        if request.path != TOKEN_PATH:
            user = authentication.user_of(self.world, request.headers.get("authorization", ""))
        answer = endpoint(self.world, dataclasses.replace(request, user=user))
        return user, fault.strike_after(answer) if fault is not None else answer

    def _finished(self, number: int, request: Request, answer: Answer | None, fault: Fault | None) -> Answer | None:
        if answer is None:
            return None
        answer.headers["X-Kontur-Trace-Id"] = f"{number:032x}"
        if answer.document is None:
            return answer
        if not request.wants_json and request.path != TOKEN_PATH:
            return dataclasses.replace(
                answer, document=None, body=b"\x0a\x07Diadoc\x12", content_type="application/x-protobuf"
            )
        document = answer.document
        if self.world.state.settings.field_from_the_future and isinstance(document, dict):
            document = {**document, "FieldFromTheFuture": {"Number": number}}
        body = json.dumps(document, ensure_ascii=False).encode()
        if fault is not None and fault.kind is FaultKind.TRUNCATED:
            body = body[: len(body) // 2]
        return dataclasses.replace(answer, document=None, body=body, content_type="application/json; charset=utf-8")

    def _log(self, number: int, request: Request, user: str, status: int, fault: Fault | None) -> None:
        self.counts[f"{request.path} {status}"] += 1
        call = Call(
            number=number,
            at=self.world.clock.now().isoformat(),
            verb=request.verb,
            endpoint=request.path,
            query=dict(request.query),
            status=status,
            user=user,
            fault=fault.kind.value if fault else "",
        )
        self.calls.append(call)

    def statistics(self) -> Json:
        """How often each endpoint was called with which outcome, and what the state holds."""
        state = self.world.state
        endpoints: dict[str, dict[str, int]] = {}
        for key, count in sorted(self.counts.items()):
            path, status = key.split(" ")
            endpoints.setdefault(path, {})[status] = count
        held: dict[str, Any] = {
            "organizations": len(state.organizations),
            "messages": len(state.messages),
            "documents": sum(len(message.documents) for message in state.messages.values()),
            "tasks": len(state.tasks),
            "jobs_waiting": len(state.jobs),
        }
        most = self._most_at_once
        return {"calls": sum(self.counts.values()), "most_at_once": most, "endpoints": endpoints, "state": held}

    def call_rows(self) -> list[Json]:
        """The log, oldest first."""
        return [asdict(call) for call in self.calls]


def _route(request: Request) -> Endpoint:
    """What answers this path and verb.

    Raises:
        Refusal: 404, 405 or 410. Source: fact 2.1.
    """
    verbs = ROUTES.get(request.path)
    if verbs is None:
        raise Refusal(410, "Method is removed") if request.path in GONE else Refusal(404, "Resource is not found")
    endpoint = verbs.get(request.verb)
    if endpoint is None:
        raise Refusal(405, "Method is not allowed", headers={"Allow": ", ".join(verbs)})
    return endpoint


def _refused(refusal: Refusal) -> Answer:
    headers = {"X-Diadoc-ErrorCode": refusal.code, **refusal.headers}
    return Answer(status=refusal.status, body=refusal.text.encode(), content_type=_TEXT, headers=headers)
