"""Files are written once, never over another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from billing.adapters.files import S3Files
from billing.domain.errors import NotFoundError, UnavailableError
from billing.ports import FileExistsWithOtherBytesError, Files, UnknownOutcomeError
from tests.fakes import MemoryFiles

KEY = "docs/c-000001/2026-01.act.7707083893.0.pdf"
PDF = "application/pdf"
UNTIL = datetime(2032, 12, 31, tzinfo=UTC)


@pytest.fixture
def s3(aws: Any) -> Any:
    client = aws("s3")
    client.create_bucket(
        Bucket="files",
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    return client


@pytest.fixture(params=["memory", "s3"])
def files(request: pytest.FixtureRequest) -> Files:
    if request.param == "memory":
        return MemoryFiles(lambda: datetime(2026, 2, 2, tzinfo=UTC))
    return S3Files(request.getfixturevalue("s3"), "files", locked=False)


def test_a_file_is_read_as_it_was_written(files: Files):
    files.put_once(KEY, b"one", content_type=PDF, keep_until=UNTIL)

    assert files.get(KEY) == b"one"


def test_the_same_bytes_twice_are_no_error(files: Files):
    files.put_once(KEY, b"one", content_type=PDF)
    files.put_once(KEY, b"one", content_type=PDF)

    assert files.get(KEY) == b"one"


def test_other_bytes_are_refused_and_the_first_stay(files: Files):
    files.put_once(KEY, b"one", content_type=PDF)

    with pytest.raises(FileExistsWithOtherBytesError):
        files.put_once(KEY, b"two", content_type=PDF)
    assert files.get(KEY) == b"one"


def test_a_file_that_is_not_there_is_not_found(files: Files):
    with pytest.raises(NotFoundError):
        files.get(KEY)


def test_the_refusal_names_both_by_their_hashes(s3: Any):
    files = S3Files(s3, "files", locked=False)
    files.put_once(KEY, b"one", content_type=PDF)

    with pytest.raises(FileExistsWithOtherBytesError, match="7692c3ad3540 is there, not 3fc4ccfe7458"):
        files.put_once(KEY, b"two", content_type=PDF)


@pytest.mark.parametrize(("locked", "mode"), [(True, "COMPLIANCE"), (False, None)])
def test_a_document_is_locked_until_its_day_where_the_bucket_has_locks(s3: Any, locked: bool, mode: str | None):
    S3Files(s3, "files", locked=locked).put_once(KEY, b"one", content_type=PDF, keep_until=UNTIL)

    head = s3.head_object(Bucket="files", Key=KEY)
    assert (head.get("ObjectLockMode"), head["ContentType"]) == (mode, PDF)


def test_a_report_has_no_day_and_no_lock(s3: Any):
    S3Files(s3, "files", locked=True).put_once("reports/2026-01.001.json", b"{}", content_type="application/json")

    assert "ObjectLockMode" not in s3.head_object(Bucket="files", Key="reports/2026-01.001.json")


def test_a_link_opens_the_file_under_its_russian_name(s3: Any):
    link = S3Files(s3, "files", locked=False).link(
        KEY, file_name='Акт № 1; "x"\r\n.pdf', content_type=PDF, seconds=120, inline=False
    )

    (said,) = parse_qs(urlparse(link).query)["response-content-disposition"]
    assert "\r" not in said
    assert "\n" not in said
    assert said.startswith("attachment; filename=\"2026-01.act.7707083893.0.pdf\"; filename*=UTF-8''")
    assert unquote(said.rpartition("''")[2]) == 'Акт № 1; "x"\r\n.pdf'


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        pytest.param("SlowDown", 503, UnavailableError, id="slow down"),
        pytest.param("ConditionalRequestConflict", 409, UnavailableError, id="two at once"),
        pytest.param("InternalError", 500, UnknownOutcomeError, id="broke"),
        pytest.param("AccessDenied", 403, Exception, id="not allowed"),
    ],
)
def test_a_failed_write_says_whether_the_file_may_be_there(aws: Any, code: str, status: int, meaning: type[Exception]):
    client = aws("s3")
    with Stubber(client) as stub:
        stub.add_client_error("put_object", code, http_status_code=status)
        with pytest.raises(meaning) as caught:
            S3Files(client, "files", locked=False).put_once(KEY, b"one", content_type=PDF)
    assert isinstance(caught.value, UnavailableError) == (meaning is not Exception)


def test_no_answer_to_a_write_may_be_a_file(aws: Any, monkeypatch: pytest.MonkeyPatch):
    client = aws("s3")

    def fails(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="x")

    monkeypatch.setattr(client, "put_object", fails)

    with pytest.raises(UnknownOutcomeError):
        S3Files(client, "files", locked=False).put_once(KEY, b"one", content_type=PDF)


def test_a_stream_of_pieces_becomes_one_file_and_a_later_one_is_written_over_it(files: Files):
    files.put_stream("archives/c-000001/a.zip", iter([b"one ", b"", b"two"]), content_type="application/zip")
    assert files.get("archives/c-000001/a.zip") == b"one two"

    files.put_stream("archives/c-000001/a.zip", iter([]), content_type="application/zip")

    assert files.get("archives/c-000001/a.zip") == b""


def test_a_file_is_there_once_it_was_written(files: Files):
    assert not files.exists("archives/c-000001/a.zip")

    files.put_stream("archives/c-000001/a.zip", iter([b"one"]), content_type="application/zip")

    assert files.exists("archives/c-000001/a.zip")


@pytest.mark.parametrize("size", [7_999_999, 8_000_000, 8_000_001, 20_000_000])
def test_a_large_stream_goes_in_parts_and_comes_out_whole(s3: Any, size: int, monkeypatch: pytest.MonkeyPatch):
    parts: list[int] = []
    upload = s3.upload_part
    monkeypatch.setattr(s3, "upload_part", lambda **said: (parts.append(len(said["Body"])), upload(**said))[1])
    body = bytes(n % 251 for n in range(1_000)) * (size // 1_000 + 1)

    S3Files(s3, "files", locked=True).put_stream(
        KEY, (body[:size][n : n + 3_000_000] for n in range(0, size, 3_000_000)), content_type="application/zip"
    )

    assert s3.get_object(Bucket="files", Key=KEY)["Body"].read() == body[:size]
    assert s3.head_object(Bucket="files", Key=KEY)["ContentType"] == "application/zip"
    assert len(parts) == (0 if size <= 9_000_000 else 3)
    assert all(part >= 5 * 1024 * 1024 for part in parts[:-1])


def test_a_stream_that_breaks_leaves_neither_a_file_nor_parts(s3: Any):
    def breaks() -> Any:
        yield b"x" * 9_000_000
        yield b"x" * 9_000_000
        raise NotFoundError("a document is gone")

    with pytest.raises(NotFoundError):
        S3Files(s3, "files", locked=False).put_stream(KEY, breaks(), content_type="application/zip")

    assert not S3Files(s3, "files", locked=False).exists(KEY)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="files")


@pytest.mark.parametrize("call", ["put_object", "head_object"])
def test_no_answer_about_a_stream_says_so(aws: Any, call: str, monkeypatch: pytest.MonkeyPatch):
    client = aws("s3")

    def fails(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="x")

    monkeypatch.setattr(client, call, fails)
    files = S3Files(client, "files", locked=False)

    with pytest.raises(UnavailableError):
        files.put_stream(KEY, iter([b"one"]), content_type=PDF) if call == "put_object" else files.exists(KEY)


def test_a_forbidden_file_is_not_called_absent(aws: Any):
    client = aws("s3")
    with Stubber(client) as stub:
        stub.add_client_error("head_object", "403", http_status_code=403)
        with pytest.raises(Exception, match="403"):
            S3Files(client, "files", locked=False).exists(KEY)
