"""Which payment is in which act, and why an act is for the sum that it is for."""

from __future__ import annotations

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from billing import wiring
from billing.api.guard import Routes
from billing.api.models_explanations import ActExplained, PaymentAsked, PaymentExplained
from billing.api.tables import XLSX, as_xlsx
from billing.domain import explain as told
from billing.domain.access import CLIENTS
from billing.exports import act_tables, payment_table
from billing.page.language import Language
from billing.usecases.documents_api import document_told
from billing.usecases.explain import explain_act, explain_payment

routes = Routes()


@routes.on("GET", "/documents/<id>/explanation", may=CLIENTS, summary="Which payments and charges make an act, and why")
def act(id: str) -> ActExplained:
    return explained(routes.account, id, routes.language)


@routes.on(
    "GET", "/documents/<id>/explanation.xlsx", may=CLIENTS, gives=XLSX, summary="The same as a table to take away"
)
def act_table(id: str) -> Response[Any]:
    return act_as_xlsx(routes.account, id, routes.language)


@routes.on("GET", "/payments/explanation", may=CLIENTS, summary="Where each kopeck of a payment is")
def payment(asked: Annotated[PaymentAsked, Query()]) -> PaymentExplained:
    return payment_explained(routes.account, asked, routes.language)


@routes.on("GET", "/payments/explanation.xlsx", may=CLIENTS, gives=XLSX, summary="The same as a table to take away")
def payment_as_table(asked: Annotated[PaymentAsked, Query()]) -> Response[Any]:
    return payment_as_xlsx(routes.account, asked, routes.language)


def explained(account: str, id: str, language: Language) -> ActExplained:
    return ActExplained.of(_act(account, id), language)


def act_as_xlsx(account: str, id: str, language: Language) -> Response[Any]:
    return as_xlsx(act_tables(_act(account, id)), f"act-{account}-{id.partition('.')[0]}", language)


def _act(account: str, id: str) -> told.ActExplained:
    known = document_told(account, id, wiring.outside())  # or a name that is none would reach the tables
    return explain_act(account, known.id, wiring.outside())


def payment_explained(account: str, asked: PaymentAsked, language: Language) -> PaymentExplained:
    return PaymentExplained.of(explain_payment(account, asked.key, wiring.outside()), language)


def payment_as_xlsx(account: str, asked: PaymentAsked, language: Language) -> Response[Any]:
    explanation = explain_payment(account, asked.key, wiring.outside())
    return as_xlsx((payment_table(explanation),), f"payment-{account}-{explanation.day}", language)
