"""template.yaml becomes a stack in moto; functions, queues' mappings, schedules and routes are noted for the cloud."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local import resources
from local.cloud import Cloud
from local.functions import LocalFunction, make_importable
from local.http_api import function_in
from local.properties import Properties, UnmadeError
from local.resources import Made, aws, check_known, maker
from local.template import ACCOUNT, REGION, code_folders, defaults, refusals, translated

STACK = "local"


def deploy(path: Path, parameters: dict[str, str]) -> Cloud:
    """The template is made whole, or an error says what of it cannot be."""
    make_importable(path.parent)
    cloud = Cloud(functions={}, mappings=[], schedules={}, routes=[], ids={}, parameters=parameters)
    _note(cloud, code_folders(path))
    template = translated(path)
    check_known(template)
    if refused := refusals(template, parameters):
        raise UnmadeError(f"the template refuses its parameters: {'; '.join(refused)}")
    resources.aws.cache_clear()
    forget_clients()
    warnings.filterwarnings("ignore", message="Tried to parse")
    cloudformation = aws("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    cloud.ids = {
        r["LogicalResourceId"]: r["PhysicalResourceId"]
        for r in cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
        if r.get("LogicalResourceId")
    }
    cloud.kinds = {name: template["Resources"][name]["Type"] for name in cloud.ids}
    missing = {name for name, r in template["Resources"].items() if "Condition" not in r} - set(cloud.ids)
    if missing:
        raise UnmadeError(f"not made: {', '.join(sorted(missing))}")
    sender = (defaults(template) | parameters).get("SenderAddress")
    if sender and not parameters.get("SenderDomain"):  # by hand, as the README's first step says
        aws("sesv2").create_email_identity(EmailIdentity=sender)
    return cloud


def _authorizer(api: str, name: str, scheme: Mapping[str, Any]) -> dict[str, Any]:
    said = dict(scheme.get("x-amazon-apigateway-authorizer", {}))
    if said.get("type") != "request" or str(said.get("enableSimpleResponses")).lower() != "true":
        raise UnmadeError(f"{api}: {name} is no Lambda authorizer with simple responses")
    if str(said.get("authorizerPayloadFormatVersion")) != "2.0":
        raise UnmadeError(f"{api}: {name} is not of payload 2.0")
    return said


def forget_clients() -> None:
    """Clients of an earlier cloud in this process belong to what is gone."""
    from billing import wiring, wiring_edo

    wiring.forget()
    wiring_edo.forget_edo()


def _note(cloud: Cloud, folders: dict[str, Path]) -> None:
    @maker("AWS::Lambda::Function")
    def function(logical: str, p: Properties) -> Made:
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{logical}"
        variables = {key: str(value) for key, value in p.take("Environment", {}).get("Variables", {}).items()}
        cloud.functions[arn] = LocalFunction(
            name=logical,
            folder=folders[logical],
            handler=p.need("Handler"),
            environment=variables,
            timeout_s=int(p.take("Timeout", 3)),
            memory_mb=int(p.take("MemorySize", 128)),
            dead_letters=p.take("DeadLetterConfig", {}).get("TargetArn", ""),
        )
        p.pass_over("Code", "Layers", because="the code is used where it lies")
        p.pass_over("Runtime", "Architectures", because="this interpreter runs it")
        p.pass_over("TracingConfig", "LoggingConfig", "Tags", "Role", "Description", because="nothing of it acts here")
        p.pass_over("ReservedConcurrentExecutions", because="one event at a time")
        return Made(logical, {"Arn": arn})

    @maker("AWS::Lambda::LayerVersion")
    def layer(logical: str, p: Properties) -> Made:
        p.pass_over(
            "Content",
            "LayerName",
            "CompatibleRuntimes",
            "CompatibleArchitectures",
            "Description",
            because="the layer is imported from its folder",
        )
        return Made(f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{logical}:1", {})

    @maker("AWS::Lambda::Permission")
    def permission(logical: str, p: Properties) -> Made:
        p.pass_over("Action", "FunctionName", "Principal", "SourceArn", because="moto checks no permissions")
        return Made(logical, {})

    @maker("AWS::Lambda::EventSourceMapping")
    def mapping(logical: str, p: Properties) -> Made:
        said = p.rest()
        known = {
            "EventSourceArn",
            "FunctionName",
            "BatchSize",
            "FunctionResponseTypes",
            "ScalingConfig",
            "MaximumBatchingWindowInSeconds",
            "Enabled",
        }
        if unknown := set(said) - known:
            raise UnmadeError(f"{logical}: {', '.join(sorted(unknown))} is not made here")
        if "ReportBatchItemFailures" not in said.get("FunctionResponseTypes", []):
            raise UnmadeError(f"{logical}: a queue whose function does not report partial failures")
        cloud.mappings.append(said)
        return Made(logical, {"Id": logical})

    @maker("AWS::Scheduler::Schedule")
    def schedule(logical: str, p: Properties) -> Made:
        from datetime import UTC, datetime

        from local.schedules import next_after

        said = p.rest()
        next_after(said["ScheduleExpression"], said.get("ScheduleExpressionTimezone", "UTC"), datetime.now(UTC))
        name = said.pop("Name", logical)[-64:]
        arn = aws("scheduler").create_schedule(Name=name, **said)["ScheduleArn"]  # refuses what it does not know
        cloud.schedules[logical] = said
        return Made(name, {"Arn": arn})

    @maker("AWS::ApiGatewayV2::Api")
    def http_api(logical: str, p: Properties) -> Made:
        body = p.need("Body")
        for path, methods in body["paths"].items():
            for method, said in methods.items():
                if "x-amazon-apigateway-integration" not in said:
                    continue  # what all methods of the path have in common
                integration = said["x-amazon-apigateway-integration"]
                if str(integration.get("payloadFormatVersion")) != "2.0":
                    raise UnmadeError(f"{logical}: {method} {path} is not of payload 2.0")
                route = {"method": method.upper(), "path": path, "function": function_in(integration["uri"])}
                cloud.routes.append({**route, "security": said.get("security", body.get("security", []))})
        for name, scheme in body.get("components", {}).get("securitySchemes", {}).items():
            cloud.authorizers[name] = _authorizer(logical, name, scheme)
        if (
            unknown := {n for r in cloud.routes for need in r["security"] for n in need}
            - set(cloud.authorizers)
            - {"NONE"}
        ):
            raise UnmadeError(f"{logical}: no authorizer {', '.join(sorted(unknown))}")
        p.pass_over(
            "Name",
            "CorsConfiguration",
            "Description",
            "FailOnWarnings",
            "DisableExecuteApiEndpoint",
            "Tags",
            because="the local door has no other origins",
        )
        return Made(logical, {"ApiId": logical, "ApiEndpoint": "http://127.0.0.1:3000"})

    @maker("AWS::ApiGatewayV2::Stage")
    def stage(logical: str, p: Properties) -> Made:
        p.pass_over(
            "ApiId",
            "AutoDeploy",
            "AccessLogSettings",
            "DefaultRouteSettings",
            "RouteSettings",
            "Tags",
            "Description",
            because="one stage, no limits on one machine",
        )
        return Made(p.need("StageName"), {})

    @maker("AWS::ApiGatewayV2::DomainName")
    def domain_name(logical: str, p: Properties) -> Made:
        p.pass_over("DomainNameConfigurations", "Tags", because="the local door has an address and no name")
        name = p.need("DomainName")
        return Made(name, {"RegionalDomainName": f"d-{logical.lower()}.execute-api.{REGION}.amazonaws.com"})

    @maker("AWS::ApiGatewayV2::ApiMapping")
    def api_mapping(logical: str, p: Properties) -> Made:
        p.pass_over("ApiId", "DomainName", "Stage", because="the local door has an address and no name")
        return Made(logical, {"ApiMappingId": logical})
