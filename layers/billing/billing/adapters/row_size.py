"""Bytes of rows as the database counts them.

Source: Amazon DynamoDB Developer Guide, «DynamoDB item sizes and formats».
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from billing.ports import Write


def row_size(w: Write, sizes: Mapping[str, int] | None = None) -> int:
    """Return the bytes of a row as the database counts them, keys and version, too. `sizes`: of its values if known."""
    if sizes is None:
        sizes = {name: value_size(value) for name, value in (w.row or {}).items()}
    values = sum(1 + len(name.encode()) + size for name, size in sizes.items())
    return 35 + len(w.pk.encode()) + len(w.sk.encode()) + values


def value_size(value: Any) -> int:
    """Return the bytes of a value: text in UTF-8, two digits a byte, a list or map three and one more an item.

    Raises:
        TypeError: a row does not hold such a value.
    """
    kind = type(value)
    if kind is str:
        return len(value) if value.isascii() else len(value.encode())
    if kind is int:
        digits = str(abs(value)).rstrip("0")
        return (len(digits) + 1) // 2 + (2 if value < 0 else 1)
    if kind is list:
        return 3 + sum(1 + value_size(inner) for inner in value)
    if isinstance(value, Mapping):
        return 3 + sum(1 + value_size(str(name)) + value_size(inner) for name, inner in value.items())
    if value is None or kind is bool:
        return 1
    raise TypeError(f"a {kind.__name__} in a row")
