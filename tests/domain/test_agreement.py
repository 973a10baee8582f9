"""The contract with a payer: what stands in it, and when it is another one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from billing.domain.agreement import agreement, agreement_id
from billing.domain.documents import BankAccount, Clause, Party, Signer
from billing.domain.edo_policy import ContractTemplate
from billing.domain.parties import Contract, Customer, PayerRequisites
from billing.domain.seller import SellerCard, SellerRequisites

DAY = date(2026, 4, 2)
TEMPLATE = ContractTemplate(
    version="2026-1",
    title="Договор об оказании услуг",
    clauses=(
        Clause(heading="Предмет", paragraphs=("{seller} открывает {buyer} доступ.", "Подписывает {seller_signer}.")),
        Clause(heading="Срок", paragraphs=("Договор № {number} действует с {date}.",)),
    ),
)
SELLER = SellerCard(
    requisites=(
        SellerRequisites(
            valid_from=date(2020, 1, 1),
            party=Party(name="ООО «Учебная CRM»", inn="7736207543", kpp="770401001", address="г. Образцовск, д. 1"),
            bank=BankAccount(
                bank="ПАО СБЕРБАНК",
                bic="044525225",
                account="40702810938000000001",
                correspondent="30101810400000000225",
            ),
            director=Signer(position="Генеральный директор", name="Примеров П. П."),
        ),
    ),
    vat=(),
    contract=TEMPLATE,
)
PAYER = PayerRequisites(
    valid_from=date(2020, 1, 1), name="ООО «Ромашка»", inn="7707083893", kpp="773601001", address="г. Москва, д. 19"
)
CUSTOMER = Customer(account="c-000001", title="Ромашка", payers=(PAYER,))


def with_ours(**changes):
    return replace(SELLER, requisites=(replace(SELLER.requisites[0], **changes),))


def made(day=DAY, *, template=TEMPLATE, customer=CUSTOMER, seller=SELLER):
    return agreement(template, payer=PAYER.inn, day=day, customer=customer, seller=seller)


def test_every_placeholder_is_filled_and_the_number_when_it_is_taken():
    draft = made()
    said = draft.content.numbered("17")

    assert draft.problems == ()
    assert [p for clause in said.clauses for p in clause.paragraphs] == [
        "ООО «Учебная CRM» открывает ООО «Ромашка» доступ.",
        "Подписывает Генеральный директор Примеров П. П.",
        "Договор № 17 действует с 2\u00a0апреля\u00a02026\u00a0г.",
    ]
    assert (said.date, said.number, draft.number) == (DAY, "17", "")


def test_a_client_with_a_contract_keeps_its_number_and_its_day():
    customer = replace(CUSTOMER, contract=Contract(number="Д-77/2025", date=date(2025, 1, 15)))

    draft = made(customer=customer)

    assert (draft.number, draft.content.date) == ("Д-77/2025", date(2025, 1, 15))


@pytest.mark.parametrize(
    ("what", "is_another"),
    [
        pytest.param({"day": date(2026, 7, 1)}, False, id="made on another day"),
        pytest.param(
            {"customer": replace(CUSTOMER, contract=Contract(number="Д-1", date=date(2025, 1, 15)))},
            False,
            id="under another number",
        ),
        pytest.param({"template": replace(TEMPLATE, version="2026-2")}, True, id="by a newer template"),
        pytest.param(
            {"template": replace(TEMPLATE, clauses=TEMPLATE.clauses[:1])}, True, id="with other clauses, same version"
        ),
        pytest.param(
            {"customer": replace(CUSTOMER, payers=(replace(PAYER, address="г. Тверь, д. 2"),))},
            True,
            id="the client has moved",
        ),
        pytest.param(
            {
                "seller": replace(
                    SELLER,
                    requisites=(
                        replace(SELLER.requisites[0], director=Signer(position="Директор", name="Новикова Н. Н.")),
                    ),
                )
            },
            True,
            id="another director",
        ),
        pytest.param(
            {
                "seller": replace(
                    SELLER,
                    requisites=(replace(SELLER.requisites[0], accountant=Signer(position="Главбух", name="О. О.")),),
                )
            },
            False,
            id="an accountant, who does not sign it",
        ),
        pytest.param(
            {"customer": replace(CUSTOMER, payers=(replace(PAYER, phone="+7 495 000-00-00"),))},
            False,
            id="the client has another phone",
        ),
        pytest.param({"seller": with_ours(stamp="a" * 64)}, False, id="a new picture of the seal"),
        pytest.param(
            {"seller": with_ours(director=replace(SELLER.requisites[0].director, facsimile="b" * 64))},
            False,
            id="a new picture of the signature",
        ),
        pytest.param(
            {"seller": with_ours(party=replace(SELLER.requisites[0].party, phone="+7 495 000-00-01"))},
            False,
            id="we have another phone",
        ),
        pytest.param(
            {"seller": with_ours(bank=replace(SELLER.requisites[0].bank, account="40702810938000000002"))},
            True,
            id="we have another bank account",
        ),
    ],
)
def test_another_version_is_a_contract_that_says_something_else(what, is_another):
    assert (made(**what).content.version != made().content.version) is is_another


def test_a_client_without_requisites_gets_no_contract_yet():
    assert tuple(map(str, made(customer=replace(CUSTOMER, payers=())).problems)) == (
        "нет реквизитов плательщика с ИНН 7707083893 на 02.04.2026",
    )


def test_braces_in_a_name_stay_braces():
    customer = replace(CUSTOMER, payers=(replace(PAYER, name="ООО {date}"),))

    assert made(customer=customer).content.clauses[0].paragraphs[0] == "ООО «Учебная CRM» открывает ООО {date} доступ."


def test_its_id_is_of_the_day_on_which_it_was_made():
    assert agreement_id(DAY, PAYER.inn, 0) == "2026-04-02.contract.7707083893.0"
