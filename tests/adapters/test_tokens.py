"""Tokens of the CRM and sessions of ours: what counts, and everything that must not."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from billing.adapters.tokens import JwtTokens, Kept, jwks
from billing.domain.errors import UnavailableError
from billing.ports_tokens import Claims, TokenRefusedError

SECRET, OTHER = "s" * 64, "t" * 64
NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)
T = int(NOW.timestamp())
SAID = {"account": "c-000001", "role": "administrator", "sub": "u-1", "exp": T + 600}
TOKENS = JwtTokens(lambda: SECRET)
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_PEM = RSA_KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def a_token(*, key: Any = SECRET, algorithm: str = "HS256", leave_out: str = "", **said: Any) -> str:
    claims = {name: value for name, value in {**SAID, **said}.items() if name != leave_out}
    return jwt.encode(claims, key, algorithm=algorithm)


def by_hand(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def test_a_token_says_whose_it_is() -> None:
    assert TOKENS.read(a_token(), now=NOW) == Claims(account="c-000001", role="administrator", user="u-1")


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="nothing"),
        pytest.param("a.b.c", id="no token"),
        pytest.param("а.б.в", id="not ASCII"),
        pytest.param(a_token(name="x" * 5_000), id="too long"),
        pytest.param(a_token(key=OTHER), id="of another secret"),
        pytest.param(a_token()[:-2] + "AA", id="a broken signature"),
        pytest.param(by_hand({"alg": "none", "typ": "JWT"}, SAID), id="signed by nobody"),
        pytest.param(by_hand({"alg": "None"}, SAID), id="signed by nobody, spelled otherwise"),
        pytest.param(by_hand({}, SAID), id="an algorithm that is not said"),
        pytest.param(a_token(algorithm="HS512"), id="another algorithm of the same key"),
        pytest.param(a_token(key=RSA_KEY, algorithm="RS256"), id="an algorithm of other keys"),
        pytest.param(a_token(leave_out="exp"), id="without an end"),
        pytest.param(a_token(leave_out="role"), id="without a role"),
        pytest.param(a_token(leave_out="sub"), id="without a user"),
        pytest.param(a_token(exp=T - 31), id="ended"),
        pytest.param(a_token(exp=str(T + 600)), id="an end in words"),
        pytest.param(a_token(exp=10**15), id="an end after the end of days"),
        pytest.param(by_hand({"alg": "HS256"}, {**SAID, "exp": True}), id="an end that is no number"),
        pytest.param(a_token(exp=T + 86_400 + 31), id="a life of over a day"),
        pytest.param(a_token(exp=T + 600, iat=T - 86_400), id="a life of over a day, by its beginning"),
        pytest.param(a_token(nbf=T + 31), id="not begun"),
        pytest.param(a_token(iat=T + 31), id="made tomorrow"),
        pytest.param(a_token(account="c-1/../c-2"), id="an account that is none"),
        pytest.param(a_token(account=["c-000001"]), id="a list of accounts"),
        pytest.param(a_token(sub="u 1\n"), id="a user with a line break"),
    ],
)
def test_what_does_not_count_is_refused(token: str) -> None:
    with pytest.raises(TokenRefusedError):
        TOKENS.read(token, now=NOW)


@pytest.mark.parametrize("seconds", [-29, 1, 86_400])
def test_clocks_may_differ_by_half_a_minute(seconds: int) -> None:
    assert TOKENS.read(a_token(exp=T + seconds), now=NOW)


# --- keys of the CRM ---------------------------------------------------------------------------------------------


def with_keys(key: Any, **more: str) -> JwtTokens:
    return JwtTokens(lambda: SECRET, keys=lambda token: key, **more)


def test_names_of_keys_that_nobody_knows_are_looked_for_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, seconds = list[str](), [1_000.0]
    key = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY.public_key())), "kid": "known", "use": "sig"}

    def fetched(client: jwt.PyJWKClient) -> dict[str, Any]:
        asked.append(client.uri)
        return {"keys": [key]}

    monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", fetched)
    monkeypatch.setattr("time.monotonic", lambda: seconds[0])
    find = jwks("https://crm.example/jwks")

    def look(kid: str) -> None:
        with pytest.raises(jwt.PyJWKClientError):
            find(jwt.encode({}, RSA_KEY, algorithm="RS256", headers={"kid": kid}))

    for n in range(20):
        look(f"unknown-{n}")
    at_first = len(asked)
    seconds[0] += 59
    look("unknown")
    in_a_minute = len(asked)
    seconds[0] += 2
    look("unknown")

    assert (at_first, in_a_minute, len(asked)) == (2, 2, 3)
    assert find(jwt.encode({}, RSA_KEY, algorithm="RS256", headers={"kid": "known"})).key_id == "known"


@pytest.mark.parametrize(("key", "algorithm"), [(RSA_KEY, "RS256"), (EC_KEY, "ES256")])
def test_tokens_by_the_key_set_of_the_crm_count(key: Any, algorithm: str) -> None:
    tokens = with_keys(key.public_key(), issuer="https://crm.example", audience="docs")

    said = tokens.read(a_token(key=key, algorithm=algorithm, iss="https://crm.example", aud="docs"), now=NOW)

    assert said.account == "c-000001"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(a_token(iss="i", aud="a"), id="by the secret"),
        pytest.param(
            by_hand({"alg": "HS256"}, {**SAID, "iss": "i", "aud": "a"}, signature=b"x"), id="the public key as a secret"
        ),
        pytest.param(a_token(key=EC_KEY, algorithm="ES256", iss="i", aud="a"), id="by a key of another kind"),
        pytest.param(a_token(key=RSA_KEY, algorithm="RS256", iss="j", aud="a"), id="of another issuer"),
        pytest.param(a_token(key=RSA_KEY, algorithm="RS256", iss="i", aud="b"), id="for another audience"),
        pytest.param(a_token(key=RSA_KEY, algorithm="RS256", iss="i"), id="for no audience"),
    ],
)
def test_with_a_key_set_nothing_else_counts(token: str) -> None:
    with pytest.raises(TokenRefusedError):
        with_keys(RSA_KEY.public_key(), issuer="i", audience="a").read(token, now=NOW)


@pytest.mark.parametrize("said", [{}, {"issuer": "i"}, {"audience": "a"}])
def test_a_key_set_without_an_issuer_and_an_audience_is_refused_at_once(said: dict[str, str]) -> None:
    """Otherwise another service with the same keys of the CRM could send us its tokens."""
    with pytest.raises(ValueError, match="issuer and an audience"):
        with_keys(RSA_KEY.public_key(), **said)


def test_keys_that_cannot_be_read_refuse_nobody() -> None:
    def down(token: str) -> Any:
        raise jwt.PyJWKClientConnectionError("down")

    tokens = JwtTokens(lambda: SECRET, keys=down, issuer="i", audience="a")

    with pytest.raises(UnavailableError):
        tokens.read(a_token(key=RSA_KEY, algorithm="RS256"), now=NOW)


# --- sessions ----------------------------------------------------------------------------------------------------

CLAIMS = Claims(account="c-000001", role="accountant", user="u-2")


def test_a_session_says_what_the_token_said_for_eight_hours() -> None:
    session = TOKENS.new_session(CLAIMS, now=NOW)

    read = TOKENS.read_session(session, now=NOW + timedelta(hours=8))

    assert (read.account, read.role, read.user) == ("c-000001", "accountant", "u-2")
    with pytest.raises(TokenRefusedError):
        TOKENS.read_session(session, now=NOW + timedelta(hours=8, seconds=31))


def test_a_session_carries_no_name_of_a_person() -> None:
    named = TOKENS.read(a_token(name="Анна Белова"), now=NOW)

    session = jwt.decode(TOKENS.new_session(named, now=NOW), options={"verify_signature": False})

    assert set(session) == {"iss", "account", "role", "sub", "iat", "exp", "jti"}


def test_no_two_sessions_are_alike() -> None:
    ids = {TOKENS.read_session(TOKENS.new_session(CLAIMS, now=NOW), now=NOW).id for _ in range(50)}

    assert len(ids) == 50


def test_a_session_is_no_token_of_the_crm_nor_the_other_way_round() -> None:
    with pytest.raises(TokenRefusedError):
        TOKENS.read(TOKENS.new_session(CLAIMS, now=NOW), now=NOW)
    with pytest.raises(TokenRefusedError):
        TOKENS.read_session(a_token(iss="zakryvashka", jti="j"), now=NOW)


# --- signatures --------------------------------------------------------------------------------------------------


def test_a_signature_holds_for_its_text_and_its_purpose_alone() -> None:
    mac = TOKENS.mac("cursor", "a")

    assert TOKENS.is_mac("cursor", "a", mac)
    assert not [
        true
        for true in (
            TOKENS.is_mac("cursor", "b", mac),
            TOKENS.is_mac("csrf", "a", mac),
            TOKENS.is_mac("cursor", "a", mac + "A"),
            TOKENS.is_mac("cursor", "a", "\udcff"),
            TOKENS.is_mac("cursor", "a", ""),
            JwtTokens(lambda: OTHER).is_mac("cursor", "a", mac),
        )
        if true
    ]


def test_a_secret_is_read_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    said, at = iter(["first", "second"]), [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: at[0])
    kept = Kept(lambda: next(said))

    first = [kept(), kept()]
    at[0] += 61

    assert (first, kept()) == (["first", "first"], "second")
