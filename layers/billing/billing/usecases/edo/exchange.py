"""Whether the exchange with the buyers of some documents is established, as the letter about them says it."""

from __future__ import annotations

from collections.abc import Sequence

from billing.domain.edo_boxes import Partnership
from billing.domain.edo_sending import next_window
from billing.domain.periods import Day, Month, moscow_day
from billing.ports import Outside
from billing.records import DocumentRecord
from billing.usecases.cards import seller_card
from billing.usecases.edo.counterparties import kept
from billing.usecases.edo.policy import policy_of


def exchanged_with(documents: Sequence[DocumentRecord], outside: Outside) -> bool | None:
    """True: all have accepted, and signed originals go there; None: the company does not exchange electronically."""
    card = seller_card(outside.store)
    if not card or not card.edo:
        return None
    found = [kept(inn, kpp, outside) for inn, kpp in {(d.content.buyer.inn, d.content.buyer.kpp) for d in documents}]
    return all(one is not None and one.payer.partnership is Partnership.PARTNERS for one in found)


def originals_by(month: Month, outside: Outside) -> Day | None:
    """The last day on which documents of that month go to the operator; None: it is past, or nothing goes there."""
    policy = policy_of(seller_card(outside.store))
    last = next_window(month.next.first_day, policy.sending).last_day if policy else None
    return last if last and moscow_day(outside.clock()) <= last else None
