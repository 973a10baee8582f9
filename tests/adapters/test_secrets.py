"""Secrets: what the port promises, over the fake and over Secrets Manager; one writer at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from billing.adapters.secrets import AwsSecrets
from billing.domain.errors import NotFoundError, UnavailableError
from billing.ports_edo import Secret, SecretMovedError, Secrets
from tests.adapters.diadoc.operator_script import MemorySecrets

NAME = "diadoc"
PERSON = '{"refresh_token": "of a person"}'


@pytest.fixture(params=["memory", "aws"])
def secrets(request: pytest.FixtureRequest) -> Secrets:
    """A store in which a person has put a text."""
    if request.param == "memory":
        return MemorySecrets(**json.loads(PERSON))
    return AwsSecrets(a_secret(request.getfixturevalue("aws")))


def a_secret(aws: Callable[[str], Any]) -> Any:
    client = aws("secretsmanager")
    client.create_secret(Name=NAME, SecretString=PERSON)
    return client


def test_what_a_person_has_put_is_read_with_its_version(secrets: Secrets):
    found = secrets.get(NAME)

    assert found.text == PERSON
    assert found.version


def test_a_written_text_is_current_and_has_the_version_that_was_answered(secrets: Secrets):
    version = secrets.put(NAME, '"new"', expect=secrets.get(NAME).version)

    assert secrets.get(NAME) == Secret('"new"', version)


def test_of_two_writers_the_second_is_refused_and_writes_nothing(secrets: Secrets):
    read = secrets.get(NAME).version
    first = secrets.put(NAME, '"first"', expect=read)

    with pytest.raises(SecretMovedError):
        secrets.put(NAME, '"second"', expect=read)

    assert secrets.get(NAME) == Secret('"first"', first)


def test_a_refused_writer_reads_again_and_writes(secrets: Secrets):
    read = secrets.get(NAME).version
    secrets.put(NAME, '"first"', expect=read)
    with pytest.raises(SecretMovedError):
        secrets.put(NAME, '"second"', expect=read)

    again = secrets.put(NAME, '"second"', expect=secrets.get(NAME).version)

    assert secrets.get(NAME) == Secret('"second"', again)


def test_many_writes_one_after_another_leave_the_last(secrets: Secrets):
    for text in ('"a"', '"b"', '"a"', '"b"', '"c"'):
        secrets.put(NAME, text, expect=secrets.get(NAME).version)

    assert secrets.get(NAME).text == '"c"'


# --- Secrets Manager alone ---------------------------------------------------------------------------------------


class Losing:
    """The client, of which one answer is lost after it was obeyed; `again`: it is asked once more, as botocore does."""

    def __init__(self, client: Any, operation: str, *, again: bool) -> None:
        self._client, self._operation, self._again = client, operation, again

    def __getattr__(self, name: str) -> Any:
        ask = getattr(self._client, name)
        if name != self._operation:
            return ask

        def losing(**said: Any) -> Any:
            self._operation = ""
            ask(**said)
            if self._again:
                return ask(**said)
            raise EndpointConnectionError(endpoint_url="https://secrets.example")

        return losing


@pytest.mark.parametrize("operation", ["put_secret_value", "update_secret_version_stage"])
def test_a_write_that_was_sent_twice_for_a_lost_answer_is_one_write(aws: Callable[[str], Any], operation: str):
    client = a_secret(aws)
    secrets = AwsSecrets(Losing(client, operation, again=True))

    version = secrets.put(NAME, "new", expect=secrets.get(NAME).version)

    assert AwsSecrets(client).get(NAME) == Secret("new", version)


@pytest.mark.parametrize("operation", ["put_secret_value", "update_secret_version_stage"])
def test_a_write_whose_answer_was_lost_can_be_repeated(aws: Callable[[str], Any], operation: str):
    client = a_secret(aws)
    secrets = AwsSecrets(Losing(client, operation, again=False))
    read = secrets.get(NAME).version

    with pytest.raises(UnavailableError):
        secrets.put(NAME, "new", expect=read)

    assert secrets.put(NAME, "new", expect=read) == secrets.get(NAME).version
    assert secrets.get(NAME).text == "new"


def test_a_text_written_but_not_made_current_is_not_read(aws: Callable[[str], Any]):
    """Two writers at the same moment: both have stored their text, only one has moved the label."""
    client = a_secret(aws)
    read = AwsSecrets(client).get(NAME).version
    client.put_secret_value(
        SecretId=NAME, SecretString="theirs", ClientRequestToken="t" * 32, VersionStages=["PENDING"]
    )
    client.update_secret_version_stage(
        SecretId=NAME, VersionStage="AWSCURRENT", MoveToVersionId="t" * 32, RemoveFromVersionId=read
    )

    with pytest.raises(SecretMovedError):
        AwsSecrets(client).put(NAME, "ours", expect=read)

    assert AwsSecrets(client).get(NAME).text == "theirs"


def test_a_secret_that_is_not_there_is_said_so(aws: Callable[[str], Any]):
    with pytest.raises(NotFoundError):
        AwsSecrets(aws("secretsmanager")).get("nothing")


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        pytest.param("InternalServiceError", 500, UnavailableError, id="the service is broken"),
        pytest.param("ThrottlingException", 400, UnavailableError, id="too fast"),
        pytest.param("AccessDeniedException", 400, ClientError, id="no right, which no repeat helps"),
    ],
)
def test_a_failure_says_what_the_caller_does_next(code: str, status: int, kind: type[Exception]):
    class Failing:
        def get_secret_value(self, **said: Any) -> Any:
            said_by_aws = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
            raise ClientError(said_by_aws, "GetSecretValue")

    with pytest.raises(kind):
        AwsSecrets(Failing()).get(NAME)
