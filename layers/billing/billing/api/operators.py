"""What our own people ask and decide: the runs, and what waits for a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from billing import wiring
from billing.api import cursors
from billing.api.guard import Routes
from billing.api.models_edo import (
    DocumentAgain,
    DocumentSeen,
    EndSeen,
    ForPerson,
    GoesAgain,
    Payer,
    PayerDecided,
    People,
    Preflight,
    Window,
)
from billing.api.models_operator import (
    AllParked,
    AllUnmatched,
    PageAsked,
    Parked,
    ParkedAsked,
    PreviewAsked,
    Previewed,
    Report,
    Run,
    Runs,
    RunTold,
    Unmatched,
    UnmatchedAsked,
)
from billing.domain.access import OPERATORS
from billing.domain.errors import InvalidInputError, NotFoundError
from billing.domain.periods import Month
from billing.usecases import operator_views
from billing.usecases.edo import attention as edo_attention
from billing.usecases.edo import views as edo_views
from billing.usecases.edo.inviting.decisions import decide, read_decision
from billing.usecases.edo.sending.by_hand import note_seen, once_more
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
    return RunTold(**plain, parked=len(told.parked), told=Report.of(told.told))


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
    found, more = edo_attention.people_page(wiring.outside(), after=_position("people", asked), limit=asked.limit)
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
            kpp=line.kpp,
            title=line.title,
            name=line.name,
            button=line.reason.button if line.document else "",
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
    payer = decide(decision, wiring.outside())
    wiring.log.info("a payer is decided about", user=routes.logged_user)
    return Payer.model_validate(payer)


@routes.on("POST", "/edo/documents/seen", may=OPERATORS, summary="How a document's way has ended was seen by a person")
def document_seen(asked: DocumentSeen) -> EndSeen:
    reason = note_seen(asked.account, asked.document, wiring.outside())
    wiring.log.info("a document's end is seen", user=routes.logged_user)
    return EndSeen(reason=reason.value, text=reason.text)


@routes.on("POST", "/edo/documents/again", may=OPERATORS, summary="A document that has failed is sent anew")
def document_again(asked: DocumentAgain) -> GoesAgain:
    state = once_more(asked.account, asked.document, wiring.outside())
    wiring.log.info("a document goes again", user=routes.logged_user)
    return GoesAgain(attempt=state.fate.attempt)


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
