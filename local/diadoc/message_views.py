"""A message and its entities in JSON, as one of its boxes sees them. Source: fact 13.2."""

from __future__ import annotations

import base64
from collections.abc import Collection

from local.diadoc.document_views import document_view
from local.diadoc.http_shapes import Json
from local.diadoc.identifiers import HEAD_DEPARTMENT, legacy_box
from local.diadoc.message_records import Document, Entity, Message
from local.diadoc.world import World

_INJECT_MAX = 1_048_576


def message_type(message: Message) -> str:
    """`Draft` or `Letter`."""
    return "Draft" if message.is_draft else "Letter"


def message_view(
    world: World,
    message: Message,
    box: str,
    *,
    inject: bool = False,
    entity: str = "",
    among: Collection[str] | None = None,
) -> Json:
    """A `Message`; with `entity` only that entity and what hangs on it, with `among` only these entities."""
    sender = world.state.organizations[message.from_box]
    recipient = world.state.organizations.get(message.to_box)
    shown = visible_entities(message, box)
    if entity:
        shown = [one for one in shown if entity in (one.entity_id, one.parent_id)]
    if among is not None:
        shown = [one for one in shown if one.entity_id in among]
    view: Json = {
        "MessageId": message.message_id,
        "TimestampTicks": message.ticks,
        "LastPatchTimestampTicks": message.patched,
        "FromBoxId": legacy_box(message.from_box),
        "FromTitle": sender.short_name,
        "Entities": [entity_view(world, message, one, box, inject=inject) for one in shown],
        "IsDraft": message.is_draft,
        "DraftIsLocked": message.is_locked,
        "DraftIsRecycled": message.is_recycled,
        "CreatedFromDraftId": message.made_from_draft,
        "DraftIsTransformedToMessageIdList": list(message.became),
        "IsDeleted": False,
        "IsTest": sender.is_test,
        "IsInternal": False,
        "IsProxified": False,
        "PacketIsLocked": message.lock_mode == "Full",
        "LockMode": message.lock_mode,
        "MessageType": message_type(message),
        "IsReusable": False,
    }
    if recipient is not None:
        view |= {"ToBoxId": legacy_box(message.to_box), "ToTitle": recipient.short_name}
    return view


def visible_entities(message: Message, box: str) -> list[Entity]:
    """What this box sees of the message: a recipient sees nothing of what was not delivered."""
    if box == message.from_box:
        return message.entities
    shown = {document.entity_id for document in message.documents if document.delivered}
    entities: list[Entity] = []
    for entity in message.entities:  # children always stand after their parents
        if entity.entity_id in shown or entity.parent_id in shown:
            shown.add(entity.entity_id)
            entities.append(entity)
    return entities


def entity_view(world: World, message: Message, entity: Entity, box: str, *, inject: bool = False) -> Json:
    """An `Entity`; small service texts are injected without being asked for. Source: fact 13.6."""
    content: Json = {"Size": len(entity.content)}
    if entity.is_service or (inject and len(entity.content) <= _INJECT_MAX):
        content["Data"] = base64.b64encode(entity.content).decode()
    view: Json = {
        "EntityType": entity.entity_type,
        "EntityId": entity.entity_id,
        "ParentEntityId": entity.parent_id,
        "Content": content,
        "AttachmentType": entity.attachment_type,
        "FileName": entity.file_name,
        "NeedRecipientSignature": False,
        "SignerBoxId": legacy_box(entity.signer_box) if entity.signer_box else "",
        "SignerDepartmentId": HEAD_DEPARTMENT,
        "RawCreationDate": entity.ticks,
        "NeedReceipt": entity.needs_receipt,
        "IsApprovementSignature": False,
        "IsEncryptedContent": False,
        "Labels": [],
        "IsAttachedSignature": False,
    }
    if entity.not_delivered_event:
        view["NotDeliveredEventId"] = entity.not_delivered_event
    if entity.content_type_id:
        view["ContentTypeId"] = entity.content_type_id
    if entity.entity_type == "Signature":
        view["PowerOfAttorneyAttachmentStatus"] = {"StatusName": _attached(message, entity)}
    if entity.universal:
        view["UniversalMessageInfo"] = {
            "CodeGroup": entity.universal["group"],
            "Events": [{"StatusCode": entity.universal["code"], "PlainText": entity.universal["text"]}],
            "UniversalMessageCreator": {"BoxId": legacy_box(entity.signer_box), "DepartmentId": HEAD_DEPARTMENT},
            "IsOutOfWorkflow": False,
        }
    document = document_of(message, entity.entity_id)
    if document is not None:
        view["DocumentInfo"] = document_view(world, message, document, box)
        view["NeedRecipientSignature"] = document.needs_recipient_signature
        view["Version"] = document.version
    return view


def _attached(message: Message, signature: Entity) -> str:
    document = document_of(message, signature.parent_id)
    if document is not None and document.power_status == "IsNotAttached":
        return "PowerOfAttorneyRequired"
    return "PowerOfAttorneyAttached" if signature.power_of_attorney else "PowerOfAttorneyNotRequired"


def document_of(message: Message, entity_id: str) -> Document | None:
    """The document with this id, None when the entity is not one."""
    return next((one for one in message.documents if one.entity_id == entity_id), None)
