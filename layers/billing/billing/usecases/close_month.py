"""A month is over: every account that is due is queued for closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing.domain.delivery import DeliveryState
from billing.domain.errors import InvalidInputError
from billing.domain.periods import Month, moscow_day, utc_text
from billing.ports import Outside, StaleError, Stored
from billing.usecases.letters_again import AGAIN
from billing.usecases.runs import PAGE, change_run, open_run, queue_accounts, queue_due, run_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the schedule or a person asks for. `reason` goes to the log beside a forced closing."""

    month: Month
    accounts: tuple[str, ...] = ()
    forced: bool = False
    preview: bool = False
    reason: str = ""
    again: DeliveryState | None = None
    cursor: str = ""


def read_request(event: Mapping[str, Any]) -> Request:
    """`{"scheduled_at": moment}` is the month before it in Moscow; `{"month": "2026-01", …}` is a person's.

    With `again`, a status of deliveries, nothing is closed: the month's letters with that status go once more.

    Raises:
        InvalidInputError: neither is there, or a field is not what it should be.
    """
    known = {"month", "scheduled_at", "accounts", "forced", "preview", "reason", "again", "cursor"}
    if unknown := sorted(set(event) - known):
        raise InvalidInputError(f"unknown fields: {', '.join(unknown)}")
    accounts = event.get("accounts", [])
    if not isinstance(accounts, list) or not all(isinstance(a, str) for a in accounts):
        raise InvalidInputError("accounts: a list of account ids")
    for name in ("forced", "preview"):  # a "yes" taken for a no would close a month in earnest
        if not isinstance(event.get(name, False), bool):
            raise InvalidInputError(f"{name}: true or false")
    if (again := event.get("again")) is not None and again not in AGAIN:
        raise InvalidInputError(f"again: one of {', '.join(AGAIN)}")
    if "month" in event:
        month = Month.parse(str(event["month"]))
    elif "scheduled_at" in event:
        month = Month.at(_moment(event["scheduled_at"])).previous
    else:
        raise InvalidInputError("which month? say month or scheduled_at")
    return Request(
        month=month,
        accounts=tuple(accounts),
        forced=event.get("forced") is True,
        preview=event.get("preview") is True,
        reason=str(event.get("reason", ""))[:500],
        again=DeliveryState(again) if again else None,
        cursor=str(event.get("cursor", "")),
    )


def _moment(text: object) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InvalidInputError("scheduled_at: a moment in ISO 8601") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """`queued`: whether the whole table has been read; the sweep goes on where it has not."""

    month: Month
    queued: bool


def close_month(
    month: Month, outside: Outside, *, until: datetime, accounts: Sequence[str] = (), forced: bool = False
) -> Planned:
    """Accounts with that month still open are queued: the given ones, or all.

    `forced` closes accounts that were set aside as suspicious; it takes named accounts. Asked twice, it does nothing
    twice: what is closed stays closed.

    Raises:
        InvalidInputError: the month is not over in Moscow, or `forced` without accounts.
    """
    now = outside.clock()
    if moscow_day(now) < month.next.first_day:
        raise InvalidInputError(f"{month} is not over")
    if forced and not accounts:
        raise InvalidInputError("forced closing takes the accounts by name")
    if accounts:  # no run is opened for them: the sweep would go on with everybody, and before the night
        queue_accounts(outside, month, list(accounts), **({"forced": True} if forced else {}))
        return Planned(month=month, queued=True)
    run = open_run(outside, month, utc_text(now))
    if run.row["queued"]:  # an ended scan is made anew: somebody asks for the month again
        return Planned(month=month, queued=queue_again(outside, month, until))
    run = queue_due(outside, month, run, until)
    return Planned(month=month, queued=run.row["queued"])


def queue_again(outside: Outside, month: Month, until: datetime) -> bool:
    """Queue whatever is still open, from where the last call came to; answers whether the end of the table was reached.

    What a scan has missed stays open, and the scan after it begins at the first account again.
    """
    run = run_of(outside, month)
    assert run, "only what a run has queued once is queued again"
    while outside.clock() < until:
        page = outside.store.scan("accounts", segment=0, segments=1, cursor=run.row["cursor"], limit=PAGE)
        if due := [s.pk for s in page.rows if Month.parse(s.row["open"]) <= month]:
            queue_accounts(outside, month, due)
        run = _moved(outside, month, run, page.cursor)
        if not page.cursor:
            return True
    return False


def _moved(outside: Outside, month: Month, run: Stored, cursor: str) -> Stored:
    if cursor == run.row["cursor"]:
        return run
    with suppress(StaleError):
        return change_run(outside, run, cursor=cursor)
    now = run_of(outside, month)  # set back to `running`, or another worker is at it: there it goes on from its place
    assert now, "a run row is never deleted"
    return now
