"""Service documents: requests to annul, refusals. Their XML is a sketch of the real formats."""

from __future__ import annotations

from local.diadoc.http_shapes import Answer, Refusal, Request, file_answer
from local.diadoc.message_records import Document
from local.diadoc.message_views import document_of
from local.diadoc.world import World
from local.diadoc.xml import element, leaf, windows_1251


def generate_revocation_request(world: World, request: Request) -> Answer:
    """The XML of a request to annul. Source: fact 14.1."""
    return _generate(world, request, ANNULMENT, "RevocationRequest", "Comment")


def generate_signature_rejection(world: World, request: Request) -> Answer:
    """The XML of a refusal to sign. Source: fact 14.2."""
    return _generate(world, request, NOTICE, "SignatureRejection", "ErrorMessage")


def service_document(kind: str, document: Document, text: str) -> bytes:
    """A service document about another one: a proposal to annul, or a notice that refuses or asks to clarify.

    Of the forms DP_PRANNUL and DP_UVUTOCH of the tax service only the place of the text. Source: fact 14.10.
    """
    outer, inner = _TEXTS[kind]
    about = element("СведФайл", {"ИмяФайла": document.file_name})
    said = element("Документ", {}, element(outer, {}, about, leaf(inner, text)))
    return windows_1251(element("Файл", {"ВерсПрог": "Diadoc 1.0"}, said))


ANNULMENT, NOTICE = "annulment", "notice"
_TEXTS = {ANNULMENT: ("СвПредАн", "ТекстПредАн"), NOTICE: ("СвУведУточ", "ТекстУведУточ")}


def _generate(world: World, request: Request, kind: str, name: str, text_field: str) -> Answer:
    box = world.my_box(request, request.required("boxId"))
    asked = request.document(f"{name}GenerationRequest")
    message = world.message(box, request.required("messageId"))
    document = document_of(message, request.required("attachmentId").lower())
    if document is None:
        raise Refusal(404, "Document is not found")
    text = str(asked.get(text_field) or "")
    if not text:
        raise Refusal(400, f"{text_field} must be specified")
    return file_answer(service_document(kind, document, text), f"{name}.xml", "application/xml")
