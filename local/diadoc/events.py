"""The feed of a box: messages and the patches to them. Source: fact 13.4."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from local.diadoc.http_shapes import Answer, Json, Refusal, Request, json_answer
from local.diadoc.identifiers import index_key, position_of
from local.diadoc.message_records import BoxEvent, Message
from local.diadoc.message_views import entity_view, message_type, message_view
from local.diadoc.world import World

_LIMIT = 100
_LIMIT_MAX = 500


def tell_of_message(world: World, message: Message, box: str) -> None:
    """A message has come into this box, with what it holds by now. The id of the event is that of the message."""
    held = [entity.entity_id for entity in message.entities]
    event = BoxEvent(event_id=message.message_id, position=0, ticks=0, message_id=message.message_id, entities=held)
    _append(world, box, event)


def tell_of_patch(world: World, message: Message, boxes: list[str], entities: list[str], **flags: Any) -> str:
    """Something was added to a message, or changed in it; answers the id of the patch."""
    patch_id = world.new_id("patch")
    message.patched = world.ticks
    for box in boxes:
        event = BoxEvent(
            event_id=patch_id,
            position=0,
            ticks=0,
            message_id=message.message_id,
            is_patch=True,
            entities=list(entities),
            flags=dict(flags),
        )
        _append(world, box, event)
    return patch_id


def boxes_of(message: Message) -> list[str]:
    """The boxes that see this message now."""
    return [message.from_box, message.to_box] if message.delivered else [message.from_box]


def get_new_events(world: World, request: Request) -> Answer:
    """A page of the feed, oldest first unless asked otherwise."""
    box = world.my_box(request, request.required("boxId"))
    feed = world.state.events.get(box, [])
    limit = request.number("limit", default=_LIMIT, most=_LIMIT_MAX)
    backwards = request.asked("orderBy").lower() == "descending"
    after, rows = request.asked("afterIndexKey"), list(feed)
    if after:
        position = position_of(after)
        if position is None:
            raise Refusal(400, "cursor must have valid value")
        border = bisect_right(feed, position, key=lambda event: event.position)
        rows = feed[: border - 1] if backwards else feed[border:]
    if backwards:
        rows = rows[::-1]
    rows = [event for event in rows if _is_wanted(world, event, box, request)]
    return json_answer(
        {
            "Events": [event_view(world, event, box) for event in rows[:limit]],
            "TotalCount": len(rows),
            "TotalCountType": "Equal",
        }
    )


def event_view(world: World, event: BoxEvent, box: str) -> Json:
    """A `BoxEvent` in JSON: a `Message` or a `Patch`, without the content of documents."""
    message = world.state.messages[event.message_id]
    view: Json = {"EventId": event.event_id, "IndexKey": index_key(event.position)}
    if event.is_patch:
        view["Patch"] = patch_view(world, event, message, box)
    else:
        view["Message"] = message_view(world, message, box, among=event.entities)
    return view


def patch_view(world: World, event: BoxEvent, message: Message, box: str) -> Json:
    """A `MessagePatch` in JSON."""
    known = {entity.entity_id: entity for entity in message.entities}
    return {
        "MessageId": message.message_id,
        "TimestampTicks": event.ticks,
        "Entities": [entity_view(world, message, known[one], box) for one in event.entities],
        "ForDraft": message.is_draft,
        "DraftIsRecycled": message.is_recycled,
        "DraftIsTransformedToMessageIdList": list(message.became),
        "DraftIsLocked": message.is_locked,
        "MessageIsDeleted": False,
        "MessageIsRestored": False,
        "MessageIsDelivered": False,
        "PatchId": event.event_id,
        "EntityPatches": [],
        "MessageType": message_type(message),
        **event.flags,
    }


def _append(world: World, box: str, event: BoxEvent) -> None:
    event.position, event.ticks = world.number("event-position"), world.ticks
    world.state.events.setdefault(box, []).append(event)


def _is_wanted(world: World, event: BoxEvent, box: str, request: Request) -> bool:
    message = world.state.messages[event.message_id]
    since, until = request.ticks("timestampFromTicks"), request.ticks("timestampToTicks")
    if (since and event.ticks < since) or (until and event.ticks > until):
        return False
    other = request.asked("counteragentBoxId")
    if other and world.organization(other).box_id not in (message.from_box, message.to_box):
        return False
    direction = "outbound" if message.from_box == box else "inbound"
    return (
        _is_in(request.asked("messageType"), {message_type(message)})
        and _is_in(request.asked("documentDirection"), {direction})
        and _is_in(request.asked("typeNamedId"), {document.type_named_id for document in message.documents})
    )


def _is_in(wanted: str, found: set[str]) -> bool:
    names = {name.strip().lower() for name in wanted.split(",") if name.strip()}
    return not names or bool(names & {name.lower() for name in found})
