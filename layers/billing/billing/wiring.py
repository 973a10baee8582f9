"""The environment becomes adapters, each built once, on first use. Nothing else reads the environment."""

from __future__ import annotations

import os
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from botocore.config import Config

from billing.adapters.files import S3Files
from billing.adapters.known import Known
from billing.adapters.long_rows import LongRows
from billing.adapters.mailer import SesMailer
from billing.adapters.metrics import EmfMetrics
from billing.adapters.pace import Pace
from billing.adapters.queues import SqsQueue
from billing.adapters.secrets import AwsSecrets
from billing.adapters.store import DynamoStore
from billing.ports import TABLES, Outside, Settings
from billing.ports_tokens import Tokens

# a call with nothing to count is no anomaly
warnings.filterwarnings("ignore", message="No application metrics to publish")

log = Logger()
tracer = Tracer()
metrics = Metrics(namespace="Zakryvashka")  # as the alarms in template.yaml call it; the stage is in the service's name

QUEUES = {
    "issue-documents": "QUEUE_ISSUE_DOCUMENTS",
    "send-letter": "QUEUE_SEND_LETTER",
    "fill-orders": "QUEUE_FILL_ORDERS",
    "crm-dead-letters": "QUEUE_CRM_DEAD_LETTERS",
}

_installed: Outside | None = None
_installed_tokens: Tokens | None = None


def outside() -> Outside:
    """The outside world: the one that was installed, or AWS as the environment names it."""
    return _installed or _aws()


def outside_of_one_call() -> Outside:
    """The outside world, whose rows are known to the end of one call of a function once they were read or written."""
    return replace(outside(), store=Known(outside().store))


def install(world: Outside | None, tokens: Tokens | None = None) -> None:
    """Tests put their own world in the place of AWS, and take it away again."""
    global _installed, _installed_tokens
    _installed, _installed_tokens = world, tokens


def forget() -> None:
    """Adapters are built anew at their next use."""
    _aws.cache_clear()
    _own_tokens.cache_clear()
    queues.cache_clear()
    secrets.cache_clear()


@cache
def _aws() -> Outside:
    counted = EmfMetrics(metrics)
    tables = DynamoStore({name: os.environ[f"TABLE_{name.upper()}"] for name in TABLES}, os.environ["AWS_REGION"])
    return Outside(
        store=LongRows(tables, counted),
        files=S3Files(_client("s3"), os.environ["FILES_BUCKET"], locked=os.environ.get("OBJECT_LOCK") == "yes"),
        queue=queues(),
        mailer=SesMailer(
            _client("sesv2", attempts=1),
            address=os.environ["SENDER_ADDRESS"],
            name=os.environ.get("SENDER_NAME", ""),
            reply_to=os.environ.get("REPLY_TO_ADDRESS", ""),
            pace=Pace(workers=int(os.environ.get("LETTER_CONCURRENCY", "1"))),
            configuration_set=os.environ["CONFIGURATION_SET"],
        ),
        metrics=counted,
        clock=lambda: datetime.now(UTC),
        settings=Settings(
            page_url=os.environ["PAGE_URL"],
            accountant_address=os.environ["ACCOUNTANT_ADDRESS"],
            retention_years=int(os.environ.get("RETENTION_YEARS", "6")),
            frame_ancestors=os.environ.get("FRAME_ANCESTORS", "'none'"),
        ),
    )


@cache
def queues() -> SqsQueue:
    return SqsQueue(_client("sqs"), {name: os.environ.get(variable, "") for name, variable in QUEUES.items()})


@cache
def secrets() -> AwsSecrets:
    return AwsSecrets(_client("secretsmanager"))


def now() -> datetime:
    """The present moment, for a function that needs nothing else of the outside."""
    return _installed.clock() if _installed else datetime.now(UTC)


def tokens() -> Tokens:
    """Who verifies and makes tokens: by the secret of the API and, if the template names one, the CRM's key set."""
    return _installed_tokens or _own_tokens()


@cache
def _own_tokens() -> Tokens:
    from billing.adapters.tokens import JwtTokens, Kept, jwks  # functions without an API load no cryptography

    url = os.environ.get("JWKS_URL", "")
    return JwtTokens(
        Kept(lambda: secrets().get(os.environ["API_SECRET"]).text),
        keys=jwks(url) if url else None,
        issuer=os.environ.get("JWT_ISSUER", ""),
        audience=os.environ.get("JWT_AUDIENCE", ""),
    )


def _client(service: str, *, attempts: int = 3) -> Any:
    """A client with its limits written out. SES has one attempt: a letter whose fate is unknown is not sent blindly."""
    return boto3.client(
        service,
        config=Config(
            connect_timeout=2,
            read_timeout=15,
            retries={"mode": "standard", "total_max_attempts": attempts},
            s3={"addressing_style": "virtual"},  # or links name no region, and a new bucket sends them elsewhere
        ),
    )


def deadline(context: Any, *, reserve_s: int = 15) -> datetime:
    """When a function must stop taking new work, so that it ends before it is ended."""
    left = context.get_remaining_time_in_millis() / 1000
    return outside().clock() + timedelta(seconds=max(0.0, left - reserve_s))
