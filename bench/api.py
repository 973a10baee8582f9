"""The API: a page of the list on a small and on a very large account, its cold start, its answers a second.

`python -m bench.api`. The list is asked over the store in memory, call by call the same as over DynamoDB.
"""

from __future__ import annotations

import logging
import os
import statistics
import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bench.imports import rows as imports
from billing import wiring
from billing.ports import Page
from local.cloud import Cloud, local_cloud
from local.http_api import Request, answer
from local.tokens import a_token
from tests.api.asking import TOKENS, Browser
from tests.api.asking import a_token as a_test_token
from tests.cloud.told import a_charge, a_payment, the_client, the_seller
from tests.fakes import MemoryStore
from tests.usecases.house import ACCOUNT
from tests.usecases.large import a_large_house

PAGE = 100
SMALL, LARGE = 10, 100_000
ROUNDS = 30
REQUESTS = 200  # of each kind, through the local cloud


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`calls` of the store and CPU ms of one request; `ratio`: to the page of an account that has just one page."""

    what: str
    calls: int | str
    cpu_ms: float
    ratio: float | str


def rows() -> list[Row]:
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"
    os.environ["POWERTOOLS_TRACE_DISABLED"] = "true"
    logging.disable(logging.CRITICAL)
    return [*_pages(), *_starts(), *_gateway()]


def _pages() -> list[Row]:
    found = [(documents, *_page(documents)) for documents in (PAGE, SMALL, LARGE)]
    one = found[0][2]
    return [
        Row(what=f"the first page of 100, of {documents:,} documents", calls=calls, cpu_ms=ms, ratio=ms / one)
        for documents, calls, ms in found
    ]


def _page(documents: int) -> tuple[int, float]:
    """Store calls and CPU ms of the first page, the median of many."""
    house = a_large_house(documents)
    store = Indexed(house.store)
    browser, taken = Browser(house, token=a_test_token(house)), []
    wiring.install(replace(house.outside, store=store), TOKENS)
    try:
        before = house.store.calls
        found = browser.get("/documents", query={"limit": PAGE}).json["documents"]
        calls = house.store.calls - before
        assert len(found) == min(documents, PAGE)
        for _ in range(ROUNDS):
            begun = time.process_time()
            browser.get("/documents", query={"limit": PAGE})
            taken.append((time.process_time() - begun) * 1000)
        return calls, statistics.median(taken)
    finally:
        wiring.install(None)


class Indexed:
    """The store with the account's keys in order, as a database has them: the fake would sort them at each call."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._keys = {table: sorted(store.tables[table][ACCOUNT]) for table in ("documents", "deliveries")}

    def query(self, table: str, pk: str, **how: Any) -> Page:
        keys = self._keys.get(table) if pk == ACCOUNT else None
        if keys is None or how.get("prefix"):
            return self._store.query(table, pk, **how)
        self._store.calls += 1
        before, limit = how.get("before", ""), how["limit"]
        first, end = bisect_right(keys, how.get("after", "")), bisect_left(keys, before) if before else len(keys)
        found = keys[max(first, end - limit) : end][::-1] if how.get("newest_first") else keys[first:end][:limit]
        more = end - first > limit
        return Page(tuple(self._store._stored(table, pk, key) for key in found), found[-1] if more else "")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def _starts() -> list[Row]:
    """The imports of a cold start, over a bare interpreter."""
    return [
        Row(what=f"cold imports of {row.function}", calls="", cpu_ms=row.cpu_ms, ratio="")
        for row in imports(only=("authorize", "documents_api"))
    ]


def _gateway() -> list[Row]:
    """Through gateway, authorizer, function and DynamoDB, all of them in this process."""
    with local_cloud(at=datetime(2026, 2, 1, 9, tzinfo=UTC)) as cloud:
        cloud.send("CrmInboxQueue", [the_seller(), the_client(), a_payment(), a_charge()])
        cloud.advance(to=datetime(2026, 2, 3, tzinfo=UTC))
        headers = [("Host", "127.0.0.1:3000"), ("Authorization", f"Bearer {a_token(cloud, 'c-000001', 'accountant')}")]
        return [
            _asked(cloud, Request(method="GET", path=path, headers=headers)) for path in ("/health", "/documents", "/")
        ]


def _asked(cloud: Cloud, request: Request) -> Row:
    assert answer(cloud, request).status == 200
    begun = time.process_time()
    for _ in range(REQUESTS):
        answer(cloud, request)
    each = (time.process_time() - begun) * 1000 / REQUESTS
    return Row(
        what=f"GET {request.path} through the local cloud: {1000 / each:,.0f}/s", calls="", cpu_ms=each, ratio=""
    )


if __name__ == "__main__":
    for row in rows():
        print(row)
