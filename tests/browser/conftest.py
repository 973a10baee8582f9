"""The local cloud with a few clients of the sample company, in a process of its own, and a browser before its page."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from local.cloud import ROOT
from local.company import company
from local.company.client import in_order

START_S = 60
CLIENTS = ("c-000101", "c-000104", "c-000107", "c-000118")  # one payer, two payers, a debt, an address that is dead
BEGIN, NIGHT = "2026-02-28T23:59", "2026-03-02T01:00"  # in February an account still opens in January
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass
class Kept:
    """A cloud that is kept up, told what to do through its control door."""

    home: Path
    ports: tuple[int, int, int, int]
    process: subprocess.Popen[bytes]

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.ports[2]}"

    def ask(self, command: str, **said: Any) -> dict[str, Any]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports[1]}/{command}",
            json.dumps(said).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=START_S) as answer:
            found: dict[str, Any] = json.loads(answer.read())
        assert found["errors"] == []
        return found

    def link(self, account: str, role: str = "administrator") -> str:
        return f"{self.page}/enter?token={self.ask('token', account=account, role=role)['token']}"

    def rows(self, table: str) -> str:
        """The rows of a table as they are kept, one a line."""
        return (self.home / "cloud" / "tables" / f"{table}.jsonl").read_text("utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(home: Path) -> Kept:
    aws, control, http, diadoc = ports = (_free_port(), _free_port(), _free_port(), _free_port())
    named = {"--port": aws, "--http-port": http, "--diadoc-port": diadoc, "--at": BEGIN, "--home": home}
    arguments = [str(word) for pair in named.items() for word in pair]
    with home.with_suffix(".log").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "--control-port", str(control), "up", *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'billing'}"},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", http)) == 0:
                return Kept(home, ports, process)
        time.sleep(0.1)
    process.kill()
    raise AssertionError(home.with_suffix(".log").read_text("utf-8"))


def _play(kept: Kept) -> None:
    """January and February of the clients, told at once; one night closes both, and their letters go out."""
    clients, (seller, *_) = company()
    told = [seller, *in_order(client for client in clients if client.account in CLIENTS)]
    due = [t for t in told if t.arrives.isoformat()[:16] <= BEGIN]
    kept.ask("send", queue="crm-inbox", bodies=[json.dumps(t.body, ensure_ascii=False) for t in due])
    kept.ask("at", to=f"{NIGHT}:00+03:00")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    if not CHROMIUM:
        pytest.skip("there is no Chromium here; on Debian: apt install chromium")
    kept = _start(tmp_path_factory.mktemp("cloud") / "home")
    try:
        _play(kept)
        yield kept
    finally:
        kept.process.send_signal(signal.SIGTERM)
        kept.process.wait(timeout=START_S)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("there is no Chromium here; on Debian: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """One person before the page; what the browser complains of is kept: a broken policy, a script that failed."""

    cloud: Kept
    context: BrowserContext
    page: Page
    complaints: list[str]

    def enter(self, account: str, role: str = "administrator") -> Page:
        self.page.goto(self.cloud.link(account, role))
        return self.page

    def at(self, path: str) -> Page:
        self.page.goto(f"{self.cloud.page}{path}")
        return self.page


@pytest.fixture
def visits(cloud: Kept, chromium: Browser) -> Iterator[Any]:
    """Opens the page for a new person: `visits(phone=True, script=False, language="en-GB", dark=True)`."""
    opened: list[Visitor] = []

    def visit(*, phone: bool = False, script: bool = True, language: str = "ru-RU", dark: bool = False) -> Visitor:
        context = chromium.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            java_script_enabled=script,
            locale=language,
            color_scheme="dark" if dark else "light",
            base_url=cloud.page,
        )
        context.set_default_timeout(10_000)
        visitor = Visitor(cloud, context, context.new_page(), [])
        visitor.page.on("console", lambda m: visitor.complaints.append(m.text) if m.type == "error" else None)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        opened.append(visitor)
        return visitor

    yield visit
    for visitor in opened:
        visitor.context.close()
        assert [c for c in visitor.complaints if "status of 4" not in c] == []
