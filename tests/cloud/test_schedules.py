from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local.schedules import next_after

NIGHT_OF_THE_2ND = "cron(30 0 2 * ? *)"


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone", "after", "fires"),
    [
        pytest.param(
            NIGHT_OF_THE_2ND,
            "Europe/Moscow",
            "2026-01-31T00:00",
            "2026-02-01T21:30",
            id="2nd of Moscow is the 1st of UTC",
        ),
        pytest.param(
            NIGHT_OF_THE_2ND, "Europe/Moscow", "2026-02-01T21:29:59", "2026-02-01T21:30", id="a second before"
        ),
        pytest.param(
            NIGHT_OF_THE_2ND, "Europe/Moscow", "2026-02-01T21:30", "2026-03-01T21:30", id="at the time: the next one"
        ),
        pytest.param(NIGHT_OF_THE_2ND, "Europe/Moscow", "2026-12-05T00:00", "2027-01-01T21:30", id="over the new year"),
        pytest.param(NIGHT_OF_THE_2ND, "UTC", "2026-01-31T00:00", "2026-02-02T00:30", id="the same in UTC"),
        pytest.param("cron(0 12 29 2 ? *)", "UTC", "2026-01-01T00:00", "2028-02-29T12:00", id="leap day"),
        pytest.param("cron(0 12 29 2 ? *)", "UTC", "2096-03-01T00:00", "2104-02-29T12:00", id="no leap day in 2100"),
        pytest.param("cron(0 12 31 * ? *)", "UTC", "2026-03-31T12:00", "2026-05-31T12:00", id="months without a 31st"),
        pytest.param(
            "cron(0/10 0-6 * * ? *)", "Europe/Moscow", "2026-02-01T21:35", "2026-02-01T21:40", id="step and range"
        ),
        pytest.param(
            "cron(0/10 0-6 * * ? *)", "Europe/Moscow", "2026-02-02T03:50", "2026-02-02T21:00", id="end of the range"
        ),
        pytest.param("cron(*/20 8 * * ? *)", "UTC", "2026-01-01T08:21", "2026-01-01T08:40", id="step of everything"),
        pytest.param("cron(5,35 10,14 * * ? *)", "UTC", "2026-01-01T10:05", "2026-01-01T10:35", id="lists: minutes"),
        pytest.param("cron(5,35 10,14 * * ? *)", "UTC", "2026-01-01T10:35", "2026-01-01T14:05", id="lists: hours"),
        pytest.param(
            "cron(0 9 1-5 1,4,7,10 ? *)", "Europe/Moscow", "2026-01-05T06:00", "2026-04-01T06:00", id="days of quarters"
        ),
        pytest.param(
            "cron(0 9 1-5 JAN,APR ? *)", "Europe/Moscow", "2026-01-05T06:00", "2026-04-01T06:00", id="months by name"
        ),
        pytest.param("cron(0 9 ? * MON-FRI *)", "UTC", "2026-01-02T09:00", "2026-01-05T09:00", id="Friday to Monday"),
        pytest.param("cron(0 9 ? * 1 *)", "UTC", "2026-01-01T00:00", "2026-01-04T09:00", id="day 1 is Sunday"),
        pytest.param("cron(0 9 1 1 ? 2030)", "UTC", "2026-01-01T00:00", "2030-01-01T09:00", id="one year"),
        pytest.param("rate(5 minutes)", "UTC", "2026-01-01T00:03", "2026-01-01T00:05", id="every five minutes"),
        pytest.param("rate(1 hour)", "UTC", "2026-01-01T00:00", "2026-01-01T01:00", id="every hour"),
        pytest.param("rate(1 day)", "UTC", "2026-01-01T00:00", "2026-01-02T00:00", id="every day"),
    ],
)
def test_schedule_fires_next(expression: str, zone: str, after: str, fires: str) -> None:
    assert next_after(expression, zone, _utc(after)) == _utc(fires)


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param("cron(30 0 2 * *)", id="five fields, as in Unix"),
        pytest.param("cron(30 0 2 * * *)", id="neither day is a question"),
        pytest.param("cron(30 0 ? * ? *)", id="both days are questions"),
        pytest.param("cron(60 0 2 * ? *)", id="minute 60"),
        pytest.param("cron(0 24 2 * ? *)", id="hour 24"),
        pytest.param("cron(0 0 32 * ? *)", id="day 32"),
        pytest.param("cron(0 0 0 * ? *)", id="day 0"),
        pytest.param("cron(0 0 1 13 ? *)", id="month 13"),
        pytest.param("cron(0 0 ? * 8 *)", id="weekday 8"),
        pytest.param("cron(5-1 0 1 * ? *)", id="a range backwards"),
        pytest.param("cron(0/0 0 1 * ? *)", id="a step of nothing"),
        pytest.param("cron(0 0 first * ? *)", id="a word"),
        pytest.param("cron(0 0 L * ? *)", id="last day, which is not made here"),
        pytest.param("cron(0 0 30 2 ? *)", id="30 February"),
        pytest.param("cron(0 0 1 1 ? 2020)", id="a year that is over"),
        pytest.param("cron(? 0 1 * ? *)", id="a question for minutes"),
        pytest.param("rate(0 minutes)", id="a rate of nothing"),
        pytest.param("rate(5 weeks)", id="weeks"),
        pytest.param("every night", id="no expression at all"),
        pytest.param("", id="nothing"),
    ],
)
def test_an_expression_that_the_service_would_refuse_is_an_error(expression: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        next_after(expression, "Europe/Moscow", _utc("2026-01-01T00:00"))


def test_an_unknown_time_zone_is_an_error() -> None:
    with pytest.raises(KeyError):
        next_after(NIGHT_OF_THE_2ND, "Europe/Muscovy", _utc("2026-01-01T00:00"))
