"""Answers that are no success, as errors that say what the caller does next."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from billing.adapters.troubles import Trouble
from billing.domain.edo_reasons import Reason
from billing.ports_edo import (
    AbsentError,
    BadDocumentError,
    BusyError,
    EdoError,
    NeedsPersonError,
    NotPartnersError,
    RoamingRequestNeededError,
    Said,
    StillRunningError,
    StopTheRunError,
)

TEXT_MAX = 2_000
RETRY_AFTER_MAX_S = 3_600
PASSING = (408, 429, 500, 502, 503, 504)

ROAMING_CODE = "Invitations.RoamingOperatorRequestIsRequired"

_STOP = {
    401: Trouble.LOGIN_DEAD,
    402: Trouble.NOT_PAID,
    405: Trouble.WRONG_VERB,
    410: Trouble.METHOD_REMOVED,
    415: Trouble.WRONG_CONTENT,
}


def said(response: httpx.Response) -> Said:
    """What is worth keeping of an answer: the body's beginning (plain text, or a proxy's page), code and trace."""
    return Said(
        status=response.status_code,
        code=response.headers.get("X-Diadoc-ErrorCode", "")[:100],
        text=response.content[:4 * TEXT_MAX].decode("utf-8", "replace")[:TEXT_MAX],
        trace=response.headers.get("X-Kontur-Trace-Id", "")[:100],
        path=response.request.url.path,
    )


def retry_after_s(response: httpx.Response, now: datetime) -> int | None:
    """Whole seconds of the header, which may hold a date too; None when it is absent or makes no sense."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), RETRY_AFTER_MAX_S)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(0, int(seconds)), RETRY_AFTER_MAX_S)


def refusal(response: httpx.Response, *, ours: bool, retry_s: int) -> EdoError:
    """The error of an answer that is no success and that is not asked again.

    `ours`: the call concerns our own box alone, so that "no rights" and "no such thing" are said of all calls to come.

    Source: Diadoc API, status codes; texts of 409 are from the issues of its SDK, and decide only where no code does.
    """
    what, status = said(response), response.status_code
    if status in _STOP:
        return StopTheRunError(_STOP[status], what)
    if status == 409:
        return _conflict(what, retry_s)
    if status >= 500:
        return BusyError(Trouble.BUSY, what, retry_after_s=retry_s)
    if status in (403, 404) and ours:
        return StopTheRunError(Trouble.BOX_DENIED if status == 403 else Trouble.NO_SUCH_METHOD, what)
    if status == 403:   # of another's box: an organization in liquidation, or rights that we lack
        return NeedsPersonError(Trouble.ACCESS_DENIED, what)
    if status == 404:
        return AbsentError(Trouble.ABSENT, what)
    if 400 <= status < 500:
        return BadDocumentError(Trouble.NOT_TAKEN, what)
    return StopTheRunError(Trouble.ODD_STATUS, what)   # a redirect, for one


def _conflict(what: Said, retry_s: int) -> EdoError:
    text = what.text.casefold()
    if what.code == ROAMING_CODE or "apply for roaming" in text:
        return RoamingRequestNeededError(Trouble.ROAMING_REQUEST, what, reason=Reason.ROAMING_REQUEST_NEEDED)
    if "in progress" in text or "retry later" in text:
        return StillRunningError(Trouble.STILL_RUNNING, what, retry_after_s=retry_s)
    if "only from counteragents" in text:
        return NotPartnersError(Trouble.PARTNERS_ONLY, what, reason=Reason.NOT_PARTNERS)
    if "blocked senders" in text:
        return NeedsPersonError(Trouble.BLOCKED_BY_THEM, what, reason=Reason.REFUSED_BY_THEM)
    return NeedsPersonError(Trouble.CONFLICT, what)
