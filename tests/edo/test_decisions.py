"""What a person decides about a payer, and what the next pass makes of it."""

from __future__ import annotations

import httpx
import pytest

from billing.domain.edo import RoamingRequest
from billing.domain.edo_boxes import Partnership
from billing.domain.edo_reasons import Reason
from billing.domain.edo_standing import Standing
from billing.domain.errors import InvalidInputError, NotFoundError
from billing.usecases.edo.inviting.decisions import PersonsDecision, decide, read_decision
from billing.usecases.invite_to_edo import Request, read_request
from tests.edo.house import EdoHouse
from tests.edo.test_invitations import campaign, paying, reason, run
from tests.usecases.house import ROMASHKA

PAYER = {"inn": ROMASHKA["inn"], "kpp": ROMASHKA["kpp"]}
BOX = "b1a7d9e4-2c3f-4d5e-8f60-91a2b3c4d5e6"


def said(house: EdoHouse, **what: str) -> None:
    decide(read_decision({**PAYER, **what}), house.outside)


def test_the_box_that_a_person_names_is_the_one_that_is_invited():
    house = EdoHouse(*paying(ROMASHKA))
    _, second = house.twins()
    campaign(house)

    said(house, box=second)

    assert reason(house) is None
    campaign(house.wait(hours=24))
    campaign(house.wait(hours=24))
    assert (house.invited(), house.counterparty().box) == ([second], second)


def test_a_named_box_that_is_not_there_is_a_persons_again():
    house = EdoHouse(*paying(ROMASHKA))
    house.client()
    campaign(house)

    said(house, box=BOX)
    campaign(house.at("2026-03-20 10:00"))

    assert reason(house) is Reason.BOX_GONE


def test_who_is_to_be_left_alone_is_not_invited():
    house = EdoHouse(*paying(ROMASHKA), at="2026-02-19 10:00")
    house.client()
    campaign(house, force=True)
    house.refuses_us(house.counterparty().box)
    campaign(house.at("2026-02-20 10:00"))

    said(house, said="leave")
    campaign(house.at("2026-03-20 10:00"))

    assert (reason(house), house.counterparty().standing) == (None, Standing.ASIDE)


@pytest.mark.parametrize("what", [pytest.param({"said": "leave"}, id="left alone"), pytest.param({}, id="other box")])
def test_a_question_that_came_to_nothing_is_not_asked_past_a_persons_decision(what):
    house = EdoHouse(*paying(ROMASHKA))
    house.diadoc.add_operator(fns_id="2BE", name="Другой", features=["SupportsAutoInvitation"])
    house.client()

    def is_lost(request: httpx.Request) -> None:
        if "AcquireCounteragent" in request.url.path:
            raise httpx.ReadError("gone", request=request)

    house.transport.before = is_lost
    run(house)
    assert house.counterparty().pending
    house.transport.before = lambda request: None
    second = house.client(operator="2BE")

    said(house, **(what or {"box": second}))
    campaign(house.wait(hours=24))

    assert house.invited() == ([] if what else [second])
    assert house.counterparty().pending == ""


def test_an_exchange_that_a_person_knows_of_is_not_asked_for_again():
    house = EdoHouse(*paying(ROMASHKA))
    box = house.client()
    campaign(house)

    said(house, said="accepted")
    campaign(house.at("2026-03-20 10:00"))

    assert (house.invited(), house.addresses()) == ([box], [])
    assert house.counterparty().partnership is Partnership.WE_INVITED


def test_a_filed_request_is_waited_for_and_a_granted_one_is_used_in_the_same_month():
    house = EdoHouse(*paying(ROMASHKA))
    box = house.client(operator="2BK")
    campaign(house)
    assert reason(house) is Reason.ROAMING_REQUEST_NEEDED

    said(house, roaming_request="filed")
    campaign(house.wait(hours=24))
    assert (reason(house), house.counterparty().standing) == (None, Standing.ASIDE)
    house.diadoc.add_operator(fns_id="2BK", name="Другой", features=["SupportsAutoInvitation"])
    said(house, roaming_request="done")
    campaign(house.wait(hours=24))
    campaign(house.wait(hours=24))

    assert house.invited() == [box]


def test_what_failed_is_tried_again_in_the_same_month_after_a_person_has_looked():
    house = EdoHouse(*paying(ROMASHKA))
    campaign(house)
    campaign(house.wait(hours=24))
    assert reason(house) is Reason.INVITATION_FAILED
    house.diadoc.register_company(inn=ROMASHKA["inn"], name="ООО «Ромашка»")

    said(house, said="")
    campaign(house.wait(hours=24))
    campaign(house.wait(hours=24))

    assert (len(house.invited()), reason(house)) == (1, None)


def test_a_payer_that_is_not_there_cannot_be_decided_about():
    with pytest.raises(NotFoundError, match="no such payer"):
        said(EdoHouse(), said="leave")


def test_only_what_is_said_is_changed():
    asked = {**PAYER, "roaming_request": "filed"}

    assert read_decision(asked) == PersonsDecision(**PAYER, roaming_request=RoamingRequest.FILED)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        pytest.param([], "an object of texts", id="a list"),
        pytest.param({**PAYER, "said": True}, "an object of texts", id="a yes"),
        pytest.param({**PAYER, "sayd": "leave"}, "unknown fields: sayd", id="a misspelt field"),
        pytest.param(PAYER, "box, said or roaming_request", id="nothing"),
        pytest.param({"said": "leave"}, "inn and kpp of the payer", id="nobody"),
        pytest.param({"inn": ROMASHKA["inn"], "said": "leave"}, "inn and kpp of the payer", id="a company without KPP"),
        pytest.param({**PAYER, "said": "left"}, "accepted, leave, or empty", id="another word"),
        pytest.param({**PAYER, "box": BOX.upper()}, "in lower case with dashes", id="another spelling of a box"),
        pytest.param({**PAYER, "roaming_request": "needed"}, "filed, done or none", id="what only the operator says"),
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused(asked, why):
    with pytest.raises(InvalidInputError, match=why):
        read_request({"decide": asked})


@pytest.mark.parametrize(
    ("event", "why"),
    [
        pytest.param({"forse": True}, "unknown fields: forse", id="a misspelt field"),
        pytest.param({"force": "yes"}, "true or false", id="a yes"),
        pytest.param({"force": True, "decide": {**PAYER, "said": ""}}, "stands alone", id="two things at once"),
        pytest.param({"scheduled_at": "yesterday"}, "ISO 8601", id="no moment"),
        pytest.param({"scheduled_at": "2026-02-20T10:00:00"}, "with a zone", id="a moment without a zone"),
    ],
)
def test_an_event_that_is_none_of_ours_is_refused(event, why):
    with pytest.raises(InvalidInputError, match=why):
        read_request(event)


def test_by_hand_nothing_has_to_be_said():
    assert read_request({}) == Request()
    assert read_request({"force": True}) == Request(force=True)
