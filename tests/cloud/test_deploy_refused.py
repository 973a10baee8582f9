"""What the local cloud does not make is an error that names it: nothing of the template is lost in silence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from local.cloud import ROOT, local_cloud
from local.resources import aws
from local.template import read, translated

TEMPLATE = ROOT / "template.yaml"


def test_by_default_nobody_is_woken_and_nothing_is_locked() -> None:
    with local_cloud() as cloud:
        assert set(translated(TEMPLATE)["Resources"]) - set(cloud.ids) == {"AlarmSubscription"}
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
            "TransitionInDays: 90}]", "TransitionInDays: 90}]\n            Prefixes: x", "Prefixes", id="lifecycle rule"
        ),
        pytest.param("TreatMissingData:", "TreatMissing:", "TreatMissing", id="alarm"),
        pytest.param("RetentionInDays:", "RetainInDays:", "RetainInDays", id="log group"),
        pytest.param("EmailIdentity: !Ref", "Identity: !Ref", "EmailIdentity", id="sender"),
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


def test_a_copy_of_the_template_deploys_from_anywhere(tmp_path: Path) -> None:
    """So the errors above come from what was changed in it."""
    shutil.copy(TEMPLATE, tmp_path)
    with local_cloud(template=tmp_path / "template.yaml") as cloud:
        assert len(cloud.functions) == len([r for r in read(TEMPLATE)["Resources"].values() if "Function" in r["Type"]])
