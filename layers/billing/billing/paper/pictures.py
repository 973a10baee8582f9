"""Pictures on papers, unpacked once a process: the same facsimile and seal stand on thousands of papers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from fpdf.image_datastructures import RasterImageInfo
from fpdf.image_parsing import get_img_info

from billing.domain.errors import InvalidInputError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PIXELS_MAX = 4_000_000  # 2000 × 2000: more than any print of a seal shows


class NotPngError(InvalidInputError):
    """A facsimile or a seal cannot be read as a PNG of a sensible size."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`body` is what fpdf2 keeps of a picture: pixels and transparency deflated, width, height."""

    name: str
    body: dict[str, Any]

    def of_document(self, *, number: int) -> RasterImageInfo:
        """As fpdf2 wants it among the pictures of one document."""
        return RasterImageInfo({**self.body, "i": number, "usages": 0, "iccp_i": None})


@lru_cache(16)
def parsed(png: bytes) -> Picture:
    """The picture of these bytes. A colour profile in it is left out: all of the paper is sRGB.

    Raises:
        NotPngError: it is no PNG, or a torn one, or larger than `PIXELS_MAX`.
    """
    if not png.startswith(SIGNATURE):
        raise NotPngError("факсимиле или печать не в формате PNG")
    if int.from_bytes(png[16:20], "big") * int.from_bytes(png[20:24], "big") > PIXELS_MAX:
        raise NotPngError("факсимиле или печать: PNG больше 4 миллионов точек")
    name = hashlib.sha256(png).hexdigest()
    try:
        body = dict(get_img_info(name, BytesIO(png)))
    except (OSError, SyntaxError, ValueError) as error:
        raise NotPngError("факсимиле или печать не читается как PNG") from error
    body.pop("iccp", None)
    return Picture(name, body)
