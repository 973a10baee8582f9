"""Who signs: lines to sign on, facsimiles and seals, one side or both."""

from __future__ import annotations

from collections.abc import Mapping

from billing.domain.documents import Seller, Signer
from billing.domain.errors import NotFoundError
from billing.paper.fonts import fitted
from billing.paper.sheet import LEFT, RIGHT, THICK, WIDTH, Sheet

SEAL_SIDE = 36.0  # mm
BETWEEN_SIDES = 6.0
LINE = 0.48  # of the width: the rest is for the name


def both_sign(
    sheet: Sheet,
    seller: Seller,
    ours: tuple[str, str],
    theirs: tuple[str, str],
    images: Mapping[str, bytes],
    *,
    position: bool,
) -> None:
    """Print both sides under a thick rule, their signatures on one line. A side is its caption and signatory.

    `position`: who signs for them has one, and a line to write it on; an entrepreneur has none.

    Source: 402-ФЗ ст. 9 ч. 2 п. 6 (the position of each who signs).
    """
    sheet.y += 1.5
    sheet.rule(LEFT, sheet.y, RIGHT, sheet.y, THICK)
    sheet.y += 3
    top, width = sheet.y, (WIDTH - BETWEEN_SIDES) / 2
    right = LEFT + width + BETWEEN_SIDES
    line = top + 19
    for x, (caption, who) in ((LEFT, ours), (right, theirs)):
        sheet.y = top
        sheet.paragraph(caption, x=x, width=width, bold=True, lead=4.4)
        if who:
            sheet.paragraph(who, x=x, width=width, size=8, lead=3.8)
        line = max(line, sheet.y + (18 if position and x == right else 9))
    seal(sheet, LEFT + 12, line - 14, seller.stamp, images)
    signature(sheet, LEFT, line, width, seller.director, images)
    _under(sheet, LEFT, line, width * LINE, "подпись")
    sheet.text_at(LEFT, line + 8, "М. П.", font=sheet.regular, size=8)
    if position:
        sheet.rule(right, line - 8, right + width, line - 8)
        _under(sheet, right, line - 8, width, "должность")
    _to_be_signed(sheet, right, line, width)
    sheet.y = line + (SEAL_SIDE - 14 if seller.stamp else 10)


def signature(sheet: Sheet, x: float, y: float, width: float, signer: Signer, images: Mapping[str, bytes]) -> None:
    """A line to sign on, with the facsimile over it if there is one, and the name after it."""
    line = width * LINE
    if signer.facsimile:
        sheet.picture(_image(signer.facsimile, images), x + 2, y - 12, line - 4, 15)
    sheet.rule(x, y, x + line, y)
    for n, name in enumerate(reversed(fitted(sheet.regular, signer.name, 9, width - line - 2))):
        sheet.text_at(x + line + 2, y - 0.6 - 4 * n, name, font=sheet.regular, size=9)


def seal(sheet: Sheet, x: float, y: float, sha256: str, images: Mapping[str, bytes]) -> None:
    """The seal's image, if the seller has one."""
    if sha256:
        sheet.picture(_image(sha256, images), x, y, SEAL_SIDE, SEAL_SIDE)


def _to_be_signed(sheet: Sheet, x: float, y: float, width: float) -> None:
    """Lines for the signature and the name of whoever signs for the other side."""
    line = width * LINE
    sheet.rule(x, y, x + line, y)
    sheet.rule(x + line + 2, y, x + width, y)
    _under(sheet, x, y, line, "подпись")
    _under(sheet, x + line + 2, y, width - line - 2, "расшифровка подписи")
    sheet.text_at(x, y + 8, "М. П.", font=sheet.regular, size=8)


def _under(sheet: Sheet, x: float, y: float, width: float, caption: str) -> None:
    sheet.text_around(x + width / 2, y + 2.8, caption, font=sheet.regular, size=6)


def _image(sha256: str, images: Mapping[str, bytes]) -> bytes:
    """The PNG of that name.

    Raises:
        NotFoundError: it was not given.
    """
    if sha256 not in images:
        raise NotFoundError(f"no image {sha256[:12]}…")
    return images[sha256]
