"""The comparison with the services' models finds faults that botocore and moto let pass."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from tests.service_model import SERVICES, _pattern, breaches_of

GET = {"TableName": "accounts", "Key": {"account": {"S": "c-000001"}}}


def breaches(service: str, operation: str, asked: dict[str, Any]) -> list[str]:
    model = botocore.session.get_session().get_service_model(service)
    return list(breaches_of(model.operation_model(operation).input_shape, asked))


@pytest.mark.parametrize(
    ("service", "operation", "asked", "found"),
    [
        pytest.param("dynamodb", "GetItem", GET, 0, id="as it should be"),
        pytest.param("dynamodb", "GetItem", {**GET, "TableName": ""}, 1, id="the least"),
        pytest.param("dynamodb", "GetItem", {**GET, "TableName": "a" * 1_025}, 1, id="the longest"),
        pytest.param("dynamodb", "GetItem", {**GET, "ReturnConsumedCapacity": "ALL"}, 1, id="a value of no set"),
        pytest.param("dynamodb", "TransactWriteItems", {"TransactItems": [{}] * 101}, 1, id="the most"),
        pytest.param("secretsmanager", "PutSecretValue", {"SecretId": "a", "SecretString": "x" * 65_537}, 1, id="text"),
        pytest.param(
            "secretsmanager",
            "UpdateSecretVersionStage",
            {"SecretId": "a", "VersionStage": "s" * 257},
            1,
            id="within a call",
        ),
        pytest.param("dynamodb", "Scan", {"TableName": "t", "TotalSegments": 1_000_001}, 1, id="a number"),
    ],
)
def test_what_the_model_does_not_allow_is_found(service: str, operation: str, asked: dict[str, Any], found: int):
    assert len(breaches(service, operation, asked)) == found


def test_every_pattern_of_what_functions_call_can_be_read():
    """Only some of Java's own character classes are known here; another one needs its Python equivalent."""
    session = botocore.session.get_session()
    models = [session.get_service_model(service) for service in SERVICES]
    shapes = [model.shape_for(name) for model in models for name in model.shape_names]
    patterns = {shape.metadata["pattern"] for shape in shapes if "pattern" in shape.metadata}

    assert len(patterns) > 20
    for pattern in patterns:
        _pattern(pattern)
