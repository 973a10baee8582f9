"""The stand-in as a Python object: it listens while its context is open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from local.diadoc.application import Application
from local.diadoc.clock import Clock, wall_clock
from local.diadoc.control_paths import ControlPaths
from local.diadoc.http_shapes import Answer
from local.diadoc.people_controls import PeopleControls
from local.diadoc.records import Settings, State
from local.diadoc.room_controls import RoomControls
from local.diadoc.server import Server


class DiadocStandIn(PeopleControls, RoomControls):
    """Diadoc on this machine.

    Its controls are the methods of `PeopleControls` and `RoomControls`; each is also
    `POST /stand-in/<its name>` with its arguments as a JSON object (see `control_paths`).

        with DiadocStandIn(clock=clock) as diadoc:
            ours = diadoc.add_organization(inn="7705552211", full_name="ООО «Ромашка Софт»")
            diadoc.add_user(name="robot", boxes=[ours.box_id])
            client = Client(base_url=diadoc.url, ...)
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = wall_clock,
        seed: str = "diadoc",
        host: str = "127.0.0.1",
        port: int = 0,
        **settings: Any,
    ) -> None:
        moved_clock = Clock(clock)
        application = Application(moved_clock, State(seed=seed, settings=Settings(**settings)))
        RoomControls.__init__(self, application, moved_clock)
        self._host, self._port = host, port
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._server = Server(self._application, ControlPaths(self), self._host, self._port)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
        self._server = self._thread = None

    def answer(self, verb: str, target: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """The answer to a call without a socket; None when it must be lost."""
        return self._application.answer(verb, target, headers, body)

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        if self._server is None:
            raise RuntimeError("the stand-in is not started: use it as a context manager")
        return f"http://{self._host}:{self._server.server_address[1]}"
