"""The two fonts of all papers: text to bytes, widths, wrapping. One object a style and process; nothing in it changes.

`Font` stands where fpdf2 expects a TrueType font of its own, without parsing or cutting anything at run time: that is
most of what a small document costs with fpdf2 as it comes.
"""

from __future__ import annotations

import codecs
import json
import struct
import zlib
from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from fpdf.enums import TextEmphasis
from fpdf.fonts import TTFFont

from billing.domain.errors import InvalidInputError

FOLDER = Path(__file__).parent / "fonts"
POINTS_PER_MM = 72 / 25.4
BETWEEN = "\x01"  # parts strings that are encoded in one call; its code is no glyph
_BETWEEN_CODE = 0xFE
_BETWEEN_WIDE = "\x00\xfe"
WORDS_MAX = 50_000  # widths of words kept


class CharacterMissingError(InvalidInputError):
    """The fonts of papers have no such character; it is named, never left out in silence."""

    def __init__(self, character: str) -> None:
        super().__init__(f"в шрифте документов нет знака «{character}» (U+{ord(character):04X})")
        self.character = character


class Program(NamedTuple):
    """A font file of some of the glyphs, ready for a PDF: deflated, with its widths and its way back to Unicode."""

    tag: str
    file: bytes
    file_length: int
    widths: str
    to_unicode: bytes


class Font(TTFFont):  # type: ignore[misc]  # fpdf2's class is slotted and untyped
    """A ready font. `glyphs`: character → glyph number, `widths`: by glyph number, in 1/1000 em."""

    def __init__(self, name: str, index: int, style: str) -> None:  # without TTFFont's: it would parse a file
        header = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
        self._header = header
        self._tables, self._outlines = _split((FOLDER / f"{name}.glyphs").read_bytes(), header)
        self._programs: dict[str, Program] = {}
        self._word_widths: dict[str, int] = {}
        self.glyphs = {chr(int(code)): slot for code, slot in header["characters"].items()}
        self.widths = header["widths"] + [0] * (256 - header["count"])
        self.widest = max(self.widths)
        table = ["\ufffe"] * 256
        for character, slot in self.glyphs.items():
            table[slot] = character
        table[_BETWEEN_CODE] = BETWEEN
        self.encoding = codecs.charmap_build("".join(table))
        self.tiers = [
            (tag, frozenset(self.glyphs[c] for c in characters if c in self.glyphs)) for tag, characters in _TIERS
        ]
        # what the rest of fpdf2 reads of a font
        self.i, self.type, self.name, self.fontkey = index, "TTF", header["name"], f"papers{style}"
        self.emphasis = TextEmphasis.coerce(style)
        self.up, self.ut, self.sp, self.ss, self.scale = -100, 50, 250, 50, 1.0
        self.biggest_size_pt = 0
        self.ttfont = self.color_font = self._hbfont = self.unicode_range = None
        self.is_cff = self.is_cid_keyed = self.is_symbol = self.is_compressed = False
        self.missing_glyphs: list[Any] = []
        self.glyph_ids = {ord(c): slot for c, slot in self.glyphs.items()}
        self.cmap = dict.fromkeys(self.glyph_ids, "")
        self.cw = defaultdict(int, {code: self.widths[slot] for code, slot in self.glyph_ids.items()})

    def __deepcopy__(self, memo: Any) -> Font:
        return self

    def close(self) -> None:
        """Nothing is open."""

    # --- text ----------------------------------------------------------------------------------------------------

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
            if len(self._word_widths) < WORDS_MAX:
                self._word_widths[word] = known
        return known

    def missing(self, text: str) -> str:
        """The first character that the font lacks, or nothing."""
        return next((c for c in text if c not in self.glyphs), "")

    # --- the file ------------------------------------------------------------------------------------------------

    def program(self, used: set[int]) -> Program:
        """The smallest ready cut that has the glyphs: Russian with digits, the same with Latin capitals, or all."""
        for tag, slots in self.tiers:
            if used <= slots:
                return self._program(tag, slots)
        return self._program("ZAKALL", frozenset(range(self._header["count"])))

    def _program(self, tag: str, slots: frozenset[int]) -> Program:
        if tag not in self._programs:
            file = _font_file(self._tables, self._outlines, self._with_parts(slots))
            self._programs[tag] = Program(
                tag,
                zlib.compress(file, 9),
                len(file),
                self._widths_of(slots),
                zlib.compress(_to_unicode(self.glyphs, slots), 9),
            )
        return self._programs[tag]

    def _with_parts(self, slots: frozenset[int]) -> set[int]:
        parts = {part for slot, of in self._header["parts"].items() if int(slot) in slots for part in of}
        return {0, *slots, *parts}

    def _widths_of(self, slots: frozenset[int]) -> str:
        """The /W array: runs of neighbours, each with its first glyph."""
        runs: list[list[int]] = []
        for slot in sorted(slots):
            if runs and slot == runs[-1][-1] + 1:
                runs[-1].append(slot)
            else:
                runs.append([slot])
        return " ".join(f"{run[0]} [{' '.join(str(self.widths[slot]) for slot in run)}]" for run in runs)

    def descriptor(self, name: str, file: int) -> str:
        """The font descriptor as a PDF dictionary; `file` is the object of the font file."""
        h = self._header
        flags = 4 | (1 << 18 if h["bold"] else 0)
        return (
            f"<</Type /FontDescriptor /FontName /{name} /Flags {flags} /FontBBox [{' '.join(map(str, h['box']))}] "
            f"/ItalicAngle {h['italic_angle']} /Ascent {h['ascent']} /Descent {h['descent']} "
            f"/CapHeight {h['cap_height']} /StemV {h['stem']} /FontFile2 {file} 0 R>>"
        )


_RUSSIAN = "".join(map(chr, range(0x410, 0x450))) + "Ёё" + ' \u00a0.,:;()/+-–—−%№«»„“"0123456789'
_TIERS = (("ZAKRUS", _RUSSIAN), ("ZAKLAT", _RUSSIAN + "ABCDEFGHIJKLMNOPQRSTUVWXYZ@_&’'*=₽"))


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
    codes: bytes
    body: str
    width: int


@lru_cache(8192)
def shape(font: Font, text: str) -> Shape:
    """A piece of text ready for the page; captions and the seller's lines repeat in every document."""
    codes = font.codes(text)
    return Shape(codes, wide(codes), sum(map(font.widths.__getitem__, codes)))


@lru_cache(4096)
def fitted(font: Font, text: str, size: float, width_mm: float) -> tuple[str, ...]:
    """The text in lines no wider than that; a word too long for a line is cut."""
    limit = width_mm * POINTS_PER_MM * 1000 / size
    if len(text) * font.widest <= limit or font.width(text) <= limit:
        return (text,)
    space, used = font.word_width(" "), 0
    lines: list[str] = []
    line: list[str] = []
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


def _split(body: bytes, header: dict[str, Any]) -> tuple[dict[str, bytes], list[bytes]]:
    tables, at = {}, 0
    for tag, length in header["tables"]:
        tables[tag] = body[at : at + length]
        at += length
    outlines = []
    for length in header["outlines"]:
        outlines.append(body[at : at + length])
        at += length
    return tables, outlines


def _font_file(tables: dict[str, bytes], outlines: list[bytes], kept: set[int]) -> bytes:
    """A TrueType file of some outlines; every glyph keeps its number."""
    offsets, glyf, at = [0], [], 0
    for slot, outline in enumerate(outlines):
        if slot in kept:
            glyf.append(outline)
            at += len(outline)
        offsets.append(at)
    whole = {**tables, "glyf": b"".join(glyf), "loca": struct.pack(f">{len(offsets)}I", *offsets)}
    count = len(whole)
    power = count.bit_length() - 1
    header = [struct.pack(">IHHHH", 0x00010000, count, 16 << power, power, count * 16 - (16 << power))]
    bodies, at = [], 12 + 16 * count
    for tag in sorted(whole):
        body = whole[tag]
        padded = body + b"\0" * (-len(body) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        header.append(struct.pack(">4sIII", tag.encode(), checksum, at, len(body)))
        bodies.append(padded)
        at += len(padded)
    return b"".join(header + bodies)


def _to_unicode(glyphs: dict[str, int], slots: frozenset[int]) -> bytes:
    """The map by which a reader copies and searches text."""
    runs: list[list[tuple[int, int]]] = []
    for slot, code in sorted((slot, ord(c)) for c, slot in glyphs.items() if slot in slots):
        if runs and runs[-1][-1] == (slot - 1, code - 1) and code & 0xFF:  # a range stays within one high byte
            runs[-1].append((slot, code))
        else:
            runs.append([(slot, code)])
    said = [
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
            "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        )
    ]
    for i in range(0, len(runs), 100):
        part = runs[i : i + 100]
        said.append(f"{len(part)} beginbfrange\n")
        said += [f"<{run[0][0]:04X}> <{run[-1][0]:04X}> <{run[0][1]:04X}>\n" for run in part]
        said.append("endbfrange\n")
    said.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "".join(said).encode()
