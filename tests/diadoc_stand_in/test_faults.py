"""Everything that may go wrong on the way."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from tests.diadoc_stand_in.talk import Talk

PATH = "V3/GetCounteragents"


def ask(company):
    return company.talk.get(f"/{PATH}", myBoxId=company.box)


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        pytest.param({"kind": "too_many_requests", "retry_after_s": 7}, 429, "Too many requests", id="429"),
        pytest.param({"kind": "server_error"}, 500, "Internal server error", id="500"),
        pytest.param({"kind": "server_error", "status": 502}, 502, "Bad gateway", id="502"),
        pytest.param({"kind": "server_error", "status": 504}, 504, "Gateway timeout", id="504"),
        pytest.param({"kind": "no_subscription"}, 402, "Subscription to the API has expired", id="402"),
        pytest.param({"kind": "unauthorized"}, 401, "Invalid auth token", id="401"),
        pytest.param({"kind": "gone"}, 410, "Method is removed", id="410"),
        pytest.param(
            {"kind": "busy"}, 409, "Request processing is in progress. Please, retry later.", id="409 to be retried"
        ),
    ],
)
def test_error_strikes_once_and_only_where_it_was_ordered(company, diadoc, fault, status, text):
    """Facts 16.1, 16.2 [doc], 16.3 [told]."""
    diadoc.fail(endpoint=PATH, **fault)

    elsewhere = company.talk.get("/GetMyOrganizations").status_code
    struck, after = ask(company), ask(company)

    assert (elsewhere, struck.status_code, after.status_code) == (200, status, 200)
    assert struck.text == text
    assert "X-Diadoc-ErrorCode" in struck.headers
    if status == 429:
        assert struck.headers["Retry-After"] == "7"


def test_proxy_answers_a_page(company, diadoc):
    """Fact 16.2 [told]."""
    diadoc.fail(kind="too_many_requests_html")

    answer = ask(company)

    assert (answer.status_code, answer.headers["content-type"]) == (429, "text/html")
    assert "nginx" in answer.text
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("after_commit", [False, True])
@pytest.mark.parametrize("status", [500, 502, 504])
def test_server_error_before_or_after_the_commit(company, diadoc, after_commit, status):
    """Fact 10.5 [told]: the caller can't tell."""
    diadoc.fail(kind="server_error", endpoint="V3/PostMessage", status=status, after_commit=after_commit)

    first = company.talk.post("/V3/PostMessage", company.message(), operationId="1")
    made = diadoc.statistics()["state"]["messages"]
    second = company.talk.post("/V3/PostMessage", company.message(), operationId="1")

    assert (first.status_code, made, second.status_code) == (status, int(after_commit), 200)
    assert diadoc.statistics()["state"]["messages"] == 1


def test_answer_is_lost_after_the_commit(company, diadoc):
    """Facts 10.2 [doc], 10.5 [told]."""
    diadoc.fail(kind="lost_answer", endpoint="V3/PostMessage")

    with pytest.raises(httpx.RemoteProtocolError):
        company.talk.post("/V3/PostMessage", company.message(), operationId="1")
    again = company.talk.post("/V3/PostMessage", company.message(), operationId="1")

    assert again.status_code == 200
    assert diadoc.statistics()["state"]["messages"] == 1
    assert [call["status"] for call in diadoc.calls() if call["endpoint"] == "v3/postmessage"] == [0, 200]


@pytest.mark.parametrize("after_commit", [False, True])
def test_earlier_call_still_runs(company, diadoc, after_commit):
    """Fact 10.4 [doc]."""
    diadoc.fail(kind="still_running", endpoint="V3/PostMessage", retry_after_s=3, after_commit=after_commit)

    first = company.talk.post("/V3/PostMessage", company.message(), operationId="1")
    second = company.talk.post("/V3/PostMessage", company.message(), operationId="1")

    assert (first.status_code, first.content, first.headers["Retry-After"]) == (204, b"", "3")
    assert second.status_code == 200
    assert diadoc.statistics()["state"]["messages"] == 1


def test_slow_answer(company, diadoc):
    """Fact 16.4 [guess]: it outlasts a caller's patience, and others are not held up."""
    diadoc.fail(kind="slow", endpoint=PATH, seconds=0.5)
    hasty = httpx.Client(base_url=company.diadoc.url, timeout=0.1)
    began = time.monotonic()

    with pytest.raises(httpx.ReadTimeout):
        hasty.get(f"/{PATH}", headers=company.talk.headers)
    other = company.talk.get("/GetMyOrganizations").status_code
    passed = time.monotonic() - began
    most = diadoc.statistics()["most_at_once"]
    hasty.close()

    assert other == 200
    assert passed < 0.45
    assert most == 2


def test_json_ends_in_the_middle(company, diadoc):
    """Fact 16.4 [guess]."""
    diadoc.fail(kind="truncated")

    answer = ask(company)

    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_method_announces_its_end(company, diadoc):
    """Fact 2.2 [doc]."""
    diadoc.fail(kind="sunset")

    answer = ask(company)

    assert (answer.status_code, "Sunset" in answer.headers, "Link" in answer.headers) == (200, True, True)


def test_value_nobody_has_heard_of(company, diadoc):
    """Fact 4.4 [seen]."""
    diadoc.make_partners(box=company.box, partner=company.other)
    diadoc.fail(kind="unknown_enum")

    struck, after = ask(company).json(), ask(company).json()

    assert struck["Counteragents"][0]["CurrentStatus"] == "AddedInTheFuture"
    assert after["Counteragents"][0]["CurrentStatus"] == "IsMyCounteragent"


def test_fault_lets_some_calls_pass_first(company, diadoc):
    """A control: to cut a run at its third call."""
    diadoc.fail(kind="server_error", skip=2, times=2)

    assert [ask(company).status_code for _ in range(5)] == [200, 200, 500, 500, 200]


def test_fault_for_ever_until_it_is_forgotten(company, diadoc):
    """A control."""
    diadoc.fail(kind="server_error", times=0)
    struck = [ask(company).status_code for _ in range(3)]
    diadoc.forget_faults()

    assert (struck, ask(company).status_code) == ([500] * 3, 200)


def test_token_endpoint_fails_too(company, diadoc):
    """Fact 16.1 [doc]."""
    diadoc.fail(kind="server_error", endpoint="connect/token", status=502)
    talk = Talk(diadoc.url)
    answer = talk.raw("POST", "/connect/token", data={})
    talk.close()

    assert answer.status_code == 502
