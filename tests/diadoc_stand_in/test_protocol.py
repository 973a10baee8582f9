"""What holds for every call."""

from __future__ import annotations

import json

import pytest

from local.diadoc.identifiers import box_guid, iso_of, legacy_box, moment_of, ticks_of
from tests.diadoc_stand_in.talk import MORNING


def test_unknown_path_wrong_verb_and_removed_method(company):
    """Fact 2.1 [guess] for 404 and 405, [doc] for 410."""
    assert company.talk.get("/V9/Nothing").status_code == 404
    assert company.talk.post("/GetMyOrganizations", {}).status_code == 405
    assert company.talk.post("/V2/AcquireCounteragent", {}).status_code == 410


def test_paths_are_matched_in_any_case(company):
    """Fact 2.1: a production client asks in lower case [told]."""
    assert company.talk.get("/getmyorganizations").status_code == 200


def test_json_without_content_type_fails_as_protobuf(company):
    """Fact 4.1 [told]."""
    answer = company.talk.raw(
        "POST",
        f"/V3/AcquireCounteragent?myBoxId={company.box}",
        content=json.dumps({"BoxId": company.other}).encode(),
        headers=company.talk.headers,
    )

    assert answer.status_code == 500
    assert "can't deserialize type AcquireCounteragentRequest" in answer.text


def test_another_content_type_is_not_supported(company):
    """Fact 4.2 [doc]."""
    headers = {**company.talk.headers, "Content-Type": "text/plain"}
    answer = company.talk.raw("POST", "/V3/PostMessage", content=b"{}", headers=headers)

    assert answer.status_code == 415


def test_answer_is_protobuf_unless_json_is_asked_for(company):
    """Fact 4.1 [doc]."""
    headers = {"Authorization": company.talk.headers["Authorization"]}
    answer = company.talk.raw("GET", "/GetMyOrganizations", headers=headers)

    assert answer.headers["content-type"] == "application/x-protobuf"


def test_answers_hold_what_no_client_knows(company):
    """Fact 4.5 [seen]: unknown fields come, empty ones are left out."""
    organization = company.talk.get("/GetMyOrganizations").json()

    assert "FieldFromTheFuture" in organization
    assert "IsTest" not in organization["Organizations"][0]
    assert organization["Organizations"][0]["OrgIdGuid"] == company.ours.org_id


def test_every_answer_is_traced_and_errors_have_a_code(company):
    """Fact 4.6 [seen]."""
    good = company.talk.get("/GetMyOrganizations")
    bad = company.talk.get("/GetRoamingOperators")

    assert len(good.headers["X-Kontur-Trace-Id"]) == 32
    assert good.headers["X-Kontur-Trace-Id"] != bad.headers["X-Kontur-Trace-Id"]
    assert bad.status_code == 400
    assert bad.headers["X-Diadoc-ErrorCode"] == "Http.BadRequest"
    assert bad.headers["content-type"].startswith("text/plain")


def test_foreign_box_is_denied_and_an_unknown_one_is_not_found(company):
    """Fact 3.5 [doc]."""
    foreign = company.talk.get("/V3/GetCounteragents", myBoxId=company.other)
    unknown = company.talk.get("/V3/GetCounteragents", myBoxId="00000000-1111-2222-3333-444444444444")

    assert (foreign.status_code, unknown.status_code) == (403, 404)
    assert foreign.text.startswith("Access to Box is denied")


@pytest.mark.parametrize("spell", [str, legacy_box, str.upper])
def test_both_spellings_of_a_box_are_taken(company, spell):
    """Fact 5.1 [doc]: and messages echo the one with the suffix."""
    message = {**company.message(), "FromBoxId": spell(company.box), "ToBoxId": spell(company.other)}

    answer = company.talk.post("/V3/PostMessage", message)

    assert answer.status_code == 200
    assert answer.json()["ToBoxId"] == company.other.replace("-", "") + "@diadoc.ru"


def test_ticks_are_exact():
    """Fact 5.3 [doc]: 621355968000000000 is the first second of 1970."""
    assert ticks_of(MORNING) == 621_355_968_000_000_000 + 1_790_845_200 * 10_000_000
    assert moment_of(ticks_of(MORNING)) == MORNING
    assert iso_of(639_259_447_904_582_316) == "2026-09-25T14:53:10.4582316Z"


@pytest.mark.parametrize("text", ["", "x", "e593899018eb40eebd7eb252e394aa1", "e5938990-18eb-40ee-bd7e-b252e394aa15@x"])
def test_what_is_no_box(text):
    """Fact 5.1 [doc]."""
    assert box_guid(text) is None
