"""Whatever was ordered and is not there yet is made: long acts of reconciliation, archives, what was cut off."""

from __future__ import annotations

from dataclasses import replace

from billing import records
from billing.domain.documents import DocumentStatus, Reconciliation
from billing.domain.errors import BillingError, UnavailableError
from billing.domain.trouble_wording import all_said
from billing.ports import Outside, StaleError, Stored, Write
from billing.records import DocumentRecord
from billing.records_letters import scope_of
from billing.usecases.archive import fill_archive, give_archive_up
from billing.usecases.cards import seller_card
from billing.usecases.edo.due import due_of_order
from billing.usecases.filing import apart, filed
from billing.usecases.letters import queue_letters
from billing.usecases.numbering import number
from billing.usecases.reconciliation import reconciliation_content
from billing.usecases.waiting import wait_for_person

CONTENT = "content"  # stage of the work of an order whose document still says nothing


def fill_orders(account: str, item: str, outside: Outside, *, last_attempt: bool = False) -> str:
    """What a row of work stands for is done; answers how it stands: a document's status, an archive's state.

    On the last attempt an order that fails for a reason of its own is set aside until a card changes.
    """
    work = outside.store.get("work", records.shard_of(account), item)
    if not work:
        return "done"
    kind = item.partition("#")[0]
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
        elif writes := wait_for_person(work, said, outside):
            outside.store.tx(writes)
        return "set aside"


def item_of(record: DocumentRecord) -> str:
    return f"order#{record.account}#{record.id}"


def hint(work: Stored, outside: Outside) -> None:
    outside.queue.send("fill-orders", [{"account": work.row["account"], "item": work.sk}])


def the_document(account: str, document: str, outside: Outside) -> tuple[DocumentRecord, int, Stored | None]:
    """An ordered document with its version, and the work that is left of its order."""
    stored = outside.store.get("documents", account, document)
    assert stored, "an ordered document is never deleted"
    record = records.document_of(account, document, stored.row)
    return record, stored.version, outside.store.get("work", records.shard_of(account), item_of(record))


def fill_order(account: str, document: str, outside: Outside) -> DocumentRecord:
    """The ordered document has its content, its number and its file, its letter is queued, and it is due to the EDO.

    With requisites that went missing meanwhile it stays decided, with the reason, and its work waits for the cards.
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
    asked = record.content
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
    if draft.problems:
        said = replace(record, problems=draft.problems)
        left = wait_for_person(work, all_said(draft.problems), outside)
    else:
        said = apart(replace(record, content=draft.content, problems=(), warnings=draft.warnings), outside)
        row = {key: value for key, value in work.row.items() if key not in ("stage", "blocked", "details", "summary")}
        left = [Write("work", work.pk, work.sk, row, work.version)]
    outside.store.tx([Write("documents", record.account, record.id, records.document_row(said), version), *left])
