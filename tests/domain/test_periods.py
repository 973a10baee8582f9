from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.errors import InvalidInputError
from billing.domain.periods import Month, moscow_day, utc_text

months = st.builds(Month, st.integers(2000, 2100), st.integers(1, 12))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        pytest.param(datetime(2026, 1, 31, 20, 59, 59, 999999, UTC), date(2026, 1, 31), id="last moment of January"),
        pytest.param(datetime(2026, 1, 31, 21, 0, tzinfo=UTC), date(2026, 2, 1), id="midnight in Moscow"),
        pytest.param(datetime(2025, 12, 31, 21, 0, tzinfo=UTC), date(2026, 1, 1), id="new year in Moscow"),
        pytest.param(datetime(2026, 2, 1, 21, 30, tzinfo=UTC), date(2026, 2, 2), id="the night run, UTC has the 1st"),
        pytest.param(datetime(2012, 6, 30, 19, 59, tzinfo=UTC), date(2012, 6, 30), id="+4: before midnight"),
        pytest.param(datetime(2012, 6, 30, 20, 0, tzinfo=UTC), date(2012, 7, 1), id="+4: midnight"),
        pytest.param(datetime(2014, 10, 25, 20, 0, tzinfo=UTC), date(2014, 10, 26), id="last midnight of +4"),
        pytest.param(datetime(2014, 10, 26, 20, 59, tzinfo=UTC), date(2014, 10, 26), id="first evening of +3"),
        pytest.param(datetime(2014, 10, 26, 21, 0, tzinfo=UTC), date(2014, 10, 27), id="first midnight of +3"),
        pytest.param(datetime(2010, 7, 1, 20, 0, tzinfo=UTC), date(2010, 7, 2), id="summer time of 2010"),
        pytest.param(datetime(2010, 1, 1, 20, 0, tzinfo=UTC), date(2010, 1, 1), id="winter time of 2010"),
        pytest.param(
            datetime(2026, 2, 1, 4, 0, tzinfo=timezone(timedelta(hours=10))),
            date(2026, 1, 31),
            id="said in Vladivostok",
        ),
    ],
)
def test_day_is_that_of_moscow(moment: datetime, day: date) -> None:
    assert moscow_day(moment) == day
    assert Month.at(moment) == Month(day.year, day.month)


def test_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 1, 31, 21, 0)  # noqa: DTZ001

    with pytest.raises(InvalidInputError):
        moscow_day(naive)
    with pytest.raises(InvalidInputError):
        utc_text(naive)


def test_moment_is_stored_in_utc_to_a_microsecond() -> None:
    moment = datetime(2026, 2, 1, 0, 30, 0, 5, timezone(timedelta(hours=3)))

    assert utc_text(moment) == "2026-01-31T21:30:00.000005Z"


@given(moments=st.lists(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), min_size=2))  # noqa: DTZ001
def test_stored_moments_sort_as_time_does(moments: list[datetime]) -> None:
    assert sorted(moments) == sorted(moments, key=utc_text)
    assert [datetime.fromisoformat(utc_text(m)) for m in moments] == moments


@pytest.mark.parametrize(
    ("month", "last_day"),
    [
        pytest.param(Month(2026, 1), date(2026, 1, 31), id="January"),
        pytest.param(Month(2026, 2), date(2026, 2, 28), id="February"),
        pytest.param(Month(2028, 2), date(2028, 2, 29), id="leap February"),
        pytest.param(Month(2100, 2), date(2100, 2, 28), id="February of a century"),
        pytest.param(Month(2000, 2), date(2000, 2, 29), id="February of four centuries"),
        pytest.param(Month(2026, 12), date(2026, 12, 31), id="December"),
    ],
)
def test_month_has_its_last_day(month: Month, last_day: date) -> None:
    assert month.last_day == last_day


@pytest.mark.parametrize(
    ("month", "months", "found"),
    [
        (Month(2026, 1), 0, Month(2026, 1)),
        (Month(2026, 1), 1, Month(2026, 2)),
        (Month(2026, 12), 1, Month(2027, 1)),
        (Month(2026, 1), -1, Month(2025, 12)),
        (Month(2026, 11), 3, Month(2027, 2)),
        (Month(2026, 6), 12, Month(2027, 6)),
        (Month(2026, 12), -12, Month(2025, 12)),
        (Month(2026, 3), -27, Month(2023, 12)),
    ],
)
def test_months_are_added_over_year_borders(month: Month, months: int, found: Month) -> None:
    assert month.plus(months) == found


@given(month=months, there=st.integers(-500, 500))
def test_way_back_leads_to_the_same_month(month: Month, there: int) -> None:
    assert month.plus(there).plus(-there) == month
    assert month.next.previous == month
    assert month.next.first_day - month.last_day == timedelta(days=1)
    assert Month.of(month.last_day) == month


@given(some=st.lists(months, min_size=2))
def test_text_of_months_sorts_as_time_does(some: list[Month]) -> None:
    assert sorted(some) == sorted(some, key=str)
    assert [Month.parse(str(month)) for month in some] == some


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-1",
        "2026-00",
        "2026-13",
        "2026-01-01",
        "26-01",
        "0000-01",
        "9999-12",
        "2026-01\n",
        "٢٠٢٦-٠١",
        " 2026-01",
    ],
)
def test_text_that_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        Month.parse(text)
