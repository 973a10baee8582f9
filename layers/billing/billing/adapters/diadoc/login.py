"""Whose calls they are: one user's token, shared by all workers, renewed by one writer at a time.

The secret is JSON: `client_id`, `client_secret` and `refresh_token` are put there by a person; we add `access_token`,
`expires_at` (Unix seconds), `renewed_at` (ISO) and, for the seconds of a renewal, `renewing_until`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from billing.adapters.diadoc.errors import said
from billing.adapters.diadoc.http import Clock, Note
from billing.adapters.diadoc.settings import DiadocSettings
from billing.adapters.troubles import Trouble
from billing.domain.edo_reasons import Reason
from billing.domain.errors import UnavailableError
from billing.ports_edo import BusyError, Said, Secret, SecretMovedError, Secrets, StopTheRunError

LEASE_S = 60            # a renewal that takes longer is taken for dead
EARLY_S = 300           # a token is renewed so long before its end
TURNS_MAX = 5           # how often we wait for another's renewal
TURN_S = 2
SAVE_ATTEMPTS = 4


class RefreshTokenLogin:
    """OpenID Connect with a refresh token. Safe to share between threads.

    The identity provider may give a new refresh token each time and void the old one. So a renewal is announced in the
    secret first (one writer), and its result is stored before the new token is used; a result that could not be stored
    is kept in memory and stored before anything else is done.

    Source: Diadoc API, authentication: refresh token flow; the request has no `scope`.
    """

    def __init__(self, client: httpx.Client, secrets: Secrets, settings: DiadocSettings, *, clock: Clock,
                 note: Note) -> None:
        self._client, self._secrets, self._settings = client, secrets, settings
        self._clock, self._note = clock, note
        self._lock = threading.Lock()
        self._token, self._expires_at = "", 0
        self._unsaved: dict[str, Any] | None = None

    def header(self) -> str:
        with self._lock:
            if not self._token or self._now() >= self._expires_at - EARLY_S:
                self._renew(refused="")
            return f"Bearer {self._token}"

    def renew(self, refused: str) -> None:
        with self._lock:
            if refused == f"Bearer {self._token}":   # another thread may have renewed it meanwhile
                self._renew(refused=self._token)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())

    def _renew(self, *, refused: str) -> None:
        """Another token than the refused one: the stored one, if another worker has renewed it, else a new one.

        Raises:
            StopTheRunError: a person has to give a new refresh token or to mend the client's id and secret.
            BusyError: the provider or the store of secrets does not answer, or another worker is still renewing.
        """
        for _ in range(TURNS_MAX):
            secret = self._secrets.get(self._settings.secret)
            kept = self._parsed(secret)
            if self._unsaved and self._unsaved["was"] == kept["refresh_token"]:
                self._save(secret.version, kept, self._unsaved)
                return
            self._unsaved = None
            token, expires_at = str(kept.get("access_token") or ""), int(kept.get("expires_at") or 0)
            if token and token != refused and self._now() < expires_at - EARLY_S:
                self._token, self._expires_at = token, expires_at
                return
            if self._now() >= int(kept.get("renewing_until") or 0) and self._renewed(secret, kept):
                return
            self._clock.sleep(TURN_S)
        raise BusyError(Trouble.LOGIN_BUSY, retry_after_s=LEASE_S)

    def _parsed(self, secret: Secret) -> dict[str, Any]:
        try:
            kept = json.loads(secret.text)
            if all(kept[name] for name in ("client_id", "client_secret", "refresh_token")):
                return dict(kept)
        except (ValueError, KeyError, TypeError) as error:
            raise StopTheRunError(Trouble.LOGIN_EMPTY, reason=Reason.LOGIN_REFUSED) from error
        raise StopTheRunError(Trouble.LOGIN_EMPTY, reason=Reason.LOGIN_REFUSED)

    def _renewed(self, secret: Secret, kept: dict[str, Any]) -> bool:
        """Whether we were the one writer and have renewed the token."""
        lease = {**kept, "renewing_until": self._now() + LEASE_S}
        try:
            version = self._secrets.put(self._settings.secret, json.dumps(lease), expect=secret.version)
        except SecretMovedError:
            return False
        try:
            answer = self._exchange(kept)
        except BusyError:
            self._release(version, kept)
            raise
        self._save(version, kept, {**answer, "was": kept["refresh_token"]})
        return True

    def _release(self, version: str, kept: dict[str, Any]) -> None:
        """The announcement is taken back, so that the next caller need not wait for its end."""
        try:
            self._secrets.put(self._settings.secret, json.dumps(kept), expect=version)
        except (SecretMovedError, UnavailableError):
            self._note("diadoc_lease_left", {})

    def _exchange(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        form = {"grant_type": "refresh_token", "client_id": kept["client_id"],
                "client_secret": kept["client_secret"], "refresh_token": kept["refresh_token"]}
        url = f"{self._settings.identity_url.rstrip('/')}/connect/token"
        try:
            response = self._client.post(url, data=form, headers={"Accept": "application/json"}, timeout=30,
                                         follow_redirects=False)
        except httpx.TransportError as error:
            raise BusyError(Trouble.LOGIN_AWAY, Said(path="/connect/token")) from error
        if response.status_code in (408, 429) or response.status_code >= 500:
            raise BusyError(Trouble.LOGIN_AWAY, said(response))
        try:
            answer = json.loads(response.content)
            if response.is_success:
                return {"access_token": str(answer["access_token"]), "expires_in": int(answer["expires_in"]),
                        "refresh_token": str(answer.get("refresh_token") or kept["refresh_token"])}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if response.is_success:
                raise BusyError(Trouble.LOGIN_AWAY, Said(path="/connect/token")) from error
        self._note("diadoc_login_refused", {"status": str(response.status_code)})
        raise StopTheRunError(Trouble.LOGIN_REFUSED, said(response))

    def _save(self, version: str, kept: Mapping[str, Any], answer: dict[str, Any]) -> None:
        """The new tokens are stored, and only then used."""
        self._unsaved = answer
        fresh = {name: value for name, value in kept.items() if name != "renewing_until"}
        expires_at = answer.setdefault("expires_at", self._now() + answer["expires_in"])
        fresh |= {"access_token": answer["access_token"], "refresh_token": answer["refresh_token"],
                  "expires_at": expires_at, "renewed_at": datetime.fromtimestamp(self._now(), UTC).isoformat()}
        for attempt in range(SAVE_ATTEMPTS):
            try:
                self._secrets.put(self._settings.secret, json.dumps(fresh), expect=version)
                break
            except UnavailableError as error:
                secret = self._reread()
                if secret and secret.text == json.dumps(fresh):   # the answer was lost, not the write
                    break
                if attempt == SAVE_ATTEMPTS - 1:
                    self._note("diadoc_token_not_saved", {})
                    raise BusyError(Trouble.LOGIN_NOT_SAVED) from error
                self._clock.sleep(2 ** attempt)
            except SecretMovedError as error:   # a person has put another one there, which counts more
                self._unsaved = None
                raise BusyError(Trouble.LOGIN_CHANGED, retry_after_s=TURN_S) from error
        self._unsaved = None
        self._token, self._expires_at = answer["access_token"], expires_at

    def _reread(self) -> Secret | None:
        try:
            return self._secrets.get(self._settings.secret)
        except UnavailableError:
            return None
