"""PDF/A as a checker that nobody here wrote sees it: the allow-list of pikepdf, level 3b."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import pdfa

from billing import paper
from billing.domain.documents import Document
from tests.paper.samples import a_party, a_reconciliation, an_act, an_agreement, an_entrepreneur, an_invoice, lines

PAPERS = {
    "an act": an_act(lines(10)),
    "an act over pages": an_act(lines(60)),
    "an act for an entrepreneur": an_act(buyer=an_entrepreneur()),
    "an act with other alphabets": an_act(buyer=a_party(name="Müller & Söhne «Nova»")),
    "an invoice with its payment code": an_invoice(lines(3)),
    "a reconciliation over pages": a_reconciliation(200),
    "a contract": an_agreement(),
}


def as_level_b(drawn: bytes) -> io.BytesIO:
    """Take out the two things that the checker cannot judge: level U, which holds level B, and the view on opening."""
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        xmp = pdf.Root.Metadata.read_bytes()
        assert xmp.count(b"<pdfaid:conformance>U<") == 1
        pdf.Root.Metadata.write(xmp.replace(b"<pdfaid:conformance>U<", b"<pdfaid:conformance>B<"))
        if "/OpenAction" in pdf.Root:
            del pdf.Root.OpenAction
        copy = io.BytesIO()
        pdf.save(copy, **pdfa.resolve_save_kwargs("3b"))
    copy.seek(0)
    return copy


@pytest.mark.parametrize("document", PAPERS.values(), ids=PAPERS)
def test_a_paper_passes_an_independent_checker_of_pdfa(document: Document) -> None:
    report = pdfa.validate_written(as_level_b(paper.draw(document)), "3b")

    assert report.passed, [str(finding) for finding in report.findings][:5]


def test_the_checker_sees_a_font_that_is_not_embedded() -> None:
    with pikepdf.open(as_level_b(paper.draw(an_act()))) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary) and "/FontFile2" in thing:
                del thing.FontFile2
        broken = io.BytesIO()
        pdf.save(broken, **pdfa.resolve_save_kwargs("3b"))
    broken.seek(0)

    assert not pdfa.validate_written(broken, "3b").passed
