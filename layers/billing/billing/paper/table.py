"""A table over pages: heights first, then pages, then drawing, so that nothing is drawn before its place is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from billing.paper.fonts import BETWEEN, Font, fitted, wide_many
from billing.paper.sheet import BOTTOM, HEIGHT, LEFT, MM, THICK, THIN, TOP, Sheet, base_line

PAD = 0.9  # mm beside a cell's text
AIR = 1.0  # mm above and below the lines of a row, together


class Align(Enum):
    """Sums are set to the right; their digits are of one width, so their length tells where they begin."""

    LEFT = "left"
    MIDDLE = "middle"
    SUM = "sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; `wraps`: its text may take several lines, elsewhere it is known to fit one."""

    width: float
    align: Align = Align.LEFT
    wraps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a heading or of a bold row, over `columns` of the table from `first` on."""

    text: str
    first: int
    columns: int = 1
    align: Align = Align.MIDDLE


@dataclass(frozen=True, slots=True)
class Bold:
    """A row of its own shape: a balance, a turnover."""

    cells: tuple[Cell, ...]


Row = tuple[str, ...] | Bold


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a table looks like. `size` in points, `lead` in mm; `heading` is repeated on every page.

    The last `kept` rows go to a new page with what follows the table, where that does not fit below it.
    """

    columns: tuple[Column, ...]
    heading: tuple[tuple[float, tuple[Cell, ...]], ...]
    size: float = 8
    lead: float = 3.7
    heading_size: float = 8.5
    kept: int = 2

    def draw(self, sheet: Sheet, rows: Sequence[Row], *, followed_by: float) -> None:
        """The rows from the sheet's y on; `followed_by` mm are wanted below the last of them on the same page."""
        edges = [LEFT]
        for column in self.columns:
            edges.append(edges[-1] + column.width)
        heights, wrapped = self._heights(sheet.regular, rows)
        for n, (start, end) in enumerate(self._pages(sheet.y, heights, followed_by)):
            if n:
                sheet.new_page()
            _Part(self, sheet, edges).draw(rows, heights, wrapped, start, end)

    def _heights(self, font: Font, rows: Sequence[Row]) -> tuple[list[float], dict[tuple[int, int], tuple[str, ...]]]:
        wrapping = [(j, c.width - 2 * PAD) for j, c in enumerate(self.columns) if c.wraps]
        fits = {j: int(width * MM * 1000 / self.size / font.widest) for j, width in wrapping}
        heights, wrapped = [], {}
        for i, row in enumerate(rows):
            lines = 1
            if not isinstance(row, Bold):
                for j, width in wrapping:
                    if len(row[j]) > fits[j] and len(found := fitted(font, row[j], self.size, width)) > 1:
                        wrapped[i, j] = found
                        lines = max(lines, len(found))
            heights.append(self.lead * lines + AIR)
        return heights, wrapped

    def _pages(self, y: float, heights: list[float], followed_by: float) -> list[tuple[int, int]]:
        head = sum(height for height, _ in self.heading)
        pages, start, at = [], 0, y + head
        for i, height in enumerate(heights):
            if at + height > BOTTOM and at > TOP + head:
                pages.append((start, i))
                start, at = i, TOP + head
            at += height
        pages.append((start, len(heights)))
        if at + followed_by > BOTTOM and len(heights) > self.kept:
            start, end = pages.pop()
            cut = max(start, end - self.kept)
            pages += [(start, cut), (cut, end)] if cut > start or not pages else [(start, end)]
        return pages


@dataclass(slots=True)
class _Part:
    """The rows of one page. Operators and texts are gathered apart, and a page's texts are encoded in one call."""

    table: Table
    sheet: Sheet
    edges: list[float]
    gaps: dict[int, list[tuple[float, float]]] = field(default_factory=dict)

    def draw(
        self,
        rows: Sequence[Row],
        heights: list[float],
        wrapped: dict[tuple[int, int], tuple[str, ...]],
        start: int,
        end: int,
    ) -> None:
        top = y = self.sheet.y
        cuts = [top]
        for height, cells in self.table.heading:
            self._heading_row(y, height, cells)
            cuts.append(y := y + height)
        places: list[str] = []
        texts: list[str] = []
        setters = [self._setter(j) for j in range(len(self.table.columns))]
        for i in range(start, end):
            row = rows[i]
            base = HEIGHT - y - base_line(self.table.lead, self.table.size) - AIR / 2
            if isinstance(row, Bold):
                self._bold_row(y, heights[i], row)
            else:
                for j, text in enumerate(row):
                    if not text:
                        continue
                    for n, line in enumerate(wrapped.get((i, j), (text,))):
                        places.append(f"{setters[j](line)}{(base - n * self.table.lead) * MM:.2f} Tm(")
                        texts.append(line)
            cuts.append(y := y + heights[i])
        self._write(places, texts)
        self._grid(top, y, cuts)
        self.sheet.y = y

    def _write(self, places: list[str], texts: list[str]) -> None:
        if not texts:
            return
        font = self.sheet.regular
        codes = font.codes(BETWEEN.join(texts))
        self.sheet.mark_used(font, codes)
        self.sheet.texts.append(f"/F{font.i} {self.table.size} Tf")
        self.sheet.texts.append(")Tj\n".join(map(str.__add__, places, wide_many(codes))) + ")Tj")

    def _setter(self, j: int) -> _Setter:
        return _Setter(
            self.sheet.regular, self.table.size, self.table.columns[j].align, self.edges[j], self.edges[j + 1]
        )

    def _heading_row(self, y: float, height: float, cells: tuple[Cell, ...]) -> None:
        size, lead = self.table.heading_size, self.table.lead
        for cell in cells:
            x1, x2 = self._span(y, height, cell)
            lines = fitted(self.sheet.bold, cell.text, size, x2 - x1 - 2 * PAD)
            at = y + (height - len(lines) * lead) / 2 + base_line(lead, size)
            for line in lines:
                self.sheet.text_around((x1 + x2) / 2, at, line, font=self.sheet.bold, size=size)
                at += lead

    def _bold_row(self, y: float, height: float, row: Bold) -> None:
        at = y + base_line(self.table.lead, self.table.size) + AIR / 2
        for cell in row.cells:
            x1, x2 = self._span(y, height, cell)
            if not cell.text:
                continue
            if cell.align is Align.SUM:
                self.sheet.text_before(x2 - PAD, at, cell.text, font=self.sheet.bold, size=self.table.size)
            elif cell.align is Align.LEFT:
                self.sheet.text_at(x1 + PAD, at, cell.text, font=self.sheet.bold, size=self.table.size)
            else:
                self.sheet.text_around((x1 + x2) / 2, at, cell.text, font=self.sheet.bold, size=self.table.size)

    def _span(self, y: float, height: float, cell: Cell) -> tuple[float, float]:
        """The edges of a cell; the rules of the columns under it are left out."""
        for j in range(cell.first + 1, cell.first + cell.columns):
            self.gaps.setdefault(j, []).append((y, y + height))
        return self.edges[cell.first], self.edges[cell.first + cell.columns]

    def _grid(self, top: float, bottom: float, cuts: list[float]) -> None:
        """Thin rules between rows and columns as one path, and a thick frame."""
        left, right = f"{self.edges[0] * MM:.2f}", f"{self.edges[-1] * MM:.2f}"
        path = [f"{THIN * MM:.2f} w"]
        path += [f"{left} {(at := f'{(HEIGHT - cut) * MM:.2f}')} m {right} {at} l" for cut in cuts[1:-1]]
        for j, edge in enumerate(self.edges[1:-1], 1):
            x, begin = f"{edge * MM:.2f}", top
            for gap_top, gap_bottom in [*self.gaps.get(j, ()), (bottom, bottom)]:
                if gap_top > begin:
                    path.append(f"{x} {(HEIGHT - begin) * MM:.2f} m {x} {(HEIGHT - gap_top) * MM:.2f} l")
                begin = gap_bottom
        self.sheet.rules.append("\n".join([*path, "S"]))
        self.sheet.frame(self.edges[0], top, self.edges[-1] - self.edges[0], bottom - top, THICK)


class _Setter:
    """Where a cell's text begins, as the first half of a PDF operator; remembered by text, and of sums by length."""

    def __init__(self, font: Font, size: float, align: Align, left: float, right: float) -> None:
        self._font, self._per_unit, self._align = font, size / 1000, align
        self._left = f"1 0 0 1 {(left + PAD) * MM:.2f} "
        self._middle, self._right = (left + right) / 2 * MM, (right - PAD) * MM
        self._known: dict[str | int, str] = {}

    def __call__(self, text: str) -> str:
        if self._align is Align.LEFT:
            return self._left
        key = (len(text) if text[0].isdigit() else -len(text)) if self._align is Align.SUM else text
        found = self._known.get(key)
        if found is None:
            width = self._font.width(text) * self._per_unit
            x = self._right - width if self._align is Align.SUM else self._middle - width / 2
            found = self._known[key] = f"1 0 0 1 {x:.2f} "
        return found
