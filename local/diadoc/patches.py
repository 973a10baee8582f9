"""PostMessagePatch: what is done to a message that is already in the box."""

from __future__ import annotations

from local.diadoc import events, operations, receipts, workflow
from local.diadoc.http_shapes import Answer, Json, Refusal, Request, is_true, json_answer, rows_of
from local.diadoc.message_records import Message
from local.diadoc.signed_content import read_content, read_signature
from local.diadoc.world import World

_KNOWN = (
    "Signatures",
    "RecipientTitles",
    "XmlSignatureRejections",
    "RequestedSignatureRejections",
    "RevocationRequests",
    "Receipts",
)


def post_message_patch(world: World, request: Request) -> Answer:
    """Sign a delayed document, answer one, annul one. Source: facts 10.2, 12.4, 14.1-14.9."""
    asked = request.document("MessagePatchToPost")
    box = world.my_box(request, str(asked.get("BoxId") or ""))
    message = world.message(box, str(asked.get("MessageId") or ""))
    key = operations.key_of(request, box, "PostMessagePatch")
    known = operations.first_result(world, key)
    if known is None:
        brought = _apply(world, message, box, asked)
        patch_id = events.tell_of_patch(world, message, events.boxes_of(message), brought)
        operations.remember(world, key, message.message_id, patch_id)
    else:
        patch_id = known.patch_id
    event = next(one for one in reversed(world.state.events[box]) if one.event_id == patch_id)
    return json_answer(events.patch_view(world, event, message, box))


def _apply(world: World, message: Message, box: str, asked: Json) -> list[str]:
    """Do all that the patch asks for.

    Raises:
        Refusal: 400 for an empty patch, 409 for a step that the state does not allow.
    """
    rows = [(name, row) for name in _KNOWN for row in rows_of(asked, name)]
    if not rows:
        raise Refusal(400, "MessagePatchToPost should contain at least one action")
    _check_packet(message, rows)
    return [entity for name, row in rows for entity in _step(world, message, box, name, row)]


def _check_packet(message: Message, rows: list[tuple[str, Json]]) -> None:
    """In a closed packet every action applies to all documents. Source: fact 10.16."""
    if message.lock_mode != "Full" or any(name not in {"Signatures", "RecipientTitles"} for name, _ in rows):
        return
    named = {str(row.get("ParentEntityId")) for _, row in rows}
    documents = {document.entity_id for document in message.documents}
    if named & documents and not documents <= named:
        raise Refusal(409, "Packet is locked: the action must apply to all of its documents")


def _step(world: World, message: Message, box: str, name: str, row: Json) -> list[str]:
    parent = str(row.get("ParentEntityId") or "").lower()
    asked_to_annul = next((one for one in message.documents if one.revocation_entity == parent and parent), None)
    if name == "Signatures":
        signature = read_signature(world, row, box=box)
        if not signature.is_given:
            raise Refusal(400, "Signature must be specified")
        if asked_to_annul is not None:
            return workflow.answer_revocation(world, message, asked_to_annul, box, signature, None)
        document = workflow.document_in(message, parent)
        if box == message.from_box:
            return workflow.sign_delayed(world, message, document, signature)
        return workflow.sign_as_recipient(world, message, document, box, signature)
    signed = row.get("SignedContent")
    if not isinstance(signed, dict):
        raise Refusal(400, f"{name}: SignedContent must be specified")
    content, signature = read_content(world, signed), read_signature(world, signed, box=box)
    if not signature.is_given:
        raise Refusal(400, "Signature must be specified")
    if asked_to_annul is not None and name.endswith("Rejections"):
        return workflow.answer_revocation(world, message, asked_to_annul, box, signature, content)
    if name == "Receipts":
        return receipts.give_receipt(world, message, parent, box, content, signature)
    document = workflow.document_in(message, parent)
    if name == "RevocationRequests":
        return workflow.ask_revocation(world, message, document, box, content, signature)
    if box != message.to_box:
        raise Refusal(409, f"{name}: only the recipient may do this")
    if name == "RecipientTitles":
        title_name, wish = str(row.get("FileName") or "title.xml"), is_true(row.get("NeedReceipt"))
        return workflow.answer_by_title(
            world, message, document, box, content, title_name, signature, needs_receipt=wish
        )
    return workflow.refuse(world, message, document, box, content, signature)
