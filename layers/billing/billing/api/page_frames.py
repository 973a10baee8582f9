"""What surrounds a page: whose it is, what is on the account, what has just been done."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from billing import wiring
from billing.api.guard import Routes
from billing.api.reasons import said_in
from billing.api.sent import Sent
from billing.domain.access import CLIENTS, Role
from billing.domain.documents import DocumentKind
from billing.domain.errors import BillingError, InvalidInputError, NotFoundError
from billing.domain.parties import Customer
from billing.domain.periods import Day, moscow_day
from billing.page import render
from billing.page.addresses import Addresses
from billing.page.contexts import Context
from billing.page.frame import Frame, Notice, Payer
from billing.page.language import Language
from billing.usecases.cards import customer_card
from billing.usecases.documents_api import document_told
from billing.usecases.statistics import money_left

HTML = "text/html; charset=utf-8"
_DONE = ("being_made", "sent_again", "saved", "address_added", "address_removed", "asked_again")
_MADE = {DocumentKind.INVOICE: "made_invoice", DocumentKind.RECONCILIATION: "made_reconciliation"}


def answered(context: Context, *, status: HTTPStatus = HTTPStatus.OK) -> Response[Any]:
    return Response(int(status), HTML, render(context, mistake=status >= HTTPStatus.BAD_REQUEST))


def today() -> Day:
    return moscow_day(wiring.now())


def frame_of(routes: Routes, account: str, *, notice: Notice | None = None) -> Frame:
    """The frame for the caller's account, or for the one that an operator looks at."""
    caller, outside = routes.caller, wiring.outside()
    operator = caller.role is Role.OPERATOR
    language = routes.language
    card = customer_card(outside.store, account)
    balance = runs_out = None
    with suppress(NotFoundError):  # nothing has been paid or charged yet
        left = money_left(account, outside, today=today())
        balance, runs_out = left.balance, left.runs_out
    return Frame(
        language=language,
        today=today(),
        client=card.title if card else account,
        balance=balance,
        runs_out=runs_out,
        may_order=caller.role in CLIENTS,
        may_manage=caller.role is Role.ADMINISTRATOR,
        csrf=caller.csrf,
        order=routes.event.request_context.request_id,
        operator=operator,
        account=account if operator else "",
        notice=notice or _done(account, routes.query, language),
        addresses=Addresses(account if operator else ""),
    )


def bare_frame(routes: Routes) -> Frame:
    """The frame of a page that is about no client; of our own people in Russian, in which all of it is told."""
    caller = routes.caller
    operator = caller.role is Role.OPERATOR
    return Frame(
        language=Language.RU if operator else routes.language,
        today=today(),
        operator=operator,
        csrf=caller.csrf,
    )


def refused(error: BillingError, language: Language) -> tuple[Notice, HTTPStatus]:
    """Why it was not done, as the JSON route answers it.

    Raises:
        BillingError: the same, when it has no name that a client is told: it is not for a form to answer.
    """
    if not error.trouble:
        raise error
    status = HTTPStatus.BAD_REQUEST if isinstance(error, InvalidInputError) else HTTPStatus.CONFLICT
    return Notice(word="order_refused", good=False, values=(("why", said_in(language, error.trouble)),)), status


def payers_of(account: str) -> tuple[Payer, ...]:
    """The payers of the client's card, each once, under the name that is in force."""
    card = customer_card(wiring.outside().store, account)
    return _payers(card) if card else ()


def _payers(card: Customer) -> tuple[Payer, ...]:
    names: dict[str, str] = {}
    for record in sorted(card.payers, key=lambda record: record.valid_from):
        if record.valid_from <= today() or record.inn not in names:
            names[record.inn] = record.name
    return tuple(Payer(inn=inn, name=name or inn) for inn, name in names.items())


def _done(account: str, query: Sent, language: Language) -> Notice | None:
    """What the address says has just been done; what it says of a document is read from the document."""
    word, id = query.text("done"), query.text("document")
    if word in _DONE:
        return Notice(word=word)
    if word != "made":
        return None
    try:
        told = document_told(account, id, wiring.outside())
    except NotFoundError:
        return None
    if told.kind not in _MADE or not told.number:
        return None
    values = (("number", told.number), ("sum", language.roubles(told.total)))
    return Notice(
        word=_MADE[told.kind],
        values=values,
        document=told.id,
        more=tuple(said_in(language, warning) for warning in told.warnings),
    )
