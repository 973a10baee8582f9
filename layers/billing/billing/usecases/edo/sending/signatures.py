"""Signatures in the bucket, and what the last one has told of our certificate."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from billing.domain.edo_receipt import Receipt
from billing.domain.errors import NotFoundError
from billing.domain.periods import moscow_day, utc_text
from billing.ports import ABSENT, FileExistsWithOtherBytesError, Outside, StaleError, Write
from billing.ports_edo import Cms, PersonSigns, Signature, TestSignature
from billing.records_edo import CERTIFICATE, SIGNER, EdoState
from billing.usecases.edo.sending.terms import OnItsWay, keep_until

FILE, TEST, PERSON = "file", "test", "person"  # `EdoState.signature`
CONTENT_TYPE = "application/pkcs7-signature"


def kept_signature(key: str, one: OnItsWay, signature: Cms, outside: Outside) -> None:
    """A signature is in the bucket under the key: this one, or one that was stored before it."""
    with suppress(FileExistsWithOtherBytesError):
        outside.files.put_once(key, signature.der, content_type=CONTENT_TYPE, keep_until=keep_until(one, outside))


def signature_is_kept(key: str, outside: Outside) -> bool:
    try:
        outside.files.get(key)
    except NotFoundError:
        return False
    return True


def signature_of(signed: EdoState | Receipt, outside: Outside) -> Signature:
    """The signature as it goes to the operator."""
    if signed.signature == TEST:
        return TestSignature()
    if signed.signature == PERSON:
        return PersonSigns()
    return Cms(der=outside.files.get(signed.signature_file))


def note_certificate(signature: Cms, outside: Outside) -> None:
    """What the preflight says of our certificate is that of the latest signature."""
    facts = signature.certificate
    if not facts:
        return
    stored = outside.store.get("control", SIGNER, CERTIFICATE)
    if stored and stored.row["thumbprint"] == facts.thumbprint:
        return
    until = moscow_day(facts.not_after).isoformat()
    row = {
        "thumbprint": facts.thumbprint,
        "serial": facts.serial,
        "until": until,
        "at": utc_text(outside.clock()),
        "summary": f"сертификат подписи действует до {until}",
    }
    with suppress(StaleError):  # another worker has noted it
        outside.store.tx([Write("control", SIGNER, CERTIFICATE, row, stored.version if stored else ABSENT)])


def certificate_until(outside: Outside) -> date | None:
    """The last day of the certificate that we signed with last; None: no signature has told."""
    stored = outside.store.get("control", SIGNER, CERTIFICATE)
    return date.fromisoformat(stored.row["until"]) if stored else None
