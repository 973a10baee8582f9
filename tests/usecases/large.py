"""An account with very many documents, each with a letter to several addresses: laid into the store as rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from billing import records
from billing.records_letters import HEAD, Delivery, address_digest, delivery_row, key_of, letter_id, scope_of
from tests.usecases.house import ACCOUNT, House, a_card, a_charge, a_payment

FIRST = datetime(1990, 1, 1, tzinfo=UTC)  # day of the first document
A_DAY = 8
ADDRESSES = tuple(f"{name}@client.example" for name in ("anna", "boris", "vera"))


def a_large_house(documents: int) -> House:
    """So many ordered acts of ordinary size, and nothing else of January; every letter was delivered."""
    house = House(a_card(), a_payment(300_000), a_charge(300_000))
    house.night()
    (act,) = house.documents(kind="act")
    row = records.document_row(act)
    head = {"kind": "ordered_document", "documents": [act.id], "at": act.at, "summary": "заказанный документ"}
    parts = {HEAD: (head, 1)}
    for address in ADDRESSES:
        delivery = Delivery(address=address, status="delivered", message="m", at=act.at)
        parts[address_digest(address)] = (delivery_row(delivery), 3)
    papers, letters = {}, {}
    for n in range(documents):
        id = f"{FIRST + timedelta(days=n // A_DAY):%Y-%m-%d}.act.{n:08}"
        letter = letter_id(ACCOUNT, scope_of(id), 1)
        papers[id] = ({**row, "letter": letter}, 1)
        letters |= {key_of(letter, part)[1]: said for part, said in parts.items()}
    house.store.tables["documents"][ACCOUNT] = papers
    house.store.tables["deliveries"][ACCOUNT] = letters
    return house
