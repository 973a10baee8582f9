"""The operator of electronic documents beside the local cloud: the stand-in on a port of this machine.

Its clock is the process's, which the cloud moves; its login is in the cloud's secret; the template is told where it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local.company import our_card
from local.company.boxes import ROBOT, settle
from local.company.client import Client
from local.company.clients import clients
from local.diadoc import DiadocStandIn
from local.resources import aws

PORT = 3100
AT_ONCE = {"http": {"rps": 1000, "burst": 1000}}  # nobody counts calls here, and pauses are real ones


@dataclass(frozen=True, slots=True)
class Exchange:
    """The stand-in, listening, and our box in it."""

    diadoc: DiadocStandIn
    box: str

    @property
    def parameters(self) -> dict[str, str]:
        """What the template is to be told."""
        return {
            "DiadocBox": self.box,
            "DiadocUrl": self.diadoc.url,
            "DiadocIdentityUrl": self.diadoc.url,
            "EdoSigner": "test",
            "DiadocOptions": json.dumps(AT_ONCE),
        }

    def log_in(self, secret: str) -> None:
        """The secret holds what a person would have put there."""
        text = {"client_id": f"{ROBOT}-client", "client_secret": f"{ROBOT}-secret"}
        text["refresh_token"] = f"{ROBOT}-refresh-token"
        aws("secretsmanager").put_secret_value(SecretId=secret, SecretString=json.dumps(text))


@contextmanager
def exchange(
    *,
    port: int = 0,
    state: Mapping[str, Any] | None = None,
    company: tuple[Mapping[str, Any], list[Client]] | None = None,
) -> Iterator[Exchange]:
    """The stand-in listens on the port (0: any), with a seller and its clients, or as it was left.

    `company`: the seller's card and the clients, the sample ones unless given.

    Raises:
        OSError: the port is taken.
    """
    with DiadocStandIn(port=port) as diadoc:
        if state:
            diadoc.import_state(**state)
            box = next(iter(diadoc.organizations())).box_id
        else:
            box = settle(diadoc, *(company or (our_card(), clients())))
        yield Exchange(diadoc, box)
