"""How the EDO stands in rows.

documents, `edo` of a row         one document's way: `EdoState`
work, `edo.<shard>` / `<account>#<document>`      a document that is to go out; the row goes when it is at the operator
work, `edo.open.<shard>` / `<account>#<document>` a document at the operator whose way has not ended
work, `edo.evidence` / `<account>#<document>`     a document whose way has ended and whose files are to be fetched
work, `edo.receipts` / `<account>#<document>`     a document on whose answer a receipt of ours is due
control, `edo.counterparties` / `<inn>.<kpp>`     one payer: `Counterparty`
control, `edo.boxes` / `<box>`                    a box and how we stood with it at the last look
control, `edo.people` / `<subject>`               what waits for a person, one reason each: `ForPerson`
control, `edo.cursors` / `events`, `counterparties`    how far the operator's feeds are read
control, `edo.cursors` / `sending`, `look`, `plan`     how far our own walks have come
control, `edo.invitations` / `2026-02`            a month's campaign
control, `edo.sending` / `2026-Q1`                a window of sending: its documents at the operator by stage
control, `edo.left` / `2026-Q1`                   what had not gone out at the end of the last round, and why
control, `edo.signing` / `<moment>.<document>`    a batch of files that the signer has been given
control, `edo.signing.receipts` / `<moment>.<document>`   the same of our receipts
control, `edo.signing.files` / `<account>/<document>.<attempt>[.receipt.<entity>]`   a file of a batch
control, `edo.signer` / `certificate`             of the latest signature
control, `edo.preflight` / `2026-Q1`              the last look before and in a window
control, `edo.reports` / `invitations.2026-02.3`  what was told to our accountant
control, `edo.unsigned` / `count`          what is delivered and not signed, as it was counted last
control, `edo.telling` / `invitations`            until when the accountant knows of the payers
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from billing.domain.edo import Candidate, RoamingRequest
from billing.domain.edo_boxes import Partnership
from billing.domain.edo_fate import Fate
from billing.domain.edo_reasons import Reason
from billing.domain.edo_receipt import Receipt
from billing.domain.edo_standing import Standing
from billing.records import SHARDS, shard_of

COUNTERPARTIES = "edo.counterparties"
BOXES = "edo.boxes"
PEOPLE = "edo.people"
CURSORS = "edo.cursors"
INVITATIONS = "edo.invitations"
SENDING = "edo.sending"
LEFT = "edo.left"
SIGNING = "edo.signing"
SIGNING_RECEIPTS = "edo.signing.receipts"
SIGNING_FILES = "edo.signing.files"
SIGNER = "edo.signer"
CERTIFICATE = "certificate"  # sort key
PREFLIGHT = "edo.preflight"
REPORTS = "edo.reports"
UNSIGNED = "edo.unsigned"
EVIDENCE = "edo.evidence"
RECEIPTS = "edo.receipts"
DUE_SHARDS = tuple(f"edo.{shard:02}" for shard in range(SHARDS))
OPEN_SHARDS = tuple(f"edo.open.{shard:02}" for shard in range(SHARDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class EdoState:
    """One document in the EDO: its fate, and everything that a repeat of its sending needs to be the same sending.

    `kind`: «type|function|version» as it went, with «|workflow» where one is named.
    `signature`: "" (none yet), "file", "test" or "person".
    `packet`: the ids of all documents of its message, in order, when it went with others. `wants_answer`: the recipient
    is asked for a signature where the kind leaves it open. `asked_at`: when its signature was asked for and refused.
    `refused_at`: when the operator did not take it, `refused_as`: for which reason, `refusal`: in which words.
    Files are keys of the bucket under `edo/`. `receipt`: ours, once one was asked for.
    `seen`: the end of its way that a person has seen. `reminders`: how often the client was reminded to sign it.
    """

    fate: Fate = field(default_factory=Fate)
    box: str = ""
    department: str = ""  # of the box, where it is not the head one
    inn: str = ""
    window: str = ""
    kind: str = ""
    title_file: str = ""
    title_name: str = ""
    signature: str = ""
    signature_file: str = ""
    task: str = ""
    operation: str = ""
    packet: tuple[str, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    wants_answer: bool = False
    asked_at: str = ""
    refused_at: str = ""
    refused_as: Reason | None = None
    refusal: str = ""
    print_form: str = ""
    protocol: str = ""
    archive: str = ""
    receipt: Receipt | None = None
    seen: Reason | None = None
    reminders: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterparty:
    """A payer in the EDO. `accounts`: whose payer it is. `partnership` is that of `box` at the last look, `since` then.

    `pending`: what is being asked («invite:<box or INN>», «accept:<box>»), while nobody knows whether
    the call has had its effect.
    `accepted`: the day on which we accepted their invitation. `reason`: of the last decision, `detail`: what
    somebody said beside it. `standing`: what our
    accountant is told, since the moment `standing_at`. `contracts`: the version of the contract that has gone out, by
    account.
    """

    inn: str
    kpp: str = ""
    name: str = ""
    accounts: tuple[str, ...] = ()
    box: str = ""
    box_said: str = ""  # by a person
    partnership: Partnership = Partnership.NONE
    roaming: bool = False
    since: date | None = None
    task: str = ""
    invited: Mapping[str, date] = field(default_factory=dict)
    reminded: date | None = None
    failed: date | None = None
    failure: str = ""
    roaming_request: RoamingRequest = RoamingRequest.NONE
    said: str = ""
    problems: tuple[str, ...] = ()
    contracts: Mapping[str, str] = field(default_factory=dict)
    pending: str = ""
    accepted: date | None = None
    reason: Reason | None = None
    detail: str = ""
    standing: Standing = Standing.NEW
    standing_at: str = ""
    told: str = ""  # the `standing_at` that our accountant was told of

    @property
    def key(self) -> str:
        return f"{self.inn}.{self.kpp}"

    @property
    def candidate(self) -> Candidate:
        """What the rules are told. A box that we chose ourselves is kept once it has become our partner's."""
        return Candidate(
            inn=self.inn,
            kpp=self.kpp,
            problems=self.problems,
            box=self.box_said or (self.box if self.partnership is Partnership.PARTNERS else ""),
            task=self.task,
            invited=self.invited,
            reminded=self.reminded,
            failed=self.failed,
            failure=self.failure,
            roaming_request=self.roaming_request,
            said=self.said,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ForPerson:
    """A line of the list for a person. `subject` is its key: `payer.<inn>.<kpp>` or `document.<account>.<document>`.

    `kpp`, which may be empty, is there when the line is of a payer to decide about. `title` and `name`: the document
    and the client in words. `of`: the functions that are stopped. `told`: our accountant was written to about it.
    """

    subject: str
    reason: Reason
    detail: str = ""
    account: str = ""
    document: str = ""
    inn: str = ""
    kpp: str | None = None
    title: str = ""
    name: str = ""
    of: tuple[str, ...] = ()
    since: str = ""
    told: bool = False


def edo_shard(account: str) -> str:
    """The partition of `work` in which the account's documents wait to go out; the sweep never looks there."""
    return f"edo.{shard_of(account)}"


def open_shard(account: str) -> str:
    """The partition of `work` in which the account's documents wait for the end of their way."""
    return f"edo.open.{shard_of(account)}"
