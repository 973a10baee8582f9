"""The schemas titles and user contracts are checked against.

The schema of the УПД 5.03 title stands here as the published 5.02 one with what 5.03 changed in it for services:
the version, the tax rates (5 %, 7 %, 18 %, 22 % and others), the name of the ОКПД2 attribute, longer bank accounts.
Source: fact 9.6.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from local.diadoc.xml import etree, parse

UTD_TITLE = "utd title 5.03"

_FOLDER = Path(__file__).parent / "schemas"
_UTD_502 = "ON_NSCHFDOPPR_1_997_01_05_02_01.xsd"
_XS = "{http://www.w3.org/2001/XMLSchema}"
RATES_503 = (
    *("0%", "5%", "7%", "9,09%", "10%", "16,67%", "18%", "18,03%", "20%", "22%"),
    *("5/105", "7/107", "10/110", "18/118", "20/120", "22/122", "без НДС", "НДС исчисляется налоговым агентом"),
)


def complaints(name: str, root: Any, *, most: int = 5) -> list[str]:
    """What is wrong with the document by this schema, at most so many lines; empty when it is valid."""
    schema = _schema(name)
    if schema.validate(root):
        return []
    return [f"{error.message} (line {error.line})" for error in list(schema.error_log)[:most]]


@functools.cache
def schema_bytes(name: str) -> bytes:
    """The schema as it is served."""
    if name != UTD_TITLE:
        return (_FOLDER / name).read_bytes()
    root = parse((_FOLDER / _UTD_502).read_bytes())
    _replace_values(_attribute(root, "ВерсФорм"), ("5.03",))
    _replace_values(_attribute(root, "НалСт"), RATES_503)
    _attribute(root, "КодТовОКДП2").set("name", "КодТовОКПД2")
    for name_of_account in ("НомерСчета", "КорСчет"):
        next(_attribute(root, name_of_account).iter(f"{_XS}maxLength")).set("value", "34")
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="windows-1251")
    return written


@functools.cache
def _schema(name: str) -> Any:
    return etree.XMLSchema(parse(schema_bytes(name)))


def _attribute(root: Any, name: str) -> Any:
    return next(one for one in root.iter(f"{_XS}attribute") if one.get("name") == name)


def _replace_values(attribute: Any, values: tuple[str, ...]) -> None:
    restriction = next(attribute.iter(f"{_XS}restriction"))
    for old in restriction.findall(f"{_XS}enumeration"):
        restriction.remove(old)
    for value in values:
        etree.SubElement(restriction, f"{_XS}enumeration", value=value)
