"""What a person asks of the sending: now, for some accounts, for a month from before, once more for one document; and
which document's end a person has seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from billing import records
from billing.domain.documents import DocumentStatus
from billing.domain.edo_fate import Fate, Stage, again, for_person
from billing.domain.edo_policy import EdoPolicy
from billing.domain.edo_reasons import Reason
from billing.domain.edo_sending import last_window
from billing.domain.errors import ConflictError, InvalidInputError, NotFoundError
from billing.domain.periods import Month, moscow_day
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.records_edo import EdoState, edo_shard
from billing.usecases.cards import seller_card
from billing.usecases.documents import documents_of
from billing.usecases.edo.attention import line_writes, of_document
from billing.usecases.edo.cursors import place_of, put_place
from billing.usecases.edo.due import due_write, goes
from billing.usecases.edo.policy import policy_of
from billing.usecases.edo.sending.terms import OnItsWay, read
from billing.usecases.edo.sending.walks import begin_round
from billing.usecases.edo.tracking.statuses import moved_writes
from billing.usecases.edo.windows import counted

PLAN = "plan"  # sort key of the cursor
PAGE = 100
_NAME = re.compile(r"[0-9A-Za-z._-]{1,120}")
FIELDS = {"scheduled_at", "force", "go_on", "accounts", "again", "seen", "plan"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`again` and `seen`: account and document. Of a schedule nothing is set, or `go_on`."""

    force: bool = False
    go_on: bool = False
    accounts: tuple[str, ...] = ()
    again: tuple[str, str] | None = None
    seen: tuple[str, str] | None = None
    plan: Month | None = None

    @property
    def whose(self) -> tuple[str, ...]:
        """The accounts that go: those that are named, or the one whose document goes once more; empty: all."""
        return self.accounts or ((self.again[0],) if self.again else ())


def read_request(event: Mapping[str, Any]) -> Asked:
    """`{"force": true}`, `{"accounts": […]}`, `{"plan": "2026-01"}`, `{"again": …}` or `{"seen": …}` of a document:
    `{"account": …, "document": …}`.

    Raises:
        InvalidInputError: a field is unknown, or is not what it should be.
    """
    if unknown := sorted(set(event) - FIELDS):
        raise InvalidInputError(f"unknown fields: {', '.join(unknown)[:100]}")
    accounts, month = event.get("accounts", []), event.get("plan")
    if not isinstance(accounts, list) or not all(isinstance(account, str) for account in accounts):
        raise InvalidInputError("accounts: a list of texts")
    for field in ("force", "go_on"):
        if not isinstance(event.get(field, False), bool):
            raise InvalidInputError(f"{field}: true or false")
    return Asked(
        force=event.get("force") is True,
        go_on=event.get("go_on") is True,
        accounts=tuple(accounts),
        again=_document("again", event),
        seen=_document("seen", event),
        plan=Month.parse(str(month)) if month is not None else None,
    )


def _document(field: str, event: Mapping[str, Any]) -> tuple[str, str] | None:
    named = event.get(field)
    if named is None:
        return None
    if not isinstance(named, dict) or set(named) != {"account", "document"}:
        raise InvalidInputError(f"{field}: an account and a document")
    return str(named["account"]), str(named["document"])


def _there(account: str, document: str, outside: Outside) -> OnItsWay:
    one = read(account, document, outside) if _NAME.fullmatch(account) and _NAME.fullmatch(document) else None
    if not one or "content" not in one.stored.row:
        raise NotFoundError("no such document")
    return one


def note_seen(account: str, document: str, outside: Outside) -> Reason:
    """A person has seen how the document's way has ended: its line is off the list until the reason changes.

    Raises:
        NotFoundError: there is no such document.
        ConflictError: there is more to do than to see it.
    """
    one = _there(account, document, outside)
    reason = for_person(one.state.fate, one.state.receipt)
    if not reason or not reason.is_an_end:
        raise ConflictError("its way has not come to an end that a person has to see")
    after = replace(one.state, seen=reason)
    if after != one.state:
        outside.store.tx(moved_writes(one.stored, one.state, after, outside))
    return reason


def once_more(account: str, document: str, outside: Outside) -> EdoState:
    """The document is on its way anew: made, signed and sent as another attempt, under another key.

    Raises:
        NotFoundError: there is no such document.
        ConflictError: it has not failed, so another one would be a second original; or it is being sent just now.
    """
    one = _there(account, document, outside)
    state = one.state
    if state.fate.message:
        fate = again(state.fate)
    elif state.operation:
        raise ConflictError("it may be at the operator: the next run asks with the same key")
    else:
        fate = Fate(attempt=state.fate.attempt + (state.fate.stage is not Stage.PLANNED))
    after = EdoState(fate=fate, window=state.window)
    row: dict[str, Any] = {**one.stored.row, "edo": records.plain(after)}
    due = due_write(records.document_of(account, document, one.stored.row), outside)
    there = outside.store.get("work", due.pk, due.sk)
    outside.store.tx(
        [
            Write("documents", account, document, row, one.stored.version),
            Write("work", due.pk, due.sk, due.row, there.version if there else ABSENT),
            *counted(state, after, outside),
            *line_writes(of_document(account, document), None, outside),
        ]
    )
    _begin_round(outside)
    return after


def _begin_round(outside: Outside) -> None:
    """Begin another round, even if the window has had its round today or its days are over."""
    policy, today = policy_of(seller_card(outside.store)), moscow_day(outside.clock())
    if policy and (window := last_window(today, policy.sending)):
        with suppress(StaleError):  # another run is at it
            begin_round(window.key, outside)


@dataclass(slots=True, kw_only=True)
class Planned:
    """`written`: documents that are due from now on; `ended`: every account was looked at."""

    written: int = 0
    ended: bool = False


def plan(month: Month, outside: Outside, *, until: datetime) -> Planned:
    """Documents of a month that was issued before there was a policy are due; goes on from where it was cut off."""
    done, card = Planned(), seller_card(outside.store)
    if not card or not card.edo:
        return done
    place = _place(month, outside)
    while outside.clock() < until:
        page = outside.store.scan("accounts", segment=0, segments=1, cursor=place.row["cursor"], limit=PAGE)
        for account in page.rows:
            done.written += _planned(account.pk, month, card.edo, outside)
        place = put_place(PLAN, {"month": str(month), "cursor": page.cursor}, place.version, outside)
        if not page.cursor:
            done.ended = True
            return done
    return done


def _planned(account: str, month: Month, policy: EdoPolicy, outside: Outside) -> int:
    due: list[Write] = []
    for record, _ in documents_of(account, month, outside):
        state = records.from_plain(EdoState, record.edo or {})
        if record.status is not DocumentStatus.READY or not goes(record.kind, policy) or state.fate.message:
            continue
        if not outside.store.get("work", edo_shard(account), f"{account}#{record.id}"):
            due.append(due_write(record, outside))
    for i in range(0, len(due), PAGE):
        outside.store.tx(due[i : i + PAGE])
    return len(due)


def _place(month: Month, outside: Outside) -> Stored:
    stored = place_of(PLAN, outside)
    if stored and stored.row["month"] == str(month):
        return stored
    return put_place(PLAN, {"month": str(month), "cursor": ""}, stored.version if stored else ABSENT, outside)
