"""What our own people ask: the runs, what waits for a person, and any account as its client sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from billing import wiring
from billing.api import cursors
from billing.api.asking import logged_user
from billing.api.documents import one, page_of, to_file
from billing.api.explanations import explained, payment_explained
from billing.api.guard import Routes
from billing.api.models import Document, Documents, ListAsked
from billing.api.models_explanations import ActExplained, PaymentAsked, PaymentExplained
from billing.api.models_notifications import Notifications
from billing.api.models_operator import (
    AllParked,
    AllUnmatched,
    ForPerson,
    PageAsked,
    Parked,
    ParkedAsked,
    Payer,
    PayerDecided,
    People,
    Preflight,
    PreviewAsked,
    Previewed,
    Report,
    Run,
    Runs,
    RunTold,
    Unmatched,
    UnmatchedAsked,
    Window,
)
from billing.api.models_statistics import Statistics, StatisticsAsked
from billing.api.notifications import told
from billing.api.statistics import statistics_for
from billing.domain.access import OPERATORS
from billing.domain.errors import InvalidInputError, NotFoundError
from billing.domain.periods import Month
from billing.usecases import operator_views
from billing.usecases.edo import people as edo_people
from billing.usecases.edo import views as edo_views
from billing.usecases.edo.decisions import decide, read_decision
from billing.usecases.preview import preview

routes = Routes()
PREVIEW_S = 20  # of one call: the gateway waits for half a minute


@routes.on("GET", "/runs", may=OPERATORS, summary="The months' runs, the latest first")
def runs(asked: Annotated[PageAsked, Query()]) -> Runs:
    found, more = operator_views.runs(wiring.outside(), after=_position("runs", asked), limit=asked.limit)
    return Runs(runs=[Run.model_validate(run) for run in found], cursor=_cursor("runs", more))


@routes.on("GET", "/runs/<month>", may=OPERATORS, summary="A month's run with its last report")
def run(month: str) -> RunTold:
    told = operator_views.run_told(_month(month), wiring.outside())
    plain = {name: getattr(told, name) for name in Run.model_fields}
    return RunTold(**plain, parked=told.parked, told=Report.of(told.told))


@routes.on("POST", "/runs/<month>/preview", may=OPERATORS, summary="What the close of a month would make")
def previewed(month: str, asked: PreviewAsked) -> Previewed:
    until = wiring.now() + timedelta(seconds=PREVIEW_S)
    return Previewed.model_validate(preview(_month(month), wiring.outside(), until=until, accounts=asked.accounts))


@routes.on("GET", "/parked", may=OPERATORS, summary="Accounts of a month that wait for a person")
def parked(asked: Annotated[ParkedAsked, Query()]) -> AllParked:
    question = f"parked {asked.month}"
    found, more = operator_views.parked(
        Month.parse(asked.month), wiring.outside(), after=_position(question, asked), limit=asked.limit
    )
    return AllParked(parked=[Parked.model_validate(p) for p in found], cursor=_cursor(question, more))


@routes.on("GET", "/unmatched", may=OPERATORS, summary="Messages of the CRM that were not taken, the latest day first")
def unmatched(asked: Annotated[UnmatchedAsked, Query()]) -> AllUnmatched:
    found, until = operator_views.unmatched(wiring.outside(), until=asked.until, limit=asked.limit)
    return AllUnmatched(messages=[Unmatched.model_validate(message) for message in found], until=until)


@routes.on("GET", "/edo/people", may=OPERATORS, summary="What waits for a person in the EDO")
def people(asked: Annotated[PageAsked, Query()]) -> People:
    found, more = edo_people.people_page(wiring.outside(), after=_position("people", asked), limit=asked.limit)
    lines = [
        ForPerson(
            subject=line.subject,
            reason=line.reason.value,
            text=line.reason.text,
            remedy=line.reason.remedy,
            detail=line.detail,
            account=line.account,
            document=line.document,
            inn=line.inn,
            kpp=(edo_people.payer_of(line.subject) or ("", ""))[1],
            since=line.since,
        )
        for line in found
    ]
    return People(people=lines, cursor=_cursor("people", more))


@routes.on("GET", "/edo/preflight", may=OPERATORS, summary="The latest look at what the next window will send")
def preflight() -> Preflight:
    found = edo_views.preflight_of(wiring.outside())
    if not found:
        raise NotFoundError("проверки перед отправкой ещё не было")
    return Preflight.model_validate(found)


@routes.on("GET", "/edo/windows/<window>", may=OPERATORS, summary="What went in a window of sending, and what is left")
def window(window: str) -> Window:
    if not edo_views.is_window(window):
        raise NotFoundError("такого окна отправки нет")
    return Window.model_validate(edo_views.window_of(window, wiring.outside()))


@routes.on("POST", "/edo/payers/<inn>", may=OPERATORS, summary="What a person has decided about a payer in the EDO")
def decided(inn: str, asked: PayerDecided) -> Payer:
    decision = read_decision({"inn": inn, **asked.model_dump(mode="json", exclude_none=True)})
    wiring.log.info("a payer is decided about", user=routes.caller.user)
    return Payer.model_validate(decide(decision, wiring.outside()))


# --- any account -------------------------------------------------------------------------------------------------


@routes.on("GET", "/accounts/<account>/documents", may=OPERATORS, summary="As /documents, of any account")
def documents_of(account: str, asked: Annotated[ListAsked, Query()]) -> Documents:
    return page_of(account_there(account), asked)


@routes.on("GET", "/accounts/<account>/documents/<id>", may=OPERATORS, summary="As /documents/{id}, of any account")
def document_of(account: str, id: str) -> Document:
    return one(account_there(account), id, full=True)


@routes.on(
    "GET",
    "/accounts/<account>/documents/<id>/pdf",
    may=OPERATORS,
    summary="As /documents/{id}/pdf, of any account",
    status_code=302,
)
def file_of(account: str, id: str, inline: bool = False) -> Response[None]:
    return to_file(account_there(account), id, inline=inline)


@routes.on(
    "GET",
    "/accounts/<account>/documents/<id>/explanation",
    may=OPERATORS,
    summary="As /documents/{id}/explanation, of any account",
)
def act_of(account: str, id: str) -> ActExplained:
    return explained(account_there(account), id)


@routes.on(
    "GET", "/accounts/<account>/payments/explanation", may=OPERATORS, summary="As /payments/explanation, of any account"
)
def payment_of(account: str, asked: Annotated[PaymentAsked, Query()]) -> PaymentExplained:
    return payment_explained(account_there(account), asked)


@routes.on("GET", "/accounts/<account>/notifications", may=OPERATORS, summary="As /notifications, of any account")
def notifications_of_account(account: str) -> Notifications:
    return told(account_there(account), full=True)


@routes.on("GET", "/accounts/<account>/statistics", may=OPERATORS, summary="As /statistics, of any account")
def statistics_of_account(account: str, asked: Annotated[StatisticsAsked, Query()]) -> Statistics:
    return Statistics.of(statistics_for(account_there(account), asked))


def account_there(account: str) -> str:
    """The account, if there is such a one.

    Raises:
        NotFoundError: there is not.
    """
    if len(account) > 40 or not account.isascii() or not wiring.outside().store.get("accounts", account):
        raise NotFoundError("такого счёта нет")
    user = logged_user(routes.caller.user, wiring.tokens())
    wiring.log.info("an operator looks", account=account, user=user)
    return account


def _month(text: str) -> Month:
    """A path that names no month is a path to nothing."""
    try:
        return Month.parse(text)
    except InvalidInputError as error:
        raise NotFoundError("такого месяца нет") from error


def _cursor(question: str, after: str) -> str:
    return cursors.cursor(after, account="", question=question, tokens=wiring.tokens())


def _position(question: str, asked: PageAsked) -> str:
    return cursors.position(asked.cursor, account="", question=question, tokens=wiring.tokens())
