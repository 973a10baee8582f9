"""The demo's electronic documents: what people do meanwhile, and the end of it in a small table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing.domain.edo_reasons import Reason
from billing.domain.periods import MOSCOW
from local.cloud import Cloud
from local.company.boxes import WAYS
from local.company.clients import clients
from local.exchange import Exchange

ENDS = ("accepted", "disagreed", "refused", "finished")
SENT = ("sent", "delivered", *ENDS)
END = datetime(2026, 4, 5, 23, tzinfo=MOSCOW)


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does at the operator at a moment."""

    at: datetime
    do: Callable[[Exchange], None]


def deeds() -> list[Deed]:
    """Who declines, who refuses an act, who accepts at the last moment, in the order of time."""
    made = []
    for client in clients():
        way, inn = WAYS.get(client.number, {}), client.payers[0]["inn"] if client.payers else ""
        if "declines" in way:
            made.append(Deed(_at(1, 21), lambda e, inn=inn: _decline(e, inn)))  # type: ignore[misc]
        if "refuses" in way:
            made.append(Deed(_at(4, 3), lambda e, inn=inn, text=way["refuses"]: _refuse(e, inn, text)))  # type: ignore[misc]
        if "accepts_on_the_4th" in way:
            made.append(Deed(_at(4, 4), lambda e, inn=inn: _accept(e, inn)))  # type: ignore[misc]
    return sorted(made, key=lambda deed: deed.at)


def _at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=MOSCOW)


def _box(exchange: Exchange, inn: str) -> str:
    return next(o.box_id for o in exchange.diadoc.organizations() if o.inn == inn)


def _decline(exchange: Exchange, inn: str) -> None:
    exchange.diadoc.partner_rejects(partner=_box(exchange, inn), box=exchange.box, comment="Работаем на бумаге")


def _accept(exchange: Exchange, inn: str) -> None:
    exchange.diadoc.partner_accepts(partner=_box(exchange, inn), box=exchange.box)


def _refuse(exchange: Exchange, inn: str, text: str) -> None:
    """Of its documents, the act for January is refused and the others are signed."""
    for n, found in enumerate(exchange.diadoc.documents(box=_box(exchange, inn))):
        if found["recipient_response"] == "WaitingForRecipientSignature":
            place = {"message_id": found["message_id"], "entity_id": found["entity_id"]}
            if n:
                exchange.diadoc.recipient_signs(**place)
            else:
                exchange.diadoc.recipient_rejects(**place, text=text)


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
