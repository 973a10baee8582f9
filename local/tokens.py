"""Tokens as the CRM would make them, for whoever looks at the local cloud."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import jwt

from local.cloud import Cloud
from local.resources import aws

LIFE = timedelta(hours=24)
NOBODY_YET = "no client yet; once there is: python -m local token ACCOUNT ROLE"


def a_token(cloud: Cloud, account: str, role: str) -> str:
    """Return a token for a day of the cloud's own clock; each is another, for a link lets in once."""
    secret = aws("secretsmanager").get_secret_value(SecretId=cloud.ids["ApiSecret"])["SecretString"]
    said = {"role": role, "sub": f"local-{role}", "exp": int((cloud.now() + LIFE).timestamp()), "jti": uuid4().hex}
    return jwt.encode({**said, **({"account": account} if account else {})}, secret, algorithm="HS256")


def an_open_link(cloud: Cloud, page: str) -> str:
    """The page for the administrator of the first client that there is."""
    clients = sorted((row["account"], row["card"]["title"]) for row in cloud.rows("customers"))
    if not clients:
        return f"{page}  ({NOBODY_YET})"
    account, title = clients[0]
    return f"{page}/enter?token={a_token(cloud, account, 'administrator')}  ({title})"
