"""Papers that somebody of the client orders: an invoice for any sum, an act of reconciliation for any stretch of days.

An order is written once under the caller's own key, as a decided document with a row of work. Numbering, filing and the
letter follow in the same call; what is cut off is finished by `fill_orders` or the sweep.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from billing import paper, records
from billing.domain import drafts
from billing.domain.documents import DocumentKind, DocumentStatus, Invoice, Reconciliation
from billing.domain.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from billing.domain.invoice import topup_content
from billing.domain.money import Kopecks
from billing.domain.parties import Customer
from billing.domain.periods import Day, Month, moscow_day, utc_text
from billing.domain.seller import ORDERS_A_DAY
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause, Trouble
from billing.ports import ABSENT, Outside, StaleError, Write
from billing.records import DocumentRecord
from billing.usecases.cards import customer_card, seller_card
from billing.usecases.filing import apart
from billing.usecases.fill_orders import CONTENT, fill_order, hint, item_of, the_document
from billing.usecases.reconciliation import reconciliation_content, rows_count, unread_content

AMOUNT_MAX = 10**13  # kopecks, as of a payment
AT_ONCE_MAX = 3_000  # rows of an act that are drawn while somebody waits; more are made by a worker
ATTEMPTS_MAX = 8
KEY_KEPT = timedelta(days=90)  # as long a repeat is known for one


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What was asked, by whom, under which key."""

    account: str
    kind: DocumentKind
    payer: str
    key: str
    says: Mapping[str, Any]
    user: str

    @property
    def name(self) -> str:
        """The key as a part of other keys, whatever was written in it."""
        return hashlib.sha256(f"{self.account}\0{self.key}".encode()).hexdigest()

    @property
    def sha(self) -> str:
        said = {"kind": self.kind.value, "payer": self.payer, **self.says}
        return hashlib.sha256(records.canonical(said)).hexdigest()

    def id(self, day: Day) -> str:
        return f"{day}.{self.kind}.{self.payer}.{self.name[:8]}"


def order_invoice(
    account: str, *, amount: Kopecks, payer: str, key: str, outside: Outside, user: str
) -> DocumentRecord:
    """An invoice for the sum has its number and its file, and its letter is queued.

    Where something is down, it is decided or numbered, and the rest follows by itself. The same key with the same
    content gives the document that is there.

    Raises:
        NotFoundError: there is no such client, or no such payer on its card.
        InvalidInputError: the sum is none, or requisites are missing: no number is taken.
        ConflictError: the key is known with other content, or too much was ordered today.
    """
    if type(amount) is not int or not 0 < amount <= AMOUNT_MAX:
        raise InvalidInputError(trouble(Cause.INVOICE_SUM))
    order = _order(account, DocumentKind.INVOICE, payer, key, {"amount": amount}, user)
    if known := _known(order, outside):
        return known
    today = moscow_day(outside.clock())
    customer, seller = _customer(order, outside), seller_card(outside.store)
    draft = drafts.invoice_draft(
        Month.of(today),
        payer,
        topup_content(amount, drafts.usual_terms(seller, today)),
        customer,
        seller,
        day=today,
        id=order.id(today),
    )
    assert isinstance(draft.content, Invoice)
    _refuse(draft.problems or paper.problems(draft.content))
    return _decided(order, draft.content, today, outside)


def order_reconciliation(
    account: str,
    *,
    payer: str,
    first: Day,
    last: Day,
    key: str,
    outside: Outside,
    user: str,
    mirrored: bool | None = None,
) -> DocumentRecord:
    """An act of reconciliation for first..last is ready as `order_invoice` has it; a very long one is decided.

    It is made by `fill_orders` then: ask for the document again until it is ready. `mirrored` None: as the seller has
    it.

    Raises:
        NotFoundError: there is no such client, or the payer never had to do with it.
        InvalidInputError: the stretch ends before it begins or after today, or requisites are missing.
        ConflictError: the key is known with other content, or too much was ordered today.
    """
    says = {"first": first.isoformat(), "last": last.isoformat(), "mirrored": mirrored}
    order = _order(account, DocumentKind.RECONCILIATION, payer, key, says, user)
    if known := _known(order, outside):
        return known
    today = moscow_day(outside.clock())
    if rows_count(account, first, last, outside) <= AT_ONCE_MAX:
        draft = reconciliation_content(account, payer, first, last, outside, today=today, mirrored=mirrored)
        _refuse(draft.problems)
        return _decided(order, draft.content, today, outside, warnings=draft.warnings)
    if not first <= last <= today:
        raise InvalidInputError(trouble(Cause.PERIOD_UNFIT))
    _customer(order, outside)
    empty = unread_content(account, payer, first, last, outside, today=today, mirrored=mirrored)
    _refuse(empty.problems)
    return _decided(order, empty.content, today, outside, stage=CONTENT)


def _order(account: str, kind: DocumentKind, payer: str, key: str, says: Mapping[str, Any], user: str) -> _Order:
    if not re.fullmatch("[!-~]{1,200}", key):
        raise InvalidInputError(trouble(Cause.ORDER_KEY))
    if not re.fullmatch("[0-9]{10}|[0-9]{12}", payer):
        raise NotFoundError("такого плательщика нет в карточке клиента")
    return _Order(account=account, kind=kind, payer=payer, key=key, says=says, user=user)


def _customer(order: _Order, outside: Outside) -> Customer:
    customer = customer_card(outside.store, order.account)
    if not customer or not any(p.inn == order.payer for p in customer.payers):
        raise NotFoundError("такого плательщика нет в карточке клиента")
    return customer


def _refuse(problems: tuple[Trouble, ...]) -> None:
    if problems:
        raise InvalidInputError(trouble(Cause.REQUISITES, of=problems))


def _known(order: _Order, outside: Outside) -> DocumentRecord | None:
    """The document of an order that was given before under the same key, finished as far as can be."""
    stored = outside.store.get("control", f"orders.{order.account}", order.name)
    if not stored:
        return None
    if stored.row["sha"] != order.sha:
        raise ConflictError(trouble(Cause.KEY_OF_OTHER_ORDER))
    return _finished(order.account, stored.row["document"], outside)


def _decided(
    order: _Order,
    content: Invoice | Reconciliation,
    day: Day,
    outside: Outside,
    *,
    stage: str = "",
    warnings: tuple[Trouble, ...] = (),
) -> DocumentRecord:
    """The order is there for good, with the work that is left of it; then as much of it is done as can be."""
    at = utc_text(outside.clock())
    record = DocumentRecord(
        account=order.account,
        id=order.id(day),
        kind=order.kind,
        month=str(Month.of(day)),
        payer=order.payer,
        status=DocumentStatus.DECIDED,
        content=content,
        warnings=warnings,
        at=at,
    )
    record = apart(record, outside)
    work = {"account": order.account, "document": record.id, "since": at, **({"stage": stage} if stage else {})}
    answer = {
        "document": record.id,
        "sha": order.sha,
        "user": order.user,
        "at": at,
        "expires": _expires(outside),
        "summary": f"заказан {record.id}",
    }
    writes = [
        Write("documents", order.account, record.id, records.document_row(record), ABSENT),
        Write("work", records.shard_of(order.account), item_of(record), work, ABSENT),
        Write("control", f"orders.{order.account}", order.name, answer, ABSENT),
    ]
    for attempt in range(ATTEMPTS_MAX):
        try:
            outside.store.tx([*writes, *_counted(order, day, outside)])
            break
        except StaleError:  # the same order came twice at the same moment, or another one did
            if known := _known(order, outside):
                return known
            if attempt == ATTEMPTS_MAX - 1:
                raise
    return _finished(order.account, record.id, outside)


def _counted(order: _Order, day: Day, outside: Outside) -> list[Write]:
    """One more of the client's orders on that day.

    Raises:
        ConflictError: there were too many.
    """
    key = f"day.{day}"
    stored = outside.store.get("control", f"orders.{order.account}", key)
    n = stored.row["n"] + 1 if stored else 1
    seller = seller_card(outside.store)
    if n > (most := seller.orders_a_day if seller else ORDERS_A_DAY):
        raise ConflictError(trouble(Cause.ORDERED_TOO_MUCH, n=most))
    row = {"n": n, "expires": _expires(outside), "summary": f"{day}: заказов {n}"}
    return [Write("control", f"orders.{order.account}", key, row, stored.version if stored else ABSENT)]


def _expires(outside: Outside) -> int:
    return int((outside.clock() + KEY_KEPT).timestamp())


def _finished(account: str, document: str, outside: Outside) -> DocumentRecord:
    """The document, ready; or as it stands, with a worker called, when it is long or something is down."""
    work = the_document(account, document, outside)[2]
    if work and work.row.get("stage") != CONTENT:
        with suppress(UnavailableError, StaleError):
            return fill_order(account, document, outside)
    if work:
        with suppress(UnavailableError):
            hint(account, work.sk, outside)
    return the_document(account, document, outside)[0]
