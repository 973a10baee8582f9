"""The cards as they are known now: the company's own, and a client's."""

from __future__ import annotations

from billing import records
from billing.domain.notifications import NotificationSettings
from billing.domain.parties import Customer
from billing.domain.seller import SellerCard
from billing.ports import ABSENT, Outside, Store, Stored


def seller_card(store: Store) -> SellerCard | None:
    stored = store.get("control", "seller", "card")
    return records.from_plain(SellerCard, stored.row["card"]) if stored else None


def customer_card(store: Store, account: str) -> Customer | None:
    stored = store.get("customers", account)
    return records.from_plain(Customer, stored.row["card"]) if stored else None


def notification_settings(store: Store, account: str) -> NotificationSettings:
    """What the client itself has chosen; nothing as long as nobody has."""
    stored = store.get("customers", account)
    return settings_of(stored) if stored else NotificationSettings()


def settings_of(stored: Stored) -> NotificationSettings:
    said = stored.row.get("notifications")
    return records.from_plain(NotificationSettings, said) if said else NotificationSettings()


def cards_seen(account: str, outside: Outside) -> dict[str, int]:
    """The versions of both cards, to see later whether either has changed."""
    customer = outside.store.get("customers", account)
    seller = outside.store.get("control", "seller", "card")
    return {"customer": customer.version if customer else ABSENT, "seller": seller.version if seller else ABSENT}
