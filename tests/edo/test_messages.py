"""The EDO and the contract in the `seller` message."""

from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from billing.domain.documents import DocumentKind
from billing.domain.edo_policy import EdoPolicy
from billing.domain.edo_sending import Schedule, SendingSettings
from billing.domain.edo_signer import PowerWay, SignerPerson
from billing.domain.errors import InvalidInputError
from billing.domain.seller import SellerCard
from billing.messages import parse
from billing.usecases.cards import seller_card as stored_card
from local.company import seller_card
from tests.usecases.house import House

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SIGNER = {"last_name": "Примеров", "first_name": "Пётр", "position": "Генеральный директор"}
POWER = {"way": "number", "number": "3f1f2bfa-0d3e-4e4c-8b1d-2f3a5b6c7d8e", "issuer_inn": "7707083893"}


def card(**over: Any) -> SellerCard:
    message = parse(json.dumps({**seller_card(), **over}), now=NOW)
    return message.card()  # type: ignore[union-attr, no-any-return]


def changed(contract: dict[str, Any], text: str) -> dict[str, Any]:
    contract = copy.deepcopy(contract)
    contract["clauses"][0]["paragraphs"][0] = text
    return contract


def test_a_company_that_says_nothing_of_the_edo_has_none():
    assert (card().edo, card().contract) == (None, None)


def test_a_signer_is_enough_and_the_rest_is_as_the_help_page_says():
    assert card(edo={"signer": SIGNER}).edo == EdoPolicy(
        signer=SignerPerson(last_name="Примеров", first_name="Пётр", position="Генеральный директор")
    )


def test_everything_that_is_said_is_kept():
    edo = card(
        edo={
            "signer": {**SIGNER, "power": {**POWER, "until": "2027-01-31"}},
            "sending": {"schedule": "monthly", "kinds": ["reconciliation", "invoice"], "send_last": 4},
            "invitations": {"remind": False, "roaming_days": 14},
        }
    ).edo

    assert edo
    assert (edo.signer.power.way, edo.signer.power.until) == (PowerWay.NUMBER, date(2027, 1, 31))
    assert edo.sending == SendingSettings(
        schedule=Schedule.MONTHLY,
        kinds=frozenset({DocumentKind.RECONCILIATION, DocumentKind.INVOICE}),
        send_last=4,
    )
    assert (edo.invitations.remind, edo.invitations.roaming_days) == (False, 14)


def test_the_card_of_the_sample_company_comes_back_from_its_row():
    house = House(seller=False)

    (taken,) = house.tell(seller_card(edo=True))

    stored = stored_card(house.store)
    assert taken.outcome == "stored"
    assert stored
    assert stored.edo
    assert stored.edo.signer.first_name == "Пётр"
    assert stored.contract
    assert (stored.contract.version, len(stored.contract.clauses)) == ("2026-1", 5)


@pytest.mark.parametrize(
    ("edo", "said"),
    [
        pytest.param({}, "edo.signer: Field required", id="nobody signs"),
        pytest.param({"signer": {**SIGNER, "first_name": "П."}}, "in full: formats take no initials", id="initials"),
        pytest.param({"signer": {**SIGNER, "power": {"way": "number"}}}, "name the power", id="no number"),
        pytest.param(
            {"signer": SIGNER, "sending": {"send_first": 6}}, "before the last", id="a window that ends first"
        ),
        pytest.param({"signer": SIGNER, "sending": {"invite_last": 31}}, "equal to 28", id="the 31st"),
        pytest.param({"signer": SIGNER, "sending": {"kinds": ["act"]}}, "edo.sending.kinds.0", id="acts go anyway"),
        pytest.param({"signer": SIGNER, "invitation_text": "ф" * 501}, "at most 500", id="a long text"),
        pytest.param({"signer": SIGNER, "our_test_box": True}, "edo.our_test_box", id="what the operator says itself"),
    ],
)
def test_what_is_wrong_is_told(edo, said):
    with pytest.raises(InvalidInputError, match=said):
        card(edo=edo)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("Договор с {client}", "no such placeholder: client", id="unknown"),
        pytest.param("Договор № {number", "a brace without its pair", id="open"),
        pytest.param("Договор {0}", "no such placeholder: 0", id="a number"),
    ],
)
def test_a_contract_that_could_not_be_filled_in_is_not_taken(text, said):
    contract = seller_card(edo=True)["contract"]

    with pytest.raises(InvalidInputError, match=said):
        card(contract=changed(contract, text))
