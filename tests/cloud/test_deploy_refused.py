"""What the local cloud does not make is an error that names it: nothing of the template is lost in silence."""

from __future__ import annotations

import shlex
import shutil
import tomllib
from pathlib import Path

import pytest

from local.cloud import ROOT, local_cloud
from local.properties import UnmadeError
from local.resources import aws
from local.template import read, refusals, translated

TEMPLATE = ROOT / "template.yaml"


def test_by_default_nobody_is_woken_and_nothing_is_locked() -> None:
    with local_cloud() as cloud:
        assert set(translated(TEMPLATE)["Resources"]) - set(cloud.ids) == {
            "AlarmSubscription",
            "PageDomain",
            "PageDomainMapping",
            "SenderIdentity",
        }
        table = aws("dynamodb").describe_table(TableName=cloud.ids["WorkTable"])["Table"]
        assert table["DeletionProtectionEnabled"] is False
        with pytest.raises(aws("s3").exceptions.ClientError, match="ObjectLockConfigurationNotFound"):
            aws("s3").get_object_lock_configuration(Bucket=cloud.ids["FilesBucket"])


@pytest.mark.parametrize(
    ("was", "wrong", "said"),
    [
        pytest.param("VisibilityTimeout: 360", "VisibilityTimout: 360", "VisibilityTimout", id="queue"),
        pytest.param("PointInTimeRecoverySpecification:", "PointInTimeRecovery:", "PointInTimeRecovery", id="table"),
        pytest.param("VersioningConfiguration:", "VersionConfiguration:", "VersionConfiguration", id="bucket"),
        pytest.param(
            "ExpirationInDays: 7", "ExpirationInDays: 7\n            Prefixes: x", "Prefixes", id="lifecycle rule"
        ),
        pytest.param("TreatMissingData:", "TreatMissing:", "TreatMissing", id="alarm"),
        pytest.param("RetentionInDays:", "RetainInDays:", "RetainInDays", id="log group"),
        pytest.param("    DeliveryOptions:", "    Delivery:", "Delivery", id="configuration set"),
        pytest.param("DashboardName:", "Dashboard:", "Dashboard", id="dashboard"),
        pytest.param('{"widgets": [', '{"widgets": ', "Expecting", id="dashboard that is no JSON"),
        pytest.param("cron(30 0 2 * ? *)", "cron(30 0 2 * *)", "cron", id="schedule expression"),
        pytest.param("Timezone: Europe/Moscow", "Timezone: Europe/Muscovy", "Muscovy", id="time zone"),
        pytest.param(
            "!GetAtt CrmInboxQueue.Arn", "!GetAtt CrmInboxQueue.Name", "Name", id="attribute that is not there"
        ),
        pytest.param("AWS::SNS::Topic\n", "AWS::SNS::Toppic\n", "AWS::SNS::Toppic", id="type"),
        pytest.param(
            "AWS::CloudWatch::Dashboard", "AWS::Kinesis::Stream", "AWS::Kinesis::Stream", id="type not made here"
        ),
        pytest.param(
            "FunctionResponseTypes: [ReportBatchItemFailures]", "Enabled: true", "partial", id="no partial failures"
        ),
    ],
)
def test_what_is_not_made_is_an_error(tmp_path: Path, was: str, wrong: str, said: str) -> None:
    changed = tmp_path / "template.yaml"
    text = TEMPLATE.read_text("utf-8")
    assert was in text
    changed.write_text(text.replace(was, wrong), "utf-8")

    with pytest.raises(Exception, match=said), local_cloud(template=changed):
        pass


REAL = {
    "Stage": "prod",
    "SenderAddress": "docs@seller.example",
    "AccountantAddress": "accountant@seller.example",
    "AlarmAddress": "duty@seller.example",
    "PageUrl": "https://crm.seller.example/billing",
}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"SenderAddress": "docs@example.com"}, ["SenderAddress is the example"], id="sender"),
        pytest.param({"AccountantAddress": "accountant@example.com"}, ["AccountantAddress is"], id="accountant"),
        pytest.param({"PageUrl": "https://crm.example.com/billing"}, ["PageUrl is the example"], id="page"),
        pytest.param({"AlarmAddress": ""}, ["AlarmAddress is nobody"], id="nobody is woken"),
        pytest.param({"AlarmAddress": "alarms@example.com"}, ["AlarmAddress is nobody"], id="an example is woken"),
        pytest.param(
            {"JwksUrl": "https://crm.seller.example/keys"},
            ["JwksUrl without JwtIssuer", "JwksUrl without JwtAudience"],
            id="keys of anybody",
        ),
        pytest.param({"JwksUrl": "https://x.example", "JwtIssuer": "x"}, ["JwksUrl without JwtAudience"], id="of one"),
        pytest.param({"DomainName": "docs.x.example"}, ["DomainName without CertificateArn"], id="no certificate"),
        pytest.param({"CertificateArn": "arn:aws:acm:x:1:certificate/1"}, ["CertificateArn without"], id="of no name"),
        pytest.param({"Stage": "dev", "AlarmAddress": ""}, [], id="a trial wakes nobody"),
        pytest.param({}, [], id="as it should be"),
    ],
)
def test_parameters_that_would_only_fail_later_are_refused_at_once(changed: dict[str, str], said: list[str]) -> None:
    refused = refusals(read(TEMPLATE), REAL | changed)

    assert [text[: len(begins)] for text, begins in zip(refused, said, strict=True)] == said


def test_prod_as_it_comes_is_refused_before_anything_is_made() -> None:
    """The parameters of samconfig.toml as they come: every address in them is an example."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))
    overrides = shlex.split(config["prod"]["deploy"]["parameters"]["parameter_overrides"])
    parameters = dict(pair.split("=", 1) for pair in overrides)

    assert len(refusals(read(TEMPLATE), parameters)) == 4
    with pytest.raises(UnmadeError, match="SenderAddress is the example"), local_cloud(parameters=parameters):
        pass


def test_a_copy_of_the_template_deploys_from_anywhere(tmp_path: Path) -> None:
    """So the errors above come from what was changed in it."""
    shutil.copy(TEMPLATE, tmp_path)
    with local_cloud(template=tmp_path / "template.yaml") as cloud:
        assert len(cloud.functions) == len([r for r in read(TEMPLATE)["Resources"].values() if "Function" in r["Type"]])
