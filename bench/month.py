"""A month of many clients through the cloud of template.yaml on one machine: `python -m bench.month [CLIENTS]`."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from botocore.client import BaseClient

from local.cloud import local_cloud
from local.company import seller_card


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """CPU seconds of each part; calls of AWS a client by kind, the local cloud's own among them; what has come of it.

    `reads` and `writes` are of DynamoDB; a transaction is one write.
    """

    clients: int
    posting_s: float
    night_s: float
    reads: float
    writes: float
    files: float
    queues: float
    mail: float
    calls: float
    documents: int
    letters: int


KINDS = {
    "reads": ("GetItem", "BatchGetItem", "Query", "Scan"),
    "writes": ("PutItem", "DeleteItem", "TransactWriteItems"),
    "files": ("GetObject", "PutObject"),
    "queues": ("SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessageBatch", "PublishBatch"),
    "mail": ("SendEmail",),
}


def rows(clients: int = 1_000) -> list[Row]:
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"
    logging.disable(logging.CRITICAL)
    quiet = redirect_stdout(StringIO())  # a function prints its metrics whenever it has a hundred of a kind
    with quiet, local_cloud(at=datetime(2026, 1, 31, 12, tzinfo=UTC)) as cloud:
        cloud.send("CrmInboxQueue", [json.dumps(seller_card())])
        cloud.drain()
        with _counted() as calls:
            begun = time.process_time()
            cloud.send("CrmInboxQueue", [json.dumps(m) for n in range(clients) for m in _client(n)])
            cloud.drain()
            posted = time.process_time()
            cloud.advance(datetime(2026, 2, 1, 22, tzinfo=UTC))
            ended = time.process_time()
        documents = sum(d.get("status") == "ready" for d in cloud.rows("documents"))
        return [
            Row(
                clients=clients,
                posting_s=posted - begun,
                night_s=ended - posted,
                **{kind: sum(calls[name] for name in names) / clients for kind, names in KINDS.items()},
                calls=sum(calls.values()) / clients,
                documents=documents,
                letters=len(cloud.letters()),
            )
        ]


@contextmanager
def _counted() -> Iterator[Counter[str]]:
    """Every call of AWS within the block, by its name."""
    calls, ask = Counter[str](), BaseClient._make_api_call

    def counting(self: Any, operation: str, said: dict[str, Any]) -> Any:
        calls[operation] += 1
        return ask(self, operation, said)

    BaseClient._make_api_call = counting
    try:
        yield calls
    finally:
        BaseClient._make_api_call = ask


def _client(n: int) -> list[dict[str, Any]]:
    """A card, a payment and four charges: every client pays 10 000 and spends 5 500."""
    account = f"c-{n:06}"
    payer = {"inn": "7707083893", "kpp": "773601001"}
    card = {
        "kind": "customer",
        "key": f"customer:{account}",
        "account": account,
        "at": "2026-01-10T12:00:00+03:00",
        "title": f"ООО «Клиент {n}»",
        "contract": {"number": f"Д-{n}", "date": "2025-01-15"},
        "payers": [
            {
                **payer,
                "valid_from": "2025-01-15",
                "name": f"ООО «Клиент {n}»",
                "ogrn": "1027700132195",
                "address": "117312, г. Москва, ул. Вавилова, д. 19",
            }
        ],
        "administrators": [{"user": "u-1", "name": "", "emails": [f"office{n}@client.example"]}],
    }
    payment = {
        "kind": "payment",
        "key": f"bank:{account}",
        "account": account,
        "at": "2026-01-12T12:00:00+03:00",
        "class": "BANK",
        "amount": 1_000_000,
        "payer": payer,
    }
    charges = [
        {
            "kind": "charge",
            "key": f"charge:{account}:{day}",
            "account": account,
            "at": f"2026-01-{day:02}T23:00:00+03:00",
            "service": "crm",
            "title": "Доступ к CRM",
            "unit": "нед.",
            "amount": 137_500,
        }
        for day in (7, 14, 21, 28)
    ]
    return [card, payment, *charges]


if __name__ == "__main__":
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000):
        print(row)
