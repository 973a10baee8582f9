"""Check the schematron rules inside the tax service's schemas, which no schema validator runs.

Each is an XPath of one function that XPath does not have: `usch:iif(condition, then, else)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

SCHEMAS = Path(__file__).parents[2] / "local" / "diadoc" / "schemas"
_SCH = "{http://purl.oclc.org/dsdl/schematron}"
_XS = "{http://www.w3.org/2001/XMLSchema}"
_USCH = "http://www.unisoftware.ru/schematron-extensions"

etree.FunctionNamespace(_USCH)["iif"] = lambda _, condition, then, otherwise: then if condition else otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition on each element of a name; `about`: the schema's own name for the rule."""

    about: str
    context: str
    test: str


def rules_of(schema: str) -> list[Rule]:
    """Every rule of the schema but the one on the file's name, which is no part of a document."""
    root = etree.parse(str(SCHEMAS / schema)).getroot()
    found = []
    for pattern in root.iter(f"{_SCH}pattern"):
        for rule in pattern.iter(f"{_SCH}rule"):
            for one in rule.iter(f"{_SCH}assert"):
                test = re.sub(r"\s+", " ", one.get("test"))
                if "getFileName" not in test:
                    found.append(Rule(about=pattern.get("name"), context=rule.get("context"), test=test))
    return found


def broken(schema: str, document: Any) -> tuple[int, list[str]]:
    """Return how many elements the rules were applied to, and the names of the rules that do not hold."""
    met, found = 0, []
    for rule, element in _meetings(rules_of(schema), document):
        met += 1
        if not element.xpath(f"boolean({rule.test})", namespaces={"usch": _USCH}):
            found.append(f"{rule.about} ({element.getroottree().getpath(element)})")
    return met, found


def _meetings(rules: list[Rule], document: Any) -> Iterator[tuple[Rule, Any]]:
    for rule in rules:
        for element in document.xpath(f"//{rule.context.lstrip('/')}"):
            yield rule, element
