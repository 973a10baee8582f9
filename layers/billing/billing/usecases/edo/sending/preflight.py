"""The look ahead of a window: our own side, and every document that would go, whose payer is ready and whose is not."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from billing import records
from billing.domain.edo import Action, may_be_sent
from billing.domain.edo_preflight import Finding, Readiness, Severity, preflight
from billing.domain.edo_reasons import Reason
from billing.domain.edo_sending import due_documents
from billing.domain.edo_signer import PowerWay
from billing.domain.errors import UnavailableError
from billing.letters.contexts import EdoLine
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.ports_edo import BusyError, EdoOutside, StopTheRunError
from billing.records_edo import DUE_SHARDS, PREFLIGHT, Counterparty
from billing.usecases.edo.counterparties import kept, kpp_of
from billing.usecases.edo.cursors import next_page
from billing.usecases.edo.news import is_news, lines_of, section
from billing.usecases.edo.relations import boxes_of
from billing.usecases.edo.reports import Told, last_report, write_report
from billing.usecases.edo.sending.accounts import sendable
from billing.usecases.edo.sending.signatures import certificate_until
from billing.usecases.edo.sending.terms import OnItsWay, Terms, read
from billing.usecases.edo.sending.unsent import Left
from billing.usecases.filing import whole
from billing.usecases.runs import run_of

KIND = "preflight"
PAGE = 100


def our_side(terms: Terms, outside: Outside, edo: EdoOutside) -> tuple[Finding, ...]:
    """What of ours would stop the window, or one soon after.

    The certificate is that of the latest signature: of a newer one nothing is known before it has signed. Of the login
    nothing is asked: it was used just now, as it is every day, or there would be no terms.
    """
    lacking = edo.titles.lacking(policy=terms.policy, offers=terms.offers)
    power, run = terms.policy.signer.power, run_of(outside, terms.window.last_month)
    ours = Readiness(
        signer_ready=_has_signer(edo),
        certificate_until=certificate_until(outside),
        power_until=power.until if power.way is not PowerWay.NONE else None,
        format_actual=not lacking.not_taken,
        metadata_missing=lacking.metadata,
        month_closed=run is not None and run.row["state"] == "done",
    )
    found = preflight(ours, terms.window, terms.policy.sending, today=terms.today)
    formats = ", ".join(lacking.not_taken)
    return tuple(replace(f, detail=f.detail or formats) if f.reason is Reason.FORMAT_NOT_ACTUAL else f for f in found)


def _has_signer(edo: EdoOutside) -> bool:
    try:
        return edo.signer.batch_max > 0
    except StopTheRunError:
        return False


def stops_today(finding: Finding, today: date) -> bool:
    """Whether nothing can be sent as long as it is so. A certificate is judged when it signs."""
    if finding.reason is Reason.POWER_LAPSED:
        return date.fromisoformat(finding.detail) < today
    return finding.reason in (Reason.FORMAT_NOT_ACTUAL, Reason.METADATA_MISSING, Reason.NO_SIGNER)


def look_ahead(terms: Terms, outside: Outside, edo: EdoOutside) -> bool:
    """The day's preflight stands in its row, and the accountant is told what is new; whether it was ended.

    It goes on from where it was cut off, and is made once a day.
    """
    stored = _begun(terms, outside)
    if stored.row["done"]:
        return True
    left, ready, cursor = Left.of(stored.row), int(stored.row["ready"]), str(stored.row["cursor"])
    while outside.clock() < terms.until:
        documents, cursor = _page(cursor, outside)
        ready += _looked_at(documents, terms, left, outside, edo)
        row = {**stored.row, **left.row, "ready": ready, "cursor": cursor}
        if not cursor:
            return _done(row, left, stored, terms, outside, edo)
        stored = _put(terms.window.key, row, stored.version, outside)
    return False


def _begun(terms: Terms, outside: Outside) -> Stored:
    key, day = terms.window.key, terms.today.isoformat()
    stored = outside.store.get("control", PREFLIGHT, key)
    if stored and stored.row["day"] == day:
        return stored
    row = {"day": day, "done": False, "cursor": "", "ready": 0, "findings": [], **Left().row}
    return _put(key, row, stored.version if stored else ABSENT, outside)


def _put(key: str, row: dict[str, Any], expect: int, outside: Outside) -> Stored:
    outside.store.tx([Write("control", PREFLIGHT, key, row, expect)])
    return Stored(PREFLIGHT, key, row, expect + 1)


def _page(cursor: str, outside: Outside) -> tuple[list[OnItsWay], str]:
    """Documents that wait, a page of a partition; and the next cursor, empty after the last."""
    rows, cursor = next_page(DUE_SHARDS, cursor, outside, limit=PAGE)
    found = (read(work.row["account"], work.row["document"], outside) for work in rows)
    return [one for one in found if one and not one.state.fate.message], cursor


def _looked_at(documents: Sequence[OnItsWay], terms: Terms, left: Left, outside: Outside, edo: EdoOutside) -> int:
    """How many of the documents are ready to go; why the others are not, is noted."""
    by_id = {one.custom_id: one for one in documents}
    all_closed = {(one.stored.pk, terms.window.last_month) for one in documents}
    sendables = [replace(sendable(one, terms.window), id=one.custom_id) for one in documents]
    due = due_documents(terms.window, sendables, closed=all_closed, settings=terms.policy.sending)
    going = [by_id[one.id] for one in due]
    if not going:
        return 0
    (boxes, odd), ready = boxes_of(sorted({one.inn for one in going}), outside, edo), 0
    for one in going:
        if isinstance(error := odd.get(one.inn), BusyError):
            left.stays(one, Reason.NO_ANSWER, str(error))
            continue
        buyer = one.stored.row["content"]["buyer"]
        kpp = kpp_of(buyer.get("kpp", ""))
        found = kept(one.inn, kpp, outside)
        payer = found.payer if found else Counterparty(inn=one.inn, kpp=kpp)
        decision = may_be_sent(payer.candidate, boxes.get(one.inn, ()), terms.settings, today=terms.today)
        if decision.action is not Action.SEND:
            left.stays(one, decision.reason)
            continue
        reason, said = _in_the_way(one, terms, outside, edo)
        if reason:
            left.stays(one, reason, said)
        else:
            ready += 1
    return ready


def _in_the_way(one: OnItsWay, terms: Terms, outside: Outside, edo: EdoOutside) -> tuple[Reason | None, str]:
    """What keeps the document itself from going. Whatever fails of it, the others are looked at."""
    try:
        printed = whole(records.document_of(one.stored.pk, one.stored.sk, one.stored.row), outside).printed
        problems = edo.titles.problems(printed, policy=terms.policy)
    except UnavailableError:
        raise
    except Exception as error:
        outside.metrics.count("EdoAccountsFailed")
        return Reason.ACCOUNT_FAILS, f"{type(error).__name__}: {error}"
    return (Reason.NOT_SAYABLE, "; ".join(problems)) if problems else (None, "")


def _done(row: dict[str, Any], left: Left, stored: Stored, terms: Terms, outside: Outside, edo: EdoOutside) -> bool:
    """The row is whole; with news, the accountant is written to in the same transaction."""
    findings = our_side(terms, outside, edo)
    said = ", ".join(f.reason.text for f in findings)
    summary = f"{terms.window.key}: готовы {row['ready']}, не готовы {left.total}" + (f"; {said}" if said else "")
    whole = {**row, "done": True, "findings": [records.plain(f) for f in findings], "summary": summary}
    write = Write("control", PREFLIGHT, terms.window.key, whole, stored.version)
    told = _told(findings, left, int(row["ready"]), terms, outside)
    with suppress(StaleError):  # another run is at it
        if is_news(told, last_report(KIND, terms.window.key, outside)):
            write_report(told, outside, write)
        else:
            outside.store.tx([write])
        return True
    return False


def _told(findings: Sequence[Finding], left: Left, ready: int, terms: Terms, outside: Outside) -> Told:
    last = last_report(KIND, terms.window.key, outside)
    ours = [EdoLine(who=_WHO[f.severity], reason=f.reason.value, detail=f.detail) for f in findings]
    return Told(
        kind=KIND,
        period=terms.window.key,
        sections=(
            section("findings", ours, len(ours), last),
            section("not_ready", *lines_of(left, list(left.counts)), last),
        ),
        totals={"ready": ready, "not_ready": left.total},
    )


_WHO = {Severity.STOP: "Помешает отправке", Severity.WARN: "Скоро помешает"}
