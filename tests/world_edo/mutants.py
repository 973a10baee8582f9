"""Defects planted on purpose in the exchange of documents: a world that does not find them proves nothing.

Each is a context manager's worth of patches over the code, with the tale in which it is looked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from billing.adapters.diadoc import organizations, reading
from billing.adapters.diadoc.partners import Partners
from billing.adapters.diadoc.sending import Sending
from billing.adapters.diadoc.tracking import Tracking
from billing.adapters.signing import dss
from billing.domain import edo_sending
from billing.domain.documents import DocumentKind
from billing.domain.edo import Action, Decision, Partnership, Reason
from billing.domain.edo_fate import Fate, Stage
from billing.ports import Stored, Write
from billing.ports_edo import BusyError, Cms, Title
from billing.records_edo import EdoState, edo_shard
from billing.usecases import send_to_edo as edo_send
from billing.usecases import track_edo as edo_track
from billing.usecases.edo import attention as edo_attention
from billing.usecases.edo import counterparties as edo_counterparties
from billing.usecases.edo import due as edo_due
from billing.usecases.edo import stops as edo_stops
from billing.usecases.edo.inviting import invitations as edo_invitations
from billing.usecases.edo.sending import accounts as edo_accounts
from billing.usecases.edo.sending import by_hand as edo_by_hand
from billing.usecases.edo.sending import contracts as edo_contracts
from billing.usecases.edo.sending import last_look as edo_last_look
from billing.usecases.edo.sending import making as edo_making
from billing.usecases.edo.sending import papers as edo_papers
from billing.usecases.edo.sending import posting as edo_posting
from billing.usecases.edo.sending import signing as edo_signing
from billing.usecases.edo.sending.terms import OnItsWay
from billing.usecases.edo.tracking import events as edo_events
from billing.usecases.edo.tracking import statuses as edo_statuses
from tests.fakes import MemoryFiles


@dataclass(frozen=True)
class Mutant:
    """`what` and `of`: the tale and the company in which it shows. `faults`: it shows after a single one of these, in a
    run of `function`, at `every` so many of its calls.

    `meets`: it shows where two runs are at once.
    """

    plant: Callable[[], Any]
    what: str
    of: str
    faults: tuple[str, ...] = ()
    function: str = ""
    every: int = 1
    meets: bool = False


MUTANTS: dict[str, Mutant] = {}


def mutant(name: str, what: str = "quarter", of: str = "quarter", **how: Any) -> Callable[[Callable[[], Any]], Any]:
    """`how`: fields of `Mutant`."""

    def register(plant: Callable[[], Any]) -> Any:
        MUTANTS[name] = Mutant(contextmanager(plant), what, of, **how)
        return plant

    return register


def _plain(name: str, target: Any, attribute: str, value: Any, *where: str, **how: Any) -> None:
    @mutant(name, *where, **how)
    def plant() -> Iterator[None]:
        with patch.object(target, attribute, value):
            yield


# --- making and signing ------------------------------------------------------------------------------------------

_plain(
    "what was signed is signed again on the next try",
    edo_papers,
    "signature_is_kept",
    lambda file, outside: False,
    of="tiny",
    faults=("crash_before",),
    function="send_to_edo",
    every=2,
)


@mutant("each posting has a signature of its own")
def _signed_at_each_posting() -> Iterator[None]:
    def outgoing(one: OnItsWay, message: Any, terms: Any, outside: Any) -> Any:
        made = as_it_is(one, message, terms, outside)
        return replace(made, signature=Cms(der=hashlib.sha512(made.content + str(next(n)).encode()).digest()))

    as_it_is, n = edo_posting._outgoing, count()
    with patch.object(edo_posting, "_outgoing", outgoing):
        yield


@mutant("a title is made anew on each try")
def _made_anew() -> Iterator[None]:
    def made(one: OnItsWay, *rest: Any) -> Any:
        if one.state.fate.stage is Stage.TITLED:
            one = OnItsWay(one.stored, EdoState(fate=Fate(attempt=one.state.fate.attempt)))
        return as_it_is(one, *rest)

    def title(prepared: Any, *rest: Any) -> Title:  # the operator's own bytes are other ones each time
        found = of_the_operator(prepared, *rest)
        return replace(found, content=found.content + b" " * (next(n) % 97)) if prepared.user_contract else found

    def put_once(self: Any, key: str, body: bytes, **how: Any) -> None:
        if key.startswith("edo/") and key.endswith((".xml", ".pdf")):
            self.files[key] = body
        else:
            put(self, key, body, **how)

    as_it_is, of_the_operator, put, n = edo_making.made, edo_making._title, MemoryFiles.put_once, count()
    with (
        patch.object(edo_accounts, "made", made),
        patch.object(edo_making, "_title", title),
        patch.object(MemoryFiles, "put_once", put_once),
    ):
        yield


@mutant("a document is signed before its bytes are kept")
def _not_kept() -> Iterator[None]:
    def kept(key: str, title: Title, outside: Any, one: Any, content_type: str) -> str:
        return title.file_name

    with patch.object(edo_making, "_kept", kept):
        yield


# --- posting -----------------------------------------------------------------------------------------------------

_plain(
    "the operation is that of the body",
    edo_posting,
    "_operation",
    lambda message, environment: hashlib.sha256(
        "".join(one.state.signature_file for one in message).encode()
    ).hexdigest(),
)


@mutant("a document waits no more before it is posted")
def _forgotten_early() -> Iterator[None]:
    def fixed(message: Sequence[OnItsWay], outside: Any, environment: str) -> Any:
        for one in message:
            work = outside.store.get("work", edo_shard(one.stored.pk), f"{one.stored.pk}#{one.stored.sk}")
            if work:
                outside.store.tx([Write("work", work.pk, work.sk, None, work.version)])
        return as_it_is(message, outside, environment)

    as_it_is = edo_posting._fixed
    with patch.object(edo_posting, "_fixed", fixed):
        yield


@mutant("of two boxes the first is taken")
def _first_box() -> Iterator[None]:
    def may_be_sent(candidate: Any, boxes: Sequence[Any], *rest: Any, **named: Any) -> Decision:
        decision = as_it_is(candidate, boxes, *rest, **named)
        return replace(decision, box=boxes[0]) if decision.action is Action.SEND else decision

    as_it_is = edo_accounts.may_be_sent
    with (
        patch.object(edo_accounts, "may_be_sent", may_be_sent),
        patch.object(edo_posting, "may_go", lambda *told: True),
    ):
        yield


@mutant("strangers are sent to")
def _strangers() -> Iterator[None]:
    def may_be_sent(candidate: Any, boxes: Sequence[Any], *rest: Any, **named: Any) -> Decision:
        decision = as_it_is(candidate, boxes, *rest, **named)
        if decision.reason is Reason.NOT_PARTNERS and decision.box:
            return replace(decision, action=Action.SEND)
        return decision

    as_it_is = edo_accounts.may_be_sent
    with (
        patch.object(edo_accounts, "may_be_sent", may_be_sent),
        patch.object(edo_last_look, "may_be_sent", may_be_sent),
    ):
        yield


@mutant("documents go before the last month is closed")
def _no_gate() -> Iterator[None]:
    def due_documents(window: Any, documents: Any, *, closed: Any, settings: Any) -> Any:
        documents = list(documents)
        return as_it_is(
            window, documents, closed={(d.account, window.last_month) for d in documents}, settings=settings
        )

    as_it_is = edo_accounts.due_documents
    with (
        patch.object(edo_accounts, "due_documents", due_documents),
        patch.object(edo_send, "run_of", lambda outside, month: month),  # nor does the run begin it
    ):
        yield


_plain(
    "nobody remembers that the contract is out",
    edo_statuses,
    "contract_is_out",
    lambda document, outside: [],
    of="tiny",
    faults=("crash_before",),
    function="send_to_edo",
    every=4,
)
_plain(
    "an invalid signature is sent again as the same attempt",
    edo_by_hand,
    "again",
    lambda fate: Fate(attempt=fate.attempt),
    of="hard quarter",
)


@mutant("a message that is at the operator already is sent under another key when its answer is lost")
def _another_key() -> Iterator[None]:
    def fixed(message: Any, outside: Any, environment: str) -> Any:
        again = [OnItsWay(one.stored, replace(one.state, operation="")) for one in message]
        return as_it_is(again, outside, f"{environment}{next(n)}")

    as_it_is, n = edo_posting._fixed, count()
    with patch.object(edo_posting, "_fixed", fixed):
        yield


@mutant("when two runs meet, each makes a contract", meets=True)
def _two_contracts() -> Iterator[None]:
    def made(account: str, payer: str, draft: Any, terms: Any, outside: Any) -> Any:
        n = 0
        while outside.store.get("documents", account, agreement_id(terms.today, payer, n)):
            n += 1
        first.set(n)
        return as_it_is(account, payer, draft, terms, outside)

    first = ContextVar("first", default=0)  # of a worker: one that is cut off leaves nothing behind
    as_it_is, agreement_id = edo_contracts._made, edo_contracts.agreement_id
    from_first = patch.object(edo_contracts, "agreement_id", lambda d, p, n: agreement_id(d, p, first.get() + n))
    with from_first, patch.object(edo_contracts, "_made", made):
        yield


_plain(
    "what was signed before goes out whatever has become of the relation",
    edo_posting,
    "may_go",
    lambda *told: True,
    of="break-up",
)


# --- what became of them -----------------------------------------------------------------------------------------


@mutant("the cursor is saved before its page is applied")
def _cursor_first() -> Iterator[None]:
    def read_feed(outside: Any, edo: Any, *, until: Any) -> Any:
        feed, row = edo_events.Feed(), edo_events._cursor(outside, edo)
        with suppress(BusyError):
            while outside.clock() < until:
                page = edo.edo.events(row.row["cursor"], since=None if row.row["cursor"] else _moment(row.row["since"]))
                new = edo_events.fresh(((event.id, event) for event in page), row.row["seen"])
                if not new:
                    feed.ended = True
                    break
                row = edo_events._save(row, page, new, outside)
                edo_events._apply([event for _, event in new], feed, outside, edo, until)
        return feed

    from billing.usecases import track_edo

    with patch.object(track_edo, "read_feed", read_feed):
        yield


def _moment(text: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(text)


@mutant("an event whose message cannot be read counts as read", of="tiny", faults=("busy_long",))
def _passed_over() -> Iterator[None]:
    def apply(events: list[Any], *rest: Any) -> int:
        as_it_is(events, *rest)
        return len(events)

    as_it_is = edo_events._apply
    with patch.object(edo_events, "_apply", apply):
        yield


@mutant("the key of an event is not encoded")
def _plus_is_a_space() -> Iterator[None]:
    def events(self: Any, cursor: str = "", **how: Any) -> Any:
        return as_it_is(self, cursor.replace("+", " "), **how)

    as_it_is = Tracking.events
    with patch.object(Tracking, "events", events):
        yield


@mutant("the key of a partner's event is not encoded", "campaign", "campaign")
def _partners_plus_is_a_space() -> Iterator[None]:
    def events(self: Any, cursor: str = "", **how: Any) -> Any:
        return as_it_is(self, cursor.replace("+", " "), **how)

    as_it_is = Partners.counterparty_events
    with patch.object(Partners, "counterparty_events", events):
        yield


@mutant("a status is read from the text beside it")
def _by_text() -> Iterator[None]:
    def stage(document: Any, *, failed: bool = False) -> Stage:
        status = reading.row(reading.row(document.get("DocflowStatus")).get("PrimaryStatus"))
        text = reading.text(status.get("StatusText"))
        for word, found in (
            ("отказал", Stage.REFUSED),
            ("Подписан", Stage.ACCEPTED),
            ("Ошибка", Stage.SIGNATURE_INVALID),
        ):
            if word in text:
                return found
        return as_it_is(document, failed=failed)

    as_it_is = reading.stage
    with patch.object(reading, "stage", stage):
        yield


_plain("events are not told apart by their ids", edo_events, "fresh", lambda events, seen: tuple(events))


@mutant("the feed is read on exactly behind its last event")
def _no_overlap() -> Iterator[None]:
    as_it_is = edo_events.cursor_after

    def cursor_after(keys: Sequence[str], *, before: str, **how: Any) -> str:
        return keys[-1] if keys else before

    assert as_it_is
    with patch.object(edo_events, "cursor_after", cursor_after):
        yield


@mutant("old news move a document back", of="tiny", faults=("late",))
def _backward() -> Iterator[None]:
    def advance(fate: Fate, news: Any) -> Fate:
        moved = as_it_is(fate, news)
        return moved if fate.message not in ("", news.message) else replace(moved, stage=news.stage)

    def document_row(custom_id: str, outside: Any) -> Any:
        found = row(custom_id, outside)
        if found:
            outside.store.get("documents", found.pk, found.sk)  # another worker may come between
        return found

    as_it_is, row = edo_statuses.advance, edo_statuses.document_row
    with patch.object(edo_statuses, "advance", advance), patch.object(edo_statuses, "document_row", document_row):
        yield


_plain("files of a document that is over are not fetched", edo_statuses, "evidence_is_due", lambda *told: False)


@mutant("the list for a person keeps what is settled", of="hard quarter")
def _kept_for_ever() -> Iterator[None]:
    as_it_is = edo_attention.line_writes
    with ExitStack() as stack:
        for module in (edo_statuses, edo_by_hand, edo_counterparties, edo_attention):
            value = lambda subject, line, outside: as_it_is(subject, line, outside) if line else []  # noqa: E731
            stack.enter_context(patch.object(module, "line_writes", value))
        yield


_plain("a window is given up after its last day", edo_send, "is_left", lambda *told: False, of="late")
_plain("nobody is written to of a refusal", edo_track, "tell_news", lambda *told: None)
_plain(
    "what has stopped the sending stays on the list for ever",
    edo_stops,
    "goes_again",
    lambda *told: None,
    of="tiny",
    faults=("no_subscription",),
)


_plain(
    "who has not answered once stays on the list for ever",
    edo_send,
    "no_person",
    lambda *told: None,
    of="tiny",
    faults=("away",),
    function="send_to_edo",
    every=3,
)


@mutant("the accountant is called on the 1st, before the night of the close")
def _false_alarm() -> Iterator[None]:
    on_the_first = property(lambda window: window.last_month.last_day)
    with patch.object(edo_sending.Window, "closed_by", on_the_first):
        yield


# --- invitations -------------------------------------------------------------------------------------------------


@mutant("who has refused is invited again", "campaign", "troubles")
def _refused_again() -> Iterator[None]:
    def decide(candidate: Any, *rest: Any, **named: Any) -> Decision:
        decision = as_it_is(candidate, *rest, **named)
        return replace(decision, action=Action.INVITE) if decision.reason is Reason.REFUSED_BY_THEM else decision

    as_it_is = edo_invitations.decide_invitation
    with patch.object(edo_invitations, "decide_invitation", decide):
        yield


@mutant(
    "a question whose answer was lost is asked again whatever has come of it",
    *("campaign", "troubles"),
    faults=("lost_for_good",),
)
def _asked_again() -> Iterator[None]:
    def act(one: Any, boxes: Any, terms: Any, outside: Any, edo: Any) -> None:
        if one.payer.pending:
            edo_invitations.ask(one, terms.text, terms.today, outside, edo)
        else:
            as_it_is(one, boxes, terms, outside, edo)

    as_it_is = edo_invitations._act
    with patch.object(edo_invitations, "_act", act):
        yield


@mutant("of twins one is invited by chance", "campaign", "troubles")
def _one_of_twins() -> Iterator[None]:
    def decide(candidate: Any, *rest: Any, **named: Any) -> Decision:
        decision = as_it_is(candidate, *rest, **named)
        if decision.reason is Reason.SEVERAL_BOXES:
            return Decision(action=Action.INVITE, reason=Reason.NO_INVITATION_YET, box=decision.boxes[0])
        return decision

    as_it_is = edo_invitations.decide_invitation
    with patch.object(edo_invitations, "decide_invitation", decide):
        yield


_plain(
    "a partner is known by nothing but our own invitation",
    organizations,
    "partnership",
    lambda status: Partnership.WE_INVITED if status == "IsMyCounteragent" else _partnership(status),
    "campaign",
    "campaign",
)
_partnership = organizations.partnership


# --- other ways to have it -----------------------------------------------------------------------------------------


@mutant("a task of the cloud is begun anew in each run", of="cloud")
def _begun_anew() -> Iterator[None]:
    def asked(batch: Stored, *rest: Any) -> Any:
        return as_it_is(replace(batch, row={**batch.row, "task": ""}), *rest)

    as_it_is = edo_signing._asked
    with patch.object(edo_signing, "_asked", asked):
        yield


_plain(
    "a task of the cloud is begun again as soon as its answer was lost",
    edo_signing,
    "ASK_AGAIN",
    timedelta(0),
    of="cloud",
    faults=("lost_after",),
    function="send_to_edo",
)


@mutant("signatures of a task are taken in another order", of="cloud")
def _mixed_up() -> Iterator[None]:
    def rows(value: Any) -> Any:
        return as_it_is(value)[::-1]

    as_it_is = reading.rows
    with patch.object(dss, "reading", SimpleNamespace(rows=rows, text=reading.text, needed=reading.needed)):
        yield


@mutant("a packet is split when it is tried again", of="cloud", faults=("lost_for_good",), function="send_to_edo")
def _split() -> Iterator[None]:
    def messages(*told: Any) -> Any:
        found = as_it_is(*told)
        return [part for m in found for part in ([[one] for one in m] if m[0].state.operation else [m])]

    as_it_is = edo_posting.messages
    with patch.object(edo_posting, "messages", messages):
        yield


_plain(
    "the quarter's acts of reconciliation stay at home",
    edo_due,
    "goes",
    lambda kind, policy: kind is DocumentKind.ACT,
    of="cloud",
)
_plain("what a person is yet to sign counts as sent", edo_posting, "PERSON", "nobody", of="by hand")


@mutant("an invoice waits for an answer", of="by hand")
def _waits_for_ever() -> Iterator[None]:
    def stage(document: Any, **how: Any) -> Stage:
        found = as_it_is(document, **how)
        return Stage.DELIVERED if found is Stage.FINISHED else found

    as_it_is = reading.stage
    with patch.object(reading, "stage", stage):
        yield


@mutant("of a large file the first part goes", of="by hand")
def _first_part() -> Iterator[None]:
    def put_on_shelf(self: Sending, content: bytes, **how: Any) -> str:
        return as_it_is(self, content[: self._api.shelf_part_bytes], **how)

    as_it_is = Sending.put_on_shelf
    with patch.object(Sending, "put_on_shelf", put_on_shelf):
        yield


@mutant("each window has a contract of its own", of="monthly")
def _contract_a_window() -> Iterator[None]:
    def contract_with(payer: Any, customer: Any, waiting: Any, terms: Any, outside: Any) -> Any:
        rows = outside.store.query("documents", customer.account, limit=1_000).rows
        ways = [s.row.get("edo") or {} for s in rows if s.row["kind"] == "contract"]
        is_out = any(way.get("window") == terms.window.key for way in ways)
        payer = payer if is_out else replace(payer, contracts={})
        return as_it_is(payer, customer, waiting, terms, outside)

    as_it_is = edo_accounts.contract_with
    with patch.object(edo_accounts, "contract_with", contract_with):
        yield


@mutant("a company that sends each month has the quarter's window", of="monthly")
def _a_quarter_anyway() -> Iterator[None]:
    def window_of(month: Any, settings: Any) -> Any:
        return as_it_is(month, replace(settings, schedule=edo_sending.Schedule.QUARTERLY))

    as_it_is = edo_sending._window_of
    with patch.object(edo_sending, "_window_of", window_of):
        yield
