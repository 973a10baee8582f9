"""moto lets every call pass. So what the functions asked for is held against their policies, in both directions."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from unittest.mock import patch

import pytest
from PIL import Image

from billing import wiring
from billing.usecases import archive, orders
from billing.usecases.document_filters import Filters
from local.cloud import Cloud, local_cloud
from local.company.boxes import ADDRESS
from local.company.client import a_company
from local.company.exchange import CONTRACT, EDO
from local.exchange import exchange
from local.resources import aws
from tests.cloud import told
from tests.cloud.everything_asked import ask_everything
from tests.cloud.rights import Right, allows, granted, watched
from tests.cloud.told import PAYER, a_charge, a_payment, the_client, the_seller


def _stamped_seller(cloud: Cloud) -> str:
    drawn = io.BytesIO()
    Image.new("1", (8, 8)).save(drawn, "PNG")
    stamp = hashlib.sha256(drawn.getvalue()).hexdigest()
    aws("s3").put_object(Bucket=cloud.ids["FilesBucket"], Key=f"images/{stamp}.png", Body=drawn.getvalue())
    card = json.loads(the_seller())
    card["requisites"][0]["stamp"] = stamp
    card["edo"] = {**EDO, "receipts": True, "sending": {"schedule": "monthly", "kinds": ["contract"]}}
    card["contract"] = CONTRACT
    return json.dumps(card)


@pytest.fixture(scope="module")
def quarter() -> Iterator[tuple[Cloud, dict[str, set[Right]]]]:
    """Two months in which everything happens that the functions are for: also what is wrong, mended and done again."""
    start = datetime(2026, 2, 1, 9, tzinfo=UTC)
    parameters, beside = {"ObjectLock": "yes"}, exchange()
    with local_cloud(at=start, parameters=parameters, beside=beside) as cloud, watched() as used:
        _partner(cloud)
        two_boxes = a_company(108, "ООО «Два ящика»")
        named = {"inn": two_boxes["inn"], "kpp": two_boxes["kpp"], "full_name": two_boxes["name"], "address": ADDRESS}
        for operator in ("2BF", "2BG"):  # Diadoc itself never has two boxes of one company
            cloud.exchange.diadoc.add_operator(  # type: ignore[union-attr]
                fns_id=operator, name=operator, features=["SupportsAutoInvitation"]
            )
            cloud.exchange.diadoc.add_organization(**named, operator=operator, is_test=True)  # type: ignore[union-attr]
        undecided = {"payers": [two_boxes], "account": "c-000004", "key": "customer:4:1"}
        silent = {"payers": [a_company(107, "ООО «Молчание»")], "account": "c-000003", "key": "customer:3:1"}
        wrong_card = the_client(account="c-000002", key="customer:2:1", payers=[])
        cloud.send(
            "CrmInboxQueue",
            [
                _stamped_seller(cloud),
                the_client("anna@romashka.example", "bounce@romashka.example"),
                a_payment(),
                a_charge(),
                wrong_card,
                a_payment(account="c-000002", key="payment:2"),
                a_charge(account="c-000002", key="charge:2"),
                a_payment(key="payment:wrong", amount=-1),
                the_client(**silent),
                the_client(**undecided),
                a_payment(account="c-000004", key="payment:5", payer={"inn": two_boxes["inn"]}),
                a_payment(account="c-000003", key="payment:4", payer={"inn": silent["payers"][0]["inn"]}),
                "no JSON",
                a_payment(key="payment:3", at="2026-01-13T12:00:00+03:00"),
                (
                    '{"kind": "refund", "key": "refund:1", "account": "c-000001", "at": "2026-01-31T23:30:00+03:00",'
                    ' "payment": "payment:3", "amount": 100}'
                ),
            ],
        )
        cloud.advance(to=datetime(2026, 2, 1, 20, tzinfo=UTC))
        cloud.invoke("close_month", {"month": "2026-01", "accounts": ["c-000001"], "preview": True})
        cloud.advance(to=datetime(2026, 2, 3, tzinfo=UTC))
        cloud.send(
            "CrmInboxQueue",
            [  # mended: the blocked papers come out, and the month has another report
                the_client(account="c-000002", key="customer:2:2", at="2026-02-03T10:00:00+03:00")
            ],
        )
        cloud.advance(to=datetime(2026, 2, 4, tzinfo=UTC))
        cloud.invoke("close_month", {"month": "2026-01", "preview": True})
        cloud.invoke("send_to_edo", {"plan": "2026-01"})
        _send_again(cloud)
        _order(cloud)
        cloud.advance(to=datetime(2026, 3, 21, tzinfo=UTC))
        ask_everything(cloud, json.loads(the_client())["payers"][0]["inn"], "2026-01", "2026-01-31")
        yield cloud, used


def _send_again(cloud: Cloud) -> None:
    """One letter of January was refused, and a person has the refused ones sent once more."""
    name, of_january = "zakryvashka-dev-deliveries", {":a": {"S": "c-000001"}, ":m": {"S": "2026-01_"}}
    rows = aws("dynamodb").query(
        TableName=name,
        KeyConditionExpression="account = :a AND begins_with(delivery, :m)",
        ExpressionAttributeValues=of_january,
    )["Items"]
    row = next(row for row in rows if "address" in row)
    aws("dynamodb").put_item(TableName=name, Item={**row, "status": {"S": "refused"}})
    assert cloud.invoke("close_month", {"month": "2026-01", "again": "refused"})["again"] == 1


def _order(cloud: Cloud) -> None:
    """Two orders as the API would take them, and both too long to be made in the call."""
    with (
        next(f for f in cloud.functions.values() if f.name == "FillOrdersFunction")._surroundings(),
        patch.object(orders, "AT_ONCE_MAX", 0),
        patch.object(archive, "AT_ONCE_MAX", 0),
    ):
        days, outside = {"first": date(2026, 1, 1), "last": date(2026, 2, 3)}, wiring.outside()
        orders.order_reconciliation("c-000001", payer=told.PAYER, key="order:1", user="u-1", outside=outside, **days)
        archive.order_archive("c-000001", Filters(**days), outside)


def _partner(cloud: Cloud) -> None:
    """The client takes part in the exchange already, signs in an hour, and asks for receipts on its titles."""
    assert cloud.exchange
    diadoc, us = cloud.exchange.diadoc, cloud.exchange.box
    payer = {"inn": PAYER, "kpp": "773601001", "full_name": "ООО «Ромашка»", "address": ADDRESS, "is_test": True}
    client = diadoc.add_organization(**payer, signs_after_s=3600, wants_receipts=True)
    diadoc.make_partners(box=us, partner=client.box_id)


def _short(arn: str) -> str:
    """`control` of a table, `docs/*` of the bucket, the name of a queue, of a secret without its random end."""
    name = arn.rsplit(":", 1)[-1].removeprefix("table/").removeprefix("zakryvashka-dev-")
    if ":secret:" in arn:
        return name.rpartition("-")[0]
    return name.partition("/")[2] or name


def test_every_call_of_a_function_is_allowed_by_its_policy(quarter: tuple[Cloud, dict[str, set[Right]]]) -> None:
    cloud, used = quarter
    assert set(used) == {function.name for function in cloud.functions.values()}

    forbidden = {
        (function, *right)
        for function, rights in used.items()
        for right in rights
        if not allows(granted(cloud, function), right)
    }

    assert not forbidden


_LOGIN = "all three have one login, and here one process: whoever asks first renews it"
_LAMBDA = "Lambda itself, after the third failure"
_FASTER = "another worker was faster: what was known is forgotten, and read anew one by one"
_LONG = "a row too long for itself"
_PARTS = {
    **dict.fromkeys(("CloseMonth", "SendLetter"), ("BatchGetItem",)),
    **dict.fromkeys(
        (
            *("TakeFromCrm", "IssueDocuments", "FillOrders", "Sweep"),
            *("InviteToEdo", "SendToEdo", "TrackEdo", "DocumentsApi"),
        ),
        ("BatchGetItem", "PutItem", "DeleteItem"),
    ),
}
RARE = {
    **{(f"{name}Function", f"dynamodb:{action}", "parts"): _LONG for name, of in _PARTS.items() for action in of},
    **{
        (f"{function}Function", "dynamodb:GetItem", table): _FASTER
        for function, tables in {
            "TakeFromCrm": ("accounts", "seen"),
            "IssueDocuments": ("accounts", "customers", "documents", "work"),
            "SendLetter": ("deliveries", "documents"),
        }.items()
        for table in tables
    },
    ("IssueDocumentsFunction", "dynamodb:BatchGetItem", "documents"): _FASTER,
    ("TrackLettersFunction", "dynamodb:Query", "deliveries"): "an event that is faster than the answer to the sending",
    ("DocumentsApiFunction", "secretsmanager:GetSecretValue", "api"): "in one process, the authorizer has read it",
    ("DocumentsApiFunction", "s3:AbortMultipartUpload", "archives/*"): "an archive that fails half way",
    ("DocumentsApiFunction", "sqs:SendMessage", "FillOrdersQueue"): "an order that is far too long for its call",
    ("InviteToEdoFunction", "dynamodb:DeleteItem", "control"): "a payer who waited for a person waits no more",
    ("InviteToEdoFunction", "dynamodb:Query", "documents"): "a payer of the past, who is on no card",
    ("InviteToEdoFunction", "secretsmanager:GetSecretValue", "diadoc"): _LOGIN,
    ("InviteToEdoFunction", "secretsmanager:PutSecretValue", "diadoc"): _LOGIN,
    ("InviteToEdoFunction", "secretsmanager:UpdateSecretVersionStage", "diadoc"): _LOGIN,
    ("InviteToEdoFunction", "sqs:SendMessage", "SchedulesDeadLetters"): _LAMBDA,
    ("SendToEdoFunction", "secretsmanager:GetSecretValue", "signing"): "a signing service of the company's own",
    ("SendToEdoFunction", "sqs:SendMessage", "SchedulesDeadLetters"): _LAMBDA,
    ("TrackEdoFunction", "secretsmanager:GetSecretValue", "signing"): "a signing service of the company's own",
    ("TrackEdoFunction", "sqs:SendMessage", "SchedulesDeadLetters"): _LAMBDA,
    ("InviteToEdoFunction", "dynamodb:Query", "work"): "a client that waited has accepted",
    ("TrackEdoFunction", "dynamodb:PutItem", "deliveries"): "a letter about a refusal",
    ("TrackEdoFunction", "sqs:SendMessage", "SendLetterQueue"): "a letter about a refusal",
    ("TrackEdoFunction", "dynamodb:GetItem", "customers"): "a client that has not signed for ten days",
    ("IssueDocumentsFunction", "dynamodb:DeleteItem", "control"): "an account that was parked is closed after all",
    ("IssueDocumentsFunction", "dynamodb:Query", "journal"): "a quarter's act of reconciliation",
    ("IssueDocumentsFunction", "dynamodb:GetItem", "journal"): "a quarter's act of reconciliation, with a refund in it",
    ("IssueDocumentsFunction", "dynamodb:GetItem", "seen"): "a quarter's act of reconciliation, with a refund in it",
    ("IssueDocumentsFunction", "sqs:SendMessage", "FillOrdersQueue"): "a quarter's act of reconciliation, far too long",
    (
        "FillOrdersFunction",
        "dynamodb:GetItem",
        "journal",
    ): "an act of reconciliation, with a refund of earlier money in it",
    (
        "FillOrdersFunction",
        "dynamodb:GetItem",
        "seen",
    ): "an act of reconciliation, with a refund of earlier money in it",
    ("FillOrdersFunction", "s3:AbortMultipartUpload", "archives/*"): "an archive that fails half way",
    ("SendLetterFunction", "ses:SendEmail", "example.com"): "SES knows the sender's domain, and not the address alone",
    ("SendLetterFunction", "ses:SendRawEmail", "example.com"): "the same",
    ("SweepFunction", "sqs:GetQueueAttributes", "FillOrdersQueue"): "an order that was cut off",
    ("SweepFunction", "sqs:GetQueueAttributes", "SendLetterQueue"): "a letter that has waited for five minutes",
    ("SweepFunction", "ses:GetAccount", "*"): "the same, and its queue is empty",
    ("SweepFunction", "sqs:SendMessage", "FillOrdersQueue"): "an order that was cut off",
    ("IssueDocumentsFunction", "s3:GetObject", "docs/*"): "a file is there already: are its bytes the same?",
    ("SweepFunction", "s3:GetObject", "reports/*"): "a file is there already: are its bytes the same?",
    ("TrackLettersFunction", "dynamodb:DeleteItem", "work"): "an event that is faster than the answer to the sending",
    ("CloseMonthFunction", "sqs:SendMessage", "SchedulesDeadLetters"): "Lambda itself, after the third failure",
    ("SweepFunction", "sqs:SendMessage", "SchedulesDeadLetters"): "Lambda itself, after the third failure",
}


def test_no_policy_allows_what_its_function_never_asks_for(quarter: tuple[Cloud, dict[str, set[Right]]]) -> None:
    cloud, used = quarter

    spare = {
        (function, action, _short(arn))
        for function, rights in used.items()
        for action, arn in granted(cloud, function)
        if not any(allows({(action, arn)}, right) for right in rights)
    }

    assert spare == set(RARE)
