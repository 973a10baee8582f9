"""`python -m local up` and the commands that talk to it, as a person has them: two programs and a folder."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from local.__main__ import main
from local.cloud import ROOT
from tests.cloud.told import a_charge, a_payment, the_client, the_seller

START_S = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Up:
    """A cloud in a process of its own, and the command line that talks to it."""

    home: Path
    aws_port: int
    control_port: int
    diadoc_port: int
    http_port: int
    process: subprocess.Popen[str] | None = None

    def start(self, *more: str, empty: bool = True, environment: Mapping[str, str] = os.environ) -> Up:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "local",
                "--control-port",
                str(self.control_port),
                "up",
                "--port",
                str(self.aws_port),
                "--diadoc-port",
                str(self.diadoc_port),
                "--http-port",
                str(self.http_port),
                "--home",
                str(self.home),
                *(["--empty"] if empty else []),
                *more,
            ],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.control_port)) == 0:
                    return self
            time.sleep(0.1)
        raise AssertionError(self.stop())

    def stop(self, how: int = signal.SIGTERM) -> str:
        assert self.process
        self.process.send_signal(how)
        said, _ = self.process.communicate(timeout=START_S)
        return said

    def ask(self, *arguments: str) -> int:
        return main(["--control-port", str(self.control_port), *arguments])


@pytest.fixture
def a_home(tmp_path: Path) -> Iterator[Up]:
    up = Up(tmp_path / "home", *(_free_port() for _ in range(4)))
    yield up
    if up.process and up.process.poll() is None:
        up.stop(signal.SIGKILL)


Said = Callable[[], str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    def both() -> str:
        captured = capsys.readouterr()
        return captured.out + captured.err

    return both


def _january(folder: Path) -> str:
    messages = folder / "messages.jsonl"
    messages.write_text("\n".join([the_seller(), the_client(), a_payment(), a_charge()]) + "\n", "utf-8")
    return str(messages)


def test_a_month_by_hand_and_again_after_the_power_went(a_home: Up, tmp_path: Path, said: Said) -> None:
    a_home.start("--at", "2026-02-01T12:00")
    assert a_home.ask("send", _january(tmp_path)) == 0
    assert a_home.ask("at", "2026-02-02T00:30") == 0
    assert "CloseMonthFunctionNight" in said()
    a_home.stop(signal.SIGKILL)

    a_home.start()
    assert a_home.ask("list") == 0
    listed = said()
    assert "clock      2026-02-02T00:30 (Moscow)" in listed
    assert "act  1  5500.00  ready" in listed
    assert "anna@romashka.example  delivered" in listed
    assert a_home.ask("export", str(tmp_path / "out")) == 0
    assert len(list((tmp_path / "out" / "files" / "docs" / "c-000001").glob("*.pdf"))) == 2
    assert a_home.ask("export", str(tmp_path / "out")) == 1
    assert "not an empty folder" in said()


def test_commands_say_what_is_wrong_with_them(a_home: Up, tmp_path: Path, said: Said) -> None:
    a_home.start()
    event = str(ROOT / "events" / "close_month.json")

    for arguments, answer in [
        (("send", _january(tmp_path)), "first: python -m local at 2026-01-12T12:00"),
        (("send", str(tmp_path / "none.jsonl")), "cannot be read"),
        (("send", "--queue", "nowhere", str(ROOT / "events" / "messages" / "seller.jsonl")), "no queue nowhere"),
        (("at", "2025-12-31"), "only goes forward"),
        (("at", "2028-01-01"), "more than a year ahead"),
        (("at", "tomorrow"), "it is written 2026-02-02T00:30"),
        (("invoke", "close_year", event), "there are authorize, close_month"),
        (("invoke", "close_month", event), "2026-01 is not over"),
        (("invoke", "close_month", str(ROOT / "template.yaml")), "is not JSON"),
    ]:
        assert a_home.ask(*arguments) == 1
        assert answer in said()


def test_other_programs_find_the_same_cloud(a_home: Up, said: Said) -> None:
    """A message that the CRM sends to the AWS endpoint is taken within seconds, without a command."""
    a_home.start()
    sqs: Any = boto3.client(
        "sqs",
        endpoint_url=f"http://127.0.0.1:{a_home.aws_port}",
        region_name="eu-central-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    url = sqs.get_queue_url(QueueName="CrmInboxQueue.fifo")["QueueUrl"]

    sqs.send_message(QueueUrl=url, MessageBody=the_seller(), MessageGroupId="seller", MessageDeduplicationId="1")

    saved = a_home.home / "cloud" / "tables" / "ControlTable.jsonl"
    until = time.monotonic() + START_S
    while "ООО «Закрывашка»" not in (saved.read_text("utf-8") if saved.exists() else ""):
        assert time.monotonic() < until
        time.sleep(0.2)


def test_nobody_else_may_command(a_home: Up) -> None:
    """A page in a browser can send a form to this machine, but neither JSON nor another name of the host."""
    a_home.start()
    for headers in (
        dict[str, str](),
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json", "Host": "evil.example"},
    ):
        door = http.client.HTTPConnection("127.0.0.1", a_home.control_port, timeout=10)
        door.request("POST", "/list", b"{}", headers)
        assert door.getresponse().status == 403
        door.close()


def test_without_a_cloud_commands_say_how_to_start_one(said: Said) -> None:
    assert main(["--control-port", str(_free_port()), "list"]) == 1

    assert "python -m local up" in said()


def test_two_clouds_do_not_share_a_home_or_a_port(a_home: Up, tmp_path: Path) -> None:
    a_home.start()

    with pytest.raises(AssertionError, match=r"has .* open"):
        Up(a_home.home, *(_free_port() for _ in range(4))).start()
    with pytest.raises(AssertionError, match="is taken by another program"):
        Up(tmp_path / "other", a_home.aws_port, *(_free_port() for _ in range(3))).start()


def test_a_state_that_cannot_be_read_is_not_overwritten(a_home: Up) -> None:
    broken = a_home.home / "cloud" / "clock.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("{}", "utf-8")

    with pytest.raises(AssertionError, match="begin anew"):
        a_home.start()

    assert json.loads(broken.read_text("utf-8")) == {}


def test_a_client_is_let_in_by_a_link_and_gets_a_file_from_this_machine(a_home: Up, tmp_path: Path, said: Said) -> None:
    a_home.start("--at", "2026-02-01T12:00")
    assert a_home.ask("send", _january(tmp_path)) == 0
    assert a_home.ask("at", "2026-02-02T00:30") == 0
    said()

    assert a_home.ask("token", "c-000001", "accountant") == 0
    link = said().partition("page")[2].split()[0]
    _, session, _ = _get(link)
    _, _, listed = _get(f"http://127.0.0.1:{a_home.http_port}/documents", Cookie=session.partition(";")[0])
    act = json.loads(listed)["documents"][-1]["id"]
    address, _, _ = _get(f"http://127.0.0.1:{a_home.http_port}/documents/{act}/pdf", Cookie=session.partition(";")[0])

    assert address.startswith(f"http://127.0.0.1:{a_home.aws_port}/")
    assert _get(address)[2].startswith(b"%PDF-")


def _get(url: str, **headers: str) -> tuple[str, str, bytes]:
    """Where the answer leads to, the cookie it sets, and its body; nothing is followed."""
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=START_S)) as door:
        door.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answered = door.getresponse()
        return answered.getheader("location", ""), answered.getheader("set-cookie", ""), answered.read()
