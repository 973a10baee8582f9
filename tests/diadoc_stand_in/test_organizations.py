"""The directory."""

from __future__ import annotations

import pytest

from tests.diadoc_stand_in.company import CLIENT_INN, OUR_INN


def test_my_organizations_are_those_of_my_boxes(company):
    """Fact 6.1 [doc]: GET /GetMyOrganizations."""
    answer = company.talk.get("/GetMyOrganizations", autoRegister="false")

    assert [one["Inn"] for one in answer.json()["Organizations"]] == [OUR_INN]
    assert answer.json()["Organizations"][0]["Boxes"][0]["BoxIdGuid"] == company.box


def test_company_has_one_organization_at_diadoc_and_branches_in_it(company, diadoc):
    """Fact 6.10 [doc]: the list of partners leaves the departments out."""
    branchy = diadoc.add_organization(inn="7707083893", full_name="ПАО", branches=["784201001"])
    diadoc.make_partners(box=company.box, partner=branchy.box_id)
    with pytest.raises(ValueError, match="already"):
        diadoc.add_organization(inn="7707083893", kpp="784201001", full_name="ПАО, филиал")

    asked = {"InnList": ["7707083893"]}
    listed = company.talk.post("/V2/GetOrganizationsByInnList", asked).json()["Organizations"]
    partners = company.talk.get("/V3/GetCounteragents", myBoxId=company.box).json()["Counteragents"]

    departments = listed[0]["Organization"]["Departments"]
    assert [one.get("Kpp") for one in departments] == [None, "784201001"]
    assert departments[0]["DepartmentId"] == "00000000-0000-0000-0000-000000000000"
    assert partners[0]["Organization"]["Departments"] == []


def test_list_of_inns_answers_statuses_for_my_box_only(company, diadoc):
    """Fact 6.4 [doc]: POST /V2/GetOrganizationsByInnList."""
    diadoc.make_partners(box=company.box, partner=company.other)
    asked = {"InnList": [CLIENT_INN, "7707083893"]}

    mine = company.talk.post("/V2/GetOrganizationsByInnList", asked, myBoxId=company.box).json()["Organizations"]
    nobody = company.talk.post("/V2/GetOrganizationsByInnList", asked).json()["Organizations"]

    assert [one["CounteragentStatus"] for one in mine] == ["IsMyCounteragent"]
    assert [one["CounteragentStatus"] for one in nobody] == ["NotInCounteragentList"]


def test_operators_say_what_they_can(company, diadoc):
    """Fact 6.6 [doc]: GET /GetRoamingOperators."""
    diadoc.add_operator(fns_id="2BE", name="Оператор", features=["SupportsAutoInvitation"])

    rows = company.talk.get("/GetRoamingOperators", boxId=company.box).json()["RoamingOperators"]

    feature = {"Name": "SupportsAutoInvitation", "Description": "Автоматическая обработка приглашений"}
    assert rows == [{"FnsId": "2be", "Name": "Оператор", "IsActive": True, "Features": [feature]}]


SEARCH, MAKE = "/SearchFnsParticipants", "/GetOrCreateRoamingOrganizationByFnsParticipantId"


def test_participant_of_another_operator_is_found_and_gets_a_box(company, diadoc):
    """Facts 6.8, 6.9 [doc]: the directory does not know it before."""
    wanted = {"Inn": "7707083893", "Kpp": "770701001"}
    other = diadoc.add_organization(inn="7707083893", full_name="ПАО", operator="2BE", in_directory=False)
    listed = {"InnList": ["7707083893"]}
    before = company.talk.post("/V2/GetOrganizationsByInnList", listed).json()["Organizations"]

    found = company.talk.post(SEARCH, wanted, myBoxId=company.box).json()
    participant = found["Participants"][0]["FnsParticipantId"]
    made = company.talk.post(MAKE, {"FnsParticipantId": participant}, myBoxId=company.box).json()

    row = {"FnsParticipantId": other.fns_participant_id, "Inn": "7707083893", "Kpp": "770701001", "FullName": "ПАО"}
    assert (found["Status"], found["Participants"]) == ("OkFnsParticipantSearchStatus", [row])
    assert (made["Boxes"][0]["BoxIdGuid"], made["IsRoaming"]) == (other.box_id, True)
    after = company.talk.post("/V2/GetOrganizationsByInnList", listed).json()["Organizations"]
    assert (len(before), len(after)) == (0, 1)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param({"Inn": "7707083893", "Kpp": "780601001"}, "NotFound", id="another KPP"),
        pytest.param({"Inn": "7736207543", "Kpp": "773601001"}, "NotAllowed", id="hides its data"),
        pytest.param({"Inn": CLIENT_INN, "Kpp": "780601001"}, "NotFound", id="of Diadoc itself"),
    ],
)
def test_search_says_why_it_found_nobody(company, diadoc, asked, status):
    """Fact 6.8 [doc]."""
    diadoc.add_organization(inn="7707083893", full_name="ПАО", operator="2BE", in_directory=False)
    diadoc.add_organization(inn="7736207543", full_name="Я", operator="2BE", in_directory=False, hides_data=True)

    found = company.talk.post(SEARCH, asked, myBoxId=company.box).json()

    assert (found["Status"], found["Participants"]) == (f"{status}FnsParticipantSearchStatus", [])


@pytest.mark.parametrize("asked", [{}, {"Kpp": "770701001"}, {"Inn": "7707083893"}])
def test_search_needs_an_inn_and_of_a_legal_entity_a_kpp(company, asked):
    """Fact 6.8 [doc]."""
    assert company.talk.post(SEARCH, asked, myBoxId=company.box).status_code == 400


def test_unknown_participant_gets_no_box(company):
    """Fact 6.9 [doc]."""
    assert company.talk.post(MAKE, {"FnsParticipantId": "2BE-1"}, myBoxId=company.box).status_code == 409
