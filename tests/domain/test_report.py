"""The run's report as it is counted: whole sums, and no more lines than a row holds."""

from __future__ import annotations

import json
from dataclasses import asdict

from billing.domain.closing import PeriodSummary
from billing.domain.periods import Month
from billing.domain.report import DocumentFact, Tally
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause

ROW_MAX = 400_000  # bytes of a row; Source: DynamoDB, limits of an item


PERIOD = PeriodSummary(
    month=Month(2026, 1), opening=0, closing=0, turnover=(), funded=(), carried=(), acted=0, last_seq=1
)


def blocked(n: int) -> DocumentFact:
    return DocumentFact(
        id=f"2026-01.act.{7_700_000_000 + n}.0",
        kind="act",
        status="blocked",
        series="act.2026",
        number="",
        total=1,
        letter="",
        problems=(trouble(Cause.ADDRESS_MISSING),),
    )


def test_a_night_in_which_everything_is_wrong_fits_a_row() -> None:
    tally = Tally()
    for n in range(100_000):
        tally.add_closed(f"c-{n:06}", PERIOD, [blocked(n)], [("bounced", "b***@a-rather-long-domain.example")])

    assert len(json.dumps(asdict(tally), ensure_ascii=False).encode()) < ROW_MAX // 4
    assert (tally.counts["blocked"], tally.counts["undelivered"]) == (100_000, 100_000)
    assert tally.lines["blocked"][0][0] == "c-000000"
    assert tally.complete


def test_a_run_is_complete_when_each_account_is_closed_or_set_aside() -> None:
    tally = Tally()
    tally.add_closed("c-1", PERIOD, [], [])
    tally.add_open("c-2", "слишком много")
    assert tally.complete

    tally.add_open("c-3", None)

    assert not tally.complete
