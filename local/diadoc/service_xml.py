"""Service documents: requests to annul, refusals. Their XML is a sketch of the real formats."""

from __future__ import annotations

from local.diadoc.message_records import Document
from local.diadoc.xml import element, leaf, windows_1251


def service_document(kind: str, document: Document, text: str) -> bytes:
    """Make a service document about another one: a proposal to annul, or a notice that refuses or asks to clarify.

    Of the forms DP_PRANNUL and DP_UVUTOCH of the tax service it has only the text. Source: fact 14.10.
    """
    outer, inner = _TEXTS[kind]
    about = element("СведФайл", {"ИмяФайла": document.file_name})
    said = element("Документ", {}, element(outer, {}, about, leaf(inner, text)))
    return windows_1251(element("Файл", {"ВерсПрог": "Diadoc 1.0"}, said))


ANNULMENT, NOTICE = "annulment", "notice"
_TEXTS = {ANNULMENT: ("СвПредАн", "ТекстПредАн"), NOTICE: ("СвУведУточ", "ТекстУведУточ")}
