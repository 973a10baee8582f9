"""Print forms and archives."""

from __future__ import annotations

import base64
import io
import zipfile

import pypdf
import pytest

from tests.diadoc_stand_in.talk import metadata


def asked(company, sent):
    return {"boxId": company.box, "messageId": sent.message_id, "documentId": sent.entity_id}


@pytest.mark.parametrize("status", [200, 204])
def test_print_form_is_not_ready_at_once(company, diadoc, status):
    """Fact 15.1 [doc]: GET /GeneratePrintForm; both ways of saying «not yet» exist."""
    diadoc.settings(print_not_ready_status=status)
    sent = company.deliver(company.act())

    first = company.talk.get("/GeneratePrintForm", **asked(company, sent))
    second = company.talk.get("/GeneratePrintForm", **asked(company, sent))

    assert (first.status_code, first.content, first.headers["Retry-After"]) == (status, b"", "2")
    assert "Retry-After" not in second.headers
    assert "Content-Disposition" in second.headers
    assert "UniversalTransferDocument" in pypdf.PdfReader(io.BytesIO(second.content)).pages[0].extract_text()


def test_archive_has_no_print_form(company):
    """Fact 15.2 [doc]."""
    file = {"TypeNamedId": "Nonformalized", "Metadata": metadata(FileName="a.zip"), "SignedContent": company.signed()}

    answer = company.talk.get("/GeneratePrintForm", **asked(company, company.deliver(file)))

    assert answer.status_code == 409
    assert answer.text == "Generating print form for this type of document is not supported"


def test_protocol_has_its_signature(company):
    """Fact 15.3 [doc]: GET /GenerateDocumentProtocol."""
    sent = company.deliver()
    company.talk.get("/GenerateDocumentProtocol", **asked(company, sent))

    protocol = company.talk.get("/GenerateDocumentProtocol", **asked(company, sent)).json()

    assert base64.b64decode(protocol["PrintForm"]).startswith(b"%PDF-")
    assert base64.b64decode(protocol["Signature"]).startswith(b"\x30")


def test_archive_lies_on_the_shelf(company):
    """Facts 15.3, 15.4 [doc]: named by its path, taken by its name alone."""
    sent = company.deliver()
    waiting = company.talk.get("/GenerateDocumentZip", **asked(company, sent), fullDocflow="true")

    path = company.talk.get("/GenerateDocumentZip", **asked(company, sent)).json()["ZipFileNameOnShelf"]

    assert (waiting.status_code, waiting.json()["ZipFileNameOnShelf"]) == (200, "")
    assert int(waiting.headers["Retry-After"]) > 0
    assert company.talk.get("/V2/ShelfDownload", fileName=path).status_code == 404
    name = path.removeprefix("__userId__/")
    packed = zipfile.ZipFile(io.BytesIO(company.talk.get("/V2/ShelfDownload", fileName=name).content))
    assert "01_Договор.pdf" in packed.namelist()
    assert packed.read("01_Договор.pdf") == b"%PDF-1.4 contract"
