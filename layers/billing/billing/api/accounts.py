"""Any account as its client sees it, for our own people: the client's routes with the account in their path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from billing import wiring
from billing.api.documents import document_shown, page_of, to_file
from billing.api.explanations import act_as_xlsx, explained, payment_as_xlsx, payment_explained
from billing.api.guard import Routes
from billing.api.models import Document, Documents, ListAsked
from billing.api.models_explanations import ActExplained, PaymentAsked, PaymentExplained
from billing.api.models_notifications import Notifications
from billing.api.models_orders import Archive, ArchiveAsked
from billing.api.models_statistics import Statistics, StatisticsAsked
from billing.api.notifications import told
from billing.api.orders import archived, archived_before
from billing.api.statistics import as_csv_of, as_xlsx_of, statistics_for
from billing.api.tables import CSV, XLSX
from billing.domain.access import OPERATORS
from billing.domain.errors import NotFoundError
from billing.page.addresses import Addresses

routes = Routes()


def twin(rule: str, **said: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The handler answers as the client's `GET rule` does."""
    named = rule.replace("<", "{").replace(">", "}")
    return routes.on("GET", f"/accounts/<account>{rule}", may=OPERATORS, summary=f"As {named}, of any account", **said)


@twin("/documents")
def documents(account: str, asked: Annotated[ListAsked, Query()]) -> Documents:
    return page_of(account_there(account), asked, routes.language)


@twin("/documents/archive", status_code=302)  # before the documents, whose ids it would pass for
def archive(account: str, asked: Annotated[ArchiveAsked, Query()]) -> Response[Archive | None]:
    return archived(account_there(account), asked, beside=Addresses(account).api)


@twin("/archives/<archive>", status_code=302)
def archive_again(account: str, archive: str) -> Response[Archive | None]:
    return archived_before(account_there(account), archive, beside=Addresses(account).api)


@twin("/documents/<id>")
def document(account: str, id: str) -> Document:
    return document_shown(account_there(account), id, routes.language, full=True)


@twin("/documents/<id>/pdf", status_code=302)
def file(account: str, id: str, inline: bool = False) -> Response[None]:
    return to_file(account_there(account), id, inline=inline)


@twin("/documents/<id>/explanation")
def act(account: str, id: str) -> ActExplained:
    return explained(account_there(account), id, routes.language)


@twin("/documents/<id>/explanation.xlsx", gives=XLSX)
def act_table(account: str, id: str) -> Response[Any]:
    return act_as_xlsx(account_there(account), id, routes.language)


@twin("/payments/explanation")
def payment(account: str, asked: Annotated[PaymentAsked, Query()]) -> PaymentExplained:
    return payment_explained(account_there(account), asked, routes.language)


@twin("/payments/explanation.xlsx", gives=XLSX)
def payment_table(account: str, asked: Annotated[PaymentAsked, Query()]) -> Response[Any]:
    return payment_as_xlsx(account_there(account), asked, routes.language)


@twin("/notifications")
def notifications(account: str) -> Notifications:
    return told(account_there(account), routes.language, full=True)


@twin("/statistics")
def statistics(account: str, asked: Annotated[StatisticsAsked, Query()]) -> Statistics:
    return Statistics.of(statistics_for(account_there(account), asked))


@twin("/statistics.csv", gives=CSV)
def statistics_as_csv(account: str, asked: Annotated[StatisticsAsked, Query()]) -> Response[Any]:
    return as_csv_of(account_there(account), asked, routes.language)


@twin("/statistics.xlsx", gives=XLSX)
def statistics_as_xlsx(account: str, asked: Annotated[StatisticsAsked, Query()]) -> Response[Any]:
    return as_xlsx_of(account_there(account), asked, routes.language)


def account_there(account: str) -> str:
    """The account, if there is such a one.

    Raises:
        NotFoundError: there is not.
    """
    if len(account) > 40 or not account.isascii() or not wiring.outside().store.get("accounts", account):
        raise NotFoundError("такого счёта нет")
    wiring.log.info("an operator looks", account=account, user=routes.logged_user)
    return account
