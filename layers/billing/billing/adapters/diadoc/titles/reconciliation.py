"""Акт сверки: the user contract of ReconciliationAct.

Source: schema ON_AKTSVEROTP_UserContract_420_05_01_01; order of the Federal Tax Service ЕД-7-26/405@.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from billing.adapters.diadoc.titles import TitleError
from billing.adapters.diadoc.titles.parts import (
    ROUBLE,
    Side,
    add_signer,
    basis_of,
    day,
    organization_type,
    party_problems,
    signer_problems,
    sum_text,
)
from billing.adapters.diadoc.xml import Element, element, faults, plain, written
from billing.domain.documents import Party, Reconciliation, ReconciliationRow
from billing.domain.edo_signer import SignerPerson
from billing.domain.reconciliation_wording import document_name, operation_text

SCHEMA = "ON_AKTSVEROTP_UserContract_420_05_01_01.xsd"
ROWS_MAX = 999_999
NO_NUMBER = "б/н"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationOptions:
    """What the act itself does not say."""

    signer: SignerPerson
    seller: Side = field(default_factory=Side)
    buyer: Side = field(default_factory=Side)


def reconciliation_act(act: Reconciliation, options: ReconciliationOptions) -> bytes:
    """The user contract, valid by the schema: one contract, one document for each row, our side of it.

    Raises:
        TitleError: it cannot be sent in this format; a period without rows is one that only a file can show.
    """
    if problems := reconciliation_problems(act, options):
        raise TitleError(problems)
    root = element(None, "ReconciliationActSenderTitle", DocumentNumber=act.number,
                   ReconciliationStartDate=day(act.first), ReconciliationEndDate=day(act.last), Currency=ROUBLE)
    _add_party(element(root, "Sender"), act.seller.party, options.seller)
    _add_party(element(root, "Recipient"), act.buyer, options.buyer)
    _add_table(root, act)
    add_signer(element(root, "Signers"), options.signer, method=False)
    content = written(root)
    if found := faults(content, SCHEMA):
        raise TitleError([f"документ не проходит по схеме: {found[0]}"])
    return content


def reconciliation_problems(act: Reconciliation, options: ReconciliationOptions) -> tuple[str, ...]:
    """Everything known beforehand that keeps the act from being sent in the formal shape."""
    problems = [*party_problems(act.seller.party, "исполнитель"), *party_problems(act.buyer, "заказчик"),
                *signer_problems(options.signer)]
    for party, side, whose in ((act.seller.party, options.seller, "исполнителя"),
                               (act.buyer, options.buyer, "заказчика")):
        if not (party.ogrn or side.box):   # the format of the tax service has no act without it
            problems.append(f"нужен ОГРН {whose}")
    if not plain(act.number):
        problems.append("у акта сверки нет номера")
    if not act.rows:
        problems.append("за период нет движений: такой акт сверки отправляют файлом")
    if len(act.rows) > ROWS_MAX:
        problems.append("слишком много строк")
    if act.opening + sum(row.debit - row.credit for row in act.rows) != act.closing:
        problems.append("сальдо не сходится")
    return tuple(problems)


def _add_party(parent: Element, party: Party, side: Side) -> None:
    if side.box:
        element(parent, "OrganizationReference", BoxId=side.box)
        return
    element(parent, "OrganizationDetails", OrgType=organization_type(party), OrgName=party.name, Inn=party.inn,
            Kpp="" if party.is_entrepreneur else party.kpp, Ogrn=party.ogrn, FnsParticipantId=side.participant)


def _add_table(root: Element, act: Reconciliation) -> None:
    sums = {
        "StartBalanceDebit": sum_text(max(act.opening, 0)), "StartBalanceCredit": sum_text(max(-act.opening, 0)),
        "TurnoverDebit": sum_text(sum(row.debit for row in act.rows)),
        "TurnoverCredit": sum_text(sum(row.credit for row in act.rows)),
        "EndBalanceDebit": sum_text(max(act.closing, 0)), "EndBalanceCredit": sum_text(max(-act.closing, 0)),
    }
    basis = basis_of(act.basis)
    contracts = element(element(root, "Table", **sums), "ContractInfoItems")
    contract = element(contracts, "Item", Number=basis.number[:50] if basis else "", Date=basis.day if basis else "",
                       ContractTypeInfo=plain(basis.name if basis else act.basis)[:500], **sums)
    documents = element(contract, "DocumentInfoItems")
    for number, row in enumerate(act.rows, start=1):
        _add_row(documents, number, row)


def _add_row(documents: Element, number: int, row: ReconciliationRow) -> None:
    """Add a row and its document, each with its own date. A payment given back names the order that it came by."""
    document = element(documents, "Item", Name=document_name(row)[:100], Date=day(row.document_date or row.date),
                       Number=plain(row.number)[:50] or NO_NUMBER)
    element(element(document, "OperationInfoItems"), "Item", RowNumber=str(number),
            Name=operation_text(row, dated=True)[:500], Date=day(row.date),
            SumDebit=sum_text(row.debit) if row.debit or not row.credit else "",
            SumCredit=sum_text(row.credit) if row.credit else "")
