"""The quarter: what is due goes to the operator once, signed, and only then."""

from __future__ import annotations

from typing import Any

import pytest

from billing.adapters.diadoc.settings import KindSettings
from billing.adapters.diadoc.titles.preparing import DiadocTitles
from billing.domain.periods import Month, moscow_day
from billing.usecases.send_to_edo import SentRun, send_to_edo
from tests.edo.house import POLICY, EdoHouse
from tests.usecases.house import ACCOUNT, ROMASHKA, VASILYOK, a_card, a_charge, a_payment

JANUARY, FEBRUARY, MARCH = Month(2026, 1), Month(2026, 2), Month(2026, 3)


def a_quarter(account: str = ACCOUNT, **payment: Any) -> list[dict[str, Any]]:
    """30 000 roubles paid in January; 1 000, 2 000 and 3 000 charged on the last days of the three months."""
    return [
        a_payment(30_000_00, account, **payment),
        *(
            a_charge(n * 1_000_00, account, at=f"{month.last_day}T23:59:00+03:00")
            for n, month in enumerate((JANUARY, FEBRUARY, MARCH), 1)
        ),
    ]


class QuarterHouse(EdoHouse):
    """A house whose quarter is closed by the 2nd of April."""

    def __init__(self, *told: Any, until: Month = MARCH, **more: Any) -> None:
        super().__init__(at="2026-04-01 12:00", titles=DiadocTitles(KindSettings()), **more)
        for message in told:
            self.tell(message)
        for month in (JANUARY, FEBRUARY, MARCH):
            if month <= until:
                self.night(month)

    def send(self, text: str = "2026-04-02 04:00", **how: Any) -> SentRun:
        self.at(text)
        return send_to_edo(self.outside, self.a_worker(), until=self.until, today=moscow_day(self.now), **how)


def test_the_acts_of_the_quarter_go_once():
    house = QuarterHouse(a_card(), *a_quarter())
    house.partner()

    run = house.send()

    assert (run.sent, run.left, run.ended, run.stopped, run.waits) == (3, 0, True, "", "")
