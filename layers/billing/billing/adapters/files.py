"""Files in S3: written once, never over another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from billing.domain.errors import NotFoundError, UnavailableError
from billing.ports import FileExistsWithOtherBytesError, UnknownOutcomeError

PART = 8_000_000  # bytes; Source: S3 «Multipart upload limits»: 5 MiB at least, 10 000 parts at most


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

    def put_stream(self, key: str, chunks: Iterable[bytes], *, content_type: str) -> None:
        """Small files go in one call; of larger ones no more than a part is held at a time."""
        parts = _parts(chunks)
        head = next(parts, b"")
        following = next(parts, None)
        try:
            if following is None:
                self._s3.put_object(Bucket=self._bucket, Key=key, Body=head, ContentType=content_type)
            else:
                self._upload(key, chain((head, following), parts), content_type)
        except ClientError as error:
            raise _failure(error) from error
        except BotoCoreError as error:
            raise UnknownOutcomeError(f"no answer from the bucket: {type(error).__name__}") from error

    def _upload(self, key: str, parts: Iterable[bytes], content_type: str) -> None:
        place = {"Bucket": self._bucket, "Key": key}
        upload = self._s3.create_multipart_upload(**place, ContentType=content_type)["UploadId"]
        try:
            done = [
                {
                    "PartNumber": n,
                    "ETag": self._s3.upload_part(**place, UploadId=upload, PartNumber=n, Body=body)["ETag"],
                }
                for n, body in enumerate(parts, 1)
            ]
            self._s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": done})
        except BaseException:
            with suppress(ClientError, BotoCoreError):  # the lifecycle takes away what is left
                self._s3.abort_multipart_upload(**place, UploadId=upload)
            raise

    def exists(self, key: str) -> bool:
        try:
            self._s3.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise _failure(error) from error
        except BotoCoreError as error:
            raise UnavailableError(f"no answer from the bucket: {type(error).__name__}") from error
        return True

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


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks in parts of a size that the bucket takes: all but the last."""
    part = bytearray()
    for chunk in chunks:
        part += chunk
        if len(part) >= PART:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)


def _failure(error: Any) -> Exception:
    code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    if status in (409, 429, 503) or code in ("SlowDown", "Throttling", "ThrottlingException"):
        return UnavailableError(f"the bucket is busy: {code}")
    if status >= 500:
        return UnknownOutcomeError(f"the bucket failed: {code}")
    assert isinstance(error, Exception)
    return error
