"""Money is whole kopecks: an `int` everywhere, divided only here, by functions that say how they round."""

from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

Kopecks: TypeAlias = int

NBSP = "\u00a0"


def roubles(amount: Kopecks) -> str:
    """«1 234 567,05» for people: thousands parted by no-break spaces, a comma, two digits; a minus is U+2212."""
    whole, part = divmod(abs(amount), 100)
    return f"{'−' if amount < 0 else ''}{whole:,}".replace(",", NBSP) + f",{part:02}"


def plain_roubles(amount: Kopecks) -> str:
    """«-5500.00» for machines: JSON, XML, exports."""
    whole, part = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{part:02}"


def divided(amount: Kopecks, by: Decimal) -> Kopecks:
    """Amount divided, rounded half up (away from zero) to a kopeck."""
    return int((Decimal(amount) / by).quantize(Decimal(1), ROUND_HALF_UP))


def share(part: int, whole: int, of: int) -> int:
    """`of` × part / whole, rounded down. Repeated on what is left it adds up to `of` exactly."""
    return of if part == whole else of * part // whole
