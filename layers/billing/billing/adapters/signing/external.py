"""A signing service of the company's own, with the key and a certified means of signing, behind HTTPS.

The contract, which any such service can be given:

    POST <url>
    Content-Type: application/octet-stream         the body is exactly the bytes to sign
    Authorization: Bearer <token>                  where a token is used in place of a client certificate
    X-Content-SHA256: <hex>                        so that the service can refuse a damaged body
    Idempotency-Key: <key>                         the same for every repeat; the first result may be given again
    X-File-Name: <name, URL-encoded>               for its journal

    200                 the body is the detached CMS SignedData over these bytes, DER or BER, certificate included
    202 or 204          not ready; Retry-After says in how many seconds the same request may be repeated
    400, 413, 422       this file cannot be signed; the body says why, in plain text
    401, 403            we are not let in
    409                 a person has to act at the service (to confirm, to renew a certificate); the body says what
    429, 5xx            later, by Retry-After
"""

from __future__ import annotations

import hashlib
import ssl
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import httpx

from billing.adapters.signing.check import checked
from billing.adapters.troubles import Trouble
from billing.domain.edo_reasons import Reason
from billing.domain.errors import InvalidInputError
from billing.ports_edo import (
    BusyError,
    NeedsPersonError,
    Outcome,
    Said,
    Signed,
    SigningRefused,
    StillRunningError,
    StopTheRunError,
    ToSign,
)

TEXT_MAX = 2_000
CMS_MAX = 1024 * 1024
TIMEOUT = httpx.Timeout(60, connect=10)
LATER_S = 30   # when the service says "later" and no time


def mutual_tls(*, certificate_file: str, key_file: str, authority_file: str = "") -> ssl.SSLContext:
    """What the client of a service is made with that knows us by our certificate.

    `authority_file`: of the one that the service's own certificate is of; those that the system trusts, if empty.
    """
    context = ssl.create_default_context(cafile=authority_file or None)
    context.load_cert_chain(certificate_file, key_file)
    return context


def mutual_tls_of(*, certificate: str, key: str, authority: str = "") -> ssl.SSLContext:
    """The same of PEM texts: a key is read from files only, which are gone when this returns."""
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, text in (("certificate", certificate), ("key", key), ("authority", authority)):
            path = Path(folder, f"{name}.pem")
            path.touch(mode=0o600)
            path.write_text(text, "ascii")
            files[f"{name}_file"] = str(path) if text else ""
        return mutual_tls(**files)


class ExternalCms:
    """Implements `ports_edo.Signer` over the contract above. `token` is asked for at each call; empty: none is sent."""

    batch_max = 1       # so that no signature is lost to a failure of the next file

    def __init__(self, client: httpx.Client, url: str, *, token: Callable[[], str]) -> None:
        if not url.startswith("https://"):
            raise InvalidInputError("the signing service is reached by HTTPS only")
        self._client, self._url, self._token = client, url, token

    def sign(self, files: Sequence[ToSign], *, now: datetime, task: str = "") -> Signed:
        """One that is not ready is a task by its own key: the same request is its repeat."""
        outcomes = {}
        for file in files:
            try:
                outcomes[file.key] = self._one(file, now)
            except StillRunningError as error:
                return Signed(task=file.key, retry_after_s=error.retry_after_s)
        return Signed(outcomes=outcomes)

    def _one(self, file: ToSign, now: datetime) -> Outcome:
        response = self._asked(file)
        said = Said(status=response.status_code, text=response.text[:TEXT_MAX], path=response.request.url.path)
        status, later = response.status_code, _later(response)
        if status in (202, 204):
            raise StillRunningError(Trouble.SIGNER_WORKS, said, retry_after_s=later)
        if status == 429 or status >= 500:
            raise BusyError(Trouble.SIGNER_BUSY, said, retry_after_s=later)
        if status in (400, 413, 422):
            return SigningRefused(text=said.text or "без объяснения")
        if status == 409:
            raise NeedsPersonError(Trouble.SIGNER_WAITS, said)
        if status != 200:
            raise StopTheRunError(Trouble.SIGNER_REFUSES, said, reason=Reason.SIGNER_REFUSES_US)
        if len(response.content) > CMS_MAX:
            return SigningRefused(text="подпись больше мегабайта")
        return checked(response.content, file.content, now=now)

    def _asked(self, file: ToSign) -> httpx.Response:
        headers = {"Content-Type": "application/octet-stream", "Accept": "application/pkcs7-signature",
                   "X-Content-SHA256": hashlib.sha256(file.content).hexdigest(),
                   "Idempotency-Key": file.key, "X-File-Name": quote(file.file_name, safe="")}
        if token := self._token():
            headers["Authorization"] = f"Bearer {token}"
        try:
            return self._client.post(self._url, content=file.content, headers=headers, follow_redirects=False,
                                     timeout=TIMEOUT)
        except httpx.TransportError as error:
            raise BusyError(Trouble.SIGNER_UNREACHABLE, retry_after_s=LATER_S) from error


def _later(response: httpx.Response) -> int:
    text = response.headers.get("Retry-After", "")
    return min(int(text), 3_600) if text.isascii() and text.isdigit() else LATER_S
