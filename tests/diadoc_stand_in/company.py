"""A small world to talk in: our company, a client, and the ordinary ways to send something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local.diadoc import DiadocStandIn
from tests.diadoc_stand_in.talk import (
    MOSCOW,
    UTD_PARAMETERS,
    Clock,
    Talk,
    base64_of,
    contract_file,
    log_in,
    utd_contract,
)

OUR_INN, CLIENT_INN = "7705552211", "7806667787"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A document that was sent."""

    message_id: str
    entity_id: str
    content: bytes
    answer: dict[str, Any]


class Company:
    """Ours, called by `robot`; the client's, called by `client`."""

    def __init__(self, diadoc: DiadocStandIn, clock: Clock) -> None:
        self.diadoc, self.clock = diadoc, clock
        self.ours = diadoc.add_organization(inn=OUR_INN, full_name="ООО «Ромашка Софт»", address=MOSCOW)
        self.client = diadoc.add_organization(inn=CLIENT_INN, full_name="ООО «Василёк»", address=MOSCOW)
        diadoc.add_user(name="robot", boxes=[self.ours.box_id])
        diadoc.add_user(name="client", boxes=[self.client.box_id])
        self.talk: Talk = log_in(diadoc, "robot")
        self.client_talk: Talk = log_in(diadoc, "client")

    @property
    def box(self) -> str:
        return self.ours.box_id

    @property
    def other(self) -> str:
        return self.client.box_id

    def signed(self, content: bytes = b"%PDF-1.4 contract", **more: Any) -> dict[str, Any]:
        """A `SignedContent` with a signature that will be found valid."""
        signature = base64_of(self.diadoc.sign(content=content))
        return {"Content": base64_of(content), "Signature": signature, "PowerOfAttorney": {"UseDefault": True}, **more}

    def title(self, **changes: str) -> bytes:
        """The title of an act, made by the operator's generator."""
        contract = utd_contract(self.box, self.other, **changes)
        answer = self.talk.send("/GenerateTitleXml", contract, boxId=self.box, **UTD_PARAMETERS)
        assert answer.status_code == 200, answer.text
        return answer.content

    def act(self, title: bytes | None = None, **more: Any) -> dict[str, Any]:
        """A `DocumentAttachment` with a formal act."""
        kind = {"TypeNamedId": "UniversalTransferDocument", "Function": "ДОП", "Version": "utd970_05_03_01"}
        return {**kind, "SignedContent": self.signed(title if title is not None else self.title()), **more}

    def message(self, *attachments: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A `MessageToPost`; without attachments it carries one contract."""
        rows = list(attachments) or [contract_file(self.signed())]
        return {"FromBoxId": self.box, "ToBoxId": self.other, "DocumentAttachments": rows, **more}

    def send(self, *attachments: dict[str, Any], **more: Any) -> Sent:
        """Post a message; what it answers is about its first document."""
        message = self.message(*attachments, **more)
        answer = self.talk.post("/V3/PostMessage", message)
        assert answer.status_code == 200, answer.text
        document = next(one for one in answer.json()["Entities"] if "DocumentInfo" in one)
        return Sent(
            message_id=answer.json()["MessageId"],
            entity_id=document["EntityId"],
            content=b"",
            answer=answer.json(),
        )

    def deliver(self, *attachments: dict[str, Any], **more: Any) -> Sent:
        """Post a message and wait until the recipient has it."""
        sent = self.send(*attachments, **more)
        self.clock.pass_by(21)
        return sent

    def document(self, sent: Sent, *, talk: Talk | None = None, box: str = "") -> dict[str, Any]:
        """The card of a document as it is now."""
        answer = (talk or self.talk).get(
            "/V3/GetDocument", boxId=box or self.box, messageId=sent.message_id, entityId=sent.entity_id
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def whole(self, sent: Sent) -> dict[str, Any]:
        """The message as it is now."""
        return self.talk.get("/V6/GetMessage", boxId=self.box, messageId=sent.message_id).json()

    def close(self) -> None:
        self.talk.close()
        self.client_talk.close()
