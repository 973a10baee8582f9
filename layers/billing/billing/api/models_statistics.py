"""What is told of an account's money: months, days, services."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field

from billing.api.models import Answer, Asked, Money, MonthText
from billing.domain.periods import Day, Month

MONTHS = 12  # that are told when nobody says which

ByClass: TypeAlias = Annotated[dict[str, Money], BeforeValidator(dict)]
MonthSaid: TypeAlias = Annotated[str, BeforeValidator(str)]


class StatisticsAsked(Asked):
    """Months `from`..`to`, both inclusive; the last twelve if not said."""

    first: MonthText | None = Field(None, alias="from")
    last: MonthText | None = Field(None, alias="to")
    days: bool = True

    def months(self, today: Day) -> tuple[Month, Month]:
        last = Month.parse(self.last) if self.last else Month.of(today)
        return (Month.parse(self.first) if self.first else last.plus(1 - MONTHS)), last


class ServiceSum(Answer):
    """What was charged for a service; `quantity` is in millionths of its unit."""

    code: str
    title: str
    amount: Money
    quantity: int


class Turnover(Answer):
    """`closing` = `opening` + all `paid` − `charged` + `reversed` − `refunded` − `charged_back`."""

    opening: Money
    closing: Money
    paid: ByClass
    charged: Money
    reversed: Money
    refunded: Money
    charged_back: Money
    acted: Money
    services: tuple[ServiceSum, ...] = ()


class MonthStatistics(Turnover):
    """A month; `funded`: what was spent of each class of money, `acted`: its acts, none while it is open."""

    month: MonthSaid
    closed: bool
    funded: ByClass


class DayStatistics(Answer):
    """A day and the balance it ended with."""

    day: date
    paid: Money
    charged: Money
    returned: Money
    reversed: Money
    balance: Money
    services: tuple[ServiceSum, ...] = ()


class Statistics(Answer):
    """`balance` is that of now; `runs_out`: the day when the money ends, if that is in sight."""

    first: MonthSaid
    last: MonthSaid
    balance: Money
    months: tuple[MonthStatistics, ...]
    days: tuple[DayStatistics, ...]
    totals: Turnover
    runs_out: date | None = None

    @classmethod
    def of(cls, told: Any) -> Statistics:
        return cls.model_validate(told)
