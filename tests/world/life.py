"""A few clients and a few months, all decided by a seed: what their CRM says, in the order in which it happens."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.world.world import World

PAYERS = ({"inn": "7707083893", "kpp": "773601001"}, {"inn": "7736050003", "kpp": "772801001"})
_CARDS = ({"name": "ООО «Ромашка»", "ogrn": "1027700132195"}, {"name": "АО «Василёк»", "ogrn": "1027700229193"})
ADDRESS = "117312, г. Москва, ул. Вавилова, д. 19"


def seller() -> dict[str, Any]:
    return {
        "kind": "seller",
        "key": "seller:1",
        "account": "seller",
        "at": "2025-12-30T12:00:00+03:00",
        "requisites": [
            {
                "valid_from": "2020-01-01",
                "name": "ООО «Продавец»",
                "inn": "7736207543",
                "kpp": "770401001",
                "ogrn": "1027700229193",
                "address": ADDRESS,
                "bank": {
                    "bank": "ПАО СБЕРБАНК",
                    "bic": "044525225",
                    "account": "40702810938000000001",
                    "correspondent": "30101810400000000225",
                },
                "director": {"position": "Директор", "name": "Иванов И. И."},
            }
        ],
        "vat": [{"valid_from": "2020-01-01", "mode": "standard"}],
    }


def card(
    account: str,
    n: int,
    at: datetime,
    *,
    address: str = ADDRESS,
    policy: str = "prepaid",
    emails: tuple[str, ...] = ("a", "b"),
) -> dict[str, Any]:
    payers = [
        {**payer, **said, "valid_from": "2020-01-01", "address": address}
        for payer, said in zip(PAYERS, _CARDS, strict=True)
    ]
    return {
        "kind": "customer",
        "key": f"customer:{account}:{n}",
        "account": account,
        "at": at.isoformat(),
        "title": f"Клиент {account}",
        "policy": policy,
        "contract": {"number": "1", "date": "2024-01-15"},
        "payers": payers,
        "administrators": [{"user": "u", "emails": [f"{e}@{account}.example" for e in emails]}],
    }


def live(world: World, *, clients: int = 3, months: int = 2, events: int = 14) -> list[dict[str, Any]]:
    """Everything is in the world's queue with its time; answers the messages that were sent, once each."""
    rng, sent = world.rng, [seller()]
    _send(world, datetime(2026, 1, 1, tzinfo=UTC), sent[0])
    for c in range(clients):
        account = f"c-{c}"
        sent += _client(world, rng, account, months, events)
    for month in range(months):
        night = datetime(2026, 1 + month + 1, 1, 21, 30, tzinfo=UTC)
        if not world.rate or rng.random() > 0.1:  # F11: the schedule may not fire, or twice
            for _ in range(1 if rng.random() > 0.2 else 2):
                world.put(world.at(night), "close_month", {"scheduled_at": night.isoformat()})
        else:
            world.put(world.at(night) + 40_000, "close_month", {"month": f"2026-{1 + month:02}"})
        for n in range(14):
            world.put(world.at(night) + n * 600, "sweep", {"scheduled_at": night.isoformat()})
        if world.rate and rng.random() < 0.3:  # F12
            begin = world.at(night) + rng.random() * 3_600
            world.outages.append((rng.choice(("files", "mail", "store")), begin, begin + rng.random() * 4_000))
    return sent


def _send(world: World, at: datetime, message: dict[str, Any]) -> None:
    body = json.dumps(message, ensure_ascii=False)
    world.put(world.at(at), "crm-inbox", body, group=message["account"])
    if world.rate and world.rng.random() < 0.15:  # F7: the same message again, at once or days later
        world.put(world.at(at) + world.rng.random() * 200_000, "crm-inbox", body, group=message["account"])


def _client(world: World, rng: random.Random, account: str, months: int, events: int) -> list[dict[str, Any]]:
    begin = datetime(2026, 1, 2, tzinfo=UTC)
    policy = "postpaid" if rng.random() < 0.25 else "prepaid"
    incomplete = rng.random() < 0.3
    sent: list[dict[str, Any]] = []
    first = card(account, 1, begin, address="" if incomplete else ADDRESS, policy=policy)
    late = rng.random() < 0.2  # the card comes after the first charges
    sent.append(first)
    _send(world, begin + timedelta(days=8 if late else 0), first)
    if incomplete:
        mended = card(account, 2, begin + timedelta(days=rng.choice((20, 35, 50))), policy=policy, emails=("a", "c"))
        sent.append(mended)
        _send(world, datetime.fromisoformat(mended["at"]), mended)
    moments = sorted(begin + timedelta(seconds=rng.random() * 86_400 * 30 * months) for _ in range(events))
    payments, charges = [], []
    for n, at in enumerate(moments):
        message: dict[str, Any] = {"key": f"{account}:{n}", "account": account, "at": at.isoformat()}
        kind = rng.choices(
            ("payment", "charge", "refund", "reversal", "chargeback", "reclassification"), (5, 9, 1, 2, 1, 1)
        )[0]
        if kind in ("refund", "chargeback", "reclassification") and not payments:
            kind = "payment"
        if kind == "reversal" and not charges:
            kind = "charge"
        message |= {"kind": kind}
        amount = rng.randrange(1, 40) * 100
        if kind == "payment":
            money = rng.choice(("BANK", "BANK", "CARD_LE", "CARD_IND", "BONUS"))
            message |= {"class": money, "amount": amount * 3}
            if money in ("BANK", "CARD_LE"):
                message["payer"] = rng.choice(PAYERS)
            payments.append(message["key"])
        elif kind == "charge":
            message |= {"service": rng.choice(("crm", "sms")), "title": "Доступ", "amount": amount * 2}
            charges.append(message["key"])
        elif kind in ("refund", "chargeback"):
            message |= {"payment": rng.choice(payments), "amount": amount}
        elif kind == "reversal":
            message |= {"charge": rng.choice(charges), "amount": amount}
        else:
            money = rng.choice(("BANK", "CARD_IND"))
            message |= {"payment": rng.choice(payments), "class": money, "reason": "ошибка"}
            if money == "BANK":
                message["payer"] = PAYERS[0]
        sent.append(message)
        delay = rng.random() * 86_400 * 4 if rng.random() < 0.2 else 0.0  # F8, F23: late, across the close
        _send(world, at + timedelta(seconds=delay), message)
    return sent
