"""Whether a document that was signed before still goes out, by how the payer's box stood when it was looked at last."""

from __future__ import annotations

from billing.domain.edo import Action, may_be_sent
from billing.domain.edo_fate import FAILED
from billing.ports import Outside
from billing.ports_edo import EdoOutside
from billing.usecases.edo.counterparties import all_of_inn
from billing.usecases.edo.relations import known_box
from billing.usecases.edo.terms import OnItsWay, Terms


def may_go(one: OnItsWay, terms: Terms, outside: Outside) -> bool:
    """The box still takes documents from us. The look may have come after the signature."""
    box = known_box(one.state.box, outside)
    decisions = (
        may_be_sent(found.payer.candidate, [box] if box else [], terms.settings, today=terms.today)
        for found in all_of_inn(one.inn, outside)
        if one.stored.pk in found.payer.accounts
    )
    return any(decision.action is Action.SEND for decision in decisions)


def is_at_the_operator(one: OnItsWay, edo: EdoOutside) -> bool:
    """The first try had its effect, though its answer was lost. Earlier attempts, which failed, carry the same id."""
    if not one.state.operation:
        return False
    messages = {found.news.message for found in edo.edo.by_custom_id(one.custom_id)}
    there = (found for message in sorted(messages) for found in edo.edo.documents_of(message))
    return any(found.custom_id == one.custom_id and found.news.stage not in FAILED for found in there)
