"""Our own letter to a payer that keeps silent: to the operator a repeated invitation is nothing new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from billing.domain.edo_reasons import Reason
from billing.domain.edo_standing import Standing
from billing.domain.parties import Customer, recipients
from billing.domain.periods import Month, moscow_day, utc_text
from billing.letters.contexts import EdoReminder
from billing.ports import Outside
from billing.records_edo import Counterparty
from billing.records_letters import HEAD, OURS, key_of, letter_id
from billing.usecases.cards import customer_card, seller_card
from billing.usecases.edo.counterparties import Kept, kpp_of, payers_of, settle
from billing.usecases.letters import ADDRESSES_MAX, hints_of, rows_of_letter

ACCOUNTS_MAX = 20  # of a payer, whose people are written to


def accounts_of(payer: Counterparty, today: date, outside: Outside) -> tuple[Customer, ...]:
    """The clients whose cards still name the payer; of very many, the first."""
    cards = (customer_card(outside.store, account) for account in payer.accounts[:ACCOUNTS_MAX])
    return tuple(card for card in cards if card and _names(card, payer, today))


def _names(card: Customer, payer: Counterparty, today: date) -> bool:
    return any((p.inn.strip(), kpp_of(p.kpp)) == (payer.inn, payer.kpp) for p in payers_of(card, today))


def remind(one: Kept, payer: Counterparty, today: date, outside: Outside) -> None:
    """The clients' people are written to, once a month; without any address the payer just waits."""
    cards = accounts_of(payer, today, outside)
    people = [administrator for card in cards for administrator in card.administrators]
    added = [address for card in cards for address in card.added_addresses]
    addresses = recipients(people, added).valid[:ADDRESSES_MAX]
    month, at = Month.of(today), utc_text(outside.clock())
    letter = letter_id(OURS, f"reminder-{payer.inn}-{payer.kpp}-{month}", 1)  # of the payer, not of an account
    if not addresses or outside.store.get("deliveries", *key_of(letter, HEAD)):
        settle(one, payer, outside)
        return
    invited = max((*payer.invited.values(), *((payer.since,) if payer.since else ())), default=today)
    head: dict[str, Any] = {
        "kind": "edo_reminder",
        "month": str(month),
        "at": at,
        "details": {
            "customer": payer.name,
            "invited_on": invited.isoformat(),
            "again": payer.reminded is not None,
        },
        "summary": f"напоминание о приглашении: {payer.name}, адресов {len(addresses)}",
    }
    reminded = replace(
        payer, reminded=today, reason=Reason.REMINDED_THIS_MONTH, standing=Standing.REMINDED, standing_at=at
    )
    settle(one, reminded, outside, *rows_of_letter(letter, head, addresses, at))
    outside.queue.send("send-letter", hints_of(letter, addresses))
    outside.metrics.count("EdoReminded")


def reminder_letter(head: Mapping[str, Any], outside: Outside) -> EdoReminder:
    """What the letter is told, in the company's own name of that day."""
    card, details = seller_card(outside.store), head["details"]
    seller = card.on(moscow_day(datetime.fromisoformat(head["at"]))) if card else None
    assert seller, "nobody is invited in the name of nobody"
    return EdoReminder(
        customer=details["customer"],
        invited_on=date.fromisoformat(details["invited_on"]),
        again=bool(details.get("again")),
        seller_name=seller.party.name,
        seller_inn=seller.party.inn,
        page_url=outside.settings.page_url,
    )
