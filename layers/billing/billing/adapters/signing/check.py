"""A detached signature is looked through before it is sent, as far as that can be done without Russian cryptography.

The operator takes any bytes as a signature and says only later that they are none. So the mistakes that happen (of
other bytes, by a lapsed certificate, in the wrong shape) are found here. The mathematics of ГОСТ Р 34.10 and the trust
in the certificate's issuer are left to the operator.

Source: Diadoc API, instruction on sending: CMS SignedData, detached, DER, over exactly the bytes sent; RFC 5652.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from billing.adapters.signing.asn1 import SEQUENCE, SET, Asn1Error, Node, oid, read
from billing.adapters.signing.streebog import streebog256, streebog512
from billing.adapters.troubles import Trouble
from billing.ports_edo import BadSignatureError, CertificateFacts, Cms

SIGNED_DATA = "1.2.840.113549.1.7.2"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"

DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {
    "2.16.840.1.101.3.4.2.1": lambda content: hashlib.sha256(content).digest(),
    "2.16.840.1.101.3.4.2.2": lambda content: hashlib.sha384(content).digest(),
    "2.16.840.1.101.3.4.2.3": lambda content: hashlib.sha512(content).digest(),
    "1.2.643.7.1.1.2.2": streebog256,
    "1.2.643.7.1.1.2.3": streebog512,
}
_HASHES = {"2.16.840.1.101.3.4.2.1": hashes.SHA256(), "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
           "2.16.840.1.101.3.4.2.3": hashes.SHA512()}


def checked(cms: bytes, content: bytes, *, now: datetime) -> Cms:
    """The signature in DER, with what was verified of it.

    Raises:
        BadSignatureError: the operator would find it invalid; the text says why.
    """
    try:
        root = read(cms)
        data = _signed_data(root)
        info = data.parts[-1].at(0)
        certificate = _certificate(data, info)
        done = ["structure"]
        if _digest_holds(info, content):
            done.append("digest")
        if certificate:
            _in_force(certificate, now)
            done.append("dates")
            if _signature_holds(info, content, certificate):
                done.append("signature")
        return Cms(der=root.der(), certificate=_facts(certificate) if certificate else None, checked=tuple(done))
    except Asn1Error as error:
        raise BadSignatureError(f"{Trouble.SIGNATURE_UNREADABLE}: {error}") from error


def _signed_data(root: Node) -> Node:
    """SignedData that is detached and has a signer. Source: RFC 5652, 5.1."""
    if root.tag != SEQUENCE or oid(root.at(0)) != SIGNED_DATA:
        raise BadSignatureError(Trouble.NO_CMS)
    data = root.at(1, 0)
    if len(data.at(2).parts) > 1:
        raise BadSignatureError(Trouble.NOT_DETACHED)
    if data.parts[-1].tag != SET or not data.parts[-1].parts:
        raise BadSignatureError(Trouble.NOBODY_SIGNED)
    return data


def _certificate(data: Node, info: Node) -> x509.Certificate | None:
    """The signer's certificate, which the operator needs in the signature; None when this library cannot read it.

    Raises:
        BadSignatureError: it is not in the signature.
    """
    bundle = next((part for part in data.parts[3:-1] if part.tag == 0xA0), None)
    signer = info.at(1)
    for node in bundle.parts if bundle else ():
        tbs = node.at(0)
        first = 1 if tbs.at(0).tag == 0xA0 else 0     # the version may be left out
        serial, issuer = tbs.at(first), tbs.at(first + 2)
        if signer.tag != SEQUENCE or (signer.at(0).der(), signer.at(1).der()) == (issuer.der(), serial.der()):
            try:
                return x509.load_der_x509_certificate(node.der())
            except (ValueError, x509.InvalidVersion):
                return None
    raise BadSignatureError(Trouble.NO_CERTIFICATE)


def _attributes(info: Node) -> Node | None:
    return next((part for part in info.parts[3:4] if part.tag == 0xA0), None)


def _digest_holds(info: Node, content: bytes) -> bool:
    """Whether the digest could be compared; without signed attributes there is none to compare.

    Raises:
        BadSignatureError: it is of other bytes.
    """
    attributes, digest = _attributes(info), DIGESTS.get(oid(info.at(2, 0)))
    if attributes is None or digest is None:
        return False
    said = [attribute.at(1, 0).content for attribute in attributes.parts if oid(attribute.at(0)) == MESSAGE_DIGEST]
    if said != [digest(content)]:
        raise BadSignatureError(Trouble.OTHER_BYTES)
    return True


def _in_force(certificate: x509.Certificate, now: datetime) -> None:
    if now < certificate.not_valid_before_utc:
        raise BadSignatureError(Trouble.NOT_IN_FORCE)
    if now > certificate.not_valid_after_utc:
        raise BadSignatureError(Trouble.LAPSED)


def _signature_holds(info: Node, content: bytes, certificate: x509.Certificate) -> bool:
    """Whether the mathematics could be verified: RSA and ECDSA can, ГОСТ cannot.

    Raises:
        BadSignatureError: it does not hold.
    """
    attributes, algorithm = _attributes(info), _HASHES.get(oid(info.at(2, 0)))
    value = info.parts[5 if attributes else 4].content if len(info.parts) > (5 if attributes else 4) else b""
    signed = Node(SET, parts=attributes.parts).der() if attributes else content
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return False
    try:
        if algorithm and isinstance(key, rsa.RSAPublicKey):
            key.verify(value, signed, padding.PKCS1v15(), algorithm)
        elif algorithm and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, signed, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature as error:
        raise BadSignatureError(Trouble.DOES_NOT_HOLD) from error
    return True


def _facts(certificate: x509.Certificate) -> CertificateFacts:
    try:
        subject = certificate.subject.rfc4514_string()
    except ValueError:   # names are read late, and some issuers write odd ones
        subject = ""
    return CertificateFacts(
        subject=subject, serial=f"{certificate.serial_number:X}",
        # a name, not a safeguard
        thumbprint=certificate.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303  # nosec B303
        not_before=certificate.not_valid_before_utc, not_after=certificate.not_valid_after_utc)
