"""moto 5.2.5's DynamoDB and SQS made fit for concurrent use and for thousands of clients.

As shipped it loses concurrent writes, sorts the whole table for each query, copies whole tables for each transaction
and ignores the token that makes a repeated transaction one. Each fix stands alone; moto's version is pinned with them.
"""

from __future__ import annotations

import base64
import copy
import inspect
import json
import threading
from typing import Any

import moto
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from local import moto_queues, shortcut

MOTO = "5.2.5"
ITEM_MAX = 405_000  # bytes, as moto has it

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})

_one_at_a_time = threading.RLock()
_writes = 0
_transaction = threading.local()
_applied = False


def apply() -> None:
    """Mend moto for this process, once."""
    global _applied
    if _applied:
        return
    assert moto.__version__ == MOTO, f"these fixes are for moto {MOTO}, not {moto.__version__}"
    _serialise_requests()
    _query_one_partition()
    _put_back_what_a_transaction_touched()
    _honour_tokens()
    _answer_without_walking_the_model()
    _sort_a_table_once_between_writes()
    _weigh_an_item_once()
    moto_queues.apply()
    shortcut.apply()
    _applied = True


def writes() -> int:
    """How many calls in this process were to write to a table: if none more was, nothing has changed."""
    return _writes


def _serialise_requests() -> None:
    shipped = DynamoHandler.call_action

    def call_action(self: DynamoHandler) -> Any:
        global _writes
        with _one_at_a_time:
            _writes += self._get_action() in WRITES
            return shipped(self)

    DynamoHandler.call_action = call_action


def _query_one_partition() -> None:
    shipped = Table.query
    signature = inspect.signature(shipped)

    def query(self: Table, *args: Any, **kwargs: Any) -> Any:
        said = signature.bind(self, *args, **kwargs).arguments
        if said.get("index_name") is not None:
            return shipped(self, *args, **kwargs)
        key, view = said["hash_key"], object.__new__(Table)
        items = {key: self.items[key]} if key in self.items else {}
        view.__dict__.update(self.__dict__, items=items, _in_order=None)
        return shipped(view, *args, **kwargs)

    Table.query = query


def _put_back_what_a_transaction_touched() -> None:
    """As shipped, each item of a transaction copies its whole table, to have it back if the transaction fails."""
    shipped = DynamoDBBackend.transact_write_items

    def transact_write_items(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        tables, touched = dict(self.tables), [_touched(self, *op) for item in transact_items for op in item.items()]
        _transaction.runs = True
        try:
            shipped(self, transact_items)
        except Exception:
            self.tables.update(tables)
            for table, pk, sk, item in (place for place in touched if place):
                _put_back(table, pk, sk, item)
            raise
        finally:
            _transaction.runs = False

    def deepcopy(self: Table, memo: dict[int, Any]) -> Table:
        if getattr(_transaction, "runs", False):
            return self
        whole = object.__new__(Table)
        memo[id(self)] = whole
        whole.__dict__.update({name: copy.deepcopy(value, memo) for name, value in self.__dict__.items()})
        return whole

    DynamoDBBackend.transact_write_items = transact_write_items
    Table.__deepcopy__ = deepcopy


def _touched(backend: DynamoDBBackend, kind: str, op: dict[str, Any]) -> tuple[Table, Any, Any, Any] | None:
    """Where an item stands that a transaction is about to touch, and what is there now."""
    table, key = backend.tables.get(op["TableName"]), op.get("Key") or op.get("Item") or {}
    names = [name for name in (table.hash_key_attr, table.range_key_attr) if name] if table else []
    if not table or not all(name in key for name in names):
        return None
    pk, *rest = (DynamoType(key[name]) for name in names)
    sk, group = rest[0] if rest else None, table.items.get(pk)
    item: Any = group if sk is None else (group or {}).get(sk)
    return table, pk, sk, copy.deepcopy(item) if kind == "Update" else item  # what is put is another item


def _put_back(table: Table, pk: Any, sk: Any, item: Any) -> None:
    group, key = (table.items, pk) if sk is None else (table.items[pk], sk)
    if item is None:
        group.pop(key, None)
    else:
        group[key] = item
    table.__dict__["_in_order"] = None


def _honour_tokens() -> None:
    shipped = DynamoHandler.transact_write_items

    def transact_write_items(self: DynamoHandler) -> Any:
        token = self.body.get("ClientRequestToken")
        said = json.dumps(self.body["TransactItems"], sort_keys=True)
        known: dict[str, str] = self.dynamodb_backend.__dict__.setdefault("_tokens", {})
        if token in known:
            if known[token] != said:
                raise JsonRESTError("IdempotentParameterMismatchException", "other content under the same token")
            return ActionResult({})
        answer = shipped(self)
        if token:
            known[token] = said
        return answer

    DynamoHandler.transact_write_items = transact_write_items


def _answer_without_walking_the_model() -> None:
    shipped = DynamoHandler.serialized
    plain = frozenset({"GetItem", "Query", "Scan", "BatchGetItem", "PutItem", "DeleteItem"})

    def serialized(self: DynamoHandler, answer: ActionResult) -> Any:
        if isinstance(answer.result, dict) and self._get_action() in plain:
            said = {key: value for key, value in answer.result.items() if value is not None}
            return 200, dict(self.response_headers), json.dumps(said, default=lambda b: base64.b64encode(b).decode())
        return shipped(self, answer)

    DynamoHandler.serialized = serialized


def _sort_a_table_once_between_writes() -> None:
    shipped = Table.all_items

    def all_items(self: Table) -> Any:
        if self.__dict__.get("_in_order") is None:
            self.__dict__["_in_order"] = list(shipped(self))
        return self.__dict__["_in_order"]

    def forgetful(name: str) -> None:
        written = getattr(Table, name)

        def write(self: Table, *args: Any, **kwargs: Any) -> Any:
            self.__dict__["_in_order"] = None
            return written(self, *args, **kwargs)

        setattr(Table, name, write)

    Table.all_items = all_items
    forgetful("put_item")
    forgetful("delete_item")


def _weigh_an_item_once() -> None:
    """As shipped, every attribute that is added weighs all the others again, and every query what it has read."""
    shipped, weigh = DynamoDBBackend.update_item, Item.size

    def init(self: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
        self.hash_key, self.range_key, self.attrs = hash_key, range_key, LimitedSizeDict()
        weight = 0
        for name, value in attrs.items():
            typed = DynamoType(value)
            weight += len(name.encode()) + typed.size()
            dict.__setitem__(self.attrs, name, typed)
        if weight > ITEM_MAX:
            raise ItemSizeTooLarge
        self.__dict__["_weight"] = weight

    def size(self: Item) -> int:
        if "_weight" not in self.__dict__:
            self.__dict__["_weight"] = weigh(self)
        return int(self.__dict__["_weight"])

    def update_item(self: DynamoDBBackend, *args: Any, **kwargs: Any) -> Any:
        updated = shipped(self, *args, **kwargs)
        updated.__dict__.pop("_weight", None)
        return updated

    Item.__init__, Item.size, DynamoDBBackend.update_item = init, size, update_item
