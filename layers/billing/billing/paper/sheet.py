"""The A4 sheet: text, rules and paragraphs by millimetres from its top left corner, and pages that know their number.

A page is two lists of PDF operators, written in bulk at the end; fpdf2 keeps the pages, the metadata and PDF/A.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from fpdf import FPDF
from fpdf.enums import OutputIntentSubType, PDFResourceType
from fpdf.prefs import ViewerPreferences

from billing.domain.periods import MOSCOW
from billing.paper.fonts import POINTS_PER_MM as MM
from billing.paper.fonts import Font, fitted, fonts, shape, wide
from billing.paper.output import PaperOutput, colour_profile, xmp
from billing.paper.pictures import parsed

LEFT, RIGHT, TOP, BOTTOM = 15.0, 198.0, 12.0, 284.0  # mm: what may be printed on
HEIGHT = 297.0
WIDTH = RIGHT - LEFT
THICK, THIN = 0.55, 0.2  # mm: a frame and a grid line, as accountants know them
_EVERY = bytes(range(256))


class Sheet(FPDF):  # type: ignore[misc]  # fpdf2's class is untyped
    """A document being drawn. `y` is where the next thing goes; `foot` is said at the foot of every page."""

    def __init__(self, *, title: str, author: str, on: date, foot: str) -> None:
        super().__init__(unit="mm", format="A4", enforce_compliance="PDF/A-3U")
        self.regular, self.bold = fonts()
        self.fonts.update({font.fontkey: font for font in fonts()})
        self._drawn: dict[int, list[bytes]] = {font.i: [] for font in fonts()}
        self._foot, self._sheets = foot, list[tuple[list[str], list[str]]]()
        self._measuring = False
        self.set_auto_page_break(False)
        self.creation_date = datetime.combine(on, time(), MOSCOW)
        self.set_lang("ru-RU")
        self.set_title(title)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)  # the window names the paper, not the file
        self.set_author(author)
        self.add_output_intent(
            OutputIntentSubType.PDFA,
            "sRGB",
            "IEC 61966-2-1:1999",
            "http://www.color.org",
            colour_profile(),
            "sRGB2014 (v2)",
        )
        self.set_xmp_metadata(xmp(title=title, author=author, at=self.creation_date))
        self.new_page()

    def new_page(self) -> None:
        self.add_page()
        self.texts, self.rules = list[str](), list[str]()
        self._sheets.append((self.texts, self.rules))
        for font in fonts():
            self._resource_catalog.add(PDFResourceType.FONT, font.i, self.page)
        self.y = TOP

    def need(self, height: float) -> None:
        """The next `height` millimetres are on one page."""
        if self.y + height > BOTTOM and not self._measuring:
            self.new_page()

    def height_of(self, draw: Callable[[], None]) -> float:
        """How tall is what `draw` draws, in mm; nothing of it stays. Page breaks are chosen before drawing."""
        kept = self.y, self._measuring
        self.y, self._measuring = 0.0, True
        draw()
        height = self.y
        self.y, self._measuring = kept
        return height

    def keep(self, draw: Callable[[], None]) -> None:
        """What `draw` draws is on one page."""
        if not self._measuring:
            self.need(self.height_of(draw))
        draw()

    # --- text ----------------------------------------------------------------------------------------------------

    def text_at(self, x: float, y: float, text: str, *, font: Font, size: float) -> None:
        """One line whose base line is at y."""
        if self._measuring:
            return
        piece = shape(font, text)
        self.mark_used(font, piece.codes)
        self.texts.append(f"/F{font.i} {size} Tf 1 0 0 1 {x * MM:.2f} {(HEIGHT - y) * MM:.2f} Tm({piece.body})Tj")

    def text_before(self, x: float, y: float, text: str, *, font: Font, size: float) -> None:
        """One line that ends at x."""
        self.text_at(x - width_mm(font, text, size), y, text, font=font, size=size)

    def text_around(self, x: float, y: float, text: str, *, font: Font, size: float) -> None:
        """One line with its middle at x."""
        self.text_at(x - width_mm(font, text, size) / 2, y, text, font=font, size=size)

    def paragraph(
        self,
        text: str,
        *,
        x: float = LEFT,
        width: float = WIDTH,
        bold: bool = False,
        size: float = 9,
        lead: float = 4.4,
        centred: bool = False,
    ) -> None:
        """Lines from y on, over pages where they do not fit one."""
        font = self.bold if bold else self.regular
        for part in text.split("\n"):
            for line in fitted(font, part, size, width):
                self.need(lead)
                base = self.y + base_line(lead, size)
                if centred:
                    self.text_around(x + width / 2, base, line, font=font, size=size)
                else:
                    self.text_at(x, base, line, font=font, size=size)
                self.y += lead

    def mark_used(self, font: Font, codes: bytes) -> None:
        self._drawn[font.i].append(codes)

    def used_glyphs(self, font: Font) -> set[int]:
        unused = _EVERY.translate(None, b"".join(self._drawn[font.i]))
        return set(_EVERY.translate(None, unused)) - {0xFE}

    # --- rules and images ----------------------------------------------------------------------------------------

    def rule(self, x1: float, y1: float, x2: float, y2: float, thickness: float = THIN) -> None:
        self.operators(
            f"{thickness * MM:.2f} w {x1 * MM:.2f} {(HEIGHT - y1) * MM:.2f} m "
            f"{x2 * MM:.2f} {(HEIGHT - y2) * MM:.2f} l S"
        )

    def frame(self, x: float, y: float, width: float, height: float, thickness: float = THIN) -> None:
        self.operators(
            f"{thickness * MM:.2f} w {x * MM:.2f} {(HEIGHT - y - height) * MM:.2f} {width * MM:.2f} "
            f"{height * MM:.2f} re S"
        )

    def operators(self, drawn: str) -> None:
        """Anything but text, as PDF has it: points from the bottom left corner."""
        if not self._measuring:
            self.rules.append(drawn)

    def picture(self, png: bytes, x: float, y: float, width: float, height: float) -> None:
        """A facsimile or a seal, as large as fits in the box whose top left corner is at x, y, and in its middle.

        Raises:
            NotPngError: it is no PNG.
        """
        if self._measuring:
            return
        picture, known = parsed(png), self.image_cache.images
        if picture.name not in known:
            known[picture.name] = picture.of_document(number=len(known) + 1)
        self.image(picture.name, x=x, y=y, w=width, h=height, keep_aspect_ratio=True)

    # --- the end -------------------------------------------------------------------------------------------------

    def finished(self) -> bytes:
        """The file. The number of pages is known only now, so their feet are written last."""
        total = len(self._sheets)
        for number, (texts, rules) in enumerate(self._sheets, 1):
            self.texts = texts
            foot = f"{self._foot}, лист {number} из {total}"
            self.text_before(RIGHT, HEIGHT - 8, foot, font=self.regular, size=7)
            body = "\n".join(rules) + "\nBT\n" + "\n".join(texts) + "\nET\n"
            self.pages[number].contents += body.encode("latin-1")
        return bytes(self.output(output_producer_class=PaperOutput))


def width_mm(font: Font, text: str, size: float) -> float:
    return shape(font, text).width * size / 1000 / MM


def base_line(lead: float, size: float) -> float:
    """Where the base line of a line of text is, from its top: the capitals stand in its middle."""
    return lead / 2 + size * 0.353 / MM


__all__ = [
    "BOTTOM",
    "HEIGHT",
    "LEFT",
    "MM",
    "RIGHT",
    "Sheet",
    "THICK",
    "THIN",
    "TOP",
    "WIDTH",
    "base_line",
    "wide",
    "width_mm",
]
