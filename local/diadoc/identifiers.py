"""Identifiers and time as Diadoc writes them: two spellings of a box, ticks, opaque index keys."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import UTC, datetime, timedelta

HEAD_DEPARTMENT = "00000000-0000-0000-0000-000000000000"

_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_LEGACY_SUFFIX = "@diadoc.ru"
_HEX_32 = re.compile(r"[0-9a-f]{32}")
_KEY_HEAD = b"\xfb\xef\xbe"  # these three bytes are "++++" in base64: every key has a plus sign


def ticks_of(moment: datetime) -> int:
    """100-nanosecond units since 0001-01-01 UTC, exact. Source: fact 5.3."""
    passed = moment.astimezone(UTC) - _EPOCH
    return ((passed.days * 86400 + passed.seconds) * 1_000_000 + passed.microseconds) * 10


def moment_of(ticks: int) -> datetime:
    """The aware UTC moment of these ticks, to a microsecond."""
    return _EPOCH + timedelta(microseconds=ticks // 10)


def iso_of(ticks: int) -> str:
    """ISO-8601 with seven digits of a second and Z, as the helper fields of JSON have it. Source: fact 4.5."""
    return f"{moment_of(ticks):%Y-%m-%dT%H:%M:%S}.{ticks % 10_000_000:07d}Z"


def guid_from(seed: str, kind: str, number: int) -> str:
    """The GUID number `number` of its kind: the same seed always gives the same row of GUIDs."""
    digest = hashlib.sha256(f"{seed}:{kind}:{number}".encode()).hexdigest()
    return dashed(digest[:32])


def dashed(digits: str) -> str:
    """32 hex digits as a lower-case GUID with dashes."""
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def box_guid(spelling: str) -> str | None:
    """The GUID of a box from either spelling, None when it is neither. Source: fact 5.1."""
    digits = spelling.strip().lower().removesuffix(_LEGACY_SUFFIX).replace("-", "")
    return dashed(digits) if _HEX_32.fullmatch(digits) else None


def legacy_box(guid: str) -> str:
    """The spelling that messages echo: 32 hex digits and the suffix. Source: fact 5.1."""
    return guid.replace("-", "") + _LEGACY_SUFFIX


def index_key(position: int) -> str:
    """The opaque key of a place in a feed. It always holds `+` and `=`. Source: fact 7.9."""
    return base64.b64encode(_KEY_HEAD + position.to_bytes(8, "big")).decode()


def position_of(key: str) -> int | None:
    """The place a key names, None when no such key was ever given out."""
    try:
        raw = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 11 or not raw.startswith(_KEY_HEAD):
        return None
    return int.from_bytes(raw[3:], "big")
