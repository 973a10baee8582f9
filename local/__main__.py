"""The local cloud from the command line: `up` keeps it there, the other commands talk to it."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
import urllib.error
import urllib.request
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local.talk import HOST, JSON, CommandError, Ports, read_moment, show_moment

HOME = Path(__file__).parent.parent / ".local"
TIMEOUT_S = 1_800  # a year of many clients, moved at once
DEAD = {
    "CrmInboxDeadLetters": "not taken; `list` gives the reasons, and the sample sends wrong ones on purpose"
}


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _arguments(arguments)
    try:
        if asked.command == "up":
            _up(asked)
        else:
            _print(asked.command, _ask(asked.control_port, asked.command, _said(asked)))
        sys.stdout.flush()
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # `list | head` has seen enough; what is left is not to be flushed at the end either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description="The cloud of template.yaml on this machine")
    parser.add_argument("--control-port", type=int, default=Ports().control, help="of `up`; 5001 if not said")
    commands = parser.add_subparsers(dest="command", required=True)
    keep = commands.add_parser("up", help="keep the cloud up until it is interrupted")
    keep.add_argument("--port", type=int, default=Ports().aws, help="of the AWS endpoint; 5000 if not said")
    keep.add_argument("--diadoc-port", type=int, default=Ports().diadoc, help="of the EDO operator; 3100 if not said")
    keep.add_argument("--http-port", type=int, default=Ports().http, help="of the API and the page; 3000 if not said")
    keep.add_argument(
        "--empty", action="store_true", help="a new cloud holds nothing; else a quarter of the sample company"
    )
    keep.add_argument("--at", help="the time of a new cloud, which is empty then; 2026-01-01 if not said")
    keep.add_argument("--home", type=Path, default=HOME, help="where its state is kept; .local if not said")
    at = commands.add_parser("at", help="move the clock forward; schedules fire on its way")
    at.add_argument("to", help="2026-02-02T00:30, of Moscow unless it says otherwise")
    invoke = commands.add_parser("invoke", help="call a function")
    invoke.add_argument("function", help="close_month")
    invoke.add_argument("event", type=Path, help="a JSON file: events/close_month.json")
    send = commands.add_parser("send", help="send messages to a queue, one a line")
    send.add_argument("messages", type=Path, help="messages.jsonl")
    send.add_argument("--queue", default="crm-inbox")
    token = commands.add_parser("token", help="a token of the CRM, and the link that opens the page with it")
    token.add_argument("account", help="c-000101; - for an operator")
    token.add_argument("role", choices=["administrator", "accountant", "operator"])
    commands.add_parser("list", help="what there is")
    export = commands.add_parser("export", help="write everything into a new folder")
    export.add_argument("folder", type=Path)
    return parser.parse_args(arguments)


def _up(asked: argparse.Namespace) -> None:
    """Keep the cloud up. What it needs takes seconds to load, and the other commands do without.

    Raises:
        CommandError: it cannot be.
    """
    from local.cloud import EPOCH
    from local.properties import UnmadeError
    from local.safety import UnsafeError
    from local.sample import Sample
    from local.server import up
    from local.state import StateError
    from local.tokens import an_open_link

    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "WARNING")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    said = sys.stdout  # what functions print goes elsewhere
    ports = Ports(aws=asked.port, control=asked.control_port, diadoc=asked.diadoc_port, http=asked.http_port)
    sample = None if asked.empty or asked.at else Sample(lambda line: print(line, file=said, flush=True))
    at = read_moment(asked.at) if asked.at else sample.at if sample else EPOCH
    try:
        with up(asked.home, ports=ports, at=at, begin=sample) as commands:
            lines = (
                f"clock     {show_moment(commands.cloud.now())}",
                f"AWS       http://{HOST}:{asked.port}  (as AWS_ENDPOINT_URL; any keys, region eu-central-1)",
                f"Diadoc    http://{HOST}:{asked.diadoc_port}  (a stand-in; /stand-in/ lists its controls)",
                f"page      {an_open_link(commands.cloud, commands.page)}",
                f"state     {asked.home / 'cloud'}  (saved after each command; functions log beside it)",
                "commands  python -m local at | invoke | send | token | list | export, elsewhere; Ctrl+C ends it",
            )
            print(*lines, sep="\n", file=said, flush=True)
            stopped.wait()
    except (StateError, UnmadeError, UnsafeError) as error:
        raise CommandError(str(error)) from error


def _said(asked: argparse.Namespace) -> dict[str, Any]:
    match asked.command:
        case "at":
            return {"to": read_moment(asked.to).isoformat()}
        case "invoke":
            return {"function": asked.function, "event": _json(asked.event)}
        case "send":
            bodies = [line for line in _text(asked.messages).split("\n") if line.strip()]
            return {"queue": asked.queue, "bodies": bodies}
        case "token":
            return {"account": "" if asked.account == "-" else asked.account, "role": asked.role}
        case "export":
            return {"folder": str(asked.folder.resolve())}
        case _:
            return {}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except ValueError as error:
        raise CommandError(f"{path} is not JSON: {error}") from error


def _ask(port: int, command: str, said: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        f"http://{HOST}:{port}/{command}", json.dumps(said).encode(), {"Content-Type": JSON}
    )
    door = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy
    try:
        with door.open(request, timeout=TIMEOUT_S) as answer:
            found = json.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise CommandError(json.loads(error.read()).get("error", str(error))) from error
    except OSError as error:
        raise CommandError(
            "the local cloud is not up (or still plays its quarter); start it in another terminal: python -m local up"
        ) from error
    assert isinstance(found, dict)
    return found


def _print(command: str, answer: dict[str, Any]) -> None:
    for error in answer["errors"]:
        print(f"error      {error}", file=sys.stderr)
    match command:
        case "at":
            for schedule, count in Counter(line.partition(" ")[2] for line in answer["fired"]).items():
                print(f"fired      {schedule}" + (f" {count} times" if count > 1 else ""))
        case "invoke":
            print(json.dumps(answer["answer"], ensure_ascii=False, indent=2))
        case "send":
            print(f"sent       {answer['sent']}")
        case "token":
            print(answer["token"])
            print(f"page       {answer['page']}/enter?token={answer['token']}")
        case "list":
            print(*answer["lines"], sep="\n")
        case _:
            print(f"written    {answer['folder']}")
    for queue, count in answer["dead"].items():
        print(f"dead       {queue}: {count}{f'  ({DEAD[queue]})' if queue in DEAD else ''}")
    print(f"clock      {answer['now']}")


if __name__ == "__main__":
    raise SystemExit(main())
