"""Read the company's exchange policy and its VAT records, which decide the schedule of the sending."""

from __future__ import annotations

from dataclasses import replace

from billing.domain.edo_policy import EdoPolicy
from billing.domain.seller import SellerCard
from billing.domain.vat import Vat


def policy_of(card: SellerCard | None) -> EdoPolicy | None:
    """Return the seller's exchange policy. None means that nothing is exchanged."""
    if not card or not card.edo:
        return None
    vat = tuple((record.valid_from, record.mode != Vat.NONE) for record in card.vat)
    return replace(card.edo, sending=replace(card.edo.sending, vat=vat))
