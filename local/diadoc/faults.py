"""What may go wrong between a client and Diadoc, by order of a test. Source: facts 2.2, 16.1-16.4."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from local.diadoc.http_shapes import Answer, Refusal

_HTML = b"<html><head><title>429 Too Many Requests</title></head><body><center>nginx</center></body></html>"
_ENUMS = frozenset(
    {
        *("CurrentStatus", "CounteragentStatus", "Status", "SenderSignatureStatus", "RecipientResponseStatus"),
        *("RevocationStatus", "RoamingNotificationStatus", "AttachmentType", "MessageType", "LockMode"),
    }
)
UNKNOWN_NAME = "AddedInTheFuture"


class FaultKind(StrEnum):
    """The kinds of faults."""

    TOO_MANY_REQUESTS = "too_many_requests"  # 429 with Retry-After
    TOO_MANY_REQUESTS_HTML = "too_many_requests_html"  # 429 as a page of a proxy
    SERVER_ERROR = "server_error"  # `status`: 500, 502, 504; before or after the commit
    NO_SUBSCRIPTION = "no_subscription"  # 402
    UNAUTHORIZED = "unauthorized"  # 401 though the token is good
    GONE = "gone"  # 410
    BUSY = "busy"  # 409 «in progress», the only 409 worth a retry
    STILL_RUNNING = "still_running"  # 204 with Retry-After
    LOST_ANSWER = "lost_answer"  # done, then the connection is cut
    SLOW = "slow"  # `seconds` of real time
    TRUNCATED = "truncated"  # JSON that ends in the middle
    SUNSET = "sunset"  # a header says when the method goes
    UNKNOWN_ENUM = "unknown_enum"  # a value nobody has heard of


@dataclass(slots=True, kw_only=True)
class Fault:
    """A fault for the next calls of an endpoint ("V3/PostMessage", or "*")."""

    kind: FaultKind
    endpoint: str = "*"
    skip: int = 0  # calls that pass unharmed first
    times: int = 1  # calls that are struck, 0 for all
    status: int = 500
    after_commit: bool = False
    retry_after_s: int = 1
    seconds: float = 1.0

    def is_for(self, endpoint: str) -> bool:
        """Whether it strikes calls of this endpoint."""
        return self.endpoint == "*" or self.endpoint.strip("/").lower() == endpoint

    def strike_before(self) -> Answer | None:
        """The answer given instead of doing anything; None when the call is to be done.

        Raises:
            Refusal: the call is refused.
        """
        later = {"Retry-After": str(self.retry_after_s)}
        match self.kind:
            case FaultKind.TOO_MANY_REQUESTS:
                raise Refusal(429, "Too many requests", headers=later)
            case FaultKind.TOO_MANY_REQUESTS_HTML:
                return Answer(status=429, body=_HTML, content_type="text/html", headers=later)
            case FaultKind.NO_SUBSCRIPTION:
                raise Refusal(402, "Subscription to the API has expired")
            case FaultKind.UNAUTHORIZED:
                raise Refusal(401, "Invalid auth token")
            case FaultKind.GONE:
                raise Refusal(410, "Method is removed")
            case FaultKind.BUSY:
                raise Refusal(409, "Request processing is in progress. Please, retry later.")
            case FaultKind.STILL_RUNNING if not self.after_commit:
                return Answer(status=204, headers=later)
            case FaultKind.SERVER_ERROR if not self.after_commit:
                raise self._server_error()
        return None

    def strike_after(self, answer: Answer) -> Answer | None:
        """The answer as it arrives after all was done; None when it never does.

        Raises:
            Refusal: an error arrives in its place.
        """
        match self.kind:
            case FaultKind.LOST_ANSWER:
                return None
            case FaultKind.SERVER_ERROR if self.after_commit:
                raise self._server_error()
            case FaultKind.STILL_RUNNING if self.after_commit:
                return Answer(status=204, headers={"Retry-After": str(self.retry_after_s)})
            case FaultKind.SUNSET:
                answer.headers.update(sunset_headers("Wed, 03 Apr 2030 00:00:00 GMT"))
            case FaultKind.UNKNOWN_ENUM:
                _make_unknown(answer.document)
        return answer

    def _server_error(self) -> Refusal:
        texts = {502: "Bad gateway", 503: "Service unavailable", 504: "Gateway timeout"}
        return Refusal(self.status, texts.get(self.status, "Internal server error"))


@dataclass(slots=True)
class FaultPlan:
    """The faults that wait, in the order they were ordered."""

    waiting: list[Fault] = field(default_factory=list)

    def take(self, endpoint: str) -> Fault | None:
        """The fault for this call, None when it goes well. Only the first that fits strikes or is skipped."""
        for fault in self.waiting:
            if not fault.is_for(endpoint):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                return None
            if fault.times == 1:
                self.waiting.remove(fault)
            elif fault.times > 1:
                fault.times -= 1
            return fault
        return None


def sunset_headers(moment: str) -> dict[str, str]:
    """The headers by which a method says that it goes. Source: fact 2.2."""
    return {"Sunset": moment, "Link": '<https://developer.kontur.ru/doc/diadoc-api/removal>; rel="sunset"'}


def _make_unknown(document: Any) -> bool:
    """Replace the first enum value found; answers whether there was one."""
    rows = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for key, value in list(rows):
        if key in _ENUMS and isinstance(value, str):
            document[key] = UNKNOWN_NAME
            return True
        if _make_unknown(value):
            return True
    return False
