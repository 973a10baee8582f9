"""The HTTP API on a port of this machine, for browsers and programs."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local.http_api import BAD_REQUEST, BODY_MAX, Request, Response
from local.talk import HOST

_FILE = re.compile(r"https://(?:([\w.-]+)\.)?s3(?:\.[\w-]+)?\.amazonaws\.com/(.*)")


@contextmanager
def http_door(answer: Callable[[Request], Response], port: int) -> Iterator[int]:
    """The door is open within the block; answers its port, which is a free one for 0."""
    door = ThreadingHTTPServer((HOST, port), type("HttpApi", (_Handler,), {"answer": staticmethod(answer)}))
    door.daemon_threads = True
    threading.Thread(target=door.serve_forever, daemon=True).start()
    try:
        yield door.server_port
    finally:
        door.shutdown()
        door.server_close()


def at_this_machine(said: Response, aws_port: int) -> Response:
    """The answer with a link to a file leading to the AWS door: the service that it names is not there."""

    def here(name: str, value: str) -> tuple[str, str]:
        found = _FILE.fullmatch(value) if name == "location" else None
        if not found:
            return name, value
        bucket, path = found.groups()
        return name, f"http://{HOST}:{aws_port}/{bucket + '/' if bucket else ''}{path}"

    return replace(said, headers=[here(name, value) for name, value in said.headers])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a body waits for the caller's delayed acknowledgement of the head: 40 ms
    answer: Callable[[Request], Response]

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        said_length = self.headers.get("Content-Length") or "0"
        if not (said_length.isascii() and said_length.isdigit()):
            self.close_connection = True
            return self._respond(BAD_REQUEST)
        length = int(said_length)
        if length > BODY_MAX or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
        body = self.rfile.read(min(length, BODY_MAX + 1))
        return self._respond(
            self.answer(Request(method=self.command, path=path, query=query, headers=self.headers.items(), body=body))
        )

    def _respond(self, said: Response) -> None:
        self.send_response(said.status)
        for name, value in said.headers:
            if name != "content-length":
                self.send_header(name, value)
        self.send_header("content-length", str(len(said.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said.body)

    def log_message(self, format: str, *arguments: object) -> None:
        """The functions log what they are asked."""

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_CONNECT = _serve
