"""A document of a message before it is accepted: its kind, its metadata, its content, its signature."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from local.diadoc.document_types import DATE, DECIMAL, Item, Kind, find_kind
from local.diadoc.http_shapes import Json, Refusal, is_true, rows_of
from local.diadoc.records import Organization
from local.diadoc.signed_content import Signature, read_content, read_signature
from local.diadoc.title_rules import BAD_CONTENT, check_title
from local.diadoc.world import World

_FORMS = {DATE: re.compile(r"\d{2}\.\d{2}\.\d{4}"), DECIMAL: re.compile(r"-?\d+(\.\d{1,2})?")}
_COMMENT_MAX, _TAG_KEY_MAX, _TAG_VALUE_MAX = 5000, 60, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A document that may be sent."""

    kind: Kind
    workflow: int
    content: bytes
    signature: Signature
    file_name: str
    metadata: dict[str, str]
    custom_document_id: str
    needs_recipient_signature: bool
    comment: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    initial: tuple[tuple[str, str], ...] = ()
    subordinate: tuple[tuple[str, str], ...] = ()


def read_attachment(
    world: World,
    index: int,
    asked: Json,
    sender: Organization,
    recipient: Organization | None,
    *,
    may_be_unsigned: bool,
) -> Attachment:
    """The document number `index` of a message, checked.

    Raises:
        Refusal: 400, with the text prefixed by its place in the request. Source: facts 10.6-10.10.
    """
    try:
        return _read(world, asked, sender, recipient, may_be_unsigned=may_be_unsigned)
    except Refusal as refusal:
        text = f"MessageToPost.DocumentAttachments[{index}]: {refusal.text}"
        raise Refusal(refusal.status, text, code=refusal.code) from refusal


def _read(
    world: World, asked: Json, sender: Organization, recipient: Organization | None, *, may_be_unsigned: bool
) -> Attachment:
    if not asked.get("TypeNamedId"):
        raise Refusal(400, "Incorrect DocumentAttachment. TypeNamedId must be specified")
    kind = find_kind(str(asked["TypeNamedId"]), str(asked.get("Function") or ""), str(asked.get("Version") or ""))
    metadata = _metadata(kind, rows_of(asked, "Metadata"))
    signed = asked.get("SignedContent")
    if not isinstance(signed, dict):
        raise Refusal(400, "SignedContent must be specified")
    content = read_content(world, signed)
    signature = read_signature(world, signed, box=sender.box_id)
    if not signature.is_given and not may_be_unsigned:
        raise Refusal(400, "Signature must be specified")
    if kind.is_formal:
        card = check_title(kind, content, sender, recipient)
        metadata = card.metadata
    workflow = asked.get("WorkflowId") or kind.workflows[0]
    if workflow not in kind.workflows:
        raise Refusal(400, f"Workflow {workflow} is not allowed for {kind.type_named_id}")
    comment = str(asked.get("Comment") or "")
    if len(comment) > _COMMENT_MAX:
        raise Refusal(400, f"Comment is longer than {_COMMENT_MAX}")
    return Attachment(
        kind=kind,
        workflow=workflow,
        content=content,
        signature=signature,
        file_name=metadata["FileName"],
        metadata=metadata,
        custom_document_id=str(asked.get("CustomDocumentId") or ""),
        needs_recipient_signature=is_true(asked.get("NeedRecipientSignature")),
        comment=comment,
        custom=_tags(rows_of(asked, "CustomData")),
        initial=_links(rows_of(asked, "InitialDocumentIds")),
        subordinate=_links(rows_of(asked, "SubordinateDocumentIds")),
    )


def _metadata(kind: Kind, rows: list[Json]) -> dict[str, str]:
    """The metadata that the sender gives, exact: nothing missing, nothing odd, nothing empty. Source: fact 10.7."""
    given = {str(row.get("Key")): str(row.get("Value") or "") for row in rows}
    if kind.is_formal:
        if given:
            raise Refusal(400, _odd(given), code=BAD_CONTENT)
        return {}
    for key, value in given.items():
        if not value:
            raise Refusal(400, f"Incorrect DocumentAttachment. Empty metadata with key {key}")
    missing = [item.key for item in kind.items if item.is_required and item.key not in given]
    if missing:
        raise Refusal(400, ";".join(f"Невозможно получить данные по ключу: {key}" for key in missing))
    known = {item.key: item for item in kind.items}
    odd = {key: value for key, value in given.items() if key not in known}
    if odd:
        raise Refusal(400, _odd(odd), code=BAD_CONTENT)
    for key, value in given.items():
        _check_form(known[key], value)
    return given


def _odd(given: dict[str, str]) -> str:
    return f"Provided odd metadata items. Keys: {', '.join(given)}"


def _check_form(item: Item, value: str) -> None:
    form = _FORMS.get(item.kind)
    if form is not None and not form.fullmatch(value):
        raise Refusal(400, f"Incorrect DocumentAttachment. Incorrect metadata value with key {item.key}: {value}")


def _tags(rows: list[Json]) -> dict[str, str]:
    tags = {str(row.get("Key") or ""): str(row.get("Value") or "") for row in rows}
    if any(not key or len(key) > _TAG_KEY_MAX or len(value) > _TAG_VALUE_MAX for key, value in tags.items()):
        raise Refusal(400, f"CustomData keys must have 1-{_TAG_KEY_MAX} characters, values at most {_TAG_VALUE_MAX}")
    return tags


def _links(rows: list[Json]) -> tuple[tuple[str, str], ...]:
    return tuple((str(row.get("MessageId") or ""), str(row.get("EntityId") or "")) for row in rows)
