"""Count what is delivered and not signed, once a day, by age. Remind clients of it, and our accountant monthly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from billing import records
from billing.domain.edo_fate import Annulment, Stage
from billing.domain.edo_policy import EdoPolicy
from billing.domain.parties import recipients
from billing.domain.periods import MOSCOW, Month, moscow_day, utc_text
from billing.letters.contexts import EdoLine, EdoUnsigned, UnsignedDocument
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.records_edo import OPEN_SHARDS, UNSIGNED, EdoState, open_shard
from billing.records_letters import OURS, letter_id
from billing.usecases.cards import customer_card, seller_card
from billing.usecases.edo.cursors import next_page
from billing.usecases.edo.news import section
from billing.usecases.edo.reports import Told, write_report
from billing.usecases.edo.tracking.statuses import named, state_of
from billing.usecases.letters import ADDRESSES_MAX, hints_of, rows_of_letter
from billing.usecases.rows import rows_of

COUNT = "count"  # sort key
MORNING = 10  # o'clock in Moscow: clients are not written to at night
PAGE = 100
LINES_MAX = 100  # the oldest
IN_A_LETTER_MAX = 40  # documents, marked in the transaction of the letter
TOGETHER = timedelta(days=5)  # a reminder counts for what is that much younger too
KIND = "unsigned"


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A document that waits for the client's signature since that day."""

    stored: Stored
    state: EdoState
    since: date

    @property
    def who(self) -> str:
        return f"{self.stored.row['content']['buyer']['name']}: {named(self.stored.row)}"


def count_unsigned(outside: Outside, policy: EdoPolicy, *, until: datetime) -> bool:
    """Make today's count and today's reminders. Return whether they are complete.

    The count goes on from where it was cut off, and is made once a day.
    """
    now = outside.clock()
    if now.astimezone(MOSCOW).hour < MORNING:
        return False
    with suppress(StaleError):  # another run is at it
        return _counted(outside, policy, moscow_day(now), until)
    return False


def _counted(outside: Outside, policy: EdoPolicy, today: date, until: datetime) -> bool:
    stored = outside.store.get("control", UNSIGNED, COUNT)
    row: dict[str, Any] = dict(stored.row["walk"]) if stored else {}
    version = stored.version if stored else ABSENT
    if row.get("day") != today.isoformat():
        row = {"day": today.isoformat(), "done": False, "cursor": "", "total": 0, "lines": []}
    while not row["done"] and outside.clock() < until:
        works, row["cursor"] = next_page(OPEN_SHARDS, row["cursor"], outside, limit=PAGE)
        unsigned = list(_unsigned(works, outside))
        row["total"] += len(unsigned)
        row["lines"] = sorted([*row["lines"], *map(_line, unsigned)], key=lambda line: line[-1])[:LINES_MAX]
        _remind(unsigned, policy.sending.remind_unsigned, today, outside)
        row["done"] = not row["cursor"]
        summary = f"{today}: не подписано {row['total']}"
        last: dict[str, Any] = dict(row) if row["done"] else stored.row["last"] if stored else {}
        write = Write("control", UNSIGNED, COUNT, {"walk": dict(row), "last": last, "summary": summary}, version)
        if row["done"]:
            outside.metrics.count("EdoUnsigned", row["total"])
        if row["done"] and row["total"] and today.day == policy.sending.preflight_day:
            write_report(_told(row, today), outside, write)
        else:
            outside.store.tx([write])
        version, stored = version + 1, Stored(UNSIGNED, COUNT, write.row or {}, version + 1)
    return bool(row["done"])


def _unsigned(works: Sequence[Stored], outside: Outside) -> Iterator[Unsigned]:
    for work in works:
        stored = outside.store.get("documents", work.row["account"], work.row["document"])
        if not stored or "content" not in stored.row:
            continue
        state = state_of(stored)
        stands = state.fate.annulment in (Annulment.NONE, Annulment.REJECTED)
        if state.fate.stage is Stage.DELIVERED and stands:
            at = state.fate.delivered_at or state.fate.since or datetime.fromisoformat(work.row["since"])
            yield Unsigned(stored, state, moscow_day(at))


def _line(one: Unsigned) -> list[str]:
    return [one.stored.pk, one.stored.sk, one.state.inn, one.who[:200], one.since.isoformat()]


def _told(row: Mapping[str, Any], today: date) -> Told:
    lines = [EdoLine(who=who, inn=inn, since=date.fromisoformat(since)) for _, _, inn, who, since in row["lines"]]
    listed = section("unsigned", lines, row["total"], None)
    return Told(kind=KIND, period=str(Month.of(today)), sections=(listed,), totals={})


# --- the client ---------------------------------------------------------------------------------------------------


def _is_due(one: Unsigned, steps: Sequence[int], today: date, *, ahead: timedelta = timedelta()) -> bool:
    n = one.state.reminders
    return n < len(steps) and today + ahead >= one.since + timedelta(days=steps[n])


def _remind(unsigned: Sequence[Unsigned], steps: Sequence[int], today: date, outside: Outside) -> None:
    for account in sorted({one.stored.pk for one in unsigned if _is_due(one, steps, today)}):
        with suppress(StaleError):  # one of the documents has moved just now: tomorrow
            _remind_of(account, steps, today, outside)


def _remind_of(account: str, steps: Sequence[int], today: date, outside: Outside) -> None:
    """Write one letter to the client's people about all that is unsigned; it counts for what will soon be due, too."""
    card = customer_card(outside.store, account)
    addresses = recipients(card.administrators, card.added_addresses).valid[:ADDRESSES_MAX] if card else ()
    works = list(rows_of(outside.store, "work", open_shard(account), prefix=f"{account}#"))
    theirs = sorted(_unsigned(works, outside), key=lambda one: (one.since, one.stored.sk))[:IN_A_LETTER_MAX]
    due = [one for one in theirs if _is_due(one, steps, today, ahead=TOGETHER)]
    if not card or not addresses or not due:
        return
    at, letter = utc_text(outside.clock()), letter_id(OURS, f"unsigned-{account}-{today}", 1)
    head: dict[str, Any] = {
        "kind": "edo_unsigned",
        "month": str(Month.of(today)),
        "at": at,
        "details": {
            "customer": card.title,
            "again": max(one.state.reminders for one in due) > 0,
            "documents": [[named(one.stored.row), one.since.isoformat()] for one in theirs],
        },
        "summary": f"напоминание о подписи: {card.title}, документов {len(theirs)}, адресов {len(addresses)}",
    }
    outside.store.tx([*rows_of_letter(letter, head, addresses, at), *map(_marked, due)])
    outside.queue.send("send-letter", hints_of(letter, addresses))
    outside.metrics.count("EdoRemindedToSign")


def _marked(one: Unsigned) -> Write:
    state = replace(one.state, reminders=one.state.reminders + 1)
    row = {**one.stored.row, "edo": records.plain(state)}
    return Write("documents", one.stored.pk, one.stored.sk, row, one.stored.version)


def unsigned_letter(head: Mapping[str, Any], outside: Outside) -> EdoUnsigned:
    """Build the context of the letter, in the company's name as of that day."""
    card, details = seller_card(outside.store), head["details"]
    seller = card.on(moscow_day(datetime.fromisoformat(head["at"]))) if card else None
    assert seller, "nothing is sent in the name of nobody"
    return EdoUnsigned(
        customer=details["customer"],
        again=details["again"],
        documents=tuple(
            UnsignedDocument(title=title, delivered_on=date.fromisoformat(day)) for title, day in details["documents"]
        ),
        seller_name=seller.party.name,
        page_url=outside.settings.page_url,
    )
