"""What we ask to give a receipt of what the recipient has answered."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

from billing.adapters.diadoc import wire
from billing.adapters.diadoc.file_names import file_name, title_name
from billing.adapters.diadoc.http import Call
from billing.adapters.diadoc.sending import Sending
from billing.adapters.diadoc.titles.parts import service_signer
from billing.adapters.troubles import Trouble
from billing.domain.edo_signer import Power, PowerWay, SignerPerson
from billing.ports_edo import OddAnswerError, Signature, Title


class Receipts(Sending):
    """Receipts of entities of a message, the recipient's title for one."""

    def make_receipt(self, message: str, entity: str, *, signer: SignerPerson) -> Title:
        """The receipt that Diadoc makes: exactly these bytes are signed. Each time they are others.

        Raises:
            NeedsPersonError: no receipt can be made on that entity.
            BadDocumentError: the signer is not as it has to be.

        Source: Diadoc API, GenerateReceiptXml V2.
        """
        body: wire.ReceiptGenerationRequest = {"MessageId": message, "AttachmentId": entity,
                                               "SignerContent": b64encode(service_signer(signer)).decode("ascii")}
        answer = self._http.ask(Call(method="POST", path="/V2/GenerateReceiptXml", query={"boxId": self._box},
                                     json=body, expects="bytes"))
        name = title_name(answer.body)
        if name is None:
            raise OddAnswerError(Trouble.BAD_FILE)
        return Title(content=answer.body, file_name=name or file_name(answer.headers) or "receipt.xml")

    def give_receipt(self, message: str, entity: str, receipt: bytes, signature: Signature, *, power: Power,
                     operation: str) -> None:
        """The receipt is given, once for each operation.

        A power that a title names in itself is named beside the signature here: the format has no place for it.

        Source: Diadoc API, PostMessagePatch V4, ReceiptAttachment; PowerOfAttorneyToPost, UseDocumentContent.
        """
        if power.way is PowerWay.IN_DOCUMENT:
            power = replace(power, way=PowerWay.NUMBER)
        signed: wire.SignedContent = {"Content": b64encode(receipt).decode("ascii")}
        signed.update(self._signature(signature, power))
        row: wire.ReceiptAttachment = {"ParentEntityId": entity, "SignedContent": signed}
        self._post("/V4/PostMessagePatch", {"operationId": operation},
                   {"BoxId": self._box, "MessageId": message, "Receipts": [row]}, changes=True)
