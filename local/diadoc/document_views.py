"""A document's card in JSON, as one of its boxes sees it. Source: facts 13.1, 13.3."""

from __future__ import annotations

import base64

from local.diadoc.http_shapes import Json
from local.diadoc.identifiers import HEAD_DEPARTMENT, iso_of, legacy_box
from local.diadoc.message_records import Document, Entity, Message
from local.diadoc.world import World

_INJECT_MAX = 1_048_576
_NO_RECEIPT = "GeneralReceiptStatusNotAcceptable"
_ROUBLES = "643"
_POWER_SEVERITIES = {"IsValid": "Success", "IsNotAttached": "Warning", "IsNotValid": "Error"}
_OUTBOUND = {
    "WaitingForRecipientSignature": "OutboundWaitingForRecipientSignature",
    "WithRecipientSignature": "OutboundWithRecipientSignature",
    "WithRecipientPartiallySignature": "OutboundWithRecipientSignature",
    "RecipientSignatureRequestRejected": "OutboundRecipientSignatureRequestRejected",
    "RecipientResponseStatusNotAcceptable": "OutboundFinished",
}


def document_view(world: World, message: Message, document: Document, box: str, *, inject: bool = False) -> Json:
    """A `Document`."""
    is_mine = box == message.from_box
    other = message.to_box if is_mine else message.from_box
    entity = content_of(message, document)
    content: Json = {"Size": len(entity.content)}
    if inject and len(entity.content) <= _INJECT_MAX:
        content["Data"] = base64.b64encode(entity.content).decode()
    view: Json = {
        "MessageId": message.message_id,
        "EntityId": document.entity_id,
        "MessageIdGuid": message.message_id,
        "EntityIdGuid": document.entity_id,
        "CreationTimestampTicks": message.ticks,
        "CreationTimestamp": iso_of(message.ticks),
        "DocumentType": document.type_named_id,
        "TypeNamedId": document.type_named_id,
        "Function": document.function,
        "Version": document.version,
        "WorkflowId": document.workflow,
        "Title": document.title,
        "InitialDocumentIds": _ids(document.initial),
        "SubordinateDocumentIds": _ids(document.subordinate),
        "Content": content,
        "FileName": document.file_name,
        "DocumentDate": document.metadata.get("DocumentDate", ""),
        "DocumentNumber": document.metadata.get("DocumentNumber", ""),
        "IsDeleted": box in document.deleted_by,
        "DepartmentId": HEAD_DEPARTMENT,
        "FromDepartmentId": HEAD_DEPARTMENT,
        "ToDepartmentId": message.to_department or HEAD_DEPARTMENT,
        "IsTest": world.state.organizations[message.from_box].is_test,
        "CustomDocumentId": document.custom_document_id,
        "CustomData": [{"Key": key, "Value": value} for key, value in document.custom.items()],
        "DocumentDirection": "Outbound" if is_mine else "Inbound",
        "SendTimestampTicks": document.sent,
        "DeliveryTimestampTicks": document.delivered,
        "LastModificationTimestampTicks": document.modified,
        "ForwardDocumentEvents": [],
        "IsEncryptedContent": False,
        "IsRead": is_mine,
        "PacketId": f"{message.message_id}/{message.message_id}" if len(message.documents) > 1 else "",
        "PacketIsLocked": message.lock_mode == "Full",
        "LockMode": message.lock_mode,
        "SenderSignatureStatus": document.sender_signature,
        "RecipientResponseStatus": document.recipient_response,
        "RevocationStatus": revocation_status(document, box),
        "RoamingNotificationStatus": document.roaming,
        "ProxySignatureStatus": "ProxySignatureStatusNone",
        "Metadata": [{"Key": key, "Value": value} for key, value in document.metadata.items()],
        "RecipientReceiptMetadata": {"ReceiptStatus": document.recipient_receipt},
        "SenderReceiptMetadata": {"ReceiptStatus": document.sender_receipt},
        "ConfirmationMetadata": {"ReceiptStatus": _NO_RECEIPT, "DateTimeTicks": 0},
        "AmendmentRequestMetadata": {"AmendmentFlags": document.amendment, "ReceiptStatus": _NO_RECEIPT},
        "DocflowStatus": _docflow_status(message, document, box),
        "HasCustomPrintForm": False,
        "LastOuterDocflows": [],
        "Participants": _participants(message, document, box),
    }
    if other:
        view["CounteragentBoxId"] = legacy_box(other)
    if document.roaming_text:
        view["RoamingNotificationStatusDescription"] = document.roaming_text
    if document.type_named_id == "UniversalTransferDocument":
        view["UniversalTransferDocumentMetadata"] = {
            "DocumentStatus": _utd_status(document, is_mine=is_mine),
            "Total": document.metadata.get("TotalSum", ""),
            "Vat": document.metadata.get("TotalVat", ""),
            "DocumentFunction": document.function,
            "Currency": int(document.metadata.get("CurrencyCode") or _ROUBLES),
        }
    return view


def content_of(message: Message, document: Document) -> Entity:
    """The entity that holds the document's bytes."""
    return next(entity for entity in message.entities if entity.entity_id == document.entity_id)


def revocation_status(document: Document, box: str) -> str:
    """Who asks for revocation depends on who looks. Source: fact 14.1."""
    if document.revocation == "asked":
        return "RevocationIsRequestedByMe" if document.revocation_by == box else "RequestsMyRevocation"
    return {"accepted": "RevocationAccepted", "rejected": "RevocationRejected"}.get(
        document.revocation, "RevocationStatusNone"
    )


def _ids(links: list[list[str]]) -> list[Json]:
    return [{"MessageId": message, "EntityId": entity} for message, entity in links]


def _utd_status(document: Document, *, is_mine: bool) -> str:
    if not is_mine:
        return _OUTBOUND[document.recipient_response].replace("Outbound", "Inbound")
    if document.sender_signature == "WaitingForSenderSignature":
        return "OutboundWaitingForSenderSignature"
    if document.sender_signature == "SenderSignatureCheckedAndInvalid":
        return "OutboundInvalidSenderSignature"
    receipt = document.recipient_receipt == "WaitingForReceipt"
    if receipt and document.recipient_response == "WaitingForRecipientSignature":
        return "OutboundWaitingForInvoiceReceiptAndRecipientSignature"
    return "OutboundWaitingForInvoiceReceipt" if receipt else _OUTBOUND[document.recipient_response]


def _docflow_status(message: Message, document: Document, box: str) -> Json:
    """Texts for people. They change without notice, nothing may be built on them. Source: fact 13.3."""
    severity, text = _primary(document, is_mine=box == message.from_box)
    status: Json = {"PrimaryStatus": {"Severity": severity, "StatusText": text}}
    signatures = [
        one for one in message.entities if one.parent_id == document.entity_id and one.entity_type == "Signature"
    ]
    if signatures:
        named, text = _power(document, attached=signatures[0].power_of_attorney)
        status["PowerOfAttorneyGeneralStatus"] = {
            "Severity": _POWER_SEVERITIES[named],
            "StatusNamedId": named,
            "StatusText": text,
            "Errors": [],
        }
    return status


def _power(document: Document, *, attached: bool) -> tuple[str, str]:
    """Return the status and the text of the sender's power of attorney. Source: fact 12.7."""
    if document.power_status:
        return document.power_status, document.power_text
    return ("IsValid", "Доверенность действительна") if attached else ("IsNotAttached", "Не приложена доверенность")


def _primary(document: Document, *, is_mine: bool) -> tuple[str, str]:
    if document.revocation == "accepted":
        return "Info", "Аннулирован"
    if document.revocation == "asked":
        return "Warning", "Требуется аннулирование"
    if document.sender_signature == "SenderSignatureCheckedAndInvalid":
        return "Error", "Ошибка в подписи"
    if document.sender_signature == "WaitingForSenderSignature":
        return "Warning", "Требуется подписать и отправить"
    if document.recipient_response == "WaitingForRecipientSignature":
        return ("Warning", "Ожидается подпись контрагента") if is_mine else ("Warning", "Требуется подпись")
    return {
        "WithRecipientSignature": ("Success", "Подписан контрагентом"),
        "WithRecipientPartiallySignature": ("Warning", "Подписан с расхождениями"),
        "RecipientSignatureRequestRejected": ("Error", "Контрагент отказал в подписи"),
    }.get(document.recipient_response, ("Success", "Документооборот завершен"))


def _participants(message: Message, document: Document, box: str) -> list[Json]:
    rows: list[Json] = []
    for one, kind in ((message.from_box, "Sender"), (message.to_box, "Recipient")):
        if one:
            participant = {
                "BoxId": legacy_box(one),
                "DepartmentId": HEAD_DEPARTMENT,
                "Role": f"default:{kind.lower()}",
                "Type": kind,
                "IsCurrentBox": one == box,
            }
            rows.append({"Participant": participant, "RecipientResponseStatus": document.recipient_response})
    return rows
