"""A table over pages: heights first, then pages, then drawing, so that nothing is drawn before its place is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from billing.paper.alignment import PAD, Align, Setter
from billing.paper.fonts import BETWEEN, Font, fitted, wide_many
from billing.paper.sheet import BOTTOM, HEIGHT, LEFT, MM, THICK, THIN, TOP, Sheet, base_line

AIR = 1.0  # mm above and below the lines of a row, together
HEADING_AIR = 2.4


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
Wrapped = Mapping[int, tuple[str, ...]]  # column → its lines, for the columns that have several
_NONE: Wrapped = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a table looks like. `size` in points, `lead` in mm; `heading` is repeated on every page.

    The last `kept` rows are on one page with what follows the table, or as many of them as fit there.
    """

    columns: tuple[Column, ...]
    heading: tuple[tuple[Cell, ...], ...]
    size: float = 8
    lead: float = 3.7
    heading_size: float = 8.5
    kept: int = 2

    def draw(self, sheet: Sheet, rows: Sequence[Row], *, followed_by: float) -> None:
        """The rows from the sheet's y on; `followed_by` mm are wanted below the last of them on the same page."""
        edges = [LEFT]
        for column in self.columns:
            edges.append(edges[-1] + column.width)
        heads = [self._heading_height(sheet.bold, edges, cells) for cells in self.heading]
        laid = list(self._laid(sheet.regular, rows, tall=BOTTOM - TOP - sum(heads)))
        pages = self.pages(sheet.y, sum(heads), [height for _, _, height in laid], followed_by)
        for n, (start, end) in enumerate(pages):
            if n:
                sheet.new_page()
            if start < end:
                _Part(self, sheet, edges).draw(heads, laid[start:end])

    def _heading_height(self, font: Font, edges: list[float], cells: tuple[Cell, ...]) -> float:
        lines = (
            len(fitted(font, c.text, self.heading_size, edges[c.first + c.columns] - edges[c.first] - 2 * PAD))
            for c in cells
        )
        return self.lead * max(lines) + HEADING_AIR

    def _laid(self, font: Font, rows: Sequence[Row], *, tall: float) -> Iterator[tuple[Row, Wrapped, float]]:
        """Rows with their lines and heights. One taller than a page goes on in rows of its own."""
        wrapping = [(j, c.width - 2 * PAD) for j, c in enumerate(self.columns) if c.wraps]
        fits = {j: int(width * MM * 1000 / self.size / font.widest) for j, width in wrapping}
        lines_max = int((tall - AIR) / self.lead)
        single = self.lead + AIR
        for row in rows:
            wrapped = {}
            if not isinstance(row, Bold):
                for j, width in wrapping:
                    if len(row[j]) > fits[j] and len(found := fitted(font, row[j], self.size, width)) > 1:
                        wrapped[j] = found
            if not wrapped or isinstance(row, Bold):
                yield row, _NONE, single
                continue
            most = max(map(len, wrapped.values()))
            for at in range(0, most, lines_max):
                part = {j: lines[at : at + lines_max] for j, lines in wrapped.items() if len(lines) > at}
                cells = tuple(part[j][0] if j in part else "" for j in range(len(row))) if at else row
                yield cells, part, self.lead * min(lines_max, most - at) + AIR

    def pages(self, y: float, head: float, heights: list[float], followed_by: float) -> list[tuple[int, int]]:
        """Which rows stand on which page, as (first, after the last). No rows on a page: the table begins on the next.

        `y` is where the table begins, `head` the height of its heading.
        """
        fresh = TOP + head
        pages, start, at = [], 0, y + head
        for i, height in enumerate(heights):
            if at + height > BOTTOM and at > fresh:
                pages.append((start, i))
                start, at = i, fresh
            at += height
        pages.append((start, len(heights)))
        alone = len(pages) > 1 and len(heights) - start < self.kept
        if at + followed_by <= BOTTOM and not alone:
            return pages
        cut = max(0, len(heights) - self.kept)
        while cut < len(heights) and fresh + sum(heights[cut:]) + followed_by > BOTTOM:
            cut += 1
        if cut == len(heights):  # what follows fits under no row at all, and goes on over pages by itself
            return pages
        return [*((a, min(b, cut)) for a, b in pages if a < cut), *([(0, 0)] if not cut else ()), (cut, len(heights))]


@dataclass(slots=True)
class _Part:
    """The rows of one page. Operators and texts are gathered apart, and the texts are encoded in one call."""

    table: Table
    sheet: Sheet
    edges: list[float]
    gaps: dict[int, list[tuple[float, float]]] = field(default_factory=dict)

    def draw(self, heads: list[float], laid: Sequence[tuple[Row, Wrapped, float]]) -> None:
        top = y = self.sheet.y
        cuts = [top]
        for height, cells in zip(heads, self.table.heading, strict=True):
            self._heading_row(y, height, cells)
            cuts.append(y := y + height)
        places: list[str] = []
        texts: list[str] = []
        setters = [
            Setter(self.sheet.regular, self.table.size, column.align, self.edges[j], self.edges[j + 1])
            for j, column in enumerate(self.table.columns)
        ]
        lead, offset = self.table.lead, base_line(self.table.lead, self.table.size) + AIR / 2
        for row, wrapped, height in laid:
            if isinstance(row, Bold):
                self._write(places, texts)  # so that text is copied in the order of the rows
                places, texts = [], []
                self._bold_row(y, height, row)
            else:
                base = HEIGHT - y - offset
                first = f"{base * MM:.2f} Tm("
                for j, text in enumerate(row):
                    if not text:
                        continue
                    if j in wrapped:
                        for n, line in enumerate(wrapped[j]):
                            places.append(f"{setters[j](line)}{(base - n * lead) * MM:.2f} Tm(")
                            texts.append(line)
                    else:
                        places.append(setters[j](text) + first)
                        texts.append(text)
            cuts.append(y := y + height)
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
            else:
                self.sheet.text_at(x1 + PAD, at, cell.text, font=self.sheet.bold, size=self.table.size)

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
        self.sheet.operators("\n".join([*path, "S"]))
        self.sheet.frame(self.edges[0], top, self.edges[-1] - self.edges[0], bottom - top, THICK)
