"""The storage contract on DynamoDB, through the models of `tables.py`."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError
from pynamodb.attributes import MapAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import DeleteError, PutError, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from billing.adapters.tables import Table, bind
from billing.domain.errors import UnavailableError
from billing.ports import ABSENT, Page, StaleError, Stored, UnknownOutcomeError, Write

READ_MAX = 100  # rows in one call
READ_ATTEMPTS_MAX = 4
READ_PAUSE_S = 0.025  # doubled each time
_LAST = "\U0010ffff"  # sorts after every key we write


class DynamoStore:
    """Implements `ports.Store`. One write alone is a conditional put (half the price of a transaction of one)."""

    def __init__(self, names: Mapping[str, str], region: str) -> None:
        self._models = bind(names)
        self._connection = Connection(
            region=region, connect_timeout_seconds=2, read_timeout_seconds=5, max_retry_attempts=3
        )
        for model in self._models.values():
            model.Meta.region = region
            of_table = model._get_connection()  # one client for all: each would cost a cold start a tenth of a second
            self._connection.add_meta_table(of_table.get_meta_table())
            of_table.connection = self._connection

    def get(self, table: str, pk: str, sk: str = "") -> Stored | None:
        model = self._models[table]
        try:
            return _stored(model.get(pk, sk if _sorted(model) else None, consistent_read=True))
        except model.DoesNotExist:
            return None
        except (PynamoDBException, BotoCoreError) as error:
            raise _failure(error) from error

    def get_many(self, table: str, keys: Collection[tuple[str, str]]) -> tuple[Stored, ...]:
        assert 1 <= len(keys) <= READ_MAX, f"{len(keys)} rows in one call"
        model, found = self._models[table], list[Stored]()
        left: list[Any] = [
            {name: {"S": part} for name, part in zip(model.keys, key, strict=False)} for key in sorted(set(keys))
        ]
        for attempt in range(READ_ATTEMPTS_MAX):
            if attempt:  # keys are left over when the database is busy
                time.sleep(READ_PAUSE_S * 2**attempt)
            try:
                said = self._connection.batch_get_item(model.Meta.table_name, left, consistent_read=True)
            except (PynamoDBException, BotoCoreError) as error:
                raise _failure(error) from error
            found += [_stored(model.from_raw_data(item)) for item in said["Responses"].get(model.Meta.table_name, ())]
            left = said["UnprocessedKeys"].get(model.Meta.table_name, {}).get("Keys", [])
            if not left:
                return tuple(found)
        raise UnavailableError("the database is busy: keys are left unread")

    def query(
        self,
        table: str,
        pk: str,
        *,
        prefix: str = "",
        after: str = "",
        before: str = "",
        limit: int = 100,
        newest_first: bool = False,
    ) -> Page:
        model = self._models[table]
        low, high = max(prefix, after), min(prefix + _LAST, before or _LAST)
        if low >= high:
            return Page((), "")
        key = getattr(model, model.keys[1])
        between = key.between(low, high) if low else key <= high
        try:
            # the bounds themselves are not wanted, and one row more tells whether there is another page
            found = list(
                model.query(
                    pk,
                    between,
                    consistent_read=True,
                    scan_index_forward=not newest_first,
                    limit=limit + 3,
                    page_size=limit + 3,
                )
            )
        except (PynamoDBException, BotoCoreError) as error:
            raise _failure(error) from error
        rows = [s for s in map(_stored, found) if s.sk != after and (not before or s.sk != before)]
        return Page(tuple(rows[:limit]), rows[limit - 1].sk if len(rows) > limit else "")

    def scan(self, table: str, *, segment: int, segments: int, cursor: str = "", limit: int = 100) -> Page:
        model = self._models[table]
        try:
            pages = model.scan(
                segment=segment,
                total_segments=segments,
                consistent_read=True,
                limit=limit,
                page_size=limit,
                last_evaluated_key=json.loads(cursor) if cursor else None,
            )
            rows = tuple(map(_stored, pages))
        except (PynamoDBException, BotoCoreError) as error:
            raise _failure(error) from error
        return Page(rows, json.dumps(pages.last_evaluated_key) if pages.last_evaluated_key else "")

    def tx(self, writes: Sequence[Write]) -> None:
        try:
            if len(writes) == 1:
                return self._one(writes[0])
            with TransactWrite(connection=self._connection) as transaction:
                for w in writes:
                    item, condition = self._item(w)
                    if w.row is None:
                        transaction.delete(item, condition=condition)
                    else:
                        transaction.save(item, condition=condition)
        except TransactWriteError as error:
            # PynamoDB sends deletes before puts, and the reasons come in the order sent; a call that was throttled or
            # had no answer has none
            sent = sorted(range(len(writes)), key=lambda i: writes[i].row is not None)
            reasons = [reason.code if reason else "" for reason in error.cancellation_reasons]
            stale = [i for i, code in zip(sent, reasons, strict=False) if code == "ConditionalCheckFailed"]
            if stale:
                raise StaleError(stale) from error
            if "ValidationError" in reasons:  # a row too large, say: trying again will not help
                raise
            raise _failure(error) from error
        except (PutError, DeleteError) as error:
            if _code(error) == "ConditionalCheckFailedException":
                raise StaleError([0]) from error
            raise _failure(error) from error
        except (PynamoDBException, BotoCoreError) as error:
            raise _failure(error) from error

    def _one(self, w: Write) -> None:
        item, condition = self._item(w)
        if w.row is None:
            item.delete(condition=condition)
        else:
            item.save(condition=condition)

    def _item(self, w: Write) -> tuple[Table, Any]:
        model = self._models[w.table]
        row = dict(w.row or {})
        _check(row)
        if "content" in model.get_attributes() and w.table == "control":
            row = {"content": row, **{name: row.pop(name) for name in ("summary", "expires") if name in row}}
        item = model(w.pk, w.sk if _sorted(model) else None, version=w.expect + 1, **row)
        condition = model.version == w.expect if w.expect != ABSENT else getattr(model, model.keys[0]).does_not_exist()
        return item, condition


def _check(value: Any) -> None:
    """Within maps and lists PynamoDB would take anything; a row holds text, whole numbers, yes and no."""
    if isinstance(value, Mapping):
        for inner in value.values():
            _check(inner)
    elif isinstance(value, list):
        for inner in value:
            _check(inner)
    elif value is not None and type(value) not in (str, int, bool):
        raise TypeError(f"a {type(value).__name__} in a row")


def _sorted(model: type[Table]) -> bool:
    return len(model.keys) > 1


def _stored(item: Table) -> Stored:
    row = {name: _plain(value) for name, value in item.attribute_values.items() if value is not None}
    version = row.pop("version")
    keys = [row.pop(name) for name in item.keys]
    if "content" in row and item.keys[0] == "name":
        content = row.pop("content")
        row = {**content, **row}
    return Stored(pk=keys[0], sk=keys[1] if len(keys) > 1 else "", row=row, version=version)


def _plain(value: Any) -> Any:
    if isinstance(value, MapAttribute):
        return {name: _plain(v) for name, v in value.attribute_values.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value


_REFUSED = frozenset(
    {  # the service said no: nothing was written
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TransactionConflictException",
        "TransactionCanceledException",
        "TransactionInProgressException",
    }
)
_BROKEN = frozenset({"ValidationException", "AccessDeniedException", "ResourceNotFoundException"})


def _code(error: Exception) -> str:
    """What the service called it; nothing when it did not answer (where PynamoDB stumbles over a response of None)."""
    return getattr(error, "cause_response_code", None) or ""


def _failure(error: Exception) -> Exception:
    """What a failed call means to the caller: nothing done, or not known."""
    code = _code(error)
    if code in _BROKEN:
        return error
    if code in _REFUSED:
        return UnavailableError(f"the database is busy: {code}")
    return UnknownOutcomeError(f"no answer from the database: {code or type(error).__name__}")
