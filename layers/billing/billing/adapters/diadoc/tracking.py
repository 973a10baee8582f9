"""What we ask to learn what became of documents, and to keep the evidence."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from billing.adapters.diadoc import reading
from billing.adapters.diadoc.asking import Asking, given
from billing.adapters.diadoc.file_names import file_name
from billing.adapters.diadoc.http import Call
from billing.adapters.diadoc.ids import ticks_of
from billing.adapters.diadoc.words import signature_trouble, written
from billing.adapters.troubles import Trouble
from billing.ports_edo import (
    AbsentError,
    EdoEvent,
    EdoFile,
    NeedsPersonError,
    OddAnswerError,
    RoamingRequestNeededError,
    StillRunningError,
    Tracked,
)

RECEIPTS = ("Receipt", "InvoiceReceipt")


class Tracking(Asking):
    """Events, documents, contents, print forms."""

    def events(self, cursor: str = "", *, since: datetime | None = None) -> Sequence[EdoEvent]:
        """Return the next events of outgoing documents, oldest first, at most `events_limit`.

        Without a cursor, start from the moment `since`. Incoming documents are not ours, and each would cost a call.
        Keys are opaque and hold characters that mean something in a URL.

        Source: Diadoc API, GetNewEvents, afterIndexKey, documentDirection (relative to our box).
        """
        query = {"boxId": self._box, "limit": str(self._api.events_limit), "documentDirection": "Outbound"} | given(
            afterIndexKey=cursor, timestampFromTicks=str(ticks_of(since)) if since and not cursor else "")
        answer = self._get("/V8/GetNewEvents", query, ours=True)
        return reading.each(reading.event, reading.rows(answer.get("Events")))

    def documents_of(self, message: str) -> Sequence[Tracked]:
        """Source: Diadoc API, GetMessage; the notice of a failed delivery is an entity of the message."""
        answer = self._get("/V6/GetMessage", self._ids(message))
        entities = reading.rows(answer.get("Entities"))
        found = []
        for root in reading.roots(entities):
            document: Any = {"MessageId": message, "EntityId": root.get("EntityId")} | {
                name: value for name, value in root["DocumentInfo"].items() if value not in (None, "")}
            known = reading.tracked(document, entities=entities)
            found.append(replace(known, receipt_of=_unconfirmed(known.news.entity, entities)))
        return found

    def by_custom_id(self, custom_id: str) -> Sequence[Tracked]:
        """Documents that carry our id: how one is found whose answer was lost.

        Source: Diadoc API, GetDocumentsByCustomId.
        """
        try:
            answer = self._get("/GetDocumentsByCustomId", {"boxId": self._box, "customDocumentId": custom_id})
        except AbsentError:
            return ()
        return [reading.tracked(found) for found in reading.rows(answer.get("Documents"))]

    def unfinished(self, cursor: str = "") -> tuple[Sequence[Tracked], str]:
        """A page of outgoing documents whose flow has not ended, and the cursor of the next; empty after the last.

        Source: Diadoc API, GetDocuments, filterCategory.
        """
        query = {"boxId": self._box, "filterCategory": "Any.OutboundNotFinished", "count": "100",
                 "sortDirection": "Ascending"} | given(afterIndexKey=cursor)
        found = reading.rows(self._get("/V3/GetDocuments", query, ours=True).get("Documents"))
        return reading.each(reading.tracked, found), reading.last_key(found)

    def content(self, message: str, entity: str) -> bytes:
        """Source: Diadoc API, GetEntityContent V4."""
        return self._bytes("/V4/GetEntityContent", message, entityId=entity).content

    def words(self, message: str, entity: str) -> str:
        """Source: Diadoc API, AttachmentType: XML of which the tax service says the form, or plain text."""
        return written(self.content(message, entity))

    def why_invalid(self, message: str, signature_entity: str) -> str:
        """Return what the check of a signature reported: its mathematics, its certificate, the certificate's chain.

        Source: Diadoc API, GetSignatureInfo.
        """
        info = self._get("/GetSignatureInfo", self._ids(message, entityId=signature_entity))
        result = reading.row(info.get("SignatureVerificationResult"))
        status = reading.row(result.get("CertificateStatus"))
        flags = [link.get("CertificateChainStatusFlags") for link in reading.rows(status.get("CertificateChain"))]
        return signature_trouble(signature=result.get("IsValid"), certificate=status.get("IsValid"), flags=flags)

    def print_form(self, message: str, entity: str) -> EdoFile:
        """The PDF of a document.

        Raises:
            StillRunningError: it is being made.
            AbsentError: this kind has none.

        Source: Diadoc API, GeneratePrintForm.
        """
        try:
            return self._bytes("/GeneratePrintForm", message, documentId=entity)
        except (StillRunningError, RoamingRequestNeededError):
            raise
        except NeedsPersonError as error:
            raise AbsentError(Trouble.NO_PRINT_FORM, error.said) from error

    def protocol(self, message: str, entity: str) -> tuple[EdoFile, EdoFile]:
        """The protocol of the document's signatures: the PDF and the operator's signature of it.

        Source: Diadoc API, GenerateDocumentProtocol.
        """
        answer = self._get("/GenerateDocumentProtocol", self._ids(message, documentId=entity))
        return (EdoFile(name=f"{entity}-protocol.pdf", content=_decoded(answer.get("PrintForm"))),
                EdoFile(name=f"{entity}-protocol.sig", content=_decoded(answer.get("Signature"))))

    def archive(self, message: str, entity: str) -> EdoFile:
        """Return all of the document's flow as a ZIP.

        The archive is named by its whole path on the shelf, `__userId__/name`; the shelf takes the name alone.

        Raises:
            StillRunningError: it is being made.

        Source: Diadoc API, GenerateDocumentZip, DocumentZipGenerationResult, ShelfDownload V2.
        """
        call = Call(method="GET", path="/GenerateDocumentZip",
                    query=self._ids(message, documentId=entity, fullDocflow="true"))
        answer = self._http.ask(call)
        name = reading.text(reading.row(answer.json).get("ZipFileNameOnShelf")).rpartition("/")[2]
        if not name:
            raise StillRunningError(Trouble.STILL_RUNNING,
                                    retry_after_s=answer.wait_s or self._settings.http.poll_s)
        body = self._http.ask(Call(method="GET", path="/V2/ShelfDownload", query={"fileName": name}, expects="bytes"))
        return EdoFile(name=f"{entity}.zip", content=body.body)

    def _ids(self, message: str, **query: str) -> dict[str, str]:
        return {"boxId": self._box, "messageId": message} | query

    def _bytes(self, path: str, message: str, **query: str) -> EdoFile:
        answer = self._http.ask(Call(method="GET", path=path, query=self._ids(message, **query), expects="bytes"))
        return EdoFile(name=file_name(answer.headers), content=answer.body)


def _unconfirmed(document: str, entities: Sequence[Mapping[str, Any]]) -> str:
    """The recipient's title without a receipt of ours, the only thing that a sender owes one on; empty: there is none.

    Source: Diadoc API, GenerateReceiptXml, SenderReceiptMetadata; the SDK's sample of receipts.
    """
    confirmed = {e.get("ParentEntityId") for e in entities if e.get("AttachmentType") in RECEIPTS}
    titles = [reading.text(e.get("EntityId")) for e in entities
              if e.get("EntityType") == "Attachment" and e.get("AttachmentType") in reading.RECIPIENT_TITLES
              and e.get("ParentEntityId") == document and e.get("EntityId") not in confirmed]
    return titles[-1] if titles else ""


def _decoded(value: object) -> bytes:
    try:
        if found := b64decode(reading.text(value), validate=True):
            return found
    except ValueError:
        pass
    raise OddAnswerError(Trouble.BAD_FILE)
