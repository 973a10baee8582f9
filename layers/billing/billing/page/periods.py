"""The periods that are one click away: months, quarters and years around today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from billing.domain.periods import Day, Month
from billing.page.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from `first` to `last`, both inclusive, under the name people give them."""

    name: str
    first: Day
    last: Day


def month_span(month: Month, language: Language) -> Span:
    return Span(name=language.month_name(month), first=month.first_day, last=month.last_day)


def quarter_span(month: Month, language: Language) -> Span:
    """The quarter that the month is of."""
    first = Month(month.year, (month.number - 1) // 3 * 3 + 1)
    return Span(name=language.quarter_name(month), first=first.first_day, last=first.plus(2).last_day)


def year_span(year: int, language: Language) -> Span:
    return Span(name=language.year_name(year), first=date(year, 1, 1), last=date(year, 12, 31))


def document_spans(today: Day, language: Language) -> tuple[Span, ...]:
    """For a list: this month and the last, this quarter and the last, this year and the last."""
    month = Month.of(today)
    return (
        month_span(month, language),
        month_span(month.previous, language),
        quarter_span(month, language),
        quarter_span(month.plus(-3), language),
        year_span(month.year, language),
        year_span(month.year - 1, language),
    )


def reconciliation_spans(today: Day, language: Language) -> tuple[Span, ...]:
    """The last quarter, this one, the last year, this one: the last ones whole, these until today."""
    month = Month.of(today)
    quarter, year = quarter_span(month, language), year_span(month.year, language)
    return (
        quarter_span(month.plus(-3), language),
        Span(name=quarter.name, first=quarter.first, last=today),
        year_span(month.year - 1, language),
        Span(name=year.name, first=year.first, last=today),
    )


def statistics_spans(today: Day, language: Language) -> tuple[Span, ...]:
    """The last three, six and twelve months, this one among them, and the last year."""
    month = Month.of(today)
    return (
        *(
            Span(name=language.months_counted(n), first=month.plus(1 - n).first_day, last=month.last_day)
            for n in (3, 6, 12)
        ),
        year_span(month.year - 1, language),
    )
