"""The environment becomes the operator and the signer of the EDO, built once; without a box there is neither."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from datetime import datetime
from functools import cache
from typing import Any

import httpx
from pydantic import TypeAdapter

from billing import wiring
from billing.adapters.diadoc.client import Diadoc, diadoc
from billing.adapters.diadoc.ids import box_id
from billing.adapters.diadoc.settings import DiadocSettings
from billing.adapters.diadoc.titles.preparing import DiadocTitles
from billing.adapters.signing.external import ExternalCms, mutual_tls_of
from billing.adapters.signing.simple import DelaySend, TestBoxSigner
from billing.adapters.troubles import Trouble
from billing.domain.edo_reasons import Reason
from billing.domain.errors import InvalidInputError
from billing.ports_edo import EdoOutside, Secrets, Signed, Signer, StopTheRunError, ToSign

NOTED = {  # what the client notices, as metrics; all of it is logged too
    "diadoc_sunset": "DiadocSunset",
    "diadoc_deprecation": "DiadocSunset",
    "diadoc_retry": "DiadocRetries",
    "diadoc_token_not_saved": "DiadocTokenNotSaved",
}

_installed: EdoOutside | None = None
_connections: list[httpx.Client] = []


def edo_outside() -> EdoOutside | None:
    """The operator and the signer: those that were installed, or those the environment names; None: it names none."""
    return _installed or _built()


def install_edo(world: EdoOutside | None) -> None:
    """Tests put their own in the place of the environment's, and take them away again."""
    global _installed
    _installed = world


def forget_edo() -> None:
    """It is all built anew at its next use; connections are closed."""
    _built.cache_clear()
    while _connections:
        _connections.pop().close()


@cache
def _built() -> EdoOutside | None:
    if not (box := os.environ.get("DIADOC_BOX", "")):
        return None
    settings = read_settings(box, os.environ)
    secrets = wiring.secrets()
    limits = httpx.Limits(max_connections=settings.http.concurrency + 1)
    _connections.append(httpx.Client(limits=limits, trust_env=False))
    client = diadoc(settings, secrets, note=note, client=_connections[-1])
    return EdoOutside(
        edo=client,
        signer=ChosenSigner(client, secrets, os.environ),
        titles=DiadocTitles(settings.kinds),
        environment=f"{os.environ.get('EDO_ENVIRONMENT', '')}/{box_id(box)}",
    )


def read_settings(box: str, environment: Mapping[str, str]) -> DiadocSettings:
    """The client's settings: plain ones by a variable each, the rest of them by `DIADOC_OPTIONS`, a JSON object.

    Raises:
        InvalidInputError: the options are no such object.
    """
    plain: dict[str, Any] = {"box": box, "secret": environment["DIADOC_SECRET"]}
    named = {"base_url": "DIADOC_URL", "identity_url": "DIADOC_IDENTITY_URL"}
    plain |= {field: value for field, name in named.items() if (value := environment.get(name, ""))}
    options = _object(environment.get("DIADOC_OPTIONS") or "{}")
    try:
        _check_known(DiadocSettings(**plain), options)
        return TypeAdapter(DiadocSettings).validate_python({**options, **plain})
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidInputError("DIADOC_OPTIONS is no JSON object of the client's settings") from error


def _check_known(settings: object, options: Mapping[str, Any]) -> None:
    """Raises:
    AttributeError, TypeError: an option is none of the settings, or holds what such a one cannot.
    """
    for name, value in options.items():
        if is_dataclass(default := getattr(settings, name)):
            _check_known(default, dict(value))


def _object(text: str) -> dict[str, Any]:
    """Raises:
    InvalidInputError: it is no JSON object.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InvalidInputError("no JSON where an object is needed") from error
    if not isinstance(found, dict):
        raise InvalidInputError("JSON that is no object where one is needed")
    return found


def note(name: str, keys: Mapping[str, str]) -> None:
    """What the client has noticed is counted and logged."""
    if name in NOTED:
        wiring.outside().metrics.count(NOTED[name])
    wiring.log.warning(name, extra=dict(keys))


class ChosenSigner:
    """Implements `ports_edo.Signer`: the one that the settings name, built when the first file is to be signed.

    So that a run that signs nothing needs neither its secret nor its certificate.
    """

    def __init__(self, client: Diadoc, secrets: Secrets, environment: Mapping[str, str]) -> None:
        self._client, self._secrets, self._environment = client, secrets, dict(environment)
        self._signer: Signer | None = None

    @property
    def batch_max(self) -> int:
        return self.chosen.batch_max

    def sign(self, files: Sequence[ToSign], *, now: datetime, task: str = "") -> Signed:
        return self.chosen.sign(files, now=now, task=task)

    @property
    def chosen(self) -> Signer:
        """Raises:
        StopTheRunError: none is configured, or its settings are not whole.
        """
        if self._signer is None:
            self._signer = self._build(self._environment.get("EDO_SIGNER", ""))
        return self._signer

    def _build(self, kind: str) -> Signer:
        match kind:
            case "person":
                return DelaySend()
            case "test":
                return TestBoxSigner(self._client.our_box())
            case "dss" if thumbprint := self._environment.get("DSS_THUMBPRINT", ""):
                return self._client.cloud(thumbprint)
            case "external" if url := self._environment.get("SIGNING_URL", ""):
                return self._external(url)
            case _:
                raise StopTheRunError(Trouble.NO_SIGNER, reason=Reason.NO_SIGNER)

    def _external(self, url: str) -> ExternalCms:
        """Known to the service by a certificate with its key, or by a token, whichever the secret holds."""
        kept = self._secret_of_the_service()
        verify: Any = True
        try:
            if kept["certificate"]:
                verify = mutual_tls_of(**{name: kept[name] for name in ("certificate", "key", "authority")})
        except (OSError, ValueError) as error:  # what is no certificate and what is no ASCII
            raise StopTheRunError(Trouble.SIGNER_EMPTY, reason=Reason.NO_SIGNER) from error
        _connections.append(httpx.Client(verify=verify, trust_env=False))
        return ExternalCms(_connections[-1], url, token=lambda: kept["token"])

    def _secret_of_the_service(self) -> dict[str, str]:
        try:
            said = _object(self._secrets.get(self._environment["SIGNING_SECRET"]).text)
        except InvalidInputError as error:
            raise StopTheRunError(Trouble.SIGNER_EMPTY, reason=Reason.NO_SIGNER) from error
        kept = {name: str(said.get(name) or "") for name in ("certificate", "key", "authority", "token")}
        if not kept["token"] and not (kept["certificate"] and kept["key"]):
            raise StopTheRunError(Trouble.SIGNER_EMPTY, reason=Reason.NO_SIGNER)
        return kept
