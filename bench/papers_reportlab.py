"""The same papers drawn by hand on reportlab's canvas: its fastest way. Wrapping and page breaks are done here.

Its fonts are cut to our characters and rid of hints beforehand, as ours are: with PT Sans as it comes, embedding the
hints would be more than half of what a small paper costs.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import fontpkg_pt_sans
from fontTools import subset, ttLib
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bench.papers_content import Content, Grid
from billing.paper.fonts import fonts
from billing.paper.qr import Code

FONTS = Path(fontpkg_pt_sans.__file__).parent / "files"
LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 15.0, 198.0, 12.0, 284.0, 297.0


@cache
def register() -> None:
    for name, style in (("pt", "Regular"), ("ptB", "Bold")):
        pdfmetrics.registerFont(TTFont(name, light(FONTS / f"PT_Sans-Web-{style}.ttf")))


def light(path: Path) -> io.BytesIO:
    """The font with our characters only, and no hints."""
    font = ttLib.TTFont(path, recalcTimestamp=False)
    cutter = subset.Subsetter(subset.Options(hinting=False, layout_features=[]))
    cutter.populate(text="".join(fonts()[0].glyphs))
    cutter.subset(font)
    file = io.BytesIO()
    font.save(file)
    file.seek(0)
    return file


def draw(content: Content) -> bytes:
    register()
    pen = Pen(content.title)
    if content.payload:
        pen.payment(content)
    pen.lines(content.title, "ptB", 14, 7, RIGHT - LEFT)
    pen.rule(LEFT, pen.y, RIGHT, 0.55)
    pen.y += 3
    for caption, text in content.parties:
        pen.text(LEFT, pen.y + 3, caption)
        pen.lines(text, "ptB", 9, 4.4, RIGHT - LEFT - 27, x=LEFT + 27)
        pen.y += 1.4
    pen.table(content.grid, content.rows, content.tail_mm)
    for caption, value in content.totals:
        pen.text(RIGHT - 31, pen.y + 3.5, caption, "ptB", at="end")
        pen.text(RIGHT - 1, pen.y + 3.5, value, "ptB", at="end")
        pen.y += 4.8
    for text in content.notes:
        pen.lines(text, "pt", 9, 4.4, RIGHT - LEFT)
    pen.rule(LEFT, pen.y + 2, RIGHT, 0.55)
    for x, (caption, who, name) in zip((LEFT, LEFT + 94), content.signers, strict=False):
        pen.text(x, pen.y + 8, caption, "ptB")
        pen.text(x, pen.y + 12, who, size=8)
        pen.rule(x, pen.y + 22, x + 42, 0.2)
        pen.text(x + 44, pen.y + 21.4, name)
    if content.payload:
        code = Code.of(content.payload)
        pen.stencil(code, RIGHT - code.side, pen.y + 3)
    return pen.finished()


class Pen:
    def __init__(self, title: str) -> None:
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=A4, invariant=1, pageCompression=1)
        self._title, self._page, self.y = title, 1, TOP

    def text(self, x: float, y: float, text: str, font: str = "pt", size: float = 9, at: str = "start") -> None:
        self._canvas.setFont(font, size)
        draw = {"start": self._canvas.drawString, "end": self._canvas.drawRightString}.get(
            at, self._canvas.drawCentredString
        )
        draw(x * mm, (HEIGHT - y) * mm, text)

    def rule(self, x: float, y: float, to: float, width: float) -> None:
        self._canvas.setLineWidth(width * mm)
        self._canvas.line(x * mm, (HEIGHT - y) * mm, to * mm, (HEIGHT - y) * mm)

    def lines(self, text: str, font: str, size: float, lead: float, width: float, x: float = LEFT) -> None:
        for line in wrapped(text, font, size, width):
            self.text(x, self.y + lead * 0.75, line, font, size)
            self.y += lead

    def payment(self, content: Content) -> None:
        for x, y, width, height, text in content.payment:
            self._canvas.setLineWidth(0.2 * mm)
            self._canvas.rect((LEFT + x) * mm, (HEIGHT - TOP - y - height) * mm, width * mm, height * mm)
            self.text(LEFT + x + 1, TOP + y + 4.2, text)
        self.y = TOP + 36

    def table(self, grid: Grid, rows: tuple[tuple[str, ...], ...], tail: float) -> None:
        edges = grid.edges(LEFT)
        laid = []
        for row in rows:
            cells = {j: wrapped(row[j], "pt", grid.size, grid.widths[j] - 1.8) for j in grid.wrapping}
            laid.append((row, cells, grid.lead * max(map(len, cells.values())) + 1))
        cuts = [self.y]
        self._heading(grid, edges, cuts)
        for n, (row, cells, height) in enumerate(laid):
            need = height + (tail + laid[-1][2] if n == len(laid) - 2 else 0)
            if self.y + need > BOTTOM:
                self._framed(edges, cuts)
                self.new_page()
                cuts = [self.y]
                self._heading(grid, edges, cuts)
            base = self.y + grid.lead * 0.75 + 0.5
            for j, text in enumerate(row):
                if j in cells:
                    for k, line in enumerate(cells[j]):
                        self.text(edges[j] + 0.9, base + k * grid.lead, line, size=grid.size)
                elif text:
                    at = grid.aligns[j]
                    x = edges[j + 1] - 0.9 if at == "end" else (edges[j] + edges[j + 1]) / 2
                    self.text(x, base, text, size=grid.size, at=at)
            self.y += height
            cuts.append(self.y)
        self._framed(edges, cuts)
        self.y += 1

    def _heading(self, grid: Grid, edges: list[float], cuts: list[float]) -> None:
        for j, head in enumerate(grid.heads):
            self.text((edges[j] + edges[j + 1]) / 2, self.y + 4, head, "ptB", grid.size + 0.5, at="middle")
        self.y += 6
        cuts.append(self.y)

    def _framed(self, edges: list[float], cuts: list[float]) -> None:
        self._canvas.setLineWidth(0.2 * mm)
        self._canvas.grid([x * mm for x in edges], [(HEIGHT - y) * mm for y in cuts])
        self._canvas.setLineWidth(0.55 * mm)
        self._canvas.rect(
            edges[0] * mm, (HEIGHT - cuts[-1]) * mm, (edges[-1] - edges[0]) * mm, (cuts[-1] - cuts[0]) * mm
        )

    def stencil(self, code: Code, x: float, y: float) -> None:
        """Our own encoder, and its code as operators: reportlab's encoder alone takes ten times as long as the rest."""
        side = code.side * mm
        self._canvas._code.append(
            f"q {side:.2f} 0 0 {side:.2f} {x * mm:.2f} {(HEIGHT - y) * mm - side:.2f} cm\nBI /W {code.modules} /H "
            f"{code.modules} /IM true /BPC 1 /D [1 0] /F /AHx ID {''.join(code.rows)}> EI Q"
        )

    def new_page(self) -> None:
        self.text(RIGHT, 289, f"{self._title}, лист {self._page}", size=7, at="end")
        self._canvas.showPage()
        self._page += 1
        self.y = TOP

    def finished(self) -> bytes:
        self.new_page()
        self._canvas.save()
        return self._out.getvalue()


def wrapped(text: str, font: str, size: float, width_mm: float) -> list[str]:
    if stringWidth(text, font, size) <= width_mm * mm:
        return [text]
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and stringWidth(longer, font, size) > width_mm * mm:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]
