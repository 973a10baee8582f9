"""What the EDO's use cases need from outside: an operator, a signer, a store of secrets; and how those fail.

The family of an error says what the caller does next, as everywhere: UnavailableError is queued again (and says when),
NeedsPersonError is a line of the list for a person, StopTheRunError ends the run with an alarm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias

from billing.domain.documents import Document
from billing.domain.edo_boxes import Box, Operator, Partnership
from billing.domain.edo_fate import News
from billing.domain.edo_policy import EdoPolicy
from billing.domain.edo_reasons import Reason
from billing.domain.edo_signer import Power, SignerPerson
from billing.domain.errors import BillingError, ConflictError, InvalidInputError, NotFoundError, UnavailableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the operator answered to a call that failed: `trace` is what its support asks for."""

    status: int = 0
    code: str = ""
    text: str = ""
    trace: str = ""
    path: str = ""


class EdoError(BillingError):
    """Anything the operator or the signer refuses. `said` holds the answer, for people."""

    def __init__(self, message: str, said: Said | None = None) -> None:
        said = said or Said()
        marks = [
            f"{name} {value}"
            for name, value in (("HTTP", said.status), ("code", said.code), ("trace", said.trace))
            if value
        ]
        super().__init__(f"{message} ({', '.join(marks)})" if marks else message)
        self.said = said


class BusyError(EdoError, UnavailableError):
    """Nothing is broken; the same call is made again after `retry_after_s`."""

    def __init__(self, message: str, said: Said | None = None, *, retry_after_s: int = 60) -> None:
        super().__init__(message, said)
        self.retry_after_s = retry_after_s


class AwayError(BusyError):
    """The operator or the signer as a whole: not to be reached, or asked too often. Every other call waits too."""


class OddAnswerError(BusyError):
    """The answer to a question cannot be read; nothing has happened. It may well be so each time."""


class StillRunningError(BusyError):
    """The operator works on it: the same call again after `retry_after_s` gives the result."""


class LostAnswerError(BusyError):
    """The call may or may not have had its effect: only the same call with the same key may follow."""


class NeedsPersonError(EdoError, ConflictError):
    """A repeat gives the same answer; a person decides. `reason` goes to the list."""

    def __init__(self, message: str, said: Said | None = None, *, reason: Reason | None = None) -> None:
        super().__init__(message, said)
        self.reason = reason


class NotPartnersError(NeedsPersonError):
    """The recipient takes documents from partners only, and we are none (any more)."""


class RoamingRequestNeededError(NeedsPersonError):
    """A person has to file a request for roaming, once for this client."""


class BadDocumentError(EdoError, InvalidInputError):
    """The operator does not take the document or the request as it is; a repeat is of no use until it is changed."""


class StopTheRunError(EdoError):
    """No call can succeed now: login, subscription, rights to our own box, a method removed. The run ends, alarmed.

    `reason` goes to the list for a person; None: the answer's status says enough.
    """

    def __init__(self, message: str, said: Said | None = None, *, reason: Reason | None = None) -> None:
        super().__init__(message, said)
        self.reason = reason


class AbsentError(EdoError, NotFoundError):
    """There is no such thing at the operator."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A text in the store of secrets. `version` names this very value."""

    text: str
    version: str


class SecretMovedError(ConflictError):
    """Somebody else has written the secret since it was read."""


class Secrets(Protocol):
    """Texts that are read by few and written by one at a time."""

    def get(self, name: str) -> Secret:
        """Raises:
        UnavailableError: no answer.
        """
        ...

    def put(self, name: str, text: str, *, expect: str) -> str:
        """The text is stored if the secret is still at the version `expect`; the new version.

        Raises:
            SecretMovedError: it is not; nothing was written.
            UnavailableError: no answer; written or not.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What a certificate says. `thumbprint` is SHA-1 in upper-case hex, as operators write it."""

    subject: str
    serial: str
    thumbprint: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cms:
    """A detached signature, DER. `checked`: what could be verified here, of structure, dates, digest and signature."""

    der: bytes
    certificate: CertificateFacts | None = None
    checked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TestSignature:
    """The operator signs with its test certificate; only ever sent from a test box."""

    __test__ = False  # not a class of tests


@dataclass(frozen=True, slots=True)
class PersonSigns:
    """The document goes to the operator unsigned; a person signs and sends it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRefused:
    """This file was not signed: cancelled by the person, or an error of the signing service."""

    text: str


Signature: TypeAlias = Cms | TestSignature | PersonSigns
Outcome: TypeAlias = Signature | SigningRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSign:
    """One file to sign. `key` is the document's own: the same for every repeat."""

    key: str
    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Outcomes by key. With `task` they are not there yet: keep it, and ask again with it after `retry_after_s`.

    `confirm`: how a person is to confirm the task, as the service says (Sms, MyDss, …).
    """

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    task: str = ""
    retry_after_s: int = 0
    confirm: str = ""


class Signer(Protocol):
    """Makes detached signatures. What it has made is stored before it is used.

    `batch_max`: how many files it takes at once; a person confirms a whole batch at one time.
    """

    @property
    def batch_max(self) -> int: ...

    def sign(self, files: Sequence[ToSign], *, now: datetime, task: str = "") -> Signed:
        """Each file's outcome, or the task that will have them.

        Raises:
            BusyError: the service does not answer; nothing is known to be signed.
            NeedsPersonError: a person has to act at the signing service, or no box here may be signed for.
            AbsentError: there is no such task any more.
            BadSignatureError: the service's answer is no valid signature of these bytes.
            StopTheRunError: the service refuses us.
        """
        ...


class BadSignatureError(EdoError):
    """A signature that the operator would find invalid: it is not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoKind:
    """A kind of document at the operator. Empty function and version, and no workflow: as the operator has it."""

    type: str
    function: str = ""
    version: str = ""
    workflow: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOffer:
    """What the operator says of a kind: whether it is taken now, and which metadata we have to give."""

    kind: EdoKind
    actual: bool
    required: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A formal document as the operator has made it: exactly these bytes are signed and sent."""

    content: bytes
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One document of a message. `custom_id` is ours: a document can be found by it when an answer is lost.

    `wants_answer`: the recipient is asked for a signature where the kind leaves it open. `refers_to`: custom ids of
    documents in the same message.
    """

    kind: EdoKind
    custom_id: str
    signature: Signature
    content: bytes = b""
    metadata: tuple[tuple[str, str], ...] = ()
    wants_answer: bool = False
    power: Power = field(default_factory=Power)
    refers_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message that is at the operator. `documents`: entity ids by our custom ids."""

    message: str
    documents: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterpartyPage:
    """Boxes with the state of the relation in each; `cursor` is empty when there are no more."""

    boxes: tuple[Box, ...]
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterpartyEvent:
    """A change of a relation.

    `wants_signature`: it is an invitation of theirs with a document that we would have to sign.
    """

    id: str
    key: str
    box: str
    partnership: Partnership
    at: datetime | None
    comment: str = ""
    wants_signature: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoEvent:
    """Something happened to a message; what became of its documents is read from the documents. `key` is its place."""

    id: str
    key: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """A document as the operator shows it. `custom_id` is ours, or empty for documents made elsewhere.

    `answered_by`, `annulled_by`, `clarified_by`: the entities whose words say why it was refused or signed with
    disagreements, why its annulment is proposed, what is to be clarified (`Edo.words`); empty where there are none.
    """

    news: News
    custom_id: str
    counterparty: str
    kind: EdoKind
    answered_by: str = ""
    annulled_by: str = ""
    clarified_by: str = ""
    our_signature: str = ""  # the entity of it
    receipt_of: str = ""  # the entity that our receipt, if one is due, answers


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoFile:
    name: str
    content: bytes


class Edo(Protocol):
    """An operator of electronic documents, acting in our one box. Every method may raise the errors above.

    None of them waits: what the operator has not finished is StillRunningError, and the next run asks again.
    """

    def our_box(self) -> Box: ...

    def operators(self) -> Mapping[str, Operator]:
        """Other operators by the first three characters of their participants' ids."""
        ...

    def counterparties(self, cursor: str = "") -> CounterpartyPage: ...

    def counterparty_events(self, cursor: str = "", *, since: datetime | None = None) -> Sequence[CounterpartyEvent]:
        """Up to a hundred changes after the cursor, oldest first; without a cursor those since a moment."""
        ...

    def partnership(self, box: str) -> Partnership:
        """As of now; read it just before a relation is broken."""
        ...

    def boxes_of(self, inns: Sequence[str]) -> Mapping[str, Sequence[Box]]:
        """Boxes of many INNs with the state of the relation, in as few calls as the operator takes."""
        ...

    def elsewhere(self, inn: str, kpp: str = "") -> Sequence[Box]:
        """Find boxes of a company, and of this KPP, at other operators. A legal entity is found by its KPP only."""
        ...

    def invite(self, *, box: str = "", inn: str = "", message: str = "") -> str:
        """Our invitation, or the acceptance of theirs, is being worked on; the id of that task."""
        ...

    def invitation(self, task: str) -> str:
        """The invited box. Raises StillRunningError, or NeedsPersonError when it failed."""
        ...

    def kinds(self) -> Sequence[KindOffer]: ...

    def make_title(self, kind: EdoKind, contract: bytes) -> Title: ...

    def post(self, to_box: str, documents: Sequence[Outgoing], *, operation: str, department: str = "") -> Posted:
        """Post a message, once for each operation, to the head department or to the one given."""
        ...

    def make_receipt(self, message: str, entity: str, *, signer: SignerPerson) -> Title:
        """A receipt of what the recipient has sent; other bytes each time."""
        ...

    def give_receipt(
        self, message: str, entity: str, receipt: bytes, signature: Signature, *, power: Power, operation: str
    ) -> None:
        """The signed receipt is at the operator, once for each operation."""
        ...

    def events(self, cursor: str = "", *, since: datetime | None = None) -> Sequence[EdoEvent]: ...

    def documents_of(self, message: str) -> Sequence[Tracked]:
        """All documents of a message, with notices of failed delivery taken into account."""
        ...

    def by_custom_id(self, custom_id: str) -> Sequence[Tracked]: ...

    def unfinished(self, cursor: str = "") -> tuple[Sequence[Tracked], str]: ...

    def words(self, message: str, entity: str) -> str:
        """Return the recipient's text in an answer, a proposal or a request; empty when there is none."""
        ...

    def why_invalid(self, message: str, signature_entity: str) -> str:
        """Return what is wrong with our signature, in Russian; empty when the operator does not say."""
        ...

    def print_form(self, message: str, entity: str) -> EdoFile: ...

    def protocol(self, message: str, entity: str) -> tuple[EdoFile, EdoFile]:
        """The protocol of the signatures and the operator's signature of it."""
        ...

    def archive(self, message: str, entity: str) -> EdoFile: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is to be made of a document before it is signed.

    `user_contract`: the operator makes the title of it (`Edo.make_title`); empty: the PDF itself goes, with `metadata`.
    `wants_answer`: as in `Outgoing`.
    """

    kind: EdoKind
    user_contract: bytes = b""
    metadata: tuple[tuple[str, str], ...] = ()
    wants_answer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KindsLacking:
    """What keeps whole kinds of documents back: the operator does not take them now, or wants more than we say."""

    not_taken: tuple[str, ...] = ()
    metadata: tuple[str, ...] = ()


class Titles(Protocol):
    """Our documents as the operator wants them."""

    def prepare(
        self, document: Document, *, policy: EdoPolicy, to: Box, us: Box, file_name: str, offers: Sequence[KindOffer]
    ) -> Prepared:
        """What goes for the document to that box, by the kinds that the operator takes now.

        Raises:
            BadDocumentError: it cannot go as it is; the text says why, in Russian, for the accountant.
        """
        ...

    def problems(self, document: Document, *, policy: EdoPolicy) -> tuple[str, ...]:
        """What is known beforehand to keep the document from going; for the preflight."""
        ...

    def lacking(self, *, policy: EdoPolicy, offers: Sequence[KindOffer]) -> KindsLacking:
        """What of the kinds that the policy sends cannot be served: absent or outdated ones, metadata not given."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoOutside:
    """The operator and the signer, as the EDO's use cases are given them, beside `ports.Outside`.

    `environment` goes into operation ids, so that a test deployment never takes the place of the real one.
    """

    edo: Edo
    signer: Signer
    titles: Titles
    environment: str
