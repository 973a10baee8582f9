"""operationId: after a success every repeat gets the first result, whatever its body. Source: facts 10.2-10.5."""

from __future__ import annotations

import hashlib

from local.diadoc.http_shapes import Request
from local.diadoc.records import Operation
from local.diadoc.world import World


def key_of(request: Request, box: str, method: str) -> str:
    """The key of the operation: the box, the method, and the id in lower case, or the digest of the body."""
    given = request.asked("operationId").lower() or hashlib.md5(request.body, usedforsecurity=False).hexdigest()
    return f"{box}:{method}:{given}"


def first_result(world: World, key: str) -> Operation | None:
    """What the first success under this key made, None before it."""
    return world.state.operations.get(key)


def remember(world: World, key: str, message_id: str, patch_id: str = "") -> None:
    """The operation has succeeded."""
    world.state.operations[key] = Operation(message_id=message_id, patch_id=patch_id)
