"""What functions ask of AWS, call by call, against what their policies in template.yaml allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from fnmatch import fnmatchcase
from typing import Any

from botocore.client import BaseClient

from local.cloud import Cloud
from local.functions import LocalFunction
from local.resources import aws

Right = tuple[str, str]  # an action of IAM and an ARN

_REGION = "arn:aws:{}:eu-central-1:123456789012:{}"


@contextmanager
def watched() -> Iterator[dict[str, set[Right]]]:
    """The rights that every function has used within the block, by its name."""
    used: dict[str, set[Right]] = {}
    running: list[str] = []
    call, ask = LocalFunction.__call__, BaseClient._make_api_call

    def watching_call(self: LocalFunction, event: Any) -> Any:
        running.append(self.name)
        try:
            return call(self, event)
        finally:
            running.pop()

    def watching_ask(self: Any, operation: str, said: dict[str, Any]) -> Any:
        if running:
            used.setdefault(running[-1], set()).update(_rights(self.meta.service_model.service_name, operation, said))
        return ask(self, operation, said)

    LocalFunction.__call__, BaseClient._make_api_call = watching_call, watching_ask
    try:
        yield used
    finally:
        LocalFunction.__call__, BaseClient._make_api_call = call, ask


def _rights(service: str, operation: str, said: dict[str, Any]) -> Iterator[Right]:
    """The rights that a call needs.

    Source: docs.aws.amazon.com, Service Authorization Reference: DynamoDB, S3, SQS, Secrets Manager, SES v2.
    """
    match service, operation:
        case "dynamodb", "TransactWriteItems":
            for item in said["TransactItems"]:
                ((kind, write),) = item.items()
                action = {"Put": "PutItem", "Delete": "DeleteItem", "Update": "UpdateItem"}.get(
                    kind, "ConditionCheckItem"
                )
                yield f"dynamodb:{action}", _REGION.format("dynamodb", f"table/{write['TableName']}")
        case "dynamodb", "BatchGetItem":
            for name in said["RequestItems"]:
                yield "dynamodb:BatchGetItem", _REGION.format("dynamodb", f"table/{name}")
        case "dynamodb", _:
            yield f"dynamodb:{operation}", _REGION.format("dynamodb", f"table/{said['TableName']}")
        case "sqs", "SendMessage" | "SendMessageBatch":
            yield "sqs:SendMessage", _REGION.format("sqs", said["QueueUrl"].rsplit("/", 1)[1])
        case "sqs", "GetQueueAttributes":
            yield "sqs:GetQueueAttributes", _REGION.format("sqs", said["QueueUrl"].rsplit("/", 1)[1])
        case "s3", "PutObject" | "GetObject" | "HeadObject":
            yield f"s3:{operation.replace('Head', 'Get')}", f"arn:aws:s3:::{said['Bucket']}/{said['Key']}"
            if "ObjectLockMode" in said:
                yield "s3:PutObjectRetention", f"arn:aws:s3:::{said['Bucket']}/{said['Key']}"
            if operation != "PutObject":  # or else a file that is not there is answered as a forbidden one
                yield "s3:ListBucket", f"arn:aws:s3:::{said['Bucket']}"
        case "secretsmanager", _:
            yield f"secretsmanager:{operation}", said["SecretId"]
        case "sesv2", "SendEmail":
            for action in ("ses:SendEmail", "ses:SendRawEmail"):
                yield action, _REGION.format("ses", f"identity/{parseaddr(said['FromEmailAddress'])[1]}")
                yield action, _REGION.format("ses", f"configuration-set/{said['ConfigurationSetName']}")
        case "sesv2", "GetAccount":
            yield "ses:GetAccount", "*"
        case _:
            raise AssertionError(f"say which right {service} {operation} needs")


def granted(cloud: Cloud, function: str) -> set[Right]:
    """What the function's own policies in the deployed stack allow; ARNs may end in a star."""
    found: set[Right] = set()
    role = cloud.ids[f"{function}Role"]
    for name in aws("iam").list_role_policies(RoleName=role)["PolicyNames"]:
        document = aws("iam").get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        document = json.loads(document) if isinstance(document, str) else document
        for statement in document["Statement"]:
            assert statement["Effect"] == "Allow"
            found |= {
                (action, arn) for action in _listed(statement["Action"]) for arn in _listed(statement["Resource"])
            }
    return found


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def allows(rights: set[Right], right: Right) -> bool:
    return any(right[0] == action and fnmatchcase(right[1], arn) for action, arn in rights)
