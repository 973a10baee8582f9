"""The token endpoint and the header of every call."""

from __future__ import annotations

import httpx
import pytest

from tests.diadoc_stand_in.talk import Talk, token_form


def test_refresh_token_buys_a_token_for_a_day(company, diadoc):
    """Fact 3.1 [seen]: POST /connect/token."""
    answer = httpx.post(f"{diadoc.url}/connect/token", data=token_form())

    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 86400
    assert answer.json()["refresh_token"] == "robot-refresh-token"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"client_secret": "other"}, "invalid_client", id="a wrong secret"),
        pytest.param({"refresh_token": "other"}, "invalid_grant", id="a refresh token that is void"),
        pytest.param({"scope": "Diadoc.PublicAPI"}, "invalid_scope", id="a scope, which is fixed already"),
        pytest.param({"grant_type": "client_credentials"}, "unsupported_grant_type", id="another flow"),
    ],
)
def test_token_is_refused(company, diadoc, changes, error):
    """Facts 3.1, 3.3 [seen]."""
    answer = httpx.post(f"{diadoc.url}/connect/token", data=token_form(**changes))

    assert answer.status_code == 400
    assert answer.json() == {"error": error}


def test_rotation_voids_the_refresh_token_that_was_used(company, diadoc):
    """Fact 3.2 [doc]."""
    diadoc.settings(rotate_refresh_tokens=True)

    first = httpx.post(f"{diadoc.url}/connect/token", data=token_form())
    again = httpx.post(f"{diadoc.url}/connect/token", data=token_form())
    turned = httpx.post(f"{diadoc.url}/connect/token", data=token_form(refresh_token=first.json()["refresh_token"]))

    assert first.json()["refresh_token"] != "robot-refresh-token"
    assert again.json() == {"error": "invalid_grant"}
    assert turned.status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer unknown", "DiadocAuth ddauth_token=x"])
def test_without_a_known_token_nothing_is_answered(company, diadoc, header):
    """Fact 3.4 [seen]."""
    talk = Talk(diadoc.url)
    answer = talk.raw("GET", "/GetMyOrganizations", headers={"Authorization": header} if header else {})
    talk.close()

    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == "Invalid auth token"


def test_token_ends_after_a_day(company, clock):
    """Fact 3.1 [seen]: 86400 seconds."""
    clock.pass_by(86_399)
    before = company.talk.get("/GetMyOrganizations").status_code
    clock.pass_by(1)
    after = company.talk.get("/GetMyOrganizations").status_code

    assert (before, after) == (200, 401)
