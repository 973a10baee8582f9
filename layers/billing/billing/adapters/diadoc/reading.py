"""Their shapes turned into ours. Whatever is missing, null or unknown is read as unknown, never as something else."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from billing.adapters.diadoc import wire
from billing.adapters.diadoc.ids import box_id, moment
from billing.adapters.diadoc.words import TEXT_MAX
from billing.adapters.troubles import Trouble
from billing.domain.edo_fate import Annulment, News, Stage
from billing.domain.errors import InvalidInputError
from billing.ports_edo import EdoEvent, EdoKind, LostAnswerError, OddAnswerError, Tracked

_T = TypeVar("_T")

ANNULMENTS = {     # Source: Diadoc API, RevocationStatus
    "RevocationIsRequestedByMe": Annulment.ASKED_BY_US,
    "RequestsMyRevocation": Annulment.ASKED_BY_THEM,
    "RevocationAccepted": Annulment.AGREED,
    "RevocationRejected": Annulment.REJECTED,
}
ANSWERS = {        # Source: Diadoc API, RecipientResponseStatus
    "WithRecipientSignature": Stage.ACCEPTED,
    "WithRecipientPartiallySignature": Stage.DISAGREED,
    "RecipientSignatureRequestRejected": Stage.REFUSED,
}
REJECTIONS = ("XmlSignatureRejection", "SignatureRequestRejection")
RECIPIENT_TITLES = ("Title", "UniversalTransferDocumentBuyerTitle", "XmlAcceptanceCertificateBuyerTitle")
CLARIFY, PROVE_POWER = 1, 8     # Source: Diadoc API, InvoiceAmendmentFlags


def text(value: object) -> str:
    """A text field; absent, null and odd ones are empty."""
    return value if isinstance(value, str) else ""


def number(value: object) -> int:
    """A whole number, also when it comes as text; anything else is 0."""
    if isinstance(value, int):
        return int(value)
    return int(value) if isinstance(value, str) and re.fullmatch("-?[0-9]{1,20}", value) else 0


def rows(value: object) -> list[Any]:
    """A list of objects; absent, null and odd ones are empty."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def row(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def needed(value: object, name: str) -> str:
    """A field without which the answer means nothing.

    Raises:
        OddAnswerError: it is not there.
    """
    if found := text(value):
        return found
    raise OddAnswerError(f"{Trouble.FIELD_MISSING}: {name}")


def done(value: object, name: str) -> str:
    """The same of an answer to a change.

    Raises:
        LostAnswerError: it is not there, so nobody knows what was done.
    """
    if found := text(value):
        return found
    raise LostAnswerError(f"{Trouble.FIELD_MISSING}: {name}")


def kept_box(value: object) -> str:
    """A box id in our spelling; empty when there is none or it is odd."""
    try:
        return box_id(text(value))
    except InvalidInputError:
        return ""


def each(read: Callable[[Any], _T | None], found: Iterable[Any]) -> tuple[_T, ...]:
    """Those of a list that can be read: an odd one stops none of the others."""
    items = []
    for one in found:
        with suppress(OddAnswerError):
            items.append(read(one))
    return tuple(item for item in items if item is not None)


def last_key(found: Sequence[Mapping[str, Any]]) -> str:
    """Where the page after this one begins; empty when there is none."""
    return next(filter(None, (text(one.get("IndexKey")) for one in reversed(found))), "")


def event(found: wire.BoxEvent) -> EdoEvent:
    """An event by what it is about; of one of an unknown kind only the place is known."""
    about = row(found.get("Message")) or row(found.get("Patch"))
    return EdoEvent(
        id=needed(found.get("EventId"), "EventId"), key=needed(found.get("IndexKey"), "IndexKey"),
        message=text(about.get("MessageId")))


def stage(document: wire.DocflowDocument, *, failed: bool = False) -> Stage:
    """Where a document is, by its statuses alone: the texts beside them are for people and may change.

    Source: Diadoc API, DocflowStatus (no logic on texts), and the statuses' own pages.
    """
    sender, answer = text(document.get("SenderSignatureStatus")), text(document.get("RecipientResponseStatus"))
    if sender == "SenderSignatureCheckedAndInvalid":
        return Stage.SIGNATURE_INVALID
    if failed:
        return Stage.DELIVERY_FAILED
    if sender == "WaitingForSenderSignature":
        return Stage.AWAITS_OUR_SIGNATURE
    if answer in ANSWERS:
        return ANSWERS[answer]
    if number(document.get("DeliveryTimestampTicks")) <= 0:
        return Stage.SENT
    return Stage.FINISHED if answer == "RecipientResponseStatusNotAcceptable" else Stage.DELIVERED


def tracked(document: wire.DocflowDocument, *, entities: Sequence[Mapping[str, Any]] = ()) -> Tracked:
    """Read a document. With the message's entities, read the delivery failure and the ids of the answers, too."""
    entity = needed(document.get("EntityId"), "EntityId")
    notices = [e for e in entities if e.get("AttachmentType") == "DeliveryFailureNotification"]
    beneath = [e for e in entities if e.get("ParentEntityId") == entity]
    signatures = [e for e in beneath if e.get("EntityType") == "Signature"]
    as_of = number(document.get("LastModificationTimestampTicks"))
    delivered = moment(number(document.get("DeliveryTimestampTicks")))
    roaming = document.get("RoamingNotificationStatus") == "RoamingNotificationStatusError"
    now = stage(document, failed=bool(notices) and delivered is None)
    said = text(document.get("RoamingNotificationStatusDescription")) if roaming else ""
    refusals = [_universal(e, "Rejection") for e in beneath]
    flags = number(row(document.get("AmendmentRequestMetadata")).get("AmendmentFlags"))
    news = News(
        stage=now, annulment=ANNULMENTS.get(text(document.get("RevocationStatus")), Annulment.NONE),
        message=text(document.get("MessageId")), entity=entity, at=moment(as_of), delivered_at=delivered,
        text=said or "; ".join(filter(None, (*map(inline_text, notices), *refusals))),
        as_of=as_of, roaming_error=roaming,
        receipt_due=row(document.get("SenderReceiptMetadata")).get("ReceiptStatus") == "HaveToCreateReceipt",
        clarification=bool(flags & (CLARIFY | PROVE_POWER)),
        clarification_text="; ".join(filter(None, (_universal(e, "AmendmentRequest") for e in beneath))),
        power_trouble=_power_trouble(document, signatures))
    answers = REJECTIONS if now is not Stage.DISAGREED else RECIPIENT_TITLES
    return Tracked(
        news=news, custom_id=text(document.get("CustomDocumentId")),
        counterparty=kept_box(document.get("CounteragentBoxId")),
        kind=EdoKind(type=text(document.get("TypeNamedId")), function=text(document.get("Function")),
                     version=text(document.get("Version"))),
        answered_by=_last_id(beneath, *answers), annulled_by=_last_id(beneath, "RevocationRequest"),
        clarified_by=_last_id(beneath, "InvoiceCorrectionRequest"),
        our_signature=text(signatures[0].get("EntityId")) if signatures else "")


def _last_id(entities: Sequence[Mapping[str, Any]], *types: str) -> str:
    """Return the id of the newest entity of these types. The type of a signature means nothing, so skip signatures."""
    fitting = [e for e in entities if e.get("EntityType") == "Attachment" and e.get("AttachmentType") in types]
    return text(fitting[-1].get("EntityId")) if fitting else ""


def _power_trouble(document: wire.DocflowDocument, signatures: Sequence[Mapping[str, Any]]) -> str:
    """Return the operator's text on a power of attorney that does not hold, or that is required and absent; else "".

    Source: Diadoc API, DocflowStatusV3 (PowerOfAttorneyGeneralStatus), PowerOfAttorneyAttachmentStatus.
    """
    status = row(row(document.get("DocflowStatus")).get("PowerOfAttorneyGeneralStatus"))
    attached = row(signatures[0].get("PowerOfAttorneyAttachmentStatus")) if signatures else {}
    absent = status.get("StatusNamedId") == "IsNotAttached" and attached.get("StatusName") == "PowerOfAttorneyRequired"
    if status.get("StatusNamedId") != "IsNotValid" and not absent:
        return ""
    return (text(status.get("StatusText")) or text(attached.get("Comment")) or "без пояснения")[:TEXT_MAX]


def _universal(entity: Mapping[str, Any], group: str) -> str:
    """Return the text of a universal message of this group, else "". Source: Diadoc API, UniversalMessageInfo."""
    info = row(entity.get("UniversalMessageInfo"))
    if info.get("CodeGroup") not in (group, _GROUPS[group]):
        return ""
    return "; ".join(filter(None, (text(found.get("PlainText")) for found in rows(info.get("Events")))))[:TEXT_MAX]


_GROUPS = {"AmendmentRequest": 2, "Rejection": 3}


def inline_text(entity: Mapping[str, Any]) -> str:
    """The text that comes with an entity, if it is small enough to come with it."""
    try:
        return b64decode(text(row(entity.get("Content")).get("Data"))).decode("utf-8", "replace")[:TEXT_MAX]
    except ValueError:
        return ""


def roots(entities: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The documents among a message's entities: attachments at the root that have document info.

    Signatures also carry an attachment type, which means nothing.
    """
    return [e for e in entities if e.get("EntityType") == "Attachment" and not text(e.get("ParentEntityId"))
            and row(e.get("DocumentInfo"))]
