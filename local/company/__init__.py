"""The sample companies: a seller without VAT with a quarter of 2026 and some wrong messages, and a payer of VAT."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from local.company.client import MOSCOW, Client, Told, at, in_order
from local.company.clients import clients
from local.company.exchange import CONTRACT, EDO, TAXED_CONTRACT, TAXED_EDO
from local.company.requisites import BIC, KPP, bank_account, company_inn, company_ogrn, correspondent_account
from local.company.taxed_clients import taxed_clients

SELLER, TAXED_SELLER = "ООО «Учебная CRM»", "ООО «Учебная телефония»"
SIMPLIFIED = {"mode": "none", "ground": "ст. 346.11 НК РФ"}
STANDARD = {"mode": "standard"}


def seller_card(
    *, edo: bool = False, vat: Mapping[str, str] = STANDARD, number: int = 1, name: str = SELLER
) -> dict[str, Any]:
    """Return a company's own card, whose acts are dated the first of the next month; with `edo`, signed too."""
    return {
        "kind": "seller",
        "key": "seller:1",
        "account": "seller",
        "at": "2026-01-01T09:00:00+03:00",
        "requisites": [
            {
                "valid_from": "2020-01-01",
                "name": name,
                "inn": company_inn(number),
                "kpp": KPP,
                "ogrn": company_ogrn(number),
                "address": f"999999, Московская обл., г. Образцовск, Учебный просп., д. {number}",
                "phone": "+7 000 000-00-00",
                "bank": {
                    "bank": "АО «УЧЕБНЫЙ БАНК»",
                    "bic": BIC,
                    "account": bank_account(number),
                    "correspondent": correspondent_account(),
                },
                "director": {"position": "Генеральный директор", "name": "Примеров П. П."},
                "accountant": {"position": "Главный бухгалтер", "name": "Образцова О. О."},
            }
        ],
        "vat": [{"valid_from": "2020-01-01", **vat}],
        "invoice_policy": "next_month",
        "bounds": {"payers_max": 5},
        **({"edo": EDO, "contract": CONTRACT if vat == SIMPLIFIED else TAXED_CONTRACT} if edo else {}),
    }


def our_card() -> dict[str, Any]:
    """Return the card of the seller without VAT."""
    return seller_card(edo=True, vat=SIMPLIFIED)


def taxed_card() -> dict[str, Any]:
    """Return the card of the seller that charges VAT."""
    return {**seller_card(edo=True, number=2, name=TAXED_SELLER), "edo": TAXED_EDO}


def company() -> tuple[list[Client], list[Told]]:
    """Return the clients, and everything that comes to the queue `crm-inbox`, in the order of time."""
    found = clients()
    seller = Told(at(date(2026, 1, 1), 9), our_card())
    return found, [seller, *sorted([*in_order(found), *_wrong(found)], key=lambda told: told.arrives)]


def taxed_company() -> tuple[list[Client], list[Told]]:
    """Return the same of the seller that charges VAT: five clients, two months."""
    found = taxed_clients()
    return found, [Told(at(date(2026, 1, 1), 9), taxed_card()), *in_order(found)]


def _wrong(found: list[Client]) -> list[Told]:
    """Messages that must be refused, each with a reason, and hold nobody up. They stand among Ромашка's right ones."""
    first, refunded = found[0], next(c for c in found if c.number == 106)
    payment = next(t.body for t in first.told if isinstance(t.body, dict) and t.body["kind"] == "payment")
    theirs = next(t.body for t in refunded.told if isinstance(t.body, dict) and t.body["kind"] == "payment")
    assert isinstance(payment, dict)
    assert isinstance(theirs, dict)

    def wrong(day: int, **over: Any) -> Told:
        moment = datetime(2026, 1, day, 16, tzinfo=MOSCOW)
        return Told(moment, {**payment, "key": f"wrong:{day}", "at": moment.isoformat(), **over})

    return [
        Told(datetime(2026, 1, 13, 16, tzinfo=MOSCOW), '{"kind": "payment", "amount": 100'),
        wrong(14, amount="5500.00"),
        wrong(15, amount=5500.5),
        wrong(16, amount=-100),
        wrong(17, at="2026-01-17T16:00:00"),
        wrong(18, payer={"inn": "9999001012"}),
        wrong(19, at="2027-01-19T16:00:00+03:00"),
        wrong(20, key=payment["key"], amount=payment["amount"] + 1),
        wrong(21, payer=None),
        wrong(22, kind="promise"),
        Told(
            datetime(2026, 1, 28, 16, tzinfo=MOSCOW),
            {
                "kind": "refund",
                "key": "wrong:28",
                "account": refunded.account,
                "at": "2026-01-28T16:00:00+03:00",
                "payment": theirs["key"],
                "amount": 1,
                "reason": "второй раз",
            },
        ),
        Told(
            datetime(2026, 1, 29, 16, tzinfo=MOSCOW),
            {
                "kind": "reversal",
                "key": "wrong:29",
                "account": first.account,
                "at": "2026-01-29T16:00:00+03:00",
                "charge": "charge:nobody:knows",
                "amount": 100,
                "reason": "нет такого списания",
            },
        ),
        Told(datetime(2026, 1, 30, 16, tzinfo=MOSCOW), payment),  # the same once more: answered as at first
    ]
