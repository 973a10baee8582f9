"""The floor: a PDF written by hand, without a library and without PDF/A. Layout, page operators and fonts are ours.

What a paper costs above it is fpdf2 and PDF/A. Layout costs the same on both sides, so a slow layout does not show in
the ratio to this floor: `written` alone, of pages `laid_out` beforehand, is what no layout could be faster than.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from unittest.mock import patch

from billing import paper
from billing.domain.documents import Document
from billing.paper import act, invoice, reconciliation
from billing.paper.font_file import Program
from billing.paper.fonts import Font, fonts
from billing.paper.sheet import HEIGHT, RIGHT, TOP, Sheet


class Bare(Sheet):
    """The sheet's drawing methods with nothing of fpdf2 beneath."""

    def __init__(self, *, title: str, author: str, on: date, foot: str) -> None:  # without FPDF's
        self.regular, self.bold = fonts()
        self._drawn = {font.i: [] for font in fonts()}
        self._foot, self._sheets, self._measuring = foot, [], False
        self.new_page()

    def new_page(self) -> None:
        self.texts, self.rules = [], []
        self._sheets.append((self.texts, self.rules))
        self.y = TOP

    def bodies(self) -> list[bytes]:
        total, found = len(self._sheets), []
        for number, (texts, rules) in enumerate(self._sheets, 1):
            self.texts = texts
            foot = f"{self._foot}, лист {number} из {total}"
            self.text_before(RIGHT, HEIGHT - 8, foot, font=self.regular, size=7)
            found.append(("\n".join(rules) + "\nBT\n" + "\n".join(texts) + "\nET\n").encode("latin-1"))
        return found

    def finished(self) -> bytes:
        return written(self.bodies(), [font.program(self.used_glyphs(font)) for font in fonts()])


def written(bodies: list[bytes], programs: list[Program]) -> bytes:
    """A PDF of these pages: catalog, page tree, pages and their contents, fonts, cross-references."""
    fonts_at = 3 + 2 * len(bodies)
    kids = b" ".join(b"%d 0 R" % (3 + 2 * n) for n in range(len(bodies)))
    resources = b"<</Font<</F1 %d 0 R/F2 %d 0 R>>>>" % (fonts_at, fonts_at + 5)
    tree = b"<</Type/Pages/Count %d/Kids[%b]/MediaBox[0 0 595.28 841.89]/Resources%b>>" % (len(bodies), kids, resources)
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", tree]
    for n, body in enumerate(bodies):
        objects.append(b"<</Type/Page/Parent 2 0 R/Contents %d 0 R>>" % (4 + 2 * n))
        objects.append(stream(b"/Filter/FlateDecode", zlib.compress(body, 6)))
    for n, (font, program) in enumerate(zip(fonts(), programs, strict=True)):
        objects += font_objects(font, program, fonts_at + 5 * n)
    out, at, places = [b"%PDF-1.7\n"], 9, []
    for number, body in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % at)
        out.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        at += len(out[-1])
    out.append(b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, b"".join(places)))
    out.append(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at))
    return b"".join(out)


@cache
def font_objects(font: Font, program: Program, first: int) -> list[bytes]:
    name = f"{program.tag}+{font.name}"
    registry = "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    return [
        (
            f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{first + 1} 0 R]"
            f"/ToUnicode {first + 4} 0 R>>"
        ).encode(),
        (
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}{registry}/CIDToGIDMap/Identity/DW 500"
            f"/W[{program.widths}]/FontDescriptor {first + 2} 0 R>>"
        ).encode(),
        font.file.descriptor(name, first + 3).encode(),
        stream(b"/Filter/FlateDecode/Length1 %d" % program.file_length, program.file),
        stream(b"/Filter/FlateDecode", program.to_unicode),
    ]


def stream(head: bytes, body: bytes) -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (head, len(body), body)


@contextmanager
def on_bare_sheets() -> Iterator[None]:
    """Papers are drawn on `Bare`."""
    with (
        patch.object(act, "Sheet", Bare),
        patch.object(invoice, "Sheet", Bare),
        patch.object(reconciliation, "Sheet", Bare),
    ):
        yield


def laid_out(document: Document) -> tuple[list[bytes], list[Program]]:
    """The operators of a paper's pages and its cuts of the fonts: all that `written` asks for."""
    found: list[tuple[list[bytes], list[Program]]] = []

    def caught(sheet: Bare) -> bytes:
        found.append((sheet.bodies(), [font.program(sheet.used_glyphs(font)) for font in fonts()]))
        return b""

    with on_bare_sheets(), patch.object(Bare, "finished", caught):
        paper.draw(document)
    return found[0]


def draw(document: Document) -> bytes:
    """`paper.draw` without a library, inside `on_bare_sheets()`."""
    return paper.draw(document)
