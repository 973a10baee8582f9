"""The page for our own people: the months' runs, what waits for them, and any client as the client sees it."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from billing import wiring
from billing.api.accounts import account_there
from billing.api.guard import Routes
from billing.api.headers import redirect
from billing.api.page_archive import archive_shown
from billing.api.page_frames import answered, bare_frame, frame_of, today
from billing.api.page_lists import documents_tab
from billing.api.page_told import day_of
from billing.api.page_views import document_page, payment_page, statistics_tab
from billing.api.page_waiting import for_people, preflight_shown, set_aside, unsigned_shown, untaken, window_shown
from billing.domain.access import OPERATORS
from billing.domain.documents import DocumentKind
from billing.domain.errors import ConflictError, InvalidInputError, NotFoundError
from billing.domain.periods import Month
from billing.page.addresses import Addresses
from billing.page.contexts_operator import OperatorPage, RunRow
from billing.page.frame import Notice
from billing.usecases.edo.inviting.decisions import decide, read_decision
from billing.usecases.edo.sending.by_hand import note_seen, once_more
from billing.usecases.operator_views import RunTold, latest_runs_told

routes = Routes()
RUNS = 12  # the latest, a year of them


def first_page(
    asking: Routes, *, asked: str = "", wrong: tuple[str, ...] = (), notice: Notice | None = None
) -> OperatorPage:
    outside = wiring.outside()
    told = latest_runs_told(outside, limit=RUNS)
    waiting, more = for_people(outside)
    return OperatorPage(
        frame=replace(bare_frame(asking), notice=notice or _done(asking)),
        runs=tuple(map(_run, told)),
        people=waiting,
        more_people=more,
        parked=set_aside(told),
        untaken=untaken(outside),
        preflight=preflight_shown(outside),
        window=window_shown(outside),
        unsigned=unsigned_shown(outside),
        asked=asked,
        wrong=wrong,
    )


def _done(asking: Routes) -> Notice | None:
    done = asking.query.text("done")
    return Notice(word=done) if done in ("payer_decided", "end_seen", "goes_again") else None


def _run(told: RunTold) -> RunRow:
    return RunRow(
        month=Month.parse(told.month),
        state=told.state,
        started=day_of(told.started_at) or today(),
        ended=day_of(told.ended_at),
        documents=told.documents,
        acted=told.acted,
        parked=len(told.parked),
        tallies=told.tallies,
    )


@routes.on("POST", "/page/edo/payers", may=OPERATORS, include_in_schema=False)
def payer() -> Response[Any]:
    """What the form says of a payer is said of him whole: an empty field takes back what was said before."""
    form = routes.form
    asked = {name: form.text(name) for name in ("inn", "kpp", "box", "said", "roaming_request")}
    if asked["roaming_request"] == "needed":  # what the operator says is nobody's to decide
        del asked["roaming_request"]
    try:
        decide(read_decision({**asked, "box": asked["box"].lower()}), wiring.outside())
    except (InvalidInputError, NotFoundError):
        notice = Notice(word="wrong_decision", good=False)
        return answered(first_page(routes, notice=notice), status=HTTPStatus.BAD_REQUEST)
    wiring.log.info("a payer is decided about", user=routes.logged_user)
    return redirect("/?done=payer_decided")


@routes.on("POST", "/page/edo/documents", may=OPERATORS, include_in_schema=False)
def of_document() -> Response[Any]:
    """Take a document that has ended badly off the to-do list, or send it anew."""
    form = routes.form
    again = form.text("do") == "again"
    act, done, wrong = (once_more, "goes_again", "goes_not_again") if again else (note_seen, "end_seen", "end_not_seen")
    try:
        act(form.text("account"), form.text("document"), wiring.outside())
    except (ConflictError, NotFoundError):
        notice = Notice(word=wrong, good=False)
        return answered(first_page(routes, notice=notice), status=HTTPStatus.BAD_REQUEST)
    wiring.log.info("a document of the exchange is decided about", user=routes.logged_user, done=done)
    return redirect(f"/?done={done}")


@routes.on("GET", "/page/accounts", may=OPERATORS, include_in_schema=False)
def client() -> Response[Any]:
    """To the client whose id was typed."""
    account = routes.query.text("account")
    try:
        return redirect(Addresses(account_there(account)).tab("invoices"))
    except NotFoundError:
        return answered(first_page(routes, asked=account, wrong=("account",)))


@routes.on("GET", "/page/accounts/<account>/invoices", may=OPERATORS, include_in_schema=False)
def invoices(account: str) -> Response[Any]:
    return _list(DocumentKind.INVOICE, account)


@routes.on("GET", "/page/accounts/<account>/acts", may=OPERATORS, include_in_schema=False)
def acts(account: str) -> Response[Any]:
    return _list(DocumentKind.ACT, account)


@routes.on("GET", "/page/accounts/<account>/reconciliations", may=OPERATORS, include_in_schema=False)
def reconciliations(account: str) -> Response[Any]:
    return _list(DocumentKind.RECONCILIATION, account)


def _list(kind: DocumentKind, account: str) -> Response[Any]:
    frame = frame_of(routes, account_there(account))
    return answered(documents_tab(kind, account, frame, routes.query))


@routes.on("GET", "/page/accounts/<account>/statistics", may=OPERATORS, include_in_schema=False)
def statistics(account: str) -> Response[Any]:
    frame = frame_of(routes, account_there(account))
    return answered(statistics_tab(account, frame, routes.query))


@routes.on("GET", "/page/accounts/<account>/documents/<id>", may=OPERATORS, include_in_schema=False)
def document(account: str, id: str) -> Response[Any]:
    return answered(document_page(account, id, frame_of(routes, account_there(account))))


@routes.on("GET", "/page/accounts/<account>/archive", may=OPERATORS, include_in_schema=False)
def archive(account: str) -> Response[Any]:
    return archive_shown(account_there(account), frame_of(routes, account), routes.query)


@routes.on("GET", "/page/accounts/<account>/payment", may=OPERATORS, include_in_schema=False)
def payment(account: str) -> Response[Any]:
    key = routes.query.text("key")
    return answered(payment_page(account, key, frame_of(routes, account_there(account))))
