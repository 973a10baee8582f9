"""Who is asking: the token endpoint of the identity provider, and the Bearer header of every call."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

from local.diadoc.http_shapes import Answer, Json, Refusal, Request, json_answer
from local.diadoc.records import AccessToken, User
from local.diadoc.world import World

TOKEN_LIFE_S = 86_400
_INVALID_TOKEN = "Invalid auth token"


def give_token(world: World, request: Request) -> Answer:
    """Exchange a refresh token for an access token that lives a day. Source: facts 3.1, 3.2, 3.3."""
    declared = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if declared != "application/x-www-form-urlencoded":
        return _oauth_error("invalid_request")
    form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
    if form.get("grant_type") != "refresh_token":
        return _oauth_error("unsupported_grant_type")
    if "scope" in form:
        return _oauth_error("invalid_scope")
    client, secret = form.get("client_id", ""), form.get("client_secret", "")
    users = [user for user in world.state.users.values() if (user.client_id, user.client_secret) == (client, secret)]
    if not users:
        return _oauth_error("invalid_client")
    user = next((user for user in users if user.refresh_token == form.get("refresh_token")), None)
    if user is None:
        return _oauth_error("invalid_grant")
    return json_answer(issue(world, user))


def issue(world: World, user: User) -> Json:
    """A new access token of the user; where rotation is on, the refresh token is changed with it."""
    token = world.new_id("access-token").replace("-", "") * 2
    world.state.tokens[token] = AccessToken(user=user.name, expires=world.ticks + TOKEN_LIFE_S * 10_000_000)
    if world.state.settings.rotate_refresh_tokens:
        user.refresh_token = world.new_id("refresh-token").replace("-", "").upper()
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFE_S,
        "refresh_token": user.refresh_token,
    }


def user_of(world: World, authorization: str) -> str:
    """The name of the user whose token this header carries.

    Raises:
        Refusal: 401, there is no token, it is unknown or it has ended. Source: fact 3.4.
    """
    scheme, _, token = authorization.partition(" ")
    known = world.state.tokens.get(token.strip()) if scheme.lower() == "bearer" else None
    if known is None or known.expires <= world.ticks:
        raise Refusal(401, _INVALID_TOKEN)
    return known.user


def _oauth_error(name: str) -> Answer:
    return Answer(status=400, body=json.dumps({"error": name}).encode(), content_type="application/json")
