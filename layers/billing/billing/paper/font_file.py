"""Font files for PDFs, made of the outlines that `layers/build_fonts.py` left in `fonts/`; text is `fonts.py`'s."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "fonts"
DEFLATE = 9  # once a process and cut, so it may take its time


class Program(NamedTuple):
    """A font file of some of the glyphs, ready for a PDF: deflated, with its widths and its way back to Unicode."""

    tag: str
    file: bytes
    file_length: int
    widths: str
    to_unicode: bytes


class FontFile:
    """One style. `characters`: code point → glyph number, `widths`: by glyph number, in 1/1000 em."""

    def __init__(self, style: str) -> None:
        header = json.loads((FOLDER / f"{style}.json").read_text("utf-8"))
        body = memoryview((FOLDER / f"{style}.glyphs").read_bytes())
        self.name: str = header["name"]
        self.count: int = header["count"]
        self.widths: list[int] = header["widths"]
        self.characters = {int(code): slot for code, slot in header["characters"].items()}
        self._header = header
        self._parts = {int(slot): parts for slot, parts in header["parts"].items()}
        self._tables: dict[str, bytes] = {}
        self._outlines: list[bytes] = []
        at = 0
        for tag, length in header["tables"]:
            self._tables[tag] = bytes(body[at : at + length])
            at += length
        for length in header["outlines"]:
            self._outlines.append(bytes(body[at : at + length]))
            at += length

    def program(self, tag: str, slots: frozenset[int]) -> Program:
        """The cut with these glyphs, the parts of theirs among them; every glyph keeps its number."""
        kept = {0, *slots, *(part for slot in slots for part in self._parts.get(slot, ()))}
        file = self._truetype(kept)
        to_unicode = zlib.compress(_to_unicode(self.characters, slots), DEFLATE)
        return Program(tag, zlib.compress(file, DEFLATE), len(file), self._widths_of(slots), to_unicode)

    def descriptor(self, name: str, file: int) -> str:
        """The font descriptor as a PDF dictionary; `file` is the object of the font file."""
        h = self._header
        flags = 4 | (1 << 18 if h["bold"] else 0)
        return (
            f"<</Type /FontDescriptor /FontName /{name} /Flags {flags} /FontBBox [{' '.join(map(str, h['box']))}] "
            f"/ItalicAngle {h['italic_angle']} /Ascent {h['ascent']} /Descent {h['descent']} "
            f"/CapHeight {h['cap_height']} /StemV {h['stem']} /FontFile2 {file} 0 R>>"
        )

    def _widths_of(self, slots: frozenset[int]) -> str:
        """The /W array: runs of neighbours, each with its first glyph."""
        runs: list[list[int]] = []
        for slot in sorted(slots):
            if runs and slot == runs[-1][-1] + 1:
                runs[-1].append(slot)
            else:
                runs.append([slot])
        return " ".join(f"{run[0]} [{' '.join(str(self.widths[slot]) for slot in run)}]" for run in runs)

    def _truetype(self, kept: set[int]) -> bytes:
        offsets, glyf, at = [0], [], 0
        for slot, outline in enumerate(self._outlines):
            if slot in kept:
                glyf.append(outline)
                at += len(outline)
            offsets.append(at)
        loca = struct.pack(f">{len(offsets)}H", *(offset // 2 for offset in offsets))
        metrics = self._tables["hmtx"]
        hmtx = b"".join(metrics[4 * n : 4 * n + 4] if n in kept else b"\0\0\0\0" for n in range(self.count))
        tables = {**self._tables, "glyf": b"".join(glyf), "loca": loca, "hmtx": hmtx}
        count = len(tables)
        power = count.bit_length() - 1
        header = [struct.pack(">IHHHH", 0x00010000, count, 16 << power, power, count * 16 - (16 << power))]
        bodies, at = [], 12 + 16 * count
        for tag in sorted(tables):
            body = tables[tag]
            padded = body + b"\0" * (-len(body) % 4)
            checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
            header.append(struct.pack(">4sIII", tag.encode(), checksum, at, len(body)))
            bodies.append(padded)
            at += len(padded)
        return b"".join(header + bodies)


def _to_unicode(characters: dict[int, int], slots: frozenset[int]) -> bytes:
    """The map by which a reader copies and searches text."""
    runs: list[list[tuple[int, int]]] = []
    for slot, code in sorted((slot, code) for code, slot in characters.items() if slot in slots):
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
