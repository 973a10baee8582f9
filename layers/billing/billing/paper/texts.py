"""The texts of a document as they are printed: composed letters, single spaces, no invisible marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from billing.domain.money import NBSP
from billing.paper.fonts import KEPT_MAX, fonts

_Thing = TypeVar("_Thing")
_SPACES = re.compile(r"[\s\u2000-\u200a\u202f\u205f\u3000]+")
_SAME = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2012": "–", "\u2015": "—", "\u02bc": "’"})  # look-alikes


def printable(thing: _Thing) -> _Thing:
    """The same document with every text as it is printed."""
    found: Any = thing
    if type(found) is str:  # a member of an enumeration is no text
        return (as_printed if len(found) <= KEPT_MAX else as_printed.__wrapped__)(found)  # type: ignore[return-value]
    if isinstance(found, tuple):
        return tuple(map(printable, found))  # type: ignore[return-value]
    if names := _fields_of(type(found)):
        changed = {name: new for name in names if (new := printable(old := getattr(found, name))) != old}
        return replace(found, **changed) if changed else thing
    return thing


@lru_cache(4096)
def as_printed(text: str) -> str:
    """A run of spaces is one space, or one no-break space where it began with one; control, zero-width and
    direction marks are gone."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    visible = "".join(
        c
        for c in unicodedata.normalize("NFC", text).translate(_SAME)
        if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc")
    )
    return _SPACES.sub(lambda run: NBSP if run[0][0] in "\u00a0\u202f" else " ", visible).strip()


def missing_characters(document: Any) -> dict[str, tuple[str, str]]:
    """Each character that the fonts lack, with the first field it stands in and that field's text."""
    found: dict[str, tuple[str, str]] = {}
    for name, text in _texts(document, ""):
        for font in fonts():
            if character := font.missing(text):
                found.setdefault(character, (name, text))
    return found


def _texts(thing: Any, name: str) -> Iterator[tuple[str, str]]:
    """Every text with its field: «buyer.name», «lines.2.title» (counted from 1)."""
    if type(thing) is str:
        yield name, thing
    elif isinstance(thing, tuple):
        for n, inner in enumerate(thing, 1):
            yield from _texts(inner, f"{name}.{n}")
    else:
        for inner_name in _fields_of(type(thing)):
            yield from _texts(getattr(thing, inner_name), f"{name}.{inner_name}".lstrip("."))


_names_of: dict[type, tuple[str, ...]] = {}


def _fields_of(kind: type) -> tuple[str, ...]:
    """Of a dataclass; nothing of any other type."""
    if kind not in _names_of:
        _names_of[kind] = tuple(f.name for f in fields(kind)) if is_dataclass(kind) else ()
    return _names_of[kind]
