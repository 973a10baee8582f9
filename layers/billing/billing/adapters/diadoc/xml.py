"""XML as we write and read it: the same content is the same bytes, and foreign XML fetches nothing."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped]

Element: TypeAlias = Any
Schema: TypeAlias = Any

_SCHEMAS = Path(__file__).parent / "schemas"
_PLAIN = str.maketrans({"\u2212": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u00ad": None, "\u200b": None})


def plain(text: str) -> str:
    """The text as a title takes it: composed, spaces single, no control characters, signs that windows-1251 has.

    Titles are in windows-1251; what it lacks and we know how to write otherwise is written otherwise.
    """
    text = unicodedata.normalize("NFC", text).translate(_PLAIN)
    text = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text
                   if unicodedata.category(sign) not in ("Cs", "Co", "Cn", "Cf"))
    return re.sub(r"\s+", " ", text).strip()


def element(parent: Element | None, name: str, **attributes: str) -> Element:
    """A new element with the attributes that are not empty, in the order given."""
    made = etree.Element(name) if parent is None else etree.SubElement(parent, name)
    for key, value in attributes.items():
        if value := plain(value):
            made.set(key, value)
    return made


def written(root: Element) -> bytes:
    """UTF-8 with a declaration, without blanks between elements."""
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def parsed(content: bytes) -> Element | None:
    """The root of foreign XML; None when it is none. Entities are not resolved and nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


@cache
def schema(name: str) -> Schema:
    return etree.XMLSchema(etree.parse(str(_SCHEMAS / name)))


def faults(content: bytes, schema_name: str) -> tuple[str, ...]:
    """What the schema says against the XML, line by line; empty when it is valid."""
    root = parsed(content)
    if root is None:
        return ("not well-formed",)
    rules = schema(schema_name)
    if rules.validate(root):
        return ()
    return tuple(f"{fault.path}: {fault.message}"[:300] for fault in rules.error_log)
