"""Sockets: HTTP/1.1 with kept connections, a thread for each."""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.diadoc.application import Application
from local.diadoc.control_paths import PREFIX, ControlPaths
from local.diadoc.http_shapes import Answer

_BODY_MAX = 128 * 1024 * 1024


class Server(ThreadingHTTPServer):
    """Listens, and hands calls to the application or to the controls."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, application: Application, controls: ControlPaths, host: str, port: int) -> None:
        super().__init__((host, port), _Handler)
        self.application = application
        self.controls = controls
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that closing the server closes it."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Close the listening socket and what clients left open."""
        super().server_close()
        for connection in list(self._open):
            self.shutdown_request(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Diadoc-stand-in"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together
    server: Server

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            self._write(Answer(status=411, content_type="text/plain"))
        elif self.path.startswith(PREFIX):
            self._write(self.server.controls.answer(self.command, self.path, body))
        else:
            answer = self.server.application.answer(self.command, self.path, dict(self.headers.items()), body)
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            else:
                self._write(answer)

    def _body(self) -> bytes | None:
        if self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            return None
        length = min(int(self.headers.get("Content-Length") or 0), _BODY_MAX)
        return self.rfile.read(length) if length else b""

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        has_body = answer.status != 204
        if has_body:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if has_body and self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def log_message(self, format: str, *arguments: Any) -> None:
        """The log of calls is kept by the application."""

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _serve
