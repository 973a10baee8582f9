"""A QR code as an inline stencil of the page: one bit a module, sharp at any size, no image object."""

from __future__ import annotations

from typing import Any

import zxingcpp

from billing.paper.sheet import HEIGHT, MM, Sheet

_BITS = bytes([ord("1")] * 128 + [ord("0")] * 128)  # dark is a one
QUIET = 4  # modules of white around the code


def draw_qr(sheet: Sheet, payload: bytes, *, x: float, y: float, side: float) -> None:
    """The code with its quiet zone in a square of `side` mm, its top left corner at x, y."""
    code = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    height, width = image.shape
    modules, stride = bytes(memoryview(image)).translate(_BITS), -(-width // 8)
    rows = [
        int(modules[r * width : (r + 1) * width].ljust(stride * 8, b"0"), 2).to_bytes(stride, "big").hex()
        for r in range(height)
    ]
    module = side / (width + 2 * QUIET)
    inner = module * width
    left, bottom = (x + QUIET * module) * MM, (HEIGHT - y - QUIET * module - inner) * MM
    sheet.rules.append(
        f"q {inner * MM:.3f} 0 0 {inner * MM:.3f} {left:.3f} {bottom:.3f} cm\n"
        f"BI /W {width} /H {height} /IM true /BPC 1 /D [1 0] /F /AHx ID {''.join(rows)}> EI Q"
    )
