"""Organizations, boxes, relations and operators in their shapes, turned into ours."""

from __future__ import annotations

from billing.adapters.diadoc import wire
from billing.adapters.diadoc.ids import moment
from billing.adapters.diadoc.reading import kept_box, needed, number, row, rows, text
from billing.domain.edo_boxes import Box, Department, Operator, Partnership
from billing.domain.periods import moscow_day
from billing.ports_edo import CounterpartyEvent

PARTNERSHIPS = {   # Source: Diadoc API, CounteragentStatus
    "IsMyCounteragent": Partnership.PARTNERS,
    "InvitesMe": Partnership.THEY_INVITED,
    "IsInvitedByMe": Partnership.WE_INVITED,
    "RejectsMe": Partnership.THEY_REFUSED,
    "IsRejectedByMe": Partnership.WE_REFUSED,
    "NotInCounteragentList": Partnership.NONE,
}


def partnership(status: object) -> Partnership:
    return PARTNERSHIPS.get(text(status), Partnership.UNKNOWN)


def box(organization: wire.Organization, *, stands: Partnership = Partnership.NONE, ticks: int = 0,
        wants_signature: bool = False) -> Box | None:
    """Read the one box that Diadoc gives an organization. Return None when it has none."""
    boxes = rows(organization.get("Boxes"))
    id_ = kept_box(boxes[0].get("BoxIdGuid")) or kept_box(boxes[0].get("BoxId")) if boxes else ""
    since = moment(ticks)
    return Box(
        id=id_, inn=text(organization.get("Inn")), kpp=text(organization.get("Kpp")),
        name=text(organization.get("ShortName")) or text(organization.get("FullName")),
        fns_participant=text(organization.get("FnsParticipantId")), partnership=stands,
        roaming=organization.get("IsRoaming") is True, active=organization.get("IsActive") is not False,
        branch=organization.get("IsBranch") is True, test=organization.get("IsTest") is True,
        liquidated=bool(text(organization.get("LiquidationDate"))),
        partners_only=organization.get("Sociability") != "AllOrganizations",
        has_address=any(row(organization.get("Address")).values()), wants_signature=wants_signature,
        since=moscow_day(since) if since else None, departments=_departments(organization.get("Departments")),
    ) if id_ else None


def _departments(departments: object) -> tuple[Department, ...] | None:
    """Return the departments with a KPP that documents may be sent to.

    Return None when the list is empty: every organization has a department, so Diadoc has left them out.

    Source: Diadoc API, Department; GetCounteragents (which leaves them out).
    """
    if not rows(departments):
        return None
    return tuple(Department(id=text(one.get("DepartmentId")), kpp=text(one.get("Kpp"))) for one in rows(departments)
                 if text(one.get("DepartmentId")) and text(one.get("Kpp")) and one.get("IsDisabled") is not True)


def counteragent(entry: wire.Counteragent) -> Box | None:
    """Read a box and our relation with it. We would have to sign an invitation that carries a document."""
    stands = partnership(entry.get("CurrentStatus"))
    return box(row(entry.get("Organization")),  # type: ignore[arg-type]
               stands=stands, ticks=number(entry.get("LastEventTimestampTicks")),
               wants_signature=_wants_signature(stands, entry.get("InvitationDocumentId")))


def _wants_signature(stands: Partnership, document: object) -> bool:
    return stands is Partnership.THEY_INVITED and bool(text(row(document).get("EntityId")))


def listed(entry: wire.OrganizationWithStatus) -> Box | None:
    return box(row(entry.get("Organization")),  # type: ignore[arg-type]
               stands=partnership(entry.get("CounteragentStatus")),
               ticks=number(entry.get("LastEventTimestampTicks")))


def counterparty_event(event: wire.CounteragentEvent) -> CounterpartyEvent:
    who = row(event.get("Counteragent"))
    stands = partnership(who.get("Status"))
    return CounterpartyEvent(
        id=needed(event.get("EventId"), "EventId"), key=needed(event.get("IndexKey"), "IndexKey"),
        box=kept_box(who.get("CounteragentBoxId")), partnership=stands,
        at=moment(number(who.get("EventTimestampTicks"))), comment=text(who.get("LastEventComment")),
        wants_signature=_wants_signature(stands, who.get("InvitationDocumentId")))


def operator(entry: wire.RoamingOperator) -> Operator | None:
    """Read an operator, its id in capitals: those of the list are in small letters, those of participants are not."""
    id_ = text(entry.get("FnsId"))[:3].upper()
    features = frozenset(text(feature.get("Name")) for feature in rows(entry.get("Features")))
    return Operator(fns_id=id_, name=text(entry.get("Name")), active=entry.get("IsActive") is not False,
                    features=features) if id_ else None
