"""What a reader of a PDF finds in it."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf
import pypdfium2

POINTS_PER_MM = 72 / 25.4


def pages(pdf: bytes) -> list[str]:
    """The text of each page as pdfium reads it, no-break spaces as spaces, the lines parted by newlines."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_plain(page.get_textpage().get_text_range()) for page in document]


def text(pdf: bytes) -> str:
    """All of it in one line, single spaces."""
    return " ".join(" ".join(pages(pdf)).split())


def text_by_another_reader(pdf: bytes) -> str:
    found = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(_plain(found).split())


def letters(said: str) -> str:
    """The text without any space: how long lines are broken does not matter."""
    return re.sub(r"\s+", "", said)


def picture(pdf: bytes, page: int = 0, *, scale: float = 3) -> Any:
    """A page as a picture of 72 × scale dots an inch."""
    with pypdfium2.PdfDocument(pdf) as document:
        return document[page].render(scale=scale).to_pil()


def edges_mm(pdf: bytes) -> tuple[float, float, float, float]:
    """How far the text of any page reaches: left, top, right, bottom, in mm from the top left corner."""
    boxes = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            text_page = page.get_textpage()
            boxes += [text_page.get_rect(i) for i in range(text_page.count_rects())]
    left, bottom, right, top = (f(box[i] for box in boxes) for i, f in enumerate((min, min, max, max)))
    return left / POINTS_PER_MM, 297 - top / POINTS_PER_MM, right / POINTS_PER_MM, 297 - bottom / POINTS_PER_MM


def _plain(found: str) -> str:
    return found.replace("\u00a0", " ").replace("\r\n", "\n")
