"""Identifiers and moments as Diadoc writes them.

Source: Diadoc API, identifiers of boxes (a GUID, or 32 hex digits with @diadoc.ru); ticks are .NET's.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from billing.domain.errors import InvalidInputError

_SUFFIX = "@diadoc.ru"
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_TICKS_PER_MICROSECOND = 10


def box_id(text: str) -> str:
    """The GUID spelling of a box: lower case, with dashes.

    Raises:
        InvalidInputError: it is no box id.
    """
    digits = text.strip().lower().removesuffix(_SUFFIX).replace("-", "")
    if not re.fullmatch("[0-9a-f]{32}", digits):
        raise InvalidInputError(f"not a box id: {text[:60]!r}")
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def moment(ticks: int) -> datetime | None:
    """The moment of ticks, to a microsecond; None for 0, which means never."""
    try:
        return _EPOCH + timedelta(microseconds=ticks // _TICKS_PER_MICROSECOND) if ticks > 0 else None
    except OverflowError:
        return None


def ticks_of(at: datetime) -> int:
    """Ticks of an aware moment, in whole numbers all the way."""
    return (at - _EPOCH) // timedelta(microseconds=1) * _TICKS_PER_MICROSECOND
