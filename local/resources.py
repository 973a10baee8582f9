"""Makers of the resources that the template may hold, for moto's CloudFormation. A type without a maker is an error."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel

from local.properties import Properties, UnmadeError
from local.template import ACCOUNT, REGION


@dataclass(frozen=True, slots=True)
class Made:
    """What a reference to the resource gives, and its attributes."""

    id: str
    attributes: dict[str, Any]


Maker = Callable[[str, Properties], Made]
MAKERS: dict[str, Maker] = {}


def maker(kind: str) -> Callable[[Maker], Maker]:
    """Teach moto's CloudFormation a type. The maker gets a name and the properties, and must use all of them."""

    def register(make: Maker) -> Maker:
        MAKERS[kind] = make
        _teach(kind, make)
        return make

    return register


def _teach(kind: str, make: Maker) -> None:
    def create(
        cls: Any,
        /,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **more: Any,
    ) -> Any:
        properties = Properties(kind, more["LogicalId"], dict(cloudformation_json.get("Properties", {})))
        made = make(more["LogicalId"], properties)
        properties.finish()
        resource = cls()
        resource.physical_resource_id, resource.attributes, resource.type = made.id, made.attributes, kind
        return resource

    def attribute(self: Any, name: str) -> Any:
        if name not in self.attributes:
            raise UnmadeError(f"{kind} has no attribute {name} here")
        return self.attributes[name]

    type(
        kind.replace("::", ""),
        (CloudFormationModel,),
        {  # moto finds subclasses by itself
            "cloudformation_name_type": staticmethod(lambda: ""),
            "cloudformation_type": staticmethod(lambda: kind),
            "has_cfn_attr": classmethod(lambda cls, name: True),
            "create_from_cloudformation_json": classmethod(create),
            "get_cfn_attribute": attribute,
            "is_created": lambda self: True,
        },
    )
    _KEPT.append(CloudFormationModel.__subclasses__()[-1])
    for cached in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        cached.cache_clear()


_KEPT: list[type] = []  # a class nobody holds would be forgotten


def check_known(template: dict[str, Any]) -> None:
    """Every type of the template has a maker.

    Raises:
        UnmadeError: some have not; all of them are named.
    """
    unknown = {r["Type"] for r in template["Resources"].values()} - set(MAKERS)
    if unknown:
        raise UnmadeError(f"the local cloud does not make {', '.join(sorted(unknown))}")


@cache
def aws(service: str) -> Any:
    return boto3.client(service, region_name=REGION)


# --- storage -----------------------------------------------------------------------------------------------------


@maker("AWS::DynamoDB::Table")
def table(logical: str, p: Properties) -> Made:
    ddb, name = aws("dynamodb"), p.take("TableName", logical)
    recovery, ttl = p.take("PointInTimeRecoverySpecification"), p.take("TimeToLiveSpecification")
    sse = p.take("SSESpecification")
    made = ddb.create_table(
        TableName=name, SSESpecification={"Enabled": sse["SSEEnabled"]} if sse else {"Enabled": False}, **p.rest()
    )["TableDescription"]
    if recovery:
        ddb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    if ttl:
        ddb.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl)
    return Made(name, {"Arn": made["TableArn"]})


@maker("AWS::S3::Bucket")
def bucket(logical: str, p: Properties) -> Made:
    s3, name = aws("s3"), p.take("BucketName", logical.lower())
    s3.create_bucket(
        Bucket=name,
        ObjectLockEnabledForBucket=str(p.take("ObjectLockEnabled", "")).lower() == "true",
        CreateBucketConfiguration={"LocationConstraint": REGION},
    )
    if said := p.take("VersioningConfiguration"):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=said)
    if said := p.take("PublicAccessBlockConfiguration"):
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=said)
    if said := p.take("OwnershipControls"):
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=said)
    if said := p.take("BucketEncryption"):
        rules = [
            {"ApplyServerSideEncryptionByDefault": r["ServerSideEncryptionByDefault"]}
            for r in said["ServerSideEncryptionConfiguration"]
        ]
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    if said := p.take("LifecycleConfiguration"):
        s3.put_bucket_lifecycle_configuration(
            Bucket=name,
            LifecycleConfiguration={
                "Rules": [_lifecycle_rule(Properties("a rule", r["Id"], dict(r))) for r in said["Rules"]]
            },
        )
    if said := p.take("Tags"):
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": said})
    return Made(name, {"Arn": f"arn:aws:s3:::{name}"})


def _lifecycle_rule(r: Properties) -> dict[str, Any]:
    rule: dict[str, Any] = {"ID": r.need("Id"), "Status": r.need("Status"), "Filter": {"Prefix": r.take("Prefix", "")}}
    if said := r.take("AbortIncompleteMultipartUpload"):
        rule["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": int(said["DaysAfterInitiation"])}
    if said := r.take("ExpirationInDays"):
        rule["Expiration"] = {"Days": int(said)}
    if said := r.take("NoncurrentVersionExpiration"):
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(said["NoncurrentDays"])}
    r.finish()
    return rule


@maker("AWS::S3::BucketPolicy")
def bucket_policy(logical: str, p: Properties) -> Made:
    """moto refuses whatever a Deny names but reads no conditions: those statements would refuse everything."""
    name, policy = p.need("Bucket"), p.need("PolicyDocument")
    kept = [s for s in policy["Statement"] if "Condition" not in s]
    if kept:
        aws("s3").put_bucket_policy(Bucket=name, Policy=json.dumps({**policy, "Statement": kept}))
    return Made(name, {})


# --- queues and topics -------------------------------------------------------------------------------------------


@maker("AWS::SQS::Queue")
def queue(logical: str, p: Properties) -> Made:
    fifo = str(p.take("FifoQueue", "")).lower() == "true"
    name = p.take("QueueName", logical + (".fifo" if fifo else ""))
    attributes = {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key in ("VisibilityTimeout", "MessageRetentionPeriod", "SqsManagedSseEnabled", "DelaySeconds")
        if (value := p.take(key)) is not None
    }
    if fifo:
        attributes["FifoQueue"] = "true"
        attributes |= {k: str(v) for k in ("DeduplicationScope", "FifoThroughputLimit") if (v := p.take(k)) is not None}
    if said := p.take("RedrivePolicy"):
        attributes["RedrivePolicy"] = json.dumps(said)
    tags = {t["Key"]: t["Value"] for t in p.take("Tags", [])}
    url = aws("sqs").create_queue(QueueName=name, Attributes=attributes, tags=tags)["QueueUrl"]
    return Made(url, {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", "QueueName": name})


@maker("AWS::SQS::QueuePolicy")
def queue_policy(logical: str, p: Properties) -> Made:
    policy = json.dumps(p.need("PolicyDocument"))
    for url in p.need("Queues"):
        aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return Made(logical, {})


@maker("AWS::SNS::Topic")
def topic(logical: str, p: Properties) -> Made:
    attributes = {key: value for key in ("DisplayName", "KmsMasterKeyId") if (value := p.take(key)) is not None}
    arn = aws("sns").create_topic(Name=p.take("TopicName", logical), Attributes=attributes, Tags=p.take("Tags", []))[
        "TopicArn"
    ]
    return Made(arn, {"TopicName": logical, "TopicArn": arn})


@maker("AWS::SNS::TopicPolicy")
def topic_policy(logical: str, p: Properties) -> Made:
    policy = json.dumps(p.need("PolicyDocument"))
    for arn in p.need("Topics"):
        aws("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    return Made(logical, {})


@maker("AWS::SNS::Subscription")
def subscription(logical: str, p: Properties) -> Made:
    p.pass_over("RedrivePolicy", because="a message reaches its queue on one machine")
    arn = aws("sns").subscribe(
        TopicArn=p.need("TopicArn"),
        Protocol=p.need("Protocol"),
        Endpoint=p.need("Endpoint"),
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return Made(arn, {"Arn": arn})


# --- mail --------------------------------------------------------------------------------------------------------


@maker("AWS::SES::EmailIdentity")
def email_identity(logical: str, p: Properties) -> Made:
    name = p.need("EmailIdentity")
    aws("sesv2").create_email_identity(EmailIdentity=name)
    records = {f"DkimDNSTokenName{n}": f"token{n}._domainkey.{name}" for n in (1, 2, 3)}
    return Made(name, records | {f"DkimDNSTokenValue{n}": f"token{n}.dkim.amazonses.com" for n in (1, 2, 3)})


@maker("AWS::SES::ConfigurationSet")
def configuration_set(logical: str, p: Properties) -> Made:
    name = p.take("Name", logical)
    p.pass_over("DeliveryOptions", "ReputationOptions", because="mail goes nowhere from here")
    aws("sesv2").create_configuration_set(ConfigurationSetName=name)
    return Made(name, {})


@maker("AWS::SES::ConfigurationSetEventDestination")
def event_destination(logical: str, p: Properties) -> Made:
    said = dict(p.need("EventDestination"))
    said["SNSDestination"] = said.pop("SnsDestination")
    aws("ses").create_configuration_set_event_destination(
        ConfigurationSetName=p.need("ConfigurationSetName"), EventDestination=said
    )
    return Made(said["Name"], {"Id": said["Name"]})


# --- looking after it --------------------------------------------------------------------------------------------


@maker("AWS::Logs::LogGroup")
def log_group(logical: str, p: Properties) -> Made:
    name = p.take("LogGroupName", logical)
    aws("logs").create_log_group(logGroupName=name)
    if days := p.take("RetentionInDays"):
        aws("logs").put_retention_policy(logGroupName=name, retentionInDays=int(days))
    return Made(name, {"Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*"})


@maker("AWS::CloudWatch::Alarm")
def alarm(logical: str, p: Properties) -> Made:
    said = p.rest()
    for number in ("Period", "EvaluationPeriods"):
        if number in said:
            said[number] = int(said[number])
    if "Threshold" in said:
        said["Threshold"] = float(said["Threshold"])
    for metric in said.get("Metrics", ()):
        if "MetricStat" in metric:
            metric["MetricStat"]["Period"] = int(metric["MetricStat"]["Period"])
        if "ReturnData" in metric:
            metric["ReturnData"] = str(metric["ReturnData"]).lower() == "true"
    aws("cloudwatch").put_metric_alarm(AlarmName=said.pop("AlarmName", logical), **said)
    return Made(logical, {"Arn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{logical}"})


@maker("AWS::CloudWatch::Dashboard")
def dashboard(logical: str, p: Properties) -> Made:
    name, body = p.take("DashboardName", logical), p.need("DashboardBody")
    json.loads(body)  # the service refuses what is no JSON; moto does not
    aws("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=body)
    return Made(name, {})


@maker("AWS::IAM::Role")
def role(logical: str, p: Properties) -> Made:
    iam = aws("iam")
    arn = iam.create_role(
        RoleName=logical,
        AssumeRolePolicyDocument=json.dumps(p.need("AssumeRolePolicyDocument")),
        Tags=p.take("Tags", []),
    )["Role"]["Arn"]
    for policy in p.take("Policies", []):
        iam.put_role_policy(
            RoleName=logical,
            PolicyName=policy["PolicyName"],
            # the translator leaves the version out of the policies of schedules, which IAM takes
            PolicyDocument=json.dumps({"Version": "2012-10-17", **policy["PolicyDocument"]}),
        )
    p.pass_over("ManagedPolicyArns", because="AWS's own policies: logs and X-Ray")
    return Made(logical, {"Arn": arn, "RoleId": logical})


@maker("AWS::SecretsManager::Secret")
def secret(logical: str, p: Properties) -> Made:
    value, drawn = p.take("SecretString", ""), p.take("GenerateSecretString")
    if drawn is not None:
        value = aws("secretsmanager").get_random_password(
            PasswordLength=int(drawn.get("PasswordLength", 32)), ExcludePunctuation=True
        )["RandomPassword"]
        if key := drawn.get("GenerateStringKey"):
            value = json.dumps({**json.loads(drawn.get("SecretStringTemplate", "{}")), key: value})
    arn = aws("secretsmanager").create_secret(
        Name=p.take("Name", logical),
        Description=p.take("Description", ""),
        SecretString=value or "-",
        Tags=p.take("Tags", []),
    )["ARN"]
    p.pass_over("KmsKeyId", because="nothing is at rest here")
    return Made(arn, {"Id": arn})
