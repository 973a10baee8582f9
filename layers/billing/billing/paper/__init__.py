"""How documents look: content in, the bytes of a PDF/A-3U out; the same content, the same bytes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, assert_never

from billing.domain.documents import Act, Document, Invoice, Reconciliation
from billing.domain.wording import short_date
from billing.paper.act import draw_act
from billing.paper.act import title as act_title
from billing.paper.fonts import CharacterMissingError, fonts
from billing.paper.invoice import draw_invoice
from billing.paper.invoice import title as invoice_title
from billing.paper.reconciliation import draw_reconciliation
from billing.paper.reconciliation import title as reconciliation_title

FILE_NAME_MAX = 120  # characters


def draw(document: Document, images: Mapping[str, bytes] | None = None) -> bytes:
    """The document as a PDF. `images`: the PNGs it names (facsimile, stamp), by sha256.

    Raises:
        CharacterMissingError: a text has a character that the fonts lack; `problems` tells beforehand.
        NotFoundError: an image that it names is not among the given.
    """
    document, given = _printable(document), images or {}
    match document:
        case Act():
            sheet = draw_act(document, given)
        case Invoice():
            sheet = draw_invoice(document, given)
        case Reconciliation():
            sheet = draw_reconciliation(document, given)
        case _:
            assert_never(document)
    return sheet.finished()


def title(document: Document) -> str:
    """«Акт № 45 от 1 февраля 2026 г.»"""
    match document:
        case Act():
            return act_title(document)
        case Invoice():
            return invoice_title(document)
        case Reconciliation():
            return reconciliation_title(document)
        case _:
            assert_never(document)


def file_name(document: Document) -> str:
    """«Акт № 45 от 01.02.2026 ООО Ромашка.pdf»: no quotes, no slashes, short enough for any disk."""
    kind = title(document).partition(" от ")[0]
    name = f"{kind} от {short_date(document.date)} {document.buyer.name}".replace("\u00a0", " ")
    safe = re.sub(r'[\\/:*?"<>|«»„“”\x00-\x1f]', "", unicodedata.normalize("NFC", name))
    return re.sub(r"\s+", " ", safe)[: FILE_NAME_MAX - 4].strip(" .") + ".pdf"


def problems(document: Document) -> tuple[str, ...]:
    """Why the document cannot be printed: each character that the fonts lack, once, with the text it stands in."""
    found: dict[str, str] = {}
    for text in _texts(_printable(document)):
        for font in fonts():
            if character := font.missing(text):
                found.setdefault(character, text)
    return tuple(
        f"нечем напечатать знак «{character}» (U+{ord(character):04X}) в тексте «{text[:60]}»"
        for character, text in found.items()
    )


_SPACES = re.compile(r"[\s\u2000-\u200a\u202f\u205f\u3000]+")


def _printable(thing: Any) -> Any:
    """The same with every text as it is printed: composed letters, single spaces, no invisible marks."""
    if type(thing) is str:  # a member of an enumeration is no text
        return _as_printed(thing)
    if isinstance(thing, tuple):
        return tuple(map(_printable, thing))
    if is_dataclass(thing) and not isinstance(thing, type):
        changed = {f.name: new for f in fields(thing) if (new := _printable(old := getattr(thing, f.name))) != old}
        return replace(thing, **changed) if changed else thing
    return thing


@lru_cache(4096)
def _as_printed(text: str) -> str:
    text = "".join(
        c for c in unicodedata.normalize("NFC", text) if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc")
    )
    return _SPACES.sub(lambda run: "\u00a0" if run[0] in ("\u00a0", "\u202f") else " ", text).strip()


def _texts(thing: Any) -> Iterator[str]:
    if type(thing) is str:
        yield thing
    elif isinstance(thing, tuple):
        for inner in thing:
            yield from _texts(inner)
    elif is_dataclass(thing) and not isinstance(thing, type):
        for f in fields(thing):
            yield from _texts(getattr(thing, f.name))


__all__ = ["CharacterMissingError", "draw", "file_name", "problems", "title"]
