"""Cuts the fonts that papers are set in from PT Sans, once, on a developer's machine: `make fonts`.

It stands beside the layer, not in it, so nothing of it is deployed. What it leaves in `billing/paper/fonts/` needs no
font library at run time: the outlines of some 220 characters one by one, their widths, and the tables around them.
Every character has a glyph of its own below 254, and none whose number would need escaping in a PDF string, so text
becomes bytes by a table. Hints, kerning and the rest are dropped.

The cut font has a name of its own: the licence (OFL, beside the fonts) reserves the original one.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

NAME = "ZakryvashkaSans"
FOLDER = Path(__file__).parent / "billing" / "billing" / "paper" / "fonts"
RUSSIAN = "".join(map(chr, range(0x410, 0x450))) + "Ёё"
LATIN = "".join(map(chr, range(0x20, 0x7F)))
SIGNS = "\u00a0§«»°±·×–—−‘’“”„•…№₽€©®™²³"
NEIGHBOURS = "ӘәҒғҚқҢңӨөҰұҮүҺһҖҗІіЎўЇїЄєҐґ"  # Kazakh, Tatar, Belarusian, Ukrainian
FOREIGN = "ÄÖÜßäöüÉéèç"  # letters of foreign names, as many as one byte has room for
ESCAPED = frozenset(b"()\\\r\n")
DROPPED = ["GDEF", "GPOS", "GSUB", "FFTM", "DSIG", "kern", "hdmx", "VDMX", "LTSH", "gasp", "PCLT", "meta", "post"]


def build(path: Path, style: str) -> tuple[dict[str, Any], bytes]:
    """A font file becomes a header of plain values and the bytes it describes."""
    from fontTools import subset, ttLib

    options = subset.Options(
        hinting=False, layout_features=[], glyph_names=False, legacy_cmap=False, notdef_outline=True
    )
    options.drop_tables += DROPPED
    font = ttLib.TTFont(path, recalcTimestamp=False, recalcBBoxes=False)
    italic_angle = int(font["post"].italicAngle)
    wanted = [c for c in RUSSIAN + LATIN + SIGNS + NEIGHBOURS + FOREIGN if ord(c) in font.getBestCmap()]
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(wanted))
    cutter.subset(font)
    glyphs = font["glyf"]
    of_character = {ord(c): font.getBestCmap()[ord(c)] for c in wanted}

    slots = _Slots()
    slot_of = {".notdef": slots.take()}
    character_slots: dict[int, int] = {}
    for code in sorted(of_character):  # two characters on one glyph (space, no-break space) get a slot each
        slot = slots.take()
        character_slots[code] = slot
        slot_of.setdefault(of_character[code], slot)
    for name in font.getGlyphOrder():  # parts of accented letters
        if name not in slot_of:
            slot_of[name] = slots.take()
    names = {slot: of_character[code] for code, slot in character_slots.items()}
    names |= {slot: name for name, slot in slot_of.items()}

    outlines, widths, bearings, parts = [], [], [], {}
    for slot in range(slots.next):
        name = names.get(slot)
        outline = b"" if name is None else _outline(glyphs, name, slot_of)
        if name is not None and glyphs[name].isComposite():
            parts[slot] = [slot_of[part] for part in glyphs[name].getComponentNames(glyphs)]
        advance, bearing = font["hmtx"].metrics[name] if name is not None else (0, 0)
        outlines.append(outline + b"\0" * (-len(outline) % 4))
        widths.append(advance)
        bearings.append(bearing)

    tables = _tables(font, widths, bearings)
    k = 1000 / font["head"].unitsPerEm
    header = {
        "name": f"{NAME}-{style}",
        "count": slots.next,
        "characters": {str(c): s for c, s in character_slots.items()},
        "widths": [round(w * k) for w in widths],
        "parts": {str(s): p for s, p in parts.items()},
        "ascent": round(font["hhea"].ascent * k),
        "descent": round(font["hhea"].descent * k),
        "cap_height": round(font["OS/2"].sCapHeight * k),
        "stem": round(50 + (font["OS/2"].usWeightClass / 65) ** 2),
        "box": [round(getattr(font["head"], edge) * k) for edge in ("xMin", "yMin", "xMax", "yMax")],
        "bold": style == "Bold",
        "italic_angle": italic_angle,
        "tables": [[tag, len(body)] for tag, body in sorted(tables.items())],
        "outlines": [len(o) for o in outlines],
    }
    return header, b"".join([*(body for _, body in sorted(tables.items())), *outlines])


class _Slots:
    """Glyph numbers in order, without those that a PDF string would have to escape."""

    def __init__(self) -> None:
        self.next = 0

    def take(self) -> int:
        while self.next in ESCAPED:
            self.next += 1
        self.next += 1
        if self.next > 0xFE:
            raise SystemExit("more glyphs than one byte can name")
        return self.next - 1


def _outline(glyphs: Any, name: str, slot_of: dict[str, int]) -> bytes:
    """The outline as it stands in the file, the numbers of its parts changed to ours."""
    body = bytearray(glyphs[name].compile(glyphs, recalcBBoxes=False))
    if glyphs[name].isComposite():
        at = 10
        for part in glyphs[name].getComponentNames(glyphs):
            (flags,) = struct.unpack_from(">H", body, at)
            struct.pack_into(">H", body, at + 2, slot_of[part])
            at += 4 + (4 if flags & 1 else 2) + (2 if flags & 8 else 4 if flags & 0x40 else 8 if flags & 0x80 else 0)
    return bytes(body)


def _tables(font: Any, widths: list[int], bearings: list[int]) -> dict[str, bytes]:
    """The tables around the outlines, for our number of glyphs and short offsets."""
    head, hhea, maxp = (bytearray(font[tag].compile(font)) for tag in ("head", "hhea", "maxp"))
    struct.pack_into(">I", head, 8, 0)  # the check sum of the whole file: not used in a PDF
    struct.pack_into(">h", head, 50, 0)  # short offsets
    struct.pack_into(">H", hhea, 34, len(widths))
    struct.pack_into(">H", maxp, 4, len(widths))
    metrics = b"".join(struct.pack(">Hh", w, b) for w, b in zip(widths, bearings, strict=True))
    return {"head": bytes(head), "hhea": bytes(hhea), "maxp": bytes(maxp), "hmtx": metrics}


def main(folder: Path = FOLDER) -> None:
    """Both styles and the licence are in the folder."""
    import fontpkg_pt_sans

    source = Path(fontpkg_pt_sans.__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    for style in ("Regular", "Bold"):
        header, body = build(source / "files" / f"PT_Sans-Web-{style}.ttf", style)
        (folder / f"{style.lower()}.json").write_text(json.dumps(header, separators=(",", ":")) + "\n", "utf-8")
        (folder / f"{style.lower()}.glyphs").write_bytes(body)
    (folder / "OFL.txt").write_bytes((source / "LICENSE").read_bytes())


if __name__ == "__main__":
    main()
