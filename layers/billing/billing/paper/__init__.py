"""How documents look: content in, the bytes of a PDF/A-3U out; the same content, the same bytes.

What draws is imported when something is drawn: the functions that only speak of papers start without it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import assert_never

from billing.domain.documents import Act, Agreement, Document, Invoice, Reconciliation
from billing.domain.money import NBSP
from billing.domain.payment_qr import NoPaymentCodeError, payload
from billing.domain.titles import title
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause, Trouble
from billing.domain.wording import short_date

FILE_NAME_MAX = 120  # characters


def draw(document: Document, images: Mapping[str, bytes] | None = None) -> bytes:
    """The document as a PDF. `images`: the PNGs it names (facsimile, seal), by sha256.

    Raises:
        CharacterMissingError: a text has a character that the fonts lack; `problems` tells beforehand.
        NotFoundError: an image that it names is not among the given.
        InvalidInputError: an image is no PNG, or the requisites make no payment code.
    """
    from billing.paper.act import draw_act
    from billing.paper.agreement import draw_agreement
    from billing.paper.fonts import CharacterMissingError
    from billing.paper.invoice import draw_invoice
    from billing.paper.reconciliation import draw_reconciliation
    from billing.paper.texts import missing_characters, printable

    document, given = printable(document), images or {}
    try:
        match document:
            case Act():
                sheet = draw_act(document, given)
            case Invoice():
                sheet = draw_invoice(document, given)
            case Reconciliation():
                sheet = draw_reconciliation(document, given)
            case Agreement():
                sheet = draw_agreement(document, given)
            case _:
                assert_never(document)
        return sheet.finished()
    except CharacterMissingError as error:
        field, _ = missing_characters(document).get(error.character, ("", ""))
        raise CharacterMissingError(error.character, field) from None


def file_name(document: Document) -> str:
    """«Акт № 45 от 01.02.2026 ООО Ромашка.pdf»: no quotes, short enough for any disk; № 45/1 is 45-1, never 451."""
    from billing.paper.texts import as_printed

    kind = title(document).partition(" от ")[0]
    name = as_printed(f"{kind} от {short_date(document.date)} {document.buyer.name}").replace(NBSP, " ")
    safe = re.sub(r"\s+", " ", re.sub(r'[*?"<>«»„“”]', "", re.sub(r"[\\/:|]+", "-", name)))
    return safe[: FILE_NAME_MAX - 4].strip(" .") + ".pdf"


def problems(document: Document) -> tuple[Trouble, ...]:
    """Why the document cannot be printed; when empty, `draw` asks for nothing but its images.

    Each character that the fonts lack, once, with the text it stands in; what makes no payment code.
    """
    from billing.paper.texts import missing_characters, printable

    document = printable(document)
    found = [
        trouble(Cause.CHARACTER_MISSING, character=character, code=f"U+{ord(character):04X}", text=text[:60])
        for character, (_, text) in missing_characters(document).items()
    ]
    if isinstance(document, Invoice):
        try:
            payload(document)
        except NoPaymentCodeError as error:
            found += [error.trouble] if error.trouble else []
    return tuple(found)


__all__ = ["draw", "file_name", "problems", "title"]
