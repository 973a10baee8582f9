"""A numbered document is drawn and lies in the bucket, once and for ever."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

from billing import paper, records
from billing.domain.documents import Document, DocumentStatus, Reconciliation
from billing.domain.periods import Day, moscow_day
from billing.ports import FileExistsWithOtherBytesError, Outside
from billing.records import DocumentRecord

ROWS_MAX = 300  # rows of a reconciliation that stand in its database row, which must stay light


def filed(record: DocumentRecord, outside: Outside) -> DocumentRecord:
    """The record as it is once its file is there; it is not written here."""
    document = whole(record, outside).printed
    body = paper.draw(document, _images(document, outside))
    file = f"docs/{record.account}/{record.id}.pdf"
    try:
        outside.files.put_once(
            file, body, content_type="application/pdf", keep_until=kept_until(record.content.date, outside)
        )
    except FileExistsWithOtherBytesError:
        outside.metrics.count("FileWithOtherBytes")
        raise
    return replace(
        record,
        status=DocumentStatus.READY,
        file=file,
        sha256=hashlib.sha256(body).hexdigest(),
        file_name=paper.file_name(document),
    )


def apart(record: DocumentRecord, outside: Outside) -> DocumentRecord:
    """The record as its row can hold it: many rows of a reconciliation lie in a file of their own."""
    content = record.content
    if not isinstance(content, Reconciliation) or len(content.rows) <= ROWS_MAX:
        return record
    body = records.canonical(records.plain(content))
    file = f"docs/{record.account}/{record.id}.{hashlib.sha256(body).hexdigest()[:16]}.json"
    outside.files.put_once(
        file, body, content_type="application/json", keep_until=kept_until(record.content.date, outside)
    )
    return replace(record, content=replace(content, rows=()), rows_file=file)


def whole(record: DocumentRecord, outside: Outside) -> DocumentRecord:
    """The record with all its rows."""
    if not record.rows_file or not isinstance(record.content, Reconciliation):
        return record
    kept = records.from_plain(Reconciliation, json.loads(outside.files.get(record.rows_file)))
    content = replace(record.content, rows=kept.rows)  # the rest may have been mended since
    return replace(record, content=content)


def _images(document: Document, outside: Outside) -> dict[str, bytes]:
    """The facsimile and stamp that the document names, by their sha256."""
    seller = document.seller
    named = {seller.stamp, seller.director.facsimile, seller.accountant.facsimile if seller.accountant else ""} - {""}
    return {sha: outside.files.get(f"images/{sha}.png") for sha in sorted(named)}


def kept_until(day: Day, outside: Outside) -> datetime:
    """How long what belongs to a paper of that day is kept, if it is filed now: to the end of the year, years later.

    Source: 402-ФЗ ст. 29 (not less than five years after the year). A paper may be dated long ago, and the bucket
    takes no term that is over: it runs from the filing then.
    """
    made = max(day, moscow_day(outside.clock()))
    return datetime(made.year + outside.settings.retention_years, 12, 31, 23, 59, 59, tzinfo=UTC)
