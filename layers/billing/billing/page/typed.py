"""What a person has typed into a form, as a sum or a day; None when it is neither."""

from __future__ import annotations

import re
from datetime import date

from billing.domain.money import Kopecks

_SUM = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,2}))?")
_SPACES = re.compile(r"\s+")


def typed_sum(text: str) -> Kopecks | None:
    """«5 500», «5500,5», «5 500.00 ₽»: a positive sum; thousands may be parted by spaces."""
    bare = _SPACES.sub("", text).removesuffix("₽").removesuffix("руб.").removesuffix("р.")
    found = _SUM.fullmatch(bare)
    if not found or not bare.isascii():
        return None
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) or None


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
