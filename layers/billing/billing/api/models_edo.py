"""What our own people are told of the exchange of documents, and what they say about it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from billing.api.models import Answer, Asked
from billing.domain.edo import RoamingRequest


class ForPerson(Answer):
    """What waits for a person in the EDO, why, and what to do.

    `title` and `name`: the document and the client in words. `button`: what may be done about the document at once.
    `kpp`, empty for an entrepreneur, is told when a person may decide about the payer whose `inn` it goes with.
    """

    subject: str
    reason: str
    text: str
    remedy: str
    detail: str
    account: str
    document: str
    inn: str
    kpp: str | None
    title: str
    name: str
    button: Literal["seen", "again", "sign", ""]
    since: str


class People(Answer):
    people: list[ForPerson]
    cursor: str


class PayerDecided(Asked):
    """What a person has decided about a payer; an empty `box` or `said` takes back what was said before.

    `said`: the exchange is there without our knowing (accepted), or the payer is not to be invited (leave).
    """

    kpp: Annotated[str, StringConstraints(pattern=r"^([0-9A-Z]{9})?$")] = ""
    box: Annotated[str, StringConstraints(max_length=36)] | None = None
    said: Literal["accepted", "leave", ""] | None = None
    roaming_request: Literal["none", "filed", "done"] | None = None


class Payer(Answer):
    """A payer as a person has left him: the next pass of the invitations acts on it. `box`: the one that was named."""

    inn: str
    kpp: str
    name: str
    box: str = Field(validation_alias="box_said")
    said: str
    roaming_request: RoamingRequest


class DocumentSeen(Asked):
    """The document of a line of the list whose reason is an end: refused, disagreed or annulled."""

    account: Annotated[str, StringConstraints(max_length=120)]
    document: Annotated[str, StringConstraints(max_length=120)]


class DocumentAgain(Asked):
    """The document to prepare, sign and send again: one that has failed, or that nobody has accepted yet."""

    account: Annotated[str, StringConstraints(max_length=120)]
    document: Annotated[str, StringConstraints(max_length=120)]


class GoesAgain(Answer):
    """The number of the attempt under which the document is on its way."""

    attempt: int


class EndSeen(Answer):
    """The end that was seen: the line comes back only with another reason."""

    reason: str
    text: str


class EdoReason(Answer):
    """A reason with its words and what a person does about it, in Russian."""

    reason: str
    said: str
    remedy: str


class EdoCount(EdoReason):
    """How many documents stand for that reason."""

    documents: int


class EdoLine(EdoReason):
    """A document that stands, and why. `detail`: what the operator said."""

    account: str
    document: str
    inn: str
    who: str
    detail: str


class EdoFinding(EdoReason):
    """What is in the way on our side."""

    severity: str
    detail: str


class Preflight(Answer):
    """The latest look ahead. `done`: false while it is being made; `lines`: the first of those that are not ready."""

    window: str
    day: date
    done: bool
    ready: int
    not_ready: int
    counts: list[EdoCount]
    lines: list[EdoLine]
    findings: list[EdoFinding]


class Window(Answer):
    """A window as it stands: documents at the operator by stage; what is `left`, why, and when that was counted."""

    window: str
    stages: dict[str, int]
    left: int
    counts: list[EdoCount]
    lines: list[EdoLine]
    at: str
