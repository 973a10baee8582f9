"""The other side's hands: what a recipient does with a document, and what goes wrong on its way there."""

from __future__ import annotations

from collections.abc import Callable

from local.diadoc import events, receipts, workflow
from local.diadoc.document_types import RECONCILIATION, find_kind
from local.diadoc.document_views import content_of
from local.diadoc.http_shapes import Refusal
from local.diadoc.message_records import Document, Entity, Message
from local.diadoc.recipient_titles import reconciliation_answer, utd_acceptance
from local.diadoc.service_xml import ANNULMENT, NOTICE, service_document
from local.diadoc.signed_content import Signature
from local.diadoc.world import World
from local.diadoc.xml import element, parse, windows_1251


def sign(
    world: World,
    message_id: str,
    entity_id: str,
    *,
    with_disagreements: bool = False,
    needs_receipt: bool = False,
    text: str = "",
) -> None:
    """The recipient signs; in a closed packet, every document of it. Source: facts 10.16, 14.3, 14.4."""

    def step(message: Message, document: Document) -> list[str]:
        signature = signature_of(world, message.to_box)
        if not find_kind(document.type_named_id, document.function, document.version).is_formal:
            if with_disagreements:
                raise Refusal(409, "Only a formal document can be signed with disagreements")
            made = signature(content_of(message, document).content)
            return workflow.sign_as_recipient(world, message, document, message.to_box, made)
        is_reconciliation = document.type_named_id == RECONCILIATION
        build = reconciliation_answer if is_reconciliation else utd_acceptance
        sent, guid = parse(content_of(message, document).content), world.new_id("title")
        name, root = build(sent, guid, world.moscow_now, with_disagreements=with_disagreements, text=text)
        title = windows_1251(root)
        return workflow.answer_by_title(
            world,
            message,
            document,
            message.to_box,
            title,
            f"{name}.xml",
            signature(title),
            needs_receipt=needs_receipt,
        )

    _each(world, message_id, entity_id, step)


def sign_if_waiting(world: World, message_id: str, entity_id: str) -> None:
    """The habit of a recipient that signs by itself; nothing when the document waits for nobody."""
    message = world.state.messages[message_id]
    document = workflow.document_in(message, entity_id)
    if document.recipient_response == "WaitingForRecipientSignature":
        sign(world, message_id, entity_id, needs_receipt=world.state.organizations[message.to_box].wants_receipts)


def reject(world: World, message_id: str, entity_id: str, text: str) -> None:
    """The recipient refuses to sign. Source: fact 14.2."""

    def step(message: Message, document: Document) -> list[str]:
        is_formal = find_kind(document.type_named_id, document.function, document.version).is_formal
        content = service_document(NOTICE, document, text) if is_formal else text.encode()
        signature = signature_of(world, message.to_box)(content)
        return workflow.refuse(world, message, document, message.to_box, content, signature)

    _each(world, message_id, entity_id, step)


def give_receipt(world: World, message_id: str, entity_id: str) -> None:
    """The recipient confirms the receipt. Source: fact 14.3."""

    def step(message: Message, document: Document) -> list[str]:
        return _confirm(world, message, content_of(message, document), message.to_box)

    _one(world, message_id, entity_id, step)


def want_receipt(world: World, message_id: str, entity_id: str) -> None:
    """The sender owes a receipt from now on, on nothing that is documented."""

    def step(_message: Message, document: Document) -> list[str]:
        document.sender_receipt, document.modified = "HaveToCreateReceipt", world.ticks
        return []

    _one(world, message_id, entity_id, step)


def give_sender_receipt(world: World, message_id: str, entity_id: str) -> None:
    """A person of the sender gives the receipt on the recipient's title in the web. Source: fact 14.3."""

    def step(message: Message, document: Document) -> list[str]:
        titles = [
            one
            for one in message.entities
            if one.attachment_type in workflow.RECIPIENT_TITLES and one.parent_id == document.entity_id
        ]
        if titles:
            return _confirm(world, message, titles[-1], message.from_box)
        if document.sender_receipt != "HaveToCreateReceipt":
            raise Refusal(409, "Receipt is not expected")
        document.sender_receipt, document.modified = "Finished", world.ticks
        return []

    _one(world, message_id, entity_id, step)


def _confirm(world: World, message: Message, received: Entity, box: str) -> list[str]:
    signer = element("Signer", {}, element("Fio", {"LastName": "Получателев", "FirstName": "Пётр"}))
    _, content = receipts.receipt_of(world, message, received, box, signer)
    return receipts.give_receipt(world, message, received.entity_id, box, content, signature_of(world, box)(content))


def sign_delayed(world: World, message_id: str, entity_id: str) -> None:
    """A person of the sender signs in the web what was sent without a signature. Source: fact 12.4."""
    message = world.state.messages[message_id]
    document = workflow.document_in(message, entity_id)
    signature = signature_of(world, message.from_box)(content_of(message, document).content)
    events.tell_of_patch(
        world, message, events.boxes_of(message), workflow.sign_delayed(world, message, document, signature)
    )


def ask_revocation(world: World, message_id: str, entity_id: str, text: str) -> None:
    """The recipient asks to annul the document. Source: fact 14.1."""

    def step(message: Message, document: Document) -> list[str]:
        content = service_document(ANNULMENT, document, text)
        signature = signature_of(world, message.to_box)(content)
        return workflow.ask_revocation(world, message, document, message.to_box, content, signature)

    _one(world, message_id, entity_id, step)


def answer_revocation(world: World, message_id: str, entity_id: str, *, text: str | None = None) -> None:
    """The recipient accepts our request to annul; with a text, it refuses. Source: fact 14.1."""

    def step(message: Message, document: Document) -> list[str]:
        content = service_document(NOTICE, document, text) if text is not None else None
        asked = next((one for one in message.entities if one.entity_id == document.revocation_entity), None)
        signed = content if content is not None else asked.content if asked is not None else b""
        signature = signature_of(world, message.to_box)(signed)
        return workflow.answer_revocation(world, message, document, message.to_box, signature, content)

    _one(world, message_id, entity_id, step)


def ask_to_clarify(
    world: World, message_id: str, entity_id: str, text: str, *, of_power: bool, as_universal: bool
) -> None:
    """Ask for a corrected document, or for a proof of the signer's power. Source: fact 14.11."""

    def step(message: Message, document: Document) -> list[str]:
        if as_universal:
            request = workflow.new_entity(world, document.entity_id, "UniversalMessage", b"", "UM.xml", message.to_box)
            request.universal = {"group": "AmendmentRequest", "code": 2007 if of_power else 2999, "text": text}
        else:
            content = service_document(NOTICE, document, text)
            kind = "InvoiceCorrectionRequest"
            request = workflow.new_entity(world, document.entity_id, kind, content, "DP_UVUTOCH.xml", message.to_box)
        message.entities.append(request)
        document.amendment, document.modified = document.amendment | (8 if of_power else 1), world.ticks
        return [request.entity_id]

    _one(world, message_id, entity_id, step)


def find_power_bad(world: World, message_id: str, entity_id: str, status: str, text: str) -> None:
    """Report that the register rejects the sender's power of attorney, or lacks one. Source: fact 12.7."""

    def step(_message: Message, document: Document) -> list[str]:
        document.power_status, document.power_text, document.modified = status, text, world.ticks
        return []

    _one(world, message_id, entity_id, step)


def fail_roaming(world: World, message_id: str, entity_id: str, text: str) -> None:
    """The other operator did not take the document. Source: fact 13.3."""

    def step(_message: Message, document: Document) -> list[str]:
        document.roaming, document.roaming_text = "RoamingNotificationStatusError", text
        document.modified = world.ticks
        return []

    _one(world, message_id, entity_id, step)


def signature_of(world: World, box: str) -> Callable[[bytes], Signature]:
    """How a company signs here: by a certificate of the stand-in's authority."""
    card = world.authority.issue(owner="Получателев Пётр", inn=world.state.organizations[box].inn)
    return lambda content: Signature(cms=card.sign(content), power_of_attorney=True)


def _each(world: World, message_id: str, entity_id: str, step: Callable[[Message, Document], list[str]]) -> None:
    """Do the step on the document, or on all documents of a closed packet."""
    message = _delivered(world, message_id)
    wanted = workflow.document_in(message, entity_id)
    documents = message.documents if message.lock_mode == "Full" else [wanted]
    brought = [entity for document in documents for entity in step(message, document)]
    events.tell_of_patch(world, message, events.boxes_of(message), brought)


def _one(world: World, message_id: str, entity_id: str, step: Callable[[Message, Document], list[str]]) -> None:
    message = _delivered(world, message_id)
    brought = step(message, workflow.document_in(message, entity_id))
    events.tell_of_patch(world, message, events.boxes_of(message), brought)


def _delivered(world: World, message_id: str) -> Message:
    message = world.state.messages.get(message_id)
    if message is None:
        raise Refusal(404, f"Message {message_id} is not found")
    if not message.delivered:
        raise Refusal(409, f"Message {message_id} is not delivered yet")
    return message
