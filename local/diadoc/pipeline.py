"""What happens to a message after it was accepted: the verdict on its signatures, and the delivery.

Everything here is done by the clock. Source: facts 10.1, 12.2, 12.3.
"""

from __future__ import annotations

from local.diadoc import events
from local.diadoc.document_views import content_of
from local.diadoc.identifiers import moment_of
from local.diadoc.message_records import Document, Entity, Message
from local.diadoc.signatures import Verdict
from local.diadoc.signed_content import Signature
from local.diadoc.world import World

_NOTICE = "Сообщение или его часть не доставлены: подписи признаны недействительными. Документы: {names}"


def begin(world: World, message: Message) -> None:
    """The message is in its sender's box; when it is signed, it is on its way."""
    events.tell_of_message(world, message, message.from_box)
    if not message.is_draft and not message.is_delayed:
        send(world, message)


def send(world: World, message: Message) -> None:
    """Put off the verdict on what is signed."""
    message.is_delayed = False
    for document in message.documents:
        if document.sender_signature == "SenderSignatureUnchecked":
            document.sent = document.modified = world.ticks
    world.later(world.state.settings.verdict_after_s, "verdict", message.message_id)


def add_signature(world: World, message: Message, parent_id: str, signature: Signature, box: str) -> Entity:
    """Hang a signature on an entity of the message. Its `AttachmentType` says nothing. Source: fact 13.2."""
    entity = Entity(
        entity_id=world.new_id("entity"),
        parent_id=parent_id,
        entity_type="Signature",
        attachment_type="Nonformalized",
        ticks=world.ticks,
        content=signature.cms,
        signer_box=box,
        test_signed=signature.is_test,
        power_of_attorney=signature.power_of_attorney,
    )
    if signature.is_test:
        signer = world.authority.issue(owner="Тестовая подпись", inn=world.state.organizations[box].inn)
        parent = next(one for one in message.entities if one.entity_id == parent_id)
        entity.content = signer.sign(parent.content)
    message.entities.append(entity)
    return entity


def check_signature(world: World, message: Message, signature: Entity) -> Verdict:
    """The verdict on one signature, kept with it."""
    parent = next(one for one in message.entities if one.entity_id == signature.parent_id)
    verdict = world.authority.check(signature.content, parent.content, at=moment_of(world.ticks))
    signature.signature_is_valid, signature.signature_trouble = verdict.holds, verdict.trouble
    return verdict


def give_verdict(world: World, message_id: str) -> None:
    """Every unchecked signature of the sender is valid or not; what is valid will be delivered."""
    message = world.state.messages[message_id]
    brought: list[str] = []
    good: list[Document] = []
    bad: list[Document] = []
    for document in message.documents:
        if document.sender_signature != "SenderSignatureUnchecked":
            continue
        signature = next(one for one in message.entities if one.parent_id == document.entity_id)
        verdict = check_signature(world, message, signature)
        (good if verdict.holds else bad).append(document)
        report = _report(world, signature, verdict)
        message.entities.append(report)
        brought.append(report.entity_id)
        document.modified = world.ticks
        document.sender_signature = f"SenderSignatureCheckedAnd{'Valid' if verdict.holds else 'Invalid'}"
    if bad:
        names = ", ".join(document.file_name for document in bad)
        notice = Entity(
            entity_id=world.new_id("entity"),
            parent_id="",
            entity_type="Attachment",
            attachment_type="DeliveryFailureNotification",
            ticks=world.ticks,
            content=_NOTICE.format(names=names).encode(),
            file_name="Notification.txt",
            is_service=True,
            not_delivered_event=message.message_id,
        )
        message.entities.append(notice)
        brought.append(notice.entity_id)
    if brought:
        flags = {"NotDeliveredEventId": message.message_id} if bad else {}
        events.tell_of_patch(world, message, events.boxes_of(message), brought, **flags)
    if good and not (bad and message.lock_mode != "None"):
        names_of_good = [document.entity_id for document in good]
        world.later(world.state.settings.delivery_after_s, "deliver", message_id, *names_of_good)


def deliver(world: World, message_id: str, entity_ids: list[str]) -> None:
    """The recipient sees these documents from now on."""
    message = world.state.messages[message_id]
    recipient = world.state.organizations[message.to_box]
    for document in message.documents:
        if document.entity_id in entity_ids:
            document.delivered = document.modified = world.ticks
            if recipient.is_roaming and document.roaming == "RoamingNotificationStatusNone":
                document.roaming = "RoamingNotificationStatusSuccess"
    message.delivered = message.delivered or world.ticks
    flags = {"MessageIsDelivered": True, "DeliveredPatchId": message.message_id}
    events.tell_of_message(world, message, message.to_box)
    events.tell_of_patch(world, message, [message.from_box], [], **flags)
    if recipient.signs_after_s is not None:
        world.later(recipient.signs_after_s, "recipient_signs", message_id, *entity_ids)


def document_content(message: Message, document: Document) -> bytes:
    """The bytes of a document."""
    return content_of(message, document).content


def _report(world: World, signature: Entity, verdict: Verdict) -> Entity:
    text = "<SignatureVerificationReport IsValid='{}'/>".format("true" if verdict.holds else "false")
    return Entity(
        entity_id=world.new_id("entity"),
        parent_id=signature.entity_id,
        entity_type="Attachment",
        attachment_type="SignatureVerificationReport",
        ticks=world.ticks,
        content=text.encode(),
        file_name="SignatureVerificationReport.xml",
        is_service=True,
    )
