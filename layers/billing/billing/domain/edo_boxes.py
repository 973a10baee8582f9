"""Boxes at the operators: how we stand with each, and which of several is a payer's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billing.domain.edo_reasons import Reason


class Partnership(StrEnum):
    """How a pair of boxes stands, seen from our side."""

    NONE = "none"
    PARTNERS = "partners"
    THEY_INVITED = "they_invited"
    WE_INVITED = "we_invited"
    THEY_REFUSED = "they_refused"
    WE_REFUSED = "we_refused"
    UNKNOWN = "unknown"  # a status of which this version knows nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Another EDO operator: `fns_id` in capitals, `features` by their Diadoc names, e.g. SupportsAutoInvitation."""

    fns_id: str
    name: str = ""
    active: bool = True
    features: frozenset[str] = frozenset()

    @property
    def takes_invitations(self) -> bool:
        return "SupportsAutoInvitation" in self.features


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A part of an organization that takes documents under a KPP of its own, such as a branch."""

    id: str
    kpp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box of an organization. `id` is a GUID in lower case with dashes.

    `operator`: the first three characters of the participant's id ("2BM" is Diadoc). `wants_signature`: their
    invitation carries a document that we would have to sign. `departments` None: the operator did not name them.
    """

    id: str
    inn: str
    kpp: str = ""
    name: str = ""
    fns_participant: str = ""
    partnership: Partnership = Partnership.NONE
    roaming: bool = False
    active: bool = True
    branch: bool = False
    test: bool = False
    liquidated: bool = False
    partners_only: bool = False
    has_address: bool = False
    wants_signature: bool = False
    since: date | None = None
    departments: tuple[Department, ...] | None = None

    def takes(self, kpp: str) -> bool:
        """Return whether the box serves this KPP, as the company's or as a branch's. An empty KPP fits any box."""
        return not kpp or not self.kpp or kpp == self.kpp or bool(self.department_of(kpp))

    def department_of(self, kpp: str) -> str:
        """Return the department for this KPP; empty for the head one."""
        fit = [one.id for one in self.departments or () if one.kpp == kpp]
        return min(fit) if fit and kpp not in ("", self.kpp) else ""

    @property
    def operator(self) -> str:
        return self.fns_participant[:3].upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxChoice:
    """The one box of a payer; or none, with the reason and those among which a person chooses."""

    box: Box | None
    reason: Reason | None = None
    among: tuple[Box, ...] = ()


def choose_box(
    boxes: Sequence[Box],
    *,
    inn: str,
    kpp: str = "",
    kept: str = "",
    our_test_box: bool = False,
) -> BoxChoice:
    """The same box whatever the order of the boxes; never a guess between two equal ones.

    `kept`: the box once written down, which stays while it is there. Otherwise boxes that have the KPP neither
    themselves nor in a department, test and liquidated ones fall out; then a standing relation decides, then the
    operator (ours, then others), activity, head before branch.

    Source: Diadoc API, GetOrganizationsByInnList; instructions/organizations (one organization of an INN, beside it
    its roaming twins; a branch is a department of it); the relation belongs to a pair of boxes.
    """
    if kept:
        return _kept(kept, [box for box in boxes if box.inn == inn])
    ours = {box.id: box for box in boxes if box.inn == inn and box.test == our_test_box}
    alive = [box for box in ours.values() if not box.liquidated]
    fit = [box for box in alive if box.takes(kpp)]
    if not fit:
        reason = None if not ours else Reason.OTHER_KPP if alive else Reason.LIQUIDATED
        return BoxChoice(box=None, reason=reason, among=tuple(sorted(alive, key=lambda box: box.id)))
    best = min(_rank(box) for box in fit)
    left = tuple(sorted((box for box in fit if _rank(box) == best), key=lambda box: box.id))
    if len(left) > 1:
        return BoxChoice(box=None, reason=Reason.SEVERAL_BOXES, among=left)
    return BoxChoice(box=left[0])


def _kept(kept: str, boxes: Sequence[Box]) -> BoxChoice:
    box = next((box for box in boxes if box.id == kept), None)
    if box is None:
        return BoxChoice(box=None, reason=Reason.BOX_GONE, among=tuple(sorted(boxes, key=lambda box: box.id)))
    return BoxChoice(box=None, reason=Reason.LIQUIDATED) if box.liquidated else BoxChoice(box=box)


_BY_RELATION = (Partnership.PARTNERS, Partnership.THEY_INVITED, Partnership.WE_INVITED)


def _rank(box: Box) -> tuple[int, int, bool]:
    """Less is better. Boxes with a relation are not told apart by anything else than the relation."""
    if box.partnership in _BY_RELATION:
        return _BY_RELATION.index(box.partnership), 0, False
    place = 2 if box.roaming else 0 if box.active else 1
    return len(_BY_RELATION), place, box.branch
