"""Which language a page speaks, and how it says sums, days and counts."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from billing.domain import money, wording
from billing.domain.money import NBSP, Kopecks
from billing.domain.periods import Month

RANGES_MAX = 20  # of one header that are looked at

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Language(StrEnum):
    RU = "ru"
    EN = "en"

    @classmethod
    def chosen(cls, accept: str) -> Language:
        """The language that an `Accept-Language` header likes best, Russian when it likes neither.

        Source: RFC 9110 12.5.4; a weight that is no number counts as none.
        """
        liked = {cls.RU: 0.0, cls.EN: 0.0}
        for text in accept.split(",")[:RANGES_MAX]:
            tag, _, weight = text.partition(";")
            name = tag.strip().lower().split("-")[0]
            for language in liked:
                if name == language:
                    liked[language] = max(liked[language], _weight(weight))
        return cls.EN if liked[cls.EN] > liked[cls.RU] else cls.RU

    # --- sums ----------------------------------------------------------------------------------------------------

    def roubles(self, amount: Kopecks) -> str:
        """«5 500,00 ₽» or «5,500.00 ₽», unbroken."""
        return f"{self.bare_roubles(amount)}{NBSP}₽"

    def bare_roubles(self, amount: Kopecks) -> str:
        said = money.roubles(amount)
        return said if self is Language.RU else said.replace(",", ".").replace(NBSP, ",")

    def short_roubles(self, amount: Kopecks) -> str:
        """For the axis of a plot: without kopecks."""
        return self.bare_roubles(amount)[:-3]

    # --- days ----------------------------------------------------------------------------------------------------

    def short_date(self, day: date) -> str:
        """«01.02.2026», «01 Feb 2026»."""
        if self is Language.RU:
            return wording.short_date(day)
        return NBSP.join((f"{day.day:02}", _MONTHS[day.month - 1][:3], str(day.year)))

    def day_and_month(self, day: date, *, today: date) -> str:
        """«14 февраля», «14 February»; with the year when it is another one."""
        said = wording.long_date(day) if self is Language.RU else f"{day.day}{NBSP}{_MONTHS[day.month - 1]}"
        if self is Language.RU and day.year == today.year:
            return NBSP.join(said.split(NBSP)[:2])
        return said if self is Language.RU or day.year == today.year else f"{said}{NBSP}{day.year}"

    def month_name(self, month: Month) -> str:
        """«январь 2026», «January 2026»: as it stands in a table or on a button."""
        if self is Language.RU:
            return NBSP.join(wording.month_name(month).split(NBSP)[:2])
        return f"{_MONTHS[month.number - 1]}{NBSP}{month.year}"

    def quarter_name(self, month: Month) -> str:
        """«I квартал 2026», «Q1 2026»: the quarter that the month is of."""
        n = (month.number - 1) // 3
        if self is Language.RU:
            return NBSP.join((("I", "II", "III", "IV")[n], "квартал", str(month.year)))
        return f"Q{n + 1}{NBSP}{month.year}"

    def year_name(self, year: int) -> str:
        return f"{year}{NBSP}год" if self is Language.RU else str(year)

    # --- counts --------------------------------------------------------------------------------------------------

    def counted(self, n: int, forms: str) -> str:
        """«3 документа», «3 documents»: the forms are parted by `|`, three in Russian, two in English."""
        of = forms.split("|")
        if self is Language.RU:
            return wording.counted(n, *of)
        return f"{n}{NBSP}{of[0] if n == 1 else of[1]}"

    def months_counted(self, n: int) -> str:
        return self.counted(n, "месяц|месяца|месяцев" if self is Language.RU else "month|months")


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if name.strip() == "q" and 0 <= weight <= 1 else 0.0
