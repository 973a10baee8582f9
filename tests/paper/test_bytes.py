"""What the file itself promises: the same bytes always, PDF/A, fonts inside."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import zlib
from importlib.metadata import version
from pathlib import Path

import pypdf
import pytest
from fontTools.ttLib import TTFont

from billing import paper
from billing.paper.font_file import FOLDER
from billing.paper.fonts import fonts
from layers import build_fonts
from tests.paper.samples import a_party, a_reconciliation, an_act, an_invoice, lines

ROOT = Path(__file__).parents[2]
PAPERS = {
    "act": an_act(lines(10)),
    "invoice": an_invoice(lines(3)),
    "reconciliation": a_reconciliation(100),
    "latin": an_act(buyer=a_party(name="ООО «Nova Trade»")),
    "all letters": an_act(buyer=a_party(name="Müller & Söhne")),
}
DRAWN_ELSEWHERE = """
import hashlib
from billing import paper
from tests.paper.test_bytes import PAPERS
for name in reversed(PAPERS):
    print(name, hashlib.sha256(paper.draw(PAPERS[name])).hexdigest())
"""


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_same_document_is_the_same_bytes_in_any_process(seed):
    """Drawn there in another order, with other hashes of strings, at another moment."""
    here = {name: hashlib.sha256(paper.draw(document)).hexdigest() for name, document in PAPERS.items()}

    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'layers' / 'billing'}"}
    said = subprocess.run([sys.executable, "-c", DRAWN_ELSEWHERE], env=env, capture_output=True, text=True, check=True)

    assert dict(line.rsplit(" ", 1) for line in said.stdout.splitlines()) == here


@pytest.mark.parametrize("name", PAPERS)
def test_what_was_drawn_before_does_not_change_a_paper(name):
    first = paper.draw(PAPERS[name])
    for other in PAPERS.values():
        paper.draw(other)

    assert paper.draw(PAPERS[name]) == first


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_pdf_a_3u_with_the_day_of_the_document(name):
    reader = pypdf.PdfReader(io.BytesIO(paper.draw(PAPERS[name])))
    catalog = reader.trailer["/Root"]
    xmp = catalog["/Metadata"].get_data().decode()
    (intent,) = catalog["/OutputIntents"]

    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>" in xmp
    assert intent["/S"] == "/GTS_PDFA1"
    assert intent["/DestOutputProfile"]["/N"] == 3
    assert "/Info" not in reader.trailer
    day = "2026-04-01" if name == "reconciliation" else "2026-02-01"
    assert re.findall(r'xmp:\w+Date="([^"]+)"', xmp) == [f"{day}T00:00:00+03:00"] * 3


@pytest.mark.parametrize("name", PAPERS)
def test_both_fonts_are_inside_under_a_name_of_their_own(name):
    """The licence of PT Sans keeps its name for the font as it is; a reader needs /ToUnicode to copy text."""
    found = pypdf.PdfReader(io.BytesIO(paper.draw(PAPERS[name]))).pages[0]["/Resources"]["/Font"].values()

    assert len(found) == 2
    for font in found:
        (descendant,) = font["/DescendantFonts"]
        assert re.fullmatch(r"/ZAK[A-Z]{3}\+ZakryvashkaSans-(Regular|Bold)", font["/BaseFont"])
        assert "/ToUnicode" in font
        assert len(descendant["/FontDescriptor"]["/FontFile2"].get_data()) > 5_000


def test_xml_signs_in_a_name_do_not_break_the_metadata():
    act = an_act(buyer=a_party(name="R&D <Ромашка>"), number="4<5>&\"6'")

    xmp = pypdf.PdfReader(io.BytesIO(paper.draw(act))).xmp_metadata

    assert xmp.dc_title["x-default"] == "Акт № 4<5>&\"6' от 1\u00a0февраля\u00a02026\u00a0г."


@pytest.mark.parametrize(
    ("name", "most_kb"), [("act", 25), ("invoice", 26), ("reconciliation", 30), ("latin", 31), ("all letters", 37)]
)
def test_a_paper_is_small(name, most_kb):
    assert len(paper.draw(PAPERS[name])) <= most_kb * 1024


def test_fonts_are_built_again_to_the_same_bytes(tmp_path):
    """`make fonts` after no change changes nothing."""
    build_fonts.main(tmp_path)

    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {p.name: p.read_bytes() for p in FOLDER.iterdir()}


def test_both_fonts_have_the_same_characters():
    regular, bold = fonts()

    assert regular.glyphs.keys() == bold.glyphs.keys()
    assert len(regular.glyphs) == 226


def test_no_code_of_a_character_needs_escaping_or_parts_strings():
    for font in fonts():
        assert not set(font.glyphs.values()) & {0, *b"()\\\r\n", 0xFE, 0xFF}
        assert len(set(font.glyphs.values())) == len(font.glyphs), "text is read back as it was written"


def test_each_cut_of_a_font_draws_its_characters_as_wide_as_it_says():
    """PDF/A asks that the widths in the font file are those in the PDF; the first character left out draws nothing."""
    for font in fonts():
        for _, slots in font.tiers:
            program = font.program(set(slots))
            cut = TTFont(io.BytesIO(zlib.decompress(program.file)))
            names, scale = cut.getGlyphOrder(), 1000 / cut["head"].unitsPerEm

            for slot in slots:
                assert round(cut["hmtx"][names[slot]][0] * scale) == font.widths[slot]
            assert cut["glyf"][names[font.glyphs["Ж"]]].numberOfContours > 0
            assert cut["glyf"][names[font.glyphs["й"]]].numberOfContours != 0
            assert cut["glyf"][names[font.glyphs["Қ"]]].numberOfContours == 0


def test_digits_are_of_one_width():
    """On this the columns of sums rest."""
    for font in fonts():
        assert len({font.width(digit) for digit in "0123456789"}) == 1


def test_fpdf2_is_the_version_whose_internals_we_know():
    """Another version may move them: upgrade by hand, look at the papers, renew the golden files."""
    assert version("fpdf2") == "2.8.9"


@pytest.mark.parametrize("name", PAPERS)
def test_qpdf_finds_nothing_wrong(name, tmp_path):
    if shutil.which("qpdf") is None:
        pytest.skip("qpdf is not installed")
    (tmp_path / "paper.pdf").write_bytes(paper.draw(PAPERS[name]))

    said = subprocess.run(["qpdf", "--check", tmp_path / "paper.pdf"], capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stdout + said.stderr
    assert "WARNING" not in said.stdout + said.stderr


@pytest.mark.parametrize("name", PAPERS)
def test_a_viewer_shows_the_title_of_the_paper_and_not_the_name_of_the_file(name):
    root = pypdf.PdfReader(io.BytesIO(paper.draw(PAPERS[name]))).trailer["/Root"]

    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert paper.title(PAPERS[name]).replace("&", "&amp;") in root["/Metadata"].get_data().decode()


def test_a_total_is_read_after_its_caption():
    """Copied or read aloud, the page gives «Итого: 5 500,00»."""
    text = pypdf.PdfReader(io.BytesIO(paper.draw(an_act()))).pages[0].extract_text().replace("\xa0", " ")

    assert "Итого: 5 500,00\nВ том числе НДС 22%: 991,80\nВсего: 5 500,00" in text
