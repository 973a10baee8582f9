"""The exact bytes of a document that will be signed: made once, and kept before anything else is done with them."""

from __future__ import annotations

from dataclasses import replace

from billing import records
from billing.domain.edo_boxes import Box
from billing.domain.edo_fate import Fate, Stage
from billing.domain.edo_reasons import Reason
from billing.domain.edo_signer import SignerPerson
from billing.ports import FileExistsWithOtherBytesError, Outside
from billing.ports_edo import BadDocumentError, EdoOutside, Prepared, Title
from billing.records_edo import EdoState
from billing.usecases.edo.counterparties import kpp_of
from billing.usecases.edo.sending.papers import receipt_paper, with_receipt
from billing.usecases.edo.sending.terms import OnItsWay, Terms, keep_until, kind_text, to_person, written
from billing.usecases.filing import whole

XML, PDF = "application/xml", "application/pdf"


def made(one: OnItsWay, box: Box, terms: Terms, outside: Outside, edo: EdoOutside) -> OnItsWay | None:
    """The document as it will go to that box: its bytes are in the bucket, and its row says where.

    None: it cannot be said in the format that it would go in; a person reads why. What was made for another box, and
    never asked to be taken, is made anew.
    """
    state = one.state
    if state.fate.stage is not Stage.PLANNED:
        if state.box == box.id or state.operation:
            return one
        state = EdoState(fate=Fate(attempt=state.fate.attempt + 1))
    one = OnItsWay(one.stored, state)
    record = whole(records.document_of(one.stored.pk, one.stored.sk, one.stored.row), outside)
    try:
        prepared = edo.titles.prepare(
            record.printed,
            policy=terms.policy,
            to=box,
            us=terms.us,
            file_name=record.file_name,
            offers=terms.offers,
        )
        title = _title(prepared, record, outside, edo)
    except BadDocumentError as error:
        to_person(one, Reason.NOT_SAYABLE, outside, detail=error.said.text or str(error))
        return None
    key = f"{one.file_key}.{'xml' if prepared.user_contract else 'pdf'}"
    name = _kept(key, title, outside, one, XML if prepared.user_contract else PDF)
    titled = replace(
        state,
        fate=replace(state.fate, stage=Stage.TITLED),
        box=box.id,
        department=box.department_of(kpp_of(one.stored.row["content"]["buyer"].get("kpp", ""))),
        inn=one.inn,
        window=terms.window.key,
        kind=kind_text(prepared.kind),
        title_file=key,
        title_name=name,
        metadata=prepared.metadata,
        wants_answer=prepared.wants_answer,
    )
    return written(one, titled, outside)


def receipt_made(one: OnItsWay, signer: SignerPerson, outside: Outside, edo: EdoOutside) -> EdoState:
    """The receipt that was asked for is in the bucket as it will be signed, and the row says where.

    Raises:
        NeedsPersonError, BadDocumentError: it cannot be made.
        StaleError: another worker was faster.
    """
    paper, fate = receipt_paper(one), one.state.fate
    title = edo.edo.make_receipt(fate.message, paper.receipt, signer=signer)
    key = f"{paper.file_key}.xml"
    return with_receipt(one, outside, file=key, name=_kept(key, title, outside, one, XML))


def _title(prepared: Prepared, record: records.DocumentRecord, outside: Outside, edo: EdoOutside) -> Title:
    if prepared.user_contract:
        return edo.edo.make_title(prepared.kind, prepared.user_contract)
    return Title(content=outside.files.get(record.file), file_name=record.file_name)


def _kept(key: str, title: Title, outside: Outside, one: OnItsWay, content_type: str) -> str:
    """The name of the file that is there. The operator makes other bytes each time: those that were kept first hold."""
    try:
        outside.files.put_once(key, title.content, content_type=content_type, keep_until=keep_until(one, outside))
    except FileExistsWithOtherBytesError:
        return key.rpartition("/")[2]
    return title.file_name
