"""What we ask Diadoc: everything that the use cases need of an operator, in our one box."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from billing.adapters.diadoc.http import Clock, Http, Note, SystemClock
from billing.adapters.diadoc.login import RefreshTokenLogin
from billing.adapters.diadoc.partners import Partners
from billing.adapters.diadoc.receipts import Receipts
from billing.adapters.diadoc.settings import DiadocSettings
from billing.adapters.diadoc.tracking import Tracking
from billing.adapters.signing.dss import Dss
from billing.ports_edo import Edo, EdoKind, KindOffer, Secrets


class Diadoc(Partners, Receipts, Tracking, Edo):
    """Implements `ports_edo.Edo`."""

    def cloud(self, thumbprint: str) -> Dss:
        """The signer over the same connection, login and pace."""
        return Dss(self._http, self._settings, thumbprint=thumbprint)


def diadoc(settings: DiadocSettings, secrets: Secrets, *, note: Note, client: httpx.Client | None = None,
           clock: Clock | None = None) -> Diadoc:
    """The client as it is used: one connection pool, one login, one pace for all calls of this process.

    `note` is told of retries, of methods that will be removed, of logins refused: names and keys for metrics and logs.
    """
    clock = clock or SystemClock()
    client = client or httpx.Client(limits=httpx.Limits(max_connections=settings.http.concurrency + 1))
    login = RefreshTokenLogin(client, secrets, settings, clock=clock, note=note)
    return Diadoc(Http(client, login, settings, clock=clock, note=note), settings)


def offer_for(kind: EdoKind, offers: Sequence[KindOffer]) -> KindOffer | None:
    """What is said of the kind we mean to send; without a function or a version, the only one that is actual.

    Source: Diadoc API, DocumentAttachment: both may be omitted where the type has just one.
    """
    fit = [offer for offer in offers
           if offer.kind.type == kind.type and kind.function in ("", offer.kind.function)
           and kind.version in ("", offer.kind.version)]
    actual = [offer for offer in fit if offer.actual]
    if kind.function and kind.version:
        return next(iter(actual or fit), None)
    return actual[0] if len(actual) == 1 else None
