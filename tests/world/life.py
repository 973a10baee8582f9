"""A few clients and a few months, all decided by a seed: what their CRM says, in the order in which it happens."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.world.world import World

PAYERS = ({"inn": "7707083893", "kpp": "773601001"}, {"inn": "7736050003", "kpp": "772801001"})
_CARDS = ({"name": "ООО «Ромашка»", "ogrn": "1027700132195"}, {"name": "АО «Василёк»", "ogrn": "1027700229193"})
POISON = "ООО «Яд»"  # the papers of this payer cannot be drawn
UNTOLD = "ООО «Немота»"  # its papers are drawn, but no letter can be composed
ADDRESS = "117312, г. Москва, ул. Вавилова, д. 19"


def seller(*, taxed: bool = False, waits: bool = False) -> dict[str, Any]:
    untaxed = {"valid_from": "2020-01-01", "mode": "none", "ground": "ст. 346.11 НК РФ"}
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
        "vat": [{"valid_from": "2020-01-01", "mode": "standard"} if taxed else untaxed],
        "unpaid_services": "wait" if waits else "act",
    }


def card(
    account: str,
    n: int,
    at: datetime,
    *,
    address: str = ADDRESS,
    policy: str = "prepaid",
    emails: tuple[str, ...] = ("a", "b"),
    added: tuple[str, ...] = (),
    name: str = "",
    invoices: str | None = None,
) -> dict[str, Any]:
    payers = [
        {**payer, **said, "valid_from": "2020-01-01", "address": address}
        for payer, said in zip(PAYERS, _CARDS, strict=True)
    ]
    if name:
        payers[0]["name"] = name
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
        "added_addresses": list(added),
        "invoice_policy": invoices,
    }


def live(world: World, *, clients: int = 3, months: int = 2, events: int = 14) -> list[dict[str, Any]]:
    """Everything is in the world's queue with its time; answers the messages that were sent, once each."""
    taxed, waits = world.seed % 4 in (1, 2), world.seed % 8 in (2, 3)
    rng, sent = world.rng, [seller(taxed=taxed, waits=waits)]
    _send(world, datetime(2026, 1, 1, tzinfo=UTC), sent[0])
    for c in range(clients):
        sent += _client(world, rng, f"c-{c}", months, events)
    if taxed and months > 1:
        sent += [_late(world, f"c-{c}") for c in range(clients)]
    world.months = [f"2026-{1 + month:02}" for month in range(months)]
    for month in range(months):
        _night(world, rng, month)
    return sent


def _late(world: World, account: str) -> dict[str, Any]:
    """What is heard of last year's last quarter when its tax has been declared."""
    at, heard = "2025-12-30T12:00:00+00:00", datetime(2026, 2, 10, tzinfo=UTC)
    named = {"kind": "charge", "key": f"{account}:late", "account": account, "at": at}
    message = {**named, "service": "crm", "title": "Доступ", "amount": 7_00}
    _send(world, heard, message)
    return message


def _night(world: World, rng: random.Random, month: int) -> None:
    night = datetime(2026, 1 + month + 1, 1, 21, 30, tzinfo=UTC)
    begin = world.at(night)
    asked: list[tuple[float, dict[str, str]]] = [(0, {"scheduled_at": night.isoformat()})]
    if world.rate:  # F11: once, twice, late, not at all; F16: a person asks when the next month is ending
        by_hand = {"month": f"2026-{1 + month:02}"}
        asked = rng.choices(
            (asked, asked * 2, [(40_000, by_hand)], [] if month else asked, [(26.9 * 86_400, by_hand)]),
            (75, 12, 6, 5, 2),
        )[0]
    for after, event in asked:
        world.put(begin + after, "close_month", event)
    for n in range(14):
        world.put(begin + n * 600, "sweep", {"scheduled_at": night.isoformat()})
    for hours in (7, 10, 31, 55):
        world.put(begin + hours * 3_600, "sweep", {"scheduled_at": night.isoformat()})
    if world.rate and rng.random() < 0.3:  # F12
        since = begin + rng.random() * 3_600
        world.outages.append((rng.choice(("files", "mail", "store", "queue")), since, since + rng.random() * 8_000))


def _send(world: World, at: datetime, message: dict[str, Any]) -> None:
    _put(world, world.at(at), message)
    if world.rate and world.rng.random() < 0.05:  # F7: the CRM says it again, even days later
        _put(world, world.at(at) + world.rng.random() * 86_400 * 3, message)


def _put(world: World, at: float, message: dict[str, Any]) -> None:
    world.put(at, "crm-inbox", json.dumps(message, ensure_ascii=False), group=message["account"])


def _client(world: World, rng: random.Random, account: str, months: int, events: int) -> list[dict[str, Any]]:
    begin = datetime(2026, 1, 2, tzinfo=UTC)
    sent = _cards(world, rng, account, begin, months)
    moments = sorted(begin + timedelta(seconds=rng.random() * 86_400 * 30 * months) for _ in range(events))
    known: dict[str, list[str]] = {"payment": [], "charge": []}
    for n, at in enumerate(moments):
        message = _event(rng, {"key": f"{account}:{n}", "account": account, "at": at.isoformat()}, known)
        sent.append(message)
        delay = rng.random() * 86_400 * 4 if rng.random() < 0.2 else 0.0  # F8, F23: late, across the close
        _send(world, at + timedelta(seconds=delay), message)
        if world.rate and "amount" in message and rng.random() < 0.04:  # F19: the same key with other content
            sent.append({**message, "amount": message["amount"] + 100})
            _send(world, at + timedelta(seconds=rng.random() * 86_400), sent[-1])
    return sent


def _cards(world: World, rng: random.Random, account: str, begin: datetime, months: int) -> list[dict[str, Any]]:
    policy = "postpaid" if rng.random() < 0.25 else "prepaid"
    incomplete, late = rng.random() < 0.3, rng.random() < 0.2  # late: after the first charges
    name = rng.choices(("", POISON, UNTOLD), (85, 10, 5))[0] if world.rate else ""  # F15
    invoices = rng.choice((None, None, "next_month", "act_pair", "debt", "none"))
    said: dict[str, Any] = {
        "policy": policy,
        "invoices": invoices,
        "name": name,
        "added": (f"A@{account}.example", "нет адреса"),
    }
    first = card(account, 1, begin, address="" if incomplete else ADDRESS, **said)
    cards = [(begin + timedelta(days=8 if late else 0), first)]
    if incomplete:
        at = begin + timedelta(days=rng.choice((20, 35, 50)))
        cards.append((at, card(account, 2, at, emails=("a", "c"), **said)))
    if world.rate and rng.random() < 0.4:  # F26: the addresses change in the very night
        at = datetime(2026, 1 + months, 1, 21, 0, tzinfo=UTC) + timedelta(seconds=rng.random() * 10_000)
        cards.append((at, card(account, 3, at, emails=("d", "a"), **said)))
    for at, message in cards:
        _send(world, at, message)
    return [message for _, message in cards]


def _event(rng: random.Random, message: dict[str, Any], known: dict[str, list[str]]) -> dict[str, Any]:
    kind = rng.choices(
        ("payment", "charge", "refund", "reversal", "chargeback", "reclassification"), (5, 9, 1, 2, 1, 1)
    )[0]
    if kind in ("refund", "chargeback", "reclassification") and not known["payment"]:
        kind = "payment"
    if kind == "reversal" and not known["charge"]:
        kind = "charge"
    message |= {"kind": kind}
    amount = rng.randrange(1, 40) * 100
    if kind == "payment":
        money = rng.choice(("BANK", "BANK", "CARD_LE", "CARD_IND", "BONUS"))
        message |= {"class": money, "amount": amount * 3}
        if money in ("BANK", "CARD_LE"):
            message["payer"] = rng.choice(PAYERS)
        known["payment"].append(message["key"])
    elif kind == "charge":
        message |= {"service": rng.choice(("crm", "sms")), "title": "Доступ", "amount": amount * 2}
        known["charge"].append(message["key"])
    elif kind in ("refund", "chargeback"):
        message |= {"payment": rng.choice(known["payment"]), "amount": amount}
    elif kind == "reversal":
        message |= {"charge": rng.choice(known["charge"]), "amount": amount}
    else:
        money = rng.choice(("BANK", "CARD_IND"))
        message |= {"payment": rng.choice(known["payment"]), "class": money, "reason": "ошибка"}
        if money == "BANK":
            message["payer"] = PAYERS[0]
    return message
