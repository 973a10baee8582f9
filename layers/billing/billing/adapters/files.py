"""Files in S3: written once, never over another."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from billing.domain.errors import NotFoundError, UnavailableError
from billing.ports import FileExistsWithOtherBytesError, UnknownOutcomeError


class S3Files:
    """Implements `ports.Files`. `locked`: the bucket has Object Lock, and files are kept until their day."""

    def __init__(self, client: Any, bucket: str, *, locked: bool) -> None:
        self._s3, self._bucket, self._locked = client, bucket, locked

    def put_once(self, key: str, body: bytes, *, content_type: str, keep_until: datetime | None = None) -> None:
        lock = (
            {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": keep_until}
            if self._locked and keep_until
            else {}
        )
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                ContentType=content_type,
                IfNoneMatch="*",
                ChecksumAlgorithm="SHA256",
                **lock,
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in ("PreconditionFailed", "412"):
                raise _failure(error) from error
            there = self.get(key)
            if there != body:
                raise FileExistsWithOtherBytesError(
                    f"{key}: {hashlib.sha256(there).hexdigest()[:12]} is there, not "
                    f"{hashlib.sha256(body).hexdigest()[:12]}"
                ) from error
        except BotoCoreError as error:
            raise UnknownOutcomeError(f"no answer from the bucket: {type(error).__name__}") from error

    def get(self, key: str) -> bytes:
        try:
            body: bytes = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                raise NotFoundError(f"no file {key}") from error
            raise _failure(error) from error
        except BotoCoreError as error:
            raise UnavailableError(f"no answer from the bucket: {type(error).__name__}") from error
        return body

    def link(self, key: str, *, file_name: str, content_type: str, seconds: int, inline: bool) -> str:
        """The name goes in both forms of RFC 6266: plain ASCII, and UTF-8 in percent signs (RFC 5987)."""
        kind = "inline" if inline else "attachment"
        ascii_name = key.rsplit("/", 1)[-1]
        said = f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(file_name, safe='')}"
        url: str = self._s3.generate_presigned_url(
            "get_object",
            ExpiresIn=seconds,
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": said,
                "ResponseContentType": content_type,
                "ResponseCacheControl": "private, no-store",
            },
        )
        return url


def _failure(error: Any) -> Exception:
    code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    if status in (409, 429, 503) or code in ("SlowDown", "Throttling", "ThrottlingException"):
        return UnavailableError(f"the bucket is busy: {code}")
    if status >= 500:
        return UnknownOutcomeError(f"the bucket failed: {code}")
    assert isinstance(error, Exception)
    return error
