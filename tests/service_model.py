"""Check requests against the limits in the services' models: lengths, sizes, patterns, sets of values.

moto lets all of it pass, and so does botocore, which looks at types, at what is required and at the least only. The
model is the service's own, as botocore ships it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore.client import BaseClient

SERVICES = frozenset({"dynamodb", "s3", "secretsmanager", "ses", "sesv2", "sns", "sqs"})  # that functions call
_IN_PYTHON = {  # what Java says otherwise
    r"\p{Print}": r"[\x20-\x7e]",
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010ffff",
}


@contextmanager
def held_to_the_model() -> Iterator[list[str]]:
    """Every call within the block, also of a function that swallows errors, is compared; the breaches are collected."""
    breaches: list[str] = []
    call = BaseClient._make_api_call

    def watching(self: Any, operation: str, asked: dict[str, Any]) -> Any:
        service = self.meta.service_model
        if service.service_name in SERVICES:
            shape = service.operation_model(operation).input_shape
            name = f"{service.service_name} {operation}"
            breaches.extend(f"{name}: {said}" for said in (breaches_of(shape, asked) if shape else ()))
        return call(self, operation, asked)

    BaseClient._make_api_call = watching
    try:
        yield breaches
    finally:
        BaseClient._make_api_call = call


def breaches_of(shape: Any, value: Any, path: str = "") -> Iterator[str]:
    """Yield each breach of the shape by the value."""
    said = shape.metadata
    kind = shape.type_name
    if kind == "structure":
        for name, inner in value.items():
            if name in shape.members:
                yield from breaches_of(shape.members[name], inner, f"{path}.{name}")
        return
    if kind == "list":
        yield from _bounds(len(value), said, f"{path} has {len(value)} entries")
        for inner in value:
            yield from breaches_of(shape.member, inner, f"{path}[]")
    elif kind == "map":
        yield from _bounds(len(value), said, f"{path} has {len(value)} entries")
        for key, inner in value.items():
            yield from breaches_of(shape.key, key, f"{path} key")
            yield from breaches_of(shape.value, inner, f"{path}.{key}")
    elif kind == "string":
        yield from _bounds(len(value), said, f"{path} is {len(value)} characters long")
        if said.get("enum") and value not in said["enum"]:
            yield f"{path} is {value!r}, none of {', '.join(said['enum'])}"
        if said.get("pattern") and not _pattern(said["pattern"]).fullmatch(value):
            yield f"{path} is {value!r}, which is not of the pattern {said['pattern']}"
    elif kind == "blob" and isinstance(value, bytes | bytearray | str):
        yield from _bounds(len(value), said, f"{path} is {len(value)} bytes long")
    elif kind in ("integer", "long", "float", "double"):
        yield from _bounds(value, said, f"{path} is {value}")


def _bounds(n: float, said: Any, text: str) -> Iterator[str]:
    if n > said.get("max", n):
        yield f"{text}, of {said['max']} at most"
    if n < said.get("min", n):
        yield f"{text}, of {said['min']} at least"


@cache
def _pattern(text: str) -> re.Pattern[str]:
    for java, python in _IN_PYTHON.items():
        text = text.replace(java, python)
    return re.compile(text)
