"""The storage contract: the same tests for the store in memory and for DynamoDB."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from pynamodb.connection import Connection
from pynamodb.exceptions import CancellationReason, GetError, PutError, TransactWriteError, VerboseClientError

from billing.adapters.store import DynamoStore
from billing.domain.errors import UnavailableError
from billing.ports import ABSENT, StaleError, Store, UnknownOutcomeError, Write
from tests.adapters.conftest import a_dynamo_store


def put(sk: str, expect: int = ABSENT, *, pk: str = "p", table: str = "control", **row: Any) -> Write:
    return Write(table, pk, sk, row or {"state": "new"}, expect)


def delete(sk: str, expect: int, *, pk: str = "p", table: str = "control") -> Write:
    return Write(table, pk, sk, None, expect)


def with_rows(store: Store, *sks: str) -> Store:
    for sk in sks:
        store.tx([put(sk)])
    return store


def keys(store: Store, **how: Any) -> list[str]:
    return [s.sk for s in store.query("control", "p", **how).rows]


# --- get ---------------------------------------------------------------------------------------------------------


def test_a_row_that_is_not_there_is_none(store: Store):
    assert store.get("control", "p", "nothing") is None
    assert store.get("accounts", "nobody") is None


def test_a_row_is_read_as_it_was_written(store: Store):
    row = {
        "text": "Ромашка",
        "empty": "",
        "number": -5,
        "great": 10**15,
        "yes": True,
        "no": False,
        "list": [1, "a", [], {}, {"b": [True]}],
        "map": {"ключ|a.b": {"c": 1}},
        "summary": "для людей",
    }

    store.tx([Write("control", "p", "s", row, ABSENT)])

    stored = store.get("control", "p", "s")
    assert stored
    assert (stored.pk, stored.sk, dict(stored.row), stored.version) == ("p", "s", row, 1)
    assert type(stored.row["number"]) is int
    assert type(stored.row["yes"]) is bool
    assert type(stored.row["list"][0]) is int
    assert type(stored.row["map"]["ключ|a.b"]["c"]) is int


def test_what_is_read_may_be_changed_without_changing_what_is_stored(store: Store):
    store.tx([put("s", list=[1])])
    stored = store.get("control", "p", "s")
    assert stored

    stored.row["list"].append(2)

    again = store.get("control", "p", "s")
    assert again
    assert again.row["list"] == [1]


def test_a_table_without_a_sort_key_has_rows_by_their_partition_key(store: Store):
    row = {"account": "c-1", "body_sha": "0", "outcome": "posted", "seq": 1}

    store.tx([Write("seen", "k-1", "", row, ABSENT)])

    stored = store.get("seen", "k-1")
    assert stored
    assert (stored.pk, stored.sk, stored.row["outcome"], stored.version) == ("k-1", "", "posted", 1)


def test_those_of_many_rows_come_that_are_there(store: Store):
    with_rows(store, "a", "b", "c")
    store.tx([Write("seen", "k-1", "", {"account": "c-1", "body_sha": "0", "outcome": "posted"}, ABSENT)])

    found = store.get_many("control", [("p", "c"), ("p", "a"), ("p", "nothing"), ("q", "b"), ("p", "a")])

    assert sorted((s.pk, s.sk, s.row["state"], s.version) for s in found) == [
        ("p", "a", "new", 1),
        ("p", "c", "new", 1),
    ]
    assert [(s.pk, s.sk) for s in store.get_many("seen", [("k-1", ""), ("k-2", "")])] == [("k-1", "")]
    assert store.get_many("seen", [("k-2", "")]) == ()


def test_a_hundred_rows_are_read_at_once_and_no_more(store: Store):
    for n in range(100):
        store.tx([put(f"{n:03}", n=n)])

    found = store.get_many("control", [("p", f"{n:03}") for n in range(100)])

    assert sorted(s.row["n"] for s in found) == list(range(100))
    with pytest.raises(AssertionError):
        store.get_many("control", [("p", f"{n:03}") for n in range(201)])


# --- query -------------------------------------------------------------------------------------------------------


ROWS = ("a#1", "a#2", "a#3", "b#1", "b#2", "c")


@pytest.mark.parametrize(
    ("how", "found"),
    [
        pytest.param({}, list(ROWS), id="all"),
        pytest.param({"prefix": "a#"}, ["a#1", "a#2", "a#3"], id="prefix"),
        pytest.param({"prefix": "c"}, ["c"], id="prefix that is a key"),
        pytest.param({"prefix": "d"}, [], id="prefix of nothing"),
        pytest.param({"after": "a#2"}, ["a#3", "b#1", "b#2", "c"], id="after a key"),
        pytest.param({"after": "a#25"}, ["a#3", "b#1", "b#2", "c"], id="after what is no key"),
        pytest.param({"before": "b#1"}, ["a#1", "a#2", "a#3"], id="before a key"),
        pytest.param({"after": "a#1", "before": "b#2"}, ["a#2", "a#3", "b#1"], id="between"),
        pytest.param({"after": "a#1", "before": "a#2"}, [], id="between neighbours"),
        pytest.param({"after": "b", "before": "a"}, [], id="between the wrong way round"),
        pytest.param({"after": "a#1", "before": "a#1"}, [], id="between a key and itself"),
        pytest.param({"prefix": "a#", "after": "a#1"}, ["a#2", "a#3"], id="prefix, after"),
        pytest.param({"prefix": "b#", "after": "a#1"}, ["b#1", "b#2"], id="prefix, after what is before it"),
        pytest.param({"prefix": "a#", "after": "b#1"}, [], id="prefix, after what is behind it"),
        pytest.param({"prefix": "a#", "before": "a#3"}, ["a#1", "a#2"], id="prefix, before"),
        pytest.param({"prefix": "a#", "before": "b#2"}, ["a#1", "a#2", "a#3"], id="prefix, before what is behind it"),
        pytest.param({"newest_first": True}, list(reversed(ROWS)), id="newest first"),
        pytest.param(
            {"newest_first": True, "prefix": "a#", "before": "a#3"}, ["a#2", "a#1"], id="newest first, before"
        ),
        pytest.param({"newest_first": True, "limit": 2}, ["c", "b#2"], id="newest first, two"),
    ],
)
def test_rows_of_a_partition_are_found_by_their_sort_keys(store: Store, how: dict[str, Any], found: list[str]):
    with_rows(store, *reversed(ROWS)).tx([put("x", pk="other")])

    assert keys(store, **how) == found


def test_an_empty_partition_is_an_empty_page(store: Store):
    page = store.query("control", "nobody")

    assert (page.rows, page.cursor) == ((), "")


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("prefix", ["", "a#"])
def test_pages_make_the_whole_whatever_their_size(store: Store, limit: int, newest_first: bool, prefix: str):
    with_rows(store, *ROWS)
    wanted = [sk for sk in ROWS if sk.startswith(prefix)]
    found: list[str] = []
    how: dict[str, Any] = {}

    for _ in range(10):
        page = store.query("control", "p", prefix=prefix, limit=limit, newest_first=newest_first, **how)
        found += [s.sk for s in page.rows]
        if not page.cursor:
            break
        assert len(page.rows) == limit
        how = {"before" if newest_first else "after": page.cursor}

    assert found == (wanted[::-1] if newest_first else wanted)


def test_a_full_last_page_has_no_cursor(store: Store):
    with_rows(store, "1", "2", "3")

    assert store.query("control", "p", limit=3).cursor == ""
    assert store.query("control", "p", limit=2).cursor == "2"


def test_rows_of_many_kilobytes_come_whole(store: Store):
    """A call of DynamoDB answers with a megabyte at most; a page of ours may be more."""
    for n in range(12):
        store.tx([put(f"{n:02}", text="я" * 100_000)])

    assert len(store.query("control", "p", limit=100).rows) == 12


# --- scan --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("segments", [1, 3])
@pytest.mark.parametrize("limit", [1, 4, 100])
def test_segments_and_pages_of_a_scan_make_the_table_once(store: Store, segments: int, limit: int):
    for n in range(10):
        store.tx([Write("seen", f"k-{n}", "", {"account": "a", "body_sha": "0", "outcome": "posted"}, ABSENT)])
    found = []

    for segment in range(segments):
        cursor = ""
        for _ in range(20):
            page = store.scan("seen", segment=segment, segments=segments, cursor=cursor, limit=limit)
            assert len(page.rows) <= limit
            found += [s.pk for s in page.rows]
            if not (cursor := page.cursor):
                break

    assert sorted(found) == [f"k-{n}" for n in range(10)]


def test_a_scan_of_nothing_is_an_empty_page(store: Store):
    page = store.scan("accounts", segment=0, segments=1)

    assert (page.rows, page.cursor) == ((), "")


def test_a_cursor_holds_though_rows_were_added_and_removed(store: Store):
    """What stood all the time is found; what came or went may be."""
    for n in range(6):
        store.tx([put(f"{n}")])
    page = store.scan("control", segment=0, segments=1, limit=2)
    seen = [s.sk for s in page.rows]
    store.tx([delete(seen[-1], 1)])

    while page.cursor:
        page = store.scan("control", segment=0, segments=1, cursor=page.cursor, limit=2)
        seen += [s.sk for s in page.rows]

    assert sorted(seen) == [f"{n}" for n in range(6)]


# --- tx ----------------------------------------------------------------------------------------------------------


def test_versions_count_the_puts(store: Store):
    store.tx([put("s", ABSENT, n=1)])
    store.tx([put("s", 1, n=2)])

    stored = store.get("control", "p", "s")
    assert stored
    assert (stored.version, stored.row) == (2, {"n": 2})


def test_a_row_that_expires_comes_back_with_its_moment(store: Store):
    row = {"reason": "a typo", "expires": 1_804_593_600, "summary": "c-000001: a typo"}
    store.tx([Write("control", "refused.2026-02-01", "m-1", row, ABSENT)])

    stored = store.get("control", "refused.2026-02-01", "m-1")
    assert stored
    assert stored.row == row
    assert store.query("control", "refused.2026-02-01").rows == (stored,)


def test_a_row_expires_at_a_whole_second(store: Store):
    with pytest.raises((TypeError, AssertionError)):
        store.tx([put("s", expires="2027-03-08T00:00:00+00:00")])


def test_a_deleted_row_begins_anew(store: Store):
    store.tx([put("s")])
    store.tx([delete("s", 1)])

    assert store.get("control", "p", "s") is None
    store.tx([put("s")])


@pytest.mark.parametrize("expect", [0, 2, 3])
@pytest.mark.parametrize("beside", [[], [put("other", pk="q")]], ids=["alone", "with another"])
def test_a_row_at_another_version_is_not_written_over(store: Store, expect: int, beside: list[Write]):
    store.tx([put("s", n=1)])

    with pytest.raises(StaleError) as caught:
        store.tx([put("s", expect, n=2), *beside])

    stored = store.get("control", "p", "s")
    assert stored
    assert (caught.value.indexes, stored.row) == ((0,), {"n": 1})
    assert store.get("control", "q", "other") is None


@pytest.mark.parametrize("beside", [[], [put("other", pk="q")]], ids=["alone", "with another"])
def test_what_is_not_there_is_not_deleted_and_not_written_over(store: Store, beside: list[Write]):
    for write in (delete("s", 1), put("s", 1)):
        with pytest.raises(StaleError):
            store.tx([write, *beside])


def test_a_row_with_one_partition_key_and_another_sort_key_is_another_row(store: Store):
    store.tx([put("one")])

    store.tx([put("two"), put("three")])

    assert keys(store) == ["one", "three", "two"]


def test_all_is_written_or_nothing(store: Store):
    with_rows(store, "old", "gone")

    with pytest.raises(StaleError):
        store.tx([put("new"), put("old", 1, n=2), delete("gone", 1), put("stale", 5)])

    assert keys(store) == ["gone", "old"]
    stored = store.get("control", "p", "old")
    assert stored
    assert stored.version == 1


def test_the_stale_rows_are_named_though_puts_and_deletes_are_mixed(store: Store):
    with_rows(store, "a", "b", "c", "d")

    with pytest.raises(StaleError) as caught:
        store.tx([put("a", 1), delete("b", 7), put("c", 7), delete("d", 1), put("new", 3), delete("none", 1)])

    assert sorted(caught.value.indexes) == [1, 2, 4, 5]


def test_a_hundred_rows_of_several_tables_are_one_transaction(store: Store):
    writes = [put(f"{n:03}") for n in range(50)]
    writes += [
        Write("seen", f"k-{n}", "", {"account": "a", "body_sha": "0", "outcome": "posted"}, ABSENT) for n in range(50)
    ]

    store.tx(writes)

    assert len(store.query("control", "p").rows) == 50
    assert store.get("seen", "k-49")


def test_an_attribute_that_no_table_knows_is_refused(store: Store):
    """A row that would lose a field in DynamoDB must not pass in memory either."""
    row = {"account": "a", "body_sha": "0", "outcome": "posted", "colour": "red"}

    with pytest.raises((ValueError, AssertionError)):
        store.tx([Write("seen", "k-1", "", row, ABSENT)])


@pytest.mark.parametrize(
    "value", [1.5, 1.0, (1, 2), {1, 2}, b"bytes"], ids=["float", "whole float", "tuple", "set", "bytes"]
)
def test_a_value_that_is_not_ours_is_refused(store: Store, value: Any):
    with pytest.raises((TypeError, ValueError, AssertionError)):
        store.tx([put("s", value=value)])


# --- DynamoDB alone ----------------------------------------------------------------------------------------------


@pytest.fixture
def dynamo(aws: Any) -> DynamoStore:
    return a_dynamo_store(aws)


def a_client_error(code: str, status: int = 400, **more: Any) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}, "x"
    )


@pytest.mark.parametrize(
    ("failure", "meaning"),
    [
        pytest.param(
            PutError("m", a_client_error("ProvisionedThroughputExceededException")), UnavailableError, id="busy"
        ),
        pytest.param(PutError("m", a_client_error("ThrottlingException")), UnavailableError, id="throttled"),
        pytest.param(PutError("m", a_client_error("TransactionConflictException")), UnavailableError, id="in conflict"),
        pytest.param(PutError("m", a_client_error("InternalServerError", 500)), UnknownOutcomeError, id="broke"),
        pytest.param(PutError("m", ReadTimeoutError(endpoint_url="x")), UnknownOutcomeError, id="no answer"),
        pytest.param(PutError("m", EndpointConnectionError(endpoint_url="x")), UnknownOutcomeError, id="no line"),
        pytest.param(PutError("m", a_client_error("AccessDeniedException")), PutError, id="not allowed"),
        pytest.param(PutError("m", a_client_error("ValidationException")), PutError, id="our own mistake"),
    ],
)
def test_a_failed_write_says_whether_it_may_be_there(dynamo: DynamoStore, monkeypatch, failure, meaning):
    def fails(*_: Any, **__: Any) -> None:
        raise failure

    monkeypatch.setattr("pynamodb.models.Model.save", fails)

    with pytest.raises(meaning) as caught:
        dynamo.tx([put("s")])
    assert type(caught.value) is meaning


@pytest.mark.parametrize(
    ("code", "reasons", "meaning"),
    [
        pytest.param("", ["TransactionConflict", ""], UnavailableError, id="in conflict"),
        pytest.param("", ["ThrottlingError", ""], UnavailableError, id="throttled"),
        pytest.param("", ["ConditionalCheckFailed", "TransactionConflict"], StaleError, id="stale, and in conflict"),
        pytest.param("", ["ValidationError", ""], TransactWriteError, id="a row too large"),
        pytest.param("ThrottlingException", [], UnavailableError, id="the whole call throttled"),
        pytest.param("TransactionInProgressException", [], UnavailableError, id="another try of it under way"),
        pytest.param("InternalServerError", [], UnknownOutcomeError, id="broke"),
        pytest.param("AccessDeniedException", [], TransactWriteError, id="not allowed"),
    ],
)
def test_a_failed_transaction_says_why(dynamo: DynamoStore, monkeypatch, code, reasons, meaning):
    error = VerboseClientError(
        {"Error": {"Code": code or "TransactionCanceledException", "Message": "m"}},
        "TransactWriteItems",
        cancellation_reasons=[CancellationReason(code=r) if r else None for r in reasons],
    )

    def fails(*_: Any, **__: Any) -> None:
        raise TransactWriteError("m", error)

    monkeypatch.setattr("pynamodb.connection.Connection.transact_write_items", fails)

    with pytest.raises(meaning) as caught:
        dynamo.tx([put("s"), put("t")])
    assert type(caught.value) is meaning


def test_a_transaction_without_an_answer_may_be_there(dynamo: DynamoStore, monkeypatch):
    def fails(*_: Any, **__: Any) -> None:
        raise TransactWriteError("m", ReadTimeoutError(endpoint_url="x"))

    monkeypatch.setattr("pynamodb.connection.Connection.transact_write_items", fails)

    with pytest.raises(UnknownOutcomeError):
        dynamo.tx([put("s"), put("t")])


def test_a_failed_read_may_be_asked_again(dynamo: DynamoStore, monkeypatch):
    def fails(*_: Any, **__: Any) -> None:
        raise GetError("m", a_client_error("ProvisionedThroughputExceededException"))

    monkeypatch.setattr("pynamodb.models.Model.get", fails)

    with pytest.raises(UnavailableError):
        dynamo.get("control", "p", "s")


def _busy(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """So many times a batch read leaves all but its first key; answers the numbers of keys asked for."""
    asked: list[int] = []
    whole = Connection.batch_get_item

    def batch_get_item(self: Any, table: str, keys: Any, **how: Any) -> Any:
        asked.append(len(keys))
        if len(asked) > times:
            return whole(self, table, keys, **how)
        return {**whole(self, table, keys[:1], **how), "UnprocessedKeys": {table: {"Keys": keys[1:]}}}

    monkeypatch.setattr(Connection, "batch_get_item", batch_get_item)
    monkeypatch.setattr("billing.adapters.store.READ_PAUSE_S", 0)
    return asked


def test_keys_that_a_batch_read_leaves_are_asked_for_again(dynamo: DynamoStore, monkeypatch):
    with_rows(dynamo, "a", "b", "c", "d")
    asked = _busy(monkeypatch, times=2)

    found = dynamo.get_many("control", [("p", sk) for sk in "abcd"])

    assert sorted(s.sk for s in found) == ["a", "b", "c", "d"]
    assert asked == [4, 3, 2]


def test_a_database_that_leaves_keys_each_time_is_busy(dynamo: DynamoStore, monkeypatch):
    """Rows that were not read are not rows that are not there."""
    with_rows(dynamo, *"abcdef")
    asked = _busy(monkeypatch, times=100)

    with pytest.raises(UnavailableError):
        dynamo.get_many("control", [("p", sk) for sk in "abcdef"])
    assert asked == [6, 5, 4, 3]


def test_reads_are_consistent_and_one_write_alone_is_no_transaction(dynamo: DynamoStore, monkeypatch):
    """A transaction of one costs twice a conditional put."""
    asked: list[tuple[str, dict[str, Any]]] = []
    dispatch = Connection.dispatch

    def spy(self: Any, operation: str, kwargs: dict[str, Any]) -> Any:
        asked.append((operation, kwargs))
        return dispatch(self, operation, kwargs)

    monkeypatch.setattr(Connection, "dispatch", spy)
    dynamo.tx([put("s")])
    dynamo.get("control", "p", "s")
    dynamo.get_many("control", [("p", "s")])
    dynamo.query("control", "p")
    dynamo.scan("control", segment=0, segments=1)
    dynamo.tx([delete("s", 1)])

    said = dict(asked)
    assert set(said) == {"PutItem", "GetItem", "BatchGetItem", "Query", "Scan", "DeleteItem"}
    assert all(said[read]["ConsistentRead"] for read in ("GetItem", "Query", "Scan"))
    assert said["BatchGetItem"]["RequestItems"]["test-control"]["ConsistentRead"]
    assert "ConditionExpression" in said["PutItem"]
    assert "ConditionExpression" in said["DeleteItem"]


def test_the_moment_of_a_row_stands_where_dynamodb_looks_for_it(dynamo: DynamoStore):
    dynamo.tx([put("s", expires=1_804_593_600)])

    item = dynamo._models["control"].get("p", "s")
    assert item.expires == 1_804_593_600
    assert "expires" not in item.content.attribute_values
