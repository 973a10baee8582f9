"""Detached CMS signatures: an authority that Diadoc trusts here, and the check it makes after a while.

The real service trusts accredited authorities and GOST algorithms. The stand-in trusts one authority of its own,
made from the seed, so that a test can tell a good signature from a bad one. Source: facts 12.1, 12.2.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from local.diadoc import der

_SIGNED_DATA, _DATA = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
_SET_OF, _ATTRIBUTES, _CERTIFICATES, _EXPLICIT = b"\x31", 0xA0, 0xA0, 0xA0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the check found: whether the maths holds, whether the chain is trusted, whose it is."""

    is_valid: bool = False
    is_trusted: bool = False
    trouble: str = ""
    certificate: x509.Certificate | None = None

    @property
    def holds(self) -> bool:
        """Whether the document may be delivered."""
        return self.is_valid and self.is_trusted


@dataclass(frozen=True, slots=True)
class SignerCard:
    """A key with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def sign(self, content: bytes) -> bytes:
        """A detached CMS over exactly these bytes, in DER."""
        builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities]
        return builder.sign(serialization.Encoding.DER, options)


class SigningAuthority:
    """A certification authority whose keys follow from its seed: it is the same after a restart."""

    def __init__(self, seed: str, name: str = "Stand-in authority") -> None:
        self._seed = f"{seed}:{name}"
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._key = _key_from(self._seed)
        self.certificate = self._certify(self._name, self._key.public_key(), datetime(2070, 1, 1, tzinfo=UTC))

    def issue(self, *, owner: str, inn: str = "", not_after: datetime = datetime(2060, 1, 1, tzinfo=UTC)) -> SignerCard:
        """A key and a certificate for a person or a company."""
        key = _key_from(f"{self._seed}:{owner}:{inn}")
        names = [x509.NameAttribute(NameOID.COMMON_NAME, owner)]
        names += [x509.NameAttribute(NameOID.SERIAL_NUMBER, inn)] if inn else []
        return SignerCard(key, self._certify(x509.Name(names), key.public_key(), not_after))

    def check(self, signature: bytes, content: bytes, *, at: datetime) -> Verdict:
        """Read the signature, compare its digest with the content, follow it to this authority."""
        try:
            certificate = _verified_signer(signature, content)
        except der.NotDerError as problem:
            return Verdict(trouble=f"Not a detached CMS in DER: {problem}")
        except (InvalidSignature, UnsupportedAlgorithm, ValueError) as problem:
            return Verdict(trouble=f"Signature is mathematically invalid: {problem}")
        try:
            certificate.verify_directly_issued_by(self.certificate)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
            return Verdict(is_valid=True, trouble="CERT_TRUST_IS_PARTIAL_CHAIN", certificate=certificate)
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            return Verdict(is_valid=True, trouble="CERT_TRUST_IS_NOT_TIME_VALID", certificate=certificate)
        return Verdict(is_valid=True, is_trusted=True, certificate=certificate)

    def _certify(self, owner: x509.Name, key: ec.EllipticCurvePublicKey, not_after: datetime) -> x509.Certificate:
        number = hashlib.sha256(owner.public_bytes() + not_after.isoformat().encode()).digest()[:15]
        return (
            x509.CertificateBuilder()
            .subject_name(owner)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(int.from_bytes(number, "big") + 1)
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(not_after)
            .sign(self._key, hashes.SHA256())
        )


def enclosed_certificate(signature: bytes) -> x509.Certificate | None:
    """The first certificate that a CMS carries, None when it carries none or is no CMS in DER."""
    try:
        return next(iter(_certificates(_signed_data(signature))), None)
    except ValueError:
        return None


def _key_from(seed: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big") >> 8 | 1, ec.SECP256R1())


def _verified_signer(signature: bytes, content: bytes) -> x509.Certificate:
    """The certificate whose key made this signature over this content.

    Raises:
        der.NotDerError: the structure is not that of a detached SignedData.
        InvalidSignature, ValueError: the digest or the signature does not fit.
    """
    signed = _signed_data(signature)
    inner = _expect_parts(signed[2].expect(der.SEQUENCE), 1)
    if der.dotted(inner[0]) != _DATA or len(inner) > 1:
        raise der.NotDerError("the signature carries content: it is not detached")
    signer = _expect_parts(der.read_one(signed[-1].expect(der.SET).content).expect(der.SEQUENCE), 5)
    serial = int.from_bytes(_expect_parts(signer[1].expect(der.SEQUENCE), 2)[1].expect(der.INTEGER).content, "big")
    certificate = next((known for known in _certificates(signed) if known.serial_number == serial), None)
    if certificate is None:
        raise der.NotDerError("the signer's certificate is not enclosed")
    _verify(signer, content, certificate)
    return certificate


def _signed_data(signature: bytes) -> list[der.Node]:
    kind, wrapped = _expect_parts(der.read_one(signature).expect(der.SEQUENCE), 2)[:2]
    if der.dotted(kind) != _SIGNED_DATA:
        raise der.NotDerError("the content is not SignedData")
    return _expect_parts(der.read_one(wrapped.expect(_EXPLICIT).content).expect(der.SEQUENCE), 5)


def _certificates(signed: list[der.Node]) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(node.whole) for node in signed[3].expect(_CERTIFICATES).parts()]


def _verify(signer: list[der.Node], content: bytes, certificate: x509.Certificate) -> None:
    digest = _DIGESTS.get(der.dotted(_expect_parts(signer[2], 1)[0]))
    if digest is None:
        raise ValueError("the digest algorithm is not known here")
    signed_bytes = content
    if signer[3].tag == _ATTRIBUTES:
        attributes = {der.dotted(pair[0]): pair[1] for pair in (_expect_parts(at, 2) for at in signer[3].parts())}
        if _MESSAGE_DIGEST not in attributes:
            raise der.NotDerError("the signed attributes have no digest of the message")
        stated = der.read_one(attributes[_MESSAGE_DIGEST].content).expect(der.OCTETS).content
        if stated != hashlib.new(digest.name, content).digest():
            raise ValueError("the digest of the message differs from the document's")
        signed_bytes = _SET_OF + signer[3].whole[1:]
    value = next((node for node in signer[4:] if node.tag == der.OCTETS), signer[4]).expect(der.OCTETS).content
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(value, signed_bytes, ec.ECDSA(digest))
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(value, signed_bytes, padding.PKCS1v15(), digest)
    else:
        raise ValueError("the algorithm of the key is not known here")


def _expect_parts(node: der.Node, least: int) -> list[der.Node]:
    parts = node.parts()
    if len(parts) < least:
        raise der.NotDerError(f"{len(parts)} parts stand where {least} are expected")
    return parts
