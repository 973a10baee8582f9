"""What is signed: a document, or our receipt of what its recipient has answered. Each has its place in the row."""

from __future__ import annotations

from dataclasses import dataclass, replace

from billing.domain.edo_fate import Stage, receipt_is_due
from billing.domain.edo_reasons import Reason
from billing.domain.edo_receipt import Receipt
from billing.domain.periods import utc_text
from billing.ports import Outside
from billing.ports_edo import Cms, Outcome, PersonSigns, SigningRefused, ToSign
from billing.records_edo import EdoState
from billing.usecases.edo.sending.signatures import (
    FILE,
    PERSON,
    TEST,
    kept_signature,
    note_certificate,
    signature_is_kept,
)
from billing.usecases.edo.sending.terms import OnItsWay, read, to_person, written
from billing.usecases.edo.tracking.statuses import moved_writes

BY_PERSON = "подписывает человек"


@dataclass(frozen=True, slots=True)
class Paper:
    """One file to sign: that attempt of a document or, with `receipt`, our receipt of that entity of its message."""

    account: str
    document: str
    attempt: int
    receipt: str = ""

    @property
    def key(self) -> str:
        stem = f"{self.account}/{self.document}.{self.attempt}"
        return f"{stem}.receipt.{self.receipt}" if self.receipt else stem

    @property
    def file_key(self) -> str:
        """Of everything that belongs to it in the bucket, without its ending."""
        return f"edo/{self.key}"


def document_paper(one: OnItsWay) -> Paper:
    return Paper(one.stored.pk, one.stored.sk, one.state.fate.attempt)


def receipt_paper(one: OnItsWay) -> Paper:
    assert one.state.receipt, "none was asked for"
    return replace(document_paper(one), receipt=one.state.receipt.of)


def unsigned(paper: Paper, outside: Outside) -> OnItsWay | None:
    """The row in which the paper waits for its signature; None: it has an outcome, or there is another attempt."""
    one = read(paper.account, paper.document, outside)
    if not one or one.state.fate.attempt != paper.attempt:
        return None
    if not paper.receipt:
        return one if one.state.fate.stage is Stage.TITLED else None
    receipt = one.state.receipt
    waits = receipt and receipt.of == paper.receipt and receipt.file and not receipt.signature
    return one if waits and receipt_is_due(one.state.fate) else None


def to_sign(paper: Paper, outside: Outside) -> ToSign:
    """The file as the signer is given it; empty when there is another attempt by now, and nobody waits for it."""
    one = read(paper.account, paper.document, outside)
    assert one, "a document is never deleted"
    state = one.state
    if state.fate.attempt != paper.attempt:
        return ToSign(key=paper.key, file_name="", content=b"")
    if not paper.receipt:
        return ToSign(key=paper.key, file_name=state.title_name, content=outside.files.get(state.title_file))
    file = f"{paper.file_key}.xml"
    name = state.receipt.name if state.receipt else file.rpartition("/")[2]
    return ToSign(key=paper.key, file_name=name, content=outside.files.get(file))


def stored(paper: Paper, one: OnItsWay, outcome: Outcome | None, outside: Outside) -> bool:
    """The outcome is in the row, and a signature in the bucket before that; None: only one that is there already.

    Whether the paper is signed.

    Raises:
        StaleError: another worker was faster.
    """
    if isinstance(outcome, SigningRefused):
        _refused(paper, one, outcome, outside)
        return False
    file = f"{paper.file_key}.sig"
    if outcome is None and not signature_is_kept(file, outside):
        return False
    if isinstance(outcome, Cms):
        kept_signature(file, one, outcome, outside)
        note_certificate(outcome, outside)
    signature = _kind(outcome)
    where = file if signature == FILE else ""
    state = one.state
    if paper.receipt:
        trouble = BY_PERSON if signature == PERSON else ""
        with_receipt(one, outside, signature=signature, signature_file=where, trouble=trouble)
    else:
        fate = replace(state.fate, stage=Stage.SIGNED)
        written(one, replace(state, fate=fate, signature=signature, signature_file=where, asked_at=""), outside)
    return True


def _kind(outcome: Outcome | None) -> str:
    if outcome is None or isinstance(outcome, Cms):
        return FILE
    return PERSON if isinstance(outcome, PersonSigns) else TEST


def _refused(paper: Paper, one: OnItsWay, outcome: SigningRefused, outside: Outside) -> None:
    if paper.receipt:
        receipt_refused(one, outcome.text, outside)
        return
    to_person(one, Reason.NOT_SIGNED, outside, detail=outcome.text)
    written(one, replace(one.state, asked_at=utc_text(outside.clock())), outside)


def receipt_refused(one: OnItsWay, said: str, outside: Outside) -> EdoState:
    """A person reads that somebody has said no to the receipt; it is tried on another day. Raises as `stored`."""
    refusals = one.state.receipt.refusals + 1 if one.state.receipt else 1
    return with_receipt(one, outside, trouble=said, refusals=refusals, refused_at=outside.clock())


def with_receipt(one: OnItsWay, outside: Outside, **changes: object) -> EdoState:
    """The document's row, and the list for a person, hold the receipt as it is now. Raises as `stored`."""
    after = replace(one.state, receipt=replace(one.state.receipt or Receipt(), **changes))  # type: ignore[arg-type]
    if after != one.state:
        outside.store.tx(moved_writes(one.stored, one.state, after, outside))
    return after
