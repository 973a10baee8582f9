"""How the company exchanges documents electronically: its own decisions, as the `seller` message carries them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from billing.domain.documents import Clause
from billing.domain.edo import InvitationSettings
from billing.domain.edo_sending import SendingSettings
from billing.domain.edo_signer import SignerPerson


class ActForm(StrEnum):
    """As what an act goes."""

    FORMAL = "formal"  # УПД 5.03, ДОП; СЧФДОП where a line has VAT
    FILE = "file"  # the PDF, as AcceptanceCertificate


class Packing(StrEnum):
    SINGLE = "single"  # one document a message
    PACKET = "packet"  # everything for one counterparty in one message


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoPolicy:
    """Without one, nothing electronic happens. `invitation_text` goes with our invitations, at most 500 characters.

    `receipts`: our receipts are signed and given as they become due; no: a person gives them. They are left to a person
    unless the company says so: few clients ask for one, and whether the operator takes ours is not proved.
    """

    signer: SignerPerson
    sending: SendingSettings = field(default_factory=SendingSettings)
    invitations: InvitationSettings = field(default_factory=InvitationSettings)
    act_form: ActForm = ActForm.FORMAL
    packing: Packing = Packing.SINGLE
    invitation_text: str = ""
    receipts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTemplate:
    """The company's contract with its clients. A new `version` is a changed contract, and goes to everybody again.

    Placeholders: `{number}`, `{date}`, `{seller}`, `{buyer}`, `{seller_signer}`.
    """

    version: str
    title: str
    clauses: tuple[Clause, ...]
