"""The login: one writer, the rotated token stored before it is used, a person only where no repeat helps."""

from __future__ import annotations

import json
import threading
from urllib.parse import parse_qs

import httpx
import pytest

from billing.adapters.diadoc.login import RefreshTokenLogin
from billing.ports_edo import BusyError, StopTheRunError
from tests.adapters.diadoc.operator_script import SETTINGS, Clock, MemorySecrets, Notes, Operator, says

KEPT = {"client_id": "id", "client_secret": "shh", "refresh_token": "r1"}


def token(number: int, **over: object) -> httpx.Response:
    return says({"access_token": f"a{number}", "token_type": "Bearer", "expires_in": 86400,
                 "refresh_token": f"r{number}", **over})


def a_login(operator: Operator, secrets: MemorySecrets, clock: Clock | None = None,
            notes: Notes | None = None) -> RefreshTokenLogin:
    return RefreshTokenLogin(operator.client(), secrets, SETTINGS, clock=clock or Clock(), note=notes or Notes())


def provider(*answers) -> Operator:
    return Operator(connect__token=list(answers))


def test_a_token_is_got_stored_and_shared():
    identity, secrets, clock = provider(token(2)), MemorySecrets(**KEPT), Clock()

    first = a_login(identity, secrets, clock).header()
    second = a_login(identity, secrets, clock).header()

    assert first == second == "Bearer a2"
    form = {name: values[0] for name, values in parse_qs(identity.asked[0].content.decode()).items()}
    assert form == {"grant_type": "refresh_token", "client_id": "id", "client_secret": "shh", "refresh_token": "r1"}
    assert len(identity.asked) == 1
    assert secrets.values | {} == {**KEPT, "refresh_token": "r2", "access_token": "a2",
                                   "expires_at": int(clock.now().timestamp()) + 86400,
                                   "renewed_at": "2026-10-01T07:00:00+00:00"}


def test_a_token_is_renewed_before_its_end():
    identity, clock = provider(token(2), token(3)), Clock()
    login = a_login(identity, MemorySecrets(**KEPT), clock)

    assert login.header() == "Bearer a2"
    clock.sleep(86400 - 301)
    assert login.header() == "Bearer a2"
    clock.sleep(2)
    assert login.header() == "Bearer a3"
    assert parse_qs(identity.asked[1].content.decode())["refresh_token"] == ["r2"]


def test_the_new_token_is_stored_before_it_is_used():
    """Written without an answer or not written at all: the token is in the store when it is given out."""
    for how in (["", "lost"], ["", "down"], ["", "down", "down"]):
        secrets = MemorySecrets(**KEPT)
        secrets.failing_puts = list(how)

        assert a_login(provider(token(2)), secrets).header() == "Bearer a2"
        assert (secrets.values["refresh_token"], secrets.values["access_token"]) == ("r2", "a2")


def test_a_token_that_cannot_be_stored_is_not_used_and_not_lost():
    secrets, notes, identity = MemorySecrets(**KEPT), Notes(), provider(token(2), token(3))
    secrets.failing_puts = ["", *["down"] * 4]
    login = a_login(identity, secrets, notes=notes)

    with pytest.raises(BusyError):
        login.header()
    assert notes.names == ["diadoc_token_not_saved"]
    assert secrets.values["refresh_token"] == "r1"

    assert login.header() == "Bearer a2"
    assert secrets.values["refresh_token"] == "r2"
    assert len(identity.asked) == 1


def test_an_answer_without_a_new_refresh_token_keeps_the_old():
    secrets = MemorySecrets(**KEPT)

    a_login(provider(token(2, refresh_token=None)), secrets).header()

    assert secrets.values["refresh_token"] == "r1"


def test_a_refused_token_is_renewed_once_for_all_workers():
    identity, secrets, clock = provider(token(2), token(3)), MemorySecrets(**KEPT), Clock()
    one, other = a_login(identity, secrets, clock), a_login(identity, secrets, clock)
    refused = one.header()
    assert other.header() == refused

    one.renew(refused)
    other.renew(refused)

    assert one.header() == other.header() == "Bearer a3"
    assert len(identity.asked) == 2


def test_a_renewal_for_an_old_token_changes_nothing():
    identity = provider(token(2), token(3))
    login = a_login(identity, MemorySecrets(**KEPT))
    login.header()

    login.renew("Bearer of yesterday")

    assert (login.header(), len(identity.asked)) == ("Bearer a2", 1)


def test_while_another_worker_renews_we_wait_and_take_its_token():
    clock = Clock()
    secrets = MemorySecrets(**KEPT, renewing_until=int(clock.now().timestamp()) + 60)
    identity = provider(token(9))

    class Elsewhere(Clock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            secrets.put("diadoc", json.dumps({**KEPT, "refresh_token": "r5", "access_token": "a5",
                                              "expires_at": int(self.now().timestamp()) + 9000}),
                        expect=str(secrets.version))

    assert a_login(identity, secrets, Elsewhere()).header() == "Bearer a5"
    assert identity.asked == []


def test_a_renewal_that_hangs_is_not_waited_for_and_a_dead_one_is_taken_over():
    clock = Clock()
    secrets = MemorySecrets(**KEPT, renewing_until=int(clock.now().timestamp()) + 60)
    identity = provider(token(2))
    login = a_login(identity, secrets, clock)

    with pytest.raises(BusyError):
        login.header()
    assert identity.asked == []

    clock.sleep(60)
    assert login.header() == "Bearer a2"
    assert "renewing_until" not in secrets.values


def test_many_threads_ask_the_provider_once():
    identity = provider(token(2), token(3))
    login = a_login(identity, MemorySecrets(**KEPT))
    threads = [threading.Thread(target=login.header) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(identity.asked) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says({"error": "invalid_grant"}, 400), StopTheRunError),
        (says({"error": "invalid_client"}, 400), StopTheRunError),
        (says("", 403), StopTheRunError),
        (says("", 500), BusyError),
        (says("", 429), BusyError),
        (says("<html>", 200), BusyError),
        (says({"access_token": "a"}, 200), BusyError),
        (httpx.ReadTimeout("t"), BusyError),
    ],
)
def test_only_what_no_repeat_mends_stops_the_run(answer, error):
    secrets, notes = MemorySecrets(**KEPT), Notes()

    with pytest.raises(error) as found:
        a_login(provider(answer), secrets, notes=notes).header()

    assert type(found.value) is error
    assert (notes.names == ["diadoc_login_refused"]) is (error is StopTheRunError)
    assert "shh" not in str(found.value)
    if error is BusyError:
        assert "renewing_until" not in secrets.values


@pytest.mark.parametrize("kept", [{}, {**KEPT, "refresh_token": ""}, {"client_id": "id"}])
def test_a_secret_that_is_not_filled_in_is_for_a_person(kept):
    with pytest.raises(StopTheRunError, match="не заполнен"):
        a_login(provider(token(2)), MemorySecrets(**kept)).header()


def test_a_token_that_a_person_puts_during_a_renewal_counts_more():
    secrets = MemorySecrets(**KEPT)

    def meddled(request: httpx.Request) -> httpx.Response:
        secrets.put("diadoc", json.dumps({**KEPT, "refresh_token": "by-hand"}), expect=str(secrets.version))
        return token(2)

    with pytest.raises(BusyError):
        a_login(provider(meddled), secrets).header()

    assert secrets.values["refresh_token"] == "by-hand"
