"""Months and days are Moscow's; moments are aware and UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from billing.domain.errors import InvalidInputError

Day: TypeAlias = date  # for fields that are themselves named `date`

MOSCOW = ZoneInfo("Europe/Moscow")
FUTURE = timedelta(days=1)  # how far ahead of our clock a sender's may be


def moscow_day(moment: datetime) -> date:
    """The civil day in Moscow at that moment, by the zone's history (+4 in 2011–2014, +3 since).

    Raises:
        InvalidInputError: the moment has no zone.
    """
    if moment.tzinfo is None:
        raise InvalidInputError("a moment without a time zone")
    return moment.astimezone(MOSCOW).date()


def utc_text(moment: datetime) -> str:
    """The moment as stored: UTC, sortable as text, microseconds kept."""
    if moment.tzinfo is None:
        raise InvalidInputError("a moment without a time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; its text `2026-01` sorts as time does."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """The month of the text, from 1900-01 to 2999-12, so that every day around it is a date.

        Raises:
            InvalidInputError: it is no such month.
        """
        if not re.fullmatch(r"(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])", text):
            raise InvalidInputError(f"not a month (YYYY-MM): {text[:20]!r}")
        return cls(int(text[:4]), int(text[5:]))

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def at(cls, moment: datetime) -> Month:
        """The Moscow month of a moment: 31 January 23:30 in Moscow is January although UTC says 20:30."""
        return cls.of(moscow_day(moment))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    def plus(self, months: int) -> Month:
        year, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, index + 1)

    @property
    def next(self) -> Month:
        return self.plus(1)

    @property
    def previous(self) -> Month:
        return self.plus(-1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - timedelta(days=1)
