"""A sample company and its clients at the operator of electronic documents: what each of them will do there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from local.company.client import Client
from local.diadoc import DiadocStandIn

ADDRESS = {"Region": "99", "City": "Образцовск", "Street": "Примерная", "Building": "1"}
ROBOT = "robot"
TWO_DAYS, A_DAY, TWO_HOURS = (timedelta(hours=hours).total_seconds() for hours in (48, 24, 2))

BY_ITSELF: dict[str, Any] = {"accepts_invitations_after_s": TWO_DAYS, "signs_after_s": A_DAY}
SILENT: dict[str, Any] = {}
ELSEWHERE: dict[str, Any] = {"operator": "2AE"}  # takes our invitations by itself
FAR: dict[str, Any] = {"operator": "2LB"}  # wants a request first

WAYS: dict[int, dict[str, Any]] = {  # by the number of a client; the others accept and sign
    106: {"declines": True},
    107: SILENT,
    108: ELSEWHERE | BY_ITSELF,
    109: FAR | BY_ITSELF,
    110: {"accepts_invitations_after_s": TWO_DAYS, "refuses": "Сумма не сходится с нашей"},
    111: BY_ITSELF | {"partner": True},
    113: BY_ITSELF | {"invites": True},
    114: {"signs_after_s": TWO_HOURS, "accepts_on_the_4th": True},
    115: {"absent": True},
    305: {"declines": True},
}
TWO_BOXES, THEIR_OPERATORS = "Дуэт-Юг", ("2AE", "2AK")  # at two operators, none of them ours
OURS = ("partner", "invites", "declines", "absent", "refuses", "accepts_on_the_4th")  # words of this page, not fields


def settle(diadoc: DiadocStandIn, seller: Mapping[str, Any], clients: Iterable[Client]) -> str:
    """Give everybody a box, or let the register know of it. Return the seller's, which is a test box as all of them."""
    ours = seller["requisites"][0]
    us = diadoc.add_organization(
        inn=ours["inn"], kpp=ours["kpp"], full_name=ours["name"], address=ADDRESS, is_test=True
    ).box_id
    diadoc.add_user(name=ROBOT, boxes=[us])
    diadoc.add_operator(fns_id="2AE", name="Соседний оператор", features=["SupportsAutoInvitation"])
    diadoc.add_operator(fns_id="2AK", name="Ещё один соседний", features=["SupportsAutoInvitation"])
    diadoc.add_operator(fns_id="2LB", name="Дальний оператор")
    for client in clients:
        way = WAYS.get(client.number, BY_ITSELF)
        for payer in client.payers:
            _settle(diadoc, us, payer, way)
    return us


def _settle(diadoc: DiadocStandIn, us: str, payer: dict[str, Any], way: dict[str, Any]) -> None:
    if "absent" in way:
        diadoc.register_company(inn=payer["inn"], name=payer["name"])
        return
    kpp = {"kpp": payer["kpp"]} if payer.get("kpp") else {}
    said = {"full_name": payer["name"], "address": ADDRESS, "is_test": True, **kpp}
    said |= {name: value for name, value in way.items() if name not in OURS}
    operators = THEIR_OPERATORS if TWO_BOXES in payer["name"] else (said.pop("operator", "2BM"),)
    box, *_ = (diadoc.add_organization(inn=payer["inn"], **said, operator=one).box_id for one in operators)
    if "partner" in way:
        diadoc.make_partners(box=us, partner=box)
    if "invites" in way:
        diadoc.partner_invites(partner=box, box=us)
