"""Reading back: messages, documents, contents, signatures. Source: facts 13.1-13.7."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from cryptography.x509.oid import NameOID

from local.diadoc.document_filters import Selection
from local.diadoc.document_views import document_view
from local.diadoc.http_shapes import Answer, Json, Refusal, Request, file_answer, json_answer
from local.diadoc.identifiers import index_key
from local.diadoc.message_records import Document, Entity, Message
from local.diadoc.message_views import document_of, message_view, visible_entities
from local.diadoc.signatures import enclosed_certificate
from local.diadoc.world import World


def get_message(world: World, request: Request) -> Answer:
    """A message with its entities. Source: fact 13.2."""
    box = world.my_box(request, request.required("boxId"))
    message = world.message(box, request.required("messageId"))
    inject = request.flag("injectEntityContent")
    return json_answer(message_view(world, message, box, inject=inject, entity=request.asked("entityId").lower()))


def get_document(world: World, request: Request) -> Answer:
    """A document's card. Source: fact 13.1."""
    box, message, document = find_document(world, request, "entityId")
    return json_answer(document_view(world, message, document, box, inject=request.flag("injectEntityContent")))


def get_entity_content(world: World, request: Request) -> Answer:
    """The bytes of an entity; 404 for a service text that has no content of its own. Source: facts 12.2, 13.6."""
    _, _, entity = _find_entity(world, request)
    if entity.is_service or not entity.content:
        raise Refusal(404, "Entity has no content")
    return file_answer(entity.content, entity.file_name or "signature.sgn")


def get_signature_info(world: World, request: Request) -> Answer:
    """Whose signature it is; maths and trust apart. Source: fact 12.6."""
    _, _, entity = _find_entity(world, request)
    if entity.entity_type != "Signature":
        raise Refusal(400, "Entity is not a signature")
    certificate = enclosed_certificate(entity.content)
    trouble = entity.signature_trouble
    is_trusted = bool(entity.signature_is_valid)
    view: Json = {
        "SigningTime": {"Ticks": entity.ticks},
        "SignatureVerificationTime": {"Ticks": entity.ticks},
        "SignatureVerificationResult": {
            "IsValid": is_trusted or trouble.startswith("CERT_TRUST"),
            "CertificateStatus": {
                "IsValid": is_trusted,
                "VerificationTime": {"Ticks": entity.ticks},
                "VerificationTimeTicks": entity.ticks,
                "CertificateChain": [
                    {
                        "CertificateChainStatusFlags": "" if is_trusted else trouble,
                        "DerCertificate": base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
                        if certificate
                        else "",
                    }
                ],
            },
        },
        "CertificateSubjectType": "LegalEntity",
    }
    if certificate is not None:
        view |= _certificate_view(certificate)
    return json_answer(view)


def get_documents(world: World, request: Request) -> Answer:
    """A page of documents by a filter. Source: fact 13.5."""
    box = world.my_box(request, request.required("boxId"))
    selection = Selection.read(world, request)
    rows = [
        (position, message, document)
        for position, (message, document) in enumerate(_documents_of(world, box), start=1)
        if selection.takes(message, document, box)
    ]
    if selection.is_descending:
        rows.reverse()
    page = selection.page(rows)
    views = [
        {**document_view(world, message, document, box), "IndexKey": index_key(position)}
        for position, message, document in page
    ]
    return json_answer({"TotalCount": len(rows), "Documents": views, "HasMoreResults": len(page) < len(rows)})


def get_documents_by_custom_id(world: World, request: Request) -> Answer:
    """All documents that were sent under an id of ours: the way back after a lost answer. Source: fact 13.7."""
    box = world.my_box(request, request.required("boxId"))
    wanted = request.required("customDocumentId")
    found = [(one, document) for one, document in _documents_of(world, box) if document.custom_document_id == wanted]
    return _list(world, found, box)


def find_document(world: World, request: Request, parameter: str) -> tuple[str, Message, Document]:
    """The document a request names.

    Raises:
        Refusal: 404, this box sees no such document.
    """
    box = world.my_box(request, request.required("boxId"))
    message = world.message(box, request.required("messageId"))
    document = document_of(message, request.required(parameter).lower())
    if document is None or not _is_seen(message, document, box):
        raise Refusal(404, "Document is not found")
    return box, message, document


def _find_entity(world: World, request: Request) -> tuple[str, Message, Entity]:
    box = world.my_box(request, request.required("boxId"))
    message = world.message(box, request.required("messageId"))
    wanted = request.required("entityId").lower()
    entity = next((one for one in visible_entities(message, box) if one.entity_id == wanted), None)
    if entity is None:
        raise Refusal(404, "Entity is not found")
    return box, message, entity


def _documents_of(world: World, box: str) -> list[tuple[Message, Document]]:
    return [
        (message, document)
        for message in world.state.messages.values()
        if box in (message.from_box, message.to_box) and not message.is_draft
        for document in message.documents
        if _is_seen(message, document, box)
    ]


def _is_seen(message: Message, document: Document, box: str) -> bool:
    return message.from_box == box or bool(document.delivered)


def _list(world: World, found: list[tuple[Message, Document]], box: str) -> Answer:
    views = [document_view(world, message, document, box) for message, document in found]
    return json_answer({"TotalCount": len(found), "Documents": views})


def _certificate_view(certificate: Certificate) -> Json:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    inns = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return {
        "Thumbprint": certificate.fingerprint(certificate.signature_hash_algorithm).hex().upper()[:40]
        if certificate.signature_hash_algorithm
        else "",
        "SerialNumber": f"{certificate.serial_number:X}",
        "Issuer": certificate.issuer.rfc4514_string(),
        "StartDate": f"{certificate.not_valid_before_utc:%d.%m.%y}",
        "EndDate": f"{certificate.not_valid_after_utc:%d.%m.%y}",
        "OrgName": str(names[0].value) if names else "",
        "OrgInn": str(inns[0].value) if inns else "",
    }
