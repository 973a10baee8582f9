"""Steps of a document's workflow after its delivery. Each adds entities and moves states; the caller tells of it.

Source: facts 13.3, 14.1-14.4.
"""

from __future__ import annotations

from local.diadoc import partners, pipeline
from local.diadoc.document_types import RECONCILIATION, UTD, find_kind
from local.diadoc.http_shapes import Refusal
from local.diadoc.message_records import Document, Entity, Message
from local.diadoc.signed_content import Signature
from local.diadoc.world import World
from local.diadoc.xml import MalformedXmlError, parse

_WAITING = "WaitingForRecipientSignature"
_BAD_SIGNATURES_A_DAY = 3
_DAY_TICKS = 86_400 * 10_000_000
_RECEIPT_BY_WISH = (3, 11, 16, 18, 19)  # workflows in which the recipient may ask for one on its title: fact 14.3
_TITLE_KINDS = {
    UTD: "UniversalTransferDocumentBuyerTitle",
    "XmlAcceptanceCertificate": "XmlAcceptanceCertificateBuyerTitle",
}
RECIPIENT_TITLES = ("Title", *_TITLE_KINDS.values())


def document_in(message: Message, entity_id: str) -> Document:
    """The document of the message.

    Raises:
        Refusal: 404, the entity is no document of it.
    """
    found = next((one for one in message.documents if one.entity_id == entity_id), None)
    if found is None:
        raise Refusal(404, f"Document {entity_id} is not found in message {message.message_id}")
    return found


def sign_as_recipient(world: World, message: Message, document: Document, box: str, signature: Signature) -> list[str]:
    """The recipient signs a document that has no second title."""
    _expect_waiting(document)
    if find_kind(document.type_named_id, document.function, document.version).is_formal:
        raise Refusal(409, "Document must be signed by a recipient title")
    return _answered(world, message, document, box, document.entity_id, signature, "WithRecipientSignature")


def answer_by_title(
    world: World,
    message: Message,
    document: Document,
    box: str,
    content: bytes,
    name: str,
    signature: Signature,
    *,
    needs_receipt: bool = False,
) -> list[str]:
    """The recipient answers a formal document by its title, which may say that it disagrees. Source: fact 14.4.

    `needs_receipt`: it asks for a receipt on its title, and is heard where the workflow has one. Source: fact 14.3.
    """
    _expect_waiting(document)
    kind = _TITLE_KINDS.get(document.type_named_id, "Title")
    title = new_entity(world, document.entity_id, kind, content, name, box)
    title.needs_receipt = needs_receipt and document.workflow in _RECEIPT_BY_WISH
    message.entities.append(title)
    response = "WithRecipientPartiallySignature" if _disagrees(document, content) else "WithRecipientSignature"
    try:
        brought = _answered(world, message, document, box, title.entity_id, signature, response)
    except Refusal:
        message.entities.remove(title)
        raise
    if title.needs_receipt and document.recipient_response == response:
        document.sender_receipt = "HaveToCreateReceipt"
    return [title.entity_id, *brought]


def refuse(
    world: World, message: Message, document: Document, box: str, content: bytes, signature: Signature
) -> list[str]:
    """The recipient refuses to sign, and says why. Source: fact 14.2."""
    _expect_waiting(document)
    is_xml = content.lstrip().startswith(b"<")
    kind = "XmlSignatureRejection" if is_xml else "SignatureRequestRejection"
    rejection = new_entity(
        world, document.entity_id, kind, content, "Rejection.xml" if is_xml else "Rejection.txt", box
    )
    message.entities.append(rejection)
    document.recipient_response, document.modified = "RecipientSignatureRequestRejected", world.ticks
    return [rejection.entity_id, pipeline.add_signature(world, message, rejection.entity_id, signature, box).entity_id]


def sign_delayed(world: World, message: Message, document: Document, signature: Signature) -> list[str]:
    """The sender signs what waited for it: signing is sending. Source: fact 12.4."""
    if document.sender_signature != "WaitingForSenderSignature" or message.is_draft:
        raise Refusal(409, "Sender signature is not expected")
    entity = pipeline.add_signature(world, message, document.entity_id, signature, message.from_box)
    document.sender_signature = "SenderSignatureUnchecked"
    if all(one.sender_signature != "WaitingForSenderSignature" for one in message.documents):
        pipeline.send(world, message)
    return [entity.entity_id]


def ask_revocation(
    world: World, message: Message, document: Document, box: str, content: bytes, signature: Signature
) -> list[str]:
    """One side asks that the document be annulled. Source: fact 14.1."""
    if not document.delivered or document.revocation in {"asked", "accepted"}:
        raise Refusal(409, "Revocation can not be requested")
    request = new_entity(world, document.entity_id, "RevocationRequest", content, "RevocationRequest.xml", box)
    message.entities.append(request)
    document.revocation, document.revocation_by, document.revocation_entity = "asked", box, request.entity_id
    document.modified = world.ticks
    return [request.entity_id, pipeline.add_signature(world, message, request.entity_id, signature, box).entity_id]


def answer_revocation(
    world: World, message: Message, document: Document, box: str, signature: Signature, rejection: bytes | None
) -> list[str]:
    """The other side annuls by its signature, or refuses by a rejection. Source: fact 14.1."""
    if document.revocation != "asked" or document.revocation_by == box:
        raise Refusal(409, "There is no revocation request of the other side")
    document.revocation = "accepted" if rejection is None else "rejected"
    document.modified = world.ticks
    parent = document.revocation_entity
    brought: list[str] = []
    if rejection is not None:
        refusal = new_entity(world, parent, "XmlSignatureRejection", rejection, "Rejection.xml", box)
        message.entities.append(refusal)
        brought, parent = [refusal.entity_id], refusal.entity_id
    return [*brought, pipeline.add_signature(world, message, parent, signature, box).entity_id]


def _expect_waiting(document: Document) -> None:
    if document.recipient_response != _WAITING:
        raise Refusal(409, f"Recipient signature is not expected: {document.recipient_response}")


def _answered(
    world: World, message: Message, document: Document, box: str, parent: str, signature: Signature, response: str
) -> list[str]:
    """Check the recipient's signature. After three bad ones in a day there is no fourth try. Source: fact 12.8."""
    today = [one for one in world.state.bad_signatures.get(document.entity_id, []) if world.ticks - one < _DAY_TICKS]
    if len(today) >= _BAD_SIGNATURES_A_DAY:
        raise Refusal(409, "Too many invalid signatures for the entity")
    entity = pipeline.add_signature(world, message, parent, signature, box)
    if pipeline.check_signature(world, message, entity).holds:
        document.recipient_response, document.modified = response, world.ticks
        partners.make_partners(world, message.from_box, message.to_box)
    else:
        world.state.bad_signatures[document.entity_id] = [*today, world.ticks]
    return [entity.entity_id]


def _disagrees(document: Document, content: bytes) -> bool:
    try:
        root = parse(content)
    except MalformedXmlError as problem:
        raise Refusal(400, f"Title is not well-formed: {problem}") from problem
    if document.type_named_id == RECONCILIATION:
        return bool(root.get("ПризнРазн") == "2")
    return any(one.get("КодИтога") in {"2", "3"} for one in root.iter("КодСодОпер"))


def new_entity(world: World, parent: str, attachment_type: str, content: bytes, name: str, box: str) -> Entity:
    """A part of a message that a box adds to another part of it."""
    return Entity(
        entity_id=world.new_id("entity"),
        parent_id=parent,
        entity_type="Attachment",
        attachment_type=attachment_type,
        ticks=world.ticks,
        content=content,
        file_name=name,
        signer_box=box,
    )
