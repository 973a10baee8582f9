"""Changing who is written to, from the page: one thing a form, all the rest as it stands."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from billing import wiring
from billing.api.confirmations import links_of
from billing.api.guard import ForbiddenError, Routes
from billing.api.headers import redirect
from billing.api.page_frames import answered, frame_of, refused
from billing.api.page_views import notifications_tab
from billing.api.sent import Sent
from billing.domain.access import CLIENTS, Role
from billing.domain.documents import DocumentKind
from billing.domain.errors import ConflictError, InvalidInputError, NotFoundError
from billing.domain.parties import mail_address
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.page.addresses import Addresses
from billing.page.frame import Notice
from billing.usecases.notifications import Notifications, add_address, ask_again, change_notifications, notifications_of

routes = Routes()
DONE = {
    "add": "address_added",
    "change": "saved",
    "remove": "address_removed",
    "reconciliation": "saved",
    "ask": "asked_again",
}
Kinds = tuple[DocumentKind, ...]


@routes.on("POST", "/page/notifications", may=CLIENTS, include_in_schema=False)
def notifications() -> Response[Any]:
    form, now = routes.form, notifications_of(routes.account, wiring.outside())
    do, address = form.text("do"), form.text("address")
    alone = routes.caller.role is not Role.ADMINISTRATOR  # may add an address, and change nothing else
    if alone and do != "add":
        raise ForbiddenError
    if do not in DONE:
        raise InvalidInputError(trouble(Cause.FORM_OLD))
    if wrong := _wrong(do, address, form):
        return _to_mend(do, address, wrong=wrong)
    if form.text("version") != str(now.version) and not alone:
        return _to_mend(do, address, Notice(word="changed_meanwhile", good=False), HTTPStatus.CONFLICT)
    try:
        _do(do, address, form, now)
    except (InvalidInputError, ConflictError, NotFoundError) as error:
        return _to_mend(do, address, *refused(error, routes.language))
    return redirect(Addresses().tab("notifications", done=DONE[do]))


def _wrong(do: str, address: str, form: Sent) -> tuple[str, ...]:
    """The fields of an address that cannot be taken."""
    wrong_address = do == "add" and not mail_address(address)
    wrong_kinds = do in ("add", "change") and not _kinds(form)
    return tuple(name for name, is_wrong in (("address", wrong_address), ("kinds", wrong_kinds)) if is_wrong)


def _kinds(form: Sent) -> Kinds:
    return tuple(DocumentKind(kind) for kind in form.texts("kind") if kind in set(DocumentKind))


def _do(do: str, address: str, form: Sent, now: Notifications) -> None:
    link = links_of(routes.account, routes.event)
    if do == "add":
        add_address(routes.account, address, _kinds(form), outside=wiring.outside(), link=link)
        return
    if do == "ask":
        named = next((row.digest for row in now.added if row.address == address), "")
        ask_again(routes.account, named, outside=wiring.outside(), link=link)
        return
    added = [(row.address, row.kinds) for row in now.added if do != "remove" or row.address != address]
    if do == "change":
        added = [(known, _kinds(form) if known == address else kinds) for known, kinds in added]
    change_notifications(
        routes.account,
        added=added,
        reconciliation=form.text("reconciliation") == "yes" if do == "reconciliation" else now.reconciliation,
        version=now.version,
        outside=wiring.outside(),
        link=link,
    )


def _to_mend(
    do: str,
    address: str,
    notice: Notice | None = None,
    status: HTTPStatus = HTTPStatus.BAD_REQUEST,
    *,
    wrong: tuple[str, ...] = (),
) -> Response[Any]:
    """The tab again; an address stands in the form for new ones only if it was typed there."""
    tab = notifications_tab(routes.account, frame_of(routes, routes.account, notice=notice))
    if do == "add":
        tab = replace(tab, typed_text=address, wrong=wrong)
    elif wrong:
        tab = replace(tab, wrong_card=address)
    return answered(tab, status=status)
