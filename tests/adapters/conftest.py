"""AWS in this process, with the tables, the bucket and the queues that the adapters need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from billing.adapters.known import Known
from billing.adapters.long_rows import LongRows
from billing.adapters.store import DynamoStore
from billing.adapters.tables import MODELS
from billing.ports import TABLES, Store
from local import moto_fixes
from tests.fakes import MemoryMetrics, MemoryStore
from tests.second_emulator import ministack
from tests.service_model import held_to_the_model

REGION = "eu-central-1"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Clients of the stand-in, by the name of the service; keys that open nothing."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    moto_fixes.apply()
    with mock_aws():
        yield lambda service: boto3.client(service, region_name=REGION)


def a_dynamo_store(aws: Any) -> DynamoStore:
    """The store over tables with the keys that its models say."""
    dynamodb = aws("dynamodb")
    for table in TABLES:
        names = [MODELS[table].get_attributes()[key].attr_name for key in MODELS[table].keys]
        dynamodb.create_table(
            TableName=f"test-{table}",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
            KeySchema=[{"AttributeName": n, "KeyType": t} for n, t in zip(names, ("HASH", "RANGE"), strict=False)],
        )
    return DynamoStore({table: f"test-{table}" for table in TABLES}, REGION)


@pytest.fixture
def second_aws(emulator: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Clients of MiniStack, emptied, by the name of the service."""
    for name, value in {**ministack.CREDENTIALS, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": emulator}.items():
        monkeypatch.setenv(name, value)
    ministack.forget_everything(emulator)
    return lambda service: boto3.client(service, region_name=REGION)


HERE = ["memory", "dynamo", "known", "long", "long over dynamo"]


@pytest.fixture(params=[*HERE, pytest.param("ministack", marks=pytest.mark.proof)])
def store(request: pytest.FixtureRequest) -> Store:
    """What the port promises is promised by all."""
    if request.param == "ministack":
        return a_dynamo_store(request.getfixturevalue("second_aws"))
    if request.param == "memory":
        return MemoryStore()
    if request.param == "known":
        return Known(MemoryStore())
    if request.param == "long":
        return LongRows(MemoryStore(), MemoryMetrics())
    if request.param == "long over dynamo":
        return LongRows(a_dynamo_store(request.getfixturevalue("aws")), MemoryMetrics())
    return a_dynamo_store(request.getfixturevalue("aws"))


@pytest.fixture(autouse=True)
def _calls_as_the_services_want_them() -> Iterator[None]:
    """No call may be what only AWS would refuse."""
    with held_to_the_model() as breaches:
        yield
    assert not breaches
