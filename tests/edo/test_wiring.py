"""The environment becomes the operator and the signer: what is not filled in stops the run and says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from billing import wiring, wiring_edo
from billing.adapters.diadoc.settings import ApiSettings, DiadocSettings, HttpSettings
from billing.adapters.signing.dss import Dss
from billing.adapters.signing.external import ExternalCms
from billing.domain.errors import InvalidInputError
from billing.ports_edo import EdoKind, PersonSigns, StopTheRunError, ToSign
from tests.edo.house import EdoHouse, OneSecret

BOX = "0f6a1c3e-5b7d-4a2c-9e11-7d3b6a5c4e21"
NOW = datetime(2026, 4, 1, 4, tzinfo=UTC)
FILE = ToSign(key="2026-01.act.0", file_name="act.xml", content=b"act")
DIADOC = {"DIADOC_SECRET": "diadoc"}


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    wiring_edo.forget_edo()
    yield
    wiring_edo.forget_edo()
    wiring_edo.install_edo(None)


def test_without_a_box_there_is_no_operator(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DIADOC_BOX", raising=False)

    assert wiring_edo.edo_outside() is None


def test_the_operator_is_what_was_installed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIADOC_BOX", BOX)
    edo = EdoHouse().edo

    wiring_edo.install_edo(edo)

    assert wiring_edo.edo_outside() is edo


def test_the_operator_of_another_box_or_stage_has_operations_of_its_own(monkeypatch: pytest.MonkeyPatch):
    for name, value in {
        **DIADOC,
        "DIADOC_BOX": "0F6A1C3E5B7D4A2C9E117D3B6A5C4E21@diadoc.ru",
        "EDO_ENVIRONMENT": "prod",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)

    edo = wiring_edo.edo_outside()

    assert edo
    assert edo.environment == f"prod/{BOX}"
    assert wiring_edo.edo_outside() is edo


def test_settings_that_are_not_said_are_those_of_the_client():
    assert wiring_edo.read_settings(BOX, DIADOC) == DiadocSettings(box=BOX, secret="diadoc")
    assert wiring_edo.read_settings(BOX, {**DIADOC, "DIADOC_OPTIONS": "", "DIADOC_URL": ""}) == DiadocSettings(
        box=BOX, secret="diadoc"
    )


def test_whatever_the_documentation_leaves_open_is_said_by_the_environment():
    options = {
        "http": {"rps": 2},
        "api": {"events_limit": 50},
        "kinds": {"contract": {"type": "Contract", "function": "default", "version": "v1"}},
    }

    settings = wiring_edo.read_settings(
        BOX,
        {
            **DIADOC,
            "DIADOC_URL": "https://diadoc.example",
            "DIADOC_OPTIONS": json.dumps(options),
        },
    )

    assert settings.base_url == "https://diadoc.example"
    assert settings.http == HttpSettings(rps=2)
    assert settings.api == ApiSettings(events_limit=50)
    assert settings.kinds.contract == EdoKind(type="Contract", function="default", version="v1")


@pytest.mark.parametrize("options", ["[]", "{", '{"http": 1}', '{"htpp": {}}'])
def test_options_that_are_none_are_refused(options: str):
    with pytest.raises(InvalidInputError):
        wiring_edo.read_settings(BOX, {**DIADOC, "DIADOC_OPTIONS": options})


# --- who signs ---------------------------------------------------------------------------------------------------


def a_signer(secret: dict[str, Any] | None = None, **environment: str) -> wiring_edo.ChosenSigner:
    secrets = OneSecret(**(secret or {}))
    return wiring_edo.ChosenSigner(EdoHouse().a_client(), secrets, {"SIGNING_SECRET": "signing", **environment})


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({}, id="nothing is said"),
        pytest.param({"EDO_SIGNER": "none"}, id="none"),
        pytest.param({"EDO_SIGNER": "external"}, id="a service without an address"),
        pytest.param({"EDO_SIGNER": "dss"}, id="the cloud without a certificate"),
        pytest.param({"EDO_SIGNER": "external", "SIGNING_URL": "https://sign.example"}, id="an empty secret"),
    ],
)
def test_without_a_whole_signer_nothing_is_signed(environment: dict[str, str]):
    with pytest.raises(StopTheRunError):
        a_signer(**environment).sign([FILE], now=NOW)


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("to be filled in", id="no JSON"),
        pytest.param('{"certificate": "-----BEGIN", "key": "-----BEGIN"}', id="no certificate"),
        pytest.param('{"certificate": "сертификат", "key": "ключ"}', id="no ASCII"),
    ],
)
def test_a_secret_that_is_half_right_stops_the_run_and_says_so(secret: str):
    secrets = OneSecret()
    secrets.text = secret
    environment = {"EDO_SIGNER": "external", "SIGNING_URL": "https://sign.example", "SIGNING_SECRET": "signing"}

    with pytest.raises(StopTheRunError, match="секрет сервиса подписи"):
        wiring_edo.ChosenSigner(EdoHouse().a_client(), secrets, environment).sign([FILE], now=NOW)


def test_a_person_signs_when_it_is_said_so():
    signed = a_signer(EDO_SIGNER="person").sign([FILE], now=NOW)

    assert signed.outcomes == {FILE.key: PersonSigns()}


def test_the_test_signature_is_for_a_test_box_only():
    house = EdoHouse()
    signer = wiring_edo.ChosenSigner(house.a_client(), OneSecret(), {"EDO_SIGNER": "test"})
    house.diadoc.change_organization(box=house.us.box_id, is_test=False)

    with pytest.raises(StopTheRunError):
        signer.sign([FILE], now=NOW)


def test_the_cloud_signs_in_batches_and_the_service_one_by_one():
    cloud = a_signer(EDO_SIGNER="dss", DSS_THUMBPRINT="A" * 40)
    service = a_signer({"token": "shh"}, EDO_SIGNER="external", SIGNING_URL="https://sign.example")

    assert (cloud.batch_max, service.batch_max) == (40, 1)
    assert isinstance(cloud.chosen, Dss)
    assert isinstance(service.chosen, ExternalCms)


def test_a_service_knows_us_by_the_certificate_of_the_secret():
    certificate, key = a_pair()
    secret = {"certificate": certificate, "key": key, "authority": certificate, "token": ""}

    signer = a_signer(secret, EDO_SIGNER="external", SIGNING_URL="https://sign.example")

    assert isinstance(signer.chosen, ExternalCms)


def a_pair() -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "us")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM).decode(), secret.decode()


# --- what the client notices -------------------------------------------------------------------------------------


def test_a_method_that_will_be_removed_is_counted(capsys: pytest.CaptureFixture[str]):
    house = EdoHouse()
    wiring.install(house.outside)
    try:
        wiring_edo.note("diadoc_sunset", {"path": "/V3/X", "value": "1 May 2027"})
        wiring_edo.note("diadoc_lease_left", {})
    finally:
        wiring.install(None)

    assert house.metrics.counts == {"DiadocSunset": 1}
