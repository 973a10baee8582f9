"""Receipts: who may give one on what, their XML, and what becomes of them. Source: facts 14.3, 14.5-14.9."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from local.diadoc import pipeline
from local.diadoc.http_shapes import Answer, Refusal, Request, file_answer
from local.diadoc.message_records import Document, Entity, Message
from local.diadoc.records import Organization
from local.diadoc.signed_content import Signature
from local.diadoc.workflow import RECIPIENT_TITLES, new_entity
from local.diadoc.world import World
from local.diadoc.xml import MalformedXmlError, element, leaf, parse, windows_1251

_KND = "1115110"
_POSITIONS = ("Employee", "Certificate", "Manual")
_CODES = {"SignerStatus": "123", "SignatureType": "123", "MethodOfProviding": "12"}


def generate_receipt(world: World, request: Request) -> Answer:
    """The XML of a receipt, with another name each time. Source: facts 14.5, 14.7."""
    box = world.my_box(request, request.required("boxId"))
    asked = request.document("ReceiptGenerationRequestV2")
    for name in ("MessageId", "AttachmentId", "SignerContent"):
        if not isinstance(asked.get(name), str) or not asked[name]:
            raise Refusal(400, f"receiptGenerationRequest.{name} must be specified")
    message = world.message(box, asked["MessageId"])
    _, received = _expected(message, asked["AttachmentId"].lower(), box)
    signer = read_signer(asked["SignerContent"])
    name, content = receipt_of(world, message, received, box, signer)
    return file_answer(content, f"{name}.xml", "application/xml")


def read_signer(content: str) -> Any:
    """Who signs, of base64 of XML.

    Raises:
        Refusal: 400, it is not as the instruction on service documents has it. Source: fact 14.6.
    """
    try:
        root = parse(base64.b64decode(content, validate=True))
    except (binascii.Error, ValueError, MalformedXmlError) as problem:
        raise _bad(str(problem)) from problem
    if root.tag != "Signer":
        raise _bad("the root element must be Signer")
    for one in root.iter():
        for name, values in _CODES.items():
            if one.get(name) is not None and one.get(name) not in values:
                raise _bad(f"@{name}={one.get(name)}")
    name, position, power = root.find("Fio"), root.find("Position"), root.find("PowerOfAttorney")
    if name is None or not name.get("LastName") or not name.get("FirstName"):
        raise _bad("Fio is required")
    if position is not None and position.get("PositionSource") not in _POSITIONS:
        raise _bad("Position needs PositionSource")
    if (root.get("SignerStatus") == "2") != (power is not None):
        raise _bad("SignerStatus 2 goes with PowerOfAttorney")
    if power is not None:
        _check_power(power)
    return root


def _check_power(power: Any) -> None:
    electronic = power.find("Electronic")
    if electronic is None or not electronic.get("MethodOfProviding"):
        raise _bad("Electronic needs MethodOfProviding")
    storage, manual = electronic.find("Storage"), electronic.find("Manual")
    if (storage is None) == (manual is None):
        raise _bad("exactly one of Storage, Manual")
    if manual is not None and not (manual.get("RegistrationNumber") and manual.get("RegistrationDate")):
        raise _bad("Manual needs RegistrationNumber and RegistrationDate")
    if storage is not None:
        full_id = storage.find("FullId")
        if storage.get("UseDefault") not in ("true", "false"):
            raise _bad("Storage needs UseDefault")
        if (storage.get("UseDefault") == "true") == (full_id is not None):
            raise _bad("FullId is needed where no default power is used")
        if full_id is not None and not (full_id.get("RegistrationNumber") and full_id.get("IssuerInn")):
            raise _bad("FullId needs RegistrationNumber and IssuerInn")


def receipt_of(world: World, message: Message, received: Entity, box: str, signer: Any) -> tuple[str, bytes]:
    """The name and the XML of a receipt; a sketch of the format of order ЕД-7-26/133@."""
    giver = world.state.organizations[box]
    other = world.state.organizations[message.to_box if box == message.from_box else message.from_box]
    now, guid = world.moscow_now, world.new_id("receipt")
    name = f"DP_IZVPOL_{other.fns_participant_id}_{giver.fns_participant_id}_{now:%Y%m%d}_{guid}"
    signature = next((one for one in message.entities if one.parent_id == received.entity_id), received)
    fio = signer.find("Fio")
    document = element(
        "Документ",
        {"КНД": _KND},
        _party("УчастЭДО", giver),
        element(
            "СвИзвПолуч",
            {"ДатаПол": f"{now:%d.%m.%Y}", "ВремяПол": f"{now:%H.%M.%S}"},
            element(
                "СведПолФайл",
                {"ИмяПолФайла": received.file_name.rpartition(".")[0] or received.file_name},
                leaf("ЭППолФайл", base64.b64encode(signature.content[:30]).decode()),
            ),
        ),
        _party("ОтпрДок", other),
        element(
            "Подписант",
            {"СтатПодп": signer.get("SignerStatus") or "1", "Должн": signer.findtext("Position")},
            element(
                "ФИО",
                {"Фамилия": fio.get("LastName"), "Имя": fio.get("FirstName"), "Отчество": fio.get("MiddleName")},
            ),
        ),
    )
    root = element("Файл", {"ИдФайл": name, "ВерсФорм": "1.03", "ВерсПрог": "Diadoc 1.0"}, document)
    return name, windows_1251(root)


def _party(tag: str, who: Organization) -> Any:
    legal = element("ЮЛ", {"НаимОрг": who.full_name, "ИННЮЛ": who.inn, "КПП": who.kpp})
    return element(tag, {"ИдУчастЭДО": who.fns_participant_id}, legal)


def give_receipt(
    world: World, message: Message, parent: str, box: str, content: bytes, signature: Signature
) -> list[str]:
    """One side confirms that it got what the other has sent. A bad signature is found, and the receipt is still due.

    Raises:
        Refusal: 404 no such entity, 409 no receipt is expected on it from this box, 400 the XML is no receipt of it.
            Source: facts 14.3, 14.8, 14.9.
    """
    document, received = _expected(message, parent, box)
    _check_receipt(content, received)
    is_sender = box == message.from_box
    kind = "Receipt" if is_sender else "InvoiceReceipt"
    receipt = new_entity(world, received.entity_id, kind, content, "Receipt.xml", box)
    message.entities.append(receipt)
    signed = pipeline.add_signature(world, message, receipt.entity_id, signature, box)
    if pipeline.check_signature(world, message, signed).holds:
        if is_sender:
            document.sender_receipt = "Finished"
        else:
            document.recipient_receipt = "Finished"
    document.modified = world.ticks
    return [receipt.entity_id, signed.entity_id]


def _expected(message: Message, entity_id: str, box: str) -> tuple[Document, Entity]:
    """The document and the part of it that the box has got and has to confirm.

    Raises:
        Refusal: 404, there is no such entity; 409, the box owes no receipt on it.
    """
    entity = next((one for one in message.entities if one.entity_id == entity_id), None)
    if entity is None:
        raise Refusal(404, f"Entity {entity_id} is not found in message {message.message_id}")
    for document in message.documents:
        on_title = entity.attachment_type in RECIPIENT_TITLES and entity.parent_id == document.entity_id
        if box == message.from_box and on_title and document.sender_receipt == "HaveToCreateReceipt":
            return document, entity
        is_it = entity_id == document.entity_id
        if box == message.to_box and is_it and document.recipient_receipt == "WaitingForReceipt":
            return document, entity
    raise Refusal(409, "Receipt is not expected")


def _check_receipt(content: bytes, received: Entity) -> None:
    try:
        document = parse(content).find("Документ")
    except MalformedXmlError as problem:
        raise Refusal(400, f"Receipt is not well-formed: {problem}") from problem
    about = None if document is None else document.find("СвИзвПолуч/СведПолФайл")
    if about is None or document.get("КНД") != _KND:
        raise Refusal(400, "Content is not a receipt")
    if about.get("ИмяПолФайла") != (received.file_name.rpartition(".")[0] or received.file_name):
        raise Refusal(400, "Receipt is about another file")


def _bad(what: str) -> Refusal:
    return Refusal(400, f"Invalid SignerContent: {what}")
