"""Let the owner of an added address stop its letters, without an account."""

from __future__ import annotations

from dataclasses import replace
from hmac import compare_digest

from billing import records
from billing.domain.notifications import NotificationSettings
from billing.domain.parties import Customer, recipients
from billing.ports import Outside, StaleError, Write
from billing.usecases.cards import settings_of


def stop_url_of(account: str, address: str, outside: Outside) -> str:
    """Return the link by which an added address stops its letters; empty for an address that the CRM names, too."""
    stored = outside.store.get("customers", account)
    if not stored:
        return ""
    named = address.casefold()
    url = next((a.stop_url for a in settings_of(stored).added if a.address.casefold() == named and a.confirmed_at), "")
    if not url:
        return ""
    card = records.from_plain(Customer, stored.row["card"])
    by_crm = recipients(card.administrators, card.added_addresses).valid
    return "" if named in {a.casefold() for a in by_crm} else url


def stop_address(account: str, token: str, outside: Outside) -> bool:
    """Stop letters to the address whose link has that token. Return whether there is one."""
    stored = outside.store.get("customers", account)
    settings = settings_of(stored) if stored else NotificationSettings()
    gone = next((a for a in settings.added if a.stop_url and compare_digest(_token(a.stop_url), token)), None)
    if not stored or not gone:
        return False
    left = tuple(a for a in settings.added if a is not gone)
    changed = replace(settings, added=left, version=settings.version + 1)
    row = {**stored.row, "notifications": records.plain(changed)}
    try:
        outside.store.tx([Write("customers", account, "", row, stored.version)])
    except StaleError:  # a card came at the same moment, or somebody has changed the settings
        return stop_address(account, token, outside)
    return True


def _token(url: str) -> str:
    return url.partition("token=")[2]
