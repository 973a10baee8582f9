"""What the use cases need from outside, as Protocols. Adapters implement them; tests implement them in memory.

The storage contract is the whole of what is asked of a database: consistent `get` of one row or many, paged `query` and
`scan`, and `tx`, a set of rows written together on condition that each is still at the version that was read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from billing.domain.errors import ConflictError, InvalidInputError, UnavailableError

Row: TypeAlias = Mapping[str, Any]  # str, int, bool, None, lists and mappings of these; never a float

ABSENT = 0  # the version of a row that is not there

TABLES = ("customers", "accounts", "journal", "seen", "documents", "work", "deliveries", "control", "parts")


@dataclass(frozen=True, slots=True)
class Stored:
    """A row as read: `row` without its keys and version."""

    pk: str
    sk: str
    row: Row
    version: int


@dataclass(frozen=True, slots=True)
class Write:
    """Put `row` (None: delete) under the key, if its version is still `expect` (`ABSENT`: if there is none).

    A put row gets the version `expect + 1`.
    """

    table: str
    pk: str
    sk: str
    row: Row | None
    expect: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `cursor` is empty after the last one."""

    rows: tuple[Stored, ...]
    cursor: str


class StaleError(ConflictError):
    """A transaction was refused because a row had moved on; `indexes` are those of the writes at fault."""

    def __init__(self, indexes: Sequence[int]) -> None:
        super().__init__(f"stale rows in the transaction: {list(indexes)}")
        self.indexes = tuple(indexes)


class UnknownOutcomeError(UnavailableError):
    """A call ended without an answer: its effect may or may not be there. Ask again before doing it again."""


class TooLargeError(InvalidInputError):
    """The row or transaction exceeds the database's limits. Nothing was written; the text says what to do."""


class Store(Protocol):
    """Rows in tables, each under a partition key and a sort key ("" in tables without one)."""

    def get(self, table: str, pk: str, sk: str = "") -> Stored | None:
        """The row as of now (a consistent read)."""
        ...

    def get_many(self, table: str, keys: Collection[tuple[str, str]]) -> tuple[Stored, ...]:
        """Those of the rows (1 to 100) that are there, each as of now though not all as of one moment; in no order."""
        ...

    def query(
        self,
        table: str,
        pk: str,
        *,
        prefix: str = "",
        after: str = "",
        before: str = "",
        limit: int = 100,
        newest_first: bool = False,
    ) -> Page:
        """Rows of a partition by sort key: those that begin with `prefix`, strictly between `after` and `before`.

        The cursor is the last sort key; pass it as `after` (newest first: as `before`).
        """
        ...

    def scan(self, table: str, *, segment: int, segments: int, cursor: str = "", limit: int = 100) -> Page:
        """Rows of one of `segments` disjoint parts of the table, in no order that means anything."""
        ...

    def tx(self, writes: Sequence[Write]) -> None:
        """All of the writes (1 to 100, of different rows) or none.

        Raises:
            StaleError: a row is at another version than expected.
            UnavailableError: throttled or in conflict with another transaction; nothing was written.
            UnknownOutcomeError: no answer; written or not.
            TooLargeError: it will never be taken, however often it is tried.
        """
        ...


class FileExistsWithOtherBytesError(ConflictError):
    """A file of that name is there already and its bytes differ."""


class Files(Protocol):
    """Files that are written once. Keys are paths: `docs/c-000123/2026-01.act.7701234567.0.pdf`."""

    def put_once(self, key: str, body: bytes, *, content_type: str, keep_until: datetime | None = None) -> None:
        """The file is there with these bytes; the same bytes twice are no error.

        Raises:
            FileExistsWithOtherBytesError: another file has that name.
        """
        ...

    def get(self, key: str) -> bytes: ...

    def put_stream(self, key: str, chunks: Iterable[bytes], *, content_type: str) -> None:
        """The file is there, made of the chunks one after another; one that was there is written over.

        What fails on the way, the chunks themselves among it, leaves nothing behind.
        """
        ...

    def exists(self, key: str) -> bool:
        """Whether the file is there now."""
        ...

    def link(self, key: str, *, file_name: str, content_type: str, seconds: int, inline: bool) -> str:
        """An address that opens the file for that long, under a readable name."""
        ...


class Queue(Protocol):
    """Hints to workers: losing one costs minutes, never a document."""

    def send(self, name: str, messages: Sequence[Mapping[str, Any]], *, delay_s: int = 0) -> None:
        """The hints are on their way.

        Raises:
            UnavailableError: some of them are not; whatever is due will be found by the sweep.
        """
        ...

    def waiting(self, name: str) -> int:
        """Return about how many hints wait in the queue, are being worked on or are to come: none only if none is.

        Raises:
            UnavailableError: the queue does not say.
        """
        ...

    def send_fifo(self, name: str, body: str, *, group: str, attributes: Mapping[str, str]) -> None:
        """One message as it came, behind those of its group, with plain attributes beside it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of a letter, under the name that the reader sees."""

    file_name: str
    body: bytes
    content_type: str = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The contents of a letter, in both forms. `stop_url`: the link by which its one reader unsubscribes."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    stop_url: str = ""


class RefusedError(InvalidInputError):
    """The mail service will not take this letter, now or ever: bad address, too large, rejected content."""


class AwayError(UnavailableError):
    """The mail service takes no letter at all now. It may do so in `seconds`."""

    def __init__(self, text: str, *, seconds: int) -> None:
        super().__init__(text)
        self.seconds = seconds


class Mailer(Protocol):
    """Sends one letter to one address, no faster than the mail service allows."""

    def await_turn(self) -> None:
        """Wait as long as the rate of the mail service asks for. After that the next letter may go.

        Raises:
            AwayError: the mail service is known to take nothing, or the pause is too long to be waited for.
        """
        ...

    def room(self) -> int:
        """Return how many letters the mail service takes from now on: what is left of the day, or none when it is shut.

        Raises:
            UnavailableError: it does not say.
        """
        ...

    def send(self, letter: Letter, *, to: str, delivery: str) -> str:
        """The mail service has accepted the letter; its own id of it. `delivery` comes back with every event about it.

        Raises:
            AwayError: too fast, the day's quota is used up, or letters of ours are not taken at all; nothing was sent.
            RefusedError: this letter will never be taken.
            UnknownOutcomeError: no answer; sent or not.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterEvent:
    """What the mail service says of one delivery.

    `status`: accepted, delivered, bounced, complained or refused; `permanent`: the address itself is dead.
    """

    delivery: str
    status: str
    message: str
    code: str = ""
    permanent: bool = False


class Clock(Protocol):
    """The present moment, aware, UTC."""

    def __call__(self) -> datetime: ...


class Metrics(Protocol):
    """Numbers for the dashboard and the alarms."""

    def count(self, name: str, value: float = 1) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the template says about this deployment."""

    page_url: str
    accountant_address: str
    retention_years: int = 6
    frame_ancestors: str = "'none'"  # who may show our page in a frame, as a Content-Security-Policy says it


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Everything outside of the system, as a use case is given it."""

    store: Store
    files: Files
    queue: Queue
    mailer: Mailer
    metrics: Metrics
    clock: Clock
    settings: Settings
