"""What the CRM says becomes a card or an entry of the journal, once; the first answer to a key holds for ever."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from billing import records
from billing.domain.errors import InvalidInputError, UnavailableError
from billing.domain.ledger import Account, Command, Correction, RejectedError, Target
from billing.domain.periods import Month, moscow_day, utc_text
from billing.domain.posting import post
from billing.domain.seller import SellerCard
from billing.messages import ChargeMessage, CustomerMessage, Posted, SellerMessage, body_sha, parse
from billing.ports import ABSENT, Outside, StaleError, Store, Stored, UnknownOutcomeError, Write
from billing.usecases.cards import seller_card
from billing.usecases.corrected import earlier_corrections, target_at
from billing.usecases.runs import opening_month

ATTEMPTS_MAX = 8
KEPT = timedelta(days=400)  # why a message was put aside; a year and a month to ask


class KeyReusedError(InvalidInputError):
    """The same key came with other content: one of the two is wrong, and a person must say which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The answer to a message, and why.

    posted; stored or superseded (a card, or one older than ours); rejected (the account contradicts it, for ever);
    refused (malformed, its key is known with other content, or it fails each time it is tried: the same message may
    come again once that is mended).
    """

    account: str
    key: str
    outcome: str
    reason: str = ""


def read_ahead(accounts: Collection[str], outside: Outside) -> None:
    """Prefetch the batch's accounts. Best effort: on failure each account is read when it is needed."""
    with suppress(Exception):
        outside.store.get_many("accounts", [(account, "") for account in accounts])


def take_from_crm(body: str, outside: Outside, *, id: str, group: str) -> Taken:
    """Answer the message; put one that is not taken into the dead-letter queue, with the reason in a row.

    `id` and `group` are those that the queue gave it. Neither its neighbours nor its account wait for it: whatever
    would fail again is an answer.

    Raises:
        UnavailableError: ask again.
    """
    try:
        taken = _take(body, outside)
    except UnavailableError:
        raise
    except StaleError as error:
        raise UnavailableError("счёт занят, попробуйте ещё раз") from error
    except Exception as error:
        if isinstance(error, KeyReusedError):
            outside.metrics.count("SameKeyOtherContent")
        known = isinstance(error, InvalidInputError)
        reason = str(error) if known else f"не обработано, {type(error).__name__}: {error}"
        taken = Taken(account=group, key="", outcome="refused", reason=reason[:500])
    if taken.outcome in ("rejected", "refused"):
        outside.metrics.count("MessagesNotTaken")
        _put_aside(body, id, taken, outside)
    return taken


def _put_aside(body: str, id: str, taken: Taken, outside: Outside) -> None:
    now, reason = outside.clock(), _printable(taken.reason)
    name, part = f"refused.{moscow_day(now)}", id
    if not outside.store.get("control", name, part):
        row = {
            "account": taken.account,
            "key": taken.key,
            "outcome": taken.outcome,
            "reason": reason,
            "at": utc_text(now),
            "expires": int((now + KEPT).timestamp()),
            "summary": f"{taken.account}: {reason}",
        }
        with suppress(StaleError):  # the queue gave the message to two workers
            outside.store.tx([Write("control", name, part, row, ABSENT)])
    outside.queue.send_fifo(
        "crm-dead-letters",
        body,
        group=taken.account,
        attributes={"outcome": taken.outcome, "reason": reason[:250]},
    )


def _printable(reason: str) -> str:
    """Make a reason fit a message attribute: no control characters, and never empty."""
    return "".join(c if c.isprintable() else " " for c in reason).strip() or "без причины"


def _take(body: str, outside: Outside) -> Taken:
    now = outside.clock()
    message = parse(body, now=now)
    sha = body_sha(body)
    for attempt in range(ATTEMPTS_MAX):
        try:
            if isinstance(message, CustomerMessage | SellerMessage):
                return _store_card(message, sha, now, outside)
            return _post(message, sha, now, outside)
        except (StaleError, UnknownOutcomeError, InvalidInputError) as error:
            # whatever is answered writes `seen` if it is not there yet, so it need not be read before it is in the way
            if seen := outside.store.get("seen", message.key):
                return _first_answer(message.key, sha, seen)
            if isinstance(error, InvalidInputError) or attempt == ATTEMPTS_MAX - 1:
                raise
    raise UnavailableError("the account is busy")


def _first_answer(key: str, sha: str, seen: Stored) -> Taken:
    row = seen.row
    if row["body_sha"] != sha:
        raise KeyReusedError("the key is known with other content")
    return Taken(account=row["account"], key=key, outcome=row["outcome"], reason=row.get("reason", ""))


# --- entries of the journal --------------------------------------------------------------------------------------


def _post(message: Posted, sha: str, now: datetime, outside: Outside) -> Taken:
    store = outside.store
    seller = seller_card(store) if isinstance(message, ChargeMessage) and message.vat is None else None
    command = message.command(seller.vat_on(message.day) if seller else None)
    stored = store.get("accounts", message.account)
    account = (
        records.account_of(message.account, stored.row)
        if stored
        else Account(id=message.account, open=opening_month(outside, Month.of(command.day)))
    )
    version = stored.version if stored else ABSENT
    try:
        after, entries = post(account, command, _target(command, account, store))
    except RejectedError as refusal:
        return _reject(message, sha, stored, str(refusal), now, store)
    head, writes = account.head, []
    earlier = earlier_corrections(store, account) if isinstance(command, Correction) else []
    for entry in entries:
        row = records.entry_row(
            entry,
            account=account.id,
            at=utc_text(message.at),
            posted_at=utc_text(now),
            previous=head,
            earlier=earlier if entry is entries[0] else (),
        )
        head = row["sha"]
        writes.append(Write("journal", account.id, records.seq_key(entry.seq), row, ABSENT))
    after = records.with_head(after, head)
    answer = {"account": account.id, "body_sha": sha, "outcome": "posted", "seq": entries[0].seq}
    store.tx(
        [
            Write("accounts", account.id, "", records.account_row(after), version),
            *writes,
            Write("seen", message.key, "", answer, ABSENT),
        ]
    )
    return Taken(account=account.id, key=message.key, outcome="posted")


def _reject(message: Posted, sha: str, stored: Stored | None, why: str, now: datetime, store: Store) -> Taken:
    """The refusal holds for the very state it was decided on, so the account must still be at that version."""
    answer = {"account": message.account, "body_sha": sha, "outcome": "rejected", "reason": why, "at": utc_text(now)}
    writes = [Write("seen", message.key, "", answer, ABSENT)]
    if stored:
        writes.append(Write("accounts", message.account, "", stored.row, stored.version))
    store.tx(writes)
    return Taken(account=message.account, key=message.key, outcome="rejected", reason=why)


def _target(command: Command, account: Account, store: Store) -> Target | None:
    """What a correction refers to: found by its key, with all that happened to it since."""
    key = getattr(command, "payment", "") or getattr(command, "charge", "")
    if not key or not isinstance(key, str):
        return None
    seen = store.get("seen", key)
    if not seen or seen.row["account"] != account.id or "seq" not in seen.row:
        return None
    if seen.row["seq"] > account.seq:  # it came after the account was read
        raise StaleError([0])
    return target_at(store, account, int(seen.row["seq"]))


# --- cards -------------------------------------------------------------------------------------------------------


def _store_card(message: CustomerMessage | SellerMessage, sha: str, now: datetime, outside: Outside) -> Taken:
    store, at = outside.store, utc_text(message.at)
    place = ("control", "seller", "card") if isinstance(message, SellerMessage) else ("customers", message.account, "")
    stored = store.get(*place)
    outcome = "superseded" if stored and stored.row["at"] > at else "stored"
    answer = {"account": message.account, "body_sha": sha, "outcome": outcome}
    writes = [Write("seen", message.key, "", answer, ABSENT)]
    if outcome == "stored":
        card = message.card()
        row: dict[str, Any] = {
            **(stored.row if stored else {}),
            "at": at,
            "card": records.plain(card),
            "summary": card.requisites[-1].party.name if isinstance(card, SellerCard) else card.title,
        }
        writes.append(Write(*place, row, stored.version if stored else ABSENT))
    store.tx(writes)
    if outcome == "stored" and isinstance(message, CustomerMessage):
        wake_blocked(message.account, outside)
    return Taken(account=message.account, key=message.key, outcome=outcome)


def wake_blocked(account: str, outside: Outside) -> None:
    """Documents of the account that wait for requisites are tried again at once, not at the next sweep."""
    page = outside.store.query("work", records.shard_of(account), prefix=f"issue#{account}#")
    if hints := [{"month": s.row["month"], "accounts": [account]} for s in page.rows]:
        outside.queue.send("issue-documents", hints)
