"""A stand-in for the HTTP API of Diadoc, written from what is published about it (FACTS.md), not from our client."""

from local.diadoc.faults import FaultKind
from local.diadoc.signatures import SigningAuthority
from local.diadoc.stand_in import DiadocStandIn

__all__ = ["DiadocStandIn", "FaultKind", "SigningAuthority"]
