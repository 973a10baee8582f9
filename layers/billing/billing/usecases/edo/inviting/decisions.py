"""What a person has decided about a payer in the EDO, said by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from billing.domain.edo import RoamingRequest
from billing.domain.edo_standing import Standing
from billing.domain.errors import InvalidInputError
from billing.domain.periods import utc_text
from billing.domain.requisites import problems_of_numbers
from billing.ports import Outside
from billing.records_edo import Counterparty
from billing.usecases.edo.counterparties import change
from billing.usecases.edo.due import waken

SAID = ("accepted", "leave", "")
REQUESTS = ("none", "filed", "done")

_BOX = re.compile(r"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsDecision:
    """None: nothing is said about it. An empty `box` or `said` takes back what was said before."""

    inn: str
    kpp: str = ""
    box: str | None = None
    said: str | None = None
    roaming_request: RoamingRequest | None = None


def read_decision(asked: object) -> PersonsDecision:
    """Raises:
    InvalidInputError: a field is unknown or is not what it should be, or nothing is decided.
    """
    if not isinstance(asked, Mapping) or not all(isinstance(value, str) for value in asked.values()):
        raise InvalidInputError("decide: an object of texts")
    known = {"inn", "kpp", "box", "said", "roaming_request"}
    if unknown := sorted(set(asked) - known):
        raise InvalidInputError(f"decide: unknown fields: {', '.join(unknown)}")
    inn, kpp = asked.get("inn", ""), asked.get("kpp", "")
    if problems_of_numbers(inn=inn, kpp=kpp):
        raise InvalidInputError("decide: inn and kpp of the payer, as in its row")
    if not set(asked) & {"box", "said", "roaming_request"}:
        raise InvalidInputError("decide: box, said or roaming_request")
    if not _BOX.fullmatch(asked.get("box", "")):
        raise InvalidInputError("decide.box: a box id in lower case with dashes, or empty")
    if asked.get("said", "") not in SAID:
        raise InvalidInputError("decide.said: accepted, leave, or empty")
    if asked.get("roaming_request", "none") not in REQUESTS:
        raise InvalidInputError("decide.roaming_request: filed, done or none")
    return PersonsDecision(
        inn=inn,
        kpp=kpp,
        box=asked.get("box"),
        said=asked.get("said"),
        roaming_request=RoamingRequest(asked["roaming_request"]) if "roaming_request" in asked else None,
    )


def decide(decision: PersonsDecision, outside: Outside) -> Counterparty:
    """The payer's row says what was decided, and its line is off the list; the next pass acts on it.

    Raises:
        NotFoundError: there is no such payer.
    """
    payer = change(decision.inn, decision.kpp, outside, lambda payer: _decided(payer, decision, outside)).payer
    waken(payer.accounts, outside)
    return payer


def _decided(payer: Counterparty, decision: PersonsDecision, outside: Outside) -> Counterparty:
    """What has failed before is tried anew."""
    changes: dict[str, Any] = {"failed": None, "failure": "", "accepted": None}
    if decision.box is not None:
        changes["box_said"] = decision.box
    if decision.said is not None:
        changes["said"] = decision.said
    if decision.roaming_request is not None:
        changes["roaming_request"] = decision.roaming_request
    if payer.standing is Standing.PERSON:
        changes |= {"standing": Standing.NEW, "standing_at": utc_text(outside.clock()), "reason": None, "detail": ""}
    return replace(payer, **changes)
