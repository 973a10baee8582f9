"""20th to 25th: companies and entrepreneurs that pay us and have not accepted are invited to exchange documents.

A month has one campaign, and each of its days one pass over everybody: statuses first, then payers from the cards, then
a decision about each payer, then what has come of the questions. A pass that is cut off goes on where it was, on the
same day or the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from billing import records
from billing.domain.edo_policy import EdoPolicy
from billing.domain.edo_sending import may_invite
from billing.domain.errors import InvalidInputError
from billing.domain.parties import Customer
from billing.domain.periods import Month, moscow_day, utc_text
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.ports_edo import BusyError, EdoOutside
from billing.records_edo import INVITATIONS
from billing.usecases.cards import seller_card
from billing.usecases.edo.counterparties import Kept, collect, kept_page
from billing.usecases.edo.inviting.campaign_report import tell_invitations
from billing.usecases.edo.inviting.decisions import PersonsDecision, read_decision
from billing.usecases.edo.inviting.invitations import Terms, terms_of, work_through
from billing.usecases.edo.relations import read_changes, read_list
from billing.usecases.edo.stops import stoppable

PAGE = 100
STEPS = ("changes", "list", "cards", "payers", "tasks", "done")  # of a pass, in their order; the list once a campaign
ATTEMPTS_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the schedule or a person asks for. `scheduled_at` None: by hand, now."""

    scheduled_at: datetime | None = None
    force: bool = False
    decision: PersonsDecision | None = None


def read_request(event: Mapping[str, Any]) -> Request:
    """`{"scheduled_at": moment}` is the schedule's; `{}`, `{"force": true}` and `{"decide": {…}}` are a person's.

    Raises:
        InvalidInputError: a field is unknown, or is not what it should be.
    """
    if unknown := sorted(set(event) - {"scheduled_at", "force", "decide"}):
        raise InvalidInputError(f"unknown fields: {', '.join(unknown)}")
    if not isinstance(event.get("force", False), bool):
        raise InvalidInputError("force: true or false")
    if "decide" in event:
        if len(event) > 1:
            raise InvalidInputError("decide: stands alone")
        return Request(decision=read_decision(event["decide"]))
    scheduled_at = _moment(event["scheduled_at"]) if "scheduled_at" in event else None
    return Request(scheduled_at=scheduled_at, force=event.get("force") is True)


def _moment(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InvalidInputError("scheduled_at: a moment in ISO 8601") from error
    if moment.tzinfo is None:
        raise InvalidInputError("scheduled_at: a moment with a zone")
    return moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """How the run ended: `state` is done, waiting (for the operator alone), unfinished, not now, or no policy.

    `stopped`: why nothing succeeds; `report`: the report that our accountant was sent, or empty.
    """

    state: str
    step: str = ""
    stopped: str = ""
    report: str = ""


def invite_to_edo(outside: Outside, edo: EdoOutside, *, until: datetime, asked: Request = Request()) -> Invited:
    """Whoever is to be invited today is, or the next run goes on; our accountant is told what is new.

    It may be called at any time and any number of times: a pass that has been made on a day is not made again.
    """
    card, today = seller_card(outside.store), moscow_day(outside.clock())
    if not card or not card.edo:
        return Invited(state="no policy")
    if not asked.force and not may_invite(moscow_day(asked.scheduled_at or outside.clock()), card.edo.sending):
        return Invited(state="not now")
    with stoppable("invite", outside) as stopped, suppress(BusyError, StaleError):
        _passes(card.edo, today, outside, edo, until)
    report = ""
    with suppress(StaleError):  # another run is telling
        report = tell_invitations(Month.of(today), outside, until=until)
    stored = outside.store.get("control", INVITATIONS, str(Month.of(today)))
    step = stored.row["step"] if stored else ""
    state = {"done": "done", "tasks": "waiting"}.get(step, "unfinished")
    return Invited(state=state, step=step, stopped="".join(stopped), report=report)


# --- the campaign's row ------------------------------------------------------------------------------------------


def _campaign(today: date, outside: Outside) -> Stored:
    """The month's campaign with today's pass begun; a pass that is not over stays the one it is.

    One that waits for the operator's tasks alone is over with its day: the next asks about them first thing.
    """
    month, day = str(Month.of(today)), today.isoformat()
    stored = outside.store.get("control", INVITATIONS, month)
    if stored and (stored.row["step"] not in ("tasks", "done") or stored.row["day"] == day):
        return stored
    row = dict(stored.row) if stored else {"list_read": False, "days": {}}
    return _put(month, row, stored.version if stored else ABSENT, outside, day=day, step="changes", cursor="", left=0)


def _put(month: str, row: dict[str, Any], expect: int, outside: Outside, **changes: Any) -> Stored:
    row |= changes
    row["days"] = {**row["days"], row["day"]: {"step": row["step"], "at": utc_text(outside.clock())}}
    row["summary"] = f"{month}: проход {row['day']}, {row['step']}"
    outside.store.tx([Write("control", INVITATIONS, month, row, expect)])
    return Stored(INVITATIONS, month, row, expect + 1)


def _moved(campaign: Stored, cursor: str, outside: Outside, **changes: Any) -> Stored:
    """The campaign with the step's next page ahead of it; after the last page, the next step."""
    row, step = dict(campaign.row), campaign.row["step"]
    if cursor:
        return _put(campaign.sk, row, campaign.version, outside, cursor=cursor, **changes)
    list_read = row["list_read"] or step == "list"
    after = STEPS[STEPS.index(step) + 1]
    if after == "list" and list_read:
        after = "cards"
    changes |= {"step": after, "list_read": list_read}
    return _put(campaign.sk, row, campaign.version, outside, cursor="", **changes)


# --- the pass ----------------------------------------------------------------------------------------------------


def _passes(policy: EdoPolicy, today: date, outside: Outside, edo: EdoOutside, until: datetime) -> None:
    """An old pass is ended, then today's is made, while there is time.

    Raises:
        BusyError: the operator asks to come back later.
        StaleError: another run is at the same pass.
    """
    terms = None
    while outside.clock() < until:
        campaign = _campaign(today, outside)
        step, cursor = campaign.row["step"], campaign.row["cursor"]
        if step == "done":
            return
        if step == "changes":
            if not read_changes(outside, edo, until=until):
                return
            _moved(campaign, "", outside)
        elif step == "list":
            _moved(campaign, read_list(cursor, outside, edo), outside)
        elif step == "cards":
            _moved(campaign, _collect_page(cursor, today, outside), outside)
        else:
            terms = terms or terms_of(policy, today, edo)
            if not _decide_page(campaign, terms, outside, edo, until):
                return


def _decide_page(campaign: Stored, terms: Terms, outside: Outside, edo: EdoOutside, until: datetime) -> bool:
    """A page of payers is decided about; of the step `tasks`, those of whom something was asked that is not answered.

    False when there is nothing more to do now: time is up, or the operator is still at it.
    """
    cursor, asked_only = campaign.row["cursor"], campaign.row["step"] == "tasks"
    page, after = kept_page(outside, after=cursor, limit=PAGE)
    due = [one for one in page if not asked_only or _is_asked(one)]
    if not work_through(due, terms, outside, edo, until=until):
        return False
    if not asked_only:
        _moved(campaign, after, outside)
        return True
    left = campaign.row["left"]
    if due:
        left += sum(_is_asked(one) for one in kept_page(outside, after=cursor, limit=PAGE)[0])
    if after or not left:
        _moved(campaign, after, outside, left=left)
        return True
    _put(campaign.sk, dict(campaign.row), campaign.version, outside, cursor="", left=0)
    return False


def _is_asked(one: Kept) -> bool:
    return bool(one.payer.task or one.payer.pending)


def _collect_page(cursor: str, today: date, outside: Outside) -> str:
    page = outside.store.scan("customers", segment=0, segments=1, cursor=cursor, limit=PAGE)
    for stored in page.rows:
        card = records.from_plain(Customer, stored.row["card"])
        for attempt in range(ATTEMPTS_MAX):
            try:
                collect(card, today, outside)
                break
            except StaleError:  # somebody else changes a payer of the same INN
                if attempt == ATTEMPTS_MAX - 1:
                    raise
    return page.cursor
