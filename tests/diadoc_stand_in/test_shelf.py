"""The shelf for large files."""

from __future__ import annotations

import pytest

from tests.diadoc_stand_in.talk import base64_of, contract_file, log_in


def upload(company, content, path="/V2/ShelfUpload", **parameters):
    return company.talk.send(path, content, **parameters)


def test_file_in_one_call(company):
    """Fact 11.1 [doc]: POST /V2/ShelfUpload, GET /V2/ShelfDownload."""
    name = upload(company, b"content", fileExtension="pdf")

    assert name.headers["content-type"].startswith("text/plain")
    assert name.text.endswith(".pdf")
    assert company.talk.get("/V2/ShelfDownload", fileName=name.text).content == b"content"


def test_file_by_parts_in_any_order(company):
    """Fact 11.2 [sdk]: POST /ShelfUploadPartInit, POST /ShelfUploadPart."""
    name = upload(company, b"aa", "/ShelfUploadPartInit").text

    last = upload(company, b"dd", "/ShelfUploadPart", fileName=name, partIndex=3, isLastPart="true")
    unfinished = company.talk.get("/V2/ShelfDownload", fileName=name).status_code
    upload(company, b"bb", "/ShelfUploadPart", fileName=name, partIndex=1, isLastPart="false")
    upload(company, b"cc", "/ShelfUploadPart", fileName=name, partIndex=2, isLastPart="false")
    again = upload(company, b"dd", "/ShelfUploadPart", fileName=name, partIndex=3, isLastPart="true")

    assert (last.json(), unfinished, again.json()) == ([1, 2], 404, [])
    assert company.talk.get("/V2/ShelfDownload", fileName=name).content == b"aabbccdd"


def test_part_has_a_limit(company, diadoc):
    """Facts 10.6, 11.1 [doc]: 3 MB."""
    diadoc.settings(shelf_part_bytes_max=10)

    assert upload(company, b"x" * 10).status_code == 200
    assert upload(company, b"x" * 11).status_code == 400


def test_file_is_gone_after_a_week(company, clock, diadoc):
    """Fact 11.3 [doc]."""
    name = upload(company, b"content").text
    clock.pass_by(7 * 86_400 + 1)
    later = log_in(diadoc, "robot")
    answer = later.get("/V2/ShelfDownload", fileName=name)
    later.close()

    assert answer.status_code == 404


@pytest.mark.parametrize(("asked", "got"), [("bytes=0-2", b"abc"), ("bytes=3-", b"def"), ("bytes=4-99", b"ef")])
def test_range_of_a_file(company, asked, got):
    """Fact 11.3 [doc]."""
    name = upload(company, b"abcdef").text

    answer = company.talk.raw(
        "GET", f"/V2/ShelfDownload?fileName={name}", headers={**company.talk.headers, "Range": asked}
    )

    assert (answer.status_code, answer.content) == (206, got)


def test_large_file_and_its_signature_are_sent_from_the_shelf(company):
    """Fact 10.6 [doc]."""
    content = b"%PDF" + b"x" * 600_000
    names = [upload(company, part).text for part in (content, company.diadoc.sign(content=content))]
    inline = {"Content": base64_of(content), "SignatureNameOnShelf": names[1]}

    refused = company.talk.post("/V3/PostMessage", company.message(contract_file(inline)))
    sent = company.deliver(contract_file({"NameOnShelf": names[0], "SignatureNameOnShelf": names[1]}))

    assert refused.status_code == 400
    assert company.document(sent)["SenderSignatureStatus"] == "SenderSignatureCheckedAndValid"
    got = company.talk.get(
        "/V4/GetEntityContent", boxId=company.box, messageId=sent.message_id, entityId=sent.entity_id
    )
    assert got.content == content
