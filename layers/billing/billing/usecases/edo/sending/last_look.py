"""Whether a document that was signed before still goes out, by how the payer's box stood when it was looked at last."""

from __future__ import annotations

from dataclasses import replace

from billing.domain.edo import Action, RoamingRequest, may_be_sent
from billing.domain.edo_boxes import Partnership
from billing.domain.edo_fate import FAILED, Stage
from billing.domain.edo_reasons import Reason
from billing.ports import Outside
from billing.ports_edo import EdoOutside
from billing.records_edo import Counterparty, EdoState
from billing.usecases.edo.counterparties import all_of_inn, change, kept, kpp_of, stands
from billing.usecases.edo.relations import boxes_of, known_box, observe
from billing.usecases.edo.sending.terms import OnItsWay, Terms
from billing.usecases.edo.waiting import waiting_of


def may_go(one: OnItsWay, terms: Terms, outside: Outside) -> bool:
    """The box still takes documents from us. The look may have come after the signature."""
    box = known_box(one.state.box, outside)
    decisions = (
        may_be_sent(found.payer.candidate, [box] if box else [], terms.settings, today=terms.today)
        for found in all_of_inn(one.inn, outside)
        if one.stored.pk in found.payer.accounts
    )
    return any(decision.action is Action.SEND for decision in decisions)


def look_again(account: str, outside: Outside, edo: EdoOutside) -> None:
    """The boxes for which the account's documents were signed are looked at once more, before those go out."""
    signed = {one.inn for one in waiting_of(account, outside) if one.state.fate.stage is Stage.SIGNED}
    found, _ = boxes_of(sorted(signed), outside, edo)
    for boxes in found.values():
        for box in boxes:
            observe(box, outside)


def is_at_the_operator(one: OnItsWay, edo: EdoOutside) -> bool:
    """The first try had its effect, though its answer was lost. Earlier attempts, which failed, carry the same id."""
    if not one.state.operation:
        return False
    messages = {found.news.message for found in edo.edo.by_custom_id(one.custom_id)}
    there = (found for message in sorted(messages) for found in edo.edo.documents_of(message))
    return any(found.custom_id == one.custom_id and found.news.stage not in FAILED for found in there)


def has_ended(state: EdoState, outside: Outside, edo: EdoOutside) -> bool:
    """Whether the relation ended between the look and the sending; the payer's row says how it stands now."""
    stands_now = edo.edo.partnership(state.box)
    if box := known_box(state.box, outside):
        observe(replace(box, partnership=stands_now), outside)
    return stands_now is not Partnership.PARTNERS


def needs_request(one: OnItsWay, said: str, outside: Outside) -> None:
    buyer = one.stored.row["content"]["buyer"]
    inn, kpp = buyer["inn"], kpp_of(buyer.get("kpp", ""))

    def how(payer: Counterparty) -> Counterparty:
        needed = replace(payer, roaming_request=RoamingRequest.NEEDED)
        return stands(needed, Reason.ROAMING_REQUEST_NEEDED, outside, detail=said)

    if kept(inn, kpp, outside):
        change(inn, kpp, outside, how)
