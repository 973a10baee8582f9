"""A house with documents in the place of AWS, and people who ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from billing import wiring
from billing.domain.notifications import KINDS
from billing.usecases.archive import order_archive
from billing.usecases.document_filters import Filters
from billing.usecases.notifications import change_notifications
from tests.api.asking import TOKENS, Browser, a_token
from tests.usecases.house import ROMASHKA, VASILYOK, House, a_card, a_charge, a_payment


def a_furnished_house() -> House:
    """January closed: the first account has an act and an invoice, the second the same of another payer.

    Both have an archive of them, and an address that has not confirmed yet.
    """
    house = House(a_card(payers=[ROMASHKA]), a_card("c-000002", payers=[VASILYOK]))
    vasilyok = {"inn": VASILYOK["inn"], "kpp": VASILYOK["kpp"]}
    house.tell(a_payment(300_000, key="bank:1"), a_charge(300_000))
    house.tell(a_payment(100_000, "c-000002", payer=vasilyok, key="bank:2"), a_charge(100_000, "c-000002"))
    house.night()
    for account, address in (("c-000001", "waiting@client.example"), ("c-000002", "theirs@client.example")):
        change_notifications(
            account,
            added=[(address, KINDS)],
            reconciliation=False,
            version=0,
            outside=house.outside,
            link=lambda digest, nonce: f"https://docs.crm.example/confirm?{digest}.{nonce}",
        )
        order_archive(account, Filters(first=date(2026, 2, 1), last=date(2026, 2, 1)), house.outside)
    return house


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    house = a_furnished_house()
    wiring.install(house.outside, TOKENS)
    yield house
    wiring.install(None)


@pytest.fixture
def administrator(house: House) -> Browser:
    return Browser(house, token=a_token(house))


@pytest.fixture
def accountant(house: House) -> Browser:
    return Browser(house, token=a_token(house, role="accountant", sub="u-2"))


@pytest.fixture
def operator(house: House) -> Browser:
    return Browser(house, token=a_token(house, role="operator", sub="u-9", account=None))


@pytest.fixture
def stranger(house: House) -> Browser:
    return Browser(house)
