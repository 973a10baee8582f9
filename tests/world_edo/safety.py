"""What must never be broken in the exchange of documents, not even for a moment: at every row, and every call that
changes something at the operator.

The rules are said anew here, by nothing of the code's: ranks, keys of operations, what an event of the feed implies.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary

import greenlet

from billing.ports import Write
from local.diadoc import shelf
from tests.world.safety import WatchedStore

if TYPE_CHECKING:
    import httpx

    from tests.world_edo.world import EdoWorld

RANKS = {
    "planned": 0,
    "titled": 1,
    "signed": 2,
    "awaits_our_signature": 3,
    "sent": 4,
    "signature_invalid": 5,
    "delivery_failed": 5,
    "delivered": 6,
    "accepted": 7,
    "disagreed": 7,
    "refused": 7,
    "finished": 7,
}
FAILED = ("signature_invalid", "delivery_failed")
DUE = tuple(f"edo.{n:02}" for n in range(4))
WRITING = ("v3/postmessage", "v3/acquirecounteragent", "v2/breakwithcounteragent", "v4/postmessagepatch", "senddraft")
FEEDS = ("events", "counterparties")
SAME_MAX = 12  # calls of one address in one run, repeats counted
SEEN_MAX = 150  # ids of events, of which a row keeps at least so many
LIFE = timedelta(minutes=16)  # of a function: so old may be what it knows
WAIT = ("InProgress", "OperationRetryRequired")  # tasks of the cloud that a person may still confirm
PATIENCE = timedelta(minutes=59)  # after an answer of the cloud that was lost; an hour by a clock that may be wrong
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def state_of(row: Any) -> dict[str, Any]:
    """How a document stands, by its row in plain values; with what a row without the EDO means."""
    edo = (row or {}).get("edo") or {}
    fate = {"stage": "planned", "attempt": 1, "message": "", "annulment": "none", **(edo.get("fate") or {})}
    return {"box": "", "operation": "", "title_file": "", "signature": "", "signature_file": "", **edo, "fate": fate}


class WatchedEdoStore(WatchedStore):
    """Knows what each row of the EDO may become."""

    world: EdoWorld

    def __init__(self, world: EdoWorld) -> None:
        super().__init__(world)
        self._passed_over: set[str] = set()  # messages that the feed's reader has put off

    def kept(self) -> Any:
        return self.tables, self._numbers, self._applied, self._heads, self.carded_at, self._passed_over

    def take(self, kept: Any) -> None:
        self.tables, self._numbers, self._applied, self._heads, self.carded_at, self._passed_over = kept

    def tx(self, writes: Sequence[Write]) -> None:
        self.world.watch.stores(writes)
        gone = [w for w in writes if w.table == "work" and w.pk in DUE and w.row is None]
        with self.world.watching():
            super().tx(writes)
            for w in gone:
                self._went_out(w)

    def _went_out(self, w: Write) -> None:
        """I11: a document waits until it is at the operator, or will never go."""
        account, _, document = w.sk.partition("#")
        row = self.tables["documents"][account][document][0]
        at_operator = state_of(row)["fate"]["message"]
        assert at_operator or row["status"] == "void", f"I11: {w.sk} waits no more, and is not at the operator"

    def _documents(self, w: Write, was: Any) -> None:
        super()._documents(w, was)
        if w.row and w.row["kind"] != "period" and w.row.get("edo") != (was or {}).get("edo"):
            self._moved(f"{w.pk}/{w.sk}", state_of(was), state_of(w.row))

    def _moved(self, id: str, was: dict[str, Any], now: dict[str, Any]) -> None:
        before, after = was["fate"], now["fate"]
        if after["attempt"] != before["attempt"]:
            assert after["attempt"] == before["attempt"] + 1, f"I11: {id} skips an attempt"
            never_asked = not was["operation"] and not before["message"]
            assert before["stage"] in FAILED or never_asked, f"I11: {id} is {before['stage']}, and is sent again"
            return
        if RANKS[before["stage"]] < RANKS["sent"] <= RANKS[after["stage"]]:
            there = [d.sender_signature for _, d in self.world.our_documents() if d.entity_id == after["entity"]]
            assert there != ["WaitingForSenderSignature"], f"I18: {id} is {after['stage']}, and nobody has signed it"
        assert RANKS[after["stage"]] >= RANKS[before["stage"]], f"I18: {id}: {before['stage']} became {after['stage']}"
        ends = RANKS[before["stage"]] == RANKS[after["stage"]]
        assert not ends or before["stage"] == after["stage"], f"I18: {id}: the end {before['stage']} became another"
        assert before["annulment"] != "agreed" or after["annulment"] == "agreed", f"I18: {id} is valid again"
        for name in ("message", "entity"):
            assert before.get(name, "") in ("", after.get(name, "")), f"I11: {id}: another {name} of the same attempt"
        for name in ("title_file", "signature_file", "signature"):
            assert was[name] in ("", now[name]), f"I11: {id}: another {name} of the same attempt"
        files = self.world.files.files
        if RANKS["titled"] <= RANKS[after["stage"]] and now["title_file"]:
            assert now["title_file"] in files, f"I11: {id} is made, and its bytes are not kept"
        if now["signature"] == "file":
            assert now["signature_file"] in files, f"I11: {id} is signed, and its signature is not kept"
        if now["operation"] and now["operation"] != was["operation"]:
            assert now["title_file"], f"I11: {id} is to be posted, and is not made"
            assert now["signature"], f"I11: {id} is to be posted, and is not signed"

    def _control(self, w: Write, was: Any) -> None:
        if w.pk == "edo.cursors" and w.sk in FEEDS and w.row:
            self._read_on(w, was)
        elif not w.pk.startswith("edo."):
            super()._control(w, was)

    def _read_on(self, w: Write, was: Any) -> None:
        """The feed is read forward, and everything up to the cursor has been applied, or put off by name."""
        place = position_of(w.row["cursor"]) if w.row and w.row["cursor"] else 0
        before = position_of(was["cursor"]) if was and was.get("cursor") else 0
        assert place >= before, f"the cursor of {w.sk} goes back"
        if w.sk == "events":
            seen = set(w.row["seen"]) if w.row else set()
            missed = [e.event_id for e in self.world.feed() if e.position < place and e.event_id not in seen]
            assert not missed or len(seen) >= SEEN_MAX, f"the cursor has gone past events that were not seen: {missed}"
            self._passed_over |= set(w.row.get("passed_over", ())) if w.row else set()
            self._is_applied(seen)
        elif w.sk == "counterparties":
            self._are_known(place)

    def _is_applied(self, seen: set[str]) -> None:
        told: dict[str, str] = {}
        least = "awaits_our_signature" if self.world.mode.signer == "person" else "sent"
        for event in self.world.feed():
            if event.event_id in seen:
                stage = implied(event, least)
                told[event.message_id] = max(told.get(event.message_id, least), stage, key=lambda s: RANKS[s])
        for message, document in self.world.our_documents():
            if message.message_id not in told.keys() - self._passed_over or "/" not in document.custom_document_id:
                continue
            account, _, id = document.custom_document_id.rpartition("/")
            fate = state_of(self.tables["documents"][account][id][0])["fate"]
            if fate["message"] not in ("", message.message_id) or (fate["attempt"] > 1 and not fate["message"]):
                continue  # of an earlier attempt
            least = told[message.message_id]
            assert fate["message"], f"the cursor is ahead: {id} is not known to be at the operator"
            assert not fate["message"] or RANKS[fate["stage"]] >= RANKS[least], (
                f"the cursor is ahead: {id} is {fate['stage']}, and the feed told that it is {least}"
            )

    def _are_known(self, place: int) -> None:
        """Of a box, the row is at least as new as the last event before the cursor."""
        feed = [e for e in self.world.partner_feed() if e.position <= place]
        last = {event.partnership.partner: event for event in feed}
        for box, event in last.items():
            row = self.tables["control"].get("edo.boxes", {}).get(box)
            assert row, f"the cursor is ahead: the relation with {box} is not known"
            after = [
                e for e in self.world.partner_feed() if e.partnership.partner == box and e.position >= event.position
            ]
            words = {RELATIONS[e.partnership.status] for e in after} | {"unknown"}
            assert row[0]["box"]["partnership"] in words, (
                f"the cursor is ahead: {box} is {row[0]['box']['partnership']}"
            )


RELATIONS = {
    "": "none",
    "NotInCounteragentList": "none",
    "IsMyCounteragent": "partners",
    "InvitesMe": "they_invited",
    "IsInvitedByMe": "we_invited",
    "RejectsMe": "they_refused",
    "IsRejectedByMe": "we_refused",
}


def position_of(key: str) -> int:
    """A place in a feed by its key, as the stand-in makes keys."""
    return int.from_bytes(base64.b64decode(key)[3:], "big")


def implied(event: Any, least: str) -> str:
    """The least that a document is after this event of its message; after its first one, `least`."""
    if event.flags.get("NotDeliveredEventId"):
        return "signature_invalid"
    if event.flags.get("MessageIsDelivered"):
        return "delivered"
    return least


class Watch:
    """Sees every call that changes something at the operator, before it is done, and every file given to the signer."""

    def __init__(self, world: EdoWorld) -> None:
        self._world = world
        self.bodies: dict[str, bytes] = {}  # of each operation, the first
        self.writes = Counter[str]()  # that the operator has taken, by endpoint
        self.signed: dict[str, str] = {}  # digests of the files by key
        self.tasks: dict[str, set[str]] = {}  # keys of the files in each task of the cloud that we were told of
        self.lost: dict[str, datetime] = {}  # when a file was given to the cloud, and no task was stored since
        self._untold: WeakKeyDictionary[Any, str] = WeakKeyDictionary()  # tasks that a worker knows, and no row
        self._asked: WeakKeyDictionary[Any, Counter[str]] = WeakKeyDictionary()

    def kept(self) -> Any:
        return self.bodies, self.writes, self.signed

    def take(self, kept: Any) -> None:
        self.bodies, self.writes, self.signed = kept

    def signs(self, file: Any) -> None:
        with self._world.watching():
            sha = hashlib.sha256(file.content).hexdigest()
            assert self.signed.setdefault(file.key, sha) == sha, f"I11: other bytes of {file.key} are signed"
            assert file.content in self._world.files.files.values(), f"I11: {file.key} is signed, and is not kept"
            kept = f"edo/{file.key}.sig" in self._world.files.files
            assert not kept, f"I11: {file.key} is signed again, and its signature is there"

    def begins(self, files: Sequence[Any]) -> None:
        """A person will be asked to confirm these, and must not be for what waits already."""
        statuses = self._world.diadoc.cloud_tasks()
        for file in files:
            self.signs(file)
            with self._world.watching():
                waits = [task for task, keys in self.tasks.items() if file.key in keys and statuses[task] in WAIT]
                assert not waits, f"I19: {file.key} waits to be confirmed, and is given to the cloud again"
                lately = self._world.clock() - self.lost.get(file.key, LONG_AGO)
                assert lately >= PATIENCE, f"I19: {file.key} is given to the cloud again after {lately}"
            self.lost[file.key] = self._world.clock()
        self._begins = {file.key for file in files}

    def begun(self, task: str) -> None:
        self._untold[greenlet.getcurrent()] = task

    def not_stored(self) -> None:
        """Forget the worker's task: its first write was tried, and did not arrive."""
        self._untold.pop(greenlet.getcurrent(), "")

    def stores(self, writes: Sequence[Write]) -> None:
        if task := self._untold.pop(greenlet.getcurrent(), ""):
            files = [w.row["files"] for w in writes if w.pk == "edo.signing" and w.row and w.row["task"] == task]
            with self._world.watching():
                assert files, "I19: a task of the cloud is known, and is not stored first of all"
            self.tasks[task] = {f"{account}/{id}.{attempt}" for account, id, attempt, *_ in files[0]}
            for key in self.tasks[task]:
                self.lost.pop(key, None)

    def asked(self, path: str, request: httpx.Request, body: bytes, worker: Any) -> None:
        with self._world.watching():
            counts = self._asked.setdefault(worker, Counter())
            counts[question := f"{request.url} {hash(body)}"] += 1
            asked = counts[question]
            assert asked <= SAME_MAX, f"{request.url.path} is asked the same {asked} times in one run"
        if path == "v3/postmessage":
            with self._world.watching():
                self._posts(dict(parse_qsl(request.url.query.decode())), json.loads(body), body)

    def answered(self, path: str, status: int) -> None:
        if path in WRITING and status == 200:
            self.writes[path] += 1

    def _posts(self, query: dict[str, str], said: dict[str, Any], body: bytes) -> None:
        operation, documents = query["operationId"], said["DocumentAttachments"]
        same = self.bodies.setdefault(operation, meant := self._meant(said)) == meant
        assert same, "I11: another message under the same operation"
        by_person = self._world.mode.signer == "person"
        unsigned = ["Signature" not in document["SignedContent"] for document in documents]
        assert {*unsigned, bool(said.get("DelaySend"))} == {by_person}, "I11: whose signature is it to have?"
        box = guid(said["ToBoxId"])
        if (
            f"{self._world.us}:PostMessage:{operation}" not in self._world.state.operations
        ):  # else nothing new comes of it
            self._world.may_be_posted_to(box)
        for document in documents:
            self._goes(document, box, operation, len(documents))

    def _meant(self, said: dict[str, Any]) -> bytes:
        """The message with what lies on the shelf in it: under which name, means nothing."""
        for document in (said := json.loads(json.dumps(said)))["DocumentAttachments"]:
            signed = document["SignedContent"]
            content = hashlib.sha256(self._content(signed)).digest()
            signed |= {"NameOnShelf": "", "Content": base64.b64encode(content).decode()}
        return json.dumps(said, sort_keys=True).encode()

    def _content(self, signed: dict[str, Any]) -> bytes:
        if "Content" in signed:
            return base64.b64decode(signed["Content"])
        found = shelf.take(self._world.diadoc._application.world, signed.get("NameOnShelf", ""))
        assert found, "I11: a large file is not on the shelf"
        return found

    def _goes(self, said: dict[str, Any], box: str, operation: str, together: int) -> None:
        world, custom_id = self._world, said["CustomDocumentId"]
        account, _, id = custom_id.rpartition("/")
        found = world.store.tables["documents"].get(account, {}).get(id)
        assert found, f"I11: {custom_id} is posted, and there is no such document"
        row, state = found[0], state_of(found[0])
        assert row["status"] == "ready", f"I11: {custom_id} is posted, and is {row['status']}"
        known = (
            state["operation"] in (operation, "") or state["fate"]["message"]
        )  # "": another run was refused just now
        assert known, f"I11: {custom_id}: no such operation"
        assert box == world.box_of(row["payer"]), f"I11: {custom_id} goes to the wrong box"
        self._is_due(account, row)
        if together == 1 and not state["fate"]["message"]:
            assert operation == key_of(world, custom_id, state["fate"]["attempt"]), (
                f"I11: {custom_id}: an odd operation"
            )
        if state["operation"] != operation:
            return  # it is there already: another worker's repeat, whose answer will be the first one
        content, files = said["SignedContent"], world.files.files
        assert self._content(content) == files[state["title_file"]], f"I11: {custom_id}: other bytes"
        if state["signature"] == "file":
            signature = base64.b64decode(content["Signature"])
            assert signature == files[state["signature_file"]], f"I11: {custom_id}: another signature than the kept one"

    def _is_due(self, account: str, row: dict[str, Any]) -> None:
        day = (self._world.moment() + timedelta(hours=3)).date()  # after the fifth, what is left goes on
        assert self._world.mode.is_monthly or day.month in (1, 4, 7, 10), f"I11: a document is posted on {day}"
        last = (day.replace(day=1) - timedelta(days=1)).isoformat()[:7]
        opened = self._world.store.tables["accounts"][account][""][0]["open"]
        assert opened > last, f"I11: a document of {account} is posted before the close of {last}"
        assert row["month"] <= last or row["kind"] == "contract", f"I11: a document of {row['month']} is not due"


def guid(box: str) -> str:
    digits = box.lower().removesuffix("@diadoc.ru").replace("-", "")
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def key_of(world: EdoWorld, custom_id: str, attempt: int) -> str:
    """The key of a sending, said anew: the environment, the document, its revision and the attempt."""
    document, _, revision = custom_id.rpartition(".")
    return hashlib.sha256("|".join((world.environment, document, revision, str(attempt))).encode()).hexdigest()
