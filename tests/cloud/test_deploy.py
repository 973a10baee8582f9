"""Everything that the template says is made in the local cloud, with its properties."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloud import ROOT, Cloud, local_cloud
from local.resources import aws
from local.template import translated

TEMPLATE = ROOT / "template.yaml"
PROD = {
    "Stage": "prod",
    "ObjectLock": "yes",
    "SenderAddress": "docs@seller.example",
    "SenderName": "Учебная CRM",
    "ReplyToAddress": "bills@seller.example",
    "SenderDomain": "seller.example",
    "AccountantAddress": "accountant@seller.example",
    "AlarmAddress": "duty@seller.example",
    "PageUrl": "https://crm.seller.example/billing",
    "DomainName": "docs.seller.example",
    "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/0d7f",
}


@pytest.fixture(scope="module")
def prod() -> Iterator[Cloud]:
    """The template as in production, with everything that its conditions can add."""
    with local_cloud(parameters=PROD) as cloud:
        yield cloud


def _of_type(kind: str) -> dict[str, Any]:
    return {name: r["Properties"] for name, r in translated(TEMPLATE)["Resources"].items() if r["Type"] == kind}


def test_every_resource_of_the_template_is_made(prod: Cloud) -> None:
    assert set(prod.ids) == set(translated(TEMPLATE)["Resources"])


def test_tables_have_their_keys_and_their_protection(prod: Cloud) -> None:
    tables = _of_type("AWS::DynamoDB::Table")
    assert len(tables) == 9
    for logical, said in tables.items():
        name = prod.ids[logical]
        made = aws("dynamodb").describe_table(TableName=name)["Table"]
        backups = aws("dynamodb").describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        assert made["KeySchema"] == said["KeySchema"]
        assert made["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert made["DeletionProtectionEnabled"] is True
        assert made["SSEDescription"]["Status"] == "ENABLED"
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
        assert len(made.get("GlobalSecondaryIndexes", ())) == len(said.get("GlobalSecondaryIndexes", ()))


def test_the_bucket_keeps_versions_and_locks_and_hides_what_it_holds(prod: Cloud) -> None:
    s3, name = aws("s3"), prod.ids["FilesBucket"]

    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]["ObjectLockEnabled"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
    (rule,) = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    assert rule == {"ObjectOwnership": "BucketOwnerEnforced"}
    (rule,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_archives_go_and_broken_uploads_go_and_no_document_does(prod: Cloud) -> None:
    found = aws("s3").get_bucket_lifecycle_configuration(Bucket=prod.ids["FilesBucket"])["Rules"]
    rules = {rule["ID"]: rule for rule in found}

    assert not [rule for rule in found if "Transitions" in rule], "a file below 128 KB costs more there"
    assert rules["unfinished-uploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 2}
    assert {rule["ID"] for rule in found if "Expiration" in rule} == {"archives-are-made-again"}


def test_nobody_can_delete_a_document(prod: Cloud) -> None:
    s3, name = aws("s3"), prod.ids["FilesBucket"]
    s3.put_object(Bucket=name, Key="docs/c-000001/act.pdf", Body=b"%PDF")

    with pytest.raises(s3.exceptions.ClientError, match=r"AccessDenied|Forbidden"):
        s3.delete_object(Bucket=name, Key="docs/c-000001/act.pdf")


def test_queues_move_what_fails_five_times_to_their_dead_letters(prod: Cloud) -> None:
    for logical, said in _of_type("AWS::SQS::Queue").items():
        made = aws("sqs").get_queue_attributes(QueueUrl=prod.ids[logical], AttributeNames=["All"])["Attributes"]
        assert made.get("FifoQueue") == ("true" if said.get("FifoQueue") else None)
        assert made["MessageRetentionPeriod"] == "1209600"
        assert made["SqsManagedSseEnabled"] == "true"
        if "RedrivePolicy" not in said:
            continue
        redrive = json.loads(made["RedrivePolicy"])
        dead = prod.ids[said["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]]
        assert int(redrive["maxReceiveCount"]) == 5
        assert redrive["deadLetterTargetArn"].rsplit(":", 1)[1] == dead.rsplit("/", 1)[1]
        assert made["VisibilityTimeout"] == str(said["VisibilityTimeout"])


def test_schedules_are_made_with_their_zone_and_their_input(prod: Cloud) -> None:
    made = aws("scheduler").get_schedule(Name="CloseMonthFunctionNight")

    assert made["ScheduleExpression"] == "cron(30 0 2 * ? *)"
    assert made["ScheduleExpressionTimezone"] == "Europe/Moscow"
    assert json.loads(made["Target"]["Input"]) == {"scheduled_at": "<aws.scheduler.scheduled-time>"}
    assert made["Target"]["DeadLetterConfig"]["Arn"].endswith(":SchedulesDeadLetters")


def test_events_of_letters_find_their_way_to_the_queue(prod: Cloud) -> None:
    (subscription,) = aws("sns").list_subscriptions_by_topic(TopicArn=prod.ids["LetterEventsTopic"])["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"].rsplit(":", 1)[1]) == ("sqs", "LetterEventsQueue")
    told = aws("ses").describe_configuration_set(
        ConfigurationSetName=prod.ids["LetterConfigurationSet"], ConfigurationSetAttributeNames=["eventDestinations"]
    )
    assert told["ConfigurationSet"]["Name"] == "zakryvashka-prod"


def test_alarms_ring_where_somebody_listens(prod: Cloud) -> None:
    alarms = aws("cloudwatch").describe_alarms()["MetricAlarms"]
    (listener,) = aws("sns").list_subscriptions_by_topic(TopicArn=prod.ids["AlarmTopic"])["Subscriptions"]

    assert len(alarms) == len(_of_type("AWS::CloudWatch::Alarm"))
    assert {tuple(alarm["AlarmActions"]) for alarm in alarms} == {(prod.ids["AlarmTopic"],)}
    assert (listener["Protocol"], listener["Endpoint"]) == ("email", "duty@seller.example")


def test_logs_are_kept_for_their_term(prod: Cloud) -> None:
    groups = aws("logs").describe_log_groups()["logGroups"]

    assert {group["retentionInDays"] for group in groups} == {365}
    assert len(groups) == len(prod.functions) + 1, "a function each, and the HTTP API"


NOT_USED = {  # as long as no parameter says so
    *("DIADOC_BOX", "SIGNING_URL", "DSS_THUMBPRINT"),
    *("JWKS_URL", "JWT_ISSUER", "JWT_AUDIENCE"),
}


def test_functions_are_told_where_everything_is(prod: Cloud) -> None:
    for function in prod.functions.values():
        said = function.environment
        assert said["TABLE_JOURNAL"] == "zakryvashka-prod-journal"
        assert said["FILES_BUCKET"] == prod.ids["FilesBucket"]
        assert said["QUEUE_SEND_LETTER"] == prod.ids["SendLetterQueue"]
        assert (said["OBJECT_LOCK"], said["RETENTION_YEARS"]) == ("yes", "6")
        assert {name for name, value in said.items() if "${" in value or not value} == NOT_USED & set(said)


def test_the_records_that_prove_the_senders_domain_are_outputs(prod: Cloud) -> None:
    (stack,) = aws("cloudformation").describe_stacks()["Stacks"]
    told = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}

    assert [told[f"SenderDkim{n}"] for n in (1, 2, 3)] == [
        f"token{n}._domainkey.seller.example -> token{n}.dkim.amazonses.com" for n in (1, 2, 3)
    ]


def test_a_domain_of_ones_own_leads_to_the_api_and_is_the_address_that_is_told(prod: Cloud) -> None:
    """A name of the gateway is of another site than the CRM: a page in its frame would keep no cookie there."""
    (stack,) = aws("cloudformation").describe_stacks()["Stacks"]
    told = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    (mapping,) = _of_type("AWS::ApiGatewayV2::ApiMapping").values()
    (api,), (stage,) = _of_type("AWS::ApiGatewayV2::Api"), _of_type("AWS::ApiGatewayV2::Stage")

    assert told["ApiUrl"] == "https://docs.seller.example"
    assert told["DomainTarget"] == "d-pagedomain.execute-api.eu-central-1.amazonaws.com"
    assert mapping == {"ApiId": {"Ref": api}, "DomainName": {"Ref": "PageDomain"}, "Stage": {"Ref": stage}}
