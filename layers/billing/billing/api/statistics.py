"""Статистика использования, as JSON and as tables to take away."""

from __future__ import annotations

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from billing import wiring
from billing.api.guard import Routes
from billing.api.models_statistics import Statistics, StatisticsAsked
from billing.api.tables import CSV, XLSX, as_csv, as_xlsx
from billing.domain.access import CLIENTS
from billing.domain.periods import moscow_day
from billing.domain.statistics import Statistics as StatisticsTold
from billing.exports import statistics_tables
from billing.page.language import Language
from billing.usecases.statistics import statistics_of

routes = Routes()


@routes.on("GET", "/statistics", may=CLIENTS, summary="Charges, payments and the balance by month, day and service")
def statistics(asked: Annotated[StatisticsAsked, Query()]) -> Statistics:
    return Statistics.of(statistics_for(routes.account, asked))


@routes.on("GET", "/statistics.csv", may=CLIENTS, gives=CSV, summary="The months as a table to take away")
def statistics_as_csv(asked: Annotated[StatisticsAsked, Query()]) -> Response[Any]:
    return as_csv_of(routes.account, asked, routes.language)


@routes.on(
    "GET", "/statistics.xlsx", may=CLIENTS, gives=XLSX, summary="Months, days and services as tables to take away"
)
def statistics_as_xlsx(asked: Annotated[StatisticsAsked, Query()]) -> Response[Any]:
    return as_xlsx_of(routes.account, asked, routes.language)


def statistics_for(account: str, asked: StatisticsAsked) -> StatisticsTold:
    today = moscow_day(wiring.now())
    return statistics_of(account, *asked.months(today), wiring.outside(), today=today, days=asked.days)


def as_csv_of(account: str, asked: StatisticsAsked, language: Language) -> Response[Any]:
    statistics = statistics_for(account, asked)
    return as_csv(statistics_tables(statistics), _file_name(account, statistics), language)


def as_xlsx_of(account: str, asked: StatisticsAsked, language: Language) -> Response[Any]:
    statistics = statistics_for(account, asked)
    return as_xlsx(statistics_tables(statistics), _file_name(account, statistics), language)


def _file_name(account: str, statistics: StatisticsTold) -> str:
    return f"statistics-{account}-{statistics.first}-{statistics.last}"
