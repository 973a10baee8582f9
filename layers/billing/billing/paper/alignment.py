"""Where the text of a table's cell begins."""

from __future__ import annotations

from enum import Enum

from billing.paper.fonts import Font
from billing.paper.sheet import MM

PAD = 0.9  # mm beside a cell's text


class Align(Enum):
    """Sums end at the right; their digits are of one width, so their length tells where they begin."""

    LEFT = "left"
    MIDDLE = "middle"
    SUM = "sum"


class Setter:
    """Where a cell's text begins, as the first half of a PDF operator; remembered by text, and of sums by length."""

    def __init__(self, font: Font, size: float, align: Align, left: float, right: float) -> None:
        self._font, self._per_unit, self._align = font, size / 1000, align
        self._left = f"1 0 0 1 {(left + PAD) * MM:.2f} "
        self._middle, self._right = (left + right) / 2 * MM, (right - PAD) * MM
        self._known: dict[str | int, str] = {}

    def __call__(self, text: str) -> str:
        if self._align is Align.LEFT:
            return self._left
        key: str | int = text
        if self._align is Align.SUM and text[-3:-2] == ",":  # «12 345,67»: a quantity has other signs in its places
            key = len(text) if text[0].isdigit() else -len(text)
        found = self._known.get(key)
        if found is None:
            width = self._font.width(text) * self._per_unit
            x = self._right - width if self._align is Align.SUM else self._middle - width / 2
            found = self._known[key] = f"1 0 0 1 {x:.2f} "
        return found
