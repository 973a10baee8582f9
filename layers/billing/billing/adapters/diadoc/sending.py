"""What we ask to make titles and to send documents."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence

from billing.adapters.diadoc import reading, wire
from billing.adapters.diadoc.asking import Asking
from billing.adapters.diadoc.file_names import file_name, title_name
from billing.adapters.diadoc.http import XML, Call
from billing.adapters.diadoc.ids import box_id
from billing.adapters.diadoc.kinds import offers
from billing.adapters.troubles import Trouble
from billing.domain.edo_reasons import Reason
from billing.domain.edo_signer import Power, PowerWay
from billing.ports_edo import (
    BadDocumentError,
    Cms,
    EdoKind,
    KindOffer,
    NeedsPersonError,
    OddAnswerError,
    Outgoing,
    PersonSigns,
    Posted,
    Signature,
    StopTheRunError,
    TestSignature,
    Title,
)


class Sending(Asking):
    """Kinds, titles, the shelf, messages."""

    _is_test: bool | None = None

    def kinds(self) -> Sequence[KindOffer]:
        """Every function and version that our box may send. Source: Diadoc API, GetDocumentTypes."""
        answer = self._get("/V3/GetDocumentTypes", {"boxId": self._box}, ours=True)
        return [offer for found in reading.rows(answer.get("DocumentTypes")) for offer in offers(found)]

    def make_title(self, kind: EdoKind, contract: bytes) -> Title:
        """The sender's title that Diadoc makes of a user contract: exactly these bytes are signed.

        They are in windows-1251 and are never decoded here.

        Raises:
            BadDocumentError: the contract does not fit, with Diadoc's words in `said`.

        Source: Diadoc API, GenerateTitleXml.
        """
        answer = self._http.ask(Call(
            method="POST", path="/GenerateTitleXml", body=contract, content_type=XML, expects="bytes",
            query={"boxId": self._box, "documentTypeNamedId": kind.type, "documentFunction": kind.function,
                   "documentVersion": kind.version, "titleIndex": "0"}))
        name = title_name(answer.body)
        if name is None:
            raise OddAnswerError(Trouble.BAD_FILE)
        return Title(content=answer.body, file_name=name or file_name(answer.headers) or "title.xml")

    def put_on_shelf(self, content: bytes, *, extension: str) -> str:
        """The name under which the content lies for 7 days.

        Source: Diadoc API, ShelfUpload V2, ShelfUploadPartInit, ShelfUploadPart.
        """
        size = self._api.shelf_part_bytes
        if not content or len(content) > self._api.shelf_max_bytes:
            raise BadDocumentError(Trouble.EMPTY_FILE)
        query = {"fileExtension": extension} if extension else {}
        if len(content) <= size:
            return self._shelf_name(self._upload("/V2/ShelfUpload", query, content))
        parts = [content[start:start + size] for start in range(0, len(content), size)]
        name = self._shelf_name(self._upload("/ShelfUploadPartInit", query, parts[0]))
        missing = list(range(1, len(parts)))
        for _ in range(self._api.shelf_rounds):
            left = b""
            for place, index in enumerate(missing):
                last = "true" if place == len(missing) - 1 else "false"
                left = self._upload("/ShelfUploadPart", {"fileName": name, "partIndex": str(index), "isLastPart": last},
                                    parts[index])
            missing = _missing_parts(left, len(parts))
            if not missing:
                return name
        raise OddAnswerError(Trouble.SHELF_PARTS)

    def _upload(self, path: str, query: Mapping[str, str], part: bytes) -> bytes:
        return self._http.ask(Call(method="POST", path=path, query=query, body=part, expects="bytes")).body

    def _shelf_name(self, body: bytes) -> str:
        name = body.decode("utf-8", "replace").strip().strip('"')
        if not name or len(name) > 500 or "<" in name:
            raise OddAnswerError(Trouble.UNREADABLE)
        return name

    def post(self, to_box: str, documents: Sequence[Outgoing], *, operation: str, department: str = "") -> Posted:
        """The message is in our box; whether it is delivered is read later. Repeated, it is the first message again.

        Contents that are too large for the request are put on the shelf first. Documents that a person signs go unsent.

        Raises:
            StillRunningError: the first call with this operation still runs.
            LostAnswerError: the message may be there: repeat with the same operation.
            NotPartnersError, RoamingRequestNeededError, BadDocumentError, NeedsPersonError: see there.

        Source: Diadoc API, PostMessage, operationId; SDK issues 138 and 469 on lost answers.
        """
        if not 0 < len(documents) <= self._api.documents_max:
            raise BadDocumentError(Trouble.TOO_MANY_DOCUMENTS)
        by_person = [isinstance(document.signature, PersonSigns) for document in documents]
        if any(by_person) and not all(by_person):
            raise BadDocumentError(Trouble.MIXED_SIGNATURES)
        body: wire.MessageToPost = {"FromBoxId": self._box, "ToBoxId": box_id(to_box),
                                    "DocumentAttachments": [self._attachment(document) for document in documents]}
        if department:
            body["ToDepartmentId"] = department
        if all(by_person):
            body["DelaySend"] = True
        answer = self._post("/V3/PostMessage", {"operationId": operation}, body, changes=True)
        message = reading.done(answer.get("MessageId"), "MessageId")
        found = {reading.text(root["DocumentInfo"].get("CustomDocumentId")): reading.text(root.get("EntityId"))
                 for root in reading.roots(reading.rows(answer.get("Entities")))}
        wanted = {document.custom_id for document in documents}
        if not wanted <= found.keys():
            raise NeedsPersonError(Trouble.OTHER_MESSAGE)
        return Posted(message=message, documents={custom_id: found[custom_id] for custom_id in wanted})

    def _attachment(self, document: Outgoing) -> wire.DocumentAttachment:
        made: wire.DocumentAttachment = {**_kind(document.kind), "CustomDocumentId": document.custom_id,  # type: ignore[typeddict-item]
                                         "SignedContent": self._content(document)}
        if document.kind.workflow is not None:
            made["WorkflowId"] = document.kind.workflow
        if document.metadata:
            made["Metadata"] = _pairs(document.metadata)
        if document.wants_answer:
            made["NeedRecipientSignature"] = True
        if document.refers_to:   # a document of the same message is named by its custom id, with no message
            made["InitialDocumentIds"] = [{"MessageId": "", "EntityId": other} for other in document.refers_to]
        return made

    def _content(self, document: Outgoing) -> wire.SignedContent:
        made: wire.SignedContent
        if len(document.content) > self._api.inline_max_bytes:
            made = {"NameOnShelf": self.put_on_shelf(document.content, extension="")}
        else:
            made = {"Content": _base64(document.content)}
        made.update(self._signature(document.signature, document.power))
        return made

    def _signature(self, signature: Signature, power: Power) -> wire.SignedContent:
        made: wire.SignedContent = {}
        if isinstance(signature, Cms):
            made["Signature"] = _base64(signature.der)
        elif isinstance(signature, TestSignature):
            if not self._box_is_test():
                raise StopTheRunError(Trouble.TEST_SIGNATURE, reason=Reason.NO_SIGNER)
            made["SignWithTestSignature"] = True
        if power.way is not PowerWay.NONE and not isinstance(signature, TestSignature):
            made["PowerOfAttorney"] = power_json(power)
        return made

    def _box_is_test(self) -> bool:
        if self._is_test is None:
            self._is_test = self.our_box().test
        return self._is_test


def _kind(kind: EdoKind) -> dict[str, str]:
    named = {"TypeNamedId": kind.type, "Function": kind.function, "Version": kind.version}
    return {name: value for name, value in named.items() if value}


def _pairs(pairs: Sequence[tuple[str, str]]) -> list[wire.MetadataItem]:
    """Keys and values; an empty value is an error at Diadoc, so its key is left out."""
    return [{"Key": key, "Value": value} for key, value in pairs if value]


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")


def power_json(power: Power) -> wire.PowerOfAttorneyToPost:
    """A power of attorney in exactly one of its ways. Source: Diadoc API, PowerOfAttorneyToPost."""
    made: wire.PowerOfAttorneyToPost = {"UseDefault": power.way is PowerWay.DEFAULT}
    if power.way is PowerWay.NUMBER:
        made["FullId"] = {"RegistrationNumber": power.number, "IssuerInn": power.issuer_inn}
        if power.representative_inn:
            made["FullId"]["RepresentativeInn"] = power.representative_inn
    elif power.way is PowerWay.IN_DOCUMENT:
        made["UseDocumentContent"] = True
    if power.as_file and power.way in (PowerWay.DEFAULT, PowerWay.NUMBER):
        made["SendAsFile"] = True
    return made


def _missing_parts(body: bytes, parts: int) -> list[int]:
    """Indexes that the shelf still wants, the last of them to be sent last; none when it says nothing."""
    if not body.strip():
        return []
    try:
        found = json.loads(body)
    except ValueError as error:
        raise OddAnswerError(Trouble.UNREADABLE) from error
    return sorted({index for index in found if isinstance(index, int) and 0 < index < parts}) \
        if isinstance(found, list) else []
