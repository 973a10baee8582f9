"""The kinds of documents that Diadoc takes, as our box is told of them."""

from __future__ import annotations

from typing import Any

from billing.adapters.diadoc import wire
from billing.adapters.diadoc.reading import number, rows, text
from billing.ports_edo import EdoKind, KindOffer


def offers(found: wire.DocumentType) -> list[KindOffer]:
    """A type's functions and versions as kinds, by the rules of the sender's title.

    Metadata with `Source` 1 is ours to give; with 0 it is taken from the XML, and giving it is an error.

    Source: Diadoc API, DocumentTypeDescriptionV2.
    """
    made = []
    for function in rows(found.get("Functions")):
        for version in rows(function.get("Versions")):
            titles = rows(version.get("Titles"))
            first: dict[str, Any] = next((title for title in titles if number(title.get("Index")) == 0), {})
            ours = [rule for rule in rows(first.get("MetadataItems"))
                    if number(rule.get("Source")) == 1 or rule.get("Source") == "User"]
            made.append(KindOffer(
                kind=EdoKind(type=text(found.get("Name")), function=text(function.get("Name")),
                             version=text(version.get("Version"))),
                actual=version.get("IsActual") is True,
                required=frozenset(text(rule.get("Id")) for rule in ours if rule.get("IsRequired") is True),
                allowed=frozenset(text(rule.get("Id")) for rule in ours)))
    return made
