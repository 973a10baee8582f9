"""Who is asking: told by the token in a request and by nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from billing.domain.access import Role
from billing.domain.errors import UnavailableError
from billing.ports_tokens import Claims, TokenRefusedError, Tokens

COOKIE = "__Host-session"
COOKIE_OF_THIS_MACHINE = "session"  # a browser keeps the other one only over https
CSRF = "csrf"  # purpose of the signature that a form of ours carries


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever is asking. `role` None: nobody we know. `via`: "bearer", "cookie" or "".

    `csrf` is what a form of ours has to carry back; only a session has one. `began`: when the token was made.
    """

    account: str = ""
    role: Role | None = None
    user: str = ""
    via: str = ""
    csrf: str = ""
    began: datetime | None = None


NOBODY = Caller()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of a request tells who is asking. `local`: over plain http, within this machine."""

    method: str
    authorization: str = ""
    cookies: tuple[str, ...] = ()
    accept: str = ""
    local: bool = False


def who_asks(asked: Asked, tokens: Tokens, *, now: datetime) -> Caller:
    """The caller; a token in the header decides alone, so that a refused one is not made up for by a cookie.

    Raises:
        TokenRefusedError: there is a token, and it does not count.
        UnavailableError: the keys cannot be read now.
    """
    if asked.authorization:
        scheme, _, token = asked.authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise TokenRefusedError("not a bearer token")
        return caller_of(tokens.read(token.strip(), now=now), via="bearer")
    if session := _session(asked):
        claims = tokens.read_session(session, now=now)
        return caller_of(claims, via="cookie", csrf=tokens.mac(CSRF, claims.id))
    return NOBODY


def caller_of(claims: Claims, *, via: str, csrf: str = "") -> Caller:
    """The caller whom verified claims name.

    Raises:
        TokenRefusedError: an unknown role, a client's role without an account, or an operator with one.
    """
    if claims.role not in set(Role):
        raise TokenRefusedError("an unknown role")
    role = Role(claims.role)
    if bool(claims.account) == (role is Role.OPERATOR):
        raise TokenRefusedError("a role that does not go with the account")
    return Caller(account=claims.account, role=role, user=claims.user, via=via, csrf=csrf, began=claims.began)


def authorize(asked: Asked, tokens: Tokens, *, now: datetime) -> Caller | None:
    """Whom the gateway lets through: a caller we know, or nobody who opens a page or sends its form; None: no one.

    The page then says how to get in; every route asks for its own role once more. A form is sent from a page whose
    session may have ended meanwhile. When the keys cannot be read it is the page, too, that says so.

    Raises:
        UnavailableError: the keys cannot be read now, for whoever opens no page.
    """
    try:
        caller = who_asks(asked, tokens, now=now)
    except TokenRefusedError:
        caller = NOBODY
    except UnavailableError:
        if not _opens_a_page(asked):
            raise
        caller = NOBODY
    if caller.role or _opens_a_page(asked):
        return caller
    return None


def _opens_a_page(asked: Asked) -> bool:
    return asked.method in ("GET", "POST") and not asked.authorization and "text/html" in asked.accept.lower()


def _session(asked: Asked) -> str:
    names = (COOKIE, COOKIE_OF_THIS_MACHINE) if asked.local else (COOKIE,)
    return next((value for name in names for value in _values(asked.cookies, name)), "")


def _values(cookies: Iterable[str], name: str) -> Iterable[str]:
    for cookie in cookies:
        key, _, value = cookie.partition("=")
        if key.strip() == name and value.strip():
            yield value.strip()
