"""Documents that wait to go out, by account."""

from __future__ import annotations

from contextlib import suppress

from billing.domain.documents import DocumentStatus
from billing.ports import Outside, StaleError, Write
from billing.records_edo import edo_shard
from billing.usecases.edo_terms import OnItsWay, on_its_way

PAGE = 100


def waiting_of(account: str, outside: Outside) -> list[OnItsWay]:
    """The account's documents that have a row of work and are not at the operator; a withdrawn one loses its row."""
    found: list[OnItsWay] = []
    shard, after = edo_shard(account), ""
    while True:
        page = outside.store.query("work", shard, prefix=f"{account}#", after=after, limit=PAGE)
        for work in page.rows:
            stored = outside.store.get("documents", account, work.row["document"])
            one = on_its_way(stored) if stored else None
            if one and one.stored.row["status"] != DocumentStatus.VOID and not one.state.fate.message:
                found.append(one)
            elif one:
                with suppress(StaleError):  # another worker has seen it too
                    outside.store.tx([Write("work", work.pk, work.sk, None, work.version)])
        if not (after := page.cursor):
            return found
