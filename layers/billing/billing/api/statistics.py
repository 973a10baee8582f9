"""Статистика использования, as JSON and as tables to take away."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from billing import wiring
from billing.api.guard import Routes
from billing.api.models_statistics import Statistics, StatisticsAsked
from billing.domain import statistics as told
from billing.domain.access import CLIENTS
from billing.domain.periods import moscow_day
from billing.usecases.statistics import statistics_of

routes = Routes()


@routes.on("GET", "/statistics", may=CLIENTS, summary="Charges, payments and the balance by month, day and service")
def statistics(asked: Annotated[StatisticsAsked, Query()]) -> Statistics:
    return Statistics.of(statistics_for(routes.account, asked))


def statistics_for(account: str, asked: StatisticsAsked) -> told.Statistics:
    today = moscow_day(wiring.now())
    return statistics_of(account, *asked.months(today), wiring.outside(), today=today, days=asked.days)
