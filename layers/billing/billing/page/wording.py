"""What the page says, by language: a catalogue for each in `words/`, all of the same keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from billing.domain.money import NBSP
from billing.page.language import Language

_FOLDER = Path(__file__).parent / "words"


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Words by their keys, with `~` become no-break spaces."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8").replace("~", NBSP))


@dataclass(frozen=True, slots=True)
class Words:
    """`words("title", number=…)`: what stands under the key, filled in."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        return catalogue(self.language)[key].format_map(values)

    def counted(self, key: str, n: int) -> str:
        """«3 документа»: the forms of a noun stand under the key."""
        return self.language.counted(n, catalogue(self.language)[key])
