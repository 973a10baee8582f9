"""What the CRM tells, as it comes to the queue: a company, one client, 10 000 paid and 5 500 charged in January."""

from __future__ import annotations

import json
from typing import Any

PAYER = "7707083893"


def the_seller(**over: Any) -> str:
    return _told(
        {
            "kind": "seller",
            "key": "seller:1",
            "account": "seller",
            "at": "2026-01-01T09:00:00+03:00",
            "requisites": [
                {
                    "valid_from": "2020-01-01",
                    "name": "ООО «Закрывашка»",
                    "inn": "7736207543",
                    "kpp": "770401001",
                    "ogrn": "1027700229193",
                    "address": "119021, г. Москва, ул. Льва Толстого, д. 16",
                    "bank": {
                        "bank": "ПАО СБЕРБАНК",
                        "bic": "044525225",
                        "account": "40702810938000000001",
                        "correspondent": "30101810400000000225",
                    },
                    "director": {"position": "Генеральный директор", "name": "Иванов И. И."},
                }
            ],
            "vat": [{"valid_from": "2020-01-01", "mode": "standard"}],
        },
        over,
    )


def the_client(*emails: str, **over: Any) -> str:
    return _told(
        {
            "kind": "customer",
            "key": "customer:1:1",
            "account": "c-000001",
            "at": "2026-01-01T10:00:00+03:00",
            "title": "Ромашка",
            "payers": [
                {
                    "valid_from": "2020-01-01",
                    "name": "ООО «Ромашка»",
                    "inn": PAYER,
                    "kpp": "773601001",
                    "ogrn": "1027700132195",
                    "address": "117312, г. Москва, ул. Вавилова, д. 19",
                }
            ],
            "administrators": [{"user": "u-1", "name": "Анна", "emails": list(emails or ("anna@romashka.example",))}],
        },
        over,
    )


def a_payment(**over: Any) -> str:
    return _told(
        {
            "kind": "payment",
            "key": "payment:1",
            "account": "c-000001",
            "at": "2026-01-12T12:00:00+03:00",
            "class": "BANK",
            "amount": 1_000_000,
            "payer": {"inn": PAYER},
            "document": {"number": "77", "date": "2026-01-12"},
        },
        over,
    )


def a_charge(**over: Any) -> str:
    return _told(
        {
            "kind": "charge",
            "key": "charge:1",
            "account": "c-000001",
            "at": "2026-01-31T23:00:00+03:00",
            "service": "crm",
            "title": "Доступ к CRM",
            "unit": "мес.",
            "amount": 550_000,
        },
        over,
    )


def _told(body: dict[str, Any], over: dict[str, Any]) -> str:
    return json.dumps({**body, **over}, ensure_ascii=False)
