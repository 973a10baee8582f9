"""The contract with a payer: made once for each of its accounts, and again when it says something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from billing import paper, records
from billing.domain.agreement import AgreementDraft, agreement, agreement_id
from billing.domain.documents import Agreement, DocumentKind, DocumentStatus
from billing.domain.edo_reasons import Reason
from billing.domain.parties import Customer
from billing.domain.periods import Month, utc_text
from billing.domain.trouble_wording import all_said
from billing.ports import ABSENT, Outside, Stored, Write
from billing.records import DocumentRecord
from billing.records_edo import Counterparty, edo_shard
from billing.records_letters import scope_of
from billing.usecases.edo.attention import no_person, want_person
from billing.usecases.edo.due import due_write
from billing.usecases.edo.sending.terms import OnItsWay, Terms, on_its_way
from billing.usecases.filing import filed
from billing.usecases.letters import queue_letters
from billing.usecases.numbering import number


def contract_with(
    payer: Counterparty,
    customer: Customer,
    waiting: Sequence[OnItsWay],
    terms: Terms,
    outside: Outside,
) -> OnItsWay | None:
    """The contract that is to go to the payer now, ready; None: it has it already, or it cannot be made.

    `waiting`: the account's contracts with the payer that have not gone out. One that says something else by now, and
    that the operator has not been asked to take, is withdrawn.
    """
    template = terms.card.contract
    if not template or DocumentKind.CONTRACT not in terms.policy.sending.kinds:
        return None
    account = customer.account
    draft = agreement(template, payer=payer.inn, day=terms.today, customer=customer, seller=terms.card)
    subject = f"contract.{account}.{payer.inn}"
    if problems := draft.problems or paper.problems(draft.content.numbered(draft.number or "1")):
        detail = "договор: " + all_said(problems)
        want_person(subject, Reason.REQUISITES, outside, detail=detail, account=account, inn=payer.inn)
        return None
    no_person(subject, outside)
    for one in waiting:
        if one.stored.row["content"]["version"] == draft.content.version:
            return _ready(one.stored, terms, outside)
        if one.state.operation:
            return None  # it may be at the operator: the new one follows it at another time
        _withdraw(one, outside)
    if payer.contracts.get(account) == draft.content.version:
        return None
    return _ready(_made(account, payer.inn, draft, terms, outside), terms, outside)


def _made(account: str, payer: str, draft: AgreementDraft, terms: Terms, outside: Outside) -> Stored:
    n = 0
    while there := outside.store.get("documents", account, id := agreement_id(terms.today, payer, n)):
        if there.row["status"] != DocumentStatus.VOID and there.row["content"]["version"] == draft.content.version:
            return there  # another run has made it meanwhile
        n += 1
    record = DocumentRecord(
        account=account,
        id=id,
        kind=DocumentKind.CONTRACT,
        month=str(Month.of(terms.today)),
        payer=payer,
        status=DocumentStatus.NUMBERED if draft.number else DocumentStatus.DECIDED,
        content=draft.content,
        number=draft.number,
        at=utc_text(outside.clock()),
    )
    row = records.document_row(record)
    outside.store.tx([Write("documents", account, id, row, ABSENT), due_write(record, outside)])
    return Stored(account, id, row, ABSENT + 1)


def _ready(stored: Stored, terms: Terms, outside: Outside) -> OnItsWay:
    """The contract has its number and its file, and is mailed to the client's people."""
    if stored.row["status"] == DocumentStatus.DECIDED:
        number([records.document_of(stored.pk, stored.sk, stored.row)], terms.card, outside)
        stored = _again(stored, outside)
    if stored.row["status"] == DocumentStatus.NUMBERED:
        record = filed(records.document_of(stored.pk, stored.sk, stored.row), outside)
        about = {"kind": "contract", "summary": "договор"}
        queue_letters(stored.pk, scope_of(stored.sk), [(record, stored.version)], [], outside, about=about)
        stored = _again(stored, outside)
    return on_its_way(stored)


def _again(stored: Stored, outside: Outside) -> Stored:
    found = outside.store.get("documents", stored.pk, stored.sk)
    assert found, "a document is never deleted"
    return found


def _withdraw(one: OnItsWay, outside: Outside) -> None:
    """Its number stays used; what was mailed was mailed."""
    account, id = one.stored.pk, one.stored.sk
    record = records.document_of(account, id, one.stored.row)
    assert isinstance(record.content, Agreement)
    row = records.document_row(replace(record, status=DocumentStatus.VOID))
    due = outside.store.get("work", edo_shard(account), f"{account}#{id}")
    gone = [Write("work", due.pk, due.sk, None, due.version)] if due else []
    outside.store.tx([Write("documents", account, id, row, one.stored.version), *gone])
