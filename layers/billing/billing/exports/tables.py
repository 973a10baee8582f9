"""A table before it is a file: heads and rows of typed cells."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeAlias

from billing.domain.money import Kopecks

TEXT_MAX = 32_000  # characters of a cell; a spreadsheet takes 32 767
ROWS_MAX = 1_000_000  # a spreadsheet takes 1 048 576

_STARTERS = frozenset("=+-@＝＋－＠")  # also the wide ones, which some spreadsheets take for the narrow
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Roubles(NamedTuple):
    """A sum; stands in the file as a number of roubles with exactly two places."""

    kopecks: Kopecks


Cell: TypeAlias = str | int | Roubles | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`name` is that of its sheet. Every row has as many cells as there are heads."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def as_text(text: str) -> str:
    """The text as files can hold it: what no file takes is «�», and an endless one ends with an ellipsis."""
    text = _UNPRINTABLE.sub("\ufffd", text)
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 1] + "…"


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet might run the text: it begins with TAB or CR, or, invisible characters apart, `= + - @`."""
    seen = next((c for c in text if not (c.isspace() or unicodedata.category(c) in ("Cc", "Cf"))), "")
    return seen in _STARTERS or text[:1] in ("\t", "\r", "\n") if text else False
