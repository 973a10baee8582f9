"""What of an account goes out now: decided from its rows and from how its payers stand, and made ready to be signed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from billing.domain.documents import DocumentKind, DocumentStatus
from billing.domain.edo import Action, Decision, may_be_sent
from billing.domain.edo_boxes import Box
from billing.domain.edo_fate import Stage
from billing.domain.edo_reasons import Reason
from billing.domain.edo_sending import Sendable, Window, due_documents
from billing.domain.parties import Customer, PayerRequisites
from billing.domain.periods import Month
from billing.ports import Outside, StaleError
from billing.ports_edo import BusyError, EdoOutside
from billing.records_edo import Counterparty
from billing.usecases.cards import customer_card
from billing.usecases.edo.counterparties import Kept, kept, kpp_of, note_payer, payers_of, settle, stands
from billing.usecases.edo.one_of_many import one_of_many
from billing.usecases.edo.relations import as_seen, box_writes, boxes_of
from billing.usecases.edo.sending.contracts import contract_with
from billing.usecases.edo.sending.making import made
from billing.usecases.edo.sending.signing import wants_signature
from billing.usecases.edo.sending.terms import OnItsWay, Terms
from billing.usecases.edo.sending.unsent import Left, no_answer
from billing.usecases.edo.waiting import plan_reconciliations, waiting_of

ATTEMPTS_MAX = 5


def take_up(
    account: str, batched: Collection[str], terms: Terms, left: Left, outside: Outside, edo: EdoOutside
) -> list[OnItsWay]:
    """The account's documents that go out now, made and not signed yet; what stays is said in `left`.

    Documents in `batched` wait for their signatures already; they are said to stay at the end, if they do.

    Raises:
        BusyError, StopTheRunError: the operator is away, or refuses us; what was made is kept.
    """
    if DocumentKind.RECONCILIATION in terms.policy.sending.kinds:
        plan_reconciliations(account, terms.window, outside)
    waiting = waiting_of(account, outside)
    due = _due(account, waiting, terms, left, outside)
    if not due:
        return []
    customer = customer_card(outside.store, account) or Customer(account=account, title="")
    to_sign = []
    for payer, box in _payers(customer, due, terms, left, outside, edo):
        theirs = [one for one in due if one.inn == payer.inn]
        contracts = [one for one in waiting if one.inn == payer.inn and one.kind is DocumentKind.CONTRACT]
        others = [one for one in theirs if one.kind is not DocumentKind.CONTRACT]
        contract = contract_with(payer, customer, contracts, terms, outside)
        for one in ([contract] if contract else []) + others:
            if one.state.operation or one.custom_id in batched:
                continue
            going = None
            with one_of_many(outside, edo) as passed:
                going = made(one, box, terms, outside, edo)
            if passed:
                no_answer(one, passed[0], left, outside)
            elif not going:
                left.stays(one, Reason.NOT_SAYABLE)
            elif wants_signature(going, outside.clock()):
                to_sign.append(going)
            elif going.state.fate.stage is Stage.TITLED:
                left.stays(going, Reason.NOT_SIGNED)
    return to_sign


def _due(account: str, waiting: Sequence[OnItsWay], terms: Terms, left: Left, outside: Outside) -> list[OnItsWay]:
    """Return those of the waiting documents that the window takes, in the order in which they go.

    Note as the reason that an account's last month is open, but not while the night of its close is still ahead.
    """
    stored = outside.store.get("accounts", account)
    last = terms.window.last_month
    closed = {(account, last)} if stored and Month.parse(stored.row["open"]) > last else set()
    by_id = {one.stored.sk: one for one in waiting}
    sendables = [sendable(one, terms.window) for one in waiting]
    settings = terms.policy.sending
    reason, why = _why_open(account, last, outside)
    if not closed and (reason is Reason.ACCOUNT_PARKED or terms.today > terms.window.closed_by):
        for early in due_documents(terms.window, sendables, closed={(account, last)}, settings=settings):
            left.stays(by_id[early.id], reason, why)
    return [by_id[s.id] for s in due_documents(terms.window, sendables, closed=closed, settings=settings)]


def _why_open(account: str, month: Month, outside: Outside) -> tuple[Reason, str]:
    parked = outside.store.get("control", f"parked.{month}", account)
    return (Reason.ACCOUNT_PARKED, parked.row["reason"]) if parked else (Reason.MONTH_NOT_CLOSED, "")


def sendable(one: OnItsWay, window: Window) -> Sendable:
    """What no run of a month has made, such as a contract, is of the window that finds it, not of its day's month."""
    row = one.stored.row
    is_of_a_run = one.stored.sk.startswith(f"{row['month']}.")
    month = Month.parse(row["month"]) if is_of_a_run else window.last_month
    return Sendable(
        id=one.stored.sk,
        account=one.stored.pk,
        kind=one.kind,
        month=month,
        status=DocumentStatus(row["status"]),
        classes=frozenset(money for money, amount in row["content"].get("by_class", ()) if amount),
    )


# --- the payers --------------------------------------------------------------------------------------------------


def _payers(
    customer: Customer, due: Sequence[OnItsWay], terms: Terms, left: Left, outside: Outside, edo: EdoOutside
) -> Iterator[tuple[Counterparty, Box]]:
    """The payers to whom documents go now, each with its box, by the statuses of this moment."""
    theirs: dict[str, list[OnItsWay]] = {}
    for one in due:
        theirs.setdefault(one.inn, []).append(one)
    if not theirs:
        return
    cards = {p.inn.strip(): p for p in payers_of(customer, terms.today)}
    boxes, odd = boxes_of(list(theirs), outside, edo)  # an INN that the operator does not take is one without boxes
    for inn, documents in theirs.items():
        if isinstance(error := odd.get(inn), BusyError):
            for one in documents:
                left.stays(one, Reason.NO_ANSWER, str(error))
            continue
        found = _known(customer.account, cards.get(inn) or _as_printed(documents[-1]), outside)
        decision = may_be_sent(found.payer.candidate, boxes.get(inn, ()), terms.settings, today=terms.today)
        payer = _as_decided(found, decision, outside)
        if decision.action is Action.SEND and decision.box:
            yield payer, decision.box
        else:
            for one in documents:
                if not one.state.operation:  # whether that is at the operator, is asked before it is posted again
                    left.stays(one, decision.reason)


def _known(account: str, requisites: PayerRequisites, outside: Outside) -> Kept:
    """The payer's row, made where the campaign of invitations has not met it yet."""
    note_payer(account, requisites, outside)
    found = kept(requisites.inn.strip(), kpp_of(requisites.kpp), outside)
    assert found, "it was noted just now"
    return found


def _as_printed(one: OnItsWay) -> PayerRequisites:
    """Of a payer whom the client's card names no more."""
    buyer = one.stored.row["content"]["buyer"]
    on = date.fromisoformat(one.stored.row["date"])
    return PayerRequisites(valid_from=on, name=buyer["name"], inn=buyer["inn"], kpp=buyer.get("kpp", ""))


def _as_decided(found: Kept, decision: Decision, outside: Outside) -> Counterparty:
    """The payer's row says how its box stands, and what a person has to do about it, if anything."""
    for attempt in range(ATTEMPTS_MAX):
        payer, box = found.payer, decision.box
        if box:
            payer = as_seen(payer, box, outside)
        if decision.action is Action.PERSON:
            among = "; ".join(f"{b.id} {b.name} {b.kpp}".strip() for b in decision.boxes)
            payer = stands(payer, decision.reason, outside, detail=decision.detail or among)
        try:
            return settle(found, payer, outside, *(box_writes(box, outside) if box else ())).payer
        except StaleError:  # the feed of changes, or another account of the payer
            if attempt == ATTEMPTS_MAX - 1:
                raise
            found = kept(payer.inn, payer.kpp, outside) or found
    raise AssertionError("the loop returns or raises")
