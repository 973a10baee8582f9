"""A QR code as an inline stencil of the page: one bit a module, sharp at any size, no image object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import zxingcpp

from billing.paper.sheet import HEIGHT, MM, Sheet

QUIET = 4  # modules of white around the code
MODULE = 0.4  # mm at least: phones read it off a print
SIDE_MIN = 38.0  # mm
_BITS = bytes([ord("1")] * 128 + [ord("0")] * 128)  # dark is a one


@dataclass(frozen=True, slots=True)
class Code:
    """`rows`: a row of modules as hex digits, padded to whole bytes; `side`: mm of the square with its quiet zone."""

    modules: int
    rows: tuple[str, ...]
    side: float

    @classmethod
    def of(cls, payload: bytes) -> Code:
        """The code of these very bytes, error correction M.

        Bytes, not text: of a text the encoder would choose the character set itself.
        """
        barcode = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
        image: Any = barcode.to_image(scale=1, add_quiet_zones=False)
        size = image.shape[0]
        bits, stride = bytes(memoryview(image)).translate(_BITS), -(-size // 8)
        rows = tuple(
            int(bits[r * size : (r + 1) * size].ljust(stride * 8, b"0"), 2).to_bytes(stride, "big").hex()
            for r in range(size)
        )
        return cls(size, rows, max(SIDE_MIN, MODULE * (size + 2 * QUIET)))

    def draw(self, sheet: Sheet, *, x: float, y: float) -> None:
        """The top left corner of its quiet zone is at x, y."""
        module = self.side / (self.modules + 2 * QUIET)
        inner = module * self.modules
        left, bottom = (x + QUIET * module) * MM, (HEIGHT - y - QUIET * module - inner) * MM
        sheet.operators(
            f"q {inner * MM:.3f} 0 0 {inner * MM:.3f} {left:.3f} {bottom:.3f} cm\n"
            f"BI /W {self.modules} /H {self.modules} /IM true /BPC 1 /D [1 0] /F /AHx ID {''.join(self.rows)}> EI Q"
        )
