"""Texts in Secrets Manager that several workers may write, one at a time: no write goes over another's."""

from __future__ import annotations

import hashlib
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from billing.domain.errors import NotFoundError, UnavailableError
from billing.ports_edo import Secret, SecretMovedError

CURRENT = "AWSCURRENT"
PENDING = "PENDING"  # of a version that is written and not current yet


class AwsSecrets:
    """Implements `ports_edo.Secrets`: names are names or ARNs of secrets.

    A new version is stored beside the current one, then the label of the current one is moved from the version that was
    read: the service refuses to move it from a version that has it no longer. The id of a version follows from what it
    stands on and from its text, so a repeat after a lost answer finds its own work.

    Source: docs.aws.amazon.com, Secrets Manager: PutSecretValue, UpdateSecretVersionStage (RemoveFromVersionId).
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def get(self, name: str) -> Secret:
        """Raises:
        NotFoundError: there is no such secret, or nothing in it.
        UnavailableError: no answer.
        """
        found = self._ask("get_secret_value", SecretId=name, VersionStage=CURRENT)
        return Secret(found.get("SecretString", ""), found["VersionId"])

    def put(self, name: str, text: str, *, expect: str) -> str:
        version = hashlib.sha256("\0".join((name, expect, text)).encode()).hexdigest()
        self._ask(
            "put_secret_value",
            SecretId=name,
            SecretString=text,
            ClientRequestToken=version,
            VersionStages=[PENDING],
        )
        try:
            self._ask(
                "update_secret_version_stage",
                SecretId=name,
                VersionStage=CURRENT,
                MoveToVersionId=version,
                RemoveFromVersionId=expect,
            )
        except SecretMovedError:
            if self.get(name).version != version:
                raise
        return version

    def _ask(self, operation: str, **said: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**said)
        except ClientError as error:
            raise _failure(error, operation) from error
        except BotoCoreError as error:
            raise UnavailableError(f"no answer from the store of secrets: {type(error).__name__}") from error
        return answer


_BUSY = {"ThrottlingException", "Throttling", "TooManyRequestsException", "LimitExceededException"}


def _failure(error: Any, operation: str) -> Exception:
    code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    if code == "ResourceNotFoundException":
        return NotFoundError("there is no such secret")
    if code == "InvalidParameterException" and operation == "update_secret_version_stage":
        return SecretMovedError("the secret was written since it was read")
    if status >= 500 or code in _BUSY:
        return UnavailableError(f"the store of secrets is busy: {code}")
    assert isinstance(error, Exception)
    return error
