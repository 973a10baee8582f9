"""Defects planted on purpose: a world that does not find them proves nothing.

Each is a context manager's worth of patches over the code, or over what the world's store does with a write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, timedelta
from itertools import count
from typing import Any
from unittest.mock import patch

from billing import messages, records
from billing.domain import books, closing, drafts, ledger, posting
from billing.domain.delivery import RANKS
from billing.domain.ledger import MoneyClass
from billing.domain.report import Tally
from billing.domain.seller import UnpaidServices
from billing.ports import ABSENT, Outside, Stored, Write
from billing.records_letters import key_of
from billing.usecases import (
    account_months,
    counting,
    filing,
    issue_documents,
    letters,
    parking,
    runs,
    send_letter,
    sweep,
    take_from_crm,
    track_letters,
)
from tests.fakes import MemoryFiles
from tests.world.world import Ports, World

Change = Callable[[Any, Sequence[Write]], Sequence[Write]]
MUTANTS: dict[str, Callable[[], Any]] = {}


QUARTER_MUTANTS: dict[str, Callable[[], Any]] = {}  # that show only where a quarter is reconciled


def quarter_mutant(name: str) -> Callable[[Callable[[], Iterator[None]]], Any]:
    def register(plant: Callable[[], Iterator[None]]) -> Any:
        QUARTER_MUTANTS[name] = contextmanager(plant)
        return plant

    return register


def mutant(name: str) -> Callable[[Callable[[], Iterator[None]]], Any]:
    def register(plant: Callable[[], Iterator[None]]) -> Any:
        MUTANTS[name] = contextmanager(plant)
        return plant

    return register


@contextmanager
def _writes(change: Change) -> Iterator[None]:
    """Every transaction passes through `change` on its way to the store."""
    as_it_is = Ports.tx

    def tx(self: Ports, writes: Sequence[Write]) -> None:
        if changed := list(change(self._w, writes)):
            as_it_is(self, changed)

    with patch.object(Ports, "tx", tx):
        yield


def _blindly(*tables: str) -> Change:
    """Rows of these tables are written over whatever is there."""
    return lambda w, writes: [
        replace(x, expect=w.store.version(x.table, x.pk, x.sk)) if x.table in tables else x for x in writes
    ]


def _without(unwanted: Callable[[Write], bool]) -> Change:
    return lambda w, writes: [x for x in writes if not unwanted(x)]


def _plain(name: str, target: Any, attribute: str, value: Any) -> None:
    @mutant(name)
    def plant() -> Iterator[None]:
        with patch.object(target, attribute, value):
            yield


def _storing(name: str, change: Change) -> None:
    @mutant(name)
    def plant() -> Iterator[None]:
        with _writes(change):
            yield


# --- what is written ---------------------------------------------------------------------------------------------

_storing("keys are not kept", _without(lambda x: x.table == "seen"))
_storing("nothing is written with its version", _blindly("accounts", "journal", "documents", "seen", "work"))
_storing("there is no outbox", _without(lambda x: x.table == "work"))
_storing(
    "an account is closed without a journal entry",
    _without(lambda x: x.table == "journal" and bool(x.row) and x.row["kind"] == "close"),
)  # type: ignore[index]
_storing("numbers are counted nowhere", _without(lambda x: x.table == "control" and x.pk.startswith("series.")))
_storing("the counter is written without its version", _blindly("control"))
_storing(
    "a month has no summary", _without(lambda x: x.table == "documents" and bool(x.row) and x.row["kind"] == "period")
)  # type: ignore[index]
_storing(
    "deliveries of the second address are lost",
    _without(
        lambda x: (
            x.table == "deliveries"
            and x.expect == ABSENT
            and bool(x.row)
            and str(x.row.get("address", "")).startswith("b@")
        )
    ),
)  # type: ignore[union-attr]


@mutant("the close and its documents are two transactions")
def _two_transactions() -> Iterator[None]:
    as_it_is = Ports.tx

    def tx(self: Ports, writes: Sequence[Write]) -> None:
        first = [x for x in writes if x.table in ("accounts", "journal")]
        if first and any(x.table == "documents" for x in writes):
            as_it_is(self, first)
            writes = [x for x in writes if x not in first]
        as_it_is(self, writes)

    with patch.object(Ports, "tx", tx):
        yield


# --- the ledger --------------------------------------------------------------------------------------------------


@mutant("what a chargeback leaves owed is in an act by the class of the withdrawn money alone")
def forgetting_what_is_acted() -> Iterator[None]:
    as_it_is = books.Books.owe_again

    def owe_again(self: books.Books, target: ledger.Target, spent: int) -> tuple[ledger.Allocation, ...]:
        before = len(self.debts)
        undone = as_it_is(self, target, spent)
        acted = target.entry.payer if target.entry.money in ledger.LEGAL else ""
        self.debts[before:] = [debt._replace(acted=acted) for debt in self.debts[before:]]
        return undone

    with patch.object(books.Books, "owe_again", owe_again):
        yield


_plain(
    "a refusal is not recorded",
    take_from_crm,
    "_reject",
    lambda message, sha, stored, why, now, store: take_from_crm.Taken(
        account=message.account, key=message.key, outcome="rejected", reason=why
    ),
)
_plain("individuals' money makes acts", closing, "ACTED", (*ledger.ACTED, MoneyClass.CARD_IND))
_plain("hashes do not cover the entry", records, "seal", lambda account, seq, row: f"{account}/{seq}")
_plain("a taxed minus rides in the act", closing, "held_back", lambda month, funds, lines: (dict(funds), ()))
_plain("what is held back goes out when it is tried again", drafts, "is_held_back", lambda problems: False)
_plain(
    "unpaid services that are to wait are acted at once",
    closing,
    "terms_of",
    lambda account, customer, seller: closing.Terms(UnpaidServices.ACT, closing.payer_of_unpaid(account, customer)),
)


@mutant("the period is the event's own month")
def _own_month() -> Iterator[None]:
    as_it_is = books.Books.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        as_it_is(self, *args, **kwargs)
        self.period = self.month

    with patch.object(books.Books, "__init__", init):
        yield


_plain("months are those of UTC", messages, "moscow_day", lambda moment: moment.astimezone(UTC).date())


@mutant("a refund takes from the head of the queue")
def _head_lot() -> Iterator[None]:
    def take(queue: list[Any], target: Any, amount: int) -> list[Any]:
        if not queue or not isinstance(queue[0], ledger.Lot):
            return as_it_is(queue, target, amount)
        low = min(amount, queue[0].rest)
        taken = queue[0]._replace(rest=low)
        queue[:1] = [queue[0]._replace(rest=queue[0].rest - low)] if queue[0].rest > low else []
        return [taken]

    as_it_is = posting.take
    with patch.object(posting, "take", take):
        yield


@mutant("an act loses a line")
def _lost_line() -> Iterator[None]:
    as_it_is = closing.act_content

    def act_content(month: Any, funds: Any, lines: Any) -> Any:
        return as_it_is(month, dict(list(funds.items())[: max(1, len(funds) - 1)]), lines)

    with patch.object(closing, "act_content", act_content):
        yield


# --- papers ------------------------------------------------------------------------------------------------------


@mutant("a paper is other bytes each time")
def _other_bytes() -> Iterator[None]:
    n = count()
    as_it_is = filing.paper.draw
    with patch.object(filing.paper, "draw", lambda d, images=None: as_it_is(d) + str(next(n)).encode()):
        yield


@mutant("a paper is other bytes each time, and the file is written over")
def _written_over() -> Iterator[None]:
    n = count()
    as_it_is = filing.paper.draw

    def put_once(self: Any, key: str, body: bytes, **how: Any) -> None:
        self.files[key] = body

    with (
        patch.object(filing.paper, "draw", lambda d, images=None: as_it_is(d) + str(next(n)).encode()),
        patch.object(MemoryFiles, "put_once", put_once),
    ):
        yield


@mutant("a number is taken before the transaction that writes it")
def _taken_before() -> Iterator[None]:
    def number(batch: Sequence[Any], seller: Any, outside: Outside) -> None:
        for record in batch:
            stored = outside.store.get("documents", record.account, record.id)
            assert stored
            if stored.row["status"] != "decided":
                continue
            name = f"series.{record.series}"
            counter = outside.store.get("control", name, "counter")
            last, version = (counter.row["last"], counter.version) if counter else (0, ABSENT)
            outside.store.tx([Write("control", name, "counter", {"last": last + 1, "summary": ""}, version)])
            row = {**stored.row, "status": "numbered", "number": str(last + 1), "series": record.series}
            outside.store.tx([Write("documents", record.account, record.id, row, stored.version)])

    with patch.object(issue_documents, "number", number):
        yield


@mutant("an account is set aside without a word")
def _silently() -> Iterator[None]:
    with ExitStack() as stack:
        for module in (account_months, parking):
            stack.enter_context(patch.object(module, "park", lambda *args: None))
        yield


@mutant("a file is ready before it is there")
def _ready_first() -> Iterator[None]:
    as_it_is = Ports.put_once

    def put_once(self: Ports, key: str, body: bytes, **how: Any) -> None:
        if not key.startswith("docs/"):
            as_it_is(self, key, body, **how)

    with patch.object(Ports, "put_once", put_once):
        yield


@mutant("a file is drawn with the number of another")
def _other_number() -> Iterator[None]:
    with patch.object(issue_documents, "number", _numbered_alike):
        yield


def _numbered_alike(batch: Sequence[Any], seller: Any, outside: Outside) -> None:
    for record in batch:
        stored = outside.store.get("documents", record.account, record.id)
        assert stored
        row = {**stored.row, "status": "numbered", "number": "1", "series": record.series}
        outside.store.tx([Write("documents", record.account, record.id, row, stored.version)])


_plain("blocked documents are never tried again", drafts, "mended", lambda draft, customer, seller: draft)
_plain(
    "acts forget the reconciliation of what is carried",
    closing,
    "_next_month",
    lambda account, carried, acted, closing_, *more, **named: _forgetful(account, {}, acted, closing_, *more, **named),
)
_forgetful = closing._next_month

# --- letters -----------------------------------------------------------------------------------------------------

_plain("a letter is sent again at once", send_letter, "WAIT", timedelta(0))
_plain(
    "only the first address gets the letter",
    letters,
    "recipients",
    lambda *told: _first_only(*told),
)
_recipients = letters.recipients


def _first_only(*told: Any) -> Any:
    found = _recipients(*told)
    return replace(found, valid=found.valid[:1])


@mutant("a letter is marked accepted before it is sent")
def _accepted_early() -> Iterator[None]:
    as_it_is = send_letter._write

    def write(letter: str, address: str, delivery: Any, version: int, outside: Outside) -> None:
        if delivery.status == "sending":
            delivery = replace(delivery, status="accepted")
        as_it_is(letter, address, delivery, version, outside)

    with patch.object(send_letter, "_write", write):
        yield


_plain("a letter is sent again before a function's life is over", send_letter, "WAIT", timedelta(seconds=30))


@mutant("a letter is sent without a claim")
def _unclaimed() -> Iterator[None]:
    as_it_is = send_letter._write

    def write(letter: str, address: str, delivery: Any, version: int, outside: Outside) -> None:
        if delivery.status == "sending":
            return
        stored = outside.store.get("deliveries", *key_of(letter, address))
        as_it_is(letter, address, delivery, stored.version if stored else version, outside)

    with patch.object(send_letter, "_write", write):
        yield


@mutant("a letter goes to its neighbour's address")
def _neighbour() -> Iterator[None]:
    as_it_is = Ports._mail

    def mail(self: Ports, letter: Any, *, to: str, delivery: str) -> str:
        return as_it_is(self, letter, to="b@c-0.example", delivery=delivery)

    with patch.object(Ports, "_mail", mail):
        yield


@mutant("an address taken off the list in the night still stands")
def _all_cards() -> Iterator[None]:
    as_it_is = letters.recipients
    known: set[str] = set()

    def recipients(*told: Any) -> Any:
        found = as_it_is(*told)
        known.update(found.valid)
        of = {address.partition("@")[2] for address in found.valid}
        return replace(found, valid=tuple(sorted(a for a in known if a.partition("@")[2] in of)))

    with patch.object(letters, "recipients", recipients):
        yield


_plain("a letter that cannot be composed is tried for ever", send_letter, "HOPELESS", timedelta(days=365))
_plain("an unconfirmed letter is never looked at", sweep, "_hint_letter", lambda letter, hints, outside: None)


@mutant("a settled letter leaves its work")
def _unsettled() -> Iterator[None]:
    with ExitStack() as stack:
        for module in (send_letter, track_letters, sweep):
            stack.enter_context(patch.object(module, "settle", lambda letter, outside: None))
        yield


_plain("events change nothing", track_letters, "RANKS", dict.fromkeys(RANKS, 0))

# --- the run -----------------------------------------------------------------------------------------------------

_plain("a run ends before every account is closed", Tally, "complete", property(lambda self: True))
_plain("the sweep does not repeat hints", sweep, "_repeat_hints", lambda *args: set())


@mutant("an account that has changed is not counted again")
def _counted_once() -> Iterator[None]:
    with ExitStack() as stack:
        for module in (runs, account_months, issue_documents):
            stack.enter_context(patch.object(module, "recounted", lambda *args: []))
        yield


_plain("a run reports without its accounts", counting, "_counted", lambda *args, **named: iter(()))


_plain("a missed schedule is missed for ever", sweep, "_begin_missed", lambda outside: None)


@mutant("the cursor is lost, and the scan is said to be over")
def _lost_cursor() -> Iterator[None]:
    as_it_is = runs.change_run

    def change_run(outside: Outside, stored: Stored, **changes: Any) -> Stored:
        return as_it_is(outside, stored, **{**changes, "cursor": "", "queued": True})

    with patch.object(runs, "change_run", change_run), patch.object(sweep, "queue_again", lambda *args, **named: None):
        yield


@mutant("a run ends while its letters wait")
def _ends_early() -> Iterator[None]:
    as_it_is = sweep._repeat_hints
    with patch.object(sweep, "_repeat_hints", lambda *args: as_it_is(*args) and set()):
        yield


_plain("the same key with other content is another message", take_from_crm, "body_sha", lambda body: "")


@quarter_mutant("what has failed is published as done")
def _published() -> Iterator[None]:
    with patch.object(issue_documents, "_failed", lambda failures: set()):
        yield


@mutant("the scan stops after its first page")
def _first_page() -> Iterator[None]:
    def queue_due(outside: Outside, month: Any, run: Stored, until: Any) -> Stored:
        return runs.change_run(outside, run, queued=True)

    from billing.usecases import close_month

    with (
        patch.object(close_month, "queue_due", queue_due),
        patch.object(sweep, "queue_due", queue_due),
        patch.object(sweep, "queue_again", lambda *args, **named: None),
        patch.object(close_month, "queue_again", lambda *args, **named: None),
    ):
        yield


__all__ = ["MUTANTS", "QUARTER_MUTANTS", "World"]
