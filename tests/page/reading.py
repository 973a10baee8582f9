"""A page as a browser has it, for tests that look inside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import html

from billing.page import render
from billing.page.contexts import Context


@dataclass(frozen=True)
class Read:
    source: str
    root: Any

    def all(self, path: str) -> list[Any]:
        return list(self.root.xpath(path))

    def one(self, path: str) -> Any:
        (found,) = self.all(path)
        return found

    def texts(self, path: str) -> list[str]:
        return [said(element) for element in self.all(path)]

    @property
    def text(self) -> str:
        """What is read on it, without scripts and styles."""
        return said(self.one("//body"))


def read(context: Context) -> Read:
    return read_source(render(context))


def read_source(source: str) -> Read:
    return Read(source, html.document_fromstring(source))


def said(element: Any) -> str:
    """The text on one line; no-break spaces stay."""
    return re.sub(r"[ \n\t]+", " ", element.text_content()).strip()
