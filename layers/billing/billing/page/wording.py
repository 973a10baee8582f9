"""What the page says, by language: a catalogue for each in `words/`, of the same keys.

The page for our own people is in Russian alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from billing.domain.money import NBSP
from billing.page.language import Language

_FOLDER = Path(__file__).parent / "words"
OURS = {Language.RU: ("operator",), Language.EN: ()}  # of the page for our own people


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Words by their keys, with `~` become no-break spaces."""
    files = (language.value, *OURS[language])
    return {key: text.replace("~", NBSP) for file in files for key, text in words_of(file).items()}


def words_of(file: str) -> Mapping[str, str]:
    return tomllib.loads((_FOLDER / f"{file}.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Words:
    """`words("title", number=…)`: what stands under the key, filled in."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        return catalogue(self.language)[key].format_map(values)

    def counted(self, key: str, n: int) -> str:
        """«3 документа»: the forms of a noun stand under the key."""
        return self.language.counted(n, catalogue(self.language)[key])
