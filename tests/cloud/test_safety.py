"""Whatever the machine's environment holds, the local cloud reaches no real account."""

from __future__ import annotations

import os

import boto3
import pytest

from local.cloud import local_cloud
from local.safety import UnsafeError, closed_environment, is_loopback


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        pytest.param("http://127.0.0.1:5000", True, id="in numbers"),
        pytest.param("http://localhost:5000/", True, id="by name"),
        pytest.param("http://[::1]:5000", True, id="the newer kind"),
        pytest.param("localhost:5001", True, id="as in the header Host"),
        pytest.param("https://sqs.eu-central-1.amazonaws.com", False, id="Amazon"),
        pytest.param("http://127.0.0.1.example.com", False, id="a name that begins like it"),
        pytest.param("http://user@example.com#127.0.0.1", False, id="a fragment that looks like it"),
        pytest.param("http://10.0.0.1:5000", False, id="another machine of the house"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_loopback_is_this_machine(url: str, ours: bool) -> None:
    assert is_loopback(url) is ours


def test_an_endpoint_of_another_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "https://sqs.example.com")

    with pytest.raises(UnsafeError, match="AWS_ENDPOINT_URL_SQS"), local_cloud():
        pass


def test_nobodys_profile_role_or_keys_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = {
        "AWS_PROFILE": "prod",
        "AWS_ACCESS_KEY_ID": "theirs",
        "AWS_SECRET_ACCESS_KEY": "theirs",
        "AWS_SESSION_TOKEN": "theirs",
        "AWS_ROLE_ARN": "arn:aws:iam::1:role/theirs",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/theirs",
        "AWS_CONFIG_FILE": "/theirs",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_REGION": "us-east-1",
    }
    for name, value in theirs.items():
        monkeypatch.setenv(name, value)

    with closed_environment():
        keys = boto3.Session().get_credentials()
        assert not [name for name, value in theirs.items() if os.environ.get(name) == value]
        assert keys is not None
        assert (keys.access_key, keys.token) == ("local", None)

    assert {name: os.environ[name] for name in theirs} == theirs
