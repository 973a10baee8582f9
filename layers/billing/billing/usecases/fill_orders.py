"""Whatever is too long for the call that wants it, or was cut off there: acts of reconciliation, orders, archives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from billing import records
from billing.domain.documents import DocumentStatus, Reconciliation
from billing.domain.errors import BillingError, UnavailableError
from billing.domain.periods import Month
from billing.domain.trouble_wording import all_said
from billing.ports import Outside, StaleError, Stored, Write
from billing.records import DocumentRecord
from billing.records_letters import scope_of
from billing.usecases.archive import fill_archive, give_archive_up
from billing.usecases.cards import cards_seen, seller_card
from billing.usecases.edo.due import due_of_order
from billing.usecases.filing import apart, filed
from billing.usecases.letters import queue_letters
from billing.usecases.numbering import number
from billing.usecases.parking import park
from billing.usecases.reconciliation import reconciliation_content
from billing.usecases.runs import recounting
from billing.usecases.waiting import go_on, wait_for_person

CONTENT = "content"  # stage of the work of a document that still says nothing


def fill_orders(account: str, item: str, outside: Outside, *, last_attempt: bool = False) -> str:
    """What a row of work stands for is done; answers how it stands: a document's status, an archive's state.

    On the last attempt an order that fails for a reason of its own is set aside until a card changes.
    """
    work = outside.store.get("work", records.shard_of(account), item)
    if not work:
        return "done"
    kind, cards = item.partition("#")[0], cards_seen(account, outside)
    try:
        if kind == "archive":
            return fill_archive(account, work.row["document"], outside)
        return str(fill_order(account, work.row["document"], outside).status)
    except (UnavailableError, StaleError):
        raise
    except Exception as error:
        if not last_attempt:
            raise
        said = str(error) if isinstance(error, BillingError) else f"{type(error).__name__}: {error}"
        outside.metrics.count("OrdersSetAside")
        if kind == "archive":
            give_archive_up(work, said, outside)
        else:
            _set_aside(work, said, cards, outside)
        return "set aside"


def _set_aside(work: Stored, why: str, cards: Mapping[str, int], outside: Outside) -> None:
    """The work waits for a person, and with it its month of the account, where the document is of a run."""
    account, left = work.row["account"], [work]
    record = the_document(account, work.row["document"], outside)[0]
    if not record.is_ordered:
        park(account, Month.parse(record.month), why, outside)
        left += filter(None, [_work_of_month(record, outside)])
    if writes := [write for one in left for write in wait_for_person(one, why, cards)]:
        outside.store.tx(writes)


def _work_of_month(record: DocumentRecord, outside: Outside) -> Stored | None:
    return outside.store.get("work", records.shard_of(record.account), f"issue#{record.account}#{record.month}")


def item_of(record: DocumentRecord) -> str:
    return f"order#{record.account}#{record.id}"


def hint(account: str, item: str, outside: Outside) -> None:
    outside.queue.send("fill-orders", [{"account": account, "item": item}])


def the_document(account: str, document: str, outside: Outside) -> tuple[DocumentRecord, int, Stored | None]:
    """A document with its version, and the work that is left of it here."""
    stored = outside.store.get("documents", account, document)
    assert stored, "a document is never deleted"
    record = records.document_of(account, document, stored.row)
    return record, stored.version, outside.store.get("work", records.shard_of(account), item_of(record))


def fill_order(account: str, document: str, outside: Outside) -> DocumentRecord:
    """The ordered document has its content, its number and its file, its letter is queued, and it is due to the EDO.

    With requisites that went missing meanwhile it stays decided, with the reason, and its work waits for the cards.
    One that a month's run has decided gets only its content here: the run goes on with it.
    """
    record, version, work = the_document(account, document, outside)
    if work and work.row.get("stage") == CONTENT:
        _write_content(record, version, work, outside)
        record, version, work = the_document(account, document, outside)
    if not work or record.problems:
        return record
    if record.status is DocumentStatus.DECIDED:
        number([record], seller_card(outside.store), outside)
        record, version, work = the_document(account, document, outside)
    if work and record.status is DocumentStatus.NUMBERED:
        done = [Write("work", work.pk, work.sk, None, work.version)]
        done += due_of_order(record, seller_card(outside.store), outside)
        about = {"kind": "ordered_document", "summary": "заказанный документ"}
        queue_letters(account, scope_of(document), [(filed(record, outside), version)], done, outside, about=about)
    return the_document(account, document, outside)[0]


def _write_content(record: DocumentRecord, version: int, work: Stored, outside: Outside) -> None:
    """The document says what it was ordered for, by the day of the order; or says why it cannot."""
    asked, cards = record.content, cards_seen(record.account, outside)
    assert isinstance(asked, Reconciliation)
    draft = reconciliation_content(
        record.account,
        record.payer,
        asked.first,
        asked.last,
        outside,
        today=asked.date,
        mirrored=asked.mirrored,
    )
    filled = apart(replace(record, content=draft.content, problems=draft.problems, warnings=draft.warnings), outside)
    if not record.is_ordered:
        said = replace(filled, status=DocumentStatus.BLOCKED if draft.problems else DocumentStatus.DECIDED)
        left = [Write("work", work.pk, work.sk, None, work.version)]
        left += recounting(outside, Month.parse(record.month), record.account)
        left += go_on(_work_of_month(record, outside))
    elif draft.problems:
        said, left = replace(record, problems=draft.problems), wait_for_person(work, all_said(draft.problems), cards)
    else:
        row = {key: value for key, value in work.row.items() if key not in ("stage", "blocked", "details", "summary")}
        said, left = filled, [Write("work", work.pk, work.sk, row, work.version)]
    outside.store.tx([Write("documents", record.account, record.id, records.document_row(said), version), *left])
