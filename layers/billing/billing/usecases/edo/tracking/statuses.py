"""What is learnt of a document at the operator goes into its row, and what a person has to do into the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from billing import records
from billing.domain.edo_fate import FAILED, Fate, News, Stage, advance, for_person, is_over, receipt_is_due, words_of
from billing.domain.edo_reasons import Reason
from billing.domain.edo_receipt import Receipt
from billing.domain.periods import utc_text
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.ports_edo import AbsentError, BadDocumentError, EdoOutside, NeedsPersonError, OddAnswerError, Tracked
from billing.records_edo import EVIDENCE, RECEIPTS, EdoState, ForPerson, edo_shard, open_shard
from billing.usecases.edo.attention import line_writes, of_document
from billing.usecases.edo.one_of_many import one_of_many
from billing.usecases.edo.tracking.evidence import evidence_is_due
from billing.usecases.edo.windows import contract_is_out, counted

ATTEMPTS_MAX = 8
_COUNTED = {
    Stage.DELIVERED: "EdoDelivered",
    Stage.ACCEPTED: "EdoSigned",
    Stage.FINISHED: "EdoDelivered",
    Stage.REFUSED: "EdoRefused",
    Stage.DISAGREED: "EdoRefused",
    Stage.SIGNATURE_INVALID: "EdoFailed",
    Stage.DELIVERY_FAILED: "EdoFailed",
}


def document_row(custom_id: str, outside: Outside) -> Stored | None:
    """The row of the document that carries our id `<account>/<document>` at the operator; None: it is not ours."""
    account, _, document = custom_id.rpartition("/")
    stored = outside.store.get("documents", account, document) if account and document else None
    return stored if stored and "content" in stored.row else None


def state_of(stored: Stored) -> EdoState:
    return records.from_plain(EdoState, stored.row.get("edo") or {})


def read_message(message: str, outside: Outside, edo: EdoOutside) -> int:
    """Every document of ours in the message is where the operator has it now; how many have moved."""
    return sum(take_news(found, outside, edo) for found in edo.edo.documents_of(message) if "/" in found.custom_id)


def read_or_pass_over(message: str, outside: Outside, edo: EdoOutside) -> int | None:
    """As `read_message`; None: the operator does not show us the message, or nothing that can be read of it.

    Raises:
        BusyError: the operator is away.
    """
    with one_of_many(outside, edo):
        try:
            return read_message(message, outside, edo)
        except (AbsentError, BadDocumentError, NeedsPersonError):
            outside.metrics.count("EdoPassedOver")
    return None


def take_news(found: Tracked, outside: Outside, edo: EdoOutside) -> bool:
    """The document's row is at least as far as the news, and the list for a person agrees; whether the row has moved.

    A document of which we do not know yet that it is at the operator (the answer to its sending was lost) is adopted,
    and no longer waits to go out. News of another's document, or of an earlier attempt, changes nothing.
    """
    for attempt in range(ATTEMPTS_MAX):
        stored = document_row(found.custom_id, outside)
        if not stored:
            return False
        state = state_of(stored)
        news = found.news
        if _is_of_another_attempt(state.fate, news):
            return False
        fate = advance(state.fate, news)
        if fate != state.fate:
            fate = _explained(fate, state.fate, found, edo)
        moved = replace(
            state,
            fate=fate,
            box=state.box or found.counterparty,
            kind=state.kind or "|".join((found.kind.type, found.kind.function, found.kind.version)),
            receipt=_receipt(state, fate, found),
        )
        try:
            if moved != state:
                outside.store.tx(moved_writes(stored, state, moved, outside))
        except StaleError:
            if attempt == ATTEMPTS_MAX - 1:
                raise
            continue
        if fate.stage is not state.fate.stage and fate.stage in _COUNTED:
            outside.metrics.count(_COUNTED[fate.stage])
        return fate != state.fate
    raise AssertionError("the loop returns or raises")


def _is_of_another_attempt(fate: Fate, news: News) -> bool:
    """A message that is not the row's; or a failed one when the row is on its way to be sent again."""
    if fate.message:
        return bool(news.message) and news.message != fate.message
    return fate.attempt > 1 and news.stage in FAILED


def _receipt(state: EdoState, fate: Fate, found: Tracked) -> Receipt | None:
    """What the operator wants confirmed; another title begins another receipt."""
    if not fate.receipt_due or (state.receipt and found.receipt_of in ("", state.receipt.of)):
        return state.receipt
    return Receipt(of=found.receipt_of)


def _explained(fate: Fate, before: Fate, found: Tracked, edo: EdoOutside) -> Fate:
    """Add the client's text to whatever is new, or the result of the check of our signature."""
    if fate.stage is not before.stage:
        answered = fate.stage in (Stage.REFUSED, Stage.DISAGREED)
        words = _words(fate, found.answered_by, edo) if answered else ""
        if fate.stage is Stage.SIGNATURE_INVALID:
            words = _words(fate, found.our_signature, edo, why=edo.edo.why_invalid)
        fate = replace(fate, text="; ".join(filter(None, (fate.text, words))))
    if fate.annulment is not before.annulment and not fate.annulment_text:
        fate = replace(fate, annulment_text=_words(fate, found.annulled_by, edo))
    if fate.clarification and not before.clarification and not fate.clarification_text:
        fate = replace(fate, clarification_text=_words(fate, found.clarified_by, edo))
    return fate


def _words(fate: Fate, entity: str, edo: EdoOutside, *, why: Callable[[str, str], str] | None = None) -> str:
    """Return the text of an entity of the document's message; empty where it cannot be read."""
    with suppress(AbsentError, BadDocumentError, NeedsPersonError, OddAnswerError):
        return (why or edo.edo.words)(fate.message, entity) if entity else ""
    return ""


def moved_writes(stored: Stored, before: EdoState, after: EdoState, outside: Outside) -> list[Write]:
    """The row, and with it the rows of work: it waits to go out no more; it waits for its end; its files are due, or
    our receipt is.

    The window counts it where it stands now, and the payer has the contract once it is out.
    """
    account, document = stored.pk, stored.sk
    row: dict[str, Any] = {**stored.row, "edo": records.plain(after)}
    writes = [Write("documents", account, document, row, stored.version)]
    item = f"{account}#{document}"
    work = {"account": account, "document": document, "month": stored.row["month"]}
    work["since"] = utc_text(outside.clock())
    if after.fate.message and not before.fate.message:
        writes += [*_gone("work", edo_shard(account), item, outside), *contract_is_out(stored, outside)]
    writes += counted(before, after, outside)
    writes += _kept("work", open_shard(account), item, work, not is_over(after.fate), outside)
    writes += _kept("work", EVIDENCE, item, work, evidence_is_due(account, document, after), outside)
    writes += _kept("work", RECEIPTS, item, work, receipt_is_due(after.fate), outside)
    return writes + _line(stored, after, outside)


def _gone(table: str, pk: str, sk: str, outside: Outside) -> list[Write]:
    there = outside.store.get(table, pk, sk)
    return [Write(table, pk, sk, None, there.version)] if there else []


def _kept(table: str, pk: str, sk: str, row: dict[str, Any], wanted: bool, outside: Outside) -> list[Write]:
    there = outside.store.get(table, pk, sk)
    if wanted:
        return [] if there else [Write(table, pk, sk, row, ABSENT)]
    return [Write(table, pk, sk, None, there.version)] if there else []


def named(row: Mapping[str, Any]) -> str:
    """Name the document as its row's summary does: «акт № 45»."""
    return str(row["summary"]).partition(" на ")[0]


def _line(stored: Stored, state: EdoState, outside: Outside) -> list[Write]:
    account, document = stored.pk, stored.sk
    subject, reason = of_document(account, document), for_person(state.fate, state.receipt)
    if not reason or reason is state.seen:
        return line_writes(subject, None, outside)
    words = words_of(state.fate, reason)
    detail = state.receipt.trouble if reason is Reason.OUR_RECEIPT_IS_DUE and state.receipt else words
    line = ForPerson(
        subject=subject,
        reason=reason,
        detail=detail,
        account=account,
        document=document,
        inn=state.inn or str(stored.row["payer"]),
        title=named(stored.row),
        name=stored.row["content"]["buyer"]["name"],
    )
    return line_writes(subject, line, outside)
