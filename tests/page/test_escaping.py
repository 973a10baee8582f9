"""Hostile text in every place that holds text: it stays text, on one line, and breaks nothing."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import pytest

from billing.domain.periods import Month
from billing.page.addresses import Addresses
from billing.page.contexts_public import MessagePage
from billing.page.language import Language
from tests.page import samples
from tests.page.reading import read

HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "an attribute": '" onmouseover="alert(1)" x=\'',
    "a template": "{{ 7 * 7 }}{% raw %}{number}{0}",
    "lines": "one\r\nSet-Cookie: x=1\x00\x1b[31m\u2028two",
    "turned around": "\u202efdp.tka\u2066\u200f",
    "a lone surrogate": "a\ud800b",
    "ten thousand": "я" * 10_000,
    "a formula": "=cmd|'/c calc'!A1",
}
TYPED = {  # what comes from people, their programs, or another company
    *("client", "name", "inn", "buyer", "payer", "number", "problems", "text", "address", "addresses", "title"),
    *("document", "payment", "key", "typed_text", "amount", "detail", "asked", "warnings", "more"),
}
PAIRS = {"values"}  # of a name of ours and a text


def _poisoned(value: Any, poison: str, name: str = "") -> Any:
    """The context with the poison at the end of every text of those."""
    if isinstance(value, str):
        return value + poison if name in TYPED and not isinstance(value, Enum) else value
    if isinstance(value, tuple) and name in PAIRS:
        return tuple((known, text + poison) for known, text in value)
    if isinstance(value, tuple):
        return tuple(_poisoned(item, poison, name) for item in value)
    if is_dataclass(value) and not isinstance(value, Addresses | Month):
        ours = {"text"} if isinstance(value, MessagePage) else set()
        changes = {f.name: _poisoned(getattr(value, f.name), poison, f.name) for f in fields(value)}
        return replace(value, **{name: changed for name, changed in changes.items() if name not in ours})
    return value


@pytest.mark.parametrize("poison", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", samples.pages(Language.RU))
def test_hostile_text_stays_text(name, poison):
    clean = samples.pages(Language.RU)[name]
    page, before = read(_poisoned(clean, poison)), read(_poisoned(clean, "x"))

    page.source.encode("utf-8")
    assert "\u202e" not in page.source
    assert "\x00" not in page.source
    for tag in ("script", "img", "form", "input", "a", "button"):
        assert len(page.all(f"//{tag}")) == len(before.all(f"//{tag}")), tag
    assert not [a for e in page.all("//*") for a in e.attrib if a.startswith("on")]


def test_the_poison_is_where_it_is_looked_for():
    poison = HOSTILE["markup"]

    text = read(_poisoned(samples.document(samples.ACT), poison)).text
    assert text.count(poison) > 5


def test_an_address_in_a_link_is_written_so_that_it_stays_one_address():
    page = read(samples.documents(samples.ACT, documents=(samples.row(id="../x?y=1&z#<a>"),)))

    assert page.all("//td//a/@href")[0] == "/documents/..%2Fx%3Fy%3D1%26z%23%3Ca%3E/pdf"
