"""The local cloud kept up: its doors and its ticking clock.

Doors, all of this machine only: AWS (every service of the cloud, for boto3, the AWS CLI and download links), control
(what `python -m local …` talks to), the operator of electronic documents (`local.exchange`), and the HTTP API.
"""

from __future__ import annotations

import fcntl
import json
import socket
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local import state
from local.cloud import Cloud, local_cloud
from local.commands import Commands
from local.exchange import exchange
from local.http_door import at_this_machine, http_door
from local.safety import is_loopback
from local.talk import HOST, JSON, CommandError, Ports

TICK_S = 1.0
BODY_MAX = 50_000_000


@contextmanager
def up(
    home: Path,
    *,
    ports: Ports,
    at: datetime,
    parameters: Mapping[str, str] | None = None,
    begin: Callable[[Cloud], None] | None = None,
) -> Iterator[Commands]:
    """The cloud is there and listens: as `home/cloud` holds it, or else new, at the given moment, when `begin` is done.

    What functions print goes to `home/functions.log`.

    Raises:
        CommandError: a port is taken, or another program has that home open.
        StateError: the folder does not hold a whole state.
    """
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(_alone(home))
        for port in (ports.aws, ports.control, ports.diadoc, ports.http):
            _check_free(port)
        stack.enter_context(redirect_stdout(stack.enter_context((home / "functions.log").open("a", encoding="utf-8"))))
        folder = home / "cloud"
        beside, page = exchange(port=ports.diadoc, state=state.of_exchange(folder)), f"http://{HOST}:{ports.http}"
        told = {"PageUrl": page, **(parameters or {})}
        cloud = stack.enter_context(local_cloud(at=at, parameters=told, beside=beside))
        if state.saved(folder):
            state.load(cloud, folder)
        elif begin:
            begin(cloud)
        commands = Commands(cloud, folder, page=page)
        commands.save()
        stack.callback(commands.save)
        stack.enter_context(_doors(commands, ports))
        yield commands


@contextmanager
def _doors(commands: Commands, ports: Ports) -> Iterator[None]:
    """Everything that listens. A further door is a context of its own, entered here."""
    with ExitStack() as stack:
        stack.enter_context(_aws_door(ports.aws))
        stack.enter_context(_control_door(commands, ports.control))
        if commands.cloud.routes:
            stack.enter_context(http_door(lambda r: at_this_machine(commands.http(r), ports.aws), ports.http))
        stack.enter_context(_ticking(commands))
        yield


@contextmanager
def _aws_door(port: int) -> Iterator[None]:
    from moto.server import ThreadedMotoServer

    door = ThreadedMotoServer(ip_address=HOST, port=port, verbose=False)
    door.start()
    try:
        yield
    finally:
        door.stop()


@contextmanager
def _control_door(commands: Commands, port: int) -> Iterator[None]:
    door = _Door((HOST, port), _Control)
    door.commands = commands
    threading.Thread(target=door.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        door.shutdown()
        door.server_close()


@contextmanager
def _ticking(commands: Commands) -> Iterator[None]:
    stopped = threading.Event()

    def tick() -> None:
        while not stopped.wait(TICK_S):
            try:
                commands.tick()
            except Exception:
                traceback.print_exc()  # a person sees it; the cloud stays up

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """No two programs write the same state."""
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError(f"another `python -m local up` has {home} open") from error
        yield


def _check_free(port: int) -> None:
    """moto's server would wait for ever for a port that is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(f"port {port} of this machine is taken by another program") from error


class _Door(ThreadingHTTPServer):
    daemon_threads = True
    commands: Commands


class _Control(BaseHTTPRequestHandler):
    """`POST /<command>` with a JSON object; answers one, or `{"error": …}`."""

    server: _Door

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if self.headers.get("Content-Type") != JSON or not is_loopback(self.headers.get("Host", "")):
            return self._answer(403, {"error": "only programs of this machine may ask"})
        if length > BODY_MAX:
            self.close_connection = True
            return self._answer(413, {"error": "too much at once"})
        try:
            said = json.loads(self.rfile.read(length) or b"{}")
            return self._answer(200, self.server.commands.obey(self.path.strip("/"), said))
        except (CommandError, state.StateError) as error:
            return self._answer(400, {"error": str(error)})
        except Exception as error:  # whoever asks is told; the cloud stays up
            return self._answer(500, {"error": f"{type(error).__name__}: {error}"})

    def _answer(self, status: int, said: Mapping[str, Any]) -> None:
        body = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", JSON)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Whoever gave the command has the answer."""
