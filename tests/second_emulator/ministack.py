"""MiniStack as a second cloud: the storage of template.yaml is deployed there, and the handlers run against it.

MiniStack shares no code with moto, so what only one of the two lets pass shows as a difference.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from local.functions import LocalFunction, make_importable, sqs_event
from local.queues import BATCH_MAX, account_in
from local.template import REGION, ROOT, code_folders, translated

SERVER = Path(sys.prefix) / "proof" / "bin" / "ministack"
START_S = 30
STORAGE = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SES::ConfigurationSet", "AWS::SQS::Queue")
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": REGION}
BATCHES_MAX = 2_000


@contextmanager
def server() -> Iterator[str]:
    """Run MiniStack on a free port until the block ends. Yield its endpoint.

    Raises:
        FileNotFoundError: it is not installed; `make proof` installs it.
        TimeoutError: it does not answer within `START_S` seconds.
    """
    if not SERVER.exists():
        raise FileNotFoundError(f"{SERVER} is missing: run `make proof`, which installs it")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    environment = {**os.environ, **CREDENTIALS, "GATEWAY_PORT": str(port), "LOG_LEVEL": "ERROR"}
    process = subprocess.Popen([SERVER], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"{endpoint}/_ministack/health")
        yield endpoint
    finally:
        process.terminate()
        process.wait(timeout=START_S)


def _wait_for(url: str) -> None:
    for _ in range(START_S * 5):
        with suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(url, timeout=2):  # noqa: S310
            return
        time.sleep(0.2)
    raise TimeoutError(f"no answer at {url}")


def forget_everything(endpoint: str) -> None:
    """Empty every service of the server."""
    request = urllib.request.Request(f"{endpoint}/_ministack/reset", method="POST")  # noqa: S310
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        pass


@dataclass(kw_only=True)
class SecondCloud:
    """Tables, queues and the bucket of the template at MiniStack, and the functions that its queues wake."""

    endpoint: str
    functions: dict[str, LocalFunction] = field(default_factory=dict)
    mappings: list[tuple[str, str]] = field(default_factory=list)  # address of a queue, folder of its function
    ids: dict[str, str] = field(default_factory=dict)

    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = boto3.client(service, region_name=REGION, endpoint_url=self.endpoint)
        return self._clients[service]

    def invoke(self, folder: str, event: Any) -> Any:
        """Call a function as Lambda does, then carry on whatever waits in the queues."""
        answer = self.functions[folder](event)
        self.drain()
        return answer

    def send(self, queue: str, bodies: Sequence[str]) -> None:
        """Put messages into a FIFO queue, each in the group of its account."""
        for n, body in enumerate(bodies):
            self.client("sqs").send_message(
                QueueUrl=self.ids[queue],
                MessageBody=body,
                MessageGroupId=account_in(body),
                MessageDeduplicationId=f"{n}-{hash(body)}",
            )

    def drain(self) -> None:
        """Carry messages from the queues to their functions until nothing moves."""
        for _ in range(BATCHES_MAX):
            if not sum([self._carry_batch(url, folder) for url, folder in self.mappings]):
                return
        raise RuntimeError("the queues do not come to rest")

    def _carry_batch(self, url: str, folder: str) -> int:
        sqs = self.client("sqs")
        messages = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=BATCH_MAX,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
            WaitTimeSeconds=0,
        ).get("Messages", [])
        if not messages:
            return 0
        answer = self.functions[folder](sqs_event(messages, url)) or {}
        failed = {item["itemIdentifier"] for item in answer.get("batchItemFailures", [])}
        for message in messages:
            if message["MessageId"] in failed:
                sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
            else:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(messages)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table by its short name, as plain values."""
        found = boto3.resource("dynamodb", region_name=REGION, endpoint_url=self.endpoint)
        return list(found.Table(self.ids[f"{table.capitalize()}Table"]).scan()["Items"])

    def files(self) -> dict[str, bytes]:
        """Everything in the bucket."""
        s3, bucket = self.client("s3"), self.ids["FilesBucket"]
        listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {o["Key"]: s3.get_object(Bucket=bucket, Key=o["Key"])["Body"].read() for o in listed}

    def letters(self) -> list[dict[str, Any]]:
        """Return the letters that the mail service accepted, as it lists them."""
        with urllib.request.urlopen(f"{self.endpoint}/_ministack/ses/messages", timeout=10) as answer:  # noqa: S310
            return [letter for letters in json.load(answer)["messages"].values() for letter in letters]


def deploy(endpoint: str) -> SecondCloud:
    """Deploy the template's storage by MiniStack's own CloudFormation, and tie the functions to it.

    The environment of the functions is resolved by it too, as outputs. Rows do not expire there: its clock is the
    machine's, and the test's is another.
    """
    make_importable(ROOT)
    template = translated(ROOT / "template.yaml")
    functions = {n: r for n, r in template["Resources"].items() if r["Type"] == "AWS::Lambda::Function"}
    mappings = [r["Properties"] for r in template["Resources"].values() if r["Type"].endswith("EventSourceMapping")]
    outputs, names = _outputs(functions, template)
    template["Resources"] = {n: _storage(r) for n, r in template["Resources"].items() if r["Type"] in STORAGE}
    template["Outputs"] = outputs
    cloud = SecondCloud(endpoint=endpoint)
    cloud.ids = _created(cloud, template)
    resolved = _stack_outputs(cloud)
    sender = translated(ROOT / "template.yaml")["Parameters"]["SenderAddress"]["Default"]
    cloud.client("sesv2").create_email_identity(EmailIdentity=sender)
    folders = code_folders(ROOT / "template.yaml")
    for logical, resource in functions.items():
        environment = {name: resolved[output] for (function, name), output in names.items() if function == logical}
        cloud.functions[folders[logical].name] = LocalFunction(
            name=logical,
            folder=folders[logical],
            handler=resource["Properties"]["Handler"],
            environment={**environment, **CREDENTIALS, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": endpoint},
            timeout_s=int(resource["Properties"].get("Timeout", 3)),
            memory_mb=int(resource["Properties"].get("MemorySize", 128)),
        )
    for mapping in mappings:
        queue, function = mapping["EventSourceArn"]["Fn::GetAtt"][0], mapping["FunctionName"]["Ref"]
        cloud.mappings.append((cloud.ids[queue], folders[function].name))
    return cloud


def _storage(resource: dict[str, Any]) -> dict[str, Any]:
    properties = {k: v for k, v in resource.get("Properties", {}).items() if k != "TimeToLiveSpecification"}
    return {"Type": resource["Type"], "Properties": properties}


def _outputs(functions: dict[str, Any], template: dict[str, Any]) -> tuple[dict[str, Any], dict[tuple[str, str], str]]:
    """Every value of the functions' variables as an output of the stack, and the output's name for each variable."""
    outputs, names, known = dict[str, Any](), dict[tuple[str, str], str](), dict[str, str]()
    for logical, resource in functions.items():
        for name, value in resource["Properties"].get("Environment", {}).get("Variables", {}).items():
            output = known.setdefault(json.dumps(value), f"Variable{len(known)}")
            names[logical, name] = output
            outputs[output] = {"Value": value if _is_known(value, template) else "none"}
    return outputs, names


def _is_known(value: Any, template: dict[str, Any]) -> bool:
    """Return whether the reduced stack can resolve the value: a text, a parameter, or part of its storage."""
    if not isinstance(value, dict):
        return True
    if "Ref" not in value:
        return False
    name = value["Ref"]
    return name in template["Parameters"] or template["Resources"].get(name, {}).get("Type") in STORAGE


def _created(cloud: SecondCloud, template: dict[str, Any]) -> dict[str, str]:
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName="second", TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="second", WaiterConfig={"Delay": 1, "MaxAttempts": START_S}
    )
    described = cloudformation.describe_stack_resources(StackName="second")["StackResources"]
    return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in described}


def _stack_outputs(cloud: SecondCloud) -> dict[str, str]:
    (stack,) = cloud.client("cloudformation").describe_stacks(StackName="second")["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
