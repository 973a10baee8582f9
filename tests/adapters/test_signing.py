"""Signers: what they sign, what is found wrong before it is sent, who has to act.

The certificates here are of a small authority of the tests' own, without ГОСТ; ГОСТ's digest is checked with vectors,
its signature cannot be checked here at all (see `check`).
"""

from __future__ import annotations

import hashlib
import ssl
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.adapters.signing.asn1 import OCTETS, SEQUENCE, Asn1Error, Node, oid, read
from billing.adapters.signing.check import checked
from billing.adapters.signing.dss import Dss
from billing.adapters.signing.external import ExternalCms, mutual_tls
from billing.adapters.signing.simple import DelaySend, TestBoxSigner
from billing.adapters.signing.streebog import streebog256, streebog512
from billing.domain.edo_boxes import Box
from billing.domain.errors import InvalidInputError
from billing.ports_edo import (
    AbsentError,
    BadSignatureError,
    BusyError,
    Cms,
    LostAnswerError,
    NeedsPersonError,
    PersonSigns,
    SigningRefused,
    StillRunningError,
    StopTheRunError,
    TestSignature,
    ToSign,
)
from tests.adapters.diadoc.operator_script import OURS, SETTINGS, Operator, an_http, says

NOW = datetime(2026, 10, 1, 7, tzinfo=UTC)
CONTENT = "содержимое".encode("cp1251")
FILE = ToSign(key="2026-09.act.0", file_name="Акт 45.xml", content=CONTENT)
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def a_certificate(key: Any = EC_KEY, *, before: int = 1, after: int = 100, name: str = "ООО «Закрывашка»") -> Any:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(0xABCDEF)
        .not_valid_before(NOW - timedelta(days=before))
        .not_valid_after(NOW + timedelta(days=after))
        .sign(key, hashes.SHA256())
    )


def a_cms(
    content: bytes = CONTENT,
    *,
    key: Any = EC_KEY,
    certificate: Any = None,
    options: tuple[pkcs7.PKCS7Options, ...] = (),
    algorithm: Any = None,
) -> bytes:
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(content)
        .add_signer(certificate or a_certificate(key), key, algorithm or hashes.SHA256())
        .sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, *options])
    )


ATTACHED = (
    pkcs7.PKCS7SignatureBuilder()
    .set_data(CONTENT)
    .add_signer(a_certificate(), EC_KEY, hashes.SHA256())
    .sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
)


def as_ber(node: Node) -> bytes:
    """The same value with open lengths, and strings in pieces, as some signing services write it."""
    if node.constructed:
        return bytes([node.tag, 0x80]) + b"".join(map(as_ber, node.parts)) + b"\x00\x00"
    if node.tag == OCTETS and len(node.content) > 1:
        pieces = b"".join(Node(OCTETS, content=piece).der() for piece in (node.content[:1], node.content[1:]))
        return bytes([OCTETS | 0x20, 0x80]) + pieces + b"\x00\x00"
    return node.der()


# the check


@pytest.mark.parametrize("key", [RSA_KEY, EC_KEY])
@pytest.mark.parametrize("algorithm", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
def test_a_good_signature_is_checked_whole(key, algorithm):
    cms = a_cms(key=key, algorithm=algorithm)

    found = checked(cms, CONTENT, now=NOW)

    assert found.der == cms
    assert found.checked == ("structure", "digest", "dates", "signature")
    assert found.certificate is not None
    assert (found.certificate.subject, found.certificate.serial, found.certificate.not_after) == (
        "CN=ООО «Закрывашка»",
        "ABCDEF",
        NOW + timedelta(days=100),
    )
    assert len(found.certificate.thumbprint) == 40


def test_a_signature_with_open_lengths_becomes_der():
    cms = a_cms()
    ber = as_ber(read(cms))

    assert ber.startswith(b"\x30\x80")
    assert checked(ber, CONTENT, now=NOW) == checked(cms, CONTENT, now=NOW)


def test_a_signature_without_attributes_is_checked_by_its_mathematics():
    cms = a_cms(options=(pkcs7.PKCS7Options.NoAttributes,))

    assert checked(cms, CONTENT, now=NOW).checked == ("structure", "dates", "signature")
    with pytest.raises(BadSignatureError, match="не сходится"):
        checked(cms, CONTENT + b"!", now=NOW)


def test_a_certificate_that_cannot_verify_is_left_to_the_operator():
    """As with ГОСТ: the digest is compared where it is known, the mathematics is not."""
    cms = read(a_cms())
    gost_digest = Node(0x06, content=bytes.fromhex("2a850307010102 02".replace(" ", "")))
    info = cms.at(1, 0).parts[-1].at(0)
    assert oid(gost_digest) == "1.2.643.7.1.1.2.2"

    swapped = _with_digest(info, gost_digest, streebog256(CONTENT))
    data = cms.at(1, 0)
    remade = Node(
        cms.tag,
        parts=(
            cms.at(0),
            Node(
                cms.at(1).tag,
                parts=(Node(SEQUENCE, parts=(*data.parts[:-1], Node(data.parts[-1].tag, parts=(swapped,)))),),
            ),
        ),
    )

    assert checked(remade.der(), CONTENT, now=NOW).checked == ("structure", "digest", "dates")
    with pytest.raises(BadSignatureError, match="не для этого файла"):
        checked(remade.der(), CONTENT + b"!", now=NOW)


def _with_digest(info: Node, algorithm: Node, digest: bytes) -> Node:
    """Signer's info as if its digest were of another algorithm."""
    attributes = [
        Node(SEQUENCE, parts=(a.at(0), Node(0x31, parts=(Node(OCTETS, content=digest),))))
        if oid(a.at(0)) == "1.2.840.113549.1.9.4"
        else a
        for a in info.at(3).parts
    ]
    parts = list(info.parts)
    parts[2], parts[3] = Node(SEQUENCE, parts=(algorithm,)), Node(0xA0, parts=tuple(attributes))
    return Node(SEQUENCE, parts=tuple(parts))


@pytest.mark.parametrize(
    ("cms", "why"),
    [
        pytest.param(a_cms(CONTENT + b" "), "не для этого файла", id="of other bytes"),
        pytest.param(a_cms(certificate=a_certificate(before=9, after=-1)), "истёк", id="lapsed"),
        pytest.param(a_cms(certificate=a_certificate(before=-1)), "ещё не действует", id="not yet"),
        pytest.param(ATTACHED, "отсоединённой", id="attached"),
        pytest.param(a_cms(options=(pkcs7.PKCS7Options.NoCerts,)), "нет сертификата", id="no certificate"),
        pytest.param(a_cms(certificate=a_certificate(OTHER_KEY)), "не сходится", id="another key's certificate"),
        pytest.param(b"", "не читается", id="nothing"),
        pytest.param(b"<html>", "не читается", id="a page"),
        pytest.param(b64encode(a_cms()), "не читается", id="base64"),
        pytest.param(a_cms()[:-1], "не читается", id="cut off"),
        pytest.param(a_cms() + b"\x00", "не читается", id="something more"),
        pytest.param(a_certificate().public_bytes(serialization.Encoding.DER), "не читается", id="a certificate"),
        pytest.param(Node(SEQUENCE, parts=(Node(SEQUENCE),)).der(), "не читается", id="another structure"),
        pytest.param(b"\x30\x80" * 200, "не читается", id="nested without end"),
    ],
)
def test_a_bad_signature_is_found_before_it_is_sent(cms, why):
    with pytest.raises(BadSignatureError, match=why):
        checked(cms, CONTENT, now=NOW)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_signature_is_refused_or_reads_the_same(data):
    cms = bytearray(a_cms(key=RSA_KEY))
    at = data.draw(st.integers(0, len(cms) - 1))
    cms[at] ^= data.draw(st.integers(1, 255))

    try:
        found = checked(bytes(cms), CONTENT, now=NOW)
    except BadSignatureError:
        return
    assert "structure" in found.checked


@given(
    st.recursive(
        st.binary(max_size=300).map(lambda content: Node(OCTETS, content=content)),
        lambda inner: st.lists(inner, max_size=4).map(lambda parts: Node(SEQUENCE, parts=tuple(parts))),
    )
)
def test_der_is_read_as_it_is_written_and_so_is_ber(node):
    assert read(node.der()) == node
    assert read(as_ber(node)) == node


@given(st.binary(max_size=60))
def test_any_bytes_are_asn1_or_an_error(data):
    try:
        assert read(data).der()
    except Asn1Error:
        return


@pytest.mark.parametrize(
    ("content", "digest"),
    [  # Source: RFC 6986, 10.1 and 10.2, and the empty message
        (
            b"012345678901234567890123456789012345678901234567890123456789012",
            "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500",
        ),
        (
            bytes.fromhex(
                "d1e520e2e5f2f0e82c20d1f2f0e8e1eee6e820e2edf3f6e82c20e2e5fef2fa20f120eceef0ff20f1f2f0e5eb"
                "e0ece820ede020f5f0e0e1f0fbff20efebfaeafb20c8e3eef0e5e2fb"
            ),
            "9dd2fe4e90409e5da87f53976d7405b0c0cac628fc669a741d50063c557e8f50",
        ),
        (b"", "3f539a213e97c802cc229d474c6aa32a825a360b2a933a949fd925208d9ce1bb"),
    ],
)
def test_streebog_256(content, digest):
    assert streebog256(content).hex() == digest


def test_streebog_512():
    assert streebog512(b"012345678901234567890123456789012345678901234567890123456789012").hex() == (
        "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
        "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
    )


# the signers


def external(answer: Any, *, bearer: str = "t") -> tuple[list[httpx.Request], ExternalCms]:
    asked: list[httpx.Request] = []

    def service(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = httpx.Client(transport=httpx.MockTransport(service))
    return asked, ExternalCms(client, "https://signer.example/sign", token=lambda: bearer)


def test_the_service_gets_the_bytes_and_gives_a_checked_signature():
    asked, signer = external(httpx.Response(200, content=a_cms()))

    signed = signer.sign([FILE], now=NOW)

    cms = signed.outcomes[FILE.key]
    assert isinstance(cms, Cms)
    assert cms.checked[-1] == "signature"
    request = asked[0]
    assert request.content == CONTENT
    assert {
        name: request.headers.get(name)
        for name in ("content-type", "authorization", "idempotency-key", "x-content-sha256", "x-file-name")
    } == {
        "content-type": "application/octet-stream",
        "authorization": "Bearer t",
        "idempotency-key": "2026-09.act.0",
        "x-content-sha256": hashlib.sha256(CONTENT).hexdigest(),
        "x-file-name": "%D0%90%D0%BA%D1%82%2045.xml",
    }


def test_a_signature_that_is_not_ready_is_asked_for_again_by_the_same_request():
    asked, signer = external(httpx.Response(202, headers={"Retry-After": "9"}))

    waits = signer.sign([FILE], now=NOW)
    signer.sign([FILE], now=NOW, task=waits.task)

    assert (waits.task, waits.retry_after_s, waits.outcomes) == (FILE.key, 9, {})
    assert [(a.content, a.headers["idempotency-key"]) for a in asked] == [(FILE.content, FILE.key)] * 2


def test_without_a_token_none_is_sent():
    asked, signer = external(httpx.Response(200, content=a_cms()), bearer="")

    signer.sign([FILE], now=NOW)

    assert "authorization" not in asked[0].headers


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(503), BusyError),
        (httpx.Response(429), BusyError),
        (httpx.ReadTimeout("t"), BusyError),
        (httpx.Response(401), StopTheRunError),
        (httpx.Response(403), StopTheRunError),
        (httpx.Response(404), StopTheRunError),
        (httpx.Response(301, headers={"Location": "https://x.example"}), StopTheRunError),
        (httpx.Response(409, text="истёк сертификат"), NeedsPersonError),
        (httpx.Response(200, content=a_cms(b"other")), BadSignatureError),
        (httpx.Response(200, content=b"<html>"), BadSignatureError),
    ],
)
def test_the_services_answers_say_what_to_do_next(answer, error):
    _, signer = external(answer)

    with pytest.raises(error) as found:
        signer.sign([FILE], now=NOW)

    assert type(found.value) is error
    if error is StillRunningError:
        assert found.value.retry_after_s == 9


def test_a_file_that_cannot_be_signed_is_a_line_of_the_report():
    _, signer = external(httpx.Response(422, text="слишком большой"))

    assert signer.sign([FILE], now=NOW).outcomes == {FILE.key: SigningRefused(text="слишком большой")}


def test_the_service_is_reached_by_https_only():
    with pytest.raises(InvalidInputError):
        ExternalCms(httpx.Client(), "http://signer.example", token=str)


def test_the_service_may_know_us_by_our_certificate(tmp_path):
    certificate = a_certificate()
    (tmp_path / "us.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(
        EC_KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )

    context = mutual_tls(
        certificate_file=str(tmp_path / "us.pem"),
        key_file=str(tmp_path / "key.pem"),
        authority_file=str(tmp_path / "us.pem"),
    )

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.cert_store_stats()["x509"] == 1


def test_a_person_or_the_operators_test_certificate_may_sign():
    box = Box(id=OURS, inn="7736207543", test=True)

    assert DelaySend().sign([FILE], now=NOW).outcomes == {FILE.key: PersonSigns()}
    assert TestBoxSigner(box).sign([FILE], now=NOW).outcomes == {FILE.key: TestSignature()}
    with pytest.raises(StopTheRunError):
        TestBoxSigner(replace(box, test=False))


TASK = "2d1b6f0a-8f0e-4b53-9a6a-9a0d7f1c2b3e"
OTHER = replace(FILE, key="2026-08.act.0", content=b"other")


def dss(*results: Any, begun: Any = None) -> tuple[Operator, Dss]:
    operator = Operator(DssSign=begun or says({"TaskId": TASK}), DssSignResult=list(results) or [says("", 500)])
    return operator, Dss(an_http(operator), SETTINGS, thumbprint="AB12")


def result(*cms: bytes | None, name: str = "FileSigningResults") -> httpx.Response:
    return says(
        {
            "OperationStatus": "Completed",
            name: [
                {"FileSigningStatus": "SigningCompleted", "Signature": b64encode(one).decode()}
                if one is not None
                else {"FileSigningStatus": "SigningError"}
                for one in cms
            ],
        }
    )


def test_the_cloud_gives_a_task_that_a_person_confirms_and_then_the_signatures():
    operator, signer = dss(
        says({"OperationStatus": "InProgress", "ConfirmType": "MyDss"}),
        says({"OperationStatus": "OperationRetryRequired"}),
        says({"OperationStatus": "SomethingNew"}),
        result(a_cms(), a_cms(b"other")),
    )

    begun = signer.sign([FILE, OTHER], now=NOW)
    waits = [signer.sign([FILE, OTHER], now=NOW, task=begun.task) for _ in range(3)]
    done = signer.sign([FILE, OTHER], now=NOW, task=begun.task)

    assert (begun.task, begun.outcomes) == (TASK, {})
    assert [(one.task, one.retry_after_s, one.confirm) for one in waits] == [
        (TASK, 60, "MyDss"),
        (TASK, 300, ""),
        (TASK, 60, ""),
    ]
    assert [type(done.outcomes[file.key]) for file in (FILE, OTHER)] == [Cms, Cms]
    assert operator.query(0) == {"boxId": OURS, "certificateThumbprint": "AB12"}
    assert operator.body(0)["Files"][1] == {"Content": {"Content": "b3RoZXI="}, "FileName": "Акт 45.xml"}
    assert operator.paths.count("DssSign") == 1


def test_the_array_of_results_has_two_names():
    _, signer = dss(result(a_cms(), name="DssFileSigningResult"))

    assert isinstance(signer.sign([FILE], now=NOW, task=TASK).outcomes[FILE.key], Cms)


def test_one_bad_file_of_a_batch_does_not_spoil_the_others():
    _, signer = dss(result(a_cms(b"not this"), a_cms(b"other"), None))
    third = replace(FILE, key="third")

    outcomes = signer.sign([FILE, OTHER, third], now=NOW, task=TASK).outcomes

    assert [type(outcomes[file.key]) for file in (FILE, OTHER, third)] == [SigningRefused, Cms, SigningRefused]


def test_a_cloud_that_signs_another_number_of_files_is_not_believed():
    _, signer = dss(result(a_cms()))

    with pytest.raises(BadSignatureError):
        signer.sign([FILE, OTHER], now=NOW, task=TASK)


@pytest.mark.parametrize("status", ["CanceledByUser", "Timeout", "Crashed"])
def test_a_task_that_ended_without_signatures_refuses_all_its_files(status):
    _, signer = dss(says({"OperationStatus": status}))

    outcomes = signer.sign([FILE, OTHER], now=NOW, task=TASK).outcomes

    assert [type(outcome) for outcome in outcomes.values()] == [SigningRefused, SigningRefused]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says({"OperationStatus": "UserHasUnconfirmedOperation"}), NeedsPersonError),
        (says("", 404), AbsentError),
    ],
)
def test_the_cloud_may_need_a_person_or_know_the_task_no_more(answer, error):
    _, signer = dss(answer)

    with pytest.raises(error):
        signer.sign([FILE], now=NOW, task=TASK)


def test_a_task_is_never_begun_twice_for_an_answer_lost():
    operator, signer = dss(begun=httpx.ReadTimeout("t"))

    with pytest.raises(LostAnswerError):
        signer.sign([FILE], now=NOW)

    assert operator.paths == ["DssSign"]
