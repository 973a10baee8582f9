"""Documents of a stretch of days in one ZIP: a few at once, many by a worker; kept for a week, made again at will."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from billing import records
from billing.domain.documents import DocumentStatus
from billing.domain.errors import InvalidInputError, NotFoundError, UnavailableError
from billing.domain.periods import Day, utc_text
from billing.domain.trouble_wording import trouble
from billing.domain.troubles import Cause
from billing.domain.wording import archive_name
from billing.exports.zip_file import distinct, zipped
from billing.ports import ABSENT, Outside, StaleError, Stored, Write
from billing.usecases.document_filters import Filters, rank
from billing.usecases.rows import rows_of

AT_ONCE_MAX = 50  # documents that are packed while somebody waits
DOCUMENTS_MAX = 3_000
READY, BEING_MADE, FAILED = "ready", "being_made", "failed"
_ID = re.compile("[0-9a-f]{32}")
KEPT = timedelta(days=30)  # a row; its file goes sooner, and is packed again for whoever asks
FORM = "1"  # of the archive: another one has other bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """`state`: ready, being made, or failed; `documents`: how many are in it; `file_name`: as the reader sees it."""

    id: str
    state: str
    documents: int
    file: str
    file_name: str


def order_archive(account: str, asked: Filters, outside: Outside) -> Archive:
    """The ready documents that the list shows for these filters are in a file, or soon will be.

    Its name is the digest of what is in it: the same documents are packed once.

    Raises:
        NotFoundError: there are none.
        InvalidInputError: the days are in the wrong order, or there are too many documents.
    """
    if asked.is_backwards:
        raise InvalidInputError(trouble(Cause.PERIOD_BACKWARDS))
    found = _documents(account, replace(asked, status=DocumentStatus.READY), outside)
    if not found:
        raise NotFoundError("за этот период документов нет")
    digest = hashlib.sha256(FORM.encode())
    for id, row in found:
        digest.update(f"\0{id}\0{row['sha256']}".encode())
    id = digest.hexdigest()[:32]
    stored = outside.store.get("control", _name(account), id)
    if stored and stored.row["state"] == BEING_MADE:
        return _told(stored)
    row = {
        "state": READY if len(found) <= AT_ONCE_MAX else BEING_MADE,
        "documents": [id for id, _ in found],
        "file": f"archives/{account}/{id}.zip",
        "file_name": _named(asked, [_day(row) for _, row in found]),
        "at": utc_text(outside.clock()),
        "summary": f"архив: {len(found)} шт.",
    }
    if outside.files.exists(row["file"]):
        row["state"] = READY
    elif row["state"] == READY:
        _pack(account, row, outside)
    return _written(account, id, row, stored, outside)


def archive_of(account: str, id: str, outside: Outside) -> Archive:
    """The archive as it stands; one whose file is gone by now is made again.

    Raises:
        NotFoundError: there is no such archive, or it is not this account's.
    """
    stored = outside.store.get("control", _name(account), id) if _ID.fullmatch(id) else None
    if not stored:
        raise NotFoundError("такого архива нет")
    if stored.row["state"] != READY or outside.files.exists(stored.row["file"]):
        return _told(stored)
    row = dict(stored.row)
    if len(row["documents"]) > AT_ONCE_MAX:
        row["state"] = BEING_MADE
    else:
        _pack(account, row, outside)
    return _written(account, id, row, stored, outside)


def fill_archive(account: str, id: str, outside: Outside) -> str:
    """The archive lies in the bucket; answers its state."""
    stored = outside.store.get("control", _name(account), id)
    work = outside.store.get("work", records.shard_of(account), f"archive#{account}#{id}")
    if not stored or not work:
        return "done"
    _pack(account, stored.row, outside)
    _end(stored, {**stored.row, "state": READY}, work, outside)
    return READY


def give_archive_up(work: Stored, why: str, outside: Outside) -> None:
    """Whoever waits for the archive is told so, and may order it again."""
    stored = outside.store.get("control", _name(work.row["account"]), work.row["document"])
    assert stored, "work stands beside its archive"
    _end(stored, {**stored.row, "state": FAILED, "reason": why[:300]}, work, outside)


def _end(stored: Stored, row: Mapping[str, Any], work: Stored, outside: Outside) -> None:
    with suppress(StaleError):  # another worker has packed the same bytes
        outside.store.tx(
            [
                Write("control", stored.pk, stored.sk, row, stored.version),
                Write("work", work.pk, work.sk, None, work.version),
            ]
        )


def _named(asked: Filters, days: Sequence[Day]) -> str:
    """Name the file by the days or months that were asked for; with none, by the dates of the documents."""
    first = asked.first or (asked.month_first.first_day if asked.month_first else min(days))
    last = asked.last or (asked.month_last.last_day if asked.month_last else max(days))
    return archive_name(asked.kind or "", first, last)


def _documents(account: str, asked: Filters, outside: Outside) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the rows of the documents that the list shows, the oldest first."""
    documents = list[Stored]()
    after, before = asked.keys()
    for stored in rows_of(outside.store, "documents", account, after=after, before=before):
        if stored.row["kind"] != "period" and asked.let(stored.row):
            documents.append(stored)
        if len(documents) > DOCUMENTS_MAX:
            raise InvalidInputError(trouble(Cause.ARCHIVE_TOO_LARGE))
    return [(stored.sk, stored.row) for stored in sorted(documents, key=rank)]


def _day(row: Mapping[str, Any]) -> Day:
    return date.fromisoformat(row["date"])


def _pack(account: str, row: Mapping[str, Any], outside: Outside) -> None:
    chunks = zipped(_files(account, row["documents"], outside))
    outside.files.put_stream(row["file"], chunks, content_type="application/zip")


def _files(account: str, documents: list[str], outside: Outside) -> Iterator[tuple[str, Day, bytes]]:
    found = []
    for id in documents:
        stored = outside.store.get("documents", account, id)
        assert stored, "a document is never deleted"
        found.append((stored.row["file_name"], _day(stored.row), stored.row["file"]))
    names = distinct([name for name, _, _ in found])
    for name, (_, day, file) in zip(names, found, strict=True):
        yield name, day, outside.files.get(file)


def _written(account: str, id: str, row: dict[str, Any], stored: Stored | None, outside: Outside) -> Archive:
    row["expires"] = int((outside.clock() + KEPT).timestamp())
    writes = [Write("control", _name(account), id, row, stored.version if stored else ABSENT)]
    item = f"archive#{account}#{id}"
    if row["state"] == BEING_MADE:
        shard = records.shard_of(account)
        work = {"account": account, "document": id, "since": row["at"]}
        writes.append(Write("work", shard, item, work, ABSENT))
    try:
        outside.store.tx(writes)
    except StaleError:  # the same archive was ordered at the same moment
        stored = outside.store.get("control", _name(account), id)
        if not stored:
            raise
        return _told(stored)
    if row["state"] == BEING_MADE:
        with suppress(UnavailableError):
            outside.queue.send("fill-orders", [{"account": account, "item": item}])
    return _told(Stored(_name(account), id, row, 0))


def _told(stored: Stored) -> Archive:
    row = stored.row
    return Archive(
        id=stored.sk, state=row["state"], documents=len(row["documents"]), file=row["file"], file_name=row["file_name"]
    )


def _name(account: str) -> str:
    return f"archives.{account}"
