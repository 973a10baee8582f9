"""GenerateTitleXml: a user contract in, a title out."""

from __future__ import annotations

from local.diadoc.document_types import RECONCILIATION, find_kind
from local.diadoc.http_shapes import Answer, Refusal, Request, file_answer
from local.diadoc.recipient_titles import build_utd_buyer_title
from local.diadoc.reconciliation_title import build_reconciliation_title
from local.diadoc.schemas import complaints
from local.diadoc.title_rules import BAD_CONTENT, check_by_schema
from local.diadoc.utd_title import build_utd_title
from local.diadoc.world import World
from local.diadoc.xml import MalformedXmlError, parse, windows_1251


def generate_title_xml(world: World, request: Request) -> Answer:
    """The title in windows-1251, its name in the header. Source: facts 9.1-9.8."""
    box = world.my_box(request, request.required("boxId"))
    function = request.asked("documentFunction")
    kind = find_kind(request.required("documentTypeNamedId"), function, request.asked("documentVersion"))
    index = request.asked("titleIndex") or "0"
    schema = dict(kind.schemas).get(f"{index}:usercontractxsd")
    if schema is None:
        raise Refusal(400, f"Title {index} of {kind.type_named_id} can not be generated")
    try:
        contract = parse(request.body)
    except MalformedXmlError as problem:
        raise Refusal(400, f"Request body is not an XML document: {problem}", code=BAD_CONTENT) from problem
    is_checked = not request.flag("disableValidation")
    found = complaints(schema, contract) if is_checked else []
    if found:
        raise Refusal(400, "User contract does not match the schema: " + "; ".join(found), code=BAD_CONTENT)
    now, guid = world.moscow_now, world.new_id("title")
    if index == "1":
        message = world.message(box, request.required("letterId"))
        sent = next((one for one in message.documents if one.entity_id == request.required("documentId")), None)
        if sent is None:
            raise Refusal(404, "Document is not found")
        original = next(one for one in message.entities if one.entity_id == sent.entity_id)
        name, root = build_utd_buyer_title(contract, parse(original.content), guid, now)
        return file_answer(windows_1251(root), f"{name}.xml", "application/xml")
    if kind.type_named_id == RECONCILIATION:
        name, root = build_reconciliation_title(world, contract, guid, now)
    else:
        if function and kind.function != "default" and contract.get("Function") != function:
            raise Refusal(400, f"Function of the user contract differs from {function}", code=BAD_CONTENT)
        name, root = build_utd_title(world, contract, guid, now)
    if is_checked:
        check_by_schema(kind, root)
    return file_answer(windows_1251(root), f"{name}.xml", "application/xml")
