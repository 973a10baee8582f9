"""Shapes of JSON as the operator publishes them, and where a value differs from one.

`published/shapes.json` is taken mechanically from the operator's own SDK and, where that is silent, from a page;
`beside` are fields that its pages or its production show and the SDK lacks. A type is text, bytes (base64), number,
bool, object (any), the name of an enum or of another shape; `?` before it says that it may be absent, `[]` that it is
a list of such.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypedDict

PUBLISHED = Path(__file__).parent / "published"


class _Shape(TypedDict):
    source: str
    fields: dict[str, str]


class _Shapes(TypedDict):
    messages: dict[str, _Shape]
    beside: dict[str, _Shape]
    enums: dict[str, list[str]]


SHAPES: _Shapes = json.loads((PUBLISHED / "shapes.json").read_text())


def sample(name: str) -> Any:
    return json.loads((PUBLISHED / f"{name}.json").read_text())


def differences(value: Any, shape: str, *, whole: bool = True) -> list[str]:
    """Where the value is not of the shape, one line a place; `whole`: what is required has to be there too."""
    return _of_shape(value, shape, "", whole=whole)


def paths(value: Any, at: str = "") -> set[str]:
    """Every place of a value that holds something; all elements of a list are one place."""
    if isinstance(value, dict):
        return {at, *(place for name, held in value.items() for place in paths(held, f"{at}.{name}".lstrip(".")))}
    if isinstance(value, list):
        return {at, *(place for held in value for place in paths(held, f"{at}[]"))}
    return {at}


def _of_shape(value: Any, shape: str, at: str, *, whole: bool) -> list[str]:
    if not isinstance(value, dict):
        return [f"{at or shape}: {_kind(value)}, published as {shape}"]
    fields, beside = SHAPES["messages"][shape]["fields"], SHAPES["beside"].get(shape, {"fields": {}})["fields"]
    found = []
    for name, held in value.items():
        place = f"{at}.{name}".lstrip(".")
        types = [published[name] for published in (fields, beside) if name in published]
        if not types:
            found.append(f"{place}: nobody publishes such a field of {shape}")
            continue
        tries = [_of_type(held, type_, place, whole=whole) for type_ in types]
        found += min(tries, key=len)
    if whole:
        needed = (name for name, type_ in fields.items() if not type_.startswith(("?", "[]")) and name not in value)
        found += [f"{at or shape}: {name} is required and absent" for name in needed]
    return found


def _of_type(value: Any, type_: str, at: str, *, whole: bool) -> list[str]:
    if type_.startswith("[]"):
        if not isinstance(value, list):
            return [f"{at}: {_kind(value)}, published as a list"]
        return [line for i, one in enumerate(value) for line in _of_type(one, type_[2:], f"{at}[{i}]", whole=whole)]
    name = type_.lstrip("?")
    if name in SHAPES["messages"]:
        return _of_shape(value, name, at, whole=whole)
    if name in SHAPES["enums"]:
        names = SHAPES["enums"][name]
        return [] if value in names else [f"{at}: {value!r} is none of {name}: {', '.join(names)}"]
    return [] if _is_of(value, name) else [f"{at}: {_kind(value)}, published as {name}"]


def _is_of(value: Any, name: str) -> bool:
    match name:
        case "text":
            return isinstance(value, str)
        case "number":
            return isinstance(value, int | Decimal) and not isinstance(value, bool)
        case "bool":
            return isinstance(value, bool)
        case "bytes":
            return isinstance(value, str) and _is_base64(value)
        case "object":
            return isinstance(value, dict)
        case _:
            raise AssertionError(f"an unknown type {name}")


def _is_base64(text: str) -> bool:
    try:
        return bool(b64decode(text, validate=True)) or not text
    except binascii.Error:
        return False


def _kind(value: Any) -> str:
    kinds: Mapping[type, str] = {dict: "an object", list: "a list", str: "a text", bool: "a bool", int: "a number"}
    return kinds.get(type(value), repr(value))
