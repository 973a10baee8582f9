"""An operator that says what a test has written down for it, a clock without time, secrets in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx

from billing.adapters.diadoc.client import Diadoc
from billing.adapters.diadoc.http import Http
from billing.adapters.diadoc.settings import DiadocSettings
from billing.domain.errors import UnavailableError
from billing.ports_edo import Secret, SecretMovedError

OURS = "0f6a1c3e-5b7d-4a2c-9e11-7d3b6a5c4e21"
THEIRS = "b1a7d9e4-2c3f-4d5e-8f60-91a2b3c4d5e6"
OURS_LEGACY, THEIRS_LEGACY = (f"{box.replace('-', '')}@diadoc.ru" for box in (OURS, THEIRS))
SETTINGS = DiadocSettings(box=OURS_LEGACY, secret="diadoc")
TRACE = {"X-Kontur-Trace-Id": "trace-1"}

Said = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def says(body: Any = None, status: int = 200, **headers: str) -> httpx.Response:
    """An answer: JSON for objects, text and bytes as they are. Header names with _ in place of -."""
    named = TRACE | {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, str | bytes):
        return httpx.Response(status, content=body, headers=named)
    return httpx.Response(status, headers=named) if body is None else httpx.Response(status, json=body, headers=named)


class Clock:
    """Time passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.at, self.slept, self.chance = datetime(2026, 10, 1, 7, tzinfo=UTC), list[float](), 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.at += timedelta(seconds=seconds)

    def random(self) -> float:
        return self.chance


class Operator:
    """Says the answers of a path in their order, the last one for ever; keeps what it was asked."""

    def __init__(self, **answers: Said | list[Said]) -> None:
        self.answers = {path.replace("__", "/"): list(said) if isinstance(said, list) else [said]
                        for path, said in answers.items()}
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        path = request.url.path.strip("/")
        assert path in self.answers, f"nobody has said what {path} answers"
        queue = self.answers[path]
        said = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(said, Exception):
            raise said
        return said(request) if callable(said) else httpx.Response(
            said.status_code, headers=said.headers, content=said.content)

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self))

    @property
    def paths(self) -> list[str]:
        return [request.url.path.strip("/") for request in self.asked]

    def query(self, index: int = -1) -> dict[str, str]:
        """The parameters as they were understood after decoding; a raw plus would have become a blank."""
        raw = self.asked[index].url.query.decode()
        return {name: values[0] for name, values in parse_qs(raw, keep_blank_values=True).items()}

    def body(self, index: int = -1) -> Any:
        return json.loads(self.asked[index].content)


class FixedLogin:
    """A login that counts how often it was told to renew itself."""

    def __init__(self) -> None:
        self.renewed = 0

    def header(self) -> str:
        return f"Bearer token-{self.renewed}"

    def renew(self, refused: str) -> None:
        assert refused == self.header()
        self.renewed += 1


class MemorySecrets:
    """Implements `ports_edo.Secrets`. `lost`: how many of the next writes are done, or not, without an answer."""

    def __init__(self, **values: Any) -> None:
        self.text, self.version = json.dumps(values), 1
        self.puts: list[dict[str, Any]] = []
        self.failing_puts: list[str] = []       # "lost" (written), "down" (not written), in order

    def get(self, name: str) -> Secret:
        assert name == "diadoc"
        return Secret(self.text, str(self.version))

    def put(self, name: str, text: str, *, expect: str) -> str:
        how = self.failing_puts.pop(0) if self.failing_puts else ""
        if how == "down":
            raise UnavailableError("no answer")
        if expect != str(self.version):
            raise SecretMovedError("moved")
        self.text, self.version = text, self.version + 1
        self.puts.append(json.loads(text))
        if how == "lost":
            raise UnavailableError("no answer")
        return str(self.version)

    @property
    def values(self) -> dict[str, Any]:
        return dict(json.loads(self.text))


class Notes:
    def __init__(self) -> None:
        self.all: list[tuple[str, dict[str, str]]] = []

    def __call__(self, name: str, keys: Any) -> None:
        self.all.append((name, dict(keys)))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.all]


def an_http(operator: Operator, *, settings: DiadocSettings = SETTINGS, clock: Clock | None = None,
            login: FixedLogin | None = None, notes: Notes | None = None) -> Http:
    return Http(operator.client(), login or FixedLogin(), settings, clock=clock or Clock(), note=notes or Notes())


def a_client(operator: Operator, settings: DiadocSettings = SETTINGS) -> Diadoc:
    return Diadoc(an_http(operator, settings=settings), settings)
