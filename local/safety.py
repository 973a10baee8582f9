"""Nothing on this machine reaches a real account: the keys open nothing, and only loopback may be an endpoint."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from urllib.parse import urlsplit

from local.template import REGION

KEPT = ("AWS_CA_BUNDLE",)
ADDRESSES = ("DIADOC_URL", "DIADOC_IDENTITY_URL", "SIGNING_URL")  # that functions call when they have a box


class UnsafeError(Exception):
    """Something in the environment leads out of this machine."""


@contextmanager
def closed_environment() -> Iterator[None]:
    """Keys that open nothing, and none of the profiles, roles and endpoints of whoever runs this.

    Raises:
        UnsafeError: an `AWS_ENDPOINT_URL…` that is not of this machine.
    """
    before = dict(os.environ)
    for name, value in before.items():
        if name.startswith("AWS_ENDPOINT_URL") and not is_loopback(value):
            raise UnsafeError(f"{name} is {value}, which is not this machine; unset it first")
        if name.startswith("AWS_") and name not in KEPT:
            del os.environ[name]
    os.environ.update(
        AWS_ACCESS_KEY_ID="local",
        AWS_SECRET_ACCESS_KEY="local",
        AWS_DEFAULT_REGION=REGION,
        AWS_REGION=REGION,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_ACCOUNT_ID_ENDPOINT_MODE="disabled",  # moto does not know the addresses that carry an account
        AWS_EC2_METADATA_DISABLED="true",
        POWERTOOLS_TRACE_DISABLED="true",
        POWERTOOLS_METRICS_NAMESPACE="Zakryvashka",
        POWERTOOLS_SERVICE_NAME="zakryvashka",
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def check_told(environments: Iterable[Mapping[str, str]]) -> None:
    """No function is told of an operator or of a signing service outside of this machine.

    Raises:
        UnsafeError: one is.
    """
    for told in environments:
        for name in ADDRESSES if told.get("DIADOC_BOX") else ():
            if told.get(name) and not is_loopback(told[name]):
                raise UnsafeError(f"{name} is {told[name]}, which is not this machine")


def is_loopback(url: str) -> bool:
    """Whether the address is of this machine, said in numbers or as `localhost`."""
    host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
