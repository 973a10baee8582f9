"""Which payment is in which act, and why an act is for the sum that it is for."""

from __future__ import annotations

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from billing import wiring
from billing.api.guard import Routes
from billing.api.models_explanations import ActExplained, PaymentAsked, PaymentExplained
from billing.api.tables import XLSX, as_xlsx
from billing.domain.access import CLIENTS
from billing.exports import act_tables, payment_table
from billing.usecases.documents_api import document_told
from billing.usecases.explain import explain_act, explain_payment

routes = Routes()


@routes.on("GET", "/documents/<id>/explanation", may=CLIENTS, summary="Which payments and charges make an act, and why")
def act(id: str) -> ActExplained:
    return explained(routes.account, id)


@routes.on(
    "GET", "/documents/<id>/explanation.xlsx", may=CLIENTS, gives=XLSX, summary="The same as a table to take away"
)
def act_table(id: str) -> Response[Any]:
    known = document_told(routes.account, id, wiring.outside())
    return as_xlsx(act_tables(explain_act(routes.account, known.id, wiring.outside())), "explanation")


@routes.on("GET", "/payments/explanation", may=CLIENTS, summary="Where each kopeck of a payment is")
def payment(asked: Annotated[PaymentAsked, Query()]) -> PaymentExplained:
    return payment_explained(routes.account, asked)


@routes.on("GET", "/payments/explanation.xlsx", may=CLIENTS, gives=XLSX, summary="The same as a table to take away")
def payment_as_table(asked: Annotated[PaymentAsked, Query()]) -> Response[Any]:
    return as_xlsx((payment_table(explain_payment(routes.account, asked.key, wiring.outside())),), "payment")


def explained(account: str, id: str) -> ActExplained:
    known = document_told(account, id, wiring.outside())  # or a name that is none would reach the tables
    return ActExplained.model_validate(explain_act(account, known.id, wiring.outside()))


def payment_explained(account: str, asked: PaymentAsked) -> PaymentExplained:
    return PaymentExplained.of(explain_payment(account, asked.key, wiring.outside()))
