"""What is mended in moto answers as the services do."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import boto3
import pytest

from local.cloud import Cloud
from local.resources import aws
from local.template import REGION


def _send(cloud: Cloud, id: str, group: str = "c-1", body: str = "{}") -> None:
    aws("sqs").send_message(
        QueueUrl=cloud.queue("crm-inbox"), MessageBody=body, MessageGroupId=group, MessageDeduplicationId=id
    )


def _receive(cloud: Cloud) -> list[dict[str, Any]]:
    got = aws("sqs").receive_message(QueueUrl=cloud.queue("crm-inbox"), MaxNumberOfMessages=10)
    return list(got.get("Messages", []))


def test_a_repeat_is_known_for_five_minutes_though_the_first_is_gone(cloud: Cloud) -> None:
    _send(cloud, "1")
    (first,) = _receive(cloud)
    aws("sqs").delete_message(QueueUrl=cloud.queue("crm-inbox"), ReceiptHandle=first["ReceiptHandle"])

    _send(cloud, "1")
    assert cloud.messages("crm-inbox") == 0

    cloud.set_clock(cloud.now() + timedelta(minutes=5))
    _send(cloud, "1")
    assert cloud.messages("crm-inbox") == 1


def test_repeats_are_of_one_group(cloud: Cloud) -> None:
    """The template says `DeduplicationScope: messageGroup`."""
    _send(cloud, "1", group="c-1")
    _send(cloud, "1", group="c-2")

    assert cloud.messages("crm-inbox") == 2


def test_a_group_waits_for_its_first_message_and_others_do_not(cloud: Cloud) -> None:
    _send(cloud, "1", group="c-1")
    assert len(_receive(cloud)) == 1
    _send(cloud, "2", group="c-1")
    _send(cloud, "3", group="c-2", body='{"n": 3}')

    assert [m["Body"] for m in _receive(cloud)] == ['{"n": 3}']


def test_a_handle_that_is_none_is_refused(cloud: Cloud) -> None:
    sqs = aws("sqs")

    with pytest.raises(sqs.exceptions.ReceiptHandleIsInvalid):
        sqs.delete_message(QueueUrl=cloud.queue("crm-inbox"), ReceiptHandle="none")


def test_counts_of_a_queue_are_of_now(cloud: Cloud) -> None:
    for n in range(3):
        _send(cloud, str(n), group=f"c-{n}")
    _receive(cloud)
    _send(cloud, "3", group="c-3")

    told = aws("sqs").get_queue_attributes(QueueUrl=cloud.queue("crm-inbox"), AttributeNames=["All"])["Attributes"]
    assert (told["ApproximateNumberOfMessages"], told["ApproximateNumberOfMessagesNotVisible"]) == ("1", "3")


_IF_NEW = {"ConditionExpression": "attribute_not_exists(#k)", "ExpressionAttributeNames": {"#k": "key"}}


def _put(cloud: Cloud, key: str, **over: Any) -> None:
    aws("dynamodb").put_item(TableName=cloud.ids["SeenTable"], Item={"key": {"S": key}}, **over)


def test_a_refused_write_says_why_on_the_short_way(cloud: Cloud) -> None:
    ddb = aws("dynamodb")
    _put(cloud, "k")
    put = {"TableName": cloud.ids["SeenTable"], "Item": {"key": {"S": "k"}}, **_IF_NEW}

    with pytest.raises(ddb.exceptions.ConditionalCheckFailedException):
        ddb.put_item(**put)
    with pytest.raises(ddb.exceptions.TransactionCanceledException) as refused:
        ddb.transact_write_items(TransactItems=[{"Put": {**put, "Item": {"key": {"S": "new"}}}}, {"Put": put}])

    assert [reason["Code"] for reason in refused.value.response["CancellationReasons"]] == [
        "None",
        "ConditionalCheckFailed",
    ]
    assert "Item" not in ddb.get_item(TableName=cloud.ids["SeenTable"], Key={"key": {"S": "new"}})


def test_a_transaction_that_fails_leaves_everything_as_it_was(cloud: Cloud) -> None:
    ddb, work, seen = aws("dynamodb"), cloud.ids["WorkTable"], cloud.ids["SeenTable"]
    before = {"shard": {"S": "00"}, "item": {"S": "kept"}, "n": {"N": "1"}}
    key = {name: before[name] for name in ("shard", "item")}
    ddb.put_item(TableName=work, Item=before)
    _put(cloud, "k")
    more = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    for op in (
        {"Put": {"TableName": work, "Item": {**before, "n": {"N": "2"}}}},
        {"Delete": {"TableName": work, "Key": key}},
        {"Update": {"TableName": work, "Key": key, **more}},
    ):
        refused = {"Put": {"TableName": seen, "Item": {"key": {"S": "k"}}, **_IF_NEW}}
        with pytest.raises(ddb.exceptions.TransactionCanceledException):
            ddb.transact_write_items(
                TransactItems=[op, {"Put": {"TableName": work, "Item": {**before, "item": {"S": "new"}}}}, refused]
            )

        assert ddb.scan(TableName=work)["Items"] == [before]


def test_a_table_that_is_not_there_is_an_error_on_the_short_way(cloud: Cloud) -> None:
    ddb = aws("dynamodb")

    with pytest.raises(ddb.exceptions.ResourceNotFoundException):
        ddb.get_item(TableName="none", Key={"key": {"S": "k"}})


def test_bytes_come_back_as_bytes(cloud: Cloud) -> None:
    ddb, item = aws("dynamodb"), {"key": {"S": "k"}, "b": {"B": b"\xff\x00"}}
    ddb.put_item(TableName=cloud.ids["SeenTable"], Item=item)

    assert ddb.get_item(TableName=cloud.ids["SeenTable"], Key={"key": {"S": "k"}})["Item"] == item


@pytest.mark.parametrize(("length", "fits"), [(400_000, True), (410_000, False)])
def test_an_item_is_weighed(cloud: Cloud, length: int, fits: bool) -> None:
    ddb = aws("dynamodb")
    item = {"key": {"S": "k"}, "a": {"S": "x" * (length - 100)}, "b": {"S": "y" * 50}}

    if fits:
        ddb.put_item(TableName=cloud.ids["SeenTable"], Item=item)
    else:
        with pytest.raises(ddb.exceptions.ClientError, match="size"):
            ddb.put_item(TableName=cloud.ids["SeenTable"], Item=item)


def test_no_write_is_lost_among_threads(cloud: Cloud) -> None:
    table = cloud.ids["SeenTable"]
    _put(cloud, "k")

    def count() -> None:
        ddb = boto3.client("dynamodb", region_name=REGION)
        for _ in range(25):
            ddb.update_item(
                TableName=table,
                Key={"key": {"S": "k"}},
                UpdateExpression="ADD n :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert aws("dynamodb").get_item(TableName=table, Key={"key": {"S": "k"}})["Item"]["n"] == {"N": "100"}


def test_a_transaction_repeated_under_its_token_is_one(cloud: Cloud) -> None:
    ddb, table = aws("dynamodb"), cloud.ids["SeenTable"]
    put = {"TableName": table, "Item": {"key": {"S": "k"}}, **_IF_NEW}

    ddb.transact_write_items(TransactItems=[{"Put": put}], ClientRequestToken="t-1")
    ddb.transact_write_items(TransactItems=[{"Put": put}], ClientRequestToken="t-1")

    with pytest.raises(ddb.exceptions.IdempotentParameterMismatchException):
        ddb.transact_write_items(
            TransactItems=[{"Put": {**put, "Item": {"key": {"S": "other"}}}}], ClientRequestToken="t-1"
        )
