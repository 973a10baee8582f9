"""How Diadoc is asked: repeats, pauses, errors that say what to do next."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.adapters.diadoc.http import Call, Pace
from billing.adapters.diadoc.ids import box_id, moment, ticks_of
from billing.adapters.diadoc.settings import HttpSettings
from billing.domain.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)
from billing.ports_edo import (
    AbsentError,
    AwayError,
    BadDocumentError,
    BusyError,
    LostAnswerError,
    NeedsPersonError,
    NotPartnersError,
    OddAnswerError,
    RoamingRequestNeededError,
    StillRunningError,
    StopTheRunError,
)
from tests.adapters.diadoc.operator_script import (
    OURS,
    OURS_LEGACY,
    SETTINGS,
    Clock,
    FixedLogin,
    Notes,
    Operator,
    an_http,
    says,
)

READ = Call(method="GET", path="/x")
WRITE = Call(method="POST", path="/x", json={"A": "я"}, changes=True)
ONCE = replace(WRITE, repeatable=False)
ASK = replace(WRITE, changes=False)
GOOD = says({"A": 1})


def asked(call: Call, *answers, settings=SETTINGS, clock=None, login=None, notes=None):
    operator = Operator(x=list(answers))
    try:
        return operator, an_http(operator, settings=settings, clock=clock, login=login, notes=notes).ask(call).json
    except Exception as error:
        return operator, error


def test_json_goes_and_comes_with_its_headers():
    operator, answer = asked(WRITE, GOOD)

    sent = operator.asked[0]
    assert answer == {"A": 1}
    assert sent.content == '{"A": "я"}'.encode()
    assert sent.headers["content-type"] == "application/json; charset=utf-8"
    assert sent.headers["accept"] == "application/json"
    assert sent.headers["authorization"] == "Bearer token-0"
    assert "x-solution-info" not in sent.headers
    assert sent.url.host == "diadoc-api.kontur.ru"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_passes_is_asked_again_with_the_same_bytes(status):
    clock = Clock()

    operator, answer = asked(WRITE, says("<html>busy</html>", status), says("", status), GOOD, clock=clock)

    assert answer == {"A": 1}
    assert len({request.content for request in operator.asked}) == 1
    assert clock.slept == [0.5, 1.0]


def test_pauses_grow_and_are_spread_by_chance():
    clock = Clock()
    clock.chance = 1.0

    _, error = asked(READ, says("", 500), clock=clock)

    assert isinstance(error, BusyError)
    assert clock.slept == [1.0, 2.0, 4.0]


def test_no_attempt_is_made_beyond_their_number():
    operator, error = asked(READ, says("", 503))

    assert isinstance(error, UnavailableError)
    assert len(operator.asked) == 4


@pytest.mark.parametrize(
    ("header", "slept", "answered"),
    [
        pytest.param("3", [3.0], True, id="short enough to sleep"),
        pytest.param("16", [], False, id="too long: the caller comes back"),
        pytest.param("Thu, 01 Oct 2026 07:00:05 GMT", [5.0], True, id="a date"),
        pytest.param("soon", [0.5], True, id="no sense in it"),
        pytest.param("-5", [0.5], True, id="negative"),
    ],
)
def test_retry_after_is_honoured(header, slept, answered):
    clock = Clock()

    _, answer = asked(READ, says("", 429, Retry_After=header), GOOD, clock=clock)

    assert clock.slept == slept
    assert (answer == {"A": 1}) is answered
    if not answered:
        assert (type(answer), answer.retry_after_s) == (AwayError, 16)


@pytest.mark.parametrize(
    ("failure", "call", "error", "calls"),
    [
        pytest.param(httpx.ReadTimeout("t"), READ, BusyError, 4, id="a question lost"),
        pytest.param(httpx.ReadTimeout("t"), WRITE, LostAnswerError, 4, id="a repeatable write lost"),
        pytest.param(httpx.ReadTimeout("t"), ONCE, LostAnswerError, 1, id="a write that is not repeated"),
        pytest.param(says("", 504), ONCE, LostAnswerError, 1, id="a gateway's timeout on it"),
        pytest.param(httpx.RemoteProtocolError("r"), WRITE, LostAnswerError, 4, id="a connection dropped"),
        pytest.param(httpx.ConnectError("c"), ONCE, AwayError, 4, id="never sent, so safe to repeat"),
        pytest.param(says("", 429), ONCE, AwayError, 4, id="refused before anything was done"),
        pytest.param(says('{"A": 1', 200), WRITE, LostAnswerError, 4, id="JSON cut off"),
        pytest.param(says("", 200), WRITE, LostAnswerError, 4, id="nothing where JSON belongs"),
        pytest.param(says('{"A": 1', 200), READ, OddAnswerError, 4, id="JSON of a question cut off"),
        pytest.param(says("", 503), ASK, BusyError, 4, id="a question by POST lost"),
    ],
)
def test_a_lost_answer_is_told_from_a_call_that_had_no_effect(failure, call, error, calls):
    operator, found = asked(call, failure)

    assert type(found) is error
    assert len(operator.asked) == calls


def test_a_lost_answer_that_comes_at_the_second_attempt_is_an_answer():
    assert asked(WRITE, httpx.ReadTimeout("t"), says('{"A":', 200), GOOD)[1] == {"A": 1}


def test_401_is_mended_by_one_renewal():
    login = FixedLogin()

    operator, answer = asked(READ, says("Invalid auth token", 401), GOOD, login=login)

    assert answer == {"A": 1}
    assert [request.headers["authorization"] for request in operator.asked] == ["Bearer token-0", "Bearer token-1"]


def test_a_second_401_stops_the_run():
    login = FixedLogin()

    operator, error = asked(READ, says("Invalid auth token", 401), login=login)

    assert (type(error), login.renewed, len(operator.asked)) == (StopTheRunError, 1, 2)


OURS_ONLY = replace(READ, ours=True)
IN_PROGRESS = "Request processing is in progress. Please, retry later."
PARTNERS_ONLY = "Recipient allows to receive messages only from counteragents"
BLOCKED = "Recipient forbids to receive messages from blocked senders"
ROAMING = "Setting is required for document exchange. Apply for roaming on www.diadoc.ru/roaming"


@pytest.mark.parametrize(
    ("call", "answer", "error", "family"),
    [
        (READ, says("bad", 400), BadDocumentError, InvalidInputError),
        (READ, says("", 402), StopTheRunError, StopTheRunError),
        (READ, says("", 403), NeedsPersonError, ConflictError),
        (OURS_ONLY, says("Access to Box is denied.", 403), StopTheRunError, StopTheRunError),
        (READ, says("", 404), AbsentError, NotFoundError),
        (OURS_ONLY, says("", 404), StopTheRunError, StopTheRunError),
        (READ, says("", 405), StopTheRunError, StopTheRunError),
        (READ, says("", 409), NeedsPersonError, ConflictError),
        (READ, says(IN_PROGRESS, 409), StillRunningError, UnavailableError),
        (READ, says(PARTNERS_ONLY, 409), NotPartnersError, ConflictError),
        (READ, says(BLOCKED, 409), NeedsPersonError, ConflictError),
        (READ, says(ROAMING, 409), RoamingRequestNeededError, ConflictError),
        (READ, says("другой текст", 409, X_Diadoc_ErrorCode="Invitations.RoamingOperatorRequestIsRequired"),
         RoamingRequestNeededError, ConflictError),
        (READ, says("", 410), StopTheRunError, StopTheRunError),
        (READ, says("", 415), StopTheRunError, StopTheRunError),
        (READ, says("", 302, Location="https://elsewhere.example"), StopTheRunError, StopTheRunError),
        (READ, says("", 505), BusyError, UnavailableError),
        (READ, says("", 418), BadDocumentError, InvalidInputError),
    ],
)
def test_errors_say_what_the_caller_does_next(call, answer, error, family):
    operator, found = asked(call, answer)

    assert type(found) is error
    assert isinstance(found, family)
    assert len(operator.asked) == 1


def test_an_error_keeps_what_support_asks_for_and_no_more_than_it_should():
    _, error = asked(READ, says("x" * 5_000, 400, X_Diadoc_ErrorCode="Http.BadRequest"))

    assert (error.said.trace, error.said.code, error.said.status, len(error.said.text)) == (
        "trace-1", "Http.BadRequest", 400, 2_000)
    assert "trace trace-1" in str(error)
    assert "xxx" not in str(error)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [(says("", 204, Retry_After="7"), 7), (says("", 204), 5), (says(b"", 200, Retry_After="2"), 2)],
)
@pytest.mark.parametrize("call", [READ, replace(READ, expects="bytes")])
def test_what_is_not_ready_is_never_waited_for(answer, seconds, call):
    clock = Clock()

    operator, error = asked(call, answer, clock=clock)

    assert (type(error), error.retry_after_s, clock.slept, len(operator.asked)) == (StillRunningError, seconds, [], 1)


def test_204_may_mean_that_there_is_nothing():
    assert asked(replace(READ, none_is_answer=True), says("", 204))[1] is None


def test_a_method_that_will_be_removed_is_told_of_once():
    notes = Notes()
    operator = Operator(x=says({"A": 1}, Sunset="Sat, 03 Apr 2027 00:00:00 GMT", Deprecation="true"))
    http = an_http(operator, notes=notes)

    for _ in range(3):
        http.ask(READ)

    assert notes.names == ["diadoc_sunset", "diadoc_deprecation"]
    assert notes.all[0][1]["path"] == "/x"


def test_calls_keep_their_pace_after_a_burst():
    clock = Clock()
    pace = Pace(clock, rps=5, burst=2)

    for _ in range(5):
        pace.wait()

    assert clock.slept == [0.2, 0.2, 0.2]


def test_a_pause_of_ours_gives_a_burst_back_but_not_more():
    clock = Clock()
    pace = Pace(clock, rps=5, burst=2)
    pace.wait()
    clock.sleep(100)
    clock.slept.clear()

    for _ in range(4):
        pace.wait()

    assert clock.slept == [0.2, 0.2]


def test_no_more_calls_run_at_once_than_the_cap():
    running, most, lock, gate = 0, 0, threading.Lock(), threading.Event()

    def slow(request: httpx.Request) -> httpx.Response:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        gate.wait(0.05)
        with lock:
            running -= 1
        return says({})

    settings = replace(SETTINGS, http=HttpSettings(concurrency=2, rps=10_000, burst=100))
    http = an_http(Operator(x=slow), settings=settings)
    threads = [threading.Thread(target=http.ask, args=(READ,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 2


def test_a_box_has_two_spellings():
    assert box_id(OURS_LEGACY) == box_id(OURS) == box_id(OURS.upper()) == OURS
    for wrong in ("", "x@diadoc.ru", OURS + "0"):
        with pytest.raises(InvalidInputError):
            box_id(wrong)


@given(st.datetimes(timezones=st.just(UTC)))
def test_ticks_are_exact_to_a_microsecond(at):
    assert moment(ticks_of(at)) == at


def test_ticks_are_those_of_net():
    assert ticks_of(datetime(1970, 1, 1, tzinfo=UTC)) == 621355968000000000
    assert moment(639259447904582316) == datetime(2026, 9, 25, 14, 53, 10, 458231, tzinfo=UTC)
    assert moment(0) is None
    assert moment(10 ** 30) is None
