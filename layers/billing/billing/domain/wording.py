"""Sums in words, dates and plurals in Russian."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date

from billing.domain.errors import InvalidInputError
from billing.domain.money import NBSP, Kopecks
from billing.domain.periods import Month

_MONTHS = (  # what it is called, and of what a day is
    ("январь", "января"),
    ("февраль", "февраля"),
    ("март", "марта"),
    ("апрель", "апреля"),
    ("май", "мая"),
    ("июнь", "июня"),
    ("июль", "июля"),
    ("август", "августа"),
    ("сентябрь", "сентября"),
    ("октябрь", "октября"),
    ("ноябрь", "ноября"),
    ("декабрь", "декабря"),
)

_HUNDREDS = ("", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот")
_TENS = ("", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто")
_TEENS = (
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
)
_ONES = ("", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")
_FEMININE_ONES = ("", "одна", "две", *_ONES[3:])

_SCALES = (  # by triads from the right; the roubles themselves are named apart, for they are said even after a zero
    ("", "", ""),
    ("тысяча", "тысячи", "тысяч"),
    ("миллион", "миллиона", "миллионов"),
    ("миллиард", "миллиарда", "миллиардов"),
    ("триллион", "триллиона", "триллионов"),
)
_ROUBLES_MAX = 10 ** (3 * len(_SCALES)) - 1

_UNPRINTED = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def plural(n: int, one: str, few: str, many: str) -> str:
    """The form that goes with the number: 1 рубль, 2 рубля, 5 рублей, 11 рублей, 21 рубль. The sign is ignored."""
    last_two = abs(n) % 100
    last = last_two % 10
    if last_two in range(11, 15) or last not in range(1, 5):
        return many
    return one if last == 1 else few


def counted(n: int, one: str, few: str, many: str) -> str:
    """«21 документ»: the number and its noun, which a line break does not part."""
    return f"{n}{NBSP}{plural(n, one, few, many)}"


def in_words(amount: Kopecks) -> str:
    """«Пять тысяч пятьсот рублей 00 копеек», «Минус один рубль 01 копейка»: kopecks stay two digits.

    Raises:
        InvalidInputError: a quadrillion (10¹⁵) roubles or more, either way.

    Source: the customary form of primary documents; there is no law for it.
    """
    roubles, kopecks = divmod(abs(amount), 100)
    if roubles > _ROUBLES_MAX:
        raise InvalidInputError("a sum too large to be put in words")
    words = [
        "минус" if amount < 0 else "",
        _number(roubles),
        plural(roubles, "рубль", "рубля", "рублей"),
        f"{kopecks:02}",
        plural(kopecks, "копейка", "копейки", "копеек"),
    ]
    text = " ".join(word for word in words if word)
    return text[0].upper() + text[1:]


def _number(n: int) -> str:
    if not n:
        return "ноль"
    words: list[str] = []
    for place in reversed(range(len(_SCALES))):
        triad = n // 1000**place % 1000
        if triad:
            words += [*_triad(triad, feminine=place == 1), plural(triad, *_SCALES[place])]
    return " ".join(word for word in words if word)


def _triad(n: int, *, feminine: bool) -> tuple[str, ...]:
    hundreds, rest = divmod(n, 100)
    tens, ones = divmod(rest, 10)
    if tens == 1:
        return _HUNDREDS[hundreds], _TEENS[ones]
    return _HUNDREDS[hundreds], _TENS[tens], (_FEMININE_ONES if feminine else _ONES)[ones]


def short_date(day: date) -> str:
    """«01.02.2026»."""
    return f"{day.day:02}.{day.month:02}.{day.year:04}"


def long_date(day: date) -> str:
    """«1 февраля 2026 г.», parted by no-break spaces."""
    return NBSP.join((str(day.day), _MONTHS[day.month - 1][1], str(day.year), "г."))


def month_name(month: Month) -> str:
    """«январь 2026 г.», as after «за», parted by no-break spaces."""
    return NBSP.join((_MONTHS[month.number - 1][0], str(month.year), "г."))


def month_of(month: Month) -> str:
    """«января 2026 г.», as after «акт», parted by no-break spaces."""
    return NBSP.join((_MONTHS[month.number - 1][1], str(month.year), "г."))


def names_list(names: Sequence[str]) -> str:
    """«счёт», «счёт и акт», «счёт, акт и договор»; empty for none."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} и {names[-1]}"


def one_line(text: str) -> str:
    """The text on one line: line breaks and tabs become spaces, control, bidirectional and unseen marks are dropped.

    No-break spaces stay.
    """
    if not text.replace(NBSP, "").isprintable():
        marks = (" " if c.isspace() and c != NBSP else c for c in text)
        text = "".join(c for c in marks if unicodedata.category(c) not in _UNPRINTED)
    return " ".join(part for part in text.split(" ") if part)


_ARCHIVES = {"act": "Акты", "invoice": "Счета", "reconciliation": "Акты сверки", "contract": "Договоры"}


def archive_name(kind: str, first: date, last: date) -> str:
    """«Акты 01.01.2026-31.03.2026.zip», of all kinds «Документы …»."""
    return f"{_ARCHIVES.get(kind, 'Документы')} {short_date(first)}-{short_date(last)}.zip"
