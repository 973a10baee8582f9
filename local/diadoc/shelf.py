"""The shelf: large files are put there first and named in the message. Source: facts 11.1-11.3."""

from __future__ import annotations

import json
import re

from local.diadoc.http_shapes import Answer, Refusal, Request, text_answer
from local.diadoc.records import ShelfFile
from local.diadoc.world import World

_LIFE_TICKS = 7 * 86_400 * 10_000_000
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def shelf_upload(world: World, request: Request) -> Answer:
    """A whole file in one call, its name in the answer. Source: fact 11.1."""
    return text_answer(put(world, _part(world, request), request.asked("fileExtension")))


def shelf_upload_part_init(world: World, request: Request) -> Answer:
    """The first part of a file. Source: fact 11.2."""
    is_last = request.flag("isLastPart")
    name = put(world, _part(world, request), request.asked("fileExtension"), is_complete=is_last)
    return text_answer(name)


def shelf_upload_part(world: World, request: Request) -> Answer:
    """A next part; the last one answers the indexes that are missing. Source: fact 11.2."""
    file = world.state.shelf.get(request.required("fileName"))
    if file is None:
        raise Refusal(404, "File is not found on the shelf")
    index = request.required("partIndex")
    if not index.isdigit() or index == "0":
        raise Refusal(400, "partIndex must be a positive number")
    file.parts[index] = _part(world, request)
    if not request.flag("isLastPart"):
        return text_answer("")
    missing = [one for one in range(int(index)) if str(one) not in file.parts]
    file.is_complete = not missing
    return Answer(body=json.dumps(missing).encode(), content_type="application/json; charset=utf-8")


def shelf_download(world: World, request: Request) -> Answer:
    """The bytes of a file, or a range of them. Source: fact 11.3."""
    content = take(world, request.required("fileName"))
    if content is None:
        raise Refusal(404, "File is not found on the shelf")
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None:
        return Answer(body=content)
    first, last = int(asked[1]), min(int(asked[2] or len(content) - 1), len(content) - 1)
    headers = {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
    return Answer(status=206, body=content[first : last + 1], headers=headers)


def put(world: World, content: bytes, extension: str = "", *, is_complete: bool = True) -> str:
    """Put a file on the shelf, answer its name."""
    name = world.new_id("shelf") + (f".{extension}" if extension else "")
    world.state.shelf[name] = ShelfFile(parts={"0": content}, created=world.ticks, is_complete=is_complete)
    return name


def take(world: World, name: str) -> bytes | None:
    """The file, None when there is none, it is not complete, or its week has passed."""
    file = world.state.shelf.get(name)
    if file is None or not file.is_complete or world.ticks - file.created > _LIFE_TICKS:
        return None
    return b"".join(file.parts[str(index)] for index in range(len(file.parts)))


def _part(world: World, request: Request) -> bytes:
    most = world.state.settings.shelf_part_bytes_max
    if not request.body:
        raise Refusal(400, "Request body cannot be empty")
    if len(request.body) > most:
        raise Refusal(400, f"Part is larger than {most} bytes")
    return request.body
