"""Store which links of the CRM were used, and the moment before which an account's sessions are revoked."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from billing.domain.periods import utc_text
from billing.ports import ABSENT, Outside, StaleError, Write
from billing.ports_tokens import SESSION, TokenRefusedError
from billing.usecases.authorize import Caller

KEPT = timedelta(hours=26)  # a used link, longer than any token of the CRM lives


def use_link(token: str, outside: Outside) -> bool:
    """Note that the CRM's link was used. Return whether it is the first time."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    now = outside.clock()
    row = {"at": utc_text(now), "expires": int((now + KEPT).timestamp()), "summary": "вход по ссылке CRM"}
    try:
        outside.store.tx([Write("control", f"entered.{digest[:2]}", digest[2:34], row, ABSENT)])
    except StaleError:
        return False
    return True


def end_sessions(account: str, outside: Outside) -> None:
    """End all sessions of the account that began before now."""
    now = outside.clock()
    name = f"sessions.{account}"
    stored = outside.store.get("control", name, "since")
    row = {"at": utc_text(now), "expires": int((now + SESSION).timestamp()), "summary": "входы закончены"}
    outside.store.tx([Write("control", name, "since", row, stored.version if stored else ABSENT)])


def check_session(caller: Caller, outside: Outside) -> None:
    """Look whether the caller's session was ended before its time.

    Raises:
        TokenRefusedError: it was.
    """
    if caller.via != "cookie" or not caller.account:
        return
    stored = outside.store.get("control", f"sessions.{caller.account}", "since")
    if stored and (caller.began is None or caller.began < datetime.fromisoformat(stored.row["at"])):
        raise TokenRefusedError("an ended session")
