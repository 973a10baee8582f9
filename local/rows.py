"""Rows of tables as plain values and back: texts, whole numbers, true and false, nothing, lists, maps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from local.resources import aws

BATCH = 25  # what one batch write can carry


class UnplainError(Exception):
    """A value that plain JSON would not give back as it was: a set, bytes, a fraction."""


def read(table: str) -> Iterator[dict[str, Any]]:
    """Every row, in no order.

    Raises:
        UnplainError: a value of a kind that no row of ours has.
    """
    for page in aws("dynamodb").get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            yield {name: _plain(value) for name, value in item.items()}


def write(table: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """The rows lie in the table, over those with the same keys; answers how many."""
    requests = [{"PutRequest": {"Item": {name: _typed(value) for name, value in row.items()}}} for row in rows]
    for i in range(0, len(requests), BATCH):
        aws("dynamodb").batch_write_item(RequestItems={table: requests[i : i + BATCH]})
    return len(requests)


def _plain(said: Mapping[str, Any]) -> Any:
    ((kind, value),) = said.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            try:
                return int(value)
            except ValueError as error:
                raise UnplainError(f"{value} is not whole") from error
        case "NULL":
            return None
        case "L":
            return [_plain(inner) for inner in value]
        case "M":
            return {name: _plain(inner) for name, inner in value.items()}
        case _:
            raise UnplainError(f"a value of the kind {kind}")


def _typed(value: Any) -> dict[str, Any]:
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case list():
            return {"L": [_typed(inner) for inner in value]}
        case dict():
            return {"M": {name: _typed(inner) for name, inner in value.items()}}
        case _:
            raise UnplainError(f"a value of the type {type(value).__name__}")
