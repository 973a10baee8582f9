"""Invitations and partners."""

from __future__ import annotations

import pytest

from tests.diadoc_stand_in.talk import encoded

NEW_INN = "7707083893"


def acquire(company, talk=None, box="", **body):
    answer = (talk or company.talk).post("/V3/AcquireCounteragent", body, myBoxId=box or company.box)
    assert answer.status_code == 200, answer.text
    company.clock.pass_by(4)
    return answer.json()["TaskId"]


def status(company, *, of_client=False):
    talk, mine, other = company.talk, company.box, company.other
    if of_client:
        talk, mine, other = company.client_talk, company.other, company.box
    answer = talk.get("/V3/GetCounteragent", myBoxId=mine, counteragentBoxId=other)
    return answer.json()["CurrentStatus"] if answer.status_code == 200 else answer.status_code


def test_invitation_is_seen_by_both_sides(company):
    """Fact 7.2 [doc]: POST /V3/AcquireCounteragent; fact 7.1 [sdk]: GET /V3/GetCounteragent, 404 before it."""
    before = status(company), status(company, of_client=True)

    acquire(company, BoxId=company.other, MessageToCounteragent="Приглашаем")

    assert before == (404, 404)
    assert (status(company), status(company, of_client=True)) == ("IsInvitedByMe", "InvitesMe")
    seen = company.client_talk.get("/V3/GetCounteragents", myBoxId=company.other).json()["Counteragents"][0]
    assert seen["MessageFromCounteragent"] == "Приглашаем"


def test_answering_an_invitation_makes_partners(company, diadoc):
    """Fact 7.3 [doc]."""
    diadoc.partner_invites(partner=company.other, box=company.box)

    acquire(company, BoxId=company.other)

    assert (status(company), status(company, of_client=True)) == ("IsMyCounteragent", "IsMyCounteragent")


def test_repeated_invitation_does_nothing(company):
    """Fact 7.4 [doc]."""
    acquire(company, BoxId=company.other)
    acquire(company, BoxId=company.other)

    events = company.talk.get("/V1/GetCounteragentEvents", boxId=company.box).json()["Events"]
    assert [event["EventTypes"] for event in events] == [["IInvitedCounteragent"]]


def test_result_is_not_there_at_once(company):
    """Fact 7.6 [doc]: GET /V3/AcquireCounteragentResult; fact 5.2 [doc]: a GUID."""
    task = company.talk.post("/V3/AcquireCounteragent", {"BoxId": company.other}, myBoxId=company.box).json()["TaskId"]

    first = company.talk.get("/V3/AcquireCounteragentResult", myBoxId=company.box, taskId=task)
    second = company.talk.get("/V3/AcquireCounteragentResult", myBoxId=company.box, taskId=task)

    assert (first.status_code, first.headers["Retry-After"], first.content) == (204, "3", b"")
    assert (second.status_code, second.json()["BoxId"]) == (200, company.other)


def test_result_of_an_unknown_task(company):
    """Fact 7.6 [doc]."""
    assert company.talk.get("/V3/AcquireCounteragentResult", myBoxId=company.box, taskId="x").status_code == 404


def test_company_of_the_register_is_invited_by_inn_into_a_new_box(company, diadoc):
    """Fact 7.7 [doc]."""
    diadoc.register_company(inn=NEW_INN, name="ПАО «Новое»")

    task = acquire(company, Inn=NEW_INN)

    box = company.talk.get("/V3/AcquireCounteragentResult", myBoxId=company.box, taskId=task)
    box = company.talk.get("/V3/AcquireCounteragentResult", myBoxId=company.box, taskId=task).json()["BoxId"]
    (made,) = (one for one in diadoc.organizations() if one.box_id == box)
    assert (made.full_name, made.is_active) == ("ПАО «Новое»", False)


@pytest.mark.parametrize("inn", [pytest.param(NEW_INN, id="not registered"), pytest.param("7707083890", id="mistyped")])
def test_invitation_of_an_unknown_inn_fails_in_its_result(company, inn, diadoc):
    """Facts 7.6, 7.7 [doc]."""
    diadoc.register_company(inn="7707083890", name="Опечатка")
    task = acquire(company, Inn=inn)

    answer = company.talk.get("/V3/AcquireCounteragentResult", myBoxId=company.box, taskId=task)

    assert answer.status_code == 409
    assert answer.text == f"Нельзя пригласить контрагента с ИНН = {inn}"


def test_newest_head_organization_of_an_inn_is_invited(company, clock, diadoc):
    """Fact 7.7 [doc]: never a branch."""
    clock.pass_by(60)
    diadoc.add_operator(fns_id="2BE", name="Сосед", features=["SupportsAutoInvitation"])
    newer = diadoc.add_organization(inn=company.client.inn, full_name="ООО «Василёк»", operator="2BE")
    clock.pass_by(60)
    diadoc.add_organization(inn=company.client.inn, full_name="Филиал", operator="2BE", is_branch=True)

    acquire(company, Inn=company.client.inn)

    listed = company.talk.get("/V3/GetCounteragents", myBoxId=company.box).json()["Counteragents"]
    assert [one["Organization"]["Boxes"][0]["BoxIdGuid"] for one in listed] == [newer.box_id]


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        pytest.param([], 409, id="a person must ask for roaming first"),
        pytest.param(["SupportsAutoInvitation"], 200, id="the operator takes invitations"),
    ],
)
def test_roaming_company(company, diadoc, features, expected):
    """Fact 7.5 [told], fact 6.6 [doc]."""
    diadoc.add_operator(fns_id="2BE", name="Оператор", features=features)
    other = diadoc.add_organization(inn=NEW_INN, full_name="ПАО", operator="2BE")

    answer = company.talk.post("/V3/AcquireCounteragent", {"BoxId": other.box_id}, myBoxId=company.box)

    assert answer.status_code == expected
    if expected == 409:
        assert answer.headers["X-Diadoc-ErrorCode"] == "Invitations.RoamingOperatorRequestIsRequired"
        assert "www.diadoc.ru/roaming" in answer.text


def test_roaming_acceptance_may_never_show(company, diadoc):
    """Fact 7.12 [told]."""
    diadoc.change_organization(box=company.other, hides_acceptance=True)
    acquire(company, BoxId=company.other)

    diadoc.partner_accepts(partner=company.other, box=company.box)

    assert (status(company), status(company, of_client=True)) == ("IsInvitedByMe", "IsMyCounteragent")


def test_partners_need_a_right(company, diadoc):
    """Fact 7.13 [doc]."""
    diadoc.add_user(name="robot", boxes=[company.box], may_manage_partners=False)

    answer = company.talk.post("/V3/AcquireCounteragent", {"BoxId": company.other}, myBoxId=company.box)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({}, 400, id="nobody named"),
        pytest.param({"BoxId": "00000000-1111-2222-3333-444444444444"}, 404, id="unknown box"),
        pytest.param({"BoxId": "x"}, 400, id="no box at all"),
        pytest.param({"Inn": NEW_INN, "MessageToCounteragent": "я" * 2001}, 400, id="2001 characters"),
        pytest.param({"Inn": NEW_INN, "MessageToCounteragent": "я" * 2000}, 200, id="2000 characters"),
    ],
)
def test_what_an_invitation_may_be(company, body, code):
    """Facts 7.2, 7.14 [doc]."""
    assert company.talk.post("/V3/AcquireCounteragent", body, myBoxId=company.box).status_code == code


def test_list_of_partners_comes_in_pages_and_ends_with_an_empty_one(company, diadoc):
    """Facts 7.8 [doc], 7.9 [told]: GET /V3/GetCounteragents."""
    for number in range(150):
        other = diadoc.add_organization(inn=f"78{number:08d}", full_name=f"Клиент {number}")
        diadoc.make_partners(box=company.box, partner=other.box_id)
    sizes, after = [], ""
    while True:
        page = company.talk.get(
            "/V3/GetCounteragents", myBoxId=company.box, counteragentStatus="IsMyCounteragent", afterIndexKey=after
        ).json()
        sizes.append(len(page["Counteragents"]))
        if not page["Counteragents"]:
            break
        after = page["Counteragents"][-1]["IndexKey"]

    assert sizes == [100, 50, 0]
    assert (page["TotalCount"], page["TotalCountType"]) == (150, "Equal")


@pytest.mark.parametrize(
    ("asked", "found"),
    [("IsMyCounteragent", 0), ("IsInvitedByMe", 0), ("InvitesMe", 0), ("Rejected", 1)],
)
def test_one_filter_covers_both_refusals(company, diadoc, asked, found):
    """Fact 7.8 [doc]."""
    diadoc.make_partners(box=company.box, partner=company.other)
    diadoc.partner_rejects(partner=company.other, box=company.box)

    page = company.talk.get("/V3/GetCounteragents", myBoxId=company.box, counteragentStatus=asked).json()

    assert len(page["Counteragents"]) == found


def test_query_by_name_excludes_a_cursor(company, diadoc):
    """Fact 7.8 [doc]."""
    diadoc.make_partners(box=company.box, partner=company.other)

    found = company.talk.get("/V3/GetCounteragents", myBoxId=company.box, query="василёк").json()
    both = company.talk.get("/V3/GetCounteragents", myBoxId=company.box, query="x", afterIndexKey="x")

    assert (found["TotalCount"], both.status_code) == (1, 400)


def test_events_of_partners_go_on_after_a_key_that_must_be_encoded(company, diadoc):
    """Facts 7.9 [told], 7.10 [doc]: GET /V1/GetCounteragentEvents."""
    acquire(company, BoxId=company.other)
    diadoc.partner_accepts(partner=company.other, box=company.box)
    first = company.talk.get("/V1/GetCounteragentEvents", boxId=company.box, limit=1).json()["Events"][0]
    key, path = first["IndexKey"], f"/V1/GetCounteragentEvents?boxId={company.box}&afterIndexKey="

    raw = company.talk.raw("GET", path + key, headers=company.talk.headers)
    good = company.talk.raw("GET", path + encoded(key), headers=company.talk.headers)

    assert "+" in key
    assert (raw.status_code, raw.text) == (400, "cursor must have valid value")
    assert [event["EventTypes"] for event in good.json()["Events"]] == [["CounteragentAcceptedInvitation"]]
    assert first["Counteragent"]["CounteragentBoxId"] == company.other
    assert "LastEventComment" not in first["Counteragent"]


def test_company_with_a_habit_accepts_by_itself(company, clock, diadoc):
    """A control of the stand-in: fact 7.3 without a hand."""
    diadoc.change_organization(box=company.other, accepts_invitations_after_s=3600)
    acquire(company, BoxId=company.other)
    before = status(company)
    clock.pass_by(3600)

    assert (before, status(company)) == ("IsInvitedByMe", "IsMyCounteragent")
