"""The directory: who has which box, and which operators there are."""

from __future__ import annotations

from local.diadoc.http_shapes import Answer, Json, Refusal, Request, json_answer
from local.diadoc.identifiers import HEAD_DEPARTMENT, box_guid, legacy_box
from local.diadoc.records import Department, Organization
from local.diadoc.world import World

NOT_IN_LIST = "NotInCounteragentList"
_FEATURES = {
    "SupportsAutoInvitation": "Автоматическая обработка приглашений",
    "SupportsRevocation": "Аннулирование 1.01",
    "EnableRevocationV2": "Аннулирование 1.02",
    "SupportsPowerOfAttorney": "Поддержка МЧД",
}


def organization_view(organization: Organization, *, with_departments: bool = True) -> Json:
    """An `Organization` in JSON. Source: fact 6.7."""
    view: Json = {
        "OrgIdGuid": organization.org_id,
        "OrgId": organization.org_id.replace("-", ""),
        "Inn": organization.inn,
        "Kpp": organization.kpp,
        "Ogrn": organization.ogrn,
        "FullName": organization.full_name,
        "ShortName": organization.short_name,
        "JoinedDiadocTreaty": True,
        "Boxes": [_box_view(organization)],
        "FnsParticipantId": organization.fns_participant_id,
        "Departments": [_head_department(), *(_department_view(one) for one in organization.departments)],
        "IsPilot": False,
        "IsActive": organization.is_active,
        "IsBranch": organization.is_branch,
        "IsRoaming": organization.is_roaming,
        "IsForeign": False,
        "HasCertificateToSign": not organization.is_roaming,
        "OrganizationType": organization.kind,
        "Sociability": organization.sociability,
        "LiquidationDate": organization.liquidation_date,
        "ReadyForEpdStatus": "UndefinedEpdStatus",
    }
    if organization.is_test:
        view["IsTest"] = True
    if organization.address:
        view["Address"] = {"RussianAddress": dict(organization.address)}
    if not with_departments:
        view["Departments"] = []
    return view


def get_my_organizations(world: World, request: Request) -> Answer:
    """The organisations whose boxes the caller has. Source: fact 6.1."""
    mine = [world.state.organizations[box] for box in world.user(request).boxes]
    return json_answer({"Organizations": [{**organization_view(one), "IsEmployee": True} for one in mine]})


def get_organizations_by_inn_list(world: World, request: Request) -> Answer:
    """Organisations of many INNs with their status for our box. Source: fact 6.4."""
    asked = request.document("GetOrganizationsByInnListRequest").get("InnList")
    if not isinstance(asked, list) or not asked:
        raise Refusal(400, "InnList must be specified.")
    my_box = request.asked("myBoxId")
    partners = world.state.partnerships.get(world.my_box(request, my_box), {}) if my_box else {}
    by_inn: dict[str, list[Organization]] = {}
    for one in world.state.organizations.values():
        if one.in_directory:
            by_inn.setdefault(one.inn, []).append(one)
    rows: list[Json] = []
    for organization in (one for inn in asked for one in by_inn.get(inn, [])):
        known = partners.get(organization.box_id)
        row: Json = {
            "Organization": organization_view(organization),
            "CounteragentStatus": known.status if known else NOT_IN_LIST,
        }
        if known:
            row |= {"MessageFromCounteragent": known.message_from, "MessageToCounteragent": known.message_to}
        rows.append(row)
    return json_answer({"Organizations": rows})


def get_roaming_operators(world: World, request: Request) -> Answer:
    """The operators that Diadoc exchanges with, and what each can do. Source: fact 6.6."""
    world.my_box(request, request.required("boxId"))
    rows = [
        {
            "FnsId": one.fns_id.lower(),
            "Name": one.name,
            "IsActive": one.is_active,
            "Features": [{"Name": name, "Description": _FEATURES.get(name, name)} for name in one.features],
        }
        for one in world.state.operators.values()
    ]
    return json_answer({"RoamingOperators": rows})


def search_fns_participants(world: World, request: Request) -> Answer:
    """List who is registered at other operators under this INN and KPP. Source: fact 6.8."""
    ours = world.state.organizations[world.my_box(request, request.required("myBoxId"))]
    if not ours.fns_participant_id:
        raise Refusal(409, "Organization has no FnsParticipantId")
    asked = request.document("SearchFnsParticipantsRequest")
    inn, kpp, participant = (str(asked.get(name) or "") for name in ("Inn", "Kpp", "FnsParticipantId"))
    if not participant and not inn:
        raise Refusal(400, "Inn or FnsParticipantId must be specified")
    if not participant and len(inn) == 10 and not kpp:
        raise Refusal(400, "Kpp must be specified")
    if participant:
        found = [one for one in _elsewhere(world) if one.fns_participant_id == participant]
    else:
        found = [one for one in _elsewhere(world) if one.inn == inn and (len(inn) != 10 or one.kpp == kpp)]
    if any(one.hides_data for one in found):
        return json_answer({"Status": "NotAllowedFnsParticipantSearchStatus", "Participants": []})
    rows = [_participant_view(one) for one in found]
    return json_answer({"Status": f"{'Ok' if rows else 'NotFound'}FnsParticipantSearchStatus", "Participants": rows})


def roaming_organization(world: World, request: Request) -> Answer:
    """Return the organization for another operator's participant, created if need be. Source: fact 6.9."""
    world.my_box(request, request.required("myBoxId"))
    wanted = request.document("GetOrCreateRoamingOrganizationByFnsParticipantIdRequest").get("FnsParticipantId")
    for one in _elsewhere(world):
        if one.fns_participant_id == wanted:
            one.in_directory = True
            return json_answer(organization_view(one))
    raise Refusal(409, "Roaming organization can not be found or created")


def _elsewhere(world: World) -> list[Organization]:
    return [one for one in world.state.organizations.values() if one.is_roaming]


def _participant_view(organization: Organization) -> Json:
    view: Json = {"FnsParticipantId": organization.fns_participant_id, "Inn": organization.inn}
    return {**view, "Kpp": organization.kpp, "FullName": organization.full_name}


def box_of_organization(world: World, org_id: str) -> str:
    """The box of an organisation named by its own id.

    Raises:
        Refusal: 404, there is none.
    """
    wanted = box_guid(org_id)
    for one in world.state.organizations.values():
        if one.org_id == wanted:
            return one.box_id
    raise Refusal(404, f"Organization {org_id} is not found")


def _head_department() -> Json:
    head: Json = {"DepartmentId": HEAD_DEPARTMENT, "ParentDepartmentId": "", "Name": "Головное подразделение"}
    return {**head, "Abbreviation": "ГП", "IsDisabled": False}


def _department_view(department: Department) -> Json:
    view: Json = {
        "DepartmentId": department.department_id,
        "ParentDepartmentId": HEAD_DEPARTMENT,
        "Name": department.name,
        "Abbreviation": department.name[:10],
        "IsDisabled": department.is_disabled,
    }
    return {**view, "Kpp": department.kpp} if department.kpp else view


def _box_view(organization: Organization) -> Json:
    return {
        "BoxId": legacy_box(organization.box_id),
        "BoxIdGuid": organization.box_id,
        "Title": organization.short_name,
        "InvoiceFormatVersion": "v5_02",
        "EncryptedDocumentsAllowed": False,
    }
