"""The demo's electronic documents: what people do meanwhile, and the end of it in a small table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from billing.domain.edo_reasons import Reason
from billing.domain.periods import MOSCOW
from local.cloud import Cloud
from local.company.boxes import WAYS
from local.company.client import Client
from local.exchange import Exchange
from local.http_api import Request, answer
from local.tokens import a_token

ACTS = ("UniversalTransferDocument", "XmlAcceptanceCertificate")
ENDS = ("accepted", "disagreed", "refused", "finished")
SENT = ("sent", "delivered", *ENDS)
ORDERED_BY = 101  # the client whose administrator orders an act of reconciliation


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does at the operator, or on our page, at a moment."""

    at: datetime
    do: Callable[[Cloud, Exchange], None]


def deeds(clients: Iterable[Client]) -> list[Deed]:
    """Return who declines, refuses an act, accepts at the last moment or orders a paper, in the order of time."""
    found = []
    for client in clients:
        way, inn = WAYS.get(client.number, {}), client.payers[0]["inn"] if client.payers else ""
        if "declines" in way:
            found.append(Deed(_at(1, 21), partial(_decline, inn)))
        if "refuses" in way:
            found.append(Deed(_at(4, 3), partial(_refuse, inn, way["refuses"])))
        if "accepts_on_the_4th" in way:
            found.append(Deed(_at(4, 4), partial(_accept, inn)))
        if client.number == ORDERED_BY:
            found.append(Deed(_at(4, 4, 13), partial(_order_reconciliation, client.account, inn)))
    return sorted(found, key=lambda deed: deed.at)


def _at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=MOSCOW)


def _box(exchange: Exchange, inn: str) -> str:
    return next(o.box_id for o in exchange.diadoc.organizations() if o.inn == inn)


def _decline(inn: str, cloud: Cloud, exchange: Exchange) -> None:
    exchange.diadoc.partner_rejects(partner=_box(exchange, inn), box=exchange.box, comment="Работаем на бумаге")


def _accept(inn: str, cloud: Cloud, exchange: Exchange) -> None:
    exchange.diadoc.partner_accepts(partner=_box(exchange, inn), box=exchange.box)


def _refuse(inn: str, text: str, cloud: Cloud, exchange: Exchange) -> None:
    """Of the client's documents, its first act is refused and the others are signed."""
    waiting = [
        document
        for document in exchange.diadoc.documents(box=_box(exchange, inn))
        if document["recipient_response"] == "WaitingForRecipientSignature"
    ]
    refused = next(document for document in waiting if document["type_named_id"] in ACTS)
    for document in waiting:
        place = {"message_id": document["message_id"], "entity_id": document["entity_id"]}
        if document is refused:
            exchange.diadoc.recipient_rejects(**place, text=text)
        else:
            exchange.diadoc.recipient_signs(**place)


def _order_reconciliation(account: str, inn: str, cloud: Cloud, exchange: Exchange) -> None:
    """The client's administrator orders an act of reconciliation for the quarter, through the API."""
    token = a_token(cloud, account, "administrator")
    headers = (
        ("Authorization", f"Bearer {token}"),
        ("Content-Type", "application/json"),
        ("Idempotency-Key", "demo-reconciliation"),
    )
    order = {"from": "2026-01-01", "to": "2026-03-31", "payer": inn}
    request = Request(method="POST", path="/v1/reconciliations", headers=headers, body=json.dumps(order).encode())
    response = answer(cloud, request)
    if response.status != HTTPStatus.CREATED:
        raise RuntimeError(f"no act of reconciliation: {response.status} {response.body.decode()}")


def settle_fates(cloud: Cloud) -> None:
    """What the operator has done by now is known, and the files that it makes are fetched once they are made."""
    for _ in range(2):
        cloud.invoke("track_edo", {"sweep": True})


# --- what came of it ---------------------------------------------------------------------------------------------


def told(control: list[tuple[str, str, dict[str, Any]]], documents: list[dict[str, Any]]) -> list[str]:
    """The small table and the list for a person; nothing when nobody was invited and nothing was sent."""
    payers = [row["counterparty"] for name, _, row in control if name == "edo.counterparties"]
    people = [row["line"] for name, _, row in control if name == "edo.people"]
    stages = [d["edo"]["fate"]["stage"] for d in documents if d.get("edo")]
    if not payers and not stages:
        return []
    cells = {
        "приглашено": sum(bool(p.get("invited")) for p in payers),
        "принято": sum(p["partnership"] == "partners" for p in payers),
        "отправлено": sum(stage in SENT for stage in stages),
        "подписано": stages.count("accepted"),
        "отказ": stages.count("refused"),
        "ждёт человека": len(people),
    }
    return [
        "Обмен документами через Диадок",
        "  " + "   ".join(cells),
        "  " + "   ".join(str(count).rjust(len(name)) for name, count in cells.items()),
        *_people(people),
        "",
    ]


def _people(lines: list[dict[str, Any]]) -> Iterator[str]:
    for line in sorted(lines, key=lambda line: str(line["subject"])):
        reason = Reason(line["reason"])
        detail = f": {line['detail']}" if line.get("detail") else ""
        yield f"  {line.get('inn') or line['subject']}: {reason.text}{detail}"
