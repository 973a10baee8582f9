"""Records as JSON and back, by the types of their fields; bytes travel as base64."""

from __future__ import annotations

import base64
import dataclasses
import functools
import types
from typing import Any, Union, get_args, get_origin, get_type_hints


def to_json(value: Any) -> Any:
    """The value in shapes that JSON knows."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    return value


def from_json(kind: Any, value: Any) -> Any:
    """The value of this type that `to_json` wrote.

    Raises:
        TypeError: a record got a field it does not have.
    """
    origin = get_origin(kind)
    if value is None or kind is Any:
        return value
    if origin in (Union, types.UnionType):
        return from_json(next(part for part in get_args(kind) if part is not type(None)), value)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{name: from_json(hints.get(name, Any), item) for name, item in value.items()})
    if kind is bytes:
        return base64.b64decode(value)
    if origin is dict:
        return {key: from_json(get_args(kind)[1], item) for key, item in value.items()}
    if origin is list:
        return [from_json(get_args(kind)[0], item) for item in value]
    return value


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
