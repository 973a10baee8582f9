"""Print forms, the protocol of signatures and the archive: asked for, not ready, ready. Source: facts 15.1-15.3."""

from __future__ import annotations

import base64
import io
import zipfile

from local.diadoc import shelf
from local.diadoc.http_shapes import Answer, Refusal, Request, come_back_later, file_answer, json_answer
from local.diadoc.message_records import Document, Entity, Message
from local.diadoc.reading import find_document
from local.diadoc.world import World

_RETRY_AFTER_S = 2
_NOT_PRINTED = (".zip", ".rar", ".7z", ".exe", ".sig", ".sgn")
_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)


def generate_print_form(world: World, request: Request) -> Answer:
    """The PDF of a document. Source: facts 15.1, 15.2."""
    _, message, document = find_document(world, request, "documentId")
    if document.file_name.lower().endswith(_NOT_PRINTED):
        raise Refusal(409, "Generating print form for this type of document is not supported")
    if not _is_ready(world, document):
        return come_back_later(_RETRY_AFTER_S, status=world.state.settings.print_not_ready_status)
    return file_answer(_print_form(message, document), f"{document.title or document.file_name}.pdf", "application/pdf")


def generate_document_protocol(world: World, request: Request) -> Answer:
    """The print form of the protocol with its signature. Source: fact 15.3."""
    _, message, document = find_document(world, request, "documentId")
    if not _is_ready(world, document):
        return come_back_later(_RETRY_AFTER_S, status=world.state.settings.print_not_ready_status)
    form = _print_form(message, document)
    signature = world.authority.issue(owner="Operator").sign(form)
    return json_answer({"PrintForm": _base64(form), "Signature": _base64(signature)})


def generate_document_zip(world: World, request: Request) -> Answer:
    """Put an archive of the document and its signatures on the shelf. Source: facts 15.3, 15.4."""
    _, message, document = find_document(world, request, "documentId")
    if not _is_ready(world, document):
        if world.state.settings.print_not_ready_status == 204:
            return come_back_later(_RETRY_AFTER_S, status=204)
        answer = json_answer({"ZipFileNameOnShelf": ""})
        answer.headers["Retry-After"] = str(_RETRY_AFTER_S)
        return answer
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, entity in enumerate(_family(message, document), start=1):
            name = entity.file_name or f"{number}.sgn"
            archive.writestr(zipfile.ZipInfo(f"{number:02d}_{name}", _FIRST_DAY_OF_ZIP), entity.content)
        archive.writestr(zipfile.ZipInfo("protocol.pdf", _FIRST_DAY_OF_ZIP), _print_form(message, document))
    return json_answer({"ZipFileNameOnShelf": f"__userId__/{shelf.put(world, packed.getvalue(), 'zip')}"})


def pdf_of(lines: list[str]) -> bytes:
    """A small PDF of one page with these lines; what is not Latin is shown as a question mark."""
    shown = [line.encode("ascii", "replace").decode().translate(_ESCAPED) for line in lines]
    text = "BT /F1 11 Tf 50 790 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in shown) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


_ESCAPED = str.maketrans({"(": "\\(", ")": "\\)", "\\": "\\\\"})


def _is_ready(world: World, document: Document) -> bool:
    document.print_asked += 1
    return document.print_asked > world.state.settings.print_polls


def _print_form(message: Message, document: Document) -> bytes:
    return pdf_of([f"{document.type_named_id} {message.message_id}", document.entity_id, *document.metadata.values()])


def _family(message: Message, document: Document) -> list[Entity]:
    """The document and all that hangs on it."""
    known = {document.entity_id}
    family = []
    for entity in message.entities:
        if entity.entity_id in known or entity.parent_id in known:
            known.add(entity.entity_id)
            family.append(entity)
    return family


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
