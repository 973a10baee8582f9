"""As what each document goes, by the kinds that the operator takes now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from billing.adapters.diadoc.settings import (
    ACT,
    ACT_FILE,
    ACT_WITH_INVOICE,
    CONTRACT,
    NONFORMALIZED,
    PROFORMA_INVOICE,
    RECONCILIATION,
    KindSettings,
)
from billing.adapters.diadoc.titles.preparing import DiadocTitles
from billing.adapters.diadoc.xml import parsed
from billing.domain.documents import DocumentKind
from billing.domain.edo_boxes import Box
from billing.domain.edo_policy import ActForm, EdoPolicy
from billing.domain.edo_sending import SendingSettings
from billing.domain.vat import Vat
from billing.ports_edo import BadDocumentError, KindOffer
from tests.adapters.diadoc.papers import PETROVA, a_line, a_reconciliation, an_act
from tests.paper.samples import an_agreement, an_invoice

POLICY = EdoPolicy(signer=PETROVA)
US = Box(id="0f6a1c3e-5b7d-4a2c-9e11-7d3b6a5c4e21", inn="7736207543", fns_participant="2BM-us")
TO = Box(id="b1a7d9e4-2c3f-4d5e-8f60-91a2b3c4d5e6", inn="7707083893", fns_participant="2BM-them")
FILE = frozenset({"FileName", "DocumentNumber", "DocumentDate"})
OFFERS = (
    *(KindOffer(kind=kind, actual=True) for kind in (ACT, ACT_WITH_INVOICE, RECONCILIATION)),
    KindOffer(kind=ACT_FILE, actual=True, required=FILE, allowed=FILE | {"TotalSum"}),
    KindOffer(kind=PROFORMA_INVOICE, actual=True, required=FILE | {"TotalSum"}, allowed=FILE | {"TotalSum"}),
    KindOffer(kind=replace(CONTRACT, function="default", version="v1"), actual=True, required=FILE, allowed=FILE),
    KindOffer(kind=NONFORMALIZED, actual=True, required=frozenset({"FileName"}), allowed=FILE),
)
EMPTY = a_reconciliation(rows=(), closing=0)


def prepared(document, *, policy=POLICY, offers=OFFERS, to=TO):
    titles = DiadocTitles(KindSettings())
    return titles.prepare(document, policy=policy, to=to, us=US, file_name="Документ.pdf", offers=offers)


@pytest.mark.parametrize(
    ("document", "policy", "kind", "is_formal", "wants_answer"),
    [
        pytest.param(an_act(), POLICY, ACT, True, False, id="an act without VAT"),
        pytest.param(an_act(a_line(vat=Vat.TWENTY_TWO)), POLICY, ACT_WITH_INVOICE, True, False, id="one with VAT"),
        pytest.param(
            an_act(a_line(vat=Vat.TWENTY_TWO), a_line()), POLICY, ACT_WITH_INVOICE, True, False, id="of mixed rates"
        ),
        pytest.param(an_act(), replace(POLICY, act_form=ActForm.FILE), ACT_FILE, False, True, id="its paper"),
        pytest.param(an_invoice(), POLICY, PROFORMA_INVOICE, False, False, id="an invoice"),
        pytest.param(an_agreement(), POLICY, CONTRACT, False, True, id="a contract"),
        pytest.param(a_reconciliation(), POLICY, RECONCILIATION, True, False, id="a reconciliation"),
        pytest.param(EMPTY, POLICY, NONFORMALIZED, False, True, id="a reconciliation of nothing"),
    ],
)
def test_each_document_goes_as_its_kind(document, policy, kind, is_formal, wants_answer):
    made = prepared(document, policy=policy)

    assert (made.kind, bool(made.user_contract), made.wants_answer) == (kind, is_formal, wants_answer)
    assert bool(made.metadata) is not is_formal


def test_only_metadata_that_the_operator_takes_is_given():
    assert prepared(an_agreement()).metadata == (
        ("FileName", "Документ.pdf"),
        ("DocumentNumber", "Д-17/2026"),
        ("DocumentDate", "02.04.2026"),
    )
    act = prepared(an_act(), policy=replace(POLICY, act_form=ActForm.FILE)).metadata
    assert [key for key, _ in act] == ["FileName", "DocumentNumber", "DocumentDate", "TotalSum"]


def test_the_requisites_are_the_documents_own_and_the_participants_the_operators():
    root = parsed(prepared(an_act()).user_contract)

    assert (root.get("SenderFnsParticipantId"), root.get("RecipientFnsParticipantId")) == ("2BM-us", "2BM-them")
    assert root.find("Buyers/Buyer/OrganizationDetails").get("OrgName") == "ООО «Ромашка»"


def test_without_a_participants_id_the_operator_fills_in_the_requisites():
    root = parsed(prepared(an_act(), to=replace(TO, fns_participant="")).user_contract)

    assert root.find("Buyers/Buyer/OrganizationReference").get("BoxId") == TO.id


def test_a_reconciliation_without_a_registration_number_takes_it_from_the_operator():
    document = a_reconciliation()
    unregistered = replace(document, buyer=replace(document.buyer, ogrn=""))

    root = parsed(prepared(unregistered).user_contract)

    assert root.find("Recipient/OrganizationReference").get("BoxId") == TO.id
    assert root.find("Sender/OrganizationDetails") is not None


@pytest.mark.parametrize(
    ("document", "offers", "why"),
    [
        pytest.param(an_act(a_line(-100)), OFFERS, "сумма акта не больше нуля", id="nothing to accept"),
        pytest.param(an_act(), OFFERS[1:], "не принимает документы вида UniversalTransferDocument ДОП", id="no kind"),
        pytest.param(
            an_act(), (replace(OFFERS[0], actual=False), *OFFERS[1:]), "не принимает документы вида", id="outdated"
        ),
        pytest.param(
            an_agreement(),
            (replace(OFFERS[5], required=FILE | {"ContractType"}),),
            "нужны сведения: ContractType",
            id="metadata that we have not",
        ),
    ],
)
def test_what_cannot_go_says_why(document, offers, why):
    with pytest.raises(BadDocumentError, match=why):
        prepared(document, offers=offers)


def test_what_is_known_beforehand_is_said_beforehand():
    titles = DiadocTitles(KindSettings())
    initials = replace(POLICY, signer=replace(PETROVA, first_name="А."))

    assert titles.problems(an_act(), policy=POLICY) == ()
    assert titles.problems(a_reconciliation(), policy=POLICY) == ()
    for document in (an_act(), a_reconciliation(), an_agreement()):
        assert titles.problems(document, policy=initials) == ("у подписанта нужны фамилия и имя полностью",)


def test_whole_kinds_that_are_lacking_are_named():
    everything = frozenset(DocumentKind)
    policy = replace(POLICY, sending=SendingSettings(kinds=everything))
    titles = DiadocTitles(KindSettings())

    whole = titles.lacking(policy=policy, offers=OFFERS)
    less = titles.lacking(policy=policy, offers=(*OFFERS[1:4], replace(OFFERS[4], required=FILE | {"Excise"})))

    assert (whole.not_taken, whole.metadata) == ((), ())
    assert less.not_taken == ("UniversalTransferDocument/ДОП/utd970_05_03_01", "Contract")
    assert less.metadata == ("ProformaInvoice/default/v1: Excise",)


def test_kinds_that_nobody_sends_are_not_missed():
    policy = replace(POLICY, act_form=ActForm.FILE, sending=SendingSettings(kinds=frozenset()))

    assert DiadocTitles(KindSettings()).lacking(policy=policy, offers=(OFFERS[3],)).not_taken == ()


def test_the_day_of_a_contract_is_its_own():
    assert dict(prepared(an_agreement(date=date(2025, 1, 15))).metadata)["DocumentDate"] == "15.01.2025"
