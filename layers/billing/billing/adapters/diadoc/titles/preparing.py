"""Our documents as Diadoc takes them: of which kind, and with what in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from billing.adapters.diadoc.client import offer_for
from billing.adapters.diadoc.settings import KindSettings
from billing.adapters.diadoc.titles import files
from billing.adapters.diadoc.titles.parts import Side, signer_problems
from billing.adapters.diadoc.titles.reconciliation import (
    ReconciliationOptions,
    reconciliation_act,
    reconciliation_problems,
)
from billing.adapters.diadoc.titles.utd import ACT_ALONE, WITH_INVOICE, UtdOptions, utd, utd_problems
from billing.domain.documents import Act, Agreement, Document, DocumentKind, Invoice, Party, Reconciliation
from billing.domain.edo_boxes import Box
from billing.domain.edo_policy import ActForm, EdoPolicy
from billing.domain.errors import InvalidInputError
from billing.domain.vat import Vat
from billing.ports_edo import BadDocumentError, EdoKind, KindOffer, KindsLacking, Prepared, Titles

_GIVEN = {  # metadata that we give of each kind that goes as a file
    DocumentKind.ACT: frozenset({"FileName", "DocumentNumber", "DocumentDate", "TotalSum", "TotalVat", "Grounds"}),
    DocumentKind.INVOICE: frozenset({"FileName", "DocumentNumber", "DocumentDate", "TotalSum", "TotalVat", "Grounds"}),
    DocumentKind.CONTRACT: frozenset({"FileName", "DocumentNumber", "DocumentDate"}),
}


class DiadocTitles:
    """Implements `ports_edo.Titles`. `kinds`: as what each of our documents goes."""

    def __init__(self, kinds: KindSettings) -> None:
        self._kinds = kinds

    def prepare(
        self, document: Document, *, policy: EdoPolicy, to: Box, us: Box, file_name: str, offers: Iterable[KindOffer]
    ) -> Prepared:
        kind = self._kind(document, policy)
        offer = _offer(kind, tuple(offers))
        try:
            match document:
                case Act() if policy.act_form is ActForm.FORMAL:
                    options = _utd_options(document, policy, _side(us), _side(to))
                    return Prepared(kind=kind, user_contract=utd(document, options))
                case Act():
                    said = files.act_file(document, file_name)
                    return Prepared(kind=kind, metadata=files.fitted(said, offer), wants_answer=True)
                case Invoice():
                    said = files.proforma_invoice(document, file_name)
                    return Prepared(kind=kind, metadata=files.fitted(said, offer))
                case Agreement():
                    said = files.contract(number=document.number, on=document.date, file_name=file_name)
                    return Prepared(kind=kind, metadata=files.fitted(said, offer), wants_answer=True)
                case Reconciliation() if document.rows:
                    sides = ReconciliationOptions(
                        signer=policy.signer,
                        seller=_registered(document.seller.party, us),
                        buyer=_registered(document.buyer, to),
                    )
                    return Prepared(kind=kind, user_contract=reconciliation_act(document, sides))
                case Reconciliation():
                    said = files.reconciliation_file(document, file_name)
                    return Prepared(kind=kind, metadata=files.fitted(said, offer), wants_answer=True)
                case _:
                    assert_never(document)
        except InvalidInputError as error:
            raise BadDocumentError(str(error)) from error

    def problems(self, document: Document, *, policy: EdoPolicy) -> tuple[str, ...]:
        match document:
            case Act() if policy.act_form is ActForm.FORMAL:
                return utd_problems(document, _utd_options(document, policy, Side(), Side()))
            case Reconciliation() if document.rows:
                directory = Side(box="known there")
                sides = ReconciliationOptions(signer=policy.signer, seller=directory, buyer=directory)
                return reconciliation_problems(document, sides)
            case _:
                return tuple(signer_problems(policy.signer))

    def lacking(self, *, policy: EdoPolicy, offers: Iterable[KindOffer]) -> KindsLacking:
        given, not_taken, missing = tuple(offers), [], []
        for document, kind in self._sent(policy):
            offer = offer_for(kind, given)
            name = "/".join(filter(None, (kind.type, kind.function, kind.version)))
            if offer is None or not offer.actual:
                not_taken.append(name)
            elif document in _GIVEN and (lacking := sorted(offer.required - _GIVEN[document])):
                missing.append(f"{name}: {', '.join(lacking)}")
        return KindsLacking(not_taken=tuple(not_taken), metadata=tuple(missing))

    def _sent(self, policy: EdoPolicy) -> list[tuple[DocumentKind | None, EdoKind]]:
        """The kinds that the policy sends; None: it is formal, its metadata are in the XML."""
        kinds, also = self._kinds, policy.sending.kinds
        if policy.act_form is ActForm.FORMAL:
            sent: list[tuple[DocumentKind | None, EdoKind]] = [(None, kinds.act), (None, kinds.act_with_invoice)]
        else:
            sent = [(DocumentKind.ACT, kinds.act_file)]
        if DocumentKind.CONTRACT in also:
            sent.append((DocumentKind.CONTRACT, kinds.contract))
        if DocumentKind.INVOICE in also:
            sent.append((DocumentKind.INVOICE, kinds.invoice))
        if DocumentKind.RECONCILIATION in also:
            sent.append((None, kinds.reconciliation))
        return sent

    def _kind(self, document: Document, policy: EdoPolicy) -> EdoKind:
        match document:
            case Act() if policy.act_form is ActForm.FORMAL:
                return self._kinds.act_with_invoice if _function(document) == WITH_INVOICE else self._kinds.act
            case Act():
                return self._kinds.act_file
            case Invoice():
                return self._kinds.invoice
            case Agreement():
                return self._kinds.contract
            case Reconciliation():
                return self._kinds.reconciliation if document.rows else self._kinds.reconciliation_file
            case _:
                assert_never(document)


def _function(act: Act) -> str:
    """With a счёт-фактура in it where the seller charges VAT. Source: НК РФ ст. 168 п. 3."""
    return WITH_INVOICE if any(line.vat is not Vat.NONE for line in act.lines) else ACT_ALONE


def _utd_options(act: Act, policy: EdoPolicy, seller: Side, buyer: Side) -> UtdOptions:
    return UtdOptions(signer=policy.signer, function=_function(act), seller=seller, buyer=buyer)


def _side(box: Box) -> Side:
    """The document's own requisites, as on its day; the operator's only where no participant's id is known."""
    return Side(participant=box.fns_participant, box="" if box.fns_participant else box.id)


def _registered(party: Party, box: Box) -> Side:
    """The format has no party without an ОГРН: one that we do not know, the operator's directory does."""
    return _side(box) if party.ogrn else Side(participant=box.fns_participant, box=box.id)


def _offer(kind: EdoKind, offers: tuple[KindOffer, ...]) -> KindOffer:
    offer = offer_for(kind, offers)
    name = " ".join(filter(None, (kind.type, kind.function, kind.version)))
    if offer is None or not offer.actual:
        raise BadDocumentError(f"оператор не принимает документы вида {name}")
    return offer


def _is_titles(titles: DiadocTitles) -> Titles:
    return titles  # for mypy
