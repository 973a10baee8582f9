"""template.yaml: what CloudFormation would not notice, or only in production."""

from __future__ import annotations

import ast
import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from billing.adapters.mail_events import _STATUS
from billing.adapters.tables import MODELS, Whole
from billing.ports import TABLES
from billing.wiring_edo import NOTED
from local.schedules import next_after
from local.template import read, translated

ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "template.yaml"
SAID = read(TEMPLATE)
MADE = translated(TEMPLATE)["Resources"]


def _of(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: r.get("Properties", {}) for name, r in resources.items() if r["Type"] == kind}


FUNCTIONS = _of(SAID["Resources"], "AWS::Serverless::Function")
QUEUES = _of(MADE, "AWS::SQS::Queue")
ALARMS = _of(MADE, "AWS::CloudWatch::Alarm")
MAPPINGS = _of(MADE, "AWS::Lambda::EventSourceMapping")
SCHEDULES = _of(MADE, "AWS::Scheduler::Schedule")
DEAD_LETTERS = {name for name in QUEUES if name.endswith("DeadLetters")}


def _target(value: Any) -> str:
    """The logical name in `!GetAtt X.Arn`, whichever way it is written, or in `!Ref X`."""
    if "Ref" in value:
        return str(value["Ref"])
    said = value["Fn::GetAtt"]
    return str(said[0] if isinstance(said, list) else said.partition(".")[0])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_the_translator_takes_it() -> None:
    """cfn-lint does not know everything that the translator refuses; reading this module has translated it."""
    kinds = {r["Type"] for r in MADE.values()}

    assert not [kind for kind in kinds if "::Serverless::" in kind]
    logs = set(_of(MADE, "AWS::Logs::LogGroup")) - {"HttpApiLogs"}
    assert len(FUNCTIONS) == len(_of(MADE, "AWS::Lambda::Function")) == len(logs)


# --- queues ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("queue", sorted(set(QUEUES) - DEAD_LETTERS))
def test_queue_sets_aside_what_fails(queue: str) -> None:
    redrive = QUEUES[queue]["RedrivePolicy"]
    dead = QUEUES[_target(redrive["deadLetterTargetArn"])]

    assert 3 <= redrive["maxReceiveCount"] <= 10
    assert dead.get("FifoQueue") is QUEUES[queue].get("FifoQueue"), "SQS asks for the same kind"
    assert dead["MessageRetentionPeriod"] >= QUEUES[queue].get("MessageRetentionPeriod", 345_600)


def test_the_queues_that_are_written_to_by_group_are_fifo_and_the_others_do_not_say_it() -> None:
    """The order of an account's messages rests on it, and a standard queue refuses a group."""
    by_group = {"CrmInboxQueue", "CrmInboxDeadLetters"}

    assert {queue: said.get("FifoQueue") for queue, said in QUEUES.items()} == {
        queue: True if queue in by_group else None for queue in QUEUES
    }


@pytest.mark.parametrize("queue", sorted(DEAD_LETTERS))
def test_dead_letters_wake_somebody(queue: str) -> None:
    (alarm,) = [
        a
        for a in ALARMS.values()
        if {"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}} in a.get("Dimensions", ())
        and a["MetricName"] == "ApproximateNumberOfMessagesVisible"
    ]

    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]


@pytest.mark.parametrize("queue", sorted(set(QUEUES) - DEAD_LETTERS))
def test_a_queue_that_stands_still_wakes_somebody(queue: str) -> None:
    assert [
        a
        for a in ALARMS.values()
        for metric in (a, *(m["MetricStat"]["Metric"] for m in a.get("Metrics", ()) if "MetricStat" in m))
        if {"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}} in metric.get("Dimensions", ())
        and metric["MetricName"] == "ApproximateAgeOfOldestMessage"
    ]


@pytest.mark.parametrize("mapping", sorted(MAPPINGS))
def test_a_message_stays_hidden_longer_than_its_function_can_work(mapping: str) -> None:
    """Source: docs.aws.amazon.com, Lambda «Using Lambda with Amazon SQS»: at least six times the timeout."""
    said = MAPPINGS[mapping]
    function = MADE[_target(said["FunctionName"])]["Properties"]

    assert QUEUES[_target(said["EventSourceArn"])]["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert said["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert "MaximumConcurrency" in said["ScalingConfig"]


def test_every_queue_is_read_by_one_function() -> None:
    read_from = [_target(said["EventSourceArn"]) for said in MAPPINGS.values()]

    assert sorted(read_from) == sorted(set(QUEUES) - DEAD_LETTERS)


# --- functions ---------------------------------------------------------------------------------------------------


def _words(camel: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", camel).lower()


def test_one_word_runs_through_the_house() -> None:
    folders = {path.parent.name for path in ROOT.glob("functions/*/app.py")}

    assert folders == {_words(name.removesuffix("Function")) for name in FUNCTIONS}
    assert all(
        said["CodeUri"] == f"functions/{_words(name.removesuffix('Function'))}/" for name, said in FUNCTIONS.items()
    )
    assert not [f for f in folders if not (ROOT / f"layers/billing/billing/usecases/{f}.py").exists()]
    assert not [f for f in folders if not (ROOT / f"events/{f}.json").exists()]
    assert not [f for f in folders if f"usecases.{f} import" not in (text := _code(f)) and f"import {f}" not in text]


def _code(folder: str) -> str:
    return (ROOT / "functions" / folder / "app.py").read_text("utf-8")


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_function_runs_where_its_layer_was_built_for(function: str) -> None:
    made, layer = MADE[function]["Properties"], SAID["Resources"]["BillingLayer"]

    assert (made["Runtime"], made["Architectures"]) == ("python3.13", ["arm64"])
    assert layer["Metadata"] == {"BuildMethod": "makefile", "BuildArchitecture": "arm64"}
    assert layer["Properties"]["CompatibleArchitectures"] == ["arm64"]
    assert made["Layers"] == [{"Ref": next(n for n, r in MADE.items() if r["Type"] == "AWS::Lambda::LayerVersion")}]


def test_the_layer_holds_what_functions_need_and_nothing_that_only_builds_it() -> None:
    layer = ROOT / SAID["Resources"]["BillingLayer"]["Properties"]["ContentUri"]

    assert {path.name for path in layer.iterdir()} - {"__pycache__"} == {"billing", "requirements.txt", "Makefile"}


def test_the_layer_is_built_for_the_platform_with_every_hash_checked_and_with_bytecode() -> None:
    """`make -n` says what `sam build` would run."""
    asked = ["make", "-n", "-C", str(ROOT / "layers/billing"), "build-BillingLayer", "ARTIFACTS_DIR=/built"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
    (install,), (compile_all,) = ([line for line in said if word in line] for word in ("pip install", "compileall"))

    for flag in ("--require-hashes", "--no-build", "--python-platform aarch64-manylinux_2_28", "--python-version 3.13"):
        assert f" {flag} " in install
    assert "python3.13 -m compileall" in compile_all
    assert "--invalidation-mode unchecked-hash" in compile_all


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_function_writes_to_a_log_with_a_term(function: str) -> None:
    logging = MADE[function]["Properties"]["LoggingConfig"]
    group = MADE[_target(logging["LogGroup"])]

    assert logging["LogFormat"] == "JSON"
    assert group["Type"] == "AWS::Logs::LogGroup"
    assert "RetentionInDays" in group["Properties"]


ERROR_ALARMS = {name: a for name, a in ALARMS.items() if name.endswith("ErrorsAlarm")}


def _watched(alarm: dict[str, Any]) -> list[str]:
    """The functions whose errors an alarm of an area adds up."""
    stats = [m["MetricStat"] for m in alarm["Metrics"] if "MetricStat" in m]
    assert {(s["Metric"]["Namespace"], s["Metric"]["MetricName"], s["Stat"]) for s in stats} == {
        ("AWS/Lambda", "Errors", "Sum")
    }
    return [_target(s["Metric"]["Dimensions"][0]["Value"]) for s in stats]


def test_every_function_is_watched_for_errors_by_one_alarm() -> None:
    assert sorted(f for a in ERROR_ALARMS.values() for f in _watched(a)) == sorted(FUNCTIONS)


@pytest.mark.parametrize("alarm", sorted(ERROR_ALARMS))
def test_an_alarm_of_errors_adds_up_all_its_functions_and_cloudwatch_takes_it(alarm: str) -> None:
    """Source: docs.aws.amazon.com, CloudWatch «Using metric math»: an alarm has ten metrics at most, and no SEARCH."""
    said = ERROR_ALARMS[alarm]
    (errors,) = [m for m in said["Metrics"] if "Expression" in m]

    assert sorted(re.findall(r"FILL\((f\d+), 0\)", errors["Expression"])) == sorted(
        m["Id"] for m in said["Metrics"] if "MetricStat" in m
    )
    assert "ReturnData" not in errors
    assert all(m["ReturnData"] is False for m in said["Metrics"] if m is not errors)
    assert len(_watched(said)) <= 10
    assert (said["Threshold"], said["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert said["AlarmActions"] == [{"Ref": "AlarmTopic"}]


READERS = {_target(m["FunctionName"]) for m in MAPPINGS.values()}
ANSWERING = {"DocumentsApiFunction", "AuthorizeFunction"}  # somebody waits, and asks again


@pytest.mark.parametrize("function", sorted(set(FUNCTIONS) - READERS - ANSWERING))
def test_a_call_nobody_waits_for_is_not_lost(function: str) -> None:
    assert MADE[function]["Properties"]["DeadLetterConfig"] == {
        "TargetArn": {"Fn::GetAtt": ["SchedulesDeadLetters", "Arn"]}
    }


ALSO_TOLD = {"TrackEdoFunctionLook": {"sweep": True}, "SendToEdoFunctionGoOn": {"go_on": True}}


@pytest.mark.parametrize("schedule", sorted(SCHEDULES))
def test_schedule_keeps_the_time_of_moscow_and_is_told_it(schedule: str) -> None:
    said = SCHEDULES[schedule]

    assert said["ScheduleExpressionTimezone"] == "Europe/Moscow"
    assert next_after(said["ScheduleExpression"], "Europe/Moscow", datetime(2026, 1, 1, tzinfo=UTC))
    assert json.loads(said["Target"]["Input"]) == {"scheduled_at": "<aws.scheduler.scheduled-time>"} | ALSO_TOLD.get(
        schedule, {}
    )
    assert said["Target"]["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["SchedulesDeadLetters", "Arn"]}}


# --- the API -----------------------------------------------------------------------------------------------------

(API,) = (api["Body"] for api in _of(MADE, "AWS::ApiGatewayV2::Api").values())
(STAGE,) = _of(MADE, "AWS::ApiGatewayV2::Stage").values()
OPEN = {
    "get /enter",
    "get /confirm",
    "post /confirm",
    "get /stop",
    "post /stop",
    "get /static/{name}",
    "get /openapi.json",
    "get /health",
}


def test_what_is_open_to_everybody_is_named_and_everything_else_is_closed() -> None:
    secured = {
        f"{method} {path}": said["security"]
        for path, methods in API["paths"].items()
        for method, said in methods.items()
    }

    assert {route for route, security in secured.items() if security == [{"NONE": []}]} == OPEN
    assert all(security == [{"Authorize": []}] for route, security in secured.items() if route not in OPEN)
    assert "x-amazon-apigateway-any-method /{proxy+}" in secured, "a route without a line here is closed too"


def test_what_the_authorizer_says_is_kept_for_nobody_else() -> None:
    said = API["components"]["securitySchemes"]["Authorize"]["x-amazon-apigateway-authorizer"]

    assert (said["authorizerPayloadFormatVersion"], said["enableSimpleResponses"]) == ("2.0", True)
    assert said["authorizerResultTtlInSeconds"] == 0
    assert not said["identitySource"]


def test_routes_have_limits_and_those_with_their_own_are_there() -> None:
    """API Gateway refuses a limit of a route that it does not have."""
    routes = {f"{method} {path}" for path, methods in API["paths"].items() for method in methods}

    assert {"ThrottlingRateLimit", "ThrottlingBurstLimit"} <= set(STAGE["DefaultRouteSettings"])
    assert {f"{method.lower()} {path}" for method, path in map(str.split, STAGE["RouteSettings"])} <= routes


@pytest.mark.parametrize(
    ("form", "twin"),
    [
        ("POST /page/{tab}", "POST /invoices"),
        ("POST /page/{tab}", "POST /reconciliations"),
        ("POST /page/{tab}", "PUT /notifications"),
        ("POST /page/{tab}", "POST /notifications/{digest}/confirmations"),
        ("POST /page/documents/{id}", "POST /documents/{id}/letters"),
        ("GET /page/archive", "GET /documents/archive"),
    ],
)
def test_a_form_of_the_page_is_no_faster_than_the_route_that_orders_the_same(form: str, twin: str) -> None:
    assert STAGE["RouteSettings"][form] == STAGE["RouteSettings"][twin]


def test_the_access_log_holds_no_path_no_query_no_address_and_no_agent() -> None:
    said = json.loads(STAGE["AccessLogSettings"]["Format"])

    secret = r"path|query|sourceIp|userAgent|header|body|user$"
    assert not [value for value in said.values() if re.search(secret, value, re.IGNORECASE)]
    assert {"requestId", "route", "status", "account"} <= set(said)


# --- rights ------------------------------------------------------------------------------------------------------


def _statements() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, said in FUNCTIONS.items():
        for policy in said["Policies"]:
            yield from ((name, statement) for statement in policy["Statement"])


def test_policies_name_their_actions_and_their_resources() -> None:
    """What a function really asks for is compared with this in tests/cloud/test_rights.py."""
    for name, statement in _statements():
        assert statement["Effect"] == "Allow"
        assert not [a for a in _listed(statement["Action"]) if "*" in a or ":" not in a], name
        of_no_resource = statement["Action"] == ["ses:GetAccount"]  # Source: Service Authorization Reference, SES v2
        assert of_no_resource or "*" not in _listed(statement["Resource"]), name
        assert not {"NotAction", "NotResource"} & set(statement), name


def test_policies_are_written_in_full() -> None:
    """Templates of SAM (`DynamoDBCrudPolicy` …) grant more than is needed."""
    assert all(set(policy) == {"Version", "Statement"} for said in FUNCTIONS.values() for policy in said["Policies"])


# --- what the code and the template say of each other ------------------------------------------------------------


def _read_by_wiring() -> set[str]:
    """Names of variables in `os.environ[…]` and `os.environ.get(…)`, and in the constants that such names come from."""
    modules = [(ROOT / f"layers/billing/billing/{name}.py").read_text("utf-8") for name in ("wiring", "wiring_edo")]
    nodes = [node for text in modules for node in ast.walk(ast.parse(text))]
    texts = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    found = {text for text in texts if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", text)}
    if "TABLE_" in texts:  # f"TABLE_{name.upper()}"
        found |= {f"TABLE_{name.upper()}" for name in TABLES}
    return found


def test_functions_are_told_exactly_what_wiring_reads() -> None:
    told = set(SAID["Globals"]["Function"]["Environment"]["Variables"])
    told |= {v for said in FUNCTIONS.values() for v in said.get("Environment", {}).get("Variables", {})}
    of_lambda, of_powertools = {"AWS_REGION"}, {v for v in told if v.startswith("POWERTOOLS_")}

    assert _read_by_wiring() - of_lambda == told - of_powertools


def test_tables_have_the_keys_that_the_models_have() -> None:
    tables = _of(SAID["Resources"], "AWS::DynamoDB::Table")
    said = {
        name.removesuffix("Table").lower(): tuple(k["AttributeName"] for k in t["KeySchema"])
        for name, t in tables.items()
    }
    kinds = {k["KeyType"] for t in tables.values() for k in t["KeySchema"][:1]}

    assert said == {name: model.keys for name, model in MODELS.items()}
    assert kinds == {"HASH"}


def test_indexes_are_over_attributes_that_the_models_have() -> None:
    for name, table in _of(SAID["Resources"], "AWS::DynamoDB::Table").items():
        attributes = MODELS[name.removesuffix("Table").lower()].get_attributes()
        assert not [
            k
            for index in table.get("GlobalSecondaryIndexes", ())
            for k in index["KeySchema"]
            if k["AttributeName"] not in attributes
        ]


def test_rows_expire_by_an_attribute_that_the_model_has_as_a_whole_number() -> None:
    """By any other name or type DynamoDB would keep them for ever and say nothing."""
    tables = {n.removesuffix("Table").lower(): t for n, t in _of(SAID["Resources"], "AWS::DynamoDB::Table").items()}
    expiring = {name: t["TimeToLiveSpecification"] for name, t in tables.items() if "TimeToLiveSpecification" in t}

    assert "control" in expiring
    for name, said in expiring.items():
        assert said["Enabled"] is True
        assert isinstance(MODELS[name].get_attributes()[said["AttributeName"]], Whole)


def test_tables_and_the_bucket_outlive_the_stack() -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket"):
        for name, r in SAID["Resources"].items():
            if r["Type"] == kind:
                assert (r["DeletionPolicy"], r["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain"), name


def _counted() -> set[str]:
    """Names of metrics that the code counts; those of letters are made of the statuses of their events."""
    found = {f"Letters{status.capitalize()}" for status in _STATUS.values()}
    for path in (ROOT / "layers/billing/billing").rglob("*.py"):
        source = path.read_text("utf-8")
        if ".metrics.count(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"([A-Z][a-z]+)+", node.value)
            ):
                found.add(node.value)
    return found


def test_alarms_and_the_dashboard_show_metrics_that_are_counted() -> None:
    alarmed = {
        (a["MetricName"], _listed(a["Dimensions"])[0]["Value"]["Fn::Sub"])
        for a in ALARMS.values()
        if a.get("Namespace") == "Zakryvashka"
    }
    body = json.loads(SAID["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
    shown = {(m[1], m[3]) for w in body["widgets"] for m in w["properties"]["metrics"] if m[0] == "Zakryvashka"}

    named = SAID["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
    assert {service for _, service in alarmed | shown} == {named["Fn::Sub"]} == {"zakryvashka-${Stage}"}
    assert {name for name, _ in alarmed | shown} <= _counted()
    assert set(NOTED.values()) <= {name for name, _ in alarmed | shown}, "what the operator's client notices"
    assert len(alarmed) == 16


def test_the_dashboard_shows_every_queue_and_every_function() -> None:
    body = SAID["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]

    assert {name for name in [*QUEUES, *FUNCTIONS] if "${" + name not in body} == set()


def test_every_waiver_of_a_check_says_why() -> None:
    waivers = [w for r in SAID["Resources"].values() for w in r.get("Metadata", {}).get("checkov", {}).get("skip", ())]

    assert waivers
    assert all(set(w) == {"id", "comment"} and len(w["comment"]) > 20 for w in waivers)


def test_settings_of_a_stage_are_parameters_of_the_template() -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))
    for stage in SAID["Parameters"]["Stage"]["AllowedValues"]:
        overrides = shlex.split(config[stage]["deploy"]["parameters"]["parameter_overrides"])
        said = dict(pair.split("=", 1) for pair in overrides)
        assert said["Stage"] == stage
        assert set(said) <= set(SAID["Parameters"])
