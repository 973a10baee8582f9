"""What people have written into a document of the exchange, whatever form it came in."""

from __future__ import annotations

from billing.adapters.diadoc.xml import parsed

TEXT_MAX = 2_000


def refusal(content: bytes) -> str:
    """The words of a refusal: of XML, whatever it calls a text; of anything else, all of it."""
    root = parsed(content)
    if root is None:
        return content.decode("utf-8", "replace").strip()[:TEXT_MAX]
    said = [value for e in root.iter() for name, value in e.attrib.items() if str(name).startswith("Текст")]
    said += [e.text for e in root.iter() if str(e.tag).startswith("Текст") and e.text]
    return "; ".join(" ".join(part.split()) for part in said)[:TEXT_MAX]
