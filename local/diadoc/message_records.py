"""What the stand-in remembers of messages: their parts, the states of their documents, the lines of feeds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Entity:
    """A part of a message: a document, a signature or what was said about them."""

    entity_id: str
    parent_id: str
    entity_type: str
    attachment_type: str
    ticks: int
    content: bytes = b""
    file_name: str = ""
    signer_box: str = ""
    content_type_id: str = ""
    test_signed: bool = False
    power_of_attorney: bool = False
    needs_receipt: bool = False
    is_service: bool = False  # injected even when not asked for; has no content of its own
    signature_is_valid: bool | None = None
    signature_trouble: str = ""
    not_delivered_event: str = ""
    universal: dict[str, Any] = field(default_factory=dict)  # of a universal message: group, code, text


@dataclass(slots=True, kw_only=True)
class Document:
    """A document of a message with the states of its workflow. Its content is the entity of the same id."""

    entity_id: str
    type_named_id: str
    function: str
    version: str
    workflow: int
    title: str
    file_name: str
    metadata: dict[str, str]
    custom_document_id: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    initial: list[list[str]] = field(default_factory=list)  # [message, entity]
    subordinate: list[list[str]] = field(default_factory=list)
    comment: str = ""
    needs_recipient_signature: bool = False
    sender_signature: str = "SenderSignatureUnchecked"
    recipient_response: str = "RecipientResponseStatusNotAcceptable"
    recipient_receipt: str = "GeneralReceiptStatusNotAcceptable"
    sender_receipt: str = "GeneralReceiptStatusNotAcceptable"
    revocation: str = ""  # "", asked, accepted, rejected
    revocation_by: str = ""
    revocation_entity: str = ""
    amendment: int = 0  # flags of InvoiceAmendmentFlags
    power_status: str = ""  # of the sender's power of attorney, where a control says it: IsNotValid, IsNotAttached
    power_text: str = ""
    roaming: str = "RoamingNotificationStatusNone"
    roaming_text: str = ""
    sent: int = 0
    delivered: int = 0
    modified: int = 0
    deleted_by: list[str] = field(default_factory=list)
    print_asked: int = 0


@dataclass(slots=True, kw_only=True)
class Message:
    """A message, a draft, or one that waits for its signature."""

    message_id: str
    from_box: str
    to_box: str
    ticks: int
    patched: int
    entities: list[Entity] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    is_draft: bool = False
    is_recycled: bool = False
    is_locked: bool = False
    is_delayed: bool = False
    lock_mode: str = "None"
    to_department: str = ""
    became: list[str] = field(default_factory=list)
    made_from_draft: str = ""
    delivered: int = 0


@dataclass(slots=True, kw_only=True)
class BoxEvent:
    """A line of a box's feed: a message, or a patch that names the entities it brought."""

    event_id: str
    position: int
    ticks: int
    message_id: str
    is_patch: bool = False
    entities: list[str] = field(default_factory=list)
    flags: dict[str, Any] = field(default_factory=dict)
