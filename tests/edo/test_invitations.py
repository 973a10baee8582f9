"""The campaign of invitations: who is invited, once a month, and what is done about everybody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from billing.domain.edo import InvitationSettings, RoamingRequest
from billing.domain.edo_boxes import Partnership
from billing.domain.edo_reasons import Reason
from billing.domain.edo_standing import Standing
from billing.usecases.edo.attention import of_payer
from billing.usecases.invite_to_edo import Invited, Request, invite_to_edo
from local.company.client import a_company, an_entrepreneur
from local.company.requisites import company_inn
from tests.edo.house import POLICY, EdoHouse
from tests.usecases.house import ROMASHKA, VASILYOK, a_card, a_charge, a_payment

PETROV = an_entrepreneur(41, "ИП Петров П. П.")
BRANCH = a_company(301, "ООО «Ромашка», филиал", kpp="999943001")


def paying(*payers: dict[str, Any]) -> list[dict[str, Any]]:
    """A client for each payer, that has paid as a company."""
    told = []
    for n, payer in enumerate(payers, 1):
        account, ref = f"c-{n:06}", {name: payer[name] for name in ("inn", "kpp") if payer.get(name)}
        told += [a_card(account, title=payer["name"], payers=[payer]), a_payment(100_000, account, payer=ref)]
    return told


def run(house: EdoHouse, *, force: bool = False, seconds: float = 600) -> Invited:
    until = house.now + timedelta(seconds=seconds)
    return invite_to_edo(house.outside, house.edo, until=until, asked=Request(force=force))


def campaign(house: EdoHouse, **how: Any) -> Invited:
    """A day's runs: at once, and every twenty minutes while the operator is at it; all letters are sent."""
    ran = run(house, **how)
    house.work()
    while ran.step == "tasks":
        again = run(house.wait(minutes=20), **how)
        house.work()
        ran = replace(again, report=ran.report or again.report)
    return ran


def whole_campaign(house: EdoHouse, month: str = "2026-02") -> None:
    for day in range(20, 26):
        assert campaign(house.at(f"{month}-{day} 10:00")).state == "done"


def with_invitations(**settings: Any) -> Any:
    return replace(POLICY, invitations=InvitationSettings(**settings))


def reason(house: EdoHouse, payer: dict[str, Any] = ROMASHKA) -> Reason | None:
    """Why a person has to act; None: nobody has to."""
    line = house.for_people().get(of_payer(payer["inn"], payer.get("kpp", "")))
    return line.reason if line else None


# --- who is invited ----------------------------------------------------------------------------------------------


def test_a_company_with_two_kpps_and_one_box_is_invited_once():
    """The second KPP is that of a largest taxpayer; the box, of no KPP, is of both."""
    largest = {**ROMASHKA, "kpp": "999950001"}
    house = EdoHouse(*paying(ROMASHKA, largest))
    box = house.client(kpp="")

    whole_campaign(house)

    assert house.invited() == [box]
    assert len(house.calls("V3/AcquireCounteragent")) == 1
    assert {reason(house), reason(house, largest)} == {None}


def test_a_payer_is_invited_once_in_the_six_days():
    house = EdoHouse(*paying(ROMASHKA), policy=replace(POLICY, invitation_text="Приглашаем"))
    box = house.client()

    whole_campaign(house)

    assert house.invited() == [box]
    assert house.relation(box) == "IsInvitedByMe"
    assert house.counterparty().invited == {box: date(2026, 2, 20)}
    assert len(house.calls("V3/AcquireCounteragent")) == 1


def test_each_payer_is_invited_whatever_the_number_of_its_accounts():
    house = EdoHouse(*paying(ROMASHKA, ROMASHKA, VASILYOK))
    boxes = [house.client(ROMASHKA), house.client(VASILYOK)]

    campaign(house)
    campaign(house.wait(hours=24))

    assert sorted(house.invited()) == sorted(boxes)
    assert house.counterparty(ROMASHKA).accounts == ("c-000001", "c-000002")


def test_who_has_not_paid_as_a_company_is_not_invited():
    house = EdoHouse(a_card(), a_payment(100_000, **{"class": "CARD_IND"}, payer=None))
    house.client()

    whole_campaign(house)

    assert house.invited() == []


def test_who_has_spent_everything_is_known_by_his_act():
    told = [a_card(), a_payment(550_000), a_charge(550_000)]
    house = EdoHouse(*told, at="2026-02-02 00:30", policy=None)
    house.night()
    house.set_policy(POLICY)
    box = house.client()
    account = house.store.get("accounts", "c-000001")
    assert account
    assert account.row["lots"] == []

    campaign(house.at("2026-02-20 10:00"))

    assert house.invited() == [box]


def test_who_is_a_partner_already_is_left_in_peace_and_is_no_news():
    house = EdoHouse(*paying(ROMASHKA))
    box = house.partner()

    ran = campaign(house)

    assert (house.invited(), ran.report) == ([], "")
    assert house.counterparty().partnership is Partnership.PARTNERS
    assert house.counterparty().box == box


def test_who_invited_us_is_accepted():
    house = EdoHouse(*paying(ROMASHKA))
    box = house.client()
    house.invites_us(box)

    campaign(house)
    campaign(house.wait(hours=24))

    assert house.relation(box) == "IsMyCounteragent"
    assert (house.invited(), house.counterparty().standing) == ([], Standing.ACCEPTED)


@pytest.mark.parametrize("told_by", ["the list", "the feed"])
def test_an_invitation_with_a_document_to_sign_is_a_persons(told_by):
    house = EdoHouse(*paying(ROMASHKA))
    if told_by == "the feed":
        campaign(house)
        house.wait(hours=1)
    box = house.client()
    house.invites_us(box, with_document=True)

    campaign(house.at("2026-02-21 10:00"))

    assert reason(house) is Reason.INVITATION_WANTS_SIGNATURE
    assert box not in [call["query"].get("boxid") for call in house.calls("V3/AcquireCounteragent")]
    assert house.relation(box) == "InvitesMe"


def test_an_acceptance_that_changes_nothing_is_tried_once_a_month_and_then_a_persons():
    house = EdoHouse(*paying(ROMASHKA))
    box = house.client()
    house.invites_us(box)
    campaign(house)
    campaign(house.wait(hours=24))
    assert house.relation(box) == "IsMyCounteragent"
    house.refuses_us(box)
    house.invites_us(box)

    campaign(house.wait(hours=24))

    assert reason(house) is Reason.INVITATION_WANTS_SIGNATURE
    assert len(house.calls("V3/AcquireCounteragent")) == 1


def test_a_company_that_is_nowhere_is_invited_by_its_inn():
    house = EdoHouse(*paying(ROMASHKA))
    house.diadoc.register_company(inn=ROMASHKA["inn"], name="ООО «Ромашка»")

    whole_campaign(house)

    (box,) = house.invited()
    assert house.counterparty().invited == {ROMASHKA["inn"]: date(2026, 2, 20), box: date(2026, 2, 20)}


@pytest.mark.parametrize(
    ("payer", "why"),
    [
        pytest.param(PETROV, Reason.ENTREPRENEUR_NOT_FOUND, id="an entrepreneur"),
        pytest.param(BRANCH, Reason.BRANCH_NOT_FOUND, id="a branch"),
        pytest.param(a_company(301, "ООО", inn="9999003015"), Reason.REQUISITES, id="a misspelt INN"),
        pytest.param(a_company(301, "ООО", kpp="1"), Reason.REQUISITES, id="a misspelt KPP"),
        pytest.param(ROMASHKA, Reason.INVITATION_FAILED, id="a company the register does not know"),
    ],
)
def test_who_cannot_be_invited_is_a_line_for_a_person(payer, why):
    house = EdoHouse()
    house.tell(a_card(payers=[payer]))
    house.tell(a_payment(100_000, payer={"inn": ROMASHKA["inn"]}))
    if payer["inn"] != ROMASHKA["inn"]:  # the ledger takes no such payer, so the money is an old one's
        account = house.store.tables["accounts"]["c-000001"][""][0]
        account["lots"][0]["payer"] = payer["inn"]

    whole_campaign(house)

    assert (house.invited(), reason(house, payer)) == ([], why)


def test_the_operators_own_words_stand_beside_a_failure():
    house = EdoHouse(*paying(ROMASHKA))

    campaign(house)
    campaign(house.wait(hours=24))

    line = house.for_people()[of_payer(ROMASHKA["inn"], ROMASHKA["kpp"])]
    assert line.detail == f"Нельзя пригласить контрагента с ИНН = {ROMASHKA['inn']}"
    assert len(house.calls("V3/AcquireCounteragent")) == 1


# --- several boxes, other operators ------------------------------------------------------------------------------


def test_of_several_boxes_a_person_chooses():
    house = EdoHouse(*paying(ROMASHKA))
    first, second = house.twins()

    campaign(house)

    line = house.for_people()[of_payer(ROMASHKA["inn"], ROMASHKA["kpp"])]
    assert (line.reason, house.invited()) == (Reason.SEVERAL_BOXES, [])
    assert first in line.detail
    assert second in line.detail


def test_a_client_of_another_operator_that_takes_invitations_is_invited():
    house = EdoHouse(*paying(ROMASHKA))
    house.diadoc.add_operator(fns_id="2BE", name="Другой", features=["SupportsAutoInvitation"])
    box = house.client(operator="2BE")

    campaign(house)
    campaign(house.wait(hours=24))

    assert house.invited() == [box]


def test_a_client_that_diadoc_does_not_know_is_looked_for_at_other_operators_first():
    house = EdoHouse(*paying(ROMASHKA))
    house.diadoc.register_company(inn=ROMASHKA["inn"], name=ROMASHKA["name"])  # it could be invited by its INN
    house.diadoc.add_operator(fns_id="2BE", name="Другой", features=["SupportsAutoInvitation"])
    box = house.client(operator="2BE", in_directory=False)

    campaign(house)
    campaign(house.wait(hours=24))

    assert house.invited() == [box]
    assert house.counterparty().box == box
    assert len(house.calls("SearchFnsParticipants")) == 1
    assert [one.inn for one in house.diadoc.organizations()].count(ROMASHKA["inn"]) == 1


def test_a_client_that_hides_at_another_operator_is_a_persons_and_is_invited_nowhere():
    house = EdoHouse(*paying(ROMASHKA))
    house.diadoc.register_company(inn=ROMASHKA["inn"], name=ROMASHKA["name"])
    house.client(operator="2BE", in_directory=False, hides_data=True)

    campaign(house)

    assert (house.invited(), reason(house)) == ([], Reason.HIDDEN_ELSEWHERE)


@pytest.mark.parametrize("status", [400, 404])
def test_a_search_that_diadoc_does_not_take_is_a_persons(status: int):
    house = EdoHouse(*paying(ROMASHKA))
    house.fail("server_error", "SearchFnsParticipants", times=9, status=status)

    campaign(house)

    assert (house.invited(), reason(house)) == ([], Reason.INVITATION_FAILED)


def test_a_roaming_request_is_asked_of_a_person_and_then_the_client_is_invited():
    house = EdoHouse(*paying(ROMASHKA))
    box = house.client(operator="2BK")  # an operator of which nothing is known

    campaign(house)

    assert reason(house) is Reason.ROAMING_REQUEST_NEEDED
    assert "Apply for roaming" in house.for_people()[of_payer(ROMASHKA["inn"], ROMASHKA["kpp"])].detail
    assert house.counterparty().roaming_request is RoamingRequest.NEEDED
    campaign(house.wait(hours=24))
    assert len(house.calls("V3/AcquireCounteragent")) == 1
    house.diadoc.add_operator(fns_id="2BK", name="Другой", features=["SupportsAutoInvitation"])
    campaign(house.wait(hours=24))
    assert (house.invited(), reason(house)) == ([], Reason.ROAMING_REQUEST_NEEDED)  # nobody has said it is done
    assert box


def test_a_roaming_client_that_stays_silent_for_a_month_is_a_persons():
    house = EdoHouse(*paying(ROMASHKA))
    house.diadoc.add_operator(fns_id="2BE", name="Другой", features=["SupportsAutoInvitation"])
    box = house.client(operator="2BE", hides_acceptance=True)
    whole_campaign(house)
    house.accepts(box)

    whole_campaign(house, "2026-03")

    assert (house.relation(box), reason(house)) == ("IsInvitedByMe", Reason.ROAMING_STUCK)


# --- the silent --------------------------------------------------------------------------------------------------


def test_a_silent_client_gets_one_letter_of_ours_in_the_next_month():
    house = EdoHouse(*paying(ROMASHKA))
    box = house.client()
    whole_campaign(house)
    assert house.addresses() == []

    whole_campaign(house, "2026-03")

    assert (house.invited(), house.addresses()) == ([box], ["c-000001@client.example"])
    (letter,) = house.letters("c-000001@client.example")
    assert letter.subject == "Приглашение в Диадок ждёт ответа — ООО «Ромашка»"
    assert "20 февраля 2026 г. мы пригласили вас" in letter.text.replace("\u00a0", " ")
    assert house.counterparty().reminded == date(2026, 3, 20)
    whole_campaign(house, "2026-04")
    assert len(house.addresses()) == 2


def test_a_company_that_does_not_remind_just_waits():
    house = EdoHouse(*paying(ROMASHKA), policy=with_invitations(remind=False))
    house.client()

    whole_campaign(house)
    whole_campaign(house, "2026-03")

    assert (house.addresses(), house.counterparty().standing) == ([], Standing.INVITED)


def test_a_client_without_addresses_waits_and_nothing_breaks():
    house = EdoHouse(*paying(ROMASHKA))
    house.tell(a_card(administrators=[]))
    house.client()
    whole_campaign(house)

    whole_campaign(house, "2026-03")

    assert (house.addresses(), house.counterparty().reminded) == ([], None)


def test_a_second_reminder_says_something_else_than_the_first():
    house = EdoHouse(*paying(ROMASHKA))
    house.client()
    for month in ("2026-02", "2026-03", "2026-04"):
        whole_campaign(house, month)
    house.work()

    subjects = [letter.subject for letter in house.letters() if "Приглашение" in letter.subject]

    assert [subject.startswith("Приглашение в Диадок всё ещё") for subject in subjects] == [False, True]


def test_who_refused_is_not_invited_again_and_a_person_reads_why():
    house = EdoHouse(*paying(ROMASHKA))
    box = house.client()
    campaign(house)
    house.wait(minutes=5).refuses_us(box, "Мы без ЭДО")

    whole_campaign(house)
    whole_campaign(house, "2026-03")

    line = house.for_people()[of_payer(ROMASHKA["inn"], ROMASHKA["kpp"])]
    assert house.invited() == [box]
    assert (line.reason, line.detail) == (Reason.REFUSED_BY_THEM, "Мы без ЭДО")


# --- cards that change -------------------------------------------------------------------------------------------


def test_a_payer_with_a_new_kpp_is_another_counterparty():
    house = EdoHouse(*paying(ROMASHKA))
    moved = {**ROMASHKA, "kpp": "999901002", "valid_from": "2026-02-21"}
    campaign(house)
    house.wait(hours=24).tell(a_card(payers=[ROMASHKA, moved], at="2026-02-20T20:00:00+03:00"))

    campaign(house)

    assert house.counterparty(ROMASHKA).accounts == ()
    assert house.counterparty(moved).accounts == ("c-000001",)


def test_a_payer_that_has_left_the_card_is_not_invited():
    house = EdoHouse(*paying(ROMASHKA))
    campaign(house)  # nobody knows the company, the task will fail
    house.at("2026-03-20 10:00").tell(a_card(payers=[VASILYOK], at="2026-03-01T09:00:00+03:00"))
    house.client()

    campaign(house)

    assert (house.invited(), house.counterparty().accounts) == ([], ())


# --- when --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-02-19", "2026-02-26"])
def test_outside_of_the_six_days_nothing_is_asked_but_by_hand(day):
    house = EdoHouse(*paying(ROMASHKA), at=f"{day} 10:00")
    house.client()
    house.diadoc.forget_calls()

    assert (campaign(house).state, house.calls()) == ("not now", [])
    assert campaign(house, force=True).state == "done"


def test_a_company_without_a_policy_asks_nothing():
    house = EdoHouse(*paying(ROMASHKA), policy=None)
    house.diadoc.forget_calls()

    assert (campaign(house).state, house.calls()) == ("no policy", [])


def test_a_pass_is_made_once_a_day():
    house = EdoHouse(*paying(ROMASHKA))
    campaign(house)
    house.diadoc.forget_calls()
    before = house.store.rows("control")

    assert campaign(house.wait(minutes=20)).state == "done"

    assert house.calls() == []
    told = [s for s in house.store.rows("control") if s.pk != "edo.telling"]
    assert told == [s for s in before if s.pk != "edo.telling"]


def test_the_list_of_relations_is_read_whole_once_a_campaign():
    house = EdoHouse(*paying(ROMASHKA))
    house.partner(VASILYOK)

    whole_campaign(house)

    assert len(house.calls("V3/GetCounteragents")) == 2  # a page, and the empty one after it


def test_many_payers_are_worked_through_by_pages_and_a_cut_pass_goes_on():
    payers = [a_company(n, f"ООО «Клиент {n}»") for n in range(1_000, 1_230)]
    house = EdoHouse(*paying(*payers))
    boxes = [house.client(payer) for payer in payers]
    steps, runs = [], 0

    while campaign(house, seconds=20).state != "done":
        runs += 1
        house.wait(minutes=20)
        stored = house.store.get("control", "edo.invitations", "2026-02")
        assert stored
        steps.append(stored.row["step"])
    whole_campaign(house)

    assert runs > 1
    assert steps == sorted(steps, key=("changes", "list", "cards", "payers").index)
    assert sorted(house.invited()) == sorted(boxes)
    assert len(house.calls("V3/AcquireCounteragent")) == 230
    assert company_inn(1_000) == payers[0]["inn"]
