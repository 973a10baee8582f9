"""The two fonts of all papers: text to bytes, widths, wrapping. One object a style and process; nothing in it changes.

`Font` stands where fpdf2 expects a TrueType font of its own, without parsing or cutting anything at run time: that is
most of what a small document costs with fpdf2 as it comes.
"""

from __future__ import annotations

import codecs
from collections import defaultdict
from functools import cache, lru_cache
from typing import Any, NamedTuple

from fpdf.enums import TextEmphasis
from fpdf.fonts import TTFFont

from billing.domain.errors import InvalidInputError
from billing.paper.font_file import FontFile, Program

POINTS_PER_MM = 72 / 25.4
BETWEEN = "\x01"  # parts strings that are encoded in one call; its code is no glyph
_BETWEEN_CODE = 0xFE
_BETWEEN_WIDE = "\x00\xfe"
WORDS_MAX = 50_000  # widths of words kept
KEPT_MAX = 400  # characters: longer texts do not repeat, and are not kept

_RUSSIAN = "".join(map(chr, range(0x410, 0x450))) + "Ёё" + ' \u00a0.,:;!()/+-–—−%№«»„“"0123456789'
_TIERS = (
    ("ZAKRUS", _RUSSIAN + "CMQRS"),  # CRM, SMS, «Оплата по QR-коду»: five letters against a cut of thirty
    ("ZAKLAT", _RUSSIAN + "ABCDEFGHIJKLMNOPQRSTUVWXYZ_’'₽"),
    ("ZAKASC", _RUSSIAN + "".join(map(chr, range(0x20, 0x7F))) + "’₽"),
)


class CharacterMissingError(InvalidInputError):
    """The fonts of papers have no such character; it is named with its field, never left out in silence."""

    def __init__(self, character: str, field: str = "") -> None:
        where = f" ({field})" if field else ""
        code = f"U+{ord(character):04X}"
        super().__init__(f"в шрифте документов нет знака «{character}» {code}{where}")
        self.character, self.field = character, field


class Font(TTFFont):  # type: ignore[misc]  # fpdf2's class is slotted and untyped
    """A ready font. `glyphs`: character → glyph number, `widths`: by glyph number, in 1/1000 em."""

    def __init__(self, name: str, index: int, style: str) -> None:  # without TTFFont's: it would parse a file
        self.file = FontFile(name)
        self._programs: dict[str, Program] = {}
        self._word_widths: dict[str, int] = {}
        self.glyphs = {chr(code): slot for code, slot in self.file.characters.items()}
        self.widths = self.file.widths + [0] * (256 - self.file.count)
        self.widest = max(self.widths)
        table = ["\ufffe"] * 256
        for character, slot in self.glyphs.items():
            table[slot] = character
        table[_BETWEEN_CODE] = BETWEEN
        self.encoding = codecs.charmap_build("".join(table))
        self.tiers = [(tag, frozenset(self.glyphs[c] for c in characters)) for tag, characters in _TIERS]
        # what the rest of fpdf2 reads of a font
        self.i, self.type, self.name, self.fontkey = index, "TTF", self.file.name, f"papers{style}"
        self.emphasis = TextEmphasis.coerce(style)
        self.up, self.ut, self.sp, self.ss, self.scale = -100, 50, 250, 50, 1.0
        self.biggest_size_pt = 0
        self.ttfont = self.color_font = self._hbfont = self.unicode_range = None
        self.is_cff = self.is_cid_keyed = self.is_symbol = self.is_compressed = False
        self.missing_glyphs: list[Any] = []
        self.glyph_ids = dict(self.file.characters)
        self.cmap = dict.fromkeys(self.glyph_ids, "")
        self.cw = defaultdict(int, {code: self.widths[slot] for code, slot in self.glyph_ids.items()})

    def __deepcopy__(self, memo: Any) -> Font:
        return self

    def close(self) -> None:
        """Nothing is open."""

    def codes(self, text: str) -> bytes:
        """One byte a character.

        Raises:
            CharacterMissingError: the font lacks one.
        """
        try:
            return codecs.charmap_encode(text, "strict", self.encoding)[0]
        except UnicodeEncodeError as error:
            raise CharacterMissingError(text[error.start]) from None

    def width(self, text: str) -> int:
        """In 1/1000 em."""
        return sum(map(self.widths.__getitem__, self.codes(text)))

    def word_width(self, word: str) -> int:
        """The same, remembered: words repeat from document to document."""
        known = self._word_widths.get(word)
        if known is None:
            known = self.width(word)
            if len(self._word_widths) < WORDS_MAX and len(word) <= KEPT_MAX:
                self._word_widths[word] = known
        return known

    def missing(self, text: str) -> str:
        """The first character that the font lacks, or nothing."""
        return next((c for c in text if c not in self.glyphs), "")

    def program(self, used: set[int]) -> Program:
        """The smallest ready cut that has the glyphs: Russian with digits, with Latin capitals, with ASCII, or all."""
        whole = ("ZAKALL", frozenset(range(self.file.count)))
        tag, slots = next((tier for tier in self.tiers if used <= tier[1]), whole)
        if tag not in self._programs:
            self._programs[tag] = self.file.program(tag, slots)
        return self._programs[tag]


@cache
def fonts() -> tuple[Font, Font]:
    """Regular and bold."""
    return Font("regular", 1, ""), Font("bold", 2, "B")


def wide(codes: bytes) -> str:
    """Codes as a PDF string holds them: two bytes each, nothing to escape."""
    return codes.decode("latin-1").encode("utf-16-be").decode("latin-1")


def wide_many(codes: bytes) -> list[str]:
    """The strings that were encoded together, parted again."""
    return wide(codes).split(_BETWEEN_WIDE)


class Shape(NamedTuple):
    """A piece of text ready for the page: its glyphs, the body of its PDF string, its width in 1/1000 em."""

    codes: bytes
    body: str
    width: int


@lru_cache(8192)
def shape(font: Font, text: str) -> Shape:
    """Remembered: captions and the seller's lines repeat in every document."""
    codes = font.codes(text)
    return Shape(codes, wide(codes), sum(map(font.widths.__getitem__, codes)))


def fitted(font: Font, text: str, size: float, width_mm: float) -> tuple[str, ...]:
    """The text in lines no wider than that; a word too long for a line is cut."""
    return (_fitted if len(text) <= KEPT_MAX else _fitted.__wrapped__)(font, text, size, width_mm)


@lru_cache(4096)
def _fitted(font: Font, text: str, size: float, width_mm: float) -> tuple[str, ...]:
    limit = width_mm * POINTS_PER_MM * 1000 / size
    if len(text) * font.widest <= limit or font.width(text) <= limit:
        return (text,)
    space, lines, line, used = font.word_width(" "), list[str](), list[str](), 0
    for word in text.split(" "):
        width = font.word_width(word)
        if line and used + space + width > limit:
            lines.append(" ".join(line))
            line, used = [], 0
        while width > limit and len(word) > 1:
            cut = _longest_prefix(font, word, limit)
            lines.append(word[:cut])
            word = word[cut:]
            width = font.width(word)
        used += width + (space if line else 0)
        line.append(word)
    return (*lines, " ".join(line))


def _longest_prefix(font: Font, word: str, limit: float) -> int:
    total = 0
    for n, code in enumerate(font.codes(word)):
        total += font.widths[code]
        if total > limit:
            return max(n, 1)
    return len(word)
