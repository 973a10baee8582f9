"""An invitation as Diadoc carries it out: a task that is not done at once."""

from __future__ import annotations

from local.diadoc import partners
from local.diadoc.http_shapes import Json, Refusal
from local.diadoc.organizations import box_of_organization
from local.diadoc.records import AcquireTask, Organization
from local.diadoc.requisites import inn_is_right
from local.diadoc.seeding import add_organization
from local.diadoc.world import World

ROAMING_IS_REQUIRED = "Invitations.RoamingOperatorRequestIsRequired"
_ROAMING_TEXT = "Setting is required for document exchange. Apply for roaming on www.diadoc.ru/roaming"
_AUTO_INVITATION = "SupportsAutoInvitation"
_MESSAGE_MAX = 2000


def begin(world: World, my_box: str, asked: Json) -> AcquireTask:
    """Check what can be checked at once, and put the rest off. Source: facts 7.2-7.7, 7.14.

    Raises:
        Refusal: 400 for a body that names nobody, 404 for an unknown box, 409 where roaming must be arranged first.
    """
    message = str(asked.get("MessageToCounteragent") or "")
    if len(message) > _MESSAGE_MAX:
        raise Refusal(400, f"MessageToCounteragent is longer than {_MESSAGE_MAX}.")
    partner, failure = _whom(world, asked)
    if partner == my_box:
        raise Refusal(400, "Organization can not invite itself")
    attachment = asked.get("InvitationDocument")
    if attachment and not (isinstance(attachment, dict) and attachment.get("FileName")):
        raise Refusal(400, "InvitationDocument.FileName must be specified")
    known = world.state.organizations.get(partner)
    if known is not None:
        _arrange_roaming(world, known)
    task = AcquireTask(
        task_id=world.new_id("task"),
        my_box=my_box,
        partner=partner,
        message=message,
        failure=failure,
        polls_left=world.state.settings.acquire_polls,
        has_attachment=bool(attachment) and not (known is not None and known.is_roaming),
    )
    world.state.tasks[task.task_id] = task
    world.later(world.state.settings.acquire_takes_s, "finish_invitation", task.task_id)
    return task


def finish(world: World, task: AcquireTask) -> None:
    """The invitation has taken effect, once. Source: fact 7.15."""
    if task.done:
        return
    task.done = True
    if partners.must_sign(world, task.my_box, task.partner):
        task.failure = "Invitation document must be signed"
    if task.failure:
        return
    already = partners.status(world, task.my_box, task.partner) in {partners.PARTNER, partners.INVITED}
    if task.has_attachment and not already:
        task.invitation = {"MessageId": world.new_id("message"), "EntityId": world.new_id("entity")}
    partners.invite(world, task.my_box, task.partner, task.message, task.invitation)


def _whom(world: World, asked: Json) -> tuple[str, str]:
    """The box to invite, or what the task will fail with."""
    if asked.get("BoxId"):
        return world.organization(str(asked["BoxId"])).box_id, ""
    if asked.get("OrgId"):
        return box_of_organization(world, str(asked["OrgId"])), ""
    inn = str(asked.get("Inn") or "")
    if not inn:
        raise Refusal(400, "One of OrgId, BoxId, Inn must be specified.")
    return _box_by_inn(world, inn)


def _box_by_inn(world: World, inn: str) -> tuple[str, str]:
    """The newest head organisation of the INN; a new inactive box for a company of the register. Source: fact 7.7."""
    known = [
        one for one in world.state.organizations.values() if one.inn == inn and one.in_directory and not one.is_branch
    ]
    if known:
        return max(known, key=lambda one: one.created).box_id, ""
    if inn not in world.state.register or not inn_is_right(inn):
        return "", f"Нельзя пригласить контрагента с ИНН = {inn}"
    made = add_organization(world, inn=inn, full_name=world.state.register[inn], is_active=False)
    return made.box_id, ""


def _arrange_roaming(world: World, organization: Organization) -> None:
    """Refuse where the other operator takes no invitations by itself. Source: facts 7.5, 6.6."""
    if not organization.is_roaming:
        return
    operator = world.state.operators.get(organization.operator)
    if operator is None or not operator.is_active or _AUTO_INVITATION not in operator.features:
        raise Refusal(409, _ROAMING_TEXT, code=ROAMING_IS_REQUIRED)
