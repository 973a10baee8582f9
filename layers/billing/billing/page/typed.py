"""What a person has typed into a form, as a sum or a day; None when it is neither."""

from __future__ import annotations

import re
from datetime import date

from billing.domain.money import Kopecks
from billing.page.language import Language

_SUFFIX = r"(?:₽|руб\.?|р\.?)?"
_SUMS = {
    Language.RU: re.compile(rf"([0-9]{{1,12}})(?:[.,]([0-9]{{1,2}}))?{_SUFFIX}", re.IGNORECASE),
    Language.EN: re.compile(
        rf"([0-9]{{1,12}}|[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,3}})(?:\.([0-9]{{1,2}}))?{_SUFFIX}", re.IGNORECASE
    ),
}
_SPACES = re.compile(r"\s+")


def typed_sum(text: str, language: Language) -> Kopecks | None:
    """«5 500», «5500,5», «5 500.00 ₽», in English «5,500.00»: a positive sum; spaces may part thousands in both.

    «5,500» is no sum in Russian, nor «5500,5» in English: what might be thousands or kopecks is not guessed.
    """
    found = _SUMS[language].fullmatch(_SPACES.sub("", text))
    if not found:
        return None
    return int(found[1].replace(",", "")) * 100 + int((found[2] or "0").ljust(2, "0")) or None


def typed_day(text: str) -> date | None:
    """«2026-02-01» as browsers send it, «01.02.2026» as people type it where the field is a plain one."""
    text = text.strip()
    if not text.isascii():
        return None
    if found := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text):
        text = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    if not re.fullmatch(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
