"""The methods about counteragents."""

from __future__ import annotations

from bisect import bisect_right

from local.diadoc import invitations, partners
from local.diadoc.http_shapes import Answer, Json, Refusal, Request, come_back_later, json_answer
from local.diadoc.identifiers import HEAD_DEPARTMENT, index_key, iso_of, position_of
from local.diadoc.organizations import NOT_IN_LIST, organization_view
from local.diadoc.records import PartnerEvent, Partnership
from local.diadoc.world import World

_PAGE = 100
_FILTERS = {
    "ismycounteragent": {partners.PARTNER},
    "invitesme": {partners.INVITES_ME},
    "isinvitedbyme": {partners.INVITED},
    "rejected": {partners.REJECTS_ME, partners.REJECTED},
}


def acquire_counteragent(world: World, request: Request) -> Answer:
    """Begin an invitation, answer its task. Source: facts 7.2-7.5."""
    my_box = _managed_box(world, request)
    task = invitations.begin(world, my_box, request.document("AcquireCounteragentRequest"))
    return json_answer({"TaskId": task.task_id})


def acquire_counteragent_result(world: World, request: Request) -> Answer:
    """Not yet, done or failed. Source: fact 7.6."""
    task = world.state.tasks.get(request.required("taskId").lower())
    if task is None or task.my_box not in world.user(request).boxes:
        raise Refusal(404, "Task is not found")
    if request.path.startswith("v3/") and world.my_box(request, request.required("myBoxId")) != task.my_box:
        raise Refusal(404, "Task is not found")
    if not task.done and task.polls_left > 0:
        task.polls_left -= 1
        return come_back_later(world.state.settings.acquire_takes_s)
    invitations.finish(world, task)
    if task.failure:
        raise Refusal(409, task.failure)
    answer: Json = {"BoxId": task.partner}
    if task.invitation:
        answer["InvitationDocumentId"] = dict(task.invitation)
    return json_answer(answer)


def get_counteragent(world: World, request: Request) -> Answer:
    """One partner, 404 where there was never a relation. Source: fact 7.1."""
    my_box = world.my_box(request, request.required("myBoxId"))
    other = world.organization(request.required("counteragentBoxId")).box_id
    known = world.state.partnerships.get(my_box, {}).get(other)
    if known is None:
        raise Refusal(404, "Counteragent is not found")
    return json_answer(_counteragent_view(world, known))


def get_counteragents(world: World, request: Request) -> Answer:
    """A page of partners; the page after the last is empty. Source: facts 7.8, 7.9."""
    my_box = world.my_box(request, request.required("myBoxId"))
    wanted = request.asked("counteragentStatus").lower()
    if wanted and wanted not in _FILTERS:
        raise Refusal(400, f"Unknown counteragentStatus: {wanted}")
    query, after_key = request.asked("query").lower(), request.asked("afterIndexKey")
    if query and after_key:
        raise Refusal(400, "query can not be used together with afterIndexKey")
    after = _cursor(after_key)
    size = request.number("pageSize", default=_PAGE, most=_PAGE)
    known = [
        one
        for one in world.state.partnerships.get(my_box, {}).values()
        if (not wanted or one.status in _FILTERS[wanted]) and (not query or _mentions(world, one, query))
    ]
    known.sort(key=lambda one: one.position)
    page = [one for one in known if one.position > after][:size]
    return json_answer(
        {
            "TotalCount": len(known),
            "Counteragents": [_counteragent_view(world, one) for one in page],
            "TotalCountType": "Equal",
        }
    )


def get_counteragent_events(world: World, request: Request) -> Answer:
    """A page of the feed about partners, oldest first. Source: fact 7.10."""
    box = world.my_box(request, request.required("boxId"))
    size = request.number("limit", default=_PAGE, most=_PAGE)
    after = _cursor(request.asked("afterIndexKey"))
    feed = world.state.partner_events.get(box, [])
    since, until = request.ticks("timestampFromTicks"), request.ticks("timestampToTicks")
    start = bisect_right(feed, after, key=lambda event: event.position)
    rows = [
        event
        for event in feed[start:]
        if (not since or event.partnership.ticks >= since) and (not until or event.partnership.ticks <= until)
    ]
    return json_answer(
        {
            "Events": [_event_view(event) for event in rows[:size]],
            "TotalCount": len(feed),
            "TotalCountType": "Equal",
        }
    )


def _managed_box(world: World, request: Request) -> str:
    """The caller's box when it may manage partners. Source: fact 7.13."""
    my_box = world.my_box(request, request.required("myBoxId"))
    if not world.user(request).may_manage_partners:
        raise Refusal(403, "User has no right to manage counteragents")
    return my_box


def _cursor(key: str) -> int:
    """The place after which to read. An unencoded plus sign arrives as a blank. Source: fact 7.9."""
    if not key:
        return 0
    position = position_of(key)
    if position is None:
        raise Refusal(400, "cursor must have valid value")
    return position


def _mentions(world: World, known: Partnership, query: str) -> bool:
    organization = world.state.organizations[known.partner]
    return query in organization.full_name.lower() or query in organization.inn


def _counteragent_view(world: World, known: Partnership) -> Json:
    organization = world.state.organizations[known.partner]
    view: Json = {
        "IndexKey": index_key(known.position),
        "Organization": organization_view(organization, with_departments=False),
        "CurrentStatus": known.status or NOT_IN_LIST,
        "LastEventTimestampTicks": known.ticks,
        "LastEventTimestamp": iso_of(known.ticks),
        "MessageFromCounteragent": known.message_from,
        "MessageToCounteragent": known.message_to,
        "CounteragentGroupId": HEAD_DEPARTMENT,
    }
    if known.invitation:
        view["InvitationDocumentId"] = dict(known.invitation)
    return view


def _event_view(event: PartnerEvent) -> Json:
    known = event.partnership
    counteragent: Json = {
        "CounteragentBoxId": known.partner,
        "Status": known.status or NOT_IN_LIST,
        "EventTimestampTicks": known.ticks,
        "CounteragentGroupId": HEAD_DEPARTMENT,
    }
    texts = {
        "LastEventComment": known.comment,
        "MessageFromCounteragent": known.message_from,
        "MessageToCounteragent": known.message_to,
    }
    counteragent |= {name: text for name, text in texts.items() if text}
    if known.invitation:
        counteragent["InvitationDocumentId"] = dict(known.invitation)
    return {
        "EventId": event.event_id,
        "Counteragent": counteragent,
        "IndexKey": index_key(event.position),
        "EventTypes": list(event.types),
    }
