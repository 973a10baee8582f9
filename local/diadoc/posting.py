"""PostMessage: what is checked at once, and the message that comes into being in the sender's box."""

from __future__ import annotations

from local.diadoc import operations, partners, pipeline
from local.diadoc.attachments import Attachment, read_attachment
from local.diadoc.http_shapes import Answer, Json, Refusal, Request, is_true, json_answer, rows_of
from local.diadoc.identifiers import HEAD_DEPARTMENT
from local.diadoc.message_records import Document, Entity, Message
from local.diadoc.message_views import message_view
from local.diadoc.records import Organization
from local.diadoc.world import World

_UNILATERAL = (6, 9, 17)
_BY_REQUEST = 1
_WITH_RECEIPT = (4, 5, 10, 15, 16, 17, 18)
_LOCK_MODES = {"None": "None", "Send": "Send", "Full": "Full", "1": "None", "2": "Send", "3": "Full"}


def post_message(world: World, request: Request) -> Answer:
    """Accept a message once for its operationId. Source: facts 10.1-10.16."""
    asked = request.document("MessageToPost")
    if not asked.get("FromBoxId"):
        raise Refusal(400, "MessageToPost.FromBoxId must be specified")
    box = world.my_box(request, str(asked["FromBoxId"]))
    key = operations.key_of(request, box, "PostMessage")
    known = operations.first_result(world, key)
    if known is None:
        message = _accept(world, request, asked, box)
        operations.remember(world, key, message.message_id)
    else:
        message = world.state.messages[known.message_id]
    return json_answer(message_view(world, message, box))


def check_parties(world: World, sender: Organization, recipient: Organization) -> None:
    """Whether a message may go from one to the other.

    Raises:
        Refusal: 403 for a liquidated company, 409 where the recipient does not take it. Source: facts 10.11, 10.13.
    """
    if sender.box_id == recipient.box_id:
        raise Refusal(400, "MessageToPost.ToBoxId must differ from FromBoxId")
    if sender.liquidation_date or recipient.liquidation_date:
        raise Refusal(403, "Organization is liquidated")
    if sender.box_id in recipient.blocks:
        raise Refusal(409, "Recipient forbids to receive messages from blocked senders")
    only_partners = recipient.sociability == "CounteragentsOnly" or recipient.is_roaming
    seen_by_them = partners.status(world, recipient.box_id, sender.box_id)
    if only_partners and seen_by_them != partners.PARTNER:
        raise Refusal(409, "Recipient allows to receive messages only from counteragents")


def _accept(world: World, request: Request, asked: Json, box: str) -> Message:
    settings = world.state.settings
    if len(request.body) > settings.request_bytes_max:
        raise Refusal(400, f"Request is larger than {settings.request_bytes_max} bytes")
    rows = rows_of(asked, "DocumentAttachments")
    if not rows:
        raise Refusal(400, "MessageToPost should contain at least one attachment")
    if len(rows) > settings.message_documents_max:
        raise Refusal(400, f"MessageToPost should contain at most {settings.message_documents_max} documents")
    sender, is_draft, is_delayed = (
        world.organization(box),
        is_true(asked.get("IsDraft")),
        is_true(asked.get("DelaySend")),
    )
    recipient = world.organization(str(asked["ToBoxId"])) if asked.get("ToBoxId") else None
    if recipient is None and not is_draft:
        raise Refusal(400, "MessageToPost.ToBoxId must be specified")
    if recipient is not None:
        check_parties(world, sender, recipient)
    department = _department(asked, recipient)
    documents = [
        read_attachment(world, index, row, sender, recipient, may_be_unsigned=is_draft or is_delayed)
        for index, row in enumerate(rows)
    ]
    _check_custom_ids(documents)
    lock_mode = _LOCK_MODES.get(str(asked.get("LockMode") or "None"))
    if lock_mode is None:
        raise Refusal(400, f"Unknown LockMode: {asked['LockMode']}")
    message = Message(
        message_id=world.new_id("message"),
        from_box=box,
        to_box=recipient.box_id if recipient else "",
        to_department=department,
        ticks=world.ticks,
        patched=world.ticks,
        is_draft=is_draft,
        is_locked=is_true(asked.get("LockDraft")),
        is_delayed=is_delayed and not any(one.signature.is_given for one in documents),
        lock_mode="Full" if is_true(asked.get("LockPacket")) else lock_mode,
    )
    world.state.messages[message.message_id] = message
    for one in documents:
        _add_document(world, message, one)
    _link(message, documents)
    pipeline.begin(world, message)
    return message


def _department(asked: Json, recipient: Organization | None) -> str:
    """Return the recipient's department, empty for the head one. Source: facts 6.10, 6.11; [guess] others are 400."""
    wanted = str(asked.get("ToDepartmentId") or "")
    known = {one.department_id for one in recipient.departments if not one.is_disabled} if recipient else set()
    if wanted in ("", HEAD_DEPARTMENT):
        return ""
    if wanted not in known:
        raise Refusal(400, f"Department {wanted} is not found or takes no documents")
    return wanted


def _check_custom_ids(documents: list[Attachment]) -> None:
    """Ids of ours are unique in the message, and references within it name one of them. Source: fact 10.15."""
    given = [one.custom_document_id for one in documents if one.custom_document_id]
    if len(given) != len(set(given)):
        raise Refusal(400, "CustomDocumentId must be unique in the message")
    for message_id, entity_id in (link for one in documents for link in (*one.initial, *one.subordinate)):
        if not message_id and entity_id not in given:
            raise Refusal(400, f"Document with CustomDocumentId {entity_id} is not found in the message")


def _add_document(world: World, message: Message, one: Attachment) -> None:
    now, entity_id = world.ticks, world.new_id("entity")
    number, day = one.metadata.get("DocumentNumber", ""), one.metadata.get("DocumentDate", "")
    title = " ".join(filter(None, (one.kind.title, number and f"№{number}", day and f"от {day[:6]}{day[8:]}")))
    needs_answer = one.workflow not in _UNILATERAL and (one.workflow != _BY_REQUEST or one.needs_recipient_signature)
    content = Entity(
        entity_id=entity_id,
        parent_id="",
        entity_type="Attachment",
        attachment_type=one.kind.attachment_type,
        ticks=now,
        content=one.content,
        file_name=one.file_name,
        signer_box=message.from_box,
        content_type_id=one.kind.content_type_id,
    )
    document = Document(
        entity_id=entity_id,
        type_named_id=one.kind.type_named_id,
        function=one.kind.function,
        version=one.kind.version,
        workflow=one.workflow,
        title=title,
        file_name=one.file_name,
        metadata=one.metadata,
        custom_document_id=one.custom_document_id,
        custom=one.custom,
        comment=one.comment,
        needs_recipient_signature=one.needs_recipient_signature,
        recipient_response="WaitingForRecipientSignature" if needs_answer else "RecipientResponseStatusNotAcceptable",
        recipient_receipt="WaitingForReceipt" if one.workflow in _WITH_RECEIPT else "GeneralReceiptStatusNotAcceptable",
        modified=now,
    )
    message.entities.append(content)
    message.documents.append(document)
    if one.signature.is_given:
        pipeline.add_signature(world, message, entity_id, one.signature, message.from_box)
    else:
        document.sender_signature = "WaitingForSenderSignature"


def _link(message: Message, documents: list[Attachment]) -> None:
    ids = {one.custom_document_id: made.entity_id for one, made in zip(documents, message.documents, strict=True)}

    def resolved(links: tuple[tuple[str, str], ...]) -> list[list[str]]:
        return [[there or message.message_id, entity if there else ids[entity]] for there, entity in links]

    for one, made in zip(documents, message.documents, strict=True):
        made.initial, made.subordinate = resolved(one.initial), resolved(one.subordinate)
