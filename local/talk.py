"""The part that the command line and the running cloud share; it loads nothing of the cloud itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

HOST = "127.0.0.1"
JSON = "application/json"  # a page in a browser cannot send it to another host unasked
MOSCOW = ZoneInfo("Europe/Moscow")


class CommandError(Exception):
    """The command cannot be done; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the doors of the cloud are on this machine."""

    aws: int = 5000
    control: int = 5001
    http: int = 3000
    diadoc: int = 3100


def read_moment(text: str) -> datetime:
    """Return the moment that a person typed: of Moscow, unless it says otherwise.

    Raises:
        CommandError: it is none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"not a moment: {text!r}; it is written 2026-02-02T00:30, and taken for Moscow's") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=MOSCOW)


def show_moment(moment: datetime) -> str:
    return f"{moment.astimezone(MOSCOW):%Y-%m-%dT%H:%M} (Moscow)"
