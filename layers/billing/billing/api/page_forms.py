"""What is sent from the page: the same use cases as the JSON routes call. A form is answered by where to look next."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from billing import wiring
from billing.api.guard import Routes
from billing.api.headers import redirect
from billing.api.page_frames import answered, frame_of, payers_of, refused, today
from billing.api.page_lists import documents_tab
from billing.api.page_views import document_page
from billing.api.sent import Sent
from billing.domain.access import CLIENTS
from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.errors import BillingError, ConflictError, InvalidInputError
from billing.page.addresses import Addresses
from billing.page.contexts import InvoiceForm, ReconciliationForm
from billing.page.typed import typed_day, typed_sum
from billing.usecases.send_again import addressees, send_again

routes = Routes()
HERE = Addresses()
Form = InvoiceForm | ReconciliationForm


@routes.on("POST", "/page/invoices", may=CLIENTS, include_in_schema=False)
def invoice() -> Response[Any]:
    """A ready sum, when its button was pressed, goes before what was typed."""
    from billing.usecases.orders import order_invoice  # what draws papers loads long, and few calls order any

    form = routes.form
    amount = typed_sum(form.text("quick") or form.text("amount"), routes.language)
    payer = form.text("payer")
    asked = InvoiceForm(amount=form.text("amount"), payer=payer, open=True)
    wrong = (*(() if amount else ("amount",)), *_wrong_payer(payer))
    if wrong or not amount:
        return _to_mend(replace(asked, wrong=wrong))
    try:
        made = order_invoice(
            routes.account,
            amount=amount,
            payer=payer,
            key=_key(form, amount, payer),
            outside=wiring.outside(),
            user=routes.caller.user,
        )
    except (InvalidInputError, ConflictError) as error:
        return _to_mend(asked, error)
    return _made(made.id, made.status, "invoices")


@routes.on("POST", "/page/reconciliations", may=CLIENTS, include_in_schema=False)
def reconciliation() -> Response[Any]:
    """A ready stretch of days, when its button was pressed, goes before what was typed."""
    from billing.usecases.orders import order_reconciliation

    form = routes.form
    span = form.text("span").split("/")
    said = span if len(span) == 2 else [form.text("first"), form.text("last")]
    first, last, payer = typed_day(said[0]), typed_day(said[1]), form.text("payer")
    mirrored = form.text("mirrored") == "yes"
    asked = ReconciliationForm(
        first=form.text("first"), last=form.text("last"), payer=payer, mirrored=mirrored, open=True
    )
    fits = last and last <= today() and (not first or first <= last)
    wrong = (*(() if first else ("first",)), *(() if fits else ("last",)), *_wrong_payer(payer))
    if wrong or not first or not last:
        return _to_mend(replace(asked, wrong=wrong))
    try:
        made = order_reconciliation(
            routes.account,
            payer=payer,
            first=first,
            last=last,
            key=_key(form, first, last, payer, mirrored),
            outside=wiring.outside(),
            user=routes.caller.user,
            mirrored=mirrored,
        )
    except (InvalidInputError, ConflictError) as error:
        return _to_mend(asked, error)
    return _made(made.id, made.status, "reconciliations")


@routes.on("POST", "/page/documents/<id>", may=CLIENTS, include_in_schema=False)
def letters(id: str) -> Response[Any]:
    """The document goes once more to the addresses that were ticked."""
    form = routes.form
    known = addressees(routes.account, wiring.outside())
    to = tuple(known.get(named, named) for named in form.texts("to"))
    page = document_page(routes.account, id, frame_of(routes, routes.account), wrong=() if to else ("addresses",))
    if not to:
        return answered(page, status=HTTPStatus.BAD_REQUEST)
    try:
        send_again(routes.account, id, addresses=to, key=_key(form, id, *to), outside=wiring.outside())
    except (InvalidInputError, ConflictError) as error:
        notice, status = refused(error, page.frame.language)
        return answered(replace(page, frame=replace(page.frame, notice=notice)), status=status)
    return redirect(f"{HERE.document(id)}?done=sent_again")


def _key(form: Sent, *asked: object) -> str:
    """Under which the order is given once: what was asked for and the page it was sent from, never empty.

    Whoever goes back to that page and asks for something else means another order.
    """
    page = form.text("order") or routes.event.request_context.request_id
    return ":".join(map(str, ("page", page, *asked)))


def _wrong_payer(inn: str) -> tuple[str, ...]:
    return () if any(payer.inn == inn for payer in payers_of(routes.account)) else ("payer",)


def _made(id: str, status: DocumentStatus, tab: str) -> Response[Any]:
    if status is DocumentStatus.READY:
        return redirect(HERE.tab(tab, done="made", document=id))
    return redirect(HERE.tab(tab, done="being_made"))


def _to_mend(form: Form, error: BillingError | None = None) -> Response[Any]:
    """The tab again, with the form as it was sent and what is wrong with it."""
    notice, status = refused(error, routes.language) if error else (None, HTTPStatus.BAD_REQUEST)
    frame = frame_of(routes, routes.account, notice=notice)
    if isinstance(form, InvoiceForm):
        tab = documents_tab(DocumentKind.INVOICE, routes.account, frame, Sent({}), invoice=form)
    else:
        tab = documents_tab(DocumentKind.RECONCILIATION, routes.account, frame, Sent({}), reconciliation=form)
    return answered(tab, status=status)
