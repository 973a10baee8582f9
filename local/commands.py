"""What can be asked of a cloud that is kept up: one command at a time, its outcome on disk before the answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from local import http_api, state
from local.clock import next_due
from local.cloud import Cloud
from local.listing import listing
from local.talk import MOSCOW, CommandError, read_moment, show_moment
from local.tokens import a_token

AHEAD_MAX = timedelta(days=370)  # of one move of the clock: more is a slip of the hand


class Commands:
    """The commands by name, and the tick of the clock between them.

    One at a time: a function runs with an environment of its own, and a process has only one.
    """

    def __init__(self, cloud: Cloud, folder: Path, *, page: str = "") -> None:
        self.cloud, self.folder, self.page = cloud, folder, page
        self._one_at_a_time = threading.RLock()
        self._fired_until = cloud.now()
        self._reported_dead = self._dead()  # what lay there before the first command is news to nobody
        self._known: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "at": self._at,
            "invoke": self._invoke,
            "send": self._send,
            "token": self._token,
            "list": self._list,
            "export": self._export,
        }

    def obey(self, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer, with what functions have raised and what became a dead letter since the last one.

        `list` names every dead letter.

        Raises:
            CommandError: it is not one of ours, or cannot be done.
        """
        if name not in self._known:
            raise CommandError(f"no command {name}; there are {', '.join(self._known)}")
        with self._one_at_a_time:
            changes = self.cloud.changes
            try:
                answer = self._known[name](said)
                dead = self._dead_since(all_of_them=name == "list")
                return {**answer, "now": show_moment(self.cloud.now()), "errors": self._errors(), "dead": dead}
            finally:
                if self.cloud.changes != changes or name == "at":
                    self.save()

    def tick(self) -> None:
        """What came to the queues through the AWS door is played, and schedules fire as their time comes."""
        with self._one_at_a_time:
            now, changes = self.cloud.now(), self.cloud.changes
            due = next_due(self.cloud.schedules, self._fired_until)
            if due and due[0] <= now:
                self.cloud.advance(to=now, since=self._fired_until)
            else:
                self.cloud.drain()
            self._fired_until = now
            if self.cloud.changes != changes:
                self.save()

    def http(self, request: http_api.Request) -> http_api.Response:
        """What the HTTP API answers; what the request set in motion is done by the next tick."""
        with self._one_at_a_time:
            changes = self.cloud.changes
            answer = http_api.answer(self.cloud, request)
            if self.cloud.changes != changes:
                self.save()
            return answer

    def save(self) -> None:
        with self._one_at_a_time:
            state.save(self.cloud, self.folder)

    # --- one by one ----------------------------------------------------------------------------------------------

    def _at(self, said: Mapping[str, Any]) -> dict[str, Any]:
        to, now = read_moment(str(said["to"])), self.cloud.now()
        if to < now:
            raise CommandError(f"the clock only goes forward, and it stands at {show_moment(now)}")
        if to > now + AHEAD_MAX:
            raise CommandError(f"that is more than a year ahead; the clock stands at {show_moment(now)}")
        fired = self.cloud.advance(to=to, since=self._fired_until)
        self._fired_until = to
        return {"fired": fired}

    def _invoke(self, said: Mapping[str, Any]) -> dict[str, Any]:
        try:
            function = self.cloud.function(str(said["function"]))
        except KeyError as error:
            raise CommandError(str(error.args[0])) from error
        try:
            return {"answer": self.cloud.invoke(function.name, said["event"])}
        except Exception as error:  # whatever the function raises is its answer
            raise CommandError(f"{function.folder.name} failed: {type(error).__name__}: {error}") from error

    def _send(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Messages of a later time are not sent: the function would refuse them, once and for all."""
        bodies, now = list(said["bodies"]), self.cloud.now()
        for n, body in enumerate(bodies, 1):
            if (at := _said_moment(body)) and at > now + timedelta(days=1):
                raise CommandError(
                    f"message {n} is of {show_moment(at)}, and here it is {show_moment(now)}: nothing was sent; "
                    f"first: python -m local at {at.astimezone(MOSCOW):%Y-%m-%dT%H:%M}"
                )
        try:
            self.cloud.send(str(said["queue"]), bodies)
        except KeyError as error:
            raise CommandError(str(error.args[0])) from error
        self.cloud.drain()
        return {"sent": len(bodies)}

    def _token(self, said: Mapping[str, Any]) -> dict[str, Any]:
        return {"token": a_token(self.cloud, str(said["account"]), str(said["role"])), "page": self.page}

    def _list(self, said: Mapping[str, Any]) -> dict[str, Any]:
        return {"lines": listing(self.cloud)}

    def _export(self, said: Mapping[str, Any]) -> dict[str, Any]:
        folder = Path(str(said["folder"]))
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is there already, and not an empty folder")
        state.export(self.cloud, folder)
        return {"folder": str(folder)}

    def _errors(self) -> list[str]:
        found = []
        for function in self.cloud.functions.values():
            found += [f"{function.folder.name}: {type(e).__name__}: {e}" for e in function.errors]
            function.errors.clear()
        return found

    def _dead_since(self, *, all_of_them: bool) -> dict[str, int]:
        dead, before = self._dead(), self._reported_dead
        self._reported_dead = dead
        if all_of_them:
            return dead
        return {name: more for name, count in dead.items() if (more := count - before.get(name, 0)) > 0}

    def _dead(self) -> dict[str, int]:
        names = [n for n, kind in self.cloud.kinds.items() if kind == "AWS::SQS::Queue" and n.endswith("DeadLetters")]
        return {name: count for name in sorted(names) if (count := self.cloud.messages(name))}


def _said_moment(body: str) -> datetime | None:
    """The moment a message says it is of; None where it says none: that is for the function to refuse."""
    try:
        moment = datetime.fromisoformat(json.loads(body)["at"])
    except (ValueError, TypeError, KeyError):
        return None
    return moment if moment.tzinfo else None
