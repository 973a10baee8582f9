"""What a spreadsheet would find in an XLSX, read with nothing of the library that wrote it."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Read:
    """A cell: `kind` is "s" for a text, "n" for a number; `value` the text, or the digits as they stand."""

    kind: str
    value: str
    quoted: bool
    format: str


def sheets(body: bytes) -> dict[str, list[list[Read | None]]]:
    with zipfile.ZipFile(BytesIO(body)) as z:
        assert z.testzip() is None
        tree = {name: etree.fromstring(z.read(name)) for name in z.namelist() if name.endswith(".xml")}
    assert not any(node.tag == f"{M}f" for root in tree.values() for node in root.iter())  # no formula anywhere
    shared = tree.get("xl/sharedStrings.xml")
    texts = ["".join(t.text or "" for t in si.iter(f"{M}t")) for si in shared] if shared is not None else []
    styles = tree["xl/styles.xml"]
    formats = {f.get("numFmtId"): f.get("formatCode") for f in styles.iter(f"{M}numFmt")}
    cell_styles = [
        (x.get("quotePrefix") == "1", formats.get(x.get("numFmtId"), x.get("numFmtId")))
        for x in styles.find(f"{M}cellXfs")
    ]
    names = [s.get("name") for s in tree["xl/workbook.xml"].iter(f"{M}sheet")]
    return {name: _rows(tree[f"xl/worksheets/sheet{n}.xml"], texts, cell_styles) for n, name in enumerate(names, 1)}


def _rows(sheet, texts, cell_styles) -> list[list[Read | None]]:
    rows = []
    for row in sheet.iter(f"{M}row"):
        cells: dict[int, Read] = {}
        for c in row.iter(f"{M}c"):
            quoted, code = cell_styles[int(c.get("s", "0"))]
            kind, value = c.get("t", "n"), c.findtext(f"{M}v", "")
            cells[_column(c.get("r"))] = Read(kind, texts[int(value)] if kind == "s" else value, quoted, code)
        rows.append([cells.get(n) for n in range(max(cells, default=-1) + 1)])
    return rows


def _column(place: str) -> int:
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number - 1
