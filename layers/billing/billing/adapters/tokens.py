"""Tokens of the CRM and sessions of ours: JSON Web Tokens, read strictly.

Source: RFC 7519 (claims), RFC 8725 (best current practices: one list of algorithms, keys by purpose, explicit types).
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from billing.domain.errors import UnavailableError
from billing.ports_tokens import SESSION, Claims, TokenRefusedError

ISSUER = "zakryvashka"
LIFE_MAX = timedelta(hours=24)  # of a token of the CRM: who was dismissed yesterday does not come in today
LEEWAY = timedelta(seconds=30)
KEYS_KEPT_S = 900
KEPT_S = 60  # so long at most a changed secret has no say: whoever is to be locked out at once is so within a minute
ASKED_ANEW_S = 60  # for a key that is not among those kept: anybody may write a name of one into a token
TOKEN_MAX = 4_096  # characters; a longer one is not looked at

_ACCOUNT = re.compile(r"[A-Za-z0-9-]{1,40}")
_USER = re.compile(r"[!-~]{1,200}")


class JwtTokens:
    """Implements `ports_tokens.Tokens`. `secret` gives the secret as it is now.

    With `keys` (of a JWKS) the CRM's tokens are RS256 or ES256 and no other, of that issuer and for that audience;
    without, HS256 by the secret itself.
    """

    def __init__(
        self,
        secret: Callable[[], str],
        *,
        keys: Callable[[str], Any] | None = None,
        issuer: str = "",
        audience: str = "",
    ) -> None:
        if keys and not (issuer and audience):
            raise ValueError("a key set without an issuer and an audience takes the tokens of whoever shares the keys")
        self._secret, self._keys, self._issuer, self._audience = secret, keys, issuer, audience

    def read(self, token: str, *, now: datetime) -> Claims:
        if self._keys:
            said = self._decoded(token, self._keys, ["RS256", "ES256"], issuer=self._issuer, audience=self._audience)
        else:
            said = self._decoded(token, self._own, ["HS256"], issuer=self._issuer, audience=self._audience)
        return _claims(said, now=now, life_max=LIFE_MAX)

    def read_session(self, token: str, *, now: datetime) -> Claims:
        said = self._decoded(token, lambda _: self._key("session"), ["HS256"], issuer=ISSUER, audience="")
        if not isinstance(said.get("jti"), str):
            raise TokenRefusedError("a session without an id")
        return _claims(said, now=now, life_max=SESSION)

    def new_session(self, claims: Claims, *, now: datetime) -> str:
        said = {
            "iss": ISSUER,
            "role": claims.role,
            "sub": claims.user,
            "iat": int(now.timestamp()),
            "exp": int((now + SESSION).timestamp()),
            "jti": secrets.token_urlsafe(16),
            **({"account": claims.account} if claims.account else {}),
        }
        return jwt.encode(said, self._key("session"), algorithm="HS256")

    def mac(self, purpose: str, text: str) -> str:
        digest = hmac.digest(self._key(purpose), text.encode("utf-8", "surrogatepass"), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def is_mac(self, purpose: str, text: str, mac: str) -> bool:
        return hmac.compare_digest(self.mac(purpose, text).encode(), mac.encode("utf-8", "replace"))

    def _own(self, token: str) -> bytes:
        return self._secret().encode()

    def _key(self, purpose: str) -> bytes:
        return hmac.digest(self._secret().encode(), f"{ISSUER}/{purpose}".encode(), "sha256")

    def _decoded(
        self, token: str, key: Callable[[str], Any], algorithms: list[str], *, issuer: str, audience: str
    ) -> dict[str, Any]:
        """What the token says, its signature checked. Times are checked by `_claims`, against the given moment."""
        if len(token) > TOKEN_MAX or not token.isascii():
            raise TokenRefusedError("not a token")
        try:
            if jwt.get_unverified_header(token).get("alg") not in algorithms:  # before a key is looked for
                raise TokenRefusedError("an algorithm that is not ours")
            return jwt.decode(
                token,
                key(token),
                algorithms=algorithms,
                issuer=issuer or None,
                audience=audience or None,
                options={
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "verify_aud": bool(audience),
                    "require": ["exp", "sub", "role"],
                },
            )
        except jwt.PyJWKClientConnectionError as error:
            raise UnavailableError("the keys of the CRM cannot be read") from error
        except (jwt.PyJWTError, TypeError, ValueError) as error:  # a key of another kind is a TypeError
            raise TokenRefusedError(type(error).__name__) from error


def _claims(said: Mapping[str, Any], *, now: datetime, life_max: timedelta) -> Claims:
    expires = _moment(said, "exp")
    assert expires, "required"
    if expires + LEEWAY <= now:
        raise TokenRefusedError("expired")
    since = [moment for name in ("iat", "nbf") if (moment := _moment(said, name))]
    if any(moment - LEEWAY > now for moment in since):
        raise TokenRefusedError("not valid yet")
    if expires - min([now, *since]) > life_max + LEEWAY:
        raise TokenRefusedError("a life too long")
    account = said.get("account", "")
    if not isinstance(account, str) or not (account == "" or _ACCOUNT.fullmatch(account)):
        raise TokenRefusedError("not an account")
    if not _USER.fullmatch(said["sub"]) or not isinstance(said["role"], str):
        raise TokenRefusedError("not a user with a role")
    return Claims(
        account=account,
        role=said["role"],
        user=said["sub"],
        id=said["jti"] if isinstance(said.get("jti"), str) else "",
        began=_moment(said, "iat"),
    )


def _moment(said: Mapping[str, Any], name: str) -> datetime | None:
    seconds = said.get(name)
    if seconds is None:
        return None
    if type(seconds) is not int or not 0 < seconds < 10**11:
        raise TokenRefusedError(f"{name} is no moment")
    return datetime.fromtimestamp(seconds, UTC)


def jwks(url: str) -> Callable[[str], Any]:
    """The key that a token names, out of the set at that address, which is kept for a quarter of an hour."""
    client = jwt.PyJWKClient(url, lifespan=KEYS_KEPT_S, timeout=3, cooldown_duration=ASKED_ANEW_S)
    return lambda token: client.get_signing_key_from_jwt(token)


class Kept:
    """Cache a text for a minute: a changed secret takes effect no later than that."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read, self._text, self._at = read, "", 0.0

    def __call__(self) -> str:
        if not self._text or time.monotonic() - self._at > KEPT_S:
            self._text, self._at = self._read(), time.monotonic()
        return self._text
