"""The surface: which method and path is answered by what."""

from __future__ import annotations

from collections.abc import Callable

from local.diadoc import (
    authentication,
    cloud_signing,
    document_types,
    events,
    organizations,
    partner_endpoints,
    patches,
    posting,
    printing,
    reading,
    receipts,
    shelf,
    titles,
)
from local.diadoc.http_shapes import Answer, Request
from local.diadoc.world import World

Endpoint = Callable[[World, Request], Answer]
TOKEN_PATH = "connect/token"

_TABLE: tuple[tuple[str, str, Endpoint], ...] = (
    ("POST", "connect/token", authentication.give_token),
    ("GET", "GetMyOrganizations", organizations.get_my_organizations),
    ("POST", "V2/GetOrganizationsByInnList", organizations.get_organizations_by_inn_list),
    ("GET", "GetRoamingOperators", organizations.get_roaming_operators),
    ("POST", "SearchFnsParticipants", organizations.search_fns_participants),
    ("POST", "GetOrCreateRoamingOrganizationByFnsParticipantId", organizations.roaming_organization),
    ("POST", "V3/AcquireCounteragent", partner_endpoints.acquire_counteragent),
    ("GET", "V3/AcquireCounteragentResult", partner_endpoints.acquire_counteragent_result),
    ("GET", "V3/GetCounteragent", partner_endpoints.get_counteragent),
    ("GET", "V3/GetCounteragents", partner_endpoints.get_counteragents),
    ("GET", "V1/GetCounteragentEvents", partner_endpoints.get_counteragent_events),
    ("GET", "V3/GetDocumentTypes", document_types.get_document_types),
    ("POST", "GenerateTitleXml", titles.generate_title_xml),
    ("POST", "V3/PostMessage", posting.post_message),
    ("POST", "V4/PostMessagePatch", patches.post_message_patch),
    ("POST", "V2/ShelfUpload", shelf.shelf_upload),
    ("POST", "ShelfUploadPartInit", shelf.shelf_upload_part_init),
    ("POST", "ShelfUploadPart", shelf.shelf_upload_part),
    ("GET", "V2/ShelfDownload", shelf.shelf_download),
    ("POST", "DssSign", cloud_signing.dss_sign),
    ("GET", "DssSignResult", cloud_signing.dss_sign_result),
    ("GET", "V8/GetNewEvents", events.get_new_events),
    ("GET", "V3/GetDocument", reading.get_document),
    ("GET", "V6/GetMessage", reading.get_message),
    ("GET", "V4/GetEntityContent", reading.get_entity_content),
    ("GET", "GetSignatureInfo", reading.get_signature_info),
    ("GET", "V3/GetDocuments", reading.get_documents),
    ("GET", "GetDocumentsByCustomId", reading.get_documents_by_custom_id),
    ("GET", "GeneratePrintForm", printing.generate_print_form),
    ("GET", "GenerateDocumentProtocol", printing.generate_document_protocol),
    ("GET", "GenerateDocumentZip", printing.generate_document_zip),
    ("POST", "V2/GenerateReceiptXml", receipts.generate_receipt),
)

ROUTES: dict[str, dict[str, Endpoint]] = {}
for _verb, _path, _endpoint in _TABLE:
    ROUTES.setdefault(_path.lower(), {})[_verb] = _endpoint

# Methods that are gone: those that named organisations instead of boxes, and what newer versions replaced.
GONE = frozenset(
    {
        *("getorganizationsbyinnlist", "acquirecounteragent", "v2/acquirecounteragent", "acquirecounteragentresult"),
        *("getcounteragent", "v2/getcounteragent", "getcounteragents", "v2/getcounteragents", "breakwithcounteragent"),
        *("postmessage", "v2/postmessage", "postmessagepatch", "v2/postmessagepatch", "getnewevents"),
        *("v2/getnewevents", "v3/getnewevents", "shelfupload", "getdocumenttypes"),
    }
)
