"""The filters of GetDocuments. Source: fact 13.5."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from local.diadoc.document_types import TYPES
from local.diadoc.document_views import revocation_status
from local.diadoc.http_shapes import Refusal, Request
from local.diadoc.identifiers import position_of
from local.diadoc.message_records import Document, Message
from local.diadoc.world import World

_CATEGORY = re.compile(r"(\w+)\.(Inbound|Outbound|Internal|Proxy)(\w*)")
_COUNT = 100
_STATUSES = (
    *("WaitingForRecipientSignature", "WithRecipientSignature", "WithRecipientPartiallySignature"),
    *("RecipientSignatureRequestRejected", "WaitingForSenderSignature", "InvalidSenderSignature", "NotFinished"),
    *("Finished", "NotRevoked", "RevocationIsRequestedByMe", "RequestsMyRevocation", "RevocationAccepted"),
    *("RevocationRejected", "WaitingForReceipt", "HaveToCreateReceipt", "RoamingNotificationError", "NotRead"),
    *("NoRecipientSignatureRequest", "Deleted"),
)
_Row = tuple[int, Message, Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is asked for."""

    type_named_id: str
    direction: str
    status: str
    partner: str
    number: str
    since: int
    until: int
    first_day: date | None
    last_day: date | None
    is_descending: bool
    after: int
    count: int

    @staticmethod
    def read(world: World, request: Request) -> Selection:
        """The filter of a request.

        Raises:
            Refusal: 400, the category is unknown, or parameters exclude each other.
        """
        category = _CATEGORY.fullmatch(request.required("filterCategory"))
        if category is None or category[1] not in ("Any", *TYPES) or category[3] not in ("", *_STATUSES):
            raise Refusal(400, f"Unknown filterCategory: {request.asked('filterCategory')}")
        since, until = request.ticks("timestampFromTicks"), request.ticks("timestampToTicks")
        number = request.asked("documentNumber")
        first_day, last_day = _day(request.asked("fromDocumentDate")), _day(request.asked("toDocumentDate"))
        if (since or until) and (number or first_day or last_day):
            raise Refusal(400, "timestampFromTicks and timestampToTicks exclude documentNumber and document dates")
        after = position_of(request.asked("afterIndexKey")) if request.asked("afterIndexKey") else 0
        if after is None:
            raise Refusal(400, "cursor must have valid value")
        partner = request.asked("counteragentBoxId")
        return Selection(
            type_named_id=category[1],
            direction=category[2],
            status=category[3],
            partner=world.organization(partner).box_id if partner else "",
            number=number,
            since=since,
            until=until,
            first_day=first_day,
            last_day=last_day,
            is_descending=request.asked("sortDirection").lower() == "descending",
            after=after,
            count=0 if request.asked("count") == "0" else request.number("count", default=_COUNT, most=_COUNT),
        )

    def takes(self, message: Message, document: Document, box: str) -> bool:
        """Whether the document is one of those asked for."""
        day = _day(document.metadata.get("DocumentDate", ""))
        return (
            self.type_named_id in ("Any", document.type_named_id)
            and self.direction == ("Outbound" if message.from_box == box else "Inbound")
            and (not self.partner or self.partner in (message.from_box, message.to_box))
            and (not self.number or document.metadata.get("DocumentNumber") == self.number)
            and (not self.since or document.sent >= self.since)
            and (not self.until or document.sent <= self.until)
            and (self.first_day is None or (day is not None and day >= self.first_day))
            and (self.last_day is None or (day is not None and day <= self.last_day))
            and self._has_status(document, box)
        )

    def page(self, rows: list[_Row]) -> list[_Row]:
        """The rows of this page."""
        if self.after:
            rows = [row for row in rows if (row[0] < self.after if self.is_descending else row[0] > self.after)]
        return rows[: self.count]

    def _has_status(self, document: Document, box: str) -> bool:
        is_deleted = box in document.deleted_by
        if self.status == "Deleted" or is_deleted:
            return is_deleted and self.status == "Deleted"
        response, sender = document.recipient_response, document.sender_signature
        revocation = revocation_status(document, box)
        match self.status:
            case "":
                return True
            case "NoRecipientSignatureRequest":
                return response == "RecipientResponseStatusNotAcceptable"
            case "WaitingForSenderSignature":
                return sender == "WaitingForSenderSignature"
            case "InvalidSenderSignature":
                return sender == "SenderSignatureCheckedAndInvalid"
            case "NotFinished" | "Finished":
                return _is_finished(document) == (self.status == "Finished")
            case "NotRevoked":
                return revocation != "RevocationAccepted"
            case "RoamingNotificationError":
                return document.roaming == "RoamingNotificationStatusError"
            case "NotRead":
                return self.direction == "Inbound"
            case wanted:
                return wanted in (response, revocation, document.recipient_receipt, document.sender_receipt)


def _is_finished(document: Document) -> bool:
    return (
        document.sender_signature == "SenderSignatureCheckedAndValid"
        and document.recipient_response != "WaitingForRecipientSignature"
        and document.recipient_receipt != "WaitingForReceipt"
        and document.sender_receipt != "HaveToCreateReceipt"
        and document.revocation != "asked"
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 a day of a document has no zone
    except ValueError:
        raise Refusal(400, f"Incorrect date: {text}") from None
