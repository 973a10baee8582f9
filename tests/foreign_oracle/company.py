"""Many accounts through the inbox and the nights of four months, and what the rows say of each afterwards."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from itertools import count
from typing import Any
from unittest.mock import patch

from billing import wiring
from billing.domain.periods import Month
from local.company import seller_card
from tests.foreign_oracle.life import MONTHS, SERVICES, Life, Message, moments
from tests.foreign_oracle.oracle import MOSCOW, Act, Ledger
from tests.handlers.conftest import LambdaContext
from tests.usecases.house import House

WAVES = len(moments()) // len(MONTHS)  # a month
NAMED = (
    ("ноябрь", "2025-11"),
    ("декабрь", "2025-12"),
    *zip(("январь", "февраль", "март", "апрель"), MONTHS, strict=True),
)
POWERTOOLS = {
    "POWERTOOLS_TRACE_DISABLED": "true",
    "POWERTOOLS_METRICS_NAMESPACE": "Zakryvashka",
    "POWERTOOLS_SERVICE_NAME": "zakryvashka",
}


@dataclass
class Account:
    """What can be seen of an account from outside, in the one ledger or in the other.

    `acts` by month and payer; `sums` likewise, over all documents, those that are held back included.
    """

    outcomes: list[str] = field(default_factory=list)
    balance: int = 0
    acts: dict[Act, dict[str, Any]] = field(default_factory=dict)
    sums: dict[Act, int] = field(default_factory=dict, compare=False)


def by_the_rules(life: Life, *, unpaid_services: str) -> Account:
    ledger = Ledger(
        MONTHS[0],
        acts_unpaid=unpaid_services == "act" or life.policy == "postpaid",
        card_payers=tuple(p["inn"] for p in life.payers),
    )
    seen = Account()
    for n, (_, wave) in enumerate(life.waves, 1):
        seen.outcomes += [ledger.take(message) for message in wave]
        if n % WAVES == 0:
            ledger.close()
    seen.balance = ledger.balance
    seen.sums = _stated(ledger.documented())
    for act, lines in ledger.acts.items():
        by_line, by_class = Counter[tuple[str, str]](), Counter[str]()
        for (title, month, money), n in lines.items():
            by_line[title, month] += n
            by_class[money] += n
        seen.acts[act] = {"total": lines.total(), "lines": _stated(by_line), "by_class": _stated(by_class)}
    return seen


def in_fact(lives: Sequence[Life], *, unpaid_services: str, vat: str = "none") -> dict[str, Account]:
    """Send the messages in waves through the handler of the inbox, close each month in its night, read the rows."""
    house = House(at="2026-01-01 09:00")
    seen = {life.account: Account() for life in lives}
    with _in_the_place_of_aws(house):
        house.night(Month(2025, 12))  # so that the messages of last year come too late for its acts
        _send(house, [_seller(unpaid_services, vat), *(life.card for life in lives)])
        for n, now in enumerate(moments()):
            house.now = now.astimezone(UTC)
            wave = [message for life in lives for message in life.waves[n][1]]
            for message, outcome in zip(wave, _send(house, wave), strict=True):
                seen[message["account"]].outcomes.append(outcome)
            if n % WAVES == WAVES - 1:
                house.night(Month.parse(MONTHS[n // WAVES]))
    for account, of_account in seen.items():
        _read(house, account, of_account)
    return seen


@contextmanager
def _in_the_place_of_aws(house: House) -> Iterator[None]:
    with patch.dict("os.environ", POWERTOOLS):
        level = wiring.log.log_level
        wiring.log.setLevel("WARNING")
        wiring.install(house.outside)
        try:
            yield
        finally:
            wiring.install(None)
            wiring.log.setLevel(level)


_ids = count(1)


def _send(house: House, messages: Iterable[Message]) -> list[str]:
    """Give messages to the handler, ten at a time, and return the outcome of each from the rows."""
    records = [
        {
            "messageId": f"m-{next(_ids)}",
            "body": json.dumps(message, ensure_ascii=False),
            "attributes": {"MessageGroupId": message["account"], "ApproximateReceiveCount": "1"},
            "eventSource": "aws:sqs",
        }
        for message in messages
    ]
    handler = importlib.import_module("functions.take_from_crm.app").handler
    outcomes = []
    for n in range(0, len(records), 10):
        batch = records[n : n + 10]
        assert handler({"Records": batch}, LambdaContext()) == {"batchItemFailures": []}
        aside = f"refused.{house.now.astimezone(MOSCOW):%Y-%m-%d}"
        for record in batch:
            refused = house.store.get("control", aside, record["messageId"])
            known = house.store.get("seen", json.loads(record["body"])["key"])
            assert refused or known
            outcomes.append((refused or known).row["outcome"])
    return outcomes


def _read(house: House, account: str, seen: Account) -> None:
    stored = house.store.get("accounts", account)
    seen.balance = stored.row["balance_kop"] if stored else 0
    keys = [s.row["key"] for s in house.store.query("journal", account, limit=1_000).rows if s.row["kind"] != "merge"]
    assert len(keys) == len(set(keys)), f"an entry twice: {account}"
    sums = Counter[Act]()
    for row in (s.row for s in house.store.query("documents", account, limit=1_000).rows):
        if row["kind"] != "act":
            continue
        act = row["month"], row["payer"]
        sums[act] += row["total_kop"]
        by_line = Counter[tuple[str, str]]()
        for line in row["content"]["lines"]:
            by_line[_line(line["title"], row["month"])] += line["amount"]
        seen.acts[act] = {
            "total": row["total_kop"],
            "lines": _stated(by_line),
            "by_class": _stated(dict(row["content"]["by_class"])),
        }
    seen.sums = _stated(sums)


def _line(title: str, month: str) -> tuple[str, str]:
    """Return the service, and the month that the title names, if it is not the act's own."""
    (service,) = (s for s in SERVICES.values() if s in title)
    named = [m for name, m in NAMED if name in title]
    return service, named[0] if named else month


def _stated(sums: Mapping[Any, int]) -> dict[Any, int]:
    return {k: v for k, v in sorted(sums.items()) if v}


def _seller(unpaid_services: str, vat: str) -> Message:
    return {
        **seller_card(),
        "key": "seller:2",
        "at": "2026-01-02T09:00:00+03:00",
        "vat": [{"valid_from": "2020-01-01", "mode": vat, "ground": "" if vat == "standard" else "ст. 346.11 НК РФ"}],
        "unpaid_services": unpaid_services,
        "invoice_policy": "none",
    }
