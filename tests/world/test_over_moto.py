"""The same worlds over PynamoDB on moto: every answer of the database is that of the fake, call by call."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import boto3
import pytest
from moto import mock_aws

from billing.adapters.store import DynamoStore
from billing.adapters.tables import MODELS
from billing.ports import Page, StaleError, Stored, Write
from tests.world import tale
from tests.world.invariants import check
from tests.world.life import live
from tests.world.world import WatchedStore, World


class BothStores(WatchedStore):
    """Asks both, and holds them to each other."""

    def __init__(self, real: DynamoStore, world: World) -> None:
        super().__init__(world)
        self._real, self.compared = real, 0

    def get(self, table: str, pk: str, sk: str = "") -> Stored | None:
        found = super().get(table, pk, sk)
        self._same(found, self._real.get(table, pk, sk))
        return found

    def get_many(self, table: str, keys: Collection[tuple[str, str]]) -> tuple[Stored, ...]:
        found = super().get_many(table, keys)
        real = self._real.get_many(table, keys)
        self._same(Page(found, ""), Page(tuple(sorted(real, key=lambda s: (s.pk, s.sk))), ""))
        return found

    def query(self, table: str, pk: str, **how: Any) -> Page:
        found = super().query(table, pk, **how)
        self._same(found, self._real.query(table, pk, **how))
        return found

    def tx(self, writes: Sequence[Write]) -> None:
        try:
            super().tx(writes)
        except StaleError as stale:
            with pytest.raises(StaleError) as real:
                self._real.tx(writes)
            self._same(stale.indexes, real.value.indexes)
            raise
        self._real.tx(writes)

    def _same(self, fake: Any, real: Any) -> None:
        self.compared += 1
        assert _plain(fake) == _plain(real)


def _plain(found: Any) -> Any:
    """What is told of a row: an attribute that holds nothing is told as if it were not there."""
    if isinstance(found, Page):
        return [_plain(s) for s in found.rows], found.cursor
    if isinstance(found, Stored):
        return found.pk, found.sk, found.version, {k: v for k, v in found.row.items() if v is not None}
    return found


@pytest.fixture
def real(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-central-1")
        for name, model in MODELS.items():
            client.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[
                    {"AttributeName": key, "KeyType": kind}
                    for key, kind in zip(model.keys, ("HASH", "RANGE"), strict=False)
                ],
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in model.keys],
            )
        yield DynamoStore({name: name for name in MODELS}, "eu-central-1")


@pytest.mark.parametrize("seed", [2, 5, 11])
def test_a_world_over_the_database_is_the_world_over_the_fake(real, seed):
    with tale.light_papers():
        world = World(seed, rate=tale.RATE)
        world.store = BothStores(real, world)
        sent = live(world, clients=2, months=1, events=8)
        world.run()
        world.heal()
        check(world, sent)

    assert world.store.compared > 300
